"""The two questions about the review itself, as the people who answer meet them."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from review_app import clock
from review_app.database import reading, transaction
from review_app.demo.browsing import FormReader
from review_app.models.ballots import ballots_table, experiences_table
from review_app.models.cycles import CycleRecord
from review_app.services.accounts import Account
from review_app.services.addresses import correct
from review_app.state import state
from surveys.chain import Contact
from surveys.experience import QUESTIONS, Aspect
from surveys.language import BILINGUAL
from tests.conftest import OpenCycle, draft_on, launch_cycle, links_of
from tests.pages import PageClient
from tests.web.respondents import (
    OTHER_VCS_PARTNER,
    PRIME_DIRECTOR,
    VCS_PARTNER,
    answer_whole,
    as_respondent,
    open_link,
    send,
    words,
)

PATH = "/r/experience"
HEADING = "Two questions about this review itself"


@pytest.fixture
def secret(open_cycle: OpenCycle) -> bytes:
    """The link of somebody in a protected group."""
    return open_cycle.links[VCS_PARTNER]


def rows(app: Flask, cycle_id: str) -> dict[bytes, bytes]:
    with app.app_context(), reading() as session:
        storage = session.get_one(CycleRecord, cycle_id).storage or ""
        return {row.id: row.blob for row in session.execute(select(experiences_table(storage)))}


def ballots(app: Flask, cycle_id: str) -> int:
    with app.app_context(), reading() as session:
        storage = session.get_one(CycleRecord, cycle_id).storage or ""
        return len(session.execute(select(ballots_table(storage))).all())


def send_reviews(app: Flask, secret: bytes, count: int | None = None) -> tuple[PageClient, str]:
    """A browser that has sent its reviews (or the first few), and the page that came last."""
    client, text = open_link(app, secret), ""
    for review in as_respondent(app, secret).reviews[:count]:
        answer_whole(client, review)
        text = client.get(send(client, review).location or "").text
    return client, text


def answer(client: PageClient, **chosen: str) -> str:
    """Answers on the page of its own; where that led to."""
    answered = client.send(PATH, chosen)
    assert answered.status_code == 303, answered.text
    return answered.location or ""


def test_the_questions_are_asked_on_the_spot_once_everything_is_sent(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, after_the_first = send_reviews(app, secret, 1)
    assert "Next for you:" in words(after_the_first)
    assert HEADING not in after_the_first
    second = as_respondent(app, secret).reviews[1]
    answer_whole(client, second)
    html = client.get(send(client, second).location or "").text
    assert f"{HEADING} (optional)" in html
    form = FormReader(html)
    assert form.radios == {"clear": ["yes", "no"], "safe": ["yes", "no"]}
    sent = client.post(PATH, data={**form.hidden, "clear": "yes", "safe": "no"})
    assert sent.location == f"{PATH}?notice=sent"
    thanks = words(client.get(sent.location).text)
    assert "What you said about the review itself is sealed." in thanks
    assert "You can close this page." in thanks
    assert len(rows(app, open_cycle.id)) == 1
    assert ballots(app, open_cycle.id) == 2


def test_the_page_says_who_will_see_it_and_from_when_on(app: Flask, secret: bytes) -> None:
    client, _ = send_reviews(app, secret, 1)
    text = words(client.get(PATH).text)
    assert "put together with everybody else’s" in text
    assert "only if at least 5 people from at least 3 organisations answered" in text


def test_the_questions_of_the_page_are_those_of_the_report(app: Flask, secret: bytes) -> None:
    client, _ = send_reviews(app, secret, 1)
    text = unescape(client.get(PATH).text)
    assert all(question in text for question in QUESTIONS.values())
    assert set(FormReader(text).radios) == set(Aspect)


def test_one_question_may_be_left_out(app: Flask, secret: bytes, open_cycle: OpenCycle) -> None:
    client, _ = send_reviews(app, secret, 1)
    assert answer(client, safe="yes") == f"{PATH}?notice=sent"
    assert len(rows(app, open_cycle.id)) == 1


def test_nothing_chosen_and_an_answer_that_there_is_not_are_refused_and_lose_nothing(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, _ = send_reviews(app, secret, 1)
    blank = client.send(PATH)
    assert blank.status_code == 422
    assert "Error: " in blank.text
    assert 'href="#clear"' in blank.text
    assert "Choose an answer to one of the questions at least." in blank.text
    unknown = client.send(PATH, {"clear": "no", "safe": "perhaps"})
    assert unknown.status_code == 422
    assert 'href="#safe"' in unknown.text
    assert 'id="clear-no" name="clear" type="radio" value="no" checked' in unknown.text
    assert rows(app, open_cycle.id) == {}


def test_it_can_be_changed_and_never_shown_until_the_close(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, _ = send_reviews(app, secret)
    answer(client, clear="yes", safe="no")
    (before,) = rows(app, open_cycle.id).items()
    again = client.get(PATH).text
    assert " checked" not in again
    assert "We can’t show what you chose." in again
    answer(client, clear="no", safe="no")
    (after,) = rows(app, open_cycle.id).items()
    assert before[0] == after[0] and before[1] != after[1]
    reference = as_respondent(app, secret).reviews[0].reference
    received = words(client.get(f"/r/reviews/{reference}/received").text)
    assert "You have also said something about the review itself." in received
    assert FormReader(received).radios == {}


def test_it_can_be_taken_back(app: Flask, secret: bytes, open_cycle: OpenCycle) -> None:
    client, _ = send_reviews(app, secret, 1)
    answer(client, clear="yes")
    taken = client.send(f"{PATH}/take-back", page=PATH)
    assert taken.location == f"{PATH}?notice=taken-back"
    text = words(client.get(taken.location).text)
    assert "You have taken back what you said about the review itself." in text
    assert HEADING in text
    assert rows(app, open_cycle.id) == {}
    # Once more changes nothing.
    assert client.send(f"{PATH}/take-back", page=PATH).location == "/r/reviews"


def test_it_outlasts_a_review_that_is_taken_back_and_can_still_be_taken_back(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, _ = send_reviews(app, secret, 1)
    answer(client, safe="no")
    client.send(f"/r/reviews/{as_respondent(app, secret).reviews[0].reference}/withdraw")
    assert ballots(app, open_cycle.id) == 0
    assert PATH in client.get("/r/reviews").text
    client.send(f"{PATH}/take-back", page=PATH)
    assert rows(app, open_cycle.id) == {}
    assert PATH not in client.get("/r/reviews").text
    assert client.get(f"{PATH}?notice=taken-back").status_code == 200


def test_nobody_is_asked_before_anything_was_sent(app: Flask, secret: bytes, open_cycle: OpenCycle) -> None:
    client = open_link(app, secret)
    assert PATH not in client.get("/r/reviews").text
    assert client.get(PATH).location == "/r/reviews"
    answered = client.send(PATH, {"clear": "yes"}, page="/r/reviews")
    assert answered.location == "/r/reviews"
    assert rows(app, open_cycle.id) == {}


def test_who_is_shown_under_a_name_is_not_asked(app: Flask, open_cycle: OpenCycle) -> None:
    client, received = send_reviews(app, open_cycle.links[PRIME_DIRECTOR])
    assert "You have finished." in received
    assert HEADING not in received and PATH not in client.get("/r/reviews").text
    assert client.get(PATH).location == "/r/reviews"
    for path in (PATH, f"{PATH}/take-back"):
        assert client.send(path, {"clear": "yes"}, page="/r/reviews").location == "/r/reviews"
    assert rows(app, open_cycle.id) == {}


def test_a_new_link_can_take_back_what_an_earlier_one_said(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, _ = send_reviews(app, secret, 1)
    answer(client, safe="no")
    respondent = as_respondent(app, secret)
    with app.app_context():
        with transaction() as session:
            steward_id = session.get_one(CycleRecord, open_cycle.id).steward_id
            person = Contact(respondent.invitation_id, respondent.contact_name, "", "b@calder.example")
            key = state().keys.link_key(open_cycle.id)
            correct(session, clock.now(), open_cycle.id, steward_id, person=person, link_key=key)
        new = links_of(state(), open_cycle.id)["b@calder.example"]
    client = open_link(app, new)
    assert f"Take back: {HEADING}" in words(client.get("/r/help").text)
    page = words(client.get(PATH).text)
    assert "We cannot see whether you answered these questions with the earlier one." in page
    assert FormReader(page).radios == {}
    taken = client.send(f"{PATH}/take-back", page=PATH)
    assert taken.location == f"{PATH}?notice=taken-back"
    assert "It will not be counted." in client.get(taken.location).text
    assert len(rows(app, open_cycle.id)) == 2


def test_after_the_close_nothing_is_taken(app: Flask, secret: bytes, open_cycle: OpenCycle) -> None:
    client, _ = send_reviews(app, secret, 1)
    answer(client, clear="yes")
    before = rows(app, open_cycle.id)
    token = client.csrf(PATH)
    with time_machine.travel(clock.now() + timedelta(days=22)):
        for path in (PATH, f"{PATH}/take-back"):
            late = client.post(path, data={"csrf_token": token, "clear": "no"})
            assert late.status_code == 409
            assert "This review has closed" in late.text
    assert rows(app, open_cycle.id) == before


def test_a_post_without_the_token_of_our_page_is_refused(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, _ = send_reviews(app, secret, 1)
    for path in (PATH, f"{PATH}/take-back"):
        assert client.post(path, data={"clear": "yes"}).status_code == 400
    assert rows(app, open_cycle.id) == {}


def test_reading_the_page_writes_nothing(app: Flask, open_cycle: OpenCycle) -> None:
    client, _ = send_reviews(app, open_cycle.links[OTHER_VCS_PARTNER], 1)
    for _ in range(2):
        assert client.get(PATH).status_code == client.head(PATH).status_code == 200
    assert rows(app, open_cycle.id) == {}


def test_in_welsh_yes_and_no_follow_the_question(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account
) -> None:
    draft = draft_on(app, northern_bridge, organiser, steward, languages=BILINGUAL)
    client, _ = send_reviews(app, launch_cycle(app, draft, steward).links[VCS_PARTNER], 1)
    client.set_cookie("language", "cy")
    text = unescape(client.get(PATH).text)
    for expected in ("Oedd y cwestiynau’n glir?", "Nac oedden", "Oeddwn", "Nac oeddwn"):
        assert expected in text
    assert ">Yes<" not in text
