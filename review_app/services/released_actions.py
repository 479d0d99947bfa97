"""Which actions of a chain are out, so that those may read them who read the report that they came from.

Wherever an action is told of to more people than made it, this one rule decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.said import Origin
from review_app.models.workshops import TopicRecord, WorkshopRecord
from review_app.services.actions import Action
from surveys.improvement import ActionState
from surveys.workshop import WorkshopState


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the rule has to know of some reviews' workshops.

    ``recorded``: the ids of those whose minutes went out; ``partners``: of each topic that is on one partner, of
    whatever workshop, that partner as a subject.
    """

    recorded: frozenset[str]
    partners: Mapping[str, str]

    def has_let_out(self, action: Action) -> bool:
        """Whether it is out: what is only proposed waits for the minutes of its workshop.

        What came from a topic on one partner is never told where another report is read.
        """
        partner = self.partners.get(action.topic_id or "")
        if partner is not None and partner != action.subject:
            return False
        is_recorded = action.workshop_id is None or action.workshop_id in self.recorded
        return is_recorded or action.state is not ActionState.PROPOSED


def rooms(session: Session, cycle_ids: Collection[str]) -> Rooms:
    """The workshops on some reviews."""
    query = (
        select(WorkshopRecord.id, WorkshopRecord.state, TopicRecord.id, TopicRecord.subject)
        .outerjoin(TopicRecord, TopicRecord.workshop_id == WorkshopRecord.id)
        .where(WorkshopRecord.cycle_id.in_(list(cycle_ids)))
    )
    rows = session.execute(query).all()
    return Rooms(
        recorded=frozenset(id_ for id_, state, _topic, _on in rows if state == WorkshopState.RECORDED),
        partners={
            topic_id: subject
            for _id, _state, topic_id, subject in rows
            if subject and Origin(subject=subject).is_on_partner
        },
    )
