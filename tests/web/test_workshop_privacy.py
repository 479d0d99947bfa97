"""Before the reveal and the close no role can read a note or a vote, nor whose it is: pages, events, tables."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from review_app.demo.browsing import FormReader
from review_app.state import state
from surveys.workshop import Stage
from tests.days import Day, workshop_day, write_enough
from tests.pages import PageClient
from tests.web.stewards import folder_of, signed_in
from tests.web.test_workshop_day import phone, press, write

SECRET_WORDS = "Our invoices wait for ninety days"
_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


@pytest.fixture
def day(environ: dict[str, str]) -> Iterator[Day]:
    """The workshop on SQLite, already begun."""
    with workshop_day(environ) as made:
        made.begin()
        yield made


class Watchers:
    """Everybody who could want to know: the facilitator, the steward, the prime, another partner, a stranger."""

    def __init__(self, day: Day, writer: str) -> None:
        self.day = day
        facilitator, steward = signed_in(day.app, day.organiser), signed_in(day.app, day.steward)
        others = [address for address in day.paid if address != writer]
        led = f"/workshops/{day.workshop_id}"
        self.pages: list[tuple[PageClient, str]] = [
            *((facilitator, f"{led}{page}") for page in ("", "/lead", "/projector", "/people")),
            *((steward, f"{led}{page}") for page in ("", "/lead", "/projector", "/people")),
            *((phone(day, address), "/w/now") for address in (day.paying[0], others[0], others[1])),
            (phone(day, others[0]), f"/w/topics/{day.topic_id()}"),
            (day.app.test_client(), "/w"),  # type: ignore[list-item]
            (day.app.test_client(), f"{led}/lead"),  # type: ignore[list-item]
        ]
        self.streams = [(facilitator, f"{led}/events"), (steward, f"{led}/events")]
        self.streams += [(client, "/w/events") for client, path in self.pages if path == "/w/now"]

    def see(self) -> list[str]:
        """Everything that they see, but for the tokens of forms."""
        seen = [_TOKEN.sub("", client.get(path, follow_redirects=True).text) for client, path in self.pages]
        for client, path in self.streams:
            answer = client.get(path, buffered=False)
            seen.append(str(next(iter(answer.response))))
            answer.close()
        return seen


def tables(day: Day) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as a dump of the database has them."""
    with sqlite3.connect(folder_of(day.app) / "data" / "roundtable.sqlite3") as dump:
        names = [name for (name,) in dump.execute("select name from sqlite_master where type = 'table'")]
        found = {name: sorted(map(repr, dump.execute(f'select * from "{name}"'))) for name in names}
    dump.close()
    return found  # type: ignore[return-value]


def changed(
    before: dict[str, list[tuple[object, ...]]], after: dict[str, list[tuple[object, ...]]]
) -> set[str]:
    return {name for name in after if after[name] != before[name]}


def give_a_dot(client: PageClient, place: int) -> None:
    page = client.get("/w/now").text
    values = re.findall(r'name="set" value="([^"]+:[1-5])"', page)
    answer = client.post("/w/dots", data={**FormReader(page).hidden, "set": values[place]})
    assert answer.status_code == 303


def test_nobody_sees_that_somebody_wrote(day: Day) -> None:
    writer = phone(day, day.paid[0])
    watchers = Watchers(day, day.paid[0])
    pages, rows = watchers.see(), tables(day)
    assert write(writer, "/w/now", SECRET_WORDS, "And nobody answers the phone").status_code == 303
    assert watchers.see() == pages
    assert changed(rows, tables(day)) == {"workshop_sealed"}
    assert_nowhere_without_the_keys(day, SECRET_WORDS.encode())
    assert SECRET_WORDS in writer.get("/w/now").text


def test_nobody_sees_that_an_organisation_voted_nor_for_what(day: Day) -> None:
    lead, console = signed_in(day.app, day.organiser), f"/workshops/{day.workshop_id}/lead"
    writer = phone(day, day.paid[0])
    write_enough(day)
    press(lead, console, "Let everybody write notes")
    press(lead, console, "Reveal all notes together")
    press(lead, console, "Each in a group of its own")
    press(lead, console, "Let those who are paid vote first")
    watchers = Watchers(day, day.paid[0])
    for stage in (Stage.VOTING_FIRST, Stage.VOTING_ALL):
        assert day.workshop().topics[0].stage is stage
        pages, rows = watchers.see(), tables(day)
        give_a_dot(writer, 0)
        assert watchers.see() == pages
        assert changed(rows, tables(day)) == {"workshop_sealed"}
        press(lead, console, "Let everybody vote" if stage is Stage.VOTING_FIRST else "Close the vote")
    assert tables(day)["workshop_sealed"] == []
    # One organisation is too few: nothing about its dots is kept anywhere.
    assert all(row.endswith("'', None)") for row in map(str, tables(day)["workshop_groups"]))
    assert "Not shown, to protect those who voted" in lead.get(console).text


def test_a_colleague_sees_the_dots_of_the_own_organisation_and_nobody_elses_notes(day: Day) -> None:
    shared = next(
        [address for address, of in day.parties.items() if of == party_id]
        for party_id in sorted(day.parties.values())
        if list(day.parties.values()).count(party_id) > 1 and day.parties[day.paying[0]] != party_id
    )
    one, colleague = phone(day, shared[0]), phone(day, shared[1])
    write(one, "/w/now", SECRET_WORDS)
    assert SECRET_WORDS not in colleague.get("/w/now").text


@pytest.mark.parametrize("path", ["/w/topics/{other}", "/w/topics/nonsense"])
def test_a_link_opens_no_topic_of_another_workshop(day: Day, path: str) -> None:
    client = phone(day, day.paid[0])
    answer = client.get(path.format(other=day.workshop_id))
    assert answer.status_code == 404
    token = FormReader(client.get("/w/now").text).hidden["csrf_token"]
    posted = client.post(path.format(other=day.workshop_id), data={"csrf_token": token, "note-0": "x"})
    assert posted.status_code == 404


def test_only_who_may_lead_can_take_a_step(day: Day) -> None:
    version = day.workshop().version
    paths = [
        f"/workshops/{day.workshop_id}/{step}"
        for step in ("begin", "end", "topic", "stage", "timer", f"topics/{day.topic_id()}/notes")
    ]
    client = phone(day, day.paid[0])
    token = FormReader(client.get("/w/now").text).hidden["csrf_token"]
    for path in paths:
        answer = client.post(path, data={"csrf_token": token, "from": "waiting", "to": "revealed"})
        assert answer.status_code == 302 and answer.location.startswith("/sign-in")
    assert day.workshop().version == version


def assert_nowhere_without_the_keys(day: Day, needle: bytes) -> None:
    """Not one file of the data folder, journals and all, holds the bytes."""
    with day.app.app_context():
        data = state().settings.data_dir
    files = [path for path in Path(data).rglob("*") if path.is_file()]
    assert files and not [path for path in files if needle in path.read_bytes()]
