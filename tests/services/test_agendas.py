"""The agenda of a workshop as its facilitator changes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.actions import ActionPersonRecord, ActionRecord
from review_app.models.cycles import CycleRecord
from review_app.models.workshops import SeatRecord, TopicRecord, WorkshopRecord
from review_app.services import agendas, workshop_seals, workshops
from review_app.services.agendas import Offer, Way
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.state import state
from surveys.errors import WorkshopFaultsError
from surveys.workshop import TopicKind
from surveys.workshop_plan import LONGEST_TOPIC
from tests.days import write_notes
from tests.workshops import OWN_TOPIC, PRIME, Gathered, invite, plan, planned_workshop


@pytest.fixture
def planned(environ: dict[str, str]) -> Iterator[Gathered]:
    """A planned workshop with three topics of the report and one of the facilitator's own."""
    with planned_workshop(environ) as found:
        yield found


def order(of: Gathered) -> list[int]:
    """The topics as they stand now, by their places at first."""
    return [of.topics.index(topic.id) for topic in of.workshop().topics]


def offers(of: Gathered) -> tuple[Offer, ...]:
    with reading() as session:
        return agendas.offers(session, of.id)


def move(of: Gathered, place: int, way: Way) -> None:
    with transaction() as session:
        agendas.move(session, of.id, of.topics[place], way)


def take_off(of: Gathered, place: int) -> None:
    with transaction() as session:
        agendas.take_off(session, of.id, of.topics[place], state().keys)


def set_record(**values: object) -> None:
    with transaction() as session:
        session.execute(update(WorkshopRecord).values(values))


def test_a_new_agenda_is_the_reports_with_the_facilitators_own_at_the_end(planned: Gathered) -> None:
    workshop = planned.workshop()
    kinds = [topic.kind for topic in workshop.topics]
    assert kinds == [TopicKind.FINDING] * 3 + [TopicKind.OWN]
    assert workshop.topics[-1].title == OWN_TOPIC and workshop.topics[-1].practices == ()
    assert [topic.minutes for topic in workshop.topics] == [35, 35, 30, 30]
    assert [topic.position for topic in workshop.topics] == [0, 1, 2, 3]
    assert offers(planned) == ()


def test_topics_move_one_place_at_a_time_and_not_beyond_the_ends(planned: Gathered) -> None:
    move(planned, 0, Way.UP)
    move(planned, 3, Way.DOWN)
    assert order(planned) == [0, 1, 2, 3]
    move(planned, 2, Way.UP)
    assert order(planned) == [0, 2, 1, 3]
    move(planned, 0, Way.DOWN)
    assert order(planned) == [2, 0, 1, 3]


def test_what_is_taken_off_is_offered_again_and_comes_back_at_the_end_once(planned: Gathered) -> None:
    take_off(planned, 0)
    (offer,) = offers(planned)
    assert offer.place == 0 and offer.title.startswith("Partner on prime") and offer.reason
    for _ in range(2):
        with transaction() as session:
            agendas.take_up(session, planned.id, offer.place)
    workshop = planned.workshop()
    assert [topic.kind for topic in workshop.topics] == [
        TopicKind.FINDING, TopicKind.FINDING, TopicKind.OWN, TopicKind.FINDING,
    ]  # fmt: skip
    assert workshop.topics[-1].finding_id.startswith("concern:prime:") and offers(planned) == ()
    for unknown in (3, -1, 99):
        with pytest.raises(NotFoundError), transaction() as session:
            agendas.take_up(session, planned.id, unknown)


def test_a_topic_gets_another_title_and_time_and_keeps_where_it_comes_from(planned: Gathered) -> None:
    before = planned.workshop().topics[0]
    with transaction() as session:
        agendas.reword(session, planned.id, before.id, "How do we open the books?", 45)
    after = planned.workshop().topics[0]
    assert (after.title, after.minutes) == ("How do we open the books?", 45)
    assert (after.finding_id, after.reason, after.practices) == (
        before.finding_id, before.reason, before.practices,
    )  # fmt: skip
    # What is worded anew is still the same statement, so that it is not offered a second time.
    assert offers(planned) == ()


@pytest.mark.parametrize(
    ("title", "minutes", "places"),
    [
        ("", 20, ["title"]),
        ("x" * (LONGEST_TOPIC + 1), 20, ["title"]),
        ("A", 14, ["minutes"]),
        ("", 999, ["title", "minutes"]),
    ],
)
def test_a_topic_with_faults_is_refused_with_all_of_them(
    planned: Gathered, title: str, minutes: int, places: list[str]
) -> None:
    before = planned.workshop().topics
    for change in (
        lambda session: agendas.add_own(session, planned.id, title, minutes),
        lambda session: agendas.reword(session, planned.id, planned.topics[0], title, minutes),
    ):
        with pytest.raises(WorkshopFaultsError) as refused, transaction() as session:
            change(session)
        assert [fault.place for fault in refused.value.faults] == places
        assert all(fault.mend for fault in refused.value.faults)
    assert planned.workshop().topics == before


def test_the_time_is_shared_out_anew_so_that_it_adds_up(planned: Gathered) -> None:
    with transaction() as session:
        agendas.add_own(session, planned.id, "One more", 60)
        agendas.share_out(session, planned.id)
    assert [topic.minutes for topic in planned.workshop().topics] == [30, 25, 25, 25, 25]
    for number in range(4):
        with transaction() as session:
            agendas.add_own(session, planned.id, f"Number {number}", 15)
    with (
        pytest.raises(NotAllowedError, match="15 minutes at least, and there are 130"),
        transaction() as session,
    ):
        agendas.share_out(session, planned.id)


def test_an_agenda_has_an_end(planned: Gathered) -> None:
    for number in range(agendas.MOST_ON_AGENDA - 4):
        with transaction() as session:
            agendas.add_own(session, planned.id, f"Number {number}", 15)
    with pytest.raises(NotAllowedError, match="20 topics at most"), transaction() as session:
        agendas.add_own(session, planned.id, "One too many", 15)


def test_thoughts_on_what_is_taken_off_are_destroyed_and_others_are_not(planned: Gathered) -> None:
    invited = invite(planned.of, planned.id)
    secret = invited.secret(PRIME)
    with reading() as session:
        seat = workshops.find_seat(session, secret)
    assert seat is not None
    for topic in planned.topics[:2]:
        with transaction() as session:
            write_notes(session, seat, topic, "One thought", "And another")
    take_off(planned, 0)
    with reading() as session:
        key = state().keys.workshop_key(planned.id)
        kept = {
            topic: set(workshop_seals.notes_of_topic(session, key, planned.id, topic).values())
            for topic in planned.topics
        }
    assert kept == {
        planned.topics[1]: {"One thought", "And another"},
        planned.topics[0]: set(),
        **{topic: set() for topic in planned.topics[2:]},
    }


@pytest.mark.parametrize("stage", ["writing", "revealed", "voting_first", "voting_all", "voted"])
def test_what_the_room_has_begun_on_stays(planned: Gathered, stage: str) -> None:
    with transaction() as session:
        session.execute(update(TopicRecord).where(TopicRecord.id == planned.topics[1]).values(stage=stage))
    with pytest.raises(NotAllowedError, match="stays on the agenda"):
        take_off(planned, 1)
    take_off(planned, 2)
    assert order(planned) == [0, 1, 3]


@pytest.mark.parametrize(
    "settled",
    [
        {"outcome": "decided"},
        {"outcome": "parked"},
        {"outcome": "wont", "because": "There is no money for it."},
    ],
)
def test_what_is_settled_stays(planned: Gathered, settled: dict[str, str]) -> None:
    with transaction() as session:
        session.execute(update(TopicRecord).where(TopicRecord.id == planned.topics[1]).values(settled))
    with pytest.raises(NotAllowedError, match="stays on the agenda"):
        take_off(planned, 1)


def test_what_an_action_came_from_stays(planned: Gathered) -> None:
    with transaction() as session:
        contact = session.get_one(SeatRecord, planned.seats[PRIME])
        person = ActionPersonRecord(
            id="p" * 22, chain_id=chain_of(session), contact_id=contact.contact_id, party_id=contact.party_id
        )
        session.add(person)
        session.flush()
        session.add(
            ActionRecord(
                chain_id=person.chain_id,
                cycle_id=planned.of.cycle.id,
                workshop_id=planned.id,
                topic_id=planned.topics[1],
                number=1,
                title="Invoices are paid within 14 days",
                for_whom="small charities",
                due=clock.now().date(),
                verifier_id=person.id,
                created_at=clock.now(),
            )
        )
    with pytest.raises(NotAllowedError, match="An action came from this topic"):
        take_off(planned, 1)


def chain_of(session: Session) -> str:
    return session.scalars(select(CycleRecord.chain_id)).one()


def test_what_is_on_the_screen_stays(planned: Gathered) -> None:
    set_record(topic_id=planned.topics[0])
    with pytest.raises(NotAllowedError, match="stays on the agenda"):
        take_off(planned, 0)


def test_the_room_hears_of_a_change_and_nobody_else_does(planned: Gathered) -> None:
    move(planned, 0, Way.DOWN)
    assert planned.workshop().version == 0
    set_record(state="running")
    move(planned, 0, Way.UP)
    take_off(planned, 3)
    assert planned.workshop().version == 2


@pytest.mark.parametrize("ended", ["ended", "recorded", "cancelled"])
def test_an_agenda_that_is_over_is_what_it_was(planned: Gathered, ended: str) -> None:
    set_record(state=ended)
    before = planned.workshop().topics
    for change in (
        lambda session: agendas.add_own(session, planned.id, "Late", 20),
        lambda session: agendas.move(session, planned.id, planned.topics[0], Way.DOWN),
        lambda session: agendas.take_off(session, planned.id, planned.topics[0], state().keys),
        lambda session: agendas.share_out(session, planned.id),
        lambda session: agendas.take_up(session, planned.id, 0),
    ):
        with pytest.raises(NotAllowedError), transaction() as session:
            change(session)
    assert planned.workshop().topics == before


def test_a_topic_of_another_workshop_is_not_touched(planned: Gathered) -> None:
    other = plan(planned.of, title="Another")
    for change in (
        lambda session: agendas.take_off(session, other, planned.topics[0], state().keys),
        lambda session: agendas.move(session, other, planned.topics[0], Way.DOWN),
        lambda session: agendas.reword(session, other, planned.topics[0], "Mine", 20),
    ):
        with pytest.raises(NotFoundError), transaction() as session:
            change(session)
    assert order(planned) == [0, 1, 2, 3]
