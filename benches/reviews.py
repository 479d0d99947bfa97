"""Installations and reviews of any size that benchmarks measure on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from review_app import clock
from review_app.config import Settings
from review_app.database import transaction
from review_app.services import accounts, approving, chains, cycles, launching
from review_app.services.accounts import AccountRole
from review_app.services.designs import Design
from review_app.state import state
from surveys import library
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.matrix import Plan
from surveys.subjects import Perspective


def settings(folder: Path) -> Settings:
    """The settings of an installation in a folder, on SQLite."""
    return Settings.from_env(
        {
            "ROUNDTABLE_MODE": "demo",
            "ROUNDTABLE_DATA_DIR": str(folder / "data"),
            "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
            "ROUNDTABLE_SECRET_KEY": "b" * 40,
            "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
        }
    )


def draft(parties: int, people: int) -> str:
    """The id of a new draft of a review in all perspectives, in one-host mode."""
    with transaction() as session:
        ids = [
            accounts.create(
                session,
                clock.now(),
                email=f"{role.value}{parties}@x.example",
                name="Somebody",
                role=role,
                password="a long enough password",
            ).id
            for role in (AccountRole.ORGANISER, AccountRole.STEWARD)
        ]
        chain_id = chains.keep(session, clock.now(), _chain(parties, people))
        chain = chains.load(session, chain_id)
        design = Design(
            title="A review",
            instrument=next(iter(library.shipped().values())),
            plan=Plan(suggest_groups(chain, DisclosurePolicy()), frozenset(Perspective)),
            k=5,
            closes_at=clock.now() + timedelta(days=21),
            key_mode=KeyMode.ONE_HOST,
            long_reason="A benchmark asks for everything.",
            steward_id=ids[1],
        )
        return cycles.draft(
            session,
            clock.now(),
            chain_id=chain_id,
            organiser_id=ids[0],
            design=design,
            shortest=timedelta(1),
        )


def _chain(parties: int, people: int) -> Chain:
    roles = (Role.SUBCONTRACTOR, Role.SUBCONTRACTOR, Role.SPECIALIST, Role.SPOT_PROVIDER)
    contacts: list[list[Contact]] = [[] for _ in range(parties)]
    for number in range(people):
        email = f"p{number}@organisation{number % parties}-{parties}.example"
        contacts[number % parties].append(Contact(str(number), f"Person {number}", "", email))
    found = [
        Party(
            str(place),
            f"Organisation {place}",
            roles[place % len(roles)] if place else Role.PRIME,
            tuple(Sector)[place % 3],
            None,
            "",
            ("0",) if place else (),
            tuple(contacts[place]),
        )
        for place in range(parties)
    ]
    return Chain("new", f"Chain of {parties}", tuple(found))


def launched(parties: int, people: int) -> str:
    """The id of a new open review."""
    cycle_id = draft(parties, people)
    with transaction() as session:
        steward_id = cycles.load(session, cycle_id).steward_id
        approving.approve(session, cycle_id, steward_id, opening_key=None)
        launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=timedelta(days=1))
    return cycle_id
