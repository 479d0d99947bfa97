"""The day of a workshop over its pages: the phone, the console, the projector, and what none of them tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from review_app.database import transaction
from review_app.demo.browsing import FormReader
from review_app.models.workshops import WorkshopRecord
from surveys.language import BILINGUAL
from surveys.workshop import MOST_NOTES, Stage
from tests.days import Day, workshop_day, write_enough
from tests.pages import PageClient
from tests.web.stewards import signed_in

SECRET_WORDS = "Our invoices wait for ninety days"


@pytest.fixture
def day(environ: dict[str, str]) -> Iterator[Day]:
    """The workshop on SQLite."""
    with workshop_day(environ) as made:
        yield made


def phone(day: Day, address: str) -> PageClient:
    """A new browser in which somebody's link is open."""
    client = day.app.test_client()
    assert isinstance(client, PageClient)
    answer = client.post("/w", data={"code": day.code(address)})
    assert (answer.status_code, answer.location) == (303, "/w/now"), answer.text
    return client


def press(client: PageClient, path: str, button: str, **fields: str) -> None:
    """Presses a button of a page of the facilitator, by what it says."""
    html = client.get(path).text
    for form in re.findall(r"<form\b.*?</form>", html, flags=re.DOTALL):
        if button in form:
            action = re.search(r'action="([^"]+)"', form)
            assert action is not None
            named = re.search(rf'name="(\w+)" value="([^"]*)"[^>]*>{re.escape(button)}', form)
            extra = {named[1]: named[2]} if named else {}
            answer = client.post(action[1], data={**FormReader(form).hidden, **extra, **fields})
            assert answer.status_code == 303, answer.text
            return
    raise AssertionError(f"There is no button {button!r}.")


def arranging(client: PageClient, console: str) -> dict[str, str]:
    """The hidden fields of the form that puts notes together."""
    forms = re.findall(r"<form\b.*?</form>", client.get(console).text, flags=re.DOTALL)
    return FormReader(next(form for form in forms if 'value="say"' in form)).hidden


def write(client: PageClient, path: str, *texts: str, **changes: str):
    hidden = FormReader(client.get(path).text).hidden
    action = re.search(r'action="(/w/topics/[^"]+)"', client.get(path).text)
    assert action is not None
    fields = {f"note-{slot}": text for slot, text in enumerate(texts)}
    return client.post(action[1], data={**hidden, **fields, **changes})


def test_thoughts_before_the_day_are_seen_by_their_writer_alone(day: Day) -> None:
    one, other = phone(day, day.paid[0]), phone(day, day.paid[1])
    topic = f"/w/topics/{day.topic_id()}"
    assert "You have sent" not in one.get("/w/now").text
    assert write(one, topic, SECRET_WORDS, "A second thing").location == topic
    assert "You have sent 2 thoughts" in one.get("/w/now").text
    assert SECRET_WORDS in one.get(topic).text
    lead = signed_in(day.app, day.organiser)
    for client, path in (
        (other, topic),
        (other, "/w/now"),
        (lead, f"/workshops/{day.workshop_id}/lead"),
        (lead, f"/workshops/{day.workshop_id}/projector"),
    ):
        assert SECRET_WORDS not in client.get(path).text
    assert len(day.sealed_rows()) == 2


def test_the_whole_way_of_a_topic(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    projector = console.replace("lead", "projector")
    phones = [phone(day, address) for address in day.paid[:5]]
    prime = phone(day, day.paying[0])
    press(lead, console, "Begin the workshop")
    assert "Now: listen" in phones[0].get("/w/now").text
    press(lead, projector, "Let everybody write notes")
    for number, client in enumerate(phones):
        assert write(client, "/w/now", f"{SECRET_WORDS} {number}").location == "/w/now"
    assert "Nobody sees how much is written or who has voted" in lead.get(console).text
    assert SECRET_WORDS not in lead.get(console).text + prime.get("/w/now").text + phones[0].get("/w").text
    press(lead, console, "Reveal all notes together")
    for client, path in ((prime, "/w/now"), (lead, console), (lead, projector)):
        assert client.get(path).text.count(SECRET_WORDS) >= 5
    press(lead, console, "Let those who are paid vote first")
    assert "at least two groups" in lead.get(console).text
    press(lead, console, "Each in a group of its own")
    press(lead, console, "Let those who are paid vote first")
    assert "Now: wait. Those who are paid vote first" in prime.get("/w/now").text
    for client in phones:
        page = client.get("/w/now").text
        values = re.findall(r'name="set" value="([^"]+:1)"', page)
        answer = client.post("/w/dots", data={**FormReader(page).hidden, "set": values[0]})
        assert answer.status_code == 303
    assert "has 4 dots left" in phones[0].get("/w/now").text
    assert "Nobody sees how much is written or who has voted" in lead.get(console).text
    press(lead, console, "Let everybody vote")
    assert "has 5 dots left" in prime.get("/w/now").text
    press(lead, console, "Close the vote and show the result")
    for client, path in ((prime, "/w/now"), (lead, console), (lead, projector)):
        page = client.get(path).text
        assert "more than a third of the dots" in page and "a third of the dots or less" in page
        assert not re.search(r"\b[0-9]+ dots\b", page)
        # What lies in the lowest band stands together, without a number that would rank it.
        assert (
            page.count("The rest: a third of the dots or less") == 1 and page.count("rt-result__place") == 1
        )
    press(lead, console, "Next topic")
    assert day.workshop().topic_id == day.topic_id(1)


def test_what_came_too_late_or_is_too_long_stays_on_the_page(day: Day) -> None:
    client = phone(day, day.paid[0])
    day.begin()
    refused = write(client, "/w/now", "x" * 501)
    assert refused.status_code == 422 and "1 character too long" in refused.text and "x" * 501 in refused.text
    stale = write(client, "/w/now", SECRET_WORDS, csrf_token="old")
    assert stale.status_code == 422 and SECRET_WORDS in stale.text and "open for a long time" in stale.text
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    press(lead, console, "Let everybody write notes")
    page = client.get("/w/now").text
    press(lead, console, "Reveal all notes together")
    fields = {**FormReader(page).hidden, "note-0": SECRET_WORDS}
    late = client.post(f"/w/topics/{day.topic_id()}", data=fields)
    assert late.status_code == 422 and SECRET_WORDS in late.text and "is revealed" in late.text
    assert "Save your notes" not in late.text
    assert len(FormReader(page).texts) == 1 < MOST_NOTES


def notes_on(client: PageClient, path: str) -> list[str]:
    """What the server has for each box of a page."""
    return re.findall(r'data-saved="([^"]*)"', client.get(path).text)


def test_two_windows_of_one_link_take_nothing_from_each_other(day: Day) -> None:
    desk, pocket = phone(day, day.paid[0]), phone(day, day.paid[0])
    topic = f"/w/topics/{day.topic_id()}"
    old = FormReader(desk.get(topic).text).hidden
    for texts in (("From the phone",), ("From the phone", "And one more")):
        assert write(pocket, topic, *texts).location == topic
    assert desk.post(topic, data={**old, "note-0": "From the desk"}).location == topic
    assert notes_on(pocket, topic) == ["From the phone", "And one more", "From the desk", ""]
    assert desk.post(topic, data={**old, "note-0": ""}).location == topic
    assert notes_on(pocket, topic) == ["From the phone", "And one more", "From the desk", ""]
    for number in (4, 5):
        assert desk.post(topic, data={**old, "note-0": f"Number {number}"}).location == topic
    full = desk.post(topic, data={**old, "note-0": "Number 6"})
    assert (
        full.status_code == 422
        and "five notes on this topic already" in full.text
        and "Number 6" in full.text
    )


def test_the_second_screen_is_told_that_the_first_has_moved_on(day: Day) -> None:
    first, second = signed_in(day.app, day.organiser), signed_in(day.app, day.steward)
    console = f"/workshops/{day.workshop_id}/lead"
    press(first, console, "Begin the workshop")
    old = FormReader(second.get(console).text).hidden
    press(first, console, "Let everybody write notes")
    press(first, console, "Reveal all notes together")
    path = f"/workshops/{day.workshop_id}/stage"
    answer = second.post(path, data={**old, "from": "waiting", "to": "writing", "topic": day.topic_id()})
    assert answer.status_code == 303
    assert "moved on, perhaps on another screen" in second.get(console).text
    assert day.workshop().topics[0].stage is Stage.REVEALED


def test_events_carry_the_version_and_nothing_else(day: Day) -> None:
    client, lead = phone(day, day.paid[0]), signed_in(day.app, day.organiser)
    for answer in (
        client.get("/w/events", buffered=False),
        lead.get(f"/workshops/{day.workshop_id}/events", buffered=False),
    ):
        assert answer.mimetype == "text/event-stream"
        assert next(iter(answer.response)) in {
            b"retry: 2000\nid: 0\ndata: 0\n\n",
            "retry: 2000\nid: 0\ndata: 0\n\n",
        }
        answer.close()
    assert client.head("/w/events").data == b""
    assert day.app.test_client().get("/w/events").location == "/w"


@pytest.mark.parametrize(
    "code", ["", "nonsense", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "\0", "x" * 5000]
)
def test_every_code_that_opens_nothing_gets_one_answer(day: Day, code: str) -> None:
    answer = day.app.test_client().post("/w", data={"code": code})
    assert answer.status_code == 200 and "does not open anything" in answer.text
    assert day.app.test_client().get("/w/now").location == "/w"


def test_a_phone_speaks_welsh_where_the_review_does(environ: dict[str, str]) -> None:
    # What is asked is in English and Welsh; the texts of the agenda are those of the report.
    with workshop_day(environ, languages=BILINGUAL) as day:
        client = phone(day, day.paid[0])
        day.begin()
        welsh = client.get("/w/now", headers={"Accept-Language": "cy"}).text
        assert 'lang="cy"' in welsh and "Nawr: gwrandewch" in welsh and "Cadw eich nodiadau" in welsh
        assert "Now:" not in welsh and "Save your notes" not in welsh
        assert "Now: listen" in client.get("/w/now", headers={"Accept-Language": "en"}).text


def test_the_clock_of_the_room_stands_on_every_screen(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    client = phone(day, day.paid[0])
    press(lead, console, "Begin the workshop")
    press(lead, console, "5 minutes")
    ends = day.workshop().stage_ends_at
    assert ends is not None
    for browser, path in ((client, "/w/now"), (lead, console), (lead, console.replace("lead", "projector"))):
        page = browser.get(path).text
        assert f'datetime="{ends.isoformat()}"' in page and re.search(r"until [0-9]{1,2}:[0-9]{2}[ap]m", page)
    press(lead, console, "2 minutes more")
    press(lead, console, "Stop the timer")
    assert day.workshop().stage_ends_at is None


def test_who_says_that_they_are_here_is_on_the_console_and_nobody_else(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    client = phone(day, day.paid[0])
    press(lead, console, "Begin the workshop")
    assert "Nobody has said so yet" in lead.get(console).text
    answer = client.post(
        "/w/here", data={"csrf_token": FormReader(client.get("/w/now").text).hidden["csrf_token"]}
    )
    assert answer.status_code == 303
    name = day.seat(day.paid[0]).party_name
    assert name in lead.get(console).text
    assert f"{name} is here" not in client.get("/w/now").text
    assert day.seat(day.paid[1]).party_name not in lead.get(console).text


def test_pages_take_ticks_and_names_and_say_what_is_missing(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    client = phone(day, day.paid[0])
    write_enough(day)
    write(client, f"/w/topics/{day.topic_id()}", "<b>Pay</b> sooner", "Pay in full")
    for label in ("Begin the workshop", "Let everybody write notes", "Reveal all notes together"):
        press(lead, console, label)
    page = lead.get(console).text
    assert "&lt;b&gt;Pay&lt;/b&gt; sooner" in page and "<b>Pay</b>" not in page
    ids = re.findall(r'name="note" value="([^"]+)"', page)
    action = f"/workshops/{day.workshop_id}/topics/{day.topic_id()}/notes"
    fields = {**arranging(lead, console), "do": "make"}
    # Nothing that was ticked or typed is lost with what is refused.
    unticked = lead.post(action, data={**fields, "title": "Paying"})
    assert unticked.status_code == 422 and "Tick the notes first" in unticked.text
    assert 'value="Paying"' in unticked.text and "<title>Error: " in unticked.text
    unnamed = lead.post(action, data={**fields, "note": ids[:2], "said": "Half of it"})
    assert unnamed.status_code == 422 and "Write what the group is called first" in unnamed.text
    assert unnamed.text.count("checked") == 2 and 'value="Half of it"' in unnamed.text
    assert f'data-page="{console}"' in unnamed.text
    stale = lead.post(action, data={**fields, "seen": "old", "note": ids[:2], "title": "Paying"})
    assert stale.status_code == 422 and "on another screen" in stale.text and stale.text.count("checked") == 2
    press(lead, console, "Make a group of the ticked notes", note=ids[0], title="Paying")
    press(lead, console, "Undo the last change")
    assert ">Paying<" not in lead.get(console).text


def test_the_vote_says_nought_shows_the_notes_and_stays_calm_when_a_colleague_was_faster(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    write_enough(day)
    for label in ("Begin the workshop", "Let everybody write notes", "Reveal all notes together"):
        press(lead, console, label)
    ids = re.findall(r'name="note" value="([^"]+)"', lead.get(console).text)
    fields = {**arranging(lead, console), "do": "make", "note": ids[:4], "title": "Money"}
    path = f"/workshops/{day.workshop_id}/topics/{day.topic_id()}/notes"
    assert lead.post(path, data=fields).status_code == 303
    press(lead, console, "Each in a group of its own")
    press(lead, console, "Let those who are paid vote first")
    one = phone(day, day.paid[0])
    page = one.get("/w/now").text
    assert '<span aria-hidden="true">0</span>' in page and "–</span>" not in page
    assert "and 2 more notes" in page and page.count("rt-dots__note") == 2
    assert "If a colleague gives or takes dots" in page
    first, second = re.findall(r'name="set" value="([^"]+:1)"', page)
    old, version = FormReader(page).hidden, day.workshop().version
    assert one.post("/w/dots", data={**old, "set": first}).status_code == 303
    late = one.post("/w/dots", data={**old, "set": second})
    assert late.status_code == 422 and "A colleague has changed" in late.text
    assert "There is a problem" not in late.text and "has 4 dots left" in late.text
    # Nobody else is told that dots were given.
    assert day.workshop().version == version


def test_the_projector_shows_the_room_how_to_join_and_nothing_that_is_for_its_leader(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    projector = console.replace("lead", "projector")
    write_enough(day)
    press(lead, console, "Begin the workshop")
    page = lead.get(projector).text
    assert "/w and type your code." in page and "Partners say “seldom”" in page
    for word in ("Not begun", "Sign out", "This is a demo", "You are signed in as"):
        assert word not in page
    for label in ("Let everybody write notes", "Reveal all notes together"):
        press(lead, projector, label)
    assert "rt-wall--few" in lead.get(projector).text
    press(lead, projector, "Let those who are paid vote first")
    refused = lead.get(projector).text
    assert "rt-projector__said" in refused and "rt-notice--error" not in refused


def test_the_minutes_say_where_a_vote_was_left_open_and_when_it_was_planned_for(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    write_enough(day)
    for label in (
        "Begin the workshop",
        "Let everybody write notes",
        "Reveal all notes together",
        "Each in a group of its own",
        "Let those who are paid vote first",
    ):
        press(lead, console, label)
    page = lead.get(console.replace("lead", "minutes")).text
    assert "A vote was begun and not closed, so nothing of it is shown." in page and "Planned for" in page
    press(lead, console, "Let everybody vote")
    press(lead, console, "Close the vote and show the result")
    page = lead.get(console.replace("lead", "minutes")).text
    assert "The vote is not shown, to protect those who voted." in page and "by talking" not in page


def test_before_the_day_the_phone_says_where_it_is_and_on_which_topics_one_has_written(day: Day) -> None:
    with day.app.app_context(), transaction() as session:
        record = session.get_one(WorkshopRecord, day.workshop_id)
        record.place, record.call_link = "Town Hall, room 2", "https://call.example/north"
    one = phone(day, day.paid[0])
    page = one.get("/w/now").text
    assert "Where: Town Hall, room 2" in page and 'href="https://call.example/north"' in page
    assert page.count("You have written nothing on this yet.") == 3
    write(one, f"/w/topics/{day.topic_id()}", SECRET_WORDS)
    page = one.get("/w/now").text
    assert "You have sent 1 thought." in page and page.count("You have written nothing on this yet.") == 2


def test_where_too_few_wrote_everybody_is_told_to_talk_and_only_the_writer_sees_the_note(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    projector = console.replace("lead", "projector")
    writer, other = phone(day, day.paid[0]), phone(day, day.paid[1])
    press(lead, console, "Begin the workshop")
    press(lead, console, "Let everybody write notes")
    assert write(writer, "/w/now", SECRET_WORDS).status_code == 303
    assert "at least 5 people of 3 organisations that are paid" in lead.get(console).text
    press(lead, console, "Reveal all notes together")
    for client, path in ((lead, console), (lead, projector), (other, "/w/now")):
        page = client.get(path).text
        assert "Too few people wrote for anybody to stay unknown" in page and SECRET_WORDS not in page
        assert "Let those who are paid vote first" not in page
    assert "Your own notes" not in other.get("/w/now").text
    own = writer.get("/w/now").text
    assert "Now: talk about it." in own and "Your own notes: only you see them" in own and SECRET_WORDS in own

    form = arranging(lead, console)
    unsaid = lead.post(
        f"/workshops/{day.workshop_id}/topics/{day.topic_id()}/notes", data={**form, "do": "say"}
    )
    assert unsaid.status_code == 422 and "Write what was said first" in unsaid.text
    for words in ("<i>Pay</i> sooner", "Answer the phone"):
        press(lead, console, "Add it", said=words)
    assert "&lt;i&gt;Pay&lt;/i&gt; sooner" in other.get("/w/now").text
    press(lead, console, "Let those who are paid vote first")
    assert "has 5 dots left to give" in other.get("/w/now").text
