"""Whose figures a part's findings rest on: everyone's beside the own view; of one partner, one organisation's.

And what a displayed figure says for certain: its bounds, and so how far two figures are apart at least.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.model import (
    EVERYONE_ID,
    NOT_SHOWN,
    Displayed,
    End,
    GroupKind,
    Item,
    Part,
    Report,
    ReportGroup,
    Shown,
)
from surveys.matrix import is_attributed_id

LOWEST, HIGHEST = 10, 50


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a part: the figures that findings may rest on.

    ``others``: everyone's figure, or that of the one organisation whose view of a partner is shown; ``before``: the
    same of the last cycle, as far as it can be compared.
    """

    section_id: str
    item: Item
    own: Displayed
    others: Displayed
    before: Displayed


def own_view_of(part: Part) -> ReportGroup | None:
    """The column of the subject's own view; None without one."""
    return next((group for group in part.groups if group.is_self), None)


def other_view_of(part: Part) -> ReportGroup | None:
    """Of a part on one partner, the organisation whose view stands where everyone's stands elsewhere.

    The prime's; a tier-1's where the prime's is not shown. None in every other part, and where
    nobody but the partner itself is shown.
    """
    if not part.is_on_partner:
        return None
    views = [group for group in part.groups if group.kind is GroupKind.ATTRIBUTED and not group.is_self]
    views.sort(key=lambda group: is_attributed_id(group.id))
    shown = (group for group in views if any(_is_shown(group, item) for item in items_of(part)))
    return next(shown, None)


def others_id_of(part: Part) -> str | None:
    """Under which id the figures of the others are kept among those of the last cycle; None where there are none."""
    if not part.is_on_partner:
        return EVERYONE_ID
    other = other_view_of(part)
    return other.id if other else None


def parts_told(report: Report) -> tuple[Part, ...]:
    """The parts that a report draws conclusions from.

    In a report on one partner that is the one on it alone: what its own subcontractors say is cut from the part on all
    buyers, and concluded from in the main report.
    """
    on_partner = tuple(part for part in report.parts if part.is_on_partner)
    return on_partner or report.parts


def items_of(part: Part) -> Iterator[Item]:
    """The statements of a part, in the instrument's order."""
    return (item for section in part.sections for item in section.items)


def statements_of(part: Part) -> tuple[Statement, ...]:
    """The statements of a part with the figures that its findings may rest on, in the instrument's order."""
    own, others_id = own_view_of(part), others_id_of(part)
    return tuple(
        Statement(
            section_id=section.id,
            item=item,
            own=item.values.get(own.id, NOT_SHOWN) if own else NOT_SHOWN,
            others=item.everyone if others_id == EVERYONE_ID else item.values.get(others_id or "", NOT_SHOWN),
            before=item.before.get(others_id or "", NOT_SHOWN),
        )
        for section in part.sections
        for item in section.items
    )


def bounds(figure: Shown) -> tuple[int, int]:
    """The lowest and the highest that a displayed figure may stand for, in tenths: "4.0 or above" is 40 to 50."""
    return (
        LOWEST if figure.end is End.OR_BELOW else figure.tenths,
        HIGHEST if figure.end is End.OR_ABOVE else figure.tenths,
    )


def least_above(higher: Displayed, lower: Displayed) -> int:
    """By how many tenths one figure is above another at least; below zero where it may be lower; 0 where not shown."""
    if not isinstance(higher, Shown) or not isinstance(lower, Shown):
        return 0
    return bounds(higher)[0] - bounds(lower)[1]


def may_be_equal(one: Displayed, other: Displayed) -> bool:
    """Whether two figures may stand for the same: 4.2 and "4.0 or above" may. Never where one is not shown."""
    return (
        isinstance(one, Shown)
        and isinstance(other, Shown)
        and least_above(one, other) <= 0
        and least_above(other, one) <= 0
    )


def coarser_step(one: Displayed, other: Displayed) -> int:
    """The step of the coarser of two figures, in tenths; 0 where neither is shown."""
    return max((figure.step for figure in (one, other) if isinstance(figure, Shown)), default=0)


def _is_shown(group: ReportGroup, item: Item) -> bool:
    return isinstance(item.values.get(group.id), Shown)
