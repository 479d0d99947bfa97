"""V1: who is asked what and what could be shown, for 120 organisations and 400 people, beside the draws alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import event

from benches.reviews import draft, settings
from review_app.database import migrate, reading
from review_app.factory import create_app
from review_app.models import db
from review_app.services import chains, cycles, previews
from surveys.draws import tally
from surveys.matrix import assign
from surveys.preflight import RATES
from surveys.publication import CountedBy

ROUNDS = 5
SMALL, LARGE = (24, 40), (120, 400)


def lines() -> Iterator[str]:
    """The printed result."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings(Path(folder)))
        with app.app_context():
            migrate()
            small, large = (draft(*size) for size in (SMALL, LARGE))
            asked = [_statements(cycle_id) for cycle_id in (small, large)]
            whole = _seconds(lambda: _preview(large))
            draws = _seconds(_draws_of(large))
            db.engine.dispose()
    yield f"V1 planning, preview and preflight of {LARGE[0]} organisations, {LARGE[1]} people, {ROUNDS} rounds, SQLite"
    yield f"   all of it {whole:.2f} s of processor time (target: under 1 s)   the draws alone {draws:.2f} s"
    yield f"   ratio to the draws alone {whole / draws:.2f} (target: 2 or less)"
    yield f"   statements to the database {asked[1]}, for {SMALL[0]} organisations {asked[0]} (target: as many)"


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
            tally(
                protected,
                cycle.policy,
                rate=rate,
                random=random,
                merge_first=frozenset(),
                counted_by=CountedBy.PERSON,
            )

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
