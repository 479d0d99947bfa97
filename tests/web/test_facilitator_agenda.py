"""The agenda of a workshop on its page: order, times that add up, what else there is, and what is refused."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import update

from review_app.database import reading, transaction
from review_app.models.workshops import TopicRecord, WorkshopRecord
from review_app.services import workshops
from tests.pages import PageClient
from tests.web.conftest import At
from tests.web.stewards import faults, field
from tests.workshops import OWN_TOPIC, GatheredAtRest

HOURS = re.compile(r'data-label="Begins"><div>\s*(\d+:\d\d[ap]m)')


@pytest.fixture
def base(planned_workshop: GatheredAtRest) -> str:
    return f"/workshops/{planned_workshop.workshop_id}/agenda"


@pytest.fixture
def client(organisers_at: At, planned_workshop: GatheredAtRest) -> PageClient:
    return organisers_at(planned_workshop)


def titles(site: Flask, of: GatheredAtRest) -> list[str]:
    with site.app_context(), reading() as session:
        return [topic.title for topic in workshops.load(session, of.workshop_id).topics]


def text_of(client: PageClient, path: str) -> str:
    return " ".join(client.get(path).text.split())


def test_the_agenda_runs_from_the_welcome_to_the_close_and_says_why(client: PageClient, base: str) -> None:
    page = text_of(client, base)
    assert "The topics take 130 minutes, which is all the time there is." in page
    hours = HOURS.findall(client.get(base).text)
    assert hours == ["10:00am", "10:10am", "10:45am", "11:20am", "11:50am", "12:20pm"]
    assert "until 12:30pm" in page and "Share the time out anew" not in page
    assert "All partners together say sometimes (3.0). It is one of the report’s concerns." in page
    assert "In the Code: P2a.1" in page and OWN_TOPIC in page
    assert "gap × spread × importance" in page and "Nothing more: all of it is on the agenda." in page


def test_topics_move_up_and_down_by_buttons(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    before = titles(site, planned_workshop)
    second = planned_workshop.topics[1]
    answer = client.send(f"{base}/{second}/up", page=base)
    assert (answer.status_code, answer.location) == (303, f"{base}#topic-{second}")
    assert titles(site, planned_workshop) == [before[1], before[0], *before[2:]]
    client.send(f"{base}/{second}/down", page=base)
    assert titles(site, planned_workshop) == before
    page = client.get(base).text
    # The first has no way up and the last none down.
    assert page.count('/up"') == page.count('/down"') == len(before) - 1
    for wrong in (f"{base}/x/up", f"{base}/{second}/sideways"):
        assert client.send(wrong, page=base).status_code == 404


def test_a_topic_of_ones_own_goes_to_the_end_and_the_page_says_what_is_over(
    client: PageClient, base: str
) -> None:
    answer = client.send(f"{base}/own", {"title": "Where next?", "minutes": "25"}, page=base)
    assert (answer.status_code, answer.location) == (303, base)
    page = text_of(client, base)
    warning = (
        "The agenda is 25 minutes too long: it would end at 12:55pm, and people are asked to come until 12:30pm."
        " Give topics less time, take one off, or make the workshop longer."
    )
    assert warning in page
    # The close comes after the last topic, not before it.
    assert HOURS.findall(client.get(base).text)[-2:] == ["12:20pm", "12:45pm"] and "until 12:55pm" in page
    assert warning in text_of(client, base.replace("agenda", "invite"))
    assert client.send(f"{base}/share-out", page=base).status_code == 303
    page = text_of(client, base)
    assert "too long" not in text_of(client, base.replace("agenda", "invite"))
    assert "The topics take 130 minutes" in page and "The time is shared out among the topics." in page


def test_the_agenda_leads_on_to_what_is_still_to_be_done(client: PageClient, base: str) -> None:
    ahead = base.removesuffix("/agenda")
    assert f'href="{ahead}/invite"' in client.get(base).text
    client.send(f"{ahead}/people", {})
    assert (
        f'href="{ahead}/people"' in client.get(base).text and "choose who is invited" in client.get(base).text
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": "", "minutes": "20"}, ["The topic has no title. Enter what it is about."]),
        ({"title": "Where next?", "minutes": "many"}, ["Enter a whole number from 15 to 240"]),
        (
            {"title": "Where next?", "minutes": "14"},
            ["A topic takes from 15 to 240 minutes. Enter a whole number of minutes, 15 or more."],
        ),
    ],
)
def test_a_topic_with_faults_is_refused_and_stays_typed(
    client: PageClient,
    base: str,
    planned_workshop: GatheredAtRest,
    typed: dict[str, str],
    said: list[str],
) -> None:
    first = planned_workshop.topics[0]
    before = HOURS.findall(client.get(base).text)
    for path, heading in ((f"{base}/own", "Agenda"), (f"{base}/{first}", "Change a topic")):
        answer = client.send(path, typed, page=base)
        assert answer.status_code == 422 and f"<title>Error: {heading}" in answer.text
        assert faults(answer.text) == said
        assert (
            field(answer.text, "title") == typed["title"]
            and field(answer.text, "minutes") == typed["minutes"]
        )
    assert HOURS.findall(client.get(base).text) == before
    assert "Where next?" not in client.get(base).text


def test_a_topic_is_worded_anew_and_what_is_left_is_said(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    first = planned_workshop.topics[0]
    page = client.get(f"{base}/{first}").text
    assert field(page, "minutes") == "35" and "It is one of the report’s concerns." in page
    answer = client.send(f"{base}/{first}", {"title": "How do we open the books?", "minutes": "30"})
    assert answer.location == base
    assert titles(site, planned_workshop)[0] == "How do we open the books?"
    assert "5 minutes are left. Give a topic more time, or put another one on the agenda." in text_of(
        client, base
    )


def test_a_topic_comes_off_after_a_second_look_and_back_from_what_is_proposed(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    first = planned_workshop.topics[0]
    title = titles(site, planned_workshop)[0]
    assert "Nobody has seen it yet." in client.get(f"{base}/{first}/take-off").text
    assert client.send(f"{base}/{first}/take-off").location == base
    assert title not in titles(site, planned_workshop)
    page = client.get(base).text
    assert title in page and field(page, "place") == "0"
    client.send(f"{base}/proposed", {"place": "0"}, page=base)
    assert titles(site, planned_workshop)[-1] == title
    for wrong in ("", "x", "99", "-1", "²"):
        assert client.send(f"{base}/proposed", {"place": wrong}, page=base).status_code == 404
    assert client.get(f"{base}/{first}/take-off").status_code == 404


def test_what_the_room_has_begun_on_cannot_be_taken_off(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    first = planned_workshop.topics[0]
    with site.app_context(), transaction() as session:
        session.execute(update(TopicRecord).where(TopicRecord.id == first).values(stage="writing"))
    assert f"{first}/take-off" not in client.get(base).text
    page = client.get(f"{base}/{first}/take-off").text
    assert (
        "The room has begun on this topic" in page
        and 'class="govuk-button govuk-button--warning"' not in page
    )
    answer = client.send(f"{base}/{first}/take-off", page=base)
    assert answer.status_code == 409 and "stays on the agenda" in answer.text


def test_once_people_are_invited_taking_off_says_what_may_be_lost(
    organisers_at: At, invited_workshop: GatheredAtRest
) -> None:
    client = organisers_at(invited_workshop)
    path = f"/workshops/{invited_workshop.workshop_id}/agenda/{invited_workshop.topics[0]}/take-off"
    assert "Nobody can see whether they did. Those thoughts are destroyed." in text_of(client, path)


def test_an_agenda_that_is_over_is_only_read(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    with site.app_context(), transaction() as session:
        session.execute(update(WorkshopRecord).values(state="ended"))
    page = client.get(base).text
    assert OWN_TOPIC in page and '<form method="post" action="/workshops' not in page
    assert 'name="minutes"' not in client.get(f"{base}/{planned_workshop.topics[0]}").text
    token = {"csrf_token": client.csrf("/organiser")}
    assert client.post(f"{base}/share-out", data=token).status_code == 409


def test_hostile_words_stay_words(client: PageClient, base: str) -> None:
    hostile = "<script>alert(1)</script> & \"'{{ 7 * 7 }}"
    client.send(f"{base}/own", {"title": hostile, "minutes": "15"}, page=base)
    page = client.get(base).text
    assert (
        "<script>alert(1)" not in page
        and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        and "{{ 7 * 7 }}" in page
    )
