"""The record and the minutes of a workshop, on either database: nothing lost, nobody named, fixed once sent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from review_app import clock, posting
from review_app.database import reading, transaction
from review_app.models.actions import ActionRecord
from review_app.models.chains import ContactRecord
from review_app.models.outbox import MailRecord
from review_app.models.workshops import SealedInWorkshopRecord, SeatRecord, WorkshopRecord
from review_app.services import errands, leasing, minutes, origins, outbox, recording, workshops
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError, NotYetError
from review_app.services.minutes import Minutes
from review_app.services.outbox import MailKind
from review_app.services.recording import Settled
from review_app.state import state
from surveys.errors import WorkshopFaultsError
from surveys.voting import BAND_WORDS
from surveys.workshop import Outcome, WorkshopState
from tests.held import (
    BECAUSE,
    DECISION,
    NOTES,
    SECRET_NOTE,
    held_workshop,
    make_action,
    record_everything,
    settle,
)
from tests.workshops import EVERYBODY, PAID, Gathered, invited_workshop, planned_workshop

DECIDED = Settled(Outcome.DECIDED, DECISION, "", 1)


@pytest.fixture
def held(either_environ: dict[str, str]) -> Iterator[Gathered]:
    """A workshop that is over, on either database, inside an application context."""
    with held_workshop(either_environ) as found:
        yield found


def written(of: Gathered) -> Minutes:
    with reading() as session:
        return minutes.of_workshop(session, of.id)


def send(of: Gathered, seen: str | None = None) -> None:
    digest = written(of).digest if seen is None else seen
    with transaction() as session:
        minutes.send(session, clock.now(), of.id, seen=digest)


def test_what_was_settled_is_kept_and_can_be_put_right_until_the_minutes_go(held: Gathered) -> None:
    settle(held, 0, DECIDED)
    assert recording.settled_of(held.workshop().topics[0]) == DECIDED
    settle(held, 0, Settled(Outcome.WONT, "", BECAUSE))
    assert recording.settled_of(held.workshop().topics[0]) == Settled(Outcome.WONT, "", BECAUSE)
    settle(held, 1, replace(DECIDED, rank=2))
    settle(held, 2, replace(DECIDED, rank=2))
    assert [topic.rank for topic in held.workshop().topics[1:3]] == [2, 2]


def test_what_is_missing_or_too_long_is_said_and_not_kept(held: Gathered) -> None:
    for settled, places in (
        (Settled(Outcome.WONT), {"because"}),
        (Settled(Outcome.WONT, "", " \u200b "), {"because"}),
        (Settled(Outcome.DECIDED, "", ""), {"decision"}),
        (Settled(Outcome.PARKED, rank=1), {"rank"}),
        (Settled(Outcome.DECIDED, "x", rank=99), {"rank"}),
        (Settled(Outcome.DECIDED, "x" * 2001, "y" * 1001), {"decision", "because"}),
    ):
        with pytest.raises(WorkshopFaultsError) as refused:
            settle(held, 0, settled)
        assert {fault.place for fault in refused.value.faults} == places
        assert all(fault.mend for fault in refused.value.faults)
        assert held.workshop().topics[0].outcome is Outcome.OPEN


def test_the_second_of_two_is_told_and_the_first_stays(held: Gathered) -> None:
    seen = recording.settled_of(held.workshop().topics[0]).token
    settle(held, 0, DECIDED)
    with pytest.raises(ChangedMeanwhileError), transaction() as session:
        recording.settle(session, held.id, held.topics[0], Settled(Outcome.PARKED), seen=seen)
    with transaction() as session:
        recording.settle(session, held.id, held.topics[0], DECIDED, seen=seen)
    assert recording.settled_of(held.workshop().topics[0]) == DECIDED


def test_a_topic_of_another_workshop_is_not_found(held: Gathered) -> None:
    with pytest.raises(NotFoundError), transaction() as session:
        recording.settle(session, held.id, "no-such-topic", DECIDED, seen="")


def test_the_parking_lot_takes_each_thing_once_and_gives_it_back(held: Gathered) -> None:
    def park(text: str) -> None:
        with held.app.app_context(), transaction() as session:
            recording.park(session, held.id, text)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(park, ["Training", "  Training ", "Data"] * 3))
    with reading() as session:
        there = recording.parked(session, held.id)
    assert sorted(one.text for one in there) == ["Data", "Training"]
    for text in ("", "x" * 501):
        with pytest.raises(WorkshopFaultsError):
            park(text)
    for _time in range(2):
        with transaction() as session:
            recording.unpark(session, held.id, there[0].id)
    with reading() as session:
        assert recording.parked(session, held.id) == there[1:]


def test_two_who_tick_at_once_lose_no_tick(held: Gathered) -> None:
    mill, ash, prime = (held.of.parties[name] for name in ("mill", "ash", "prime"))
    with transaction() as session:
        recording.attend(session, held.id, {mill, prime}, shown=())
    with transaction() as session:
        recording.attend(session, held.id, {ash}, shown=())
    with transaction() as session:
        recording.attend(session, held.id, {mill, ash}, shown={mill, ash, prime})
    there = {party.party_id for party in held.workshop().invited if party.was_there}
    assert there == {mill, ash}


def test_minutes_hold_everything_and_name_no_person(held: Gathered) -> None:
    record_everything(held)
    found = written(held)
    first, second, *_others = found.topics
    assert (first.decision, first.rank, first.outcome) == (DECISION, 1, Outcome.DECIDED)
    assert (second.because, second.outcome) == (BECAUSE, Outcome.WONT)
    assert sorted(note for group in first.groups for note in group.notes) == sorted(NOTES)
    assert first.is_voted and first.groups[0].place == 1 and first.groups[0].band
    assert {group.band for group in first.groups} <= set(BAND_WORDS)
    [action] = first.actions
    assert (action.number, action.owners, action.verifier) == (1, ("Prime Ltd",), "Mill Ltd")
    assert found.there == ("Prime Ltd", "Mill Ltd")
    assert "Ash Ltd" in found.absent
    assert found.parked == ("Training for new partners",)
    text = minutes.to_text(found)
    with reading() as session:
        people = session.execute(select(ContactRecord.name, ContactRecord.email)).all()
    assert len(people) > 10
    assert [name for name, email in people if name in text or email in text] == []
    assert SECRET_NOTE not in text
    assert minutes.from_text(text) == found


def test_sending_fixes_the_minutes_mails_everybody_once_and_deletes_what_is_sealed(held: Gathered) -> None:
    action_id = record_everything(held)
    before = written(held)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SealedInWorkshopRecord)) == 1
    send(held)
    send(held, before.digest)
    assert held.workshop().state is WorkshopState.RECORDED
    with transaction() as session:
        session.get_one(ActionRecord, action_id).title = "Something else"
        session.get_one(WorkshopRecord, held.id).title = "Another title"
    assert written(held) == before
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SealedInWorkshopRecord)) == 0
        rows = session.execute(
            select(ContactRecord.email)
            .join(MailRecord, MailRecord.contact_id == ContactRecord.id)
            .where(MailRecord.kind == MailKind.MINUTES.value, MailRecord.about_id == held.id)
        ).scalars()
        assert sorted(rows) == sorted(EVERYBODY)
    assert state().keys.workshop_key(held.id)
    with pytest.raises(NotAllowedError, match="minutes went out"):
        settle(held, 0, Settled(Outcome.PARKED))
    for step in (
        lambda session: recording.park(session, held.id, "Too late"),
        lambda session: recording.attend(session, held.id, (), shown=()),
    ):
        with pytest.raises(NotAllowedError, match="minutes went out"), transaction() as session:
            step(session)


def test_the_mail_brings_each_ones_own_link_and_none_to_a_seat_that_is_taken_away(held: Gathered) -> None:
    record_everything(held)
    send(held)
    mine = held.secret(PAID[0])
    with transaction() as session:
        session.get_one(SeatRecord, held.seats[PAID[1]]).is_taken_away = True
    with transaction() as session:
        leased = leasing.lease(session, clock.now(), 500, posting.terms_of(state()))
        waiting = [mail for mail in leased if mail.kind is MailKind.MINUTES]
        assert len(waiting) == len(EVERYBODY)
        by_address = {mail.to_address: mail for mail in waiting}
        errand = errands.errand(session, state().keys, by_address[PAID[0]])
        assert errand is not None and (errand.path, errand.secret) == ("/w", mine)
        with pytest.raises(NotFoundError):
            errands.errand(session, state().keys, by_address[PAID[1]])


def test_nobody_sends_minutes_that_they_have_not_read(held: Gathered) -> None:
    record_everything(held)
    seen = written(held).digest
    make_action(held, title="Answer within a week")
    with pytest.raises(ChangedMeanwhileError):
        send(held, seen)
    assert held.workshop().state is WorkshopState.ENDED
    with reading() as session:
        assert outbox.rounds(session, held.of.cycle.id, MailKind.MINUTES, held.id) == 0


def test_a_workshop_on_paper_is_ended_in_its_record_and_not_before_its_time(
    either_environ: dict[str, str],
) -> None:
    with invited_workshop(either_environ) as found:
        settle(found, 0, DECIDED)
        with pytest.raises(NotYetError), transaction() as session:
            recording.take_as_held(session, clock.now(), found.id)
        with pytest.raises(NotAllowedError):
            send(found)
        after = found.workshop().ends_at
        for _time in range(2):
            with transaction() as session:
                recording.take_as_held(session, after, found.id)
        assert found.workshop().state is WorkshopState.ENDED
        send(found)
        assert found.workshop().state is WorkshopState.RECORDED


def test_nothing_is_recorded_of_a_workshop_that_nobody_is_invited_to(environ: dict[str, str]) -> None:
    with planned_workshop(environ) as found, pytest.raises(NotAllowedError, match="invited"):
        settle(found, 0, DECIDED)


def test_an_action_starts_from_what_the_report_and_the_vote_show(held: Gathered) -> None:
    with reading() as session:
        found = workshops.load(session, held.id)
        origin = origins.origin(session, found, found.topics[0])
        later = origins.origin(session, found, found.topics[-1])
    assert origin.practices and origin.statement
    assert origin.baseline == "All partners together: sometimes (3.0)"
    assert "more than" in origin.vote and "place 1" in origin.vote and len(origin.vote) <= 300
    assert (later.practices, later.statement, later.baseline, later.vote) == ((), "", "", "")
