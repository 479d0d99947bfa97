"""How sure the figures are: what those who did not answer could change, how few raters there are, what hangs together.

All of it follows from displayed values and from how many were asked and answered; nothing is counted from answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.language import _
from reports.model import End, GroupKind, Part, Shown
from reports.statistics import alpha, margin
from reports.wording import number

# Below so many raters, or below this share of those asked, a mean is read with care.
FEW_RATERS = 10
LOW_SHARE = 0.5
# An internal consistency is told from so many groups on whose figures are shown.
LEAST_GROUPS = 10


@dataclass(frozen=True, slots=True)
class UncertainRow:
    """One element: everyone's figure, within how much of it all who were asked would lie, and its consistency."""

    element: str
    figure: str
    within: str
    consistency: str


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """How sure the figures of one part are, in words. ``rows`` is empty where nothing is shown."""

    title: str
    caution: str
    rows: tuple[UncertainRow, ...]


def uncertainty_of(part: Part) -> Uncertainty:
    """The uncertainty of a part whose figures are of protected groups."""
    return Uncertainty(
        title=part.title,
        caution=_caution(part),
        rows=tuple(
            UncertainRow(
                section.title,
                section.everyone.text,
                _within(section.everyone, part),
                _consistency(part, section.id),
            )
            for section in part.sections
            if isinstance(section.everyone, Shown)
        ),
    )


def is_told(part: Part) -> bool:
    """Whether there is anything to say: a part with a figure of everyone."""
    return part.received is not None and any(isinstance(one.everyone, Shown) for one in part.sections)


def few_raters(part: Part) -> bool:
    """Whether so few answered that the means are read with care: the printed rule."""
    return part.received is not None and part.received < FEW_RATERS


def low_response(part: Part) -> bool:
    """Whether fewer than half of those asked answered: the printed rule."""
    return part.received is not None and part.received < LOW_SHARE * part.asked


def _caution(part: Part) -> str:
    if few_raters(part) and low_response(part):
        return _(
            "Read these figures with care: fewer than %(few)s answered, and fewer than half of those who were asked.",
            few=number(FEW_RATERS),
        )
    if few_raters(part):
        return _("Read these figures with care: fewer than %(few)s answered.", few=number(FEW_RATERS))
    if low_response(part):
        return _("Read these figures with care: fewer than half of those who were asked answered.")
    return ""


def _within(figure: Shown, part: Part) -> str:
    received = part.received or 0
    if figure.end is not End.NONE:
        return _("cannot tell")
    if received >= part.asked:
        return _("everybody answered")
    # Half a step more, because the figure itself is rounded so far; upwards, so that it is never too little.
    tenths = 10 * margin(figure.tenths / 10, received, part.asked) + figure.step / 2
    most = min(int(-(-tenths // 1)), 40)
    return _("%(points)s at most", points=f"{most // 10}.{most % 10}")


def _consistency(part: Part, section_id: str) -> str:
    section = next(one for one in part.sections if one.id == section_id)
    shown = [
        group.id for group in part.groups if group.kind in {GroupKind.PROTECTED, GroupKind.OTHER_PARTIES}
    ]
    rows = [
        [figure.tenths / 10 for item in section.items if isinstance(figure := item.values[id_], Shown)]
        for id_ in shown
    ]
    whole = [row for row in rows if len(row) == len(section.items)]
    found = alpha(whole) if len(whole) >= LEAST_GROUPS else None
    return _("cannot tell") if found is None else f"{found:.2f}"
