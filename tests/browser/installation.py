"""A whole installation with its two real processes, and what the tests may do to it behind the pages."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.demo.browsing import answer_everything, codes_in
from review_app.demo.story import Person
from review_app.factory import create_app
from review_app.models import db
from review_app.models.cycles import CycleRecord
from review_app.services import accounts, chains, cycles
from review_app.services.accounts import Account, AccountRole
from review_app.spreadsheet import read_chain
from surveys import library
from tests.conftest import PASSWORD, SAMPLE, draft_on, launch_cycle
from tests.processes import kill, start, wait_until_up
from tests.servers import free_port, wait_for

THREADS = 4
SEED = 2026


@dataclass
class WebServer:
    """The web server of an installation, which a test may kill and start again at the same port."""

    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        self.process = start(self.environ, "serve", log=self.log)
        wait_until_up(self.environ["ROUNDTABLE_BASE_URL"], self.process)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None and self.process.poll() is None:
            kill(self.process)


@dataclass(frozen=True)
class Installation:
    """A running installation; its accounts sign in with the tests' password."""

    app: Flask
    server: WebServer
    address: str
    mailbox: Path
    organiser: Account
    steward: Account

    def only_cycle(self) -> str:
        """The id of the one review that there is."""
        with self.app.app_context(), reading() as session:
            return session.scalars(select(CycleRecord.id)).one()

    def codes(self) -> dict[str, str]:
        """The code in each person's mail, by address."""
        return codes_in(self.mailbox / self.only_cycle())

    def pass_the_closing_time(self) -> None:
        """Moves the closing time into the past, as only a test may."""
        with self.app.app_context(), transaction() as session:
            session.execute(update(CycleRecord).values(closes_at=clock.now() - timedelta(seconds=1)))

    def answer_over_http(self, *, but: str, people: int | None = None) -> int:
        """How many people answered, through the same pages: everybody but one, or the first ``people`` of them."""
        codes = self.codes()
        willing = [person for person in self._people() if person.email != but][:people]
        practices = {
            question.id: question.practices[0]
            for question in library.latest(library.FIRST_CHOICE).questions()
        }

        def answer(person: Person) -> None:
            chance = random.Random(f"{SEED} {person.email}")
            answer_everything(self.address, codes[person.email], person, practices.__getitem__, chance)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(answer, willing))
        return len(willing)

    def _people(self) -> list[Person]:
        with self.app.app_context(), reading() as session:
            chain = chains.load(session, cycles.load(session, self.only_cycle()).chain_id)
        return [Person(contact.email, party) for party in chain.parties for contact in party.contacts]


@contextmanager
def running_installation(folder: Path) -> Iterator[Installation]:
    """An empty installation in a folder: a web server, a worker, an organiser and a steward; gone at the end."""
    port = free_port()
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_PORT": str(port),
        "ROUNDTABLE_BASE_URL": f"http://127.0.0.1:{port}",
    }
    settings = Settings.from_env(environ)
    app = create_app(settings)
    with app.app_context():
        migrate()
    organiser = _account(app, AccountRole.ORGANISER, "Sian Prosser", "sian.prosser@northernbridge.example")
    steward = _account(app, AccountRole.STEWARD, "Morag Lindqvist", "steward@fairdealing.example")
    worker = start(environ, "worker", log=folder / "worker.log")
    server = WebServer(environ, folder / "serve.log")
    try:
        server.start()
        yield Installation(app, server, settings.base_url, settings.mailbox_dir, organiser, steward)
    finally:
        server.kill()
        kill(worker)
        with app.app_context():
            db.engine.dispose()


@contextmanager
def running_review(folder: Path, **changes: object) -> Iterator[Installation]:
    """An installation with an open review of the sample's chain, whose mails are sent.

    ``changes`` replace fields of the review's design.
    """
    with running_installation(folder) as running:
        with running.app.app_context(), transaction() as session:
            chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
            chain_id = chains.keep(session, clock.now(), chain)
        draft = draft_on(running.app, chain_id, running.organiser, running.steward, **changes)
        people = len(launch_cycle(running.app, draft, running.steward).links)
        wait_for(lambda: len(running.codes()) == people)
        yield running


def _account(app: Flask, role: AccountRole, name: str, email: str) -> Account:
    with app.app_context(), transaction() as session:
        return accounts.create(session, clock.now(), email=email, name=name, role=role, password=PASSWORD)
