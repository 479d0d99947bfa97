"""The pages of a chain's actions: board, list, timeline, one action, and the forms that change one."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask

from review_app import clock
from review_app.database import reading, transaction
from review_app.services import acting, actions
from review_app.services.accounts import AccountRole
from review_app.services.acting import Turn
from review_app.services.actions import Action
from surveys.improvement import ActionState, Actor
from tests.conftest import make_account
from tests.pages import PageClient
from tests.web.improving import ImprovedAtRest
from tests.web.respondents import words
from tests.web.stewards import faults, field, restore, signed_in


@pytest.fixture
def app(site: Flask, improved: ImprovedAtRest) -> Flask:
    """The application on a fresh copy of the review."""
    restore(site, improved)
    return site


@pytest.fixture
def organiser(app: Flask, improved: ImprovedAtRest) -> PageClient:
    """The organiser's browser."""
    return signed_in(app, improved.organiser)


def stored(app: Flask, action_id: str) -> Action:
    with app.app_context(), reading() as session:
        return actions.load(session, action_id)


def test_the_board_has_a_column_for_each_state_with_its_actions(
    organiser: PageClient, improved: ImprovedAtRest
) -> None:
    page = organiser.get(improved.board).text
    assert re.findall(r'id="column-(\w+)"', page) == [state.value for state in ActionState]
    column = page.partition('id="column-in_progress"')[2].partition("</section>")[0]
    assert "2: =Everybody sees the books" in words(column) and "late" in words(column)
    assert improved.page_of("late") in column and "Ash Ltd, Prime Ltd" in words(column)


def test_lists_are_narrowed_sorted_and_turned_without_script(
    organiser: PageClient, improved: ImprovedAtRest
) -> None:
    path = f"{improved.board}/list"
    assert "5 actions." in words(organiser.get(path).text)
    page = organiser.get(f"{path}?overdue=yes&order=number").text
    assert "2 of 5 actions." in words(page) and "One office for everybody" not in page
    assert 'name="order" value="number"' in page and 'id="filter-overdue"' in page and "checked" in page
    page = organiser.get(f"{path}?owner={improved.parties['ash']}&state=in_progress").text
    assert "1 of 5 actions." in words(page)
    assert "No action is like that." in organiser.get(f"{path}?state=accepted").text
    for nonsense in (
        "?page=999",
        "?page=x",
        "?page=-1",
        "?state=wrong&order=wrong",
        "?practice=%00",
        "?page=²",
    ):
        assert organiser.get(path + nonsense).status_code == 200, nonsense
    assert "The actions of all chains" in organiser.get("/actions").text
    assert "5 actions." in words(organiser.get(f"/actions?chain={improved.chain_id}").text)
    assert "0 of 5 actions." in words(organiser.get("/actions?chain=another").text)


def test_the_timeline_has_a_mark_and_a_row_for_every_action(
    organiser: PageClient, improved: ImprovedAtRest
) -> None:
    page = organiser.get(f"{improved.board}/timeline").text
    wide = page.partition('class="rt-timeline__wide"')[2].partition("</svg>")[0]
    assert wide.count('fill="#d55e00"') == 2, "late ones have a shape and a colour of their own"
    assert wide.count('fill="#ffffff"') == 1 and wide.count('fill="#009e73"') == 1
    assert "2 actions are late" in words(page) and "Today, " in wide
    assert page.count('role="rowheader"') == 5


def test_an_action_shows_everything_and_its_whole_history(
    organiser: PageClient, improved: ImprovedAtRest
) -> None:
    page = words(organiser.get(improved.page_of("verified")).text)
    for text in (
        "Invoices are paid within 14 days",
        "Every subcontractor",
        "Person 0 at prime, Prime Ltd",
        "Person 0 at mill, Mill Ltd",
        "Days from invoice to payment",
        "42 days",
        "Agree a date of the month",
        "Spring workshop",
        "All partners together say",
        "Payments of Person 1.csv",
        "https://prime.example/terms",
        "The check of this file failed",
        "From “Proposed” to “Done and verified”",
        "Nobody can change or remove what stands here.",
    ):
        assert text in page, text
    assert "It will not be done" not in page
    assert "because: It would cost more than it saves." in words(
        organiser.get(improved.page_of("declined")).text
    )


def test_an_action_is_declined_with_a_reason_and_nothing_typed_is_lost(
    app: Flask, organiser: PageClient, improved: ImprovedAtRest
) -> None:
    path = f"{improved.page_of('late')}/decline"
    answer = organiser.send(path, {"reason": " "})
    assert answer.status_code == 422
    assert faults(answer.text) == ["Write why it will not be done. Everybody in the chain reads it."]
    answer = organiser.send(path, {"reason": "x" * 1001})
    assert answer.status_code == 422 and "x" * 1001 in answer.text
    assert organiser.send(path, {"reason": "Too dear."}).location == improved.page_of("late")
    assert "because: Too dear." in words(organiser.get(improved.page_of("late")).text)
    assert stored(app, improved.actions["late"]).entries[-1].by == "The organiser, organiser"
    assert organiser.get(path).location == improved.page_of("late"), "it is declined already"


def test_help_that_is_asked_for_is_seen_and_answered(
    app: Flask, organiser: PageClient, improved: ImprovedAtRest
) -> None:
    action_id, path = improved.actions["late"], f"{improved.page_of('late')}/answer"
    assert "asks for help" not in words(organiser.get("/organiser").text)
    found = stored(app, action_id)
    with app.app_context(), transaction() as session:
        turn = Turn(action_id, Actor.OWNER, "Jo", found.owners[0].id, found.state, found.entries[-1].id)
        acting.ask_for_help(session, clock.now(), turn, "Who has <b>the list</b>?")
    assert "1 of them asks for help" in words(organiser.get("/organiser").text)
    for page in (improved.board, f"{improved.board}/list", f"{improved.board}/list?help=yes"):
        assert "sks for help" in words(organiser.get(page).text), page
    assert "1 of 5 actions" in words(organiser.get(f"{improved.board}/list?help=yes").text)
    assert "They ask for help: Who has &lt;b&gt;the list&lt;/b&gt;?" in words(
        organiser.get(improved.page_of("late")).text
    )
    for text, fault in (
        (" ", "Say something to its owners."),
        ("x" * 1001, "Shorten it."),
    ):
        answer = organiser.send(path, {**form_of(organiser, path), "text": text})
        assert answer.status_code == 422 and text.strip() in answer.text
        assert fault in faults(answer.text)[0]
    stale = organiser.send(path, {**form_of(organiser, path), "text": "Jo has.", "shown": "done"})
    assert stale.status_code == 422 and "has moved on since" in faults(stale.text)[0]
    fields = {**form_of(organiser, path), "text": "Jo at the council."}
    assert organiser.send(path, fields).location == improved.page_of("late")
    assert "sks for help" not in words(organiser.get(improved.board).text)
    assert "Jo at the council." in words(organiser.get(improved.page_of("late")).text)
    assert organiser.get(f"{improved.page_of('verified')}/answer").location == improved.page_of("verified")


def form_of(client: PageClient, path: str, **changes: object) -> dict[str, object]:
    page = client.get(path).text
    names = ("csrf_token", "finding", "cycle", "seen", "title", "for_whom", "measure", "baseline")
    return {**{name: field(page, name) for name in names}, **changes}


def people(client: PageClient, path: str) -> dict[str, str]:
    """The ids of contacts by who they are, as the form offers them."""
    page = client.get(path).text.partition('name="owner"')[2].partition("</select>")[0]
    return {
        text: value
        for value, text in re.findall(r'<option value="([^"]+)"[^>]*>\s*([^<]+?)\s*</option>', page)
    }


def test_an_action_is_proposed_on_a_finding_of_the_report_without_a_workshop(
    app: Flask, organiser: PageClient, improved: ImprovedAtRest
) -> None:
    page = organiser.get(f"{improved.board}/new").text
    address = re.findall(r'href="([^"]+/new/form\?finding=[^"]+)"', page)[0]
    who, due = people(organiser, address), datetime.now(UTC) + timedelta(days=40)
    fields = form_of(organiser, address)
    assert str(fields["baseline"]).startswith("All partners together say")
    answer = organiser.post(address, data={**fields, "title": "Typed once"})
    assert answer.status_code == 422 and "Typed once" in answer.text
    assert faults(answer.text) == [
        "This is empty. Say for whom it will be different.",
        "Nobody owns this. Choose who answers for it.",
        "Nobody verifies this. Choose who will say whether it is done.",
        "There is no due date. Give the day by which it will be different.",
    ]
    fields |= {
        "title": "The books are open",
        "for_whom": "All partners",
        "owner": who["Person 0 at prime (Prime Ltd)"],
        "second": "",
        "verifier_id": who["Person 1 at ash (Ash Ltd)"],
        "due": [str(due.day), str(due.month), str(due.year)],
        "steps": "One\n\nTwo",
    }
    location = organiser.post(address, data=fields).location
    found = stored(app, location.rpartition("/")[2])
    assert found.number == 6 and found.workshop_id is None
    assert found.finding_id.startswith("concern:prime:") and found.question_id and found.practices
    assert [step.text for step in found.steps] == ["One", "Two"]
    assert organiser.get(f"{improved.board}/new/form?finding=made-up").status_code == 404
    assert organiser.get(f"{improved.board}/new/form").status_code == 200


def test_an_action_is_changed_and_a_declined_one_proposed_once_more(
    app: Flask, organiser: PageClient, improved: ImprovedAtRest
) -> None:
    for name, after in (("late", ActionState.IN_PROGRESS), ("declined", ActionState.PROPOSED)):
        path = f"{improved.page_of(name)}/change"
        before = stored(app, improved.actions[name])
        owner, *others = (one.contact_id for one in before.owners)
        fields = form_of(
            organiser,
            path,
            title="Better words",
            owner=owner,
            second="".join(others),
            verifier_id=before.verifier.contact_id,
            due=[str(part) for part in (before.due.day, before.due.month, before.due.year)],
        )
        answer = organiser.post(path, data={**fields, "seen": "an older entry"})
        assert answer.status_code == 422 and "Better words" in answer.text
        assert "Check it, and save again." in faults(answer.text)[0]
        assert organiser.post(path, data=fields).location == improved.page_of(name)
        found = stored(app, improved.actions[name])
        assert (found.title, found.state, found.reason) == ("Better words", after, "")
    assert organiser.get(f"{improved.page_of('verified')}/change").location == improved.page_of("verified")


def test_nobody_sees_the_actions_of_a_chain_who_does_not_oversee_it(
    app: Flask, improved: ImprovedAtRest
) -> None:
    other = signed_in(app, make_account(app, "elsewhere@independent.example", AccountRole.STEWARD))
    steward, nobody = signed_in(app, improved.steward), app.test_client()
    chain, one = improved.board, improved.page_of("late")
    paths = [
        chain,
        *(f"{chain}/{way}" for way in ("list", "timeline", "you-said", "you-said.pdf", "new", "new/form")),
    ]
    paths += [f"{chain}.{kind}" for kind in ("csv", "xlsx", "ics")]
    paths += [one, f"{one}/decline", f"{one}/change"]
    for path in paths:
        assert other.get(path).status_code == 404, path
        assert steward.get(path).status_code == 200, path
        assert "/sign-in" in nobody.get(path).location, path
    for path in (f"{one}/decline", f"{one}/change", f"{chain}/new/form"):
        assert other.send(path, {"reason": "Mine."}, page="/steward").status_code == 404, path
    assert "0 actions" in words(other.get("/actions").text) or "Actions will be here" in words(
        other.get("/actions").text
    )
    assert stored(app, improved.actions["late"]).state is ActionState.IN_PROGRESS


def test_files_are_handed_out_under_the_name_of_the_chain(
    organiser: PageClient, improved: ImprovedAtRest
) -> None:
    answer = organiser.get(f"{improved.board}.csv")
    assert "filename=threads-actions.csv" in answer.headers["Content-Disposition"]
    assert len(list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))) == 5
    assert organiser.get(f"{improved.board}.exe").status_code == 404
    assert organiser.get(f"{improved.board}.xlsx").data.startswith(b"PK")
    assert organiser.get(f"{improved.board}.ics").text.count("BEGIN:VEVENT") == 3


def test_the_pages_of_reviews_and_chains_lead_here(
    app: Flask, organiser: PageClient, improved: ImprovedAtRest
) -> None:
    steward = signed_in(app, improved.steward)
    for client, path in (
        (organiser, "/organiser"),
        (organiser, f"/organiser/chains/{improved.chain_id}"),
        (organiser, f"/organiser/reviews/{improved.cycle_id}"),
        (steward, f"/steward/reviews/{improved.cycle_id}"),
    ):
        assert f'href="{improved.board}"' in client.get(path).text, path
    assert f'href="/reviews/{improved.cycle_id}/workshops"' in organiser.get("/organiser").text
