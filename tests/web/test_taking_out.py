"""Taking out a note that names a person: its words go for good, and everybody sees that something was taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text as sql

from review_app.database import reading
from review_app.demo.browsing import FormReader
from surveys.language import BILINGUAL
from surveys.notes import TAKEN_OUT_WORDS
from tests.days import ENOUGH, Day, workshop_day, write_enough
from tests.pages import PageClient
from tests.web.stewards import signed_in
from tests.web.test_workshop_day import phone, press

NAMED = "Jane Doe of the finance office never answers the phone"
TEXTS = (*ENOUGH[:3], NAMED, ENOUGH[4])
TABLES = ("workshop_notes", "workshop_groups", "workshop_topics")


@pytest.fixture
def day(environ: dict[str, str]) -> Iterator[Day]:
    """The workshop on SQLite, in both languages, with five notes on its first topic."""
    with workshop_day(environ, languages=BILINGUAL) as made:
        write_enough(made, texts=TEXTS)
        yield made


@pytest.fixture
def lead(day: Day) -> PageClient:
    """The organiser's browser after the reveal, each note in a group of its own."""
    client = signed_in(day.app, day.organiser)
    for label in (
        "Begin the workshop",
        "Let everybody write notes",
        "Reveal all notes together",
        "Each in a group of its own",
    ):
        press(client, console(day), label)
    return client


def console(day: Day) -> str:
    return f"/workshops/{day.workshop_id}/lead"


def take_out(client: PageClient, page: str, **fields: str) -> str:
    """Takes the note out that names somebody, from a page that leads there; the page that it comes back to."""
    listed = client.get(page).text
    way = re.search(rf'href="([^"]+)">\s*Take this note out<[^>]*>: {NAMED}', listed)
    assert way is not None, listed
    question = client.get(way[1].replace("&amp;", "&")).text
    assert NAMED in question and TAKEN_OUT_WORDS in question
    form = next(
        one for one in re.findall(r"<form\b.*?</form>", question, re.DOTALL) if "Take the note out" in one
    )
    action = re.search(r'action="([^"]+)"', form)
    assert action is not None
    for _twice in range(2):
        answer = client.post(action[1], data={**FormReader(form).hidden, **fields})
        assert answer.status_code == 303
    return str(answer.location)


def kept(day: Day) -> str:
    """Everything that the database keeps of notes and groups."""
    with day.app.app_context(), reading() as session:
        return "".join(str(session.execute(sql(f"SELECT * FROM {table}")).all()) for table in TABLES)


def test_a_note_that_names_a_person_goes_from_every_screen_and_everybody_sees_that_it_did(
    day: Day, lead: PageClient
) -> None:
    guest, version = phone(day, day.paid[0]), day.workshop().version
    assert NAMED in guest.get("/w/now").text
    assert take_out(lead, console(day)) == console(day)
    assert day.workshop().version == version + 1
    for client, path in (
        (guest, "/w/now"),
        (lead, console(day)),
        (lead, console(day).replace("lead", "projector")),
        (lead, console(day).replace("lead", "minutes")),
    ):
        page = client.get(path).text
        assert "Jane Doe" not in page and TAKEN_OUT_WORDS in page
    assert "Jane Doe" not in kept(day)
    welsh = guest.get("/w/now", headers={"Accept-Language": "cy"}).text
    assert TAKEN_OUT_WORDS not in welsh and "Tynnwyd" in welsh


def test_neither_the_step_back_nor_a_title_brings_the_words_back(day: Day, lead: PageClient) -> None:
    press(lead, console(day), "Undo the last change")
    press(lead, console(day), "Undo the last change")
    take_out(lead, console(day), title="Answering the phone")
    assert "Answering the phone" in lead.get(console(day)).text
    for _there_and_back in range(2):
        press(lead, console(day), "Undo the last change")
        assert "Jane Doe" not in lead.get(console(day)).text + kept(day)


def test_a_note_can_be_taken_out_after_the_vote_and_until_the_minutes_go_out(
    day: Day, lead: PageClient
) -> None:
    for label in (
        "Let those who are paid vote first",
        "Let everybody vote",
        "Close the vote and show the result",
        "End the workshop",
    ):
        press(lead, console(day), label)
    path = console(day).replace("lead", "minutes")
    assert "/notes?back=minutes" in lead.get(path).text
    listed = console(day).replace("lead", "notes?back=minutes")
    unread = FormReader(lead.get(path).text).hidden
    assert take_out(lead, listed) == path
    assert lead.post(path, data=unread).status_code == 422
    assert lead.post(path, data=FormReader(lead.get(path).text).hidden).status_code == 303
    assert "Jane Doe" not in phone(day, day.paid[0]).get("/w/minutes").text + kept(day)
    page = lead.get(listed).text
    assert "Take this note out" not in page and ENOUGH[0] in page


def test_nobody_else_can_take_a_note_out(day: Day, lead: PageClient) -> None:
    way = re.search(r'href="(/workshops/[^"?]+/take-out)', lead.get(console(day)).text)
    assert way is not None
    guest = phone(day, day.paid[0])
    assert guest.get(way[1]).location.startswith("/sign-in")
    assert lead.get(console(day).replace("lead", "notes/nothing/take-out")).status_code == 404
