"""The day of a workshop on either database: sealed until it is revealed, one transaction each, nothing doubled."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from review_app import clock, workshop_keys
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.models.base import new_id
from review_app.models.chains import PartyRecord
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.models.workshops import NoteRecord, SeatRecord, WorkshopRecord
from review_app.services import (
    boards,
    leading,
    outbox,
    sealed_notes,
    seating,
    taking_part,
    voting,
    workshops,
)
from review_app.services.boards import Board, Wanted
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError, NotYetError
from review_app.services.leading import Seen
from review_app.services.outbox import Round
from review_app.services.voting import Wish
from review_app.state import state
from surveys import note_groups, sealing
from surveys.chain import Role
from surveys.note_groups import Arrangement
from surveys.workshop import Stage, WorkshopState
from tests.days import Day, workshop_day, write_enough, write_notes

CHANCE = random.SystemRandom()


@pytest.fixture
def day(either_environ: dict[str, str]) -> Iterator[Day]:
    """The workshop on either database, inside an application context."""
    with workshop_day(either_environ) as made, made.app.app_context():
        yield made


def write(day: Day, address: str, *texts: str, place: int = 0) -> None:
    seat, topic_id = day.seat(address), day.topic_id(place)
    with transaction() as session:
        write_notes(session, seat, topic_id, *texts)


def notes_of(day: Day, address: str, place: int = 0) -> list[str]:
    with reading() as session:
        texts = sealed_notes.own(session, state().keys, day.seat(address), day.topic_id(place))
    return [text for text in texts if text]


def move(day: Day, stage: Stage, target: Stage, place: int = 0) -> None:
    with transaction() as session:
        leading.move(
            session, state().keys, day.workshop_id, Seen(day.topic_id(place), stage), target, shuffle=CHANCE
        )


def board(day: Day, place: int = 0) -> Board:
    with reading() as session:
        return boards.load(session, day.topic_id(place))


def arrange(day: Day, change: Callable[[Arrangement], Arrangement], *, seen: str | None = None) -> None:
    digest = board(day).digest if seen is None else seen
    with transaction() as session:
        boards.arrange(session, day.workshop_id, day.topic_id(), seen=digest, change=change)


def separate(day: Day) -> None:
    digest = board(day).digest
    with transaction() as session:
        boards.separate(session, day.workshop_id, day.topic_id(), seen=digest)


def place_dots(day: Day, address: str, group_id: str, count: int) -> None:
    seat, topic_id = day.seat(address), day.topic_id()
    with transaction() as session:
        seen = voting.own(session, state().keys, seat, topic_id).digest
        voting.place(session, state().keys, seat, topic_id, Wish(group_id, count, seen))


def to_the_vote(day: Day) -> list[str]:
    """Brings the first topic to the vote of those who are paid, on two groups; their ids."""
    write_enough(day)
    day.begin()
    move(day, Stage.WAITING, Stage.WRITING)
    move(day, Stage.WRITING, Stage.REVEALED)
    ids = sorted(note.id for note in board(day).loose)
    for title, some in (("Paying", ids[:2]), ("Talking", ids[2:])):
        arrange(day, partial(note_groups.made, group_id=new_id(), title=title, note_ids=frozenset(some)))
    move(day, Stage.REVEALED, Stage.VOTING_FIRST)
    return [group.id for group in board(day).groups]


def test_a_note_is_its_writers_alone_until_it_is_revealed_and_nobodys_after(day: Day) -> None:
    one, other = day.paid[:2]
    write(day, one, "Invoices wait for ninety days.", "Nobody answers the phone.")
    write(day, other, "Zażółć — ‘½’ 漢字 😀" * 20)
    for number, address in enumerate(day.paid[2:5]):
        write(day, address, f"One of three: {number}")
    assert notes_of(day, one) == ["Invoices wait for ninety days.", "Nobody answers the phone."]
    assert board(day) == Board((), (), board(day).digest, may_undo=False)
    assert len({len(blob) for _id, blob in day.sealed_rows()}) == 1
    with reading() as session:
        before = [tuple(row) for row in session.execute(select(SeatRecord.__table__))]
    assert day.workshop().version == 0
    write(day, one, "", "Nobody answers the phone.")
    assert notes_of(day, one) == ["Nobody answers the phone."]
    with reading() as session:
        assert [tuple(row) for row in session.execute(select(SeatRecord.__table__))] == before
    assert day.workshop().version == 0

    day.begin()
    move(day, Stage.WAITING, Stage.REVEALED)
    assert day.sealed_rows() == []
    assert sorted(note.text for note in board(day).loose) == [
        "Nobody answers the phone.",
        "One of three: 0",
        "One of three: 1",
        "One of three: 2",
        "Zażółć — ‘½’ 漢字 😀" * 20,
    ]
    with pytest.raises(NotAllowedError, match="is revealed"):
        write(day, one, "Too late")
    # A page that was being drawn meanwhile does not take them for never written.
    with pytest.raises(ChangedMeanwhileError):
        notes_of(day, one)


def test_saving_again_and_at_once_leaves_one_note(day: Day) -> None:
    day.begin()
    move(day, Stage.WAITING, Stage.WRITING)
    addresses = day.paid[:4]

    def save(address: str) -> None:
        with day.app.app_context():
            write(day, address, f"From {address}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, addresses * 5))
    assert len(day.sealed_rows()) == len(addresses)
    write(day, day.paid[4], "A fifth")
    move(day, Stage.WRITING, Stage.REVEALED)
    move(day, Stage.WRITING, Stage.REVEALED)
    assert len(board(day).loose) == 5


def test_notes_of_other_topics_stay_sealed(day: Day) -> None:
    write_enough(day)
    write(day, day.paid[0], "On the second", place=1)
    day.begin()
    move(day, Stage.WAITING, Stage.REVEALED)
    assert notes_of(day, day.paid[0], 1) == ["On the second"]
    assert len(day.sealed_rows()) == 1 and board(day, 1).loose == ()


def test_a_step_from_an_old_screen_changes_nothing(day: Day) -> None:
    day.begin()
    first, second = day.topic_id(0), day.topic_id(1)
    move(day, Stage.WAITING, Stage.WRITING)
    version = day.workshop().version
    # The other laptop still shows the topic waiting; its reveal would be of what nobody has finished writing.
    with pytest.raises(ChangedMeanwhileError):
        move(day, Stage.WAITING, Stage.REVEALED)
    with transaction() as session:
        leading.show(session, day.workshop_id, seen=first, topic_id=second)
    with pytest.raises(ChangedMeanwhileError), transaction() as session:
        leading.show(session, day.workshop_id, seen=first, topic_id=day.topic_id(2))
    with pytest.raises(ChangedMeanwhileError):
        move(day, Stage.WRITING, Stage.REVEALED)
    # Asking for what is so already does no harm.
    with transaction() as session:
        leading.show(session, day.workshop_id, seen=first, topic_id=second)
    now = day.workshop()
    assert (now.topic_id, now.version) == (second, version + 1)
    assert now.topics[0].stage is Stage.WRITING


def test_a_stage_cannot_be_skipped_nor_gone_back_to(day: Day) -> None:
    with pytest.raises(NotAllowedError, match="not under way"):
        move(day, Stage.WAITING, Stage.WRITING)
    day.begin()
    for target in (Stage.VOTING_FIRST, Stage.VOTED):
        with pytest.raises(NotAllowedError):
            move(day, Stage.WAITING, target)
    move(day, Stage.WAITING, Stage.REVEALED)
    with pytest.raises(NotYetError, match="two groups"):
        move(day, Stage.REVEALED, Stage.VOTING_FIRST)
    with pytest.raises(NotAllowedError):
        move(day, Stage.REVEALED, Stage.WRITING)
    with pytest.raises(NotFoundError), transaction() as session:
        leading.move(
            session,
            state().keys,
            day.workshop_id,
            Seen(new_id(), Stage.WAITING),
            Stage.WRITING,
            shuffle=CHANCE,
        )


def test_notes_are_put_into_groups_and_the_last_change_undone(day: Day) -> None:
    write_enough(day, texts=("Pay sooner", "Pay in full", "Answer the phone", "Say thank you", "Say who"))
    day.begin()
    move(day, Stage.WAITING, Stage.REVEALED)
    ids = {note.text: note.id for note in board(day).loose}
    paying = frozenset({ids["Pay sooner"], ids["Pay in full"]})
    stale, group_id = board(day).digest, new_id()
    arrange(day, lambda before: note_groups.made(before, group_id, "  Paying ", paying))
    with pytest.raises(ChangedMeanwhileError):
        arrange(day, lambda before: note_groups.made(before, new_id(), "Again", paying), seen=stale)
    separate(day)
    titles = [(group.title, len(group.notes)) for group in board(day).groups]
    assert titles[0] == ("Paying", 2)
    assert sorted(titles[1:]) == [("Answer the phone", 1), ("Say thank you", 1), ("Say who", 1)]
    assert board(day).loose == ()
    for _ in range(2):
        digest = board(day).digest
        with transaction() as session:
            boards.undo(session, day.workshop_id, day.topic_id(), seen=digest)
    assert len(board(day).groups) == 4
    arrange(day, lambda before: note_groups.moved(before, frozenset({ids["Pay in full"]}), None))
    arrange(day, lambda before: note_groups.dissolved(before, group_id))
    assert {note.text for note in board(day).loose} == {"Pay sooner", "Pay in full"}
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(NoteRecord)) == 5


def test_those_who_are_paid_vote_first_and_nothing_is_told_before_the_vote_is_closed(day: Day) -> None:
    first, second = to_the_vote(day)
    version = day.workshop().version
    with pytest.raises(NotAllowedError, match="cannot change its dots now"):
        place_dots(day, day.paying[0], second, 5)
    for address in day.paid[:6]:
        place_dots(day, address, first, 4)
    move(day, Stage.VOTING_FIRST, Stage.VOTING_ALL)
    place_dots(day, day.paying[0], second, 5)
    assert day.workshop().version == version + 1
    assert {group.band for group in board(day).groups} == {None}
    assert len(day.sealed_rows()) == 7 and len({len(blob) for _id, blob in day.sealed_rows()}) == 1

    move(day, Stage.VOTING_ALL, Stage.VOTED)
    assert [(group.id, group.band, group.place) for group in board(day).by_place] == [
        (first, "over_half", 1),
        (second, "up_to_a_quarter", 2),
    ]
    assert day.sealed_rows() == []
    with pytest.raises(ChangedMeanwhileError):
        place_dots(day, day.paid[0], second, 1)
    seat, topic_id = day.seat(day.paid[0]), day.topic_id()
    with pytest.raises(NotAllowedError), transaction() as session:
        voting.place(session, state().keys, seat, topic_id, Wish(second, 1, ""))


def test_four_who_are_paid_are_too_few_to_show_anything(day: Day) -> None:
    first, _second = to_the_vote(day)
    for address in day.paid[:4]:
        place_dots(day, address, first, 5)
    move(day, Stage.VOTING_FIRST, Stage.VOTING_ALL)
    for address in day.paying:
        place_dots(day, address, first, 5)
    move(day, Stage.VOTING_ALL, Stage.VOTED)
    assert not board(day).is_shown and day.sealed_rows() == []


def test_the_people_of_an_organisation_share_its_dots(day: Day) -> None:
    first, second = to_the_vote(day)
    party_id = next(
        party_id
        for party_id in set(day.parties.values())
        if list(day.parties.values()).count(party_id) > 1
        and day.parties[day.paying[0]] != party_id
        and party_id in {day.parties[address] for address in day.paid}
    )
    one, other = [day.seat(address) for address, of in day.parties.items() if of == party_id][:2]
    topic_id, keys = day.topic_id(), state().keys
    with reading() as session:
        seen = voting.own(session, keys, one, topic_id).digest
    with transaction() as session:
        voting.place(session, keys, one, topic_id, Wish(first, 3, seen))
    # A retry of what was done is done; another change from the page as it was asks again.
    with transaction() as session:
        voting.place(session, keys, other, topic_id, Wish(first, 3, seen))
    with pytest.raises(ChangedMeanwhileError), transaction() as session:
        voting.place(session, keys, other, topic_id, Wish(second, 2, seen))
    with reading() as session:
        now = voting.own(session, keys, other, topic_id)
    assert (now.dots, now.left) == ({first: 3}, 2)
    with pytest.raises(NotAllowedError, match="not so many dots"), transaction() as session:
        voting.place(session, keys, other, topic_id, Wish(second, 3, now.digest))
    with pytest.raises(NotAllowedError), transaction() as session:
        voting.place(session, keys, other, topic_id, Wish(new_id(), 1, now.digest))
    with transaction() as session:
        voting.place(session, keys, other, topic_id, Wish(first, 0, now.digest))
    assert day.sealed_rows() == []


def test_the_timer_is_set_extended_and_stopped_from_what_a_screen_showed(day: Day) -> None:
    day.begin()
    with transaction() as session:
        leading.set_timer(session, clock.now(), day.workshop_id, seen=None, minutes=5)
    ends = day.workshop().stage_ends_at
    assert ends is not None and 290 <= (ends - clock.now()).total_seconds() <= 300
    with transaction() as session:
        leading.extend_timer(session, clock.now(), day.workshop_id, seen=ends, minutes=2)
    with pytest.raises(ChangedMeanwhileError), transaction() as session:
        leading.extend_timer(session, clock.now(), day.workshop_id, seen=ends, minutes=2)
    longer = day.workshop().stage_ends_at
    assert longer is not None and 110 <= (longer - ends).total_seconds() <= 121
    with transaction() as session:
        leading.set_timer(session, clock.now(), day.workshop_id, seen=longer, minutes=0)
    assert day.workshop().stage_ends_at is None
    with pytest.raises(NotAllowedError), transaction() as session:
        leading.set_timer(session, clock.now(), day.workshop_id, seen=None, minutes=10_000)


def test_an_organisation_is_there_when_one_of_its_people_says_so(day: Day) -> None:
    seat = day.seat(day.paid[0])
    with pytest.raises(NotAllowedError), transaction() as session:
        leading.say_here(session, seat)
    day.begin()
    with transaction() as session:
        leading.say_here(session, seat)
    assert {one.party_id for one in day.workshop().invited if one.was_there} == {seat.party_id}
    with reading() as session:
        found = taking_part.find(session, seat.secret)
    assert found is not None and found.was_there


def test_ending_can_be_taken_back_and_keeps_what_is_sealed(day: Day) -> None:
    write(day, day.paid[0], "Still to come", place=1)
    day.begin()
    with transaction() as session:
        leading.end(session, clock.now(), day.workshop_id)
    with pytest.raises(NotAllowedError):
        write(day, day.paid[0], "After the end", place=1)
    day.begin()
    assert notes_of(day, day.paid[0], 1) == ["Still to come"]


@pytest.mark.parametrize("end", [WorkshopState.RECORDED, WorkshopState.CANCELLED])
def test_once_it_is_over_nothing_sealed_is_left_and_no_key_opens_it(day: Day, end: WorkshopState) -> None:
    write(day, day.paid[0], "Never revealed", place=2)
    workshop_keys.forget(state().keys)
    # While it is held nothing is destroyed.
    assert notes_of(day, day.paid[0], 2) == ["Never revealed"]
    with transaction() as session:
        session.execute(update(WorkshopRecord).values(state=end.value, checked_at=clock.now()))
        cycle_id = session.scalars(select(WorkshopRecord.cycle_id)).one()
        contact_id = day.seat(day.paid[0]).contact_id if end is WorkshopState.RECORDED else None
        if contact_id:
            outbox.queue_errands(
                session, clock.now(), Round(cycle_id, MailKind.MINUTES, 1, day.workshop_id), [contact_id]
            )
    if contact_id:
        # The mails with the minutes bring links that are derived from the key.
        workshop_keys.forget(state().keys)
        assert state().keys.workshops() == (day.workshop_id,)
        with transaction() as session:
            session.execute(update(MailRecord).values(state=MailState.SENT.value))
    for _ in range(2):
        workshop_keys.forget(state().keys)
    assert day.sealed_rows() == [] and state().keys.workshops() == ()
    with pytest.raises(KeyMissingError):
        state().keys.workshop_key(day.workshop_id)
    if contact_id:
        assert day.seat(day.paid[0]).contact_id == contact_id


def test_the_key_stays_for_minutes_that_could_not_be_sent_and_goes_two_weeks_later(day: Day) -> None:
    contact_id = day.seat(day.paid[0]).contact_id
    with transaction() as session:
        sent = {"state": WorkshopState.RECORDED.value, "checked_at": clock.now()}
        session.execute(update(WorkshopRecord).values(**sent))
        cycle_id = session.scalars(select(WorkshopRecord.cycle_id)).one()
        outbox.queue_errands(
            session, clock.now(), Round(cycle_id, MailKind.MINUTES, 1, day.workshop_id), [contact_id]
        )
        session.execute(update(MailRecord).values(state=MailState.FAILED.value))
    workshop_keys.forget(state().keys)
    assert state().keys.workshops() == (day.workshop_id,)
    with transaction() as session:
        session.execute(update(WorkshopRecord).values(checked_at=clock.now() - timedelta(days=15)))
    workshop_keys.forget(state().keys)
    assert state().keys.workshops() == ()


def test_nobody_comes_or_goes_while_a_vote_is_under_way_and_nobody_changes_turns(day: Day) -> None:
    first, _second = to_the_vote(day)
    seat = day.seat(day.paid[0])
    for change in (
        lambda session: seating.take_away(session, day.workshop_id, seat.id),
        lambda session: seating.add(session, clock.now(), day.workshop_id, seat.contact_id, state().keys),
    ):
        with pytest.raises(NotAllowedError, match="A vote is under way"), transaction() as session:
            change(session)
    with transaction() as session:
        session.execute(update(PartyRecord).values(role=Role.SUBCONTRACTOR.value))
    with pytest.raises(NotAllowedError, match="cannot change its dots now"):
        place_dots(day, day.paying[0], first, 1)


def test_nothing_begins_before_its_day(day: Day) -> None:
    with transaction() as session:
        session.execute(update(WorkshopRecord).values(begins_at=clock.now() + timedelta(days=2)))
    with pytest.raises(NotYetError, match="on its day"):
        day.begin()
    assert day.workshop().state is WorkshopState.INVITED


def kept_back(day: Day, address: str) -> tuple[str, ...]:
    with reading() as session:
        return sealed_notes.kept_back(session, state().keys, day.seat(address), day.topic_id())


@pytest.mark.parametrize(
    ("paid", "paying"),
    [(0, 0), (1, 0), (4, 2)],
    ids=["nobody", "one", "four and those who pay"],
)
def test_where_too_few_wrote_no_note_is_ever_shown(day: Day, paid: int, paying: int) -> None:
    writers = [*day.paid[:paid], *day.paying[:paying]]
    for address in writers:
        write(day, address, f"By {address}")
    day.begin()
    move(day, Stage.WAITING, Stage.WRITING)
    move(day, Stage.WRITING, Stage.REVEALED)
    assert board(day).loose == () and not board(day).has_notes
    # Nobody can wait for one more and try again; whoever wrote keeps their own, and sees nobody else's.
    with pytest.raises(NotAllowedError, match="is revealed"):
        write(day, day.paid[4], "A fifth")
    with pytest.raises(NotAllowedError):
        move(day, Stage.REVEALED, Stage.WRITING)
    assert [kept_back(day, address) for address in writers] == [(f"By {address}",) for address in writers]
    assert kept_back(day, day.paid[4]) == ()


def test_five_people_are_too_few_where_one_organisation_is_two_of_them(day: Day) -> None:
    """Its own people would know that all but three notes are theirs."""
    party = next(
        party
        for party in sorted(day.parties.values())
        if list(day.parties.values()).count(party) > 1
        and day.roles[party] not in {Role.PRIME, Role.COMMISSIONER}
    )
    colleagues = [address for address, of in day.parties.items() if of == party][:2]
    others = [address for address in day.paid if day.parties[address] != party]
    for address in [*colleagues, *others[:3]]:
        write(day, address, f"By {address}")
    day.begin()
    move(day, Stage.WAITING, Stage.REVEALED)
    assert not board(day).has_notes


def test_what_is_said_aloud_can_be_voted_on_where_no_notes_are_shown(day: Day) -> None:
    day.begin()
    move(day, Stage.WAITING, Stage.REVEALED)
    for title in ("Pay sooner", "Answer the phone"):
        with transaction() as session:
            seen, said = boards.load(session, day.topic_id()).digest, Wanted("say", "", title, frozenset())
            boards.do(session, day.workshop_id, day.topic_id(), seen=seen, wanted=said)
    move(day, Stage.REVEALED, Stage.VOTING_FIRST)
    first, second = board(day).groups
    assert (first.title, first.notes) == ("Pay sooner", ())
    for address in day.paid[:5]:
        place_dots(day, address, second.id, 5)
    move(day, Stage.VOTING_FIRST, Stage.VOTING_ALL)
    move(day, Stage.VOTING_ALL, Stage.VOTED)
    assert [(group.title, group.place) for group in board(day).by_place] == [
        ("Answer the phone", 1),
        ("Pay sooner", 2),
    ]


def test_whoever_gets_another_link_sees_their_thoughts_again_and_they_count_once(day: Day) -> None:
    write_enough(day)
    write(day, day.paid[0], "Pay within 30 days", "Say when it is late", place=2)
    seat, before = day.seat(day.paid[0]), day.sealed_rows()
    for number in (1, 2):
        with transaction() as session:
            seating.replace_link(session, clock.now(), day.workshop_id, seat.id, state().keys)
            key = workshops.workshop_key(session, day.workshop_id, state().keys)
            secret = sealing.seat_secret(key, seat.id, number)
        with reading() as session:
            found = workshops.find_seat(session, secret)
            assert found is not None
            own = sealed_notes.own(session, state().keys, found, day.topic_id(2))
        assert [text for text in own if text] == ["Pay within 30 days", "Say when it is late"]
    # No row changes: one that did would tell that this person has written.
    assert sorted(day.sealed_rows()) == sorted(before)
    day.begin()
    move(day, Stage.WAITING, Stage.REVEALED)
    assert len(board(day).loose) == 5


def test_the_thoughts_of_whoever_was_taken_off_the_list_are_revealed_all_the_same(day: Day) -> None:
    write_enough(day)
    seat_id = day.seat(day.paid[0]).id
    with transaction() as session:
        seating.take_away(session, day.workshop_id, seat_id)
    write(day, day.paid[5], "A sixth")
    day.begin()
    move(day, Stage.WAITING, Stage.REVEALED)
    assert "Pay within 30 days" in {note.text for note in board(day).loose}
