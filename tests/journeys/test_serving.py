"""The web server as a process: Ctrl-C reaches its whole group, and it ends without being killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import pytest

from tests.processes import call, kill, serving, start, wait_until_up
from tests.servers import free_port

CLIENTS = 4


NO_REQUESTS = (
    b"GET /r/reviews/the-path HTTP/9.9\r\n\r\n",
    b"GET /r/reviews/the-path HTTP/1.1\r\nthe header\r\n\r\n",
    b"POST /r/reviews/the-path HTTP/1.1\r\nHost: x\r\nContent-Length: the-path\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)


def test_what_is_no_request_leaves_neither_an_address_nor_a_time_in_the_log(
    environ: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    environ = {**environ, "ROUNDTABLE_PORT": str(port), "ROUNDTABLE_BASE_URL": f"http://127.0.0.1:{port}"}
    assert call(environ, "migrate").returncode == 0
    log = tmp_path / "serve.log"
    with serving(environ, log=log):
        for request in NO_REQUESTS:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass
    told = log.read_text()
    assert "A request could not be read." in told
    assert not re.search(r"127\.0\.0\.1|the-path|\d\d:\d\d", told)


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
