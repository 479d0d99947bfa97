"""The right of reply on the pages: by link and by account, in its time, to one's own findings. Nothing is lost."""

from __future__ import annotations

import html

import pytest
import time_machine
from flask import Flask

from review_app.database import transaction
from review_app.languages import moment
from review_app.models.cycles import CycleRecord
from surveys.language import Language
from tests.pages import PageClient
from tests.web.readers import ASH, MILL, PRIME, Made, after_the_publication, came_by, replies_in, reply
from tests.web.respondents import words
from tests.web.stewards import faults, field, folder_of, restore, signed_in

HOSTILE = "</textarea><script>alert(1)</script> {{ 7 * 7 }} <img src=x onerror=alert(1)>"
FORM = "/report/reply/1"
BOX = "None of this points at a person who may have answered"


@pytest.fixture
def app(site: Flask, made: Made) -> Flask:
    """The application on a fresh copy of the review."""
    restore(site, made)
    return site


@pytest.fixture
def mill(app: Flask, made: Made) -> PageClient:
    """The browser of somebody at the mill."""
    return came_by(app, made, MILL)


def organisers(made: Made, number: int = 1) -> str:
    """The form of the prime's reply to a finding."""
    return f"/organiser/reviews/{made.cycle_id}/reply/{number}"


def test_a_reply_is_kept_changed_and_taken_back_and_the_list_says_so(
    app: Flask, made: Made, mill: PageClient
) -> None:
    assert "0 of 2 findings have a reply." in words(mill.get("/report/reply").text)
    assert (
        reply(mill, FORM, "  We hear this.  ", "Answer within a week.").location
        == "/report/reply?notice=kept"
    )
    page = words(mill.get("/report/reply?notice=kept").text)
    assert "Your reply is kept." in page and "1 of 2 findings have a reply." in page
    assert "We hear this." in page and "Answer within a week." in page
    assert "We hear this, and mend it." not in page
    reply(mill, FORM, "We hear this, and mend it.")
    page = words(mill.get("/report/reply").text)
    assert "We hear this, and mend it." in page and "Answer within a week." not in page
    assert reply(mill, FORM, "", take_back="yes").location == "/report/reply?notice=taken-back"
    assert "No reply yet." in words(mill.get("/report/reply").text)
    with after_the_publication(app, made):
        assert replies_in(app, made, f"partner:{made.parties['mill']}") == []


def test_organisers_reply_for_the_prime_and_its_contacts_see_the_same(app: Flask, made: Made) -> None:
    organiser, contact = signed_in(app, made.organiser), came_by(app, made, PRIME)
    answer = reply(organiser, organisers(made), "We open the books.", "By 1 June.")
    listed = f"/organiser/reviews/{made.cycle_id}/reply"
    assert answer.location == listed
    page = words(organiser.get(listed).text)
    assert "1 of 3 findings have a reply." in page and "We open the books." in page
    assert "We open the books." in words(contact.get("/report/reply").text)
    reply(contact, "/report/reply/2", "So do we.")
    with after_the_publication(app, made):
        assert replies_in(app, made) == [("We open the books.", "By 1 June."), ("So do we.", "")]
        answer = signed_in(app, made.organiser).get(f"/organiser/reviews/{made.cycle_id}/reply")
        assert answer.location == f"/organiser/reviews/{made.cycle_id}"


def test_every_page_says_until_when_and_that_nobody_may_guess(
    app: Flask, made: Made, mill: PageClient
) -> None:
    organiser = signed_in(app, made.organiser)
    for client, path in ((mill, "/report/reply"), (organiser, f"/organiser/reviews/{made.cycle_id}/reply")):
        page = words(client.get(path).text)
        until, out = (moment(when, Language.ENGLISH) for when in (made.replies_until, made.publishes_at))
        assert f"You can reply to each finding until {until}." in page
        assert f"The report goes to everybody who gets it on {out}, whatever it says" in page
        assert "may hold one back" in page
        assert "A reply must not guess who said what." in page
        assert "It changes no figure." in page


def test_the_steward_reads_replies_and_has_no_form_for_them(app: Flask, made: Made, mill: PageClient) -> None:
    reply(mill, FORM, "Ours to mend.")
    steward = signed_in(app, made.steward)
    path = f"/steward/reviews/{made.cycle_id}/replies"
    page = steward.get(path).text
    assert "Ours to mend." in page and "<textarea" not in page and "/reply" not in page.replace(path, "")
    assert steward.post(path).status_code in {400, 405}
    assert steward.get(organisers(made)).status_code == 403


def test_what_is_too_long_or_half_is_refused_with_everything_that_was_typed(mill: PageClient) -> None:
    answer = reply(mill, FORM, "x" * 601, "y" * 301)
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "This is 1 character too long. Shorten it to 600 characters.",
        "This is 1 character too long. Shorten it to 300 characters.",
    ]
    assert "x" * 601 in answer.text and "y" * 301 in answer.text
    answer = reply(mill, FORM, " ", "We will.")
    assert faults(answer.text) == ["Write the reply too. What you will do stands below it."]
    assert "We will." in answer.text
    assert "No reply yet." in words(mill.get("/report/reply").text)


def test_a_page_that_was_open_for_long_loses_nothing(mill: PageClient) -> None:
    answer = reply(mill, FORM, "Typed over lunch.", csrf_token="run out")
    assert answer.status_code == 422 and "Typed over lunch." in answer.text
    assert "Not saved yet: this page was open for a long time." in faults(answer.text)[0]


def test_a_database_that_cannot_write_loses_nothing(app: Flask, mill: PageClient) -> None:
    page = mill.get(FORM).text
    drawn = {name: field(page, name) for name in ("csrf_token", "seen", "finding")}
    lock = next((folder_of(app) / "data").glob("*.lock"))
    lock.unlink()
    # Nobody can open a folder for writing.
    lock.mkdir()
    try:
        answer = mill.post(FORM, data={**drawn, "text": "Typed while the disk was full.", "promise": ""})
    finally:
        lock.rmdir()
    assert answer.status_code == 503 and "Typed while the disk was full." in answer.text
    assert "the server cannot save just now" in faults(answer.text)[0]
    assert "No reply yet." in words(mill.get("/report/reply").text)


def test_a_colleagues_reply_is_shown_before_it_is_replaced(app: Flask, made: Made, mill: PageClient) -> None:
    page = mill.get(FORM).text
    drawn = {name: field(page, name) for name in ("csrf_token", "seen", "finding")}
    reply(came_by(app, made, MILL), FORM, "The colleague's words.")
    answer = mill.post(FORM, data={**drawn, "text": "My own words.", "promise": ""})
    assert answer.status_code == 422
    assert "Somebody else has changed this reply" in faults(answer.text)[0]
    assert "The colleague&#39;s words." in answer.text and "My own words." in answer.text
    again = {name: field(answer.text, name) for name in ("csrf_token", "seen", "finding")}
    assert mill.post(FORM, data={**again, "text": "My own words.", "promise": ""}).status_code == 303
    assert "My own words." in mill.get("/report/reply").text


def test_a_page_drawn_for_another_link_saves_nothing_in_this_ones_name(
    app: Flask, made: Made, mill: PageClient
) -> None:
    page = mill.get(FORM).text
    drawn = {name: field(page, name) for name in ("csrf_token", "seen", "finding")}
    mill.post("/report", data={"code": made.code(ASH)})
    answer = mill.post(FORM, data={**drawn, "text": "Meant for the mill.", "promise": ""})
    assert answer.status_code == 422 and "Another link was opened" in faults(answer.text)[0]
    assert "Meant for the mill." in answer.text and "Save the reply" not in answer.text
    with after_the_publication(app, made):
        for party in ("ash", "mill"):
            assert replies_in(app, made, f"partner:{made.parties[party]}") == []


def test_a_page_drawn_for_the_same_finding_of_another_review_saves_nothing(
    made: Made, mill: PageClient
) -> None:
    drawn_for = field(mill.get(FORM).text, "finding")
    assert made.cycle_id in drawn_for
    answer = reply(mill, FORM, "Meant for the other.", finding=drawn_for.replace(made.cycle_id, "another"))
    assert answer.status_code == 422 and "Another link was opened" in faults(answer.text)[0]
    assert "No reply yet." in words(mill.get("/report/reply").text)


def test_there_is_no_way_to_anothers_findings(app: Flask, made: Made, mill: PageClient) -> None:
    for number in (0, 3, 4, 99):
        assert mill.get(f"/report/reply/{number}").status_code == 404
        token = mill.csrf(FORM)
        fields = {"csrf_token": token, "text": "x", "seen": "", "finding": "concern:prime:open-contracts"}
        assert mill.post(f"/report/reply/{number}", data=fields).status_code == 404
    assert mill.get(organisers(made)).status_code in {302, 303}
    foreign = {
        "csrf_token": mill.csrf(FORM),
        "text": "x",
        "seen": "",
        "finding": "concern:prime:open-contracts",
    }
    assert mill.post(FORM, data=foreign).status_code == 422
    with after_the_publication(app, made):
        assert replies_in(app, made) == []


def test_after_its_time_a_reply_is_shown_to_be_copied_and_not_kept(
    app: Flask, made: Made, mill: PageClient
) -> None:
    page = mill.get(FORM).text
    drawn = {name: field(page, name) for name in ("csrf_token", "seen", "finding")}
    with time_machine.travel(made.replies_until, tick=True):
        answer = mill.post(FORM, data={**drawn, "text": "A minute late.", "promise": ""})
        assert answer.status_code == 422 and "The time for replies is over" in faults(answer.text)[0]
        assert "A minute late." in answer.text and "Save the reply" not in answer.text
        out = moment(made.publishes_at, Language.ENGLISH)
        for path in ("/report/reply", "/report/yours"):
            page = words(mill.get(path).text)
            assert "The time for replies is over." in page and out in page
        assert "Reply to the findings" not in words(mill.get(made.partner_path("mill")).text)
        organiser = signed_in(app, made.organiser)
        page = words(organiser.get(f"/organiser/reviews/{made.cycle_id}").text)
        assert "Your turn" not in page and "Your replies" in page
        steward = words(signed_in(app, made.steward).get("/steward").text)
        assert (
            "Your turn" in steward and f"Look at the replies. Everybody gets the reports on {out}" in steward
        )
    with after_the_publication(app, made):
        answer = mill.post(FORM, data={**drawn, "text": "A day late.", "promise": ""})
        assert answer.status_code == 404
        assert replies_in(app, made, f"partner:{made.parties['mill']}") == []


def test_a_reply_is_text_on_every_page_and_in_every_file(app: Flask, made: Made, mill: PageClient) -> None:
    reply(mill, FORM, HOSTILE, HOSTILE)
    steward = signed_in(app, made.steward)
    for client, path in (
        (mill, "/report/reply"),
        (mill, FORM),
        (steward, f"/steward/reviews/{made.cycle_id}/replies"),
    ):
        page = client.get(path).text
        assert html.escape("<script>alert(1)") in page
        assert "<script>alert(1)" not in page and "<img src=x" not in page and "49 <img" not in page
    with after_the_publication(app, made):
        client = came_by(app, made, MILL)
        assert "<script>alert(1)" not in client.get(made.partner_path("mill")).text


def test_names_sums_and_dates_in_a_reply_are_asked_about_before_it_is_kept(
    app: Flask, made: Made, mill: PageClient
) -> None:
    telling = "Person 0 at ash wrote this for Ash Ltd on 3 March, over £45,000."
    answer = reply(mill, FORM, telling, "We answer Ash Ltd by 1 June.")
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "Not saved yet: look at what may point at somebody. Put it another way, or tick the box."
    ]
    page = words(answer.text)
    for passage in ("“Ash Ltd”", "“3 March”", "“£45,000”"):
        assert passage in page
    assert "“1 June”" not in page and BOX in page
    assert telling in html.unescape(answer.text) and "We answer Ash Ltd by 1 June." in answer.text
    assert "No reply yet." in words(mill.get("/report/reply").text)
    token = field(answer.text, "nobody")
    assert reply(mill, FORM, telling, "We answer Ash Ltd by 1 June.", nobody=token).status_code == 303
    assert telling in html.unescape(mill.get("/report/reply").text)


def test_nobody_is_asked_where_nothing_may_point_at_somebody(mill: PageClient) -> None:
    assert BOX not in mill.get(FORM).text
    said = "Mill Ltd and Prime Ltd talk every week."
    assert reply(mill, FORM, said, "By 1 June.").location == "/report/reply?notice=kept"
    assert BOX not in mill.get(FORM).text


def test_a_tick_stands_for_the_passages_that_were_shown_and_no_others(mill: PageClient) -> None:
    answer = reply(mill, FORM, "Ash Ltd said so on 3 March.")
    token = field(answer.text, "nobody")
    answer = reply(mill, FORM, "Ash Ltd said so on 3 March, and Dyer Ltd.", nobody=token)
    assert answer.status_code == 422 and "“Dyer Ltd”" in words(answer.text)
    assert field(answer.text, "nobody") not in {"", token} and " checked" not in answer.text
    # The same passages in other words, and in another order.
    assert reply(mill, FORM, "On 3 March it was Ash Ltd.", nobody=token).status_code == 303
    assert reply(mill, FORM, "On 3 March it was not Ash Ltd.", nobody="yes").status_code == 422
    assert reply(mill, FORM, "It was somebody else.").status_code == 303
    assert reply(mill, FORM, "", take_back="yes").status_code == 303


def test_a_tick_is_kept_where_something_else_was_wrong(mill: PageClient) -> None:
    token = field(reply(mill, FORM, "Ash Ltd.").text, "nobody")
    answer = reply(mill, FORM, "Ash Ltd.", "y" * 301, nobody=token)
    assert answer.status_code == 422 and " checked" in answer.text
    answer = reply(mill, FORM, "Ash Ltd.", nobody=token, csrf_token="run out")
    assert answer.status_code == 422 and " checked" in answer.text


def test_the_pages_speak_welsh_where_the_review_does(app: Flask, made: Made, mill: PageClient) -> None:
    mill.set_cookie("language", "cy")
    assert "Reply to the report" in mill.get("/report/reply").text
    with app.app_context(), transaction() as session:
        session.get_one(CycleRecord, made.cycle_id).languages = "en,cy"
    for path, heading in (
        ("/report/yours", "Eich adroddiadau"),
        ("/report/reply", "Ymateb i’r adroddiad"),
        (FORM, "Ymateb i ganfyddiad"),
    ):
        page = mill.get(path).text
        assert f">{heading}</h1>" in page and '<html lang="cy"' in page
    assert reply(mill, FORM, "Rydyn ni’n clywed hyn.").location == "/report/reply?notice=kept"
    assert "Mae eich ymateb wedi’i gadw." in mill.get("/report/reply?notice=kept").text
