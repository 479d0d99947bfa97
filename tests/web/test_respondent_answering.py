"""From the first statement to "received": drafts, faults, check, send, replace, take back."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from review_app import clock
from review_app.services.accounts import Account
from surveys import library
from surveys.answers import Comment, CommentChoice
from surveys.instrument import STATEMENTS_PER_PAGE, OptOut, Voice
from tests.conftest import OpenCycle, draft_on, launch_cycle
from tests.web.respondents import (
    VCS_PARTNER,
    answer_whole,
    as_respondent,
    draft_of,
    open_link,
    post_page,
    review_of,
    send,
    words,
)
from tests.web.tables import sealed_rows

PARTNER = Voice.PARTNER_ON_PRIME
COMMENT = "They pay late & never say <why>."


@pytest.fixture
def secret(open_cycle: OpenCycle) -> bytes:
    return open_cycle.links[VCS_PARTNER]


def address(app: Flask, secret: bytes, page: int | str = 1, voice: Voice = PARTNER) -> str:
    return f"/r/reviews/{review_of(app, secret, voice).reference}/{page}"


def test_the_whole_journey_ends_with_every_review_received(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client = open_link(app, secret)
    assert client.get("/r/reviews").text.count("Not started") == 2
    for number, review in enumerate(as_respondent(app, secret).reviews, start=1):
        assert answer_whole(client, review).endswith(f"{review.reference}/check")
        sent = send(client, review)
        assert (sent.status_code, sent.location) == (303, f"/r/reviews/{review.reference}/received")
        page = client.get(sent.location).text
        assert "We have received your answers" in page
        assert ("Go to the next review" in page) is (number == 1)
        assert ("You have finished" in page) is (number == 2)
    overview = words(client.get("/r/reviews").text)
    assert "You have finished." in overview and "Not started" not in overview
    rows = sealed_rows(app, open_cycle.id)
    assert len(rows["ballots"]) == 2 and rows["drafts"] == []


@pytest.mark.parametrize("voice", [Voice.PARTNER_ON_PRIME, Voice.ANYONE_ON_CHAIN])
def test_a_page_asks_at_most_five_statements_each_with_eight_answers(
    app: Flask, secret: bytes, voice: Voice
) -> None:
    client = open_link(app, secret)
    respondent = as_respondent(app, secret)
    asked = []
    review = next(review for review in respondent.reviews if review.voice is voice)
    pages = respondent.instrument.pages(voice)
    for page in pages:
        text = client.get(address(app, secret, page.number, voice)).text
        assert text.count('<fieldset class="rt-card__question"') == len(page.questions) <= STATEMENTS_PER_PAGE
        assert text.count('type="radio" id="q-') == 8 * len(page.questions)
        assert ("<textarea" in text) is page.asks_comment
        asked += [
            q.id
            for q in page.questions
            if html.escape(q.worded(voice, review.names)) in text.replace("&#39;", "&#x27;")
        ]
    assert asked == [q.id for page in pages for q in page.questions]


def test_a_draft_is_there_again_on_another_device(app: Flask, secret: bytes) -> None:
    fields = {"q-open-contracts": "2", "q-open-accounts": "not_seen", "c-2a": COMMENT, "v-2a": "steward_only"}
    answer = post_page(open_link(app, secret), address(app, secret), fields | {"action": "later"}, rating="")
    assert answer.location == "/r/reviews?notice=kept"

    other_device = open_link(app, secret)
    overview = words(other_device.get("/r/reviews").text)
    assert "Draft kept" in overview and "You have answered 2 of 23 statements." in overview
    page = other_device.get(address(app, secret)).text
    assert 'value="2" checked' in page and 'value="not_seen" checked' in page
    assert page.count(" checked") == 3
    assert 'value="steward_only"\n           aria-describedby="v-2a-3-hint" checked' in page
    assert html.escape(COMMENT) in page
    answers = draft_of(app, secret, review_of(app, secret, PARTNER))
    assert answers.ratings == {"open-contracts": 2, "open-accounts": OptOut.NOT_SEEN}
    assert answers.comments == {"2a": Comment(COMMENT, CommentChoice.STEWARD_ONLY)}


def test_a_comment_is_looked_through_for_what_could_tell_who_wrote_it(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    told = "Gary Laidlaw was promised £12,000 by 3 May. Northern Bridge knows."
    answer = post_page(client, address(app, secret), {"c-2a": told, "action": "later"})
    assert answer.status_code == 303
    notice = (
        "From this, readers might guess who wrote it: “Gary Laidlaw”, “£12,000”, “3 May”."
        " You can leave it, or put it another way."
    )
    page = client.get(address(app, secret)).text
    assert notice in words(page)
    # Whom the review is about, everybody may name.
    assert "“Northern Bridge”" not in page
    assert html.escape(told) in page
    answer_whole(client, review_of(app, secret, PARTNER), {"c-2a": told})
    assert notice in words(client.get(address(app, secret, "check")).text)


def test_a_comment_that_tells_nothing_gets_no_notice(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    post_page(client, address(app, secret), {"c-2a": COMMENT})
    assert "readers might guess who wrote it: “" not in client.get(address(app, secret)).text
    answer_whole(client, review_of(app, secret, PARTNER), {"c-2a": COMMENT})
    assert "readers might guess" not in client.get(address(app, secret, "check")).text


def test_a_comment_that_is_too_long_is_looked_through_too(app: Flask, secret: bytes) -> None:
    answer = post_page(
        open_link(app, secret), address(app, secret), {"c-2a": "Ring 01632 960123. " + "x" * 500}
    )
    assert answer.status_code == 422
    assert "“01632 960123”" in answer.text


def test_coming_back_later_says_that_nothing_is_sent(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    answer = post_page(client, address(app, secret), {"action": "later"})
    page = words(client.get(answer.location or "").text)
    assert "Your answers so far are kept." in page and "They are not sent yet." in page


def test_a_draft_goes_on_where_the_first_answer_is_missing(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    post_page(client, address(app, secret, 1))
    assert f'href="{address(app, secret, 2)}"' in client.get("/r/reviews").text
    answer_whole(client, review_of(app, secret, PARTNER))
    assert f'href="{address(app, secret, "check")}"' in client.get("/r/reviews").text


def test_the_list_says_how_much_is_done_and_how_long_the_rest_takes(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    new = words(client.get("/r/reviews").text)
    assert "It takes about 11 minutes." in new and "<progress" not in new
    assert "23 short statements. It takes about 8 minutes." in new
    assert f'draggable="false" href="{address(app, secret, 1)}">Start<span' in new
    post_page(client, address(app, secret, 1))
    begun = words(client.get("/r/reviews").text)
    assert "About 9 minutes are left." in begun
    assert "So far: 5 of 34 statements" in begun
    assert '<progress class="rt-progress" id="so-far" value="5" max="34">' in begun
    assert "You have answered 5 of 23 statements. About 6 minutes are left." in begun
    assert "Go on<span" in begun
    answer_whole(client, review_of(app, secret, PARTNER))
    send(client, review_of(app, secret, PARTNER))
    sent = words(client.get("/r/reviews").text)
    assert "So far: 23 of 34 statements" in sent and "About 4 minutes are left." in sent
    assert f'href="{address(app, secret, 1, Voice.ANYONE_ON_CHAIN)}"' in sent
    answer_whole(client, review_of(app, secret, Voice.ANYONE_ON_CHAIN))
    send(client, review_of(app, secret, Voice.ANYONE_ON_CHAIN))
    done = words(client.get("/r/reviews").text)
    assert "<progress" not in done and "left." not in done and "Go on<span" not in done


def test_the_way_on_after_sending_leads_to_where_the_next_review_stopped(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    post_page(client, address(app, secret, 1, Voice.ANYONE_ON_CHAIN))
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review)
    send(client, review)
    page = client.get(address(app, secret, "received")).text
    assert f'href="{address(app, secret, 2, Voice.ANYONE_ON_CHAIN)}"' in page


def test_a_page_keeps_the_answers_of_the_others(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    post_page(client, address(app, secret, 1), rating="1")
    post_page(client, address(app, secret, 2), rating="5")
    post_page(client, address(app, secret, 1), rating="2")
    ratings = draft_of(app, secret, review_of(app, secret, PARTNER)).ratings
    assert ratings["open-contracts"] == 2 and ratings["shared-services"] == 5


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"c-2a": "x" * 501}, "c-2a", "Your comment is 1 character too long. Shorten it to 500 characters."),
        ({"q-open-contracts": "6"}, "q-open-contracts", "This is not one of the answers."),
        ({"c-2a": "Kept.", "v-2a": "publish"}, "v-2a", "This is not one of the answers."),
    ],
)
def test_a_page_with_a_fault_is_shown_again_with_what_was_typed_and_saves_nothing(
    app: Flask, secret: bytes, fields: dict[str, str], place: str, message: str
) -> None:
    client = open_link(app, secret)
    typed = {"q-open-performance": "rather_not_say", "c-2a": COMMENT} | fields
    answer = post_page(client, address(app, secret), typed, rating="")
    page = answer.text
    assert answer.status_code == 422
    assert "<title>Error: Being open and working together" in page
    assert f'<a href="#{place}">{message}' in page
    assert f'id="{place}-error"' in page
    assert f'id="{place}"' in page
    assert 'value="rather_not_say" checked' in page
    assert html.escape(typed["c-2a"]) in page
    assert draft_of(app, secret, review_of(app, secret, PARTNER)).answered_count == 0
    assert not review_of(app, secret, PARTNER).has_draft


def test_five_hundred_characters_are_not_too_many(app: Flask, secret: bytes) -> None:
    answer = post_page(open_link(app, secret), address(app, secret), {"c-2a": "ŵ" * 500})
    assert answer.status_code == 303


def test_the_check_shows_every_answer_with_a_way_to_change_it(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    fields = {"q-open-contracts": "not_applicable", "c-2c": COMMENT, "v-2c": "verbatim"}
    page = client.get(answer_whole(client, review, fields)).text
    assert page.count("govuk-summary-list__row") == 23 + 4
    assert page.count("Usually") == 22
    assert "Does not apply to us" in page
    assert html.escape(COMMENT) in page and "May be quoted after checking" in page
    assert "has no answer" not in page and "have no answer" not in page
    assert f'href="{address(app, secret, 1)}?change=1#q-open-contracts"' in page


@pytest.mark.parametrize("instrument_id", ["pulse", "partnership", "whole-code"])
def test_an_instrument_with_sections_that_ask_no_comment_is_answered_to_the_end(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account, instrument_id: str
) -> None:
    instrument = library.latest(instrument_id)
    cycle_id = draft_on(app, northern_bridge, organiser, steward, instrument=instrument)
    secret = launch_cycle(app, cycle_id, steward).links[VCS_PARTNER]
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    page = client.get(answer_whole(client, review)).text
    sections = instrument.sections_for(PARTNER)
    statements = sum(len(section.questions_for(PARTNER)) for section in sections)
    comments = sum(bool(section.comment_prompt) for section in sections)
    assert comments < len(sections)
    assert page.count("govuk-summary-list__row") == statements + comments
    assert page.count("Your comment") == comments
    assert send(client, review).location == address(app, secret, "received")


def test_the_check_says_kindly_what_has_no_answer(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    blank = {"q-open-contracts": "", "q-payment-choice": "", "q-cash-flow": ""}
    page = words(client.get(answer_whole(client, review, blank)).text)
    assert "3 statements have no answer. You can leave them, or go back and choose one." in page
    one = post_page(client, address(app, secret, 1) + "?change=1", {"q-open-contracts": "1"}, rating="1")
    assert one.location == address(app, secret, "check")
    post_page(client, address(app, secret, 4), {"q-cash-flow": ""}, rating="1")
    page = words(client.get(address(app, secret, "check")).text)
    assert "1 statement has no answer. You can leave it, or go back and choose one." in page


def test_nothing_at_all_cannot_be_sent(app: Flask, secret: bytes, open_cycle: OpenCycle) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review, rating="")
    answer = send(client, review)
    assert answer.status_code == 422
    assert "<title>Error: Check your answers" in answer.text
    assert "Answer at least one statement, or write a comment, before you send." in answer.text
    assert 'href="#q-open-contracts"' in answer.text and 'id="q-open-contracts"' in answer.text
    assert sealed_rows(app, open_cycle.id)["ballots"] == []


def test_a_comment_alone_can_be_sent(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review, {"c-2b": COMMENT}, rating="")
    assert send(client, review).location == address(app, secret, "received")


def test_sending_twice_leaves_one_ballot_and_says_received(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    check = answer_whole(client, review)
    token = client.csrf(check)
    first = client.post(check, data={"csrf_token": token})
    ballots = sealed_rows(app, open_cycle.id)["ballots"]
    second = client.post(check, data={"csrf_token": token})
    assert first.location == second.location == address(app, secret, "received")
    assert sealed_rows(app, open_cycle.id)["ballots"] == ballots
    assert len(ballots) == 1


def test_the_check_of_a_review_that_was_never_begun_leads_to_its_first_page(
    app: Flask, secret: bytes
) -> None:
    client = open_link(app, secret)
    assert client.get(address(app, secret, "check")).location == address(app, secret, 1)
    posted = client.send(address(app, secret, "check"), page="/r/reviews")
    assert (posted.status_code, posted.location) == (303, address(app, secret, 1))


def test_after_sending_no_page_shows_an_answer_again(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review, {"c-2a": COMMENT}, rating="2")
    send(client, review)
    for browser in (client, open_link(app, secret)):
        for page in (1, 2, "check"):
            assert browser.get(address(app, secret, page)).location == address(app, secret, "received")
        for path in (address(app, secret, "received"), "/r/reviews"):
            text = browser.get(path).text
            assert html.escape(COMMENT) not in text and "Rarely" not in text


def test_an_old_page_posted_after_sending_does_not_begin_a_version_without_the_rest(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review)
    send(client, review)
    before = sealed_rows(app, open_cycle.id)
    answer = client.send(address(app, secret), {"q-open-contracts": "1", "c-2a": COMMENT}, page="/r/reviews")
    assert answer.status_code == 409
    assert "You have sent this review already" in answer.text
    assert html.escape(COMMENT) in answer.text
    assert sealed_rows(app, open_cycle.id) == before


def test_a_new_version_begins_empty_and_the_first_counts_until_it_is_sent(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review)
    send(client, review)
    (first,) = sealed_rows(app, open_cycle.id)["ballots"]

    received = address(app, secret, "received")
    answer = client.send(address(app, secret, "replace"), page=received)
    assert answer.location == address(app, secret, 1)
    assert ' value="4" checked' not in client.get(answer.location).text
    assert sealed_rows(app, open_cycle.id)["ballots"] == [first]
    assert "New version kept" in client.get("/r/reviews").text
    assert "You have begun a new version." in words(client.get(received).text)

    check = answer_whole(client, review, rating="1")
    assert "This takes the place of what you sent before." in client.get(check).text
    send(client, review)
    (second,) = sealed_rows(app, open_cycle.id)["ballots"]
    assert second[0] == first[0] and second[1] != first[1]


def test_beginning_a_new_version_twice_keeps_what_was_drafted(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review)
    send(client, review)
    received = address(app, secret, "received")
    client.send(address(app, secret, "replace"), page=received)
    post_page(client, address(app, secret), rating="3")
    client.send(address(app, secret, "replace"), page=received)
    assert draft_of(app, secret, review).ratings["open-contracts"] == 3


def test_taking_back_asks_once_more_and_leaves_nothing(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client = open_link(app, secret)
    review = review_of(app, secret, PARTNER)
    answer_whole(client, review)
    send(client, review)
    path = address(app, secret, "withdraw")
    assert "Take your answers back?" in client.get(path).text
    assert len(sealed_rows(app, open_cycle.id)["ballots"]) == 1
    answer = client.send(path)
    assert answer.location == "/r/reviews?notice=withdrawn"
    overview = words(client.get(answer.location).text)
    assert "You have taken your review back." in overview and overview.count("Not started") == 2
    assert sealed_rows(app, open_cycle.id) == {"ballots": [], "drafts": []}
    assert client.get(path).location == "/r/reviews"


def test_taking_back_what_was_never_sent_keeps_the_draft(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    post_page(client, address(app, secret))
    assert client.send(address(app, secret, "withdraw"), page="/r/reviews").location == "/r/reviews"
    assert review_of(app, secret, PARTNER).has_draft


@pytest.mark.parametrize("step", [1, "check", "replace", "withdraw"])
def test_what_comes_after_the_close_is_refused_kindly_and_what_was_written_is_given_back(
    app: Flask, secret: bytes, open_cycle: OpenCycle, step: int | str
) -> None:
    client = open_link(app, secret)
    answer_whole(client, review_of(app, secret, PARTNER))
    token = client.csrf(address(app, secret))
    before, path = sealed_rows(app, open_cycle.id), address(app, secret, step)
    with time_machine.travel(clock.now() + timedelta(days=22)):
        answer = client.post(path, data={"csrf_token": token, "c-2a": COMMENT, "q-open-contracts": "1"})
    assert answer.status_code == 409
    assert "This review has closed" in answer.text
    assert "Nothing from this page was saved or sent." in answer.text
    assert html.escape(COMMENT) in answer.text
    assert sealed_rows(app, open_cycle.id) == before


def test_a_page_posted_without_the_link_gives_back_what_was_written(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    path = address(app, secret)
    token = client.csrf(path)
    client.delete_cookie("r")
    answer = client.post(path, data={"csrf_token": token, "c-2a": COMMENT})
    assert answer.status_code == 409
    assert "Open your link again" in answer.text and html.escape(COMMENT) in answer.text


@pytest.mark.parametrize("step", [0, 99])
def test_a_page_that_there_is_not_is_not_found(app: Flask, secret: bytes, step: int) -> None:
    assert open_link(app, secret).get(address(app, secret, step)).status_code == 404


def test_a_post_without_the_token_of_our_page_is_refused(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client = open_link(app, secret)
    for page in (1, "check", "replace", "withdraw"):
        assert client.post(address(app, secret, page), data={"q-open-contracts": "1"}).status_code == 400
    assert sealed_rows(app, open_cycle.id) == {"ballots": [], "drafts": []}
