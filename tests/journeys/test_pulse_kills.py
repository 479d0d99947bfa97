"""kill -9 at any instant of a pulse's close: it is counted once, moves its action once, and leaves nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from review_app.database import reading
from review_app.models import db
from review_app.services import actions
from review_app.services.pulses import Pulse
from surveys.improvement import ActionState, EntryKind
from surveys.pulse import Outcome, PulseState
from tests.processes import call, kill, start
from tests.pulses import NO, Ready, open_pulse, pass_closing_time, pulse_of, ready, say_all, storage_of

pytestmark = pytest.mark.slow
KILLS = 8


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Ready]:
    """A review with an action that is done, on either database."""
    with ready(either_environ) as made:
        yield made


def test_killing_the_close_counts_once_and_leaves_nothing(of: Ready, either_environ: dict[str, str]) -> None:
    pulse_id = open_pulse(of)
    storage = storage_of(pulse_id)
    say_all(pulse_id, [NO] * 10)
    pass_closing_time(pulse_id)
    seen: list[Pulse] = []
    for _ in range(KILLS):
        process = start(either_environ, "worker", "--once")
        # From before the interpreter is up to after everything is done.
        time.sleep(random.uniform(0.5, 3.5))
        kill(process)
        seen.append(pulse_of(pulse_id))
        assert_whole(of, seen[-1])
    done = call(either_environ, "worker", "--once")
    assert done.returncode == 0, done.stderr
    found = pulse_of(pulse_id)
    assert found.state is PulseState.CLOSED and found.purged_at is not None
    assert (found.outcome, found.noticed, found.agreed) == (Outcome.NOT_FELT, "0-40", "0-40")
    assert_whole(of, found)
    assert not [name for name in inspect(db.engine).get_table_names() if storage in name]
    keys = Path(either_environ["ROUNDTABLE_KEYS_DIR"])
    assert not [path for path in keys.rglob("*") if pulse_id in path.name]


def assert_whole(of: Ready, found: Pulse) -> None:
    """The result, the action and its history are there together or not at all."""
    with reading() as session:
        action = actions.load(session, of.action_id)
    is_closed = found.state is PulseState.CLOSED
    assert (found.outcome is not None) is is_closed
    assert action.state is (ActionState.NOT_FELT if is_closed else ActionState.DONE)
    assert [entry.kind for entry in action.entries] == ([EntryKind.MOVED] if is_closed else [])
