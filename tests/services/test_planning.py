"""A workshop from the plan to the invitation, on both databases: who may, what is refused, what everybody hears of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from review_app import clock, workshop_keys
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.models.outbox import MailRecord
from review_app.models.workshops import SealedInWorkshopRecord, WorkshopRecord
from review_app.services import agendas, planning, workshops
from review_app.services.accounts import AccountRole
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from review_app.services.outbox import MailKind
from review_app.state import state
from surveys.errors import WorkshopFaultsError
from surveys.workshop import WorkshopState
from surveys.workshop_plan import minutes_for_topics
from tests.conftest import make_account
from tests.publications import Reviewed, counted, make
from tests.workshops import (
    EVERYBODY,
    PAID,
    PRIME,
    Gathered,
    gathered,
    invite,
    mail_states,
    meeting,
    plan,
    planned_workshop,
    publish,
    seat,
)


@pytest.fixture
def planned(either_environ: dict[str, str]) -> Iterator[Gathered]:
    """A planned workshop that everybody has a seat in."""
    with planned_workshop(either_environ) as found:
        yield found


@pytest.fixture
def invited(planned: Gathered) -> Gathered:
    """The same with everybody invited; nothing is sent yet."""
    return invite(planned.of, planned.id)


def mark_sent(workshop_id: str, *, but: str = "") -> None:
    """Lets the mails about a workshop have left, but for one person's."""
    with transaction() as session:
        for mail in session.scalars(select(MailRecord).where(MailRecord.about_id == workshop_id)):
            if mail.state == "queued" and mail.contact_id != but:
                mail.state = "sent"


def create(of: Reviewed, **changes: object) -> str:
    with transaction() as session:
        return planning.create(session, clock.now(), of.cycle.id, of.steward, meeting(**changes))


def test_only_a_published_review_has_workshops_and_only_its_own_people_plan_them(
    either_environ: dict[str, str],
) -> None:
    with counted(either_environ) as of:
        with pytest.raises(NotFoundError):
            create(of)
        make(of)
        with pytest.raises(NotFoundError):
            create(of)
        another = make_account(of.app, "another@independent.example", AccountRole.STEWARD)
        with pytest.raises(NotFoundError), transaction() as session:
            planning.create(session, clock.now(), of.cycle.id, another, meeting())


def test_both_the_organiser_and_the_steward_plan_and_the_agenda_fills_the_time(
    planned: Gathered,
) -> None:
    id_ = create(planned.of)
    with reading() as session:
        made = workshops.led(session, id_, planned.of.organiser)
        assert workshops.led(session, planned.id, planned.of.steward).id == planned.id
    assert made.state is WorkshopState.PLANNED and made.revision == 0
    assert made.facilitator_name == planned.of.steward.name
    assert sum(topic.minutes for topic in made.topics) == minutes_for_topics(150) == 130
    assert [topic.subject for topic in made.topics] == ["prime", "chain", "buyers"]
    assert all(topic.finding_id and topic.practices and topic.reason for topic in made.topics)
    assert made.invited == () and mail_states(id_) == {}


def test_a_second_click_plans_no_second_workshop(planned: Gathered) -> None:
    first = create(planned.of, title="Once")
    assert create(planned.of, title="Once") == first
    with transaction() as session:
        same = meeting(title="Once")
        assert planning.create(session, clock.now(), planned.of.cycle.id, planned.of.organiser, same) != first
    assert create(planned.of, title="Another") != first


def test_a_plan_with_faults_is_refused_with_all_of_them(planned: Gathered) -> None:
    with pytest.raises(WorkshopFaultsError) as refused:
        create(planned.of, title="", minutes=5, place="", begins_at=clock.now())
    assert [fault.place for fault in refused.value.faults] == ["title", "begins_on", "minutes", "place"]


def test_everybody_is_invited_once(planned: Gathered) -> None:
    with transaction() as session:
        assert planning.invite(session, clock.now(), planned.id) == len(EVERYBODY)
    with transaction() as session:
        assert planning.invite(session, clock.now(), planned.id) == 0
    assert planned.workshop().state is WorkshopState.INVITED
    assert mail_states(planned.id) == {(email, "workshop", 1): "queued" for email in EVERYBODY}
    names = [party.name for party in planned.workshop().invited]
    assert names[:3] == ["Council Ltd", "Prime Ltd", "Mill Ltd"] and len(names) == 9


def test_an_invitation_needs_people_topics_and_a_day_to_come(planned: Gathered) -> None:
    alone = plan(planned.of, title="Another")
    with pytest.raises(NotYetError, match="Nobody is chosen"), transaction() as session:
        planning.invite(session, clock.now(), alone)
    seat(alone)
    for topic in gathered(planned.of, alone).topics:
        with transaction() as session:
            agendas.take_off(session, alone, topic, state().keys)
    with pytest.raises(NotYetError, match="nothing on the agenda"), transaction() as session:
        planning.invite(session, clock.now(), alone)
    later = clock.now() + timedelta(days=30)
    with pytest.raises(NotYetError, match="past"), transaction() as session:
        planning.invite(session, later, planned.id)
    assert mail_states(alone) == mail_states(planned.id) == {}


def test_a_change_before_the_invitation_is_nobodys_affair(planned: Gathered) -> None:
    with transaction() as session:
        assert planning.change(session, clock.now(), planned.id, meeting(place="The Mill")) == 0
    assert planned.workshop().place == "The Mill" and planned.workshop().revision == 0


def test_a_change_after_it_goes_to_everybody_in_place_of_what_was_still_owed(invited: Gathered) -> None:
    with transaction() as session:
        assert planning.change(session, clock.now(), invited.id, meeting()) == 0
    moved = meeting(begins_at=meeting().begins_at + timedelta(days=7))
    with transaction() as session:
        assert planning.change(session, clock.now(), invited.id, moved) == len(EVERYBODY)
    workshop = invited.workshop()
    assert workshop.revision == 1 and workshop.begins_at == moved.begins_at
    states = mail_states(invited.id)
    assert {states[email, "workshop", 1] for email in EVERYBODY} == {"cancelled"}
    assert {states[email, "workshop", 2] for email in EVERYBODY} == {"queued"}
    with transaction() as session:
        assert planning.change(session, clock.now(), invited.id, moved) == 0


def test_what_has_begun_is_neither_moved_nor_called_off(invited: Gathered) -> None:
    with transaction() as session:
        session.execute(update(WorkshopRecord).values(state="running"))
    for step in (
        lambda session: planning.change(session, clock.now(), invited.id, meeting(place="Elsewhere")),
        lambda session: planning.invite(session, clock.now(), invited.id),
        lambda session: planning.cancel(session, clock.now(), invited.id),
    ):
        with pytest.raises(NotAllowedError, match="has begun"), transaction() as session:
            step(session)


def test_calling_off_tells_those_who_had_a_mail_and_destroys_what_was_sealed(invited: Gathered) -> None:
    secret = invited.secret(PAID[0])
    with transaction() as session:
        session.add(SealedInWorkshopRecord(id=b"n" * 32, workshop_id=invited.id, blob=b"sealed"))
        mail_to_prime = next(
            mail.contact_id
            for mail in session.scalars(select(MailRecord).where(MailRecord.about_id == invited.id))
        )
    mark_sent(invited.id, but=mail_to_prime)
    with transaction() as session:
        assert planning.cancel(session, clock.now(), invited.id) == len(EVERYBODY) - 1
    with transaction() as session:
        assert planning.cancel(session, clock.now(), invited.id) == 0
    workshop_keys.forget(state().keys)
    assert invited.workshop().state is WorkshopState.CANCELLED and invited.workshop().revision == 1
    kinds = [kind for (_, kind, _), sent in mail_states(invited.id).items() if sent == "queued"]
    assert kinds == [MailKind.WORKSHOP_OFF.value] * (len(EVERYBODY) - 1)
    with reading() as session:
        assert session.scalars(select(SealedInWorkshopRecord)).all() == []
        assert workshops.find_seat(session, secret) is None
    with pytest.raises(KeyMissingError):
        state().keys.workshop_key(invited.id)
    with pytest.raises(NotAllowedError, match="called off"), transaction() as session:
        planning.invite(session, clock.now(), invited.id)


def test_a_plan_that_nobody_knows_of_is_called_off_in_silence(planned: Gathered) -> None:
    with transaction() as session:
        assert planning.cancel(session, clock.now(), planned.id) == 0
    assert mail_states(planned.id) == {} and planned.workshop().state is WorkshopState.CANCELLED


def test_the_key_stays_while_the_workshop_does(invited: Gathered) -> None:
    invited.secret(PRIME)
    workshop_keys.forget(state().keys)
    assert state().keys.workshop_key(invited.id)


def test_a_title_may_change_alone_and_a_day_that_is_past_may_stay(invited: Gathered) -> None:
    old = meeting()
    later = clock.now() + timedelta(days=20)
    with transaction() as session:
        told = planning.change(session, later, invited.id, replace(old, title="Another title"))
    assert told == len(EVERYBODY) and invited.workshop().title == "Another title"


def test_a_second_workshop_on_the_report_has_links_of_its_own(invited: Gathered) -> None:
    second = plan(invited.of, title="Half a year later")
    seat(second, (PRIME, *PAID))
    other = invite(invited.of, second)
    assert other.secret(PRIME) != invited.secret(PRIME)
    with reading() as session:
        assert [one.title for one in workshops.of_cycle(session, invited.of.cycle.id)][-1]
        found = workshops.find_seat(session, other.secret(PRIME))
    assert found is not None and found.workshop_id == second


def test_a_published_review_takes_a_workshop(either_environ: dict[str, str]) -> None:
    with counted(either_environ) as of:
        publish(of)
        assert create(of)
