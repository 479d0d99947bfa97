"""The timelines of actions that a page shows: one for a phone, one for a wide window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reports.timeline import NARROW, WIDE, Due, MarkKind, Timeline, timeline
from review_app.services.overseeing import Overseen
from surveys.improvement import UNDER_WAY, ActionState


@dataclass(frozen=True, slots=True)
class Drawn:
    """The same timeline twice."""

    narrow: Timeline
    wide: Timeline


def drawn(lines: Iterable[Overseen], today: date) -> Drawn | None:
    """The timelines of some actions; None where there is none."""
    dues = [Due(line.action.due, f"{line.action.number}  {line.action.title}", _kind(line)) for line in lines]
    return Drawn(timeline(dues, today, NARROW), timeline(dues, today, WIDE)) if dues else None


def _kind(line: Overseen) -> MarkKind:
    if line.is_overdue:
        return MarkKind.LATE
    if line.action.state is ActionState.DECLINED:
        return MarkKind.LET_BE
    return MarkKind.AHEAD if line.action.state in UNDER_WAY else MarkKind.REACHED
