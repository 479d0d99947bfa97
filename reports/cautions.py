"""What cannot be told from a report, and what it hides, in plain words: "cannot tell" is a verdict as well."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from reports.grammar import number, sentence
from reports.language import _, ngettext
from reports.model import NOT_SHOWN_TEXT, Displayed, End, Part, Report, Shown, ShownDistribution, ShownShare
from reports.sides import Statement, items_of, parts_told, statements_of
from reports.trends import FEW, Trend, is_low_response, is_too_few, trend


def cannot_tell(report: Report, names: dict[str, str]) -> tuple[str, ...]:
    """What nobody can tell from the report, the most important first. ``names``: of its parts, by their subject."""
    if not report.is_reportable:
        return ()
    shown = [part for part in parts_told(report) if part.groups]
    return tuple(
        chain(
            *(_few(part, names[part.subject]) for part in shown),
            _changes(report),
            *(_without_figure(part, names[part.subject]) for part in shown),
            _open_ends(shown),
            *(_own_view(part, names[part.subject]) for part in shown[:1]),
            _unseen(shown),
            _agreement(shown),
        )
    )


def compared(part: Part) -> dict[Trend, int]:
    """How many statements of a part compare how with the last cycle; those that cannot be told are in it too."""
    found = [trend(statement.others, statement.before) for statement in statements_of(part)]
    return {verdict: found.count(verdict) for verdict in Trend}


def hidden(report: Report) -> str:
    """How many figures of single groups are not shown."""
    figures = [figure for part in report.parts for item in items_of(part) for figure in item.values.values()]
    count = sum(not isinstance(figure, Shown) for figure in figures)
    if not figures:
        return _("No figure is shown in this report.")
    if not count:
        return _("Every figure that was asked for is shown in this report.")
    return ngettext(
        "%(number)s of the %(total)s figures for single groups is not shown. It reads “%(words)s”, whatever the "
        "reason.",
        "%(number)s of the %(total)s figures for single groups are not shown. They read “%(words)s”, whatever the "
        "reason.",
        count,
        number=sentence(number(count)),
        total=f"{len(figures):,}",
        words=_(NOT_SHOWN_TEXT),
    )


def _few(part: Part, name: str) -> Iterator[str]:
    if not is_too_few(part) or part.received is None:
        return
    if part.received < FEW:
        yield _(
            "Fewer than %(few)s answered about %(name)s. One person more or less could change what stands out: take "
            "it as a question to ask, and not as a result.",
            few=number(FEW),
            name=name,
        )
    if is_low_response(part):
        yield _(
            "Fewer than half of those who were asked about %(name)s answered. The others may see it differently.",
            name=name,
        )


def _changes(report: Report) -> Iterator[str]:
    if report.previous is None:
        yield _("What has changed: there is no earlier report to compare with.")
        return
    told = [part for part in parts_told(report) if part.groups]
    few = [part for part in told if is_too_few(part) or part.subject in report.previous.too_few]
    if told and len(few) == len(told):
        yield _(
            "What has changed: too few answered, this time or the last. A change may be chance where fewer than "
            "%(few)s or fewer than half answered.",
            few=number(FEW),
        )
    counts = [compared(part)[Trend.CANNOT_TELL] for part in told if part not in few]
    if count := sum(counts):
        yield ngettext(
            "What has changed on one statement: it, the scale or the groups are not those of the last time, a figure "
            "is not shown, or a joined end leaves it open.",
            "What has changed on %(number)s statements: they, the scale or the groups are not those of the last "
            "time, a figure is not shown, or a joined end leaves it open.",
            count,
            number=number(count),
        )


def _without_figure(part: Part, name: str) -> Iterator[str]:
    statements = statements_of(part)
    count = sum(not isinstance(statement.others, Shown) for statement in statements)
    if count:
        yield ngettext(
            "Of %(number)s of %(total)s statements about %(name)s, whether it is a strength or a concern: no figure "
            "of the others is shown.",
            "Of %(number)s of %(total)s statements about %(name)s, whether they are strengths or concerns: no "
            "figure of the others is shown.",
            count,
            number=number(count),
            total=number(len(statements)),
            name=name,
        )


def _open_ends(parts: list[Part]) -> Iterator[str]:
    figures: list[Displayed] = [statement.others for part in parts for statement in statements_of(part)]
    count = sum(isinstance(figure, Shown) and figure.end is not End.NONE for figure in figures)
    if count:
        yield ngettext(
            "How high or low one statement really is: its figure is “or above” or “or below”.",
            "Which of %(number)s statements is really the highest or the lowest: their figures are “or above” or “or "
            "below”.",
            count,
            number=number(count),
        )


def _own_view(part: Part, name: str) -> Iterator[str]:
    if any(group.is_self for group in part.groups) and not any(map(_has_own, statements_of(part))):
        yield _("Blind spots and hidden strengths: %(name)s gave no view of itself.", name=name)


def _has_own(statement: Statement) -> bool:
    return isinstance(statement.own, Shown)


def _unseen(parts: list[Part]) -> Iterator[str]:
    shares = (item.not_seen for part in parts if not part.is_on_partner for item in items_of(part))
    if not all(part.is_on_partner for part in parts) and not any(
        isinstance(share, ShownShare) for share in shares
    ):
        yield _("What partners could not see: no share of them is shown.")


def _agreement(parts: list[Part]) -> Iterator[str]:
    if all(part.is_on_partner for part in parts):
        return
    told = (shown for part in parts for item in items_of(part) for shown in item.distributions.values())
    if not any(isinstance(shown, ShownDistribution) for shown in told):
        yield _(
            "Whether the people of a group agree with each other: how answers are spread is shown of groups of ten or "
            "more alone, and of none here."
        )
