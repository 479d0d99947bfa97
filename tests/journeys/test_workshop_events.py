"""Those who wait for a workshop to change leave room for pages, are told in time, and let the server end."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from review_app.demo.browsing import Browser, FormReader
from review_app.watching import PAUSE_SECONDS
from tests.days import Day, workshop_day
from tests.processes import serving
from tests.servers import free_port, wait_for

# One process of six threads: two of them may be waited on.
THREADS, PLACES = 6, 2


@dataclass(frozen=True)
class Served:
    """A workshop and the address of its server."""

    day: Day
    address: str
    environ: dict[str, str]

    def line(self, address: str) -> HTTPResponse:
        """The line on which somebody's browser waits."""
        browser = Browser(self.address)
        browser.post("/w", {**FormReader(browser.get("/w")).hidden, "code": self.day.code(address)})
        request = Request(f"{self.address}/w/events", headers={"Cookie": browser.cookie_header()})
        answer = urlopen(request, timeout=30)
        assert isinstance(answer, HTTPResponse)
        return answer


@pytest.fixture
def served(environ: dict[str, str]) -> Iterator[Served]:
    """The workshop, and what its server needs."""
    port = free_port()
    environ |= {
        "ROUNDTABLE_PORT": str(port),
        "ROUNDTABLE_BASE_URL": f"http://127.0.0.1:{port}",
        "ROUNDTABLE_WORKERS": "1",
        "ROUNDTABLE_THREADS": str(THREADS),
    }
    with workshop_day(environ) as day:
        yield Served(day, environ["ROUNDTABLE_BASE_URL"], environ)


def versions(line: HTTPResponse, many: int) -> list[int]:
    """The next versions that come on a line."""
    found: list[int] = []
    while len(found) < many:
        text = line.readline()
        assert text, "the line has ended"
        if text.startswith(b"data:"):
            found.append(int(text.removeprefix(b"data:")))
    return found


def test_a_change_is_told_within_moments_to_whoever_waits(served: Served) -> None:
    with serving(served.environ):
        line = served.line(served.day.paid[0])
        assert versions(line, 1) == [0]
        served.day.begin()
        began = time.monotonic()
        assert versions(line, 1) == [1]
        assert time.monotonic() - began < 10 * PAUSE_SECONDS
        line.close()


def test_where_there_is_no_place_to_wait_the_answer_comes_at_once_and_pages_go_on(served: Served) -> None:
    with serving(served.environ):
        waiting = [served.line(address) for address in served.day.paid[:PLACES]]
        assert [versions(line, 1) for line in waiting] == [[0], [0]]
        late = served.line(served.day.paid[PLACES])
        # It ends by itself, and says when to come back.
        assert late.read() == b"retry: 2000\nid: 0\ndata: 0\n\n"
        for _ in range(THREADS):
            assert "workshop" in Browser(served.address).get("/w")
        for line in waiting:
            line.close()


def test_a_place_is_free_again_when_its_browser_has_gone(served: Served) -> None:
    with serving(served.environ):
        gone = [served.line(address) for address in served.day.paid[:PLACES]]
        for line in gone:
            line.close()
        # The server notices at its next words to them.
        served.day.begin()
        wait_for(lambda: not has_ended(served.line(served.day.paid[PLACES])), seconds=30)


def has_ended(line: HTTPResponse) -> bool:
    """Whether a line is no more than one answer."""
    versions(line, 1)
    line.fp.raw._sock.settimeout(0.5)  # type: ignore[attr-defined]  # the connection itself
    try:
        return line.readline() in {b"", b"\n"} and line.readline() == b""
    except TimeoutError:
        return False
    finally:
        line.close()


def test_the_server_ends_though_somebody_waits(served: Served, tmp_path: Path) -> None:
    with serving(served.environ, log=tmp_path / "serve.log") as server:
        line = served.line(served.day.paid[0])
        assert versions(line, 1) == [0]
        server.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert server.wait(timeout=30) == 0
        # Well within the time after which the server would cut the line.
        assert time.monotonic() - began < 9
        assert line.read() in {b"", b"\n"}
    assert (tmp_path / "serve.log").read_text() == ""
