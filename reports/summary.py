"""The summary of a report, in plain words: what can be handed out alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.model import NOT_SHOWN_TEXT, CycleFacts, Displayed, Part, Report, Shown
from reports.wording import counted, gap_sentence, in_words, number, sentence
from surveys.subjects import Subject

_MOST_EXTREMES = 4


@dataclass(frozen=True, slots=True)
class GapWords:
    """One of the widest gaps in plain words."""

    wording: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Extreme:
    """The statements that share the highest (or the lowest) figure of everyone; ``more``: how many are not listed."""

    words: str
    wordings: tuple[str, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What can be handed out alone. ``most`` and ``least`` are None where every figure is the same or none is shown."""

    answered: tuple[str, ...]
    gaps: tuple[GapWords, ...]
    most: Extreme | None
    least: Extreme | None
    hidden: str


def summary_of(report: Report) -> Summary:
    """The summary of a report."""
    labels = report.facts.scale_labels
    name = report.facts.prime_name
    everyone = [
        (item.wording, item.everyone)
        for part in report.parts[:1]
        for section in part.sections
        for item in section.items
    ]
    return Summary(
        answered=tuple(_answered(part, report.facts) for part in report.parts),
        gaps=tuple(
            GapWords(gap.wording, sentence(gap_sentence(gap, name, labels)))
            for part in report.parts
            for gap in part.gaps
        ),
        most=_extreme(everyone, labels, is_highest=True),
        least=_extreme(everyone, labels, is_highest=False),
        hidden=_hidden(report),
    )


def _answered(part: Part, facts: CycleFacts) -> str:
    if part.is_on_partner:
        return f"On {part.title}: each view is shown under the name of the organisation whose view it is."
    names = {Subject.PRIME: facts.prime_name, Subject.CHAIN: f"{facts.chain_name} as a whole"}
    subject = names.get(Subject(part.subject), part.title)
    if part.received is None:
        return f"On {subject}: {counted(part.asked, 'review was', 'reviews were')} asked for; no figure can be shown."
    came = f"{part.received:,} of the {part.asked:,} reviews asked of partners came"
    return f"On {subject}: {came}."


def _extreme(
    named: Sequence[tuple[str, Displayed]], labels: Sequence[str], *, is_highest: bool
) -> Extreme | None:
    shown = [(wording, figure) for wording, figure in named if isinstance(figure, Shown)]
    tenths = {figure.tenths for _, figure in shown}
    if len(tenths) < 2:
        return None
    wanted = max(tenths) if is_highest else min(tenths)
    found = [(wording, figure) for wording, figure in shown if figure.tenths == wanted]
    more = len(found) - _MOST_EXTREMES
    return Extreme(
        words=in_words(found[0][1], labels),
        wordings=tuple(wording for wording, _ in found[:_MOST_EXTREMES]),
        more=f"and {number(more)} more at the same figure" if more > 0 else "",
    )


def _hidden(report: Report) -> str:
    figures = [
        figure
        for part in report.parts
        for section in part.sections
        for item in section.items
        for figure in item.values.values()
    ]
    hidden = sum(not isinstance(figure, Shown) for figure in figures)
    if not figures:
        return "No figure is shown in this report."
    if not hidden:
        return "Every figure that was asked for is shown in this report."
    return (
        f"{sentence(number(hidden))} of the {len(figures):,} figures for single groups are not shown. "
        f"They read “{NOT_SHOWN_TEXT}”, whatever the reason."
    )
