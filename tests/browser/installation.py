"""A whole installation with its two real processes, and what the tests may do to it behind the pages."""

from __future__ import annotations

import random
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
from surveys import library
from tests.conftest import PASSWORD
from tests.processes import kill, serving, start
from tests.servers import free_port

THREADS = 4
SEED = 2026


@dataclass(frozen=True)
class Installation:
    """A running installation; its accounts sign in with the tests' password."""

    app: Flask
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
    try:
        with serving(environ, log=folder / "serve.log"):
            yield Installation(app, settings.base_url, settings.mailbox_dir, organiser, steward)
    finally:
        kill(worker)
        with app.app_context():
            db.engine.dispose()


def _account(app: Flask, role: AccountRole, name: str, email: str) -> Account:
    with app.app_context(), transaction() as session:
        return accounts.create(session, clock.now(), email=email, name=name, role=role, password=PASSWORD)
