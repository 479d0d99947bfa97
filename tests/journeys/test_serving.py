"""The web server as a process: Ctrl-C reaches its whole group, and it ends without being killed."""

from __future__ import annotations

import contextlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import pytest

from tests.processes import call, kill, start, wait_until_up
from tests.servers import free_port

CLIENTS = 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_busy_server_that_is_told_to_stop_ends_by_itself(
    environ: dict[str, str], number: int, tmp_path: Path
) -> None:
    port = str(free_port())
    environ = {**environ, "ROUNDTABLE_PORT": port, "ROUNDTABLE_BASE_URL": f"http://127.0.0.1:{port}"}
    assert call(environ, "migrate").returncode == 0
    log = tmp_path / "serve.log"
    process = start(environ, "serve", log=log)
    is_over = Event()

    def visit() -> None:
        while not is_over.is_set():
            with (
                contextlib.suppress(OSError, HTTPException),
                urlopen(f"http://127.0.0.1:{port}/r", timeout=30) as page,
            ):
                page.read()

    try:
        wait_until_up(f"http://127.0.0.1:{port}", process)
        with ThreadPoolExecutor(CLIENTS) as pool:
            for _ in range(CLIENTS):
                pool.submit(visit)
            is_over.wait(3)
            # As a terminal does it: the whole group is told, and so are those whom the first process tells.
            os.killpg(process.pid, number)
            code = process.wait(60)
            is_over.set()
        assert code == 0
        assert "SIGKILL" not in log.read_text()
    finally:
        is_over.set()
        kill(process)
