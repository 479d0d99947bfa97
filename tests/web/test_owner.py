"""The pages of owners and verifiers: who does what, from the mail to verified. No text is lost, nothing done twice."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.actions import ActionPersonRecord
from review_app.models.cycles import CycleRecord
from review_app.services import action_links, actions
from review_app.services.actions import Action
from surveys import sealing
from surveys.improvement import ActionState, EntryKind
from tests.actions_made import ASH, MILL, PRIME
from tests.pages import PageClient
from tests.web.owners import Acted, came_to_act, hidden, made_actions, post
from tests.web.respondents import words
from tests.web.stewards import faults, folder_of, restore, running

HOSTILE = "</textarea><script>alert(1)</script> {{ 7 * 7 }} <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> Acted:
    """The review, made once."""
    return made_actions(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application that all tests of this module ask."""
    with running(tmp_path_factory.mktemp("site")) as app:
        yield app


@pytest.fixture
def app(site: Flask, acted: Acted) -> Flask:
    """The application on a fresh copy of the review."""
    restore(site, acted)
    return site


@pytest.fixture
def prime(app: Flask, acted: Acted) -> PageClient:
    """The browser of the owner."""
    return came_to_act(app, acted, PRIME)


@pytest.fixture
def mill(app: Flask, acted: Acted) -> PageClient:
    """The browser of the verifier."""
    return came_to_act(app, acted, MILL)


def load(app: Flask, acted: Acted, state: ActionState) -> Action:
    with app.app_context(), reading() as session:
        return actions.load(session, acted.ids[state])


def snapshot(app: Flask) -> dict[str, bytes]:
    """Every file of the data folder."""
    folder = folder_of(app)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", ".lock"))
    }


def test_the_way_from_the_mail_to_verified(
    app: Flask, acted: Acted, prime: PageClient, mill: PageClient
) -> None:
    number = acted.numbers[ActionState.PROPOSED]
    home = words(prime.get("/a/yours").text)
    assert home.index("These wait for your answer") < home.index("These are yours, and still have time")
    assert "Say whether you accept it." in home
    form = hidden(prime, f"/a/{number}")
    answer = prime.post(f"/a/{number}/accept", data=form)
    assert answer.location == f"/a/{number}?notice=accepted"
    assert "You have accepted this action." in words(prime.get(answer.location).text)
    assert post(prime, f"/a/{number}/progress", text="Half way.").location == f"/a/{number}?notice=progress"
    assert post(prime, f"/a/{number}/help", text="Who knows the terms?").status_code == 303
    assert post(prime, f"/a/{number}/done", text="").status_code == 303
    assert "Now Mill Ltd is asked whether it is." in words(prime.get(f"/a/{number}").text)
    assert "Its owners say that it is done. Is it?" in words(mill.get("/a/yours").text)
    assert post(mill, f"/a/{number}/more", text="December is late.").status_code == 303
    page = words(prime.get(f"/a/{number}").text)
    assert "The verifier asks for more" in page and "December is late." in page
    assert post(prime, f"/a/{number}/done", text="Now it is.").status_code == 303
    assert post(mill, f"/a/{number}/verify", text="").location == f"/a/{number}?notice=verify"
    found = load(app, acted, ActionState.PROPOSED)
    assert found.state is ActionState.VERIFIED
    assert [entry.kind for entry in found.entries].count(EntryKind.HELP) == 1
    assert "What you can do now" not in words(prime.get(f"/a/{number}").text)


def test_every_state_has_its_page_for_either_side(acted: Acted, prime: PageClient, mill: PageClient) -> None:
    for state in ActionState:
        for client in (prime, mill):
            page = client.get(acted.path(state))
            assert page.status_code == 200
            assert f"This is {state.value}" in page.text
    assert "The council sets the terms of payment." in prime.get(acted.path(ActionState.DECLINED)).text
    for step, state in (("progress", ActionState.VERIFIED), ("verify", ActionState.DONE)):
        assert prime.get(f"{acted.path(state)}/{step}").location == acted.path(state)
    assert prime.get(f"{acted.path(ActionState.ACCEPTED)}/no-such-step").status_code == 404


def test_a_link_opens_nobody_elses_actions(acted: Acted, app: Flask, prime: PageClient) -> None:
    ash = came_to_act(app, acted, ASH)
    assert ash.get(f"/a/{acted.joint}").status_code == 200
    mine = hidden(prime, f"{acted.path(ActionState.IN_PROGRESS)}/progress")
    for state in ActionState:
        path = acted.path(state)
        for sub in ("", "/progress", "/decline", "/evidence", "/verify"):
            assert ash.get(path + sub).status_code == 404, path + sub
        assert ash.post(f"{path}/accept", data=mine).status_code in {400, 404}
        assert ash.post(f"{path}/progress", data={**mine, "text": "x"}).status_code == 422
        assert ash.post(f"{path}/evidence", data={**mine, "address": "https://a.example"}).status_code == 404
    listed = ash.get("/a/yours").text
    assert "Both of us do this" in listed
    assert not [state for state in ActionState if f'"{acted.path(state)}"' in listed]
    found = load(app, acted, ActionState.IN_PROGRESS)
    assert found.entries[-1].text == "We have talked to the finance team."


def test_a_verifier_does_not_own_and_an_owner_does_not_verify(
    app: Flask, acted: Acted, prime: PageClient, mill: PageClient
) -> None:
    path = acted.path(ActionState.DONE)
    own, theirs = hidden(prime, f"{path}/reopen"), hidden(mill, f"{path}/verify")
    for client, form, steps in (
        (prime, own, ("verify", "more", "note")),
        (mill, theirs, ("reopen", "decline", "done", "help", "progress")),
    ):
        for step in steps:
            assert client.post(f"{path}/{step}", data={**form, "text": "x"}).status_code == 404, step
    assert mill.post(f"{path}/accept", data=theirs).status_code in {404, 422}
    assert mill.post(f"{path}/evidence", data={**theirs, "address": "https://a.example"}).status_code == 404
    assert load(app, acted, ActionState.DONE).state is ActionState.DONE


def test_reading_changes_nothing_whatever_is_fetched(app: Flask, acted: Acted, prime: PageClient) -> None:
    before = snapshot(app)
    for path in ("/a", "/a/yours", *(acted.path(state) for state in ActionState)):
        for method in ("GET", "HEAD"):
            assert prime.open(path, method=method).status_code == 200
    for step in ("progress", "help", "done", "decline", "evidence"):
        for method in ("GET", "HEAD"):
            prime.open(f"{acted.path(ActionState.ACCEPTED)}/{step}", method=method)
    for step in ("accept", "steps"):
        assert prime.get(f"{acted.path(ActionState.PROPOSED)}/{step}").status_code in {302, 303, 404, 405}
    assert snapshot(app) == before


def test_a_form_that_is_out_of_date_changes_nothing_and_keeps_what_was_typed(
    app: Flask, acted: Acted, prime: PageClient
) -> None:
    path = acted.path(ActionState.IN_PROGRESS)
    form, other = hidden(prime, f"{path}/progress"), hidden(prime, f"{path}/done")
    assert prime.post(f"{path}/done", data={**other, "text": "It is."}).status_code == 303
    before = load(app, acted, ActionState.IN_PROGRESS)
    answer = prime.post(f"{path}/progress", data={**form, "text": f"My long report. {HOSTILE}"})
    assert answer.status_code == 422
    assert "My long report." in answer.text and "<script>alert" not in answer.text
    assert "Copy your text" in words(answer.text)
    assert load(app, acted, ActionState.IN_PROGRESS) == before
    # What still fits can be sent once more from the page that says so.
    reopen = hidden(prime, f"{path}/reopen")
    assert prime.post(f"{path}/reopen", data={**reopen, "text": ""}).status_code == 303
    stale = {**form, "shown": "accepted", "text": "Another word."}
    answer = prime.post(f"{path}/progress", data=stale)
    assert "Send it once more" in words(answer.text)
    assert post(prime, f"{path}/progress", text="Another word.").status_code == 303


def test_a_double_click_leaves_one_entry(app: Flask, acted: Acted, prime: PageClient) -> None:
    path = acted.path(ActionState.ACCEPTED)
    form = hidden(prime, f"{path}/progress")
    for _ in range(3):
        assert prime.post(f"{path}/progress", data={**form, "text": "Once."}).status_code == 303
    found = load(app, acted, ActionState.ACCEPTED)
    assert [entry.text for entry in found.entries].count("Once.") == 1


def test_bad_input_says_how_to_mend_it_and_loses_nothing(acted: Acted, prime: PageClient) -> None:
    path = acted.path(ActionState.ACCEPTED)
    assert faults(post(prime, f"{path}/decline", text="  ").text) == ["Write why it will not be done."]
    answer = post(prime, f"{path}/progress", text="x" * 1002)
    assert answer.status_code == 422 and "x" * 1002 in answer.text
    assert faults(answer.text) == ["This is 2 characters too long. Shorten it to 1000 characters."]
    form = {**hidden(prime, f"{path}/progress"), "csrf_token": "out of date"}
    answer = prime.post(f"{path}/progress", data={**form, "text": "All of this."})
    assert answer.status_code == 422 and "All of this." in answer.text
    answer = post(prime, f"{path}/progress", text=HOSTILE)
    assert answer.status_code == 303
    page = prime.get(path).text
    assert "<script>alert" not in page and "{{ 7 * 7 }}" in page


def test_a_link_that_ends_while_somebody_writes_gives_the_text_back(
    app: Flask, acted: Acted, prime: PageClient
) -> None:
    path = acted.path(ActionState.ACCEPTED)
    form = hidden(prime, f"{path}/progress")
    with app.app_context(), transaction() as session:
        session.execute(update(ActionPersonRecord).values(revoked_at=clock.now()))
    answer = prime.post(f"{path}/progress", data={**form, "text": "Half a page."})
    assert answer.status_code == 422 and "Half a page." in answer.text
    assert prime.get(path).location == "/a"


def test_another_link_in_the_same_browser_never_takes_over_an_open_form(
    app: Flask, acted: Acted, prime: PageClient
) -> None:
    form = hidden(prime, f"{acted.path(ActionState.ACCEPTED)}/progress")
    # As if another chain's action had the number that the form was drawn for.
    other = acted.path(ActionState.IN_PROGRESS)
    answer = prime.post(f"{other}/progress", data={**form, "text": "Meant for another."})
    assert answer.status_code == 422 and "Meant for another." in answer.text
    assert prime.post(f"{other}/accept", data=form).status_code in {302, 303, 422}
    assert "Meant for another." not in str(load(app, acted, ActionState.IN_PROGRESS).entries)


def test_steps_are_ticked_and_added(app: Flask, acted: Acted, prime: PageClient) -> None:
    path, found = acted.path(ActionState.ACCEPTED), load(app, acted, ActionState.ACCEPTED)
    first, second = found.steps
    form = hidden(prime, path)
    answer = prime.post(f"{path}/steps", data={**form, "tick": [first.id], "new_step": "A third"})
    assert answer.location == f"{path}?notice=steps#steps"
    found = load(app, acted, ActionState.ACCEPTED)
    assert [(step.text, step.is_done) for step in found.steps][::2] == [
        ("Agree a date of the month", True),
        ("A third", False),
    ]
    answer = prime.post(f"{path}/steps", data={**form, "was": [first.id], "new_step": "x" * 301})
    assert answer.status_code == 422 and "Shorten the step" in answer.text and "x" * 301 in answer.text
    prime.post(f"{path}/steps", data={**form, "was": [first.id], "tick": [second.id]})
    found = load(app, acted, ActionState.ACCEPTED)
    assert [step.is_done for step in found.steps] == [False, True, False]


def test_every_link_that_opens_nothing_looks_the_same(app: Flask, acted: Acted, tmp_path: Path) -> None:
    with app.app_context(), transaction() as session:
        holders = action_links.holders(session, clock.now(), acted.chain_id)
        by_name = {holder.name: holder.id for holder in holders}
        action_links.revoke(session, clock.now(), acted.chain_id, by_name["Person 0 at prime"])
        action_links.replace(session, clock.now(), acted.chain_id, by_name["Person 0 at mill"])
    client = app.test_client()
    codes = [
        acted.codes[PRIME],
        acted.codes[MILL],
        sealing.code_of(bytes(20)),
        "nonsense",
        "",
        "x" * 5000,
    ]
    pages = [client.post("/a", data={"code": code}) for code in codes]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert not any("actions=" in page.headers.get("Set-Cookie", "") for page in pages)
    took: dict[str, list[float]] = {code: [] for code in codes[:4]}
    for _ in range(12):
        for code, times in took.items():
            began = time.monotonic()
            client.post("/a", data={"code": code})
            times.append(time.monotonic() - began)
    medians = [statistics.median(times) for times in took.values()]
    assert max(medians) - min(medians) < 0.05


def test_an_ended_link_opens_nothing_and_its_cookie_is_forgotten(app: Flask, acted: Acted) -> None:
    with app.app_context(), transaction() as session:
        for state in ActionState:
            record = actions.locked(session, acted.ids[state])
            record.state, record.reason = "declined", "Over."
        joint = next(one for one in actions.of_chain(session, acted.chain_id) if one.number == acted.joint)
        record = actions.locked(session, joint.id)
        record.state, record.reason = "verified", ""
    client = app.test_client()
    with time_machine.travel(clock.now() + timedelta(days=200), tick=True):
        answer = client.post("/a", data={"code": acted.codes[PRIME]})
        assert answer.status_code == 200 and "does not open anything" in answer.text


def test_the_pages_speak_the_languages_of_the_review(app: Flask, acted: Acted, prime: PageClient) -> None:
    assert "Cymraeg" not in prime.get("/a/yours").text
    with app.app_context(), transaction() as session:
        # As if the review had been in both languages.
        session.execute(update(CycleRecord).values(languages="en,cy"))
    prime.post("/language", data={"language": "cy", "back": "/a/yours"})
    assert "Eich camau gweithredu" in prime.get("/a/yours").text
    page = prime.get(acted.path(ActionState.ACCEPTED)).text
    assert "Beth gallwch chi ei wneud nawr" in page and 'lang="cy"' in page
    assert "Gwrthod y cam gweithredu hwn" in prime.get(f"{acted.path(ActionState.ACCEPTED)}/decline").text


def test_leaving_forgets_the_link(prime: PageClient) -> None:
    token = hidden_token(prime)
    assert prime.post("/a/leave", data={"csrf_token": token}).location == "/a"
    assert prime.get("/a/yours").location == "/a"


def hidden_token(client: PageClient) -> str:
    page = client.get("/a/yours").text
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]
