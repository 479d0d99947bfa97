"""The record, the actions made on the spot, the minutes and the pack on the pages of whoever leads a workshop."""

from __future__ import annotations

import re
from pathlib import Path

import pdfua
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from review_app import clock, minutes_papers, papers
from review_app.database import reading, transaction
from review_app.models.chains import ContactRecord
from review_app.models.workshops import SealedInWorkshopRecord
from review_app.services import actions, cycles, leading, minutes, workshops
from review_app.services.accounts import AccountRole
from review_app.services.workshops import Workshop
from review_app.state import state
from surveys.language import BILINGUAL
from surveys.workshop import Outcome, WorkshopState
from tests.conftest import make_account
from tests.days import workshop_day
from tests.held import BECAUSE, DECISION, NOTES, SECRET_NOTE, held_at_rest
from tests.pages import PageClient
from tests.services.test_questionnaire_pdf import elements_of, pages_of
from tests.web.respondents import words
from tests.web.stewards import faults, field, restore, signed_in
from tests.workshops import PAID, GatheredAtRest, enter

HOSTILE = "</textarea><script>alert(1)</script> {{ 7 * 7 }}"


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> GatheredAtRest:
    """A workshop that is over, with nothing recorded."""
    return held_at_rest(tmp_path_factory.mktemp("held"))


@pytest.fixture
def leader(site: Flask, held: GatheredAtRest) -> PageClient:
    """The organiser's browser, on a fresh copy of the workshop."""
    restore(site, held)
    return signed_in(site, held.organiser)


@pytest.fixture
def path(held: GatheredAtRest) -> str:
    """The address of the workshop."""
    return f"/workshops/{held.workshop_id}"


def workshop_of(site: Flask, held: GatheredAtRest) -> Workshop:
    with site.app_context(), reading() as session:
        return workshops.load(session, held.workshop_id)


def post(client: PageClient, path: str, **values: object) -> TestResponse:
    """Posts a form of a page as it holds it, but for the values."""
    page = client.get(path).text
    hidden = {name: field(page, name) for name in ("csrf_token", "seen") if f'name="{name}"' in page}
    return client.post(path, data={**hidden, **values})


def settle(client: PageClient, path: str, held: GatheredAtRest, place: int, **values: object) -> TestResponse:
    return post(client, f"{path}/record/{held.topics[place]}", **values)


def test_a_decision_is_kept_and_shown_and_its_form_comes_back_with_it(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    form = f"{path}/record/{held.topics[0]}"
    page = leader.get(form).text
    assert all(note in words(page) for note in NOTES[:2]) and "place 1" in words(page)
    answer = settle(leader, path, held, 0, outcome="decided", decision=HOSTILE, rank="2")
    assert (answer.status_code, answer.location) == (303, f"{path}/record")
    topic = workshop_of(site, held).topics[0]
    assert (topic.outcome, topic.decision, topic.rank) == (Outcome.DECIDED, HOSTILE, 2)
    listed, again = leader.get(f"{path}/record").text, leader.get(form).text
    for page in (listed, again):
        assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    assert "Place 2" in words(listed)


def test_we_will_not_needs_its_reason_and_loses_nothing(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    answer = settle(leader, path, held, 0, outcome="wont", decision=HOSTILE, because="", rank="")
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "It does not say why. Write why this will not be done: everybody reads it."
    ]
    assert "&lt;script&gt;alert(1)" in answer.text and 'value="wont" checked' in answer.text
    assert workshop_of(site, held).topics[0].outcome is Outcome.OPEN


@pytest.mark.parametrize("wrong", [{"outcome": "nonsense"}, {}, {"outcome": "open", "rank": "x" * 400}])
def test_what_no_page_offers_settles_nothing(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str, wrong: dict[str, str]
) -> None:
    assert settle(leader, path, held, 0, **wrong).status_code == 303
    assert workshop_of(site, held).topics[0].outcome is Outcome.OPEN


def test_a_page_that_was_open_for_long_keeps_what_was_typed(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    form = f"{path}/record/{held.topics[0]}"
    answer = leader.post(form, data={"csrf_token": "old", "outcome": "decided", "decision": DECISION})
    assert answer.status_code == 422
    assert "this page was open for a long time" in words(answer.text) and DECISION in answer.text
    answer = leader.post(f"{path}/record/park", data={"csrf_token": "old", "text": "Training"})
    assert answer.status_code == 422 and 'value="Training"' in answer.text
    assert workshop_of(site, held).topics[0].outcome is Outcome.OPEN


def test_the_second_of_two_sees_both_texts_and_may_replace_the_first(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    form = f"{path}/record/{held.topics[0]}"
    page = leader.get(form).text
    mine = {name: field(page, name) for name in ("csrf_token", "seen")}
    other = signed_in(site, held.steward)
    assert settle(other, path, held, 0, outcome="decided", decision="Theirs", rank="1").status_code == 303
    answer = leader.post(form, data={**mine, "outcome": "wont", "because": "Mine"})
    assert answer.status_code == 422
    said = words(answer.text)
    assert "Somebody else has written something" in said and "Theirs" in said and "Mine" in answer.text
    seen = field(answer.text, "seen")
    assert (
        leader.post(form, data={**mine, "seen": seen, "outcome": "wont", "because": "Mine"}).status_code
        == 303
    )
    assert workshop_of(site, held).topics[0].because == "Mine"


def test_things_are_parked_and_removed_and_organisations_ticked(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    record = f"{path}/record"
    token = field(leader.get(record).text, "csrf_token")
    for text, status in ((HOSTILE, 303), ("", 422), ("x" * 501, 422)):
        answer = leader.post(f"{record}/park", data={"csrf_token": token, "text": text})
        assert answer.status_code == status
    page = leader.get(record).text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    parked = field(page, "parked")
    assert leader.post(f"{record}/unpark", data={"csrf_token": token, "parked": parked}).status_code == 303
    assert "Nothing is parked." in words(leader.get(record).text)
    ticked = [held.parties["mill"], held.parties["prime"], "no-such-party"]
    leader.post(f"{record}/there", data={"csrf_token": token, "there": ticked})
    there = {party.name for party in workshop_of(site, held).invited if party.was_there}
    assert there == {"Mill Ltd", "Prime Ltd"}


def action_values(site: Flask, held: GatheredAtRest, **changes: object) -> dict[str, object]:
    with site.app_context(), reading() as session:
        rows = session.execute(select(ContactRecord.email, ContactRecord.id))
        people = {row.email: row.id for row in rows}
    values: dict[str, object] = {
        "title": DECISION,
        "for_whom": "Every subcontractor",
        "owner_ids": people["0@prime.example"],
        "verifier_id": people["0@mill.example"],
        "due": ["1", "6", "2027"],
        "steps": "Agree a date\n\nTell everybody",
    }
    return {**values, **{name: people.get(str(value), value) for name, value in changes.items()}}


def test_an_action_is_made_from_a_decision_once_however_often_it_is_pressed(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    form = f"{path}/actions/new?topic={held.topics[0]}"
    answer = settle(leader, path, held, 0, outcome="decided", decision=DECISION, action="yes")
    assert answer.location == form
    page = leader.get(form).text
    assert (
        field(page, "title") == DECISION
        and field(page, "baseline") == "All partners together: sometimes (3.0)"
    )
    practice = re.findall(r'name="practices"[^>]*value="([^"]+)"[^>]*checked', page)
    for _press in range(2):
        values = action_values(site, held, practices=practice)
        assert post(leader, form, **values).location == f"{path}/record"
    with site.app_context(), reading() as session:
        [action] = actions.of_chain(session, cycles.load(session, held.cycle_id).chain_id)
    assert (action.topic_id, action.workshop_id) == (held.topics[0], held.workshop_id)
    assert [step.text for step in action.steps] == ["Agree a date", "Tell everybody"]
    assert action.practices == tuple(practice) and action.finding_id and "place 1" in action.vote
    assert "Action 1" in words(leader.get(f"{path}/record").text)


def test_an_action_with_a_fault_is_not_made_and_keeps_what_was_typed(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    form = f"{path}/actions/new?topic={held.topics[0]}"
    wrong: list[tuple[dict[str, object], str]] = [
        ({"title": ""}, "Say what will be different."),
        ({"verifier_id": "1@prime.example"}, "Choose somebody of another organisation."),
        ({"other_owner_id": "1@prime.example"}, "Both owners are of one organisation."),
        ({"owner_ids": "nobody-there"}, "An owner is not in this chain."),
        ({"due": ["31", "2", "2027"]}, "Enter a day that exists"),
        ({"due": ["1", "1", "2020"]}, "The due date has passed."),
        ({"csrf_token": "old"}, "this page was open for a long time"),
    ]
    for changes, said in wrong:
        answer = post(leader, form, **action_values(site, held, **changes))
        assert answer.status_code == 422 and said in words(answer.text)
        assert "Tell everybody" in answer.text and field(answer.text, "for_whom") == "Every subcontractor"
    with site.app_context(), reading() as session:
        assert actions.of_chain(session, cycles.load(session, held.cycle_id).chain_id) == ()


def test_minutes_are_checked_sent_and_read_by_the_link_of_whoever_was_invited(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    guest = enter(site, held.codes[PAID[1]])
    assert guest.get("/w/minutes").status_code == 404
    settle(leader, path, held, 0, outcome="decided", decision=DECISION, rank="1")
    settle(leader, path, held, 1, outcome="wont", because=BECAUSE)
    draft = words(leader.get(f"{path}/minutes").text)
    assert DECISION in draft and BECAUSE in draft and "Nothing is settled on this: " in draft
    assert post(leader, f"{path}/minutes").location == f"{path}/minutes"
    assert workshop_of(site, held).state is WorkshopState.RECORDED
    with site.app_context(), reading() as session:
        assert session.scalars(select(SealedInWorkshopRecord)).all() == []
    sent = leader.get(f"{path}/minutes").text
    assert "cannot be changed any more" in words(sent) and "Send the minutes" not in sent
    assert leader.get(f"{path}/record").location == f"{path}/minutes"
    arrived = guest.get("/w/now")
    assert (arrived.status_code, arrived.location) == (303, "/w/minutes")
    read = guest.get("/w/minutes").text
    assert all(text in words(read) for text in (DECISION, BECAUSE, NOTES[0], "place 1"))
    for page in (sent, read):
        assert SECRET_NOTE not in page and "Person 0" not in page


def test_minutes_that_changed_are_not_sent(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    page = leader.get(f"{path}/minutes").text
    data = {name: field(page, name) for name in ("csrf_token", "seen")}
    settle(leader, path, held, 0, outcome="decided", decision=DECISION)
    answer = leader.post(f"{path}/minutes", data=data)
    assert answer.status_code == 422 and "Not sent: the minutes have changed" in words(answer.text)
    assert DECISION in answer.text and workshop_of(site, held).state is WorkshopState.ENDED


def test_nothing_is_recorded_once_the_minutes_went_out(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    form = f"{path}/record/{held.topics[0]}"
    page = leader.get(form).text
    mine = {name: field(page, name) for name in ("csrf_token", "seen")}
    post(leader, f"{path}/minutes")
    answer = leader.post(form, data={**mine, "outcome": "decided", "decision": DECISION})
    assert answer.status_code == 422 and "The minutes went out." in words(answer.text)
    assert DECISION in answer.text and ">Save<" not in answer.text
    assert leader.get(f"{path}/actions/new?topic={held.topics[0]}").status_code == 409
    assert leader.post(f"{path}/record/there", data=mine).status_code == 409


@pytest.mark.parametrize("part", ["pack", "slides", "handouts", "cards", "script"])
def test_a_part_of_the_pack_is_made_by_the_worker_and_then_handed_out(
    site: Flask, leader: PageClient, path: str, part: str
) -> None:
    assert f"{path}/pack/{part}.pdf" in leader.get(f"{path}/pack").text
    waits = leader.get(f"{path}/pack/{part}.pdf")
    assert (waits.status_code, waits.headers["refresh"]) == (202, "3")
    with site.app_context():
        papers.print_waiting(state().settings.paper_dir)
    made = leader.get(f"{path}/pack/{part}.pdf")
    assert made.mimetype == "application/pdf" and made.data.startswith(b"%PDF-")
    assert (
        made.headers["Content-Disposition"] == f"attachment; filename=reading-the-report-together-{part}.pdf"
    )


def test_the_minutes_come_as_the_same_accessible_pdf_to_both_sides(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str, tmp_path: Path
) -> None:
    settle(leader, path, held, 0, outcome="decided", decision=HOSTILE)
    post(leader, f"{path}/minutes")
    guest = enter(site, held.codes[PAID[0]])
    with site.app_context():
        folder = state().settings.paper_dir
    # No file, and no file's time, tells that somebody with a link has read them.
    assert guest.get("/w/minutes.pdf").status_code == 202 and not list(folder.rglob("*"))
    with site.app_context():
        editions = minutes_papers.Editions()
        editions.ask(state(), clock.now())
        papers.print_waiting(folder)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*.pdf")}
    assert len(before) == 1 and guest.get("/w/minutes.pdf").data.startswith(b"%PDF-")
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*.pdf")} == before
    made = leader.get(f"{path}/minutes.pdf")
    assert made.mimetype == "application/pdf" and made.data == guest.get("/w/minutes.pdf").data
    file = tmp_path / "minutes.pdf"
    file.write_bytes(made.data)
    assert [finding.message for finding in pdfua.validate(str(file)).findings] == []
    text = " ".join(" ".join(pages_of(file, "-raw")).split())
    assert HOSTILE in text and BECAUSE not in text and all(note in text for note in NOTES)
    assert len(elements_of(file)["/H1"]) == 1


def test_a_workshop_that_was_begun_is_over_when_its_leader_says_so_whatever_the_clock(
    environ: dict[str, str],
) -> None:
    with workshop_day(environ) as day:
        # An hour before the time of its plan.
        day.begin()
        client = signed_in(day.app, day.organiser)
        token = field(client.get(f"/workshops/{day.workshop_id}/record").text, "csrf_token")
        answer = client.post(f"/workshops/{day.workshop_id}/record/over", data={"csrf_token": token})
        assert answer.location.endswith("/minutes")
        assert day.workshop().state is WorkshopState.ENDED


def test_nobody_but_organisers_and_the_reviews_own_steward_come_here(
    site: Flask, leader: PageClient, held: GatheredAtRest, path: str
) -> None:
    stranger = signed_in(site, make_account(site, "stranger@other.example", AccountRole.STEWARD))
    guest = site.test_client()
    topic = held.topics[0]
    for page in (
        *("record", f"record/{topic}", "minutes", "minutes.pdf", "pack", "pack/pack.pdf"),
        f"actions/new?topic={topic}",
    ):
        assert stranger.get(f"{path}/{page}").status_code == 404
        assert guest.get(f"{path}/{page}").location.startswith("/sign-in")
    token = {"csrf_token": field(stranger.get("/steward").text, "csrf_token"), "outcome": "parked"}
    for page in ("record/there", "record/park", "record/unpark", "record/over", f"record/{topic}", "minutes"):
        assert stranger.post(f"{path}/{page}", data=token).status_code == 404
    assert workshop_of(site, held).topics[0].outcome is Outcome.OPEN
    assert signed_in(site, held.steward).get(f"{path}/record").status_code == 200
    assert leader.get(f"{path}/record/no-such-topic").status_code == 404
    assert leader.get(f"{path}/pack/secrets.pdf").status_code == 404


def test_the_minutes_are_made_in_every_language_of_their_review(environ: dict[str, str]) -> None:
    with workshop_day(environ, languages=BILINGUAL) as day:
        day.begin()
        with day.app.app_context():
            with transaction() as session:
                leading.end(session, clock.now(), day.workshop_id)
                seen = minutes.of_workshop(session, day.workshop_id).digest
                minutes.send(session, clock.now(), day.workshop_id, seen=seen)
            minutes_papers.Editions().ask(state(), clock.now())
            folder = state().settings.paper_dir
        sources = sorted(file.read_text() for file in folder.rglob("*.json"))
        assert ["Cofnodion: What we change first" in source for source in sources].count(True) == 1
        assert len(sources) == 2
