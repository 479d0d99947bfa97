"""Fixtures over real parts: a database of either kind, an SMTP sink, the whole application."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import select, update

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.keys import KeyFolder
from review_app.models import db
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.services import accounts, approving, chains, cycles, launching
from review_app.services.accounts import Account, AccountRole
from review_app.services.designs import Design
from review_app.spreadsheet import read_chain
from review_app.state import State, state
from surveys import library, sealing
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.matrix import Plan
from surveys.subjects import USUAL
from tests.pages import PageClient
from tests.servers import SmtpSink, new_postgres_database, postgres_binaries, postgres_cluster, smtp_sink

SAMPLE = Path(__file__).parents[1] / "review_app" / "demo" / "northern-bridge.csv"
PASSWORD = "a long enough password"
# Speed is for `make bench`: on a busy machine any example may take long.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of this test process's private cluster."""
    if postgres_binaries() is None:
        pytest.skip("PostgreSQL's server binaries are not installed (make test says so)")
    with postgres_cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'roundtable.sqlite3'}"
    address = request.getfixturevalue("postgres_address")
    return new_postgres_database(address, f"test_{secrets.token_hex(6)}")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of a demo installation in its own folder, on SQLite."""
    return {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(tmp_path / "data"),
        "ROUNDTABLE_KEYS_DIR": str(tmp_path / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
    }


@pytest.fixture
def either_environ(environ: dict[str, str], either_database_url: str) -> dict[str, str]:
    """An environment on either database."""
    return {**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    """The settings of that environment."""
    return Settings.from_env(environ)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a migrated, empty SQLite database. No application context is left open around requests."""
    application = create_app(settings)
    application.test_client_class = PageClient
    with application.app_context():
        migrate()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that checks every page."""
    return app.test_client()


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A real SMTP server on loopback."""
    with smtp_sink() as running:
        yield running


@pytest.fixture
def organiser(app: Flask) -> Account:
    """An organiser's account."""
    return make_account(app, "organiser@prime.example", AccountRole.ORGANISER)


@pytest.fixture
def steward(app: Flask) -> Account:
    """A steward's account."""
    return make_account(app, "steward@independent.example", AccountRole.STEWARD)


@pytest.fixture
def northern_bridge(app: Flask) -> str:
    """The id of the sample's chain."""
    with app.app_context(), transaction() as session:
        return chains.keep(
            session, clock.now(), read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        )


@pytest.fixture
def draft_cycle(app: Flask, northern_bridge: str, organiser: Account, steward: Account) -> str:
    """The id of a draft on the sample's chain, in one-host mode, closing in 21 days."""
    return draft_on(app, northern_bridge, organiser, steward)


@dataclass(frozen=True)
class OpenCycle:
    """A launched cycle and the secrets of its links, by the contact's address."""

    id: str
    links: dict[str, bytes]

    @property
    def link_list(self) -> list[bytes]:
        """The secrets in the order of the addresses."""
        return [self.links[address] for address in sorted(self.links)]


@pytest.fixture
def open_cycle(app: Flask, draft_cycle: str, steward: Account) -> OpenCycle:
    """The draft, approved and launched."""
    return launch_cycle(app, draft_cycle, steward)


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[[Account], None]:
    """Signs an account in on the client, through the page."""

    def through_the_page(account: Account) -> None:
        answer = client.send("/sign-in", {"email": account.email, "password": PASSWORD})  # type: ignore[attr-defined]
        assert answer.status_code in {302, 303}

    return through_the_page


def make_account(app: Flask, email: str, role: AccountRole) -> Account:
    """A new account with the tests' password."""
    with app.app_context(), transaction() as session:
        return accounts.create(
            session, clock.now(), email=email, name=f"The {role.value}", role=role, password=PASSWORD
        )


def draft_on(app: Flask, chain_id: str, organiser: Account, steward: Account, **changes: object) -> str:
    """A draft with the suggested groups; ``changes`` replace fields of its design."""
    with app.app_context(), transaction() as session:
        chain = chains.load(session, chain_id)
        design = Design(
            title="Spring review",
            instrument=library.latest(library.FIRST_CHOICE),
            plan=Plan(
                suggest_groups(chain, DisclosurePolicy()),
                USUAL,
            ),
            k=5,
            closes_at=clock.now() + timedelta(days=21),
            key_mode=KeyMode.ONE_HOST,
            steward_id=steward.id,
        )
        return cycles.draft(
            session,
            clock.now(),
            chain_id=chain_id,
            organiser_id=organiser.id,
            design=replace(design, **changes),  # type: ignore[arg-type]
            shortest=timedelta(seconds=1),
        )


def launch_cycle(app: Flask, cycle_id: str, steward: Account) -> OpenCycle:
    """Approves (one-host mode) and launches a draft."""
    with app.app_context():
        with transaction() as session:
            approving.approve(session, cycle_id, steward.id, opening_key=None)
            launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=timedelta(seconds=1))
        return OpenCycle(cycle_id, links_of(state(), cycle_id))


def links_of(of: State | KeyFolder, cycle_id: str) -> dict[str, bytes]:
    """The secrets of a cycle's links by address, derived as the worker does."""
    keys = of.keys if isinstance(of, State) else of
    with reading() as session:
        rows = session.execute(
            select(InvitationRecord.id, InvitationRecord.link_number, ContactRecord.email)
            .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
            .where(InvitationRecord.cycle_id == cycle_id)
        ).all()
    return {
        email: sealing.link_secret(keys.link_key(cycle_id), invitation_id, number)
        for invitation_id, number, email in rows
    }


def pass_the_closing_time(cycle_id: str) -> None:
    """Moves the closing time into the past, as only the test may."""
    with transaction() as session:
        session.execute(
            update(CycleRecord)
            .where(CycleRecord.id == cycle_id)
            .values(closes_at=clock.now() - timedelta(seconds=1))
        )
