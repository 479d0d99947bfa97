"""What stands out in displayed values, each finding with the rule that the report prints beside it."""

from __future__ import annotations

from collections.abc import Sequence

from reports.model import End, Gap, GapVerdict, Item, ReportSection, Shown

MOST_GAPS = 5
GAP_RULE = (
    "A gap is the subject’s own figure minus everyone else’s, both as shown. Gaps are listed by size, the widest "
    "first, five at most, and only where both figures are shown. Where everyone’s figure is “or below” or “or "
    "above”, an own figure beyond it counts as equal to it, because it may be. A gap of at least one step of the "
    "coarser figure is called a difference; a smaller one is called about the same."
)


def widest_gaps(sections: Sequence[ReportSection], self_id: str | None) -> tuple[Gap, ...]:
    """The five widest gaps between the subject's own view and everyone's, in the order of their size.

    ``self_id`` is the column of the subject's own view; without one (None) there are no gaps. Of gaps of one
    size the statement that comes first in the instrument comes first.
    """
    if self_id is None:
        return ()
    gaps = [
        _gap(section, item, own, item.everyone)
        for section in sections
        for item in section.items
        if isinstance(own := item.values[self_id], Shown) and isinstance(item.everyone, Shown)
    ]
    return tuple(sorted(gaps, key=lambda gap: -abs(gap.tenths))[:MOST_GAPS])


def _gap(section: ReportSection, item: Item, own: Shown, everyone: Shown) -> Gap:
    tenths = _comparable(own, everyone) - everyone.tenths
    return Gap(
        section_id=section.id,
        question_id=item.question_id,
        wording=item.wording,
        own=own,
        everyone=everyone,
        tenths=tenths,
        verdict=_verdict(tenths, threshold=max(own.step, everyone.step)),
    )


def _comparable(own: Shown, everyone: Shown) -> int:
    """The own figure in tenths, no further out than a joined end that it is compared with.

    Beside "4.0 or above" an own 5.0 is no gap: everyone else may have said 5 as well.
    """
    if everyone.end is End.OR_ABOVE:
        return min(own.tenths, everyone.tenths)
    if everyone.end is End.OR_BELOW:
        return max(own.tenths, everyone.tenths)
    return own.tenths


def _verdict(tenths: int, *, threshold: int) -> GapVerdict:
    if abs(tenths) < threshold:
        return GapVerdict.ABOUT_THE_SAME
    return GapVerdict.SELF_HIGHER if tenths > 0 else GapVerdict.SELF_LOWER
