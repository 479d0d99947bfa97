"""What changed since the last cycle: like is compared with like, and the rest cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from reports.model import (
    EVERYONE_ID,
    NOT_SHOWN,
    CycleFacts,
    Displayed,
    GroupKind,
    Item,
    Part,
    Report,
    ReportGroup,
    Shown,
)
from reports.sides import bounds, coarser_step, items_of, least_above
from reports.uncertainty import FEW_RATERS, LOW_SHARE

# Fewer answers than these, or a smaller share of those who were asked (per cent), say nothing of a change.
FEW, LOW_RESPONSE = FEW_RATERS, round(100 * LOW_SHARE)


class Trend(StrEnum):
    """How a figure compares with that of the last cycle. ``CANNOT_TELL``: not shown, or a joined end leaves it open."""

    BETTER = "better"
    WORSE = "worse"
    ABOUT_THE_SAME = "about_the_same"
    CANNOT_TELL = "cannot_tell"


def trend(now: Displayed, before: Displayed) -> Trend:
    """The verdict on two figures: a step of the coarser one makes a change, whatever a joined end stands for."""
    if not isinstance(now, Shown) or not isinstance(before, Shown):
        return Trend.CANNOT_TELL
    step = coarser_step(now, before)
    if least_above(now, before) >= step:
        return Trend.BETTER
    if least_above(before, now) >= step:
        return Trend.WORSE
    furthest = max(bounds(now)[1] - bounds(before)[0], bounds(before)[1] - bounds(now)[0])
    return Trend.ABOUT_THE_SAME if furthest < step else Trend.CANNOT_TELL


def is_too_few(part: Part) -> bool:
    """Whether so few answered that what stands out, and what changed, may be chance. Never of one partner's views."""
    if part.is_on_partner or part.received is None:
        return False
    return part.received < FEW or is_low_response(part)


def is_low_response(part: Part) -> bool:
    """Whether fewer than half of those who were asked answered."""
    return part.received is not None and 100 * part.received < LOW_RESPONSE * part.asked


def with_before(part: Part, facts: CycleFacts, previous: Report | None) -> Part:
    """The part with the figures of the last report on the same subject, as far as they can be compared."""
    last = part_of(previous, part.subject)
    if previous is None or last is None or facts.scale_labels != previous.facts.scale_labels:
        return replace_items(part, {})
    is_same_voice = facts.counted_by is previous.facts.counted_by
    same = [
        group.id
        for group in part.groups
        if group.kind is not GroupKind.AVERAGE
        and (is_same_voice or group.kind is GroupKind.ATTRIBUTED)
        and _key(group) in {_key(other) for other in last.groups}
    ]
    earlier = {item.question_id: item for item in items_of(last)}
    found = {
        item.question_id: _before(
            item,
            earlier[item.question_id],
            same,
            is_whole=is_same_voice and _is_whole(item, part, earlier, last),
        )
        for item in items_of(part)
        if item.question_id in earlier and item.wording == earlier[item.question_id].wording
    }
    return replace_items(part, found)


def part_of(report: Report | None, subject: str) -> Part | None:
    """The part of a report on a subject; None where it has none."""
    return next((part for part in report.parts if part.subject == subject), None) if report else None


def replace_items(part: Part, before: Mapping[str, Mapping[str, Displayed]]) -> Part:
    """The part with these figures of the last cycle, by the statement's id; none for a statement that is missing."""
    sections = tuple(
        replace(
            section,
            items=tuple(replace(item, before=before.get(item.question_id, {})) for item in section.items),
        )
        for section in part.sections
    )
    return replace(part, sections=sections)


def _key(group: ReportGroup) -> tuple[object, ...]:
    """What makes two columns comparable: the same group, or the same groups pooled."""
    return (group.id, group.kind, group.is_self, group.includes or (group.title,))


def _before(item: Item, earlier: Item, same: list[str], *, is_whole: bool) -> dict[str, Displayed]:
    """The figures of the last cycle that are shown and can be compared, where there is one now too."""
    pairs = {id_: (item.values.get(id_, NOT_SHOWN), earlier.values.get(id_, NOT_SHOWN)) for id_ in same}
    if is_whole:
        pairs[EVERYONE_ID] = (item.everyone, earlier.everyone)
    return {
        id_: before
        for id_, (now, before) in pairs.items()
        if isinstance(now, Shown) and isinstance(before, Shown)
    }


def _is_whole(item: Item, part: Part, earlier: Mapping[str, Item], last: Part) -> bool:
    """Whether the same groups are in everyone's figure both times, be they shown alone or pooled."""
    return _behind(item, part) == _behind(earlier[item.question_id], last)


def _behind(item: Item, part: Part) -> frozenset[str]:
    return frozenset(
        title
        for group in part.groups
        if group.answers is not None and isinstance(item.values.get(group.id), Shown)
        for title in group.includes or (group.title,)
    )
