"""The worker as a process: it stops when it is told to, however often, and finishes what is under way."""

from __future__ import annotations

import signal
import time

import pytest

from tests.processes import call, kill, start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_again_and_again_stops(environ: dict[str, str], number: int) -> None:
    assert call(environ, "migrate").returncode == 0
    process = start(environ, "worker")
    try:
        time.sleep(4)
        end = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < end:
            process.send_signal(number)
            time.sleep(0.005)
        # Before its handlers are in place a signal ends it at once, which is as good.
        assert process.poll() in {0, -number}
    finally:
        kill(process)
