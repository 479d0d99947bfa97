"""kill -9 at any instant of submit, close and PDF: nothing acknowledged is lost, nothing is counted twice."""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from http.client import HTTPException
from pathlib import Path
from threading import Event, Lock
from urllib.error import HTTPError

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from reports.serial import digest, release_from_bytes, report_from_bytes
from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.demo.browsing import Browser, FormReader
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import ballots_table, experiences_table, sealed_tables
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.models.releases import CommentRecord, ReleaseRecord, ReportRecord
from review_app.services import (
    answering,
    chains,
    experiences,
    publishing,
    readers,
    replies,
    report_files,
)
from review_app.services.accounts import Account, AccountRole
from review_app.services.replies import Said
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys import sealing
from surveys.answers import Answers, Comment, CommentChoice
from surveys.experience import Aspect, Experience
from tests.conftest import SAMPLE, OpenCycle, draft_on, launch_cycle, make_account, pass_the_closing_time
from tests.processes import call, kill, serving, start
from tests.publications import move_into_the_past, point_out
from tests.servers import free_port

pytestmark = pytest.mark.slow
KILLS = 6
PEOPLE = 40
SHOWN_APART = 4


@dataclass
class Installation:
    """An installation with one open cycle, and the environment of its processes."""

    app: Flask
    environ: dict[str, str]
    cycle: OpenCycle
    steward: Account
    storage: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.environ['ROUNDTABLE_PORT']}"


@pytest.fixture
def installation(environ: dict[str, str], either_database_url: str) -> Iterator[Installation]:
    """The installation, on either database, inside an application context."""
    port = free_port()
    environ |= {
        "ROUNDTABLE_DATABASE_URL": either_database_url,
        "ROUNDTABLE_PORT": str(port),
        "ROUNDTABLE_BASE_URL": f"http://127.0.0.1:{port}",
    }
    application = create_app(Settings.from_env(environ))
    with application.app_context():
        migrate()
        with transaction() as session:
            chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
            chain_id = chains.keep(session, clock.now(), chain)
        organiser = make_account(application, "organiser@prime.example", AccountRole.ORGANISER)
        steward = make_account(application, "steward@independent.example", AccountRole.STEWARD)
        cycle = launch_cycle(application, draft_on(application, chain_id, organiser, steward), steward)
        with reading() as session:
            storage = session.scalars(select(CycleRecord.storage)).one()
        assert storage is not None
        yield Installation(application, environ, cycle, steward, storage)
        db.engine.dispose()


def sealed_ids(of: Installation) -> tuple[set[bytes], set[bytes]]:
    """The ids of every ballot and of every experience in the database."""
    with reading() as session:
        ballots, said = (
            {bytes(id_) for id_ in session.scalars(select(table(of.storage).c.id))}
            for table in (ballots_table, experiences_table)
        )
    return ballots, said


def expected_ids(of: Installation, secret: bytes) -> tuple[bytes, set[bytes]]:
    """The id that a person's first ballot must have, and that of their experience where they are asked."""
    with reading() as session:
        respondent = answering.find(session, clock.now(), secret)
    assert respondent is not None
    said = {sealing.experience_id(secret)} if experiences.is_asked(respondent) else set()
    return sealing.ballot_id(secret, respondent.reviews[0].assignment_id), said


def test_killing_the_web_server_loses_no_acknowledged_answer(installation: Installation) -> None:
    acknowledged: set[bytes] = set()
    guard, stop = Lock(), Event()

    def person(secret: bytes) -> None:
        chance = random.Random(secret)
        while not stop.is_set():
            with contextlib.suppress(OSError, HTTPException):
                if answer_one_review(installation.address, sealing.code_of(secret), chance):
                    with guard:
                        acknowledged.add(secret)
                    return
            time.sleep(0.05)

    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(person, secret) for secret in installation.cycle.link_list]
        for _ in range(KILLS):
            with serving(installation.environ) as server:
                time.sleep(random.uniform(0.2, 1.2))
                kill(server)
            with guard:
                told = set(acknowledged)
            ballots, said = sealed_ids(installation)
            for secret in told:
                ballot, experience = expected_ids(installation, secret)
                assert ballot in ballots and experience <= said
        with serving(installation.environ):
            end = time.monotonic() + 120
            while not all(future.done() for future in work) and time.monotonic() < end:
                time.sleep(0.1)
            stop.set()
    for future in work:
        future.result()
    assert acknowledged == set(installation.cycle.link_list)
    expected = [expected_ids(installation, secret) for secret in installation.cycle.link_list]
    ballots, said = sealed_ids(installation)
    assert ballots == {ballot for ballot, _ in expected}
    assert said == set().union(*(experience for _, experience in expected))
    assert len(said) == PEOPLE - SHOWN_APART


def answer_one_review(address: str, code: str, chance: random.Random) -> bool:
    """Sends the first review by its link, and how it was; true once the server said that all was received."""
    browser = Browser(address)
    page = FormReader(browser.get("/r"))
    overview = browser.post("/r", {**page.hidden, "code": code})
    # In the list: the button above it leads to whatever is to be done next, which may be the second.
    start_at = overview.index('href="/r/reviews/', overview.index("rt-reviews")) + 6
    html = browser.get(overview[start_at : overview.index('"', start_at)])
    try:
        for _ in range(12):
            if browser.path.endswith("/received"):
                return say_how_it_was(browser)
            form = FormReader(html)
            ratings = {name: str(chance.randint(1, 5)) for name in form.radios if name.startswith("q-")}
            html = browser.post(browser.path, {**form.hidden, **ratings})
    except HTTPError as error:
        raise OSError from error
    return browser.path.endswith("/received") and say_how_it_was(browser)


def say_how_it_was(browser: Browser) -> bool:
    """Answers the questions about the review itself; true once that was received, or where nobody asks."""
    page = FormReader(browser.get("/r/experience"))
    if browser.path != "/r/experience":
        return True
    browser.post(browser.path, {**page.hidden, "clear": "yes", "safe": "no"})
    return browser.path.endswith("notice=sent")


def test_killing_the_close_releases_once_and_leaves_nothing(installation: Installation) -> None:
    answer_in_process(installation)
    pass_the_closing_time(installation.cycle.id)
    chance = random.Random()
    for _ in range(KILLS):
        process = start(installation.environ, "cycle", "close", installation.cycle.id)
        # From before the interpreter is up to after everything is done.
        time.sleep(chance.uniform(0.5, 3.5))
        kill(process)
    done = call(installation.environ, "cycle", "close", installation.cycle.id)
    assert done.returncode == 0, done.stderr
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReleaseRecord)) == 1
        assert session.scalar(select(func.count()).select_from(CommentRecord)) == PEOPLE
        release = release_from_bytes(session.scalars(select(ReleaseRecord.content)).one())
        cycle = session.get(CycleRecord, installation.cycle.id)
    prime = release.parts[0]
    protected = [group.answers for group in prime.groups if group.answers is not None]
    assert sum(protected) == prime.received == PEOPLE - SHOWN_APART
    assert release.experience is not None
    assert release.experience.answers == release.experience.asked == PEOPLE - SHOWN_APART
    assert cycle is not None and cycle.purged_at is not None
    left = set(inspect(db.engine).get_table_names())
    assert not {table.name for table in sealed_tables(installation.storage)} & left
    assert not [
        p for p in Path(installation.environ["ROUNDTABLE_KEYS_DIR"]).rglob("*") if p.name.endswith("-key")
    ]


def answer_in_process(of: Installation) -> None:
    """Everybody sends the review of the prime, with one comment each, and says how it was where that is asked."""
    for secret in of.cycle.link_list:
        with reading() as session:
            respondent = answering.find(session, clock.now(), secret)
        assert respondent is not None
        review = respondent.reviews[0]
        sections = respondent.instrument.sections_for(review.voice)
        ratings = {q.id: 3 for section in sections for q in section.questions_for(review.voice)}
        said = {sections[0].id: Comment("A thought.", CommentChoice.SUMMARISE)}
        with transaction() as session:
            answering.submit(session, clock.now(), respondent, review, Answers(ratings, said))
            if experiences.is_asked(respondent):
                experiences.send(session, clock.now(), respondent, Experience({Aspect.SAFE: True}))


def test_killing_the_pdf_leaves_a_whole_one_or_none(installation: Installation, tmp_path: Path) -> None:
    answer_in_process(installation)
    pass_the_closing_time(installation.cycle.id)
    assert call(installation.environ, "cycle", "close", installation.cycle.id).returncode == 0
    with transaction() as session:
        publishing.publish(session, clock.now(), installation.cycle.id, installation.steward.id)
    with reading() as session:
        made = session.scalars(select(ReportRecord.digest)).one()
    path = report_files.pdf_path(state().settings.report_dir, made)
    for _ in range(KILLS):
        process = start(installation.environ, "worker", "--once")
        time.sleep(random.uniform(0.5, 4.0))
        kill(process)
        if path.exists():
            assert path.read_bytes().rstrip().endswith(b"%%EOF")
    output = tmp_path / "report.pdf"
    done = call(
        installation.environ,
        "report",
        "export",
        installation.cycle.id,
        "--format",
        "pdf",
        "--output",
        str(output),
    )
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == path.read_bytes()
    assert path.read_bytes().rstrip().endswith(b"%%EOF")
    assert list(path.parent.glob("*.part")) == []


def test_killing_the_worker_makes_and_publishes_once(installation: Installation) -> None:
    cycle_id = installation.cycle.id
    with transaction() as session:
        session.get_one(CycleRecord, cycle_id).publish_after_days = 28
    answer_in_process(installation)
    pass_the_closing_time(cycle_id)
    assert call(installation.environ, "cycle", "close", cycle_id).returncode == 0
    move_into_the_past(cycle_id, timedelta(days=14))
    kill_workers(installation)
    with reading() as session:
        made = session.scalars(select(ReportRecord)).one()
        assert session.get_one(CycleRecord, cycle_id).state == "closed" and made.published_at is None
        ready = mails_of(session, MailKind.REPORT_READY)
        assert ready and set(ready.values()) == {1}
    point_out(cycle_id)
    with transaction() as session:
        right = replies.right(session, clock.now(), cycle_id)
        said = Said("We hear this.", "")
        replies.save(session, clock.now(), right, right.findings[0].id, said, seen=replies.NOTHING.token)
    move_into_the_past(cycle_id, timedelta(days=16))
    kill_workers(installation)
    with reading() as session:
        made = session.scalars(select(ReportRecord)).one()
        assert session.get_one(CycleRecord, cycle_id).state == "published" and made.published_at is not None
        out = mails_of(session, MailKind.PUBLISHED)
    assert len(out) == PEOPLE and set(out.values()) == {1}
    report = report_from_bytes(made.content)
    assert [one.text for one in report.replies] == ["We hear this."] and made.digest == digest(report)
    codes = set(report_codes_in(state().keys.mailbox(cycle_id)))
    with reading() as session:
        secrets = [secret for code in codes if (secret := sealing.secret_of(code)) is not None]
        assert len(secrets) == PEOPLE
        assert all(readers.find(session, secret) is not None for secret in secrets)


def kill_workers(of: Installation) -> None:
    """Kills the worker at any instant, several times, and lets one do its work to the end."""
    for _ in range(KILLS):
        process = start(of.environ, "worker", "--once")
        time.sleep(random.uniform(0.5, 2.5))
        kill(process)
    done = call(of.environ, "worker", "--once")
    assert done.returncode == 0, done.stderr


def mails_of(session: Session, kind: MailKind) -> dict[str, int]:
    """How many mails of a kind each contact is owed."""
    query = (
        select(MailRecord.contact_id, func.count())
        .where(MailRecord.kind == kind.value)
        .group_by(MailRecord.contact_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def report_codes_in(mailbox: Path) -> Iterator[str]:
    """The codes of the links to reports in a folder of the development mailbox."""
    for file in mailbox.glob("*.eml"):
        body = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",))
        yield from re.findall(r"/report#([A-Z2-7-]{39})", str(body.get_content()) if body else "")
