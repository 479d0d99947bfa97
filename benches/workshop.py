"""Sixty people in a workshop while the server is killed and started again: is a note or a vote lost or doubled?

``python -m benches.workshop`` takes ten minutes; with a number after it, as many seconds.
"""

from __future__ import annotations

import contextlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path
from statistics import quantiles
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sqlalchemy import select

from benches.submits import environ_of
from review_app.config import Settings
from review_app.database import migrate, reading
from review_app.demo.browsing import Browser, FormReader
from review_app.factory import create_app
from review_app.models import db
from review_app.models.workshops import NoteRecord
from review_app.services import boards, voting
from review_app.services.accounts import AccountRole
from review_app.state import state
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.voting import Vote, displayed
from surveys.workshop import DOTS, MOST_NOTES, PAYING_ROLES, Stage
from tests.conftest import PASSWORD, make_account
from tests.days import Day, plan_a_day
from tests.processes import kill, start, wait_until_up

ORGANISATIONS, PEOPLE_EACH = 20, 3
TEN_MINUTES = 600.0
# How long one topic takes at least, and how its time is shared out.
ROUND_SECONDS = 28.0
WRITING, VOTING_FIRST, VOTING_ALL = 0.35, 0.2, 0.2
RESTARTS = 2
GROUPS = 4
_TROUBLE = (OSError, HTTPException)
_ACTION = re.compile(r'action="/w/topics/([^"]+)"')
_BOX = re.compile(r'name="note-(\d)"[^>]*data-saved="([^"]*)"')
_ROW = re.compile(r'name="set" value="([^"]*)".*?name="set" value="([^"]*)"', re.DOTALL)
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
Notes = tuple[str, ...]
Dots = dict[str, int]


@dataclass
class Result:
    """What came of it. ``lost`` and ``doubled``: notes and votes with which it went wrong; both must be empty."""

    topics: int = 0
    notes: int = 0
    votes: int = 0
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def lines(self, length: float, people: int) -> Iterator[str]:
        """The result in words."""
        parts = [part * 1000 for part in quantiles(self.seconds, n=100)]
        yield f"W1 {people} people in a workshop for {length:.0f} s, {RESTARTS} restarts by kill -9, SQLite"
        yield f"   {self.topics} topics, {self.notes} notes revealed, {self.votes} votes of organisations counted"
        yield f"   {len(self.seconds)} pages; half within {parts[49]:.0f} ms, 95 % within {parts[94]:.0f} ms"
        yield f"   {dict(self.counts)}"
        yield f"   lost or doubled: {'; '.join(self.faults) or 'nothing'}"


def main() -> None:
    """Prints what came of ten minutes, or of as many seconds as are asked for."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else TEN_MINUTES
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder), seconds)
    for line in result.lines(seconds, ORGANISATIONS * PEOPLE_EACH):
        print(line)
    sys.exit(1 if result.faults else 0)


def run(folder: Path, seconds: float, database_url: str = "") -> Result:
    """One workshop of so many seconds at least, in an installation of its own in a folder.

    ``database_url``: of an empty database; "" for SQLite in that folder.
    """
    environ = environ_of(folder) | ({"ROUNDTABLE_DATABASE_URL": database_url} if database_url else {})
    topics = [(f"Topic {number}", "A reason.") for number in range(max(1, int(seconds // ROUND_SECONDS)))]
    app = create_app(Settings.from_env(environ))
    with app.app_context():
        migrate()
    organiser = make_account(app, "organiser@bench.example", AccountRole.ORGANISER)
    steward = make_account(app, "steward@bench.example", AccountRole.STEWARD)
    with app.app_context():
        day = plan_a_day(app, organiser, steward, chain=_chain(), topics=topics, long_reason="A bench.")
    hall = _Hall(day, environ)
    try:
        hall.hold(seconds)
    finally:
        with app.app_context():
            db.engine.dispose()
    return hall.result


class _Hall:
    """The room: a server that is killed, people with phones, and somebody who leads."""

    def __init__(self, day: Day, environ: dict[str, str]) -> None:
        self.day = day
        self.environ = environ
        self.address = f"http://127.0.0.1:{environ['ROUNDTABLE_PORT']}"
        self.result = Result()
        self.is_over = threading.Event()
        # What the server can hold, for all that it has said: one state, or two after an answer that never came.
        self.notes: dict[tuple[str, str], list[Notes]] = {}
        self.dots: dict[tuple[str, str], list[Dots]] = {}
        # The people of one organisation share its dots, so they press one after the other.
        self.turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self.server: subprocess.Popen[bytes] | None = None

    def hold(self, seconds: float) -> None:
        """The workshop from its beginning to its end, and the reckoning."""
        self._serve()
        phones = [self._thread(self._take_part, address) for address in self.day.secrets]
        lines = [self._thread(self._listen, address) for address in self.day.secrets]
        restarter = self._thread(self._restart, seconds)
        try:
            _Leader(self).lead(seconds)
        finally:
            self.is_over.set()
            restarter.join()
            for thread in phones:
                thread.join()
            if self.server is not None:
                kill(self.server)
            for thread in lines:
                thread.join()
        self._reckon()

    def timed(self, do: Callable[[], str]) -> str:
        """What a request gives, and how long it took."""
        began = time.perf_counter()
        answer = do()
        self.result.seconds.append(time.perf_counter() - began)
        return answer

    def _thread(self, target: Callable[..., None], argument: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=(argument,), daemon=True)
        thread.start()
        return thread

    def _serve(self) -> None:
        self.server = start(self.environ, "serve")
        wait_until_up(self.address, self.server)

    def _restart(self, seconds: float) -> None:
        for _ in range(RESTARTS):
            if self.is_over.wait(seconds / (RESTARTS + 1)) or self.server is None:
                return
            kill(self.server)
            self._serve()
            self.result.counts["restarts"] += 1

    def _open(self, address: str) -> Browser:
        browser = Browser(self.address)
        browser.post("/w", {**FormReader(browser.get("/w")).hidden, "code": self.day.code(address)})
        return browser

    def _listen(self, address: str) -> None:
        """Waits for news as a browser does, and comes back as one does."""
        while not self.is_over.is_set():
            with contextlib.suppress(*_TROUBLE):
                cookie = self._open(address).cookie_header()
                while not self.is_over.is_set():
                    request = Request(f"{self.address}/w/events", headers={"Cookie": cookie})
                    with urlopen(request, timeout=60) as stream:
                        for line in stream:
                            self.result.counts["events"] += line.startswith(b"data:")
                    self.is_over.wait(2)
            self.is_over.wait(1)

    def _take_part(self, address: str) -> None:
        chance = random.Random(address)
        browser: Browser | None = None
        while not self.is_over.wait(chance.uniform(0.5, 3)):
            try:
                browser = browser or self._open(address)
                html = self.timed(partial(browser.get, "/w/now"))
                if _ACTION.search(html):
                    self._write(address, browser, html, chance)
                elif 'name="set"' in html:
                    with self.turns[self.day.parties[address]]:
                        self._vote(address, browser, chance)
            except _TROUBLE:
                self.result.counts["cut off"] += 1

    def _write(self, address: str, browser: Browser, html: str, chance: random.Random) -> None:
        found = _ACTION.search(html)
        assert found is not None
        topic_id, before = found[1], _texts(html)
        place = (address, topic_id)
        self._expect(f"the notes of {address}", before, self.notes.setdefault(place, [("",) * MOST_NOTES]))
        slot = chance.choice([int(number) for number, _saved in _BOX.findall(html)])
        self.result.counts["writes"] += 1
        text = f"{address} {slot} {self.result.counts['writes']} {chance.random()}"
        after = (*before[:slot], text, *before[slot + 1 :])
        fields = {f"note-{number}": text for number, text in enumerate(after)}
        self.notes[place] = [before, after]
        path = f"/w/topics/{topic_id}"
        self.notes[place] = self._posted(browser, path, {**FormReader(html).hidden, **fields}, before, after)

    def _vote(self, address: str, browser: Browser, chance: random.Random) -> None:
        html = self.timed(lambda: browser.get("/w/now"))
        if 'name="set"' not in html:
            return
        hidden, before = FormReader(html).hidden, _dots(html)
        place = (self.day.parties[address], hidden["topic"])
        self._expect(f"the dots of {place[0]}", before, self.dots.setdefault(place, [{}]))
        wished = chance.choice([value for row in _ROW.findall(html) for value in row if value])
        group_id, _colon, number = wished.partition(":")
        after = {id_: count for id_, count in (before | {group_id: int(number)}).items() if count}
        self.result.counts["presses"] += 1
        self.dots[place] = [before, after]
        self.dots[place] = self._posted(browser, "/w/dots", {**hidden, "set": wished}, before, after)

    def _posted(
        self, browser: Browser, path: str, fields: Mapping[str, str], before: object, after: object
    ) -> list:
        """The states that the server can be in after a post: the new one, the old one, or either of them."""
        try:
            self.timed(lambda: browser.post(path, fields))
        except HTTPError as error:
            return [before] if error.code == 422 else [before, after]
        except _TROUBLE:
            self.result.counts["answers that never came"] += 1
            return [before, after]
        return [after]

    def _expect(self, what: str, found: object, possible: list) -> None:
        if found not in possible:
            self.result.faults.append(f"{what}: {found} instead of {possible}")

    def _reckon(self) -> None:
        """Every note that was revealed against what each person was told is kept."""
        with self.day.app.app_context(), reading() as session:
            rows = session.execute(select(NoteRecord.topic_id, NoteRecord.text)).all()
        self.result.notes = len(rows)
        revealed: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for topic_id, text in rows:
            revealed[text.split()[0], topic_id].append(text)
        for place in self.notes.keys() | revealed.keys():
            possible = [sorted(filter(None, texts)) for texts in self.notes.get(place, [])]
            self._expect(f"the revealed notes of {place[0]}", sorted(revealed[place]), possible)


class _Leader:
    """The facilitator: goes from topic to topic, and tries again while the server is away."""

    def __init__(self, hall: _Hall) -> None:
        self.hall = hall
        self.day = hall.day
        self.path = f"/workshops/{self.day.workshop_id}/lead"
        self.browser: Browser | None = None

    def lead(self, seconds: float) -> None:
        """The whole agenda, in so many seconds."""
        self._press("Begin the workshop", lambda: self.day.workshop().topic_id is not None)
        topics = self.day.workshop().topics
        length = seconds / len(topics)
        for place, topic in enumerate(topics):
            if place:
                self._press("Next topic", partial(self._is_on_screen, topic.id))
            self._to("Let everybody write notes", place, Stage.WRITING)
            time.sleep(length * WRITING)
            self._to("Reveal all notes together", place, Stage.REVEALED)
            self._arrange(topic.id)
            self._to("Let those who are paid vote first", place, Stage.VOTING_FIRST)
            time.sleep(length * VOTING_FIRST)
            self._to("Let everybody vote", place, Stage.VOTING_ALL)
            time.sleep(length * VOTING_ALL)
            self._close(place, topic.id)
            self.hall.result.topics += 1

    def _close(self, place: int, topic_id: str) -> None:
        """Closes the vote while nobody presses, and holds what is shown against what everybody was told."""
        with contextlib.ExitStack() as stack:
            for party_id in sorted(set(self.day.parties.values())):
                stack.enter_context(self.hall.turns[party_id])
            expected = self._expected(topic_id)
            self._to("Close the vote and show the result", place, Stage.VOTED)
        with self.day.app.app_context(), reading() as session:
            groups = boards.load(session, topic_id).groups
        shown = [(group.id, group.band, group.place) for group in groups]
        self.hall._expect("the result", shown, [expected])

    def _expected(self, topic_id: str) -> list[tuple[str, object, object]]:
        seats = {of: self.day.seat(address) for address, of in self.day.parties.items()}
        votes = []
        with self.day.app.app_context(), reading() as session:
            for party_id, seat in seats.items():
                dots = dict(voting.own(session, state().keys, seat, topic_id).dots)
                possible = self.hall.dots.get((party_id, topic_id), [{}])
                self.hall._expect(f"the dots of {party_id} at the close", dots, possible)
                votes.append(Vote(is_paid=seat.role not in PAYING_ROLES, dots=dots))
            ids = [group.id for group in boards.load(session, topic_id).groups]
        self.hall.result.votes += sum(bool(vote.dots) for vote in votes)
        shown = {one.group_id: one for one in displayed(votes, ids, DOTS) or ()}
        return [
            (id_, shown[id_].band if id_ in shown else None, shown[id_].place if id_ in shown else None)
            for id_ in ids
        ]

    def _arrange(self, topic_id: str) -> None:
        path = f"/workshops/{self.day.workshop_id}/topics/{topic_id}/notes"
        while True:
            with self.day.app.app_context(), reading() as session:
                board = boards.load(session, topic_id)
            if len(board.groups) >= GROUPS:
                return
            some = board.loose[: 1 + len(board.loose) // GROUPS]
            fields = {"do": "make", "title": f"Group {len(board.groups)}", "seen": board.digest}
            with contextlib.suppress(*_TROUBLE):
                hidden = FormReader(self._get()).hidden
                pairs = [*fields.items(), *(("note", note.id) for note in some)]
                pairs.append(("csrf_token", hidden["csrf_token"]))
                self._signed_in().post(path, pairs)  # type: ignore[arg-type]  # several notes of one name

    def _is_on_screen(self, topic_id: str) -> bool:
        return self.day.workshop().topic_id == topic_id

    def _to(self, label: str, place: int, stage: Stage) -> None:
        self._press(label, lambda: self.day.workshop().topics[place].stage is stage)

    def _press(self, label: str, is_done: Callable[[], bool]) -> None:
        while not is_done():
            try:
                html = self._get()
                form = next((form for form in _FORM.findall(html) if label in form), None)
                action = re.search(r'action="([^"]+)"', form or "")
                if form and action:
                    self._signed_in().post(action[1], FormReader(form).hidden)
            except _TROUBLE:
                time.sleep(0.3)

    def _get(self) -> str:
        return self.hall.timed(lambda: self._signed_in().get(self.path))

    def _signed_in(self) -> Browser:
        if self.browser is None:
            browser = Browser(self.hall.address)
            hidden = FormReader(browser.get("/sign-in")).hidden
            browser.post("/sign-in", {**hidden, "email": self.day.organiser.email, "password": PASSWORD})
            self.browser = browser
        return self.browser


def _texts(html: str) -> Notes:
    saved = {int(number): text for number, text in _BOX.findall(html)}
    return tuple(saved.get(slot, "") for slot in range(MOST_NOTES))


def _dots(html: str) -> Dots:
    found = {}
    for fewer, more in _ROW.findall(html):
        group_id, _colon, number = (more or fewer).partition(":")
        count = int(number) - 1 if more else int(number or -1) + 1
        if group_id and count:
            found[group_id] = count
    return found


def _chain() -> Chain:
    prime = Party("p", "The Prime", Role.PRIME, Sector.PRIVATE, 0, "", (), _people("p"))
    partners = (
        Party(f"s{n}", f"Partner {n}", Role.SUBCONTRACTOR, Sector.VCS, 1, "", ("p",), _people(f"s{n}"))
        for n in range(1, ORGANISATIONS)
    )
    return Chain("c", "Bench chain", (prime, *partners))


def _people(id_: str) -> tuple[Contact, ...]:
    return tuple(
        Contact(f"{id_}-{n}", f"Person {n} at {id_}", "", f"{n}@{id_}.example") for n in range(PEOPLE_EACH)
    )


if __name__ == "__main__":
    main()
