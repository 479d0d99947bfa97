"""V1: who is asked what and what could be shown, for 120 organisations and 400 people, beside the draws alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import event

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.services import accounts, chains, cycles, previews
from review_app.services.accounts import AccountRole
from review_app.services.designs import Design
from surveys import library
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.cycle import KeyMode
from surveys.draws import tally
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.matrix import Plan, assign
from surveys.preflight import RATES
from surveys.subjects import Perspective

ROUNDS = 5
SMALL, LARGE = (24, 40), (120, 400)


def lines() -> Iterator[str]:
    """The printed result."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(_settings(Path(folder)))
        with app.app_context():
            migrate()
            small, large = (_draft(*size) for size in (SMALL, LARGE))
            asked = [_statements(cycle_id) for cycle_id in (small, large)]
            whole = _seconds(lambda: _preview(large))
            draws = _seconds(_draws_of(large))
            db.engine.dispose()
    yield f"V1 planning, preview and preflight of {LARGE[0]} organisations, {LARGE[1]} people, {ROUNDS} rounds, SQLite"
    yield f"   all of it {whole:.2f} s of processor time (target: under 1 s)   the draws alone {draws:.2f} s"
    yield f"   ratio to the draws alone {whole / draws:.2f} (target: 2 or less)"
    yield f"   statements to the database {asked[1]}, for {SMALL[0]} organisations {asked[0]} (target: as many)"


def _settings(folder: Path) -> Settings:
    return Settings.from_env(
        {
            "ROUNDTABLE_MODE": "demo",
            "ROUNDTABLE_DATA_DIR": str(folder / "data"),
            "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
            "ROUNDTABLE_SECRET_KEY": "b" * 40,
            "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
        }
    )


def _draft(parties: int, people: int) -> str:
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


def _preview(cycle_id: str) -> None:
    with reading() as session:
        previews.preview(session, cycle_id)


def _draws_of(cycle_id: str) -> Callable[[], None]:
    with reading() as session:
        cycle = cycles.load(session, cycle_id)
        chain = chains.load(session, cycle.chain_id)
    matrix = assign(chain, cycle.plan, cycle.instrument.voices)
    attributed = {group.id for group in matrix.groups if group.is_attributed}
    protected = [asked for asked in matrix.assignments if asked.group_id not in attributed]

    def draw() -> None:
        random = Random(previews.PREFLIGHT_SEED)
        for rate in RATES:
            tally(protected, cycle.policy, rate=rate, random=random, merge_first=frozenset())

    return draw


def _seconds(work: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return median(times)


def _statements(cycle_id: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        _preview(cycle_id)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
