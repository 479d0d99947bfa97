"""Who oversees which actions, what is wanted of them, and what they are as files, on both databases."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO, StringIO

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from review_app import clock
from review_app.database import reading, transaction
from review_app.services import action_files, actions, chains, overseeing
from review_app.services.accounts import Account, AccountRole
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.overseeing import Order, Overview, Wanted
from surveys.improvement import UNDER_WAY, ActionState, Actor, EntryKind
from tests.actions_made import ASH, MILL, propose
from tests.conftest import draft_on, make_account
from tests.improvement_made import Improved, improved
from tests.publications import chain_of_cloth
from tests.web.tables import statements


@pytest.fixture
def made(either_environ: dict[str, str]) -> Iterator[Improved]:
    with improved(either_environ) as found:
        yield found


def overview(made: Improved, account: Account | None = None, **how: object) -> Overview:
    with reading() as session:
        return overseeing.of_chain(
            session,
            clock.now().date(),
            account or made.of.organiser,
            made.chain_id,
            wanted=Wanted(**{key: value for key, value in how.items() if key != "order"}),  # type: ignore[arg-type]
            order=Order(str(how.get("order", "due"))),
        )


def titles(found: Overview) -> list[str]:
    return [line.action.title for line in found.lines]


def test_organisers_and_the_stewards_of_a_chain_see_its_actions_and_nobody_else(made: Improved) -> None:
    stranger = make_account(made.of.app, "other@independent.example", AccountRole.STEWARD)
    assert len(overview(made).lines) == len(overview(made, made.of.steward).lines) == 5
    with reading() as session:
        today = clock.now().date()
        for action_id in made.actions.values():
            assert overseeing.load(session, today, made.of.steward, action_id).action.id == action_id
            with pytest.raises(NotFoundError):
                overseeing.load(session, today, stranger, action_id)
        with pytest.raises(NotFoundError):
            overseeing.of_chain(session, today, stranger, made.chain_id)
        with pytest.raises(NotFoundError):
            overseeing.of_chain(session, today, made.of.organiser, "0" * 26)
        assert overseeing.of_all(session, today, stranger).lines == ()
        assert len(overseeing.of_all(session, today, made.of.steward).lines) == 5


def test_a_list_is_narrowed_and_sorted(made: Improved) -> None:
    everything = overview(made)
    assert everything.practices == ("P2c.1",)
    assert [name for _id, name in everything.parties] == ["Ash Ltd", "Mill Ltd", "Prime Ltd"]
    assert everything.workshops == ((made.workshop_id, "Spring workshop"),)
    assert titles(overview(made, practice="P2c.1")) == ["Invoices are paid within 14 days"]
    assert titles(overview(made, party_id=made.of.parties["ash"])) == ["=Everybody sees the books"]
    assert titles(overview(made, state=ActionState.DECLINED)) == ["One office for everybody"]
    assert titles(overview(made, is_overdue=True)) == ["=Everybody sees the books", "Answers within a week"]
    assert len(overview(made, workshop_id=made.workshop_id).lines) == 4
    assert overview(made, state=ActionState.ACCEPTED).total == 5
    assert [line.action.number for line in overview(made, order="number").lines] == [1, 2, 3, 4, 5]
    states = [line.action.state for line in overview(made, order="state").lines]
    assert states == sorted(states, key=list(ActionState).index)
    assert titles(overview(made, order="owner"))[0] == "=Everybody sees the books"
    due = [line.action.due for line in everything.lines]
    assert due == sorted(due)


def test_the_number_of_queries_does_not_grow_with_the_actions(made: Improved) -> None:
    with statements(made.of.app) as few:
        overview(made)
    for number in range(12):
        propose(made.of, title=f"Another {number}", owners=(ASH, MILL), verifier="0@prime.example")
    with statements(made.of.app) as many:
        assert len(overview(made).lines) == 17
    assert len(many) == len(few) <= 12


def test_an_action_is_declined_once_with_a_reason_that_its_history_keeps(made: Improved) -> None:
    id_ = made.actions["late"]
    with transaction() as session:
        overseeing.decline(session, clock.now(), made.of.steward, id_, "  Nobody\n wants it. ")
    with reading() as session:
        found = actions.load(session, id_)
    assert (found.state, found.reason) == (ActionState.DECLINED, "Nobody wants it.")
    last = found.entries[-1]
    assert (last.kind, last.actor, last.by) == (EntryKind.MOVED, Actor.ORGANISER, "The steward, steward")
    assert (last.before, last.after) == (ActionState.IN_PROGRESS, ActionState.DECLINED)
    stranger = make_account(made.of.app, "other@independent.example", AccountRole.STEWARD)
    for account, action, reason, error in (
        (made.of.organiser, id_, "Again.", NotAllowedError),
        (made.of.organiser, made.actions["verified"], "Late.", NotAllowedError),
        (made.of.organiser, made.actions["proposed"], "  ", NotAllowedError),
        (made.of.organiser, made.actions["proposed"], "x" * 1001, NotAllowedError),
        (stranger, made.actions["proposed"], "Mine.", NotFoundError),
    ):
        with pytest.raises(error), transaction() as session:
            overseeing.decline(session, clock.now(), account, action, reason)


def test_the_files_hold_every_action_and_no_person_and_nothing_that_is_a_formula(made: Improved) -> None:
    found, now = overview(made, order="number"), datetime(2027, 1, 2, 9, tzinfo=UTC)
    text = action_files.to_csv(found.lines).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["elements"] and rows[0]["practices"] == "P2c.1" and rows[0]["evidence"] == "3"
    assert rows[1]["action"] == "'=Everybody sees the books" and rows[1]["overdue"] == "yes"
    assert (rows[1]["owners"], rows[1]["verifier"]) == ("Ash Ltd; Prime Ltd", "Mill Ltd")
    assert rows[2]["state"] == "declined" and rows[2]["reason"]
    book = load_workbook(BytesIO(action_files.to_xlsx(found, now.date())))
    sheet = book["Actions"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [1, 2, 3, 4, 5]
    assert sheet["B3"].value == "=Everybody sees the books" and sheet["B3"].data_type == "s"
    calendar = Calendar.from_ical(action_files.to_ics(found, now))
    events = calendar.walk("VEVENT")
    open_ones = [line.action for line in found.lines if line.action.state in UNDER_WAY]
    assert [event.decoded("dtstart") for event in events] == [action.due for action in open_ones]
    assert events[0].decoded("dtend") - events[0].decoded("dtstart") == timedelta(days=1)
    assert len({str(event["uid"]) for event in events}) == 3
    due = {cell.value: cell.column for cell in sheet[1]}["Due"]
    dates = [cell.value for (cell,) in sheet.iter_rows(min_row=2, min_col=due, max_col=due)]
    assert dates == [datetime.combine(line.action.due, time()) for line in found.lines]
    for content in (text, calendar.to_ical().decode(), str(list(sheet.values))):
        assert "Person" not in content and "@mill" not in content and "http" not in content


def test_files_of_a_chain_without_actions_are_whole_and_empty(made: Improved) -> None:
    with transaction() as session:
        chain_id = chains.keep(session, clock.now(), replace(chain_of_cloth(), name="Wool"))
    with reading() as session:
        found = overseeing.of_chain(session, clock.now().date(), made.of.organiser, chain_id)
    assert len(action_files.to_csv(found.lines).decode("utf-8-sig").splitlines()) == 1
    book = load_workbook(BytesIO(action_files.to_xlsx(found, clock.now().date())))
    assert "No action was agreed yet." in str(list(book["Actions"].values))
    assert Calendar.from_ical(action_files.to_ics(found, clock.now())).walk("VEVENT") == []


def test_a_steward_who_is_only_named_in_a_draft_oversees_nothing(made: Improved) -> None:
    friend = make_account(made.of.app, "friend@prime.example", AccountRole.STEWARD)
    cycle_id = draft_on(
        made.of.app, made.chain_id, made.of.organiser, friend, closes_at=clock.now() + timedelta(days=150)
    )
    with pytest.raises(NotFoundError):
        overview(made, friend)
    with reading() as session:
        assert overseeing.of_all(session, clock.now().date(), friend).lines == ()
        assert not overseeing.guards(session, cycle_id, friend)
        assert overseeing.guards(session, made.of.cycle.id, made.of.steward)
        assert not overseeing.guards(session, made.of.cycle.id, made.of.organiser)
