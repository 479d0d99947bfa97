"""One watcher per process tells those who wait when a workshop changed, by its version and nothing else.

It asks the database about once a second for the versions of the workshops that somebody waits for, in one statement;
nobody who waits holds a connection. Those who wait hold a thread each, so only so many may, and pages never starve.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from flask import Flask, current_app

from review_app.config import Settings
from review_app.database import UNAVAILABLE, reading
from review_app.services import leading

_EXTENSION = "roundtable-watcher"
# Milliseconds after which a browser comes back.
_COME_BACK_MS = 2000
# A line of the stream that says nothing.
SIGN_OF_LIFE = ":\n\n"
# How often the database is asked, and how often somebody who waits looks whether the server is ending.
PAUSE_SECONDS = 1.0
# Well below what servers and proxies let an answer last. Whoever waits then comes back.
LONGEST_WAIT_SECONDS = 45.0
# So that a browser that has gone is noticed, and its thread is free again.
SIGN_OF_LIFE_SECONDS = 10.0
# As many threads as this, and at least a third of them, are for pages alone.
_KEPT_FOR_PAGES = 4


class Watcher:
    """Who waits for which workshop in this process, and what they are told."""

    def __init__(self, app: Flask, most: int) -> None:
        self.most = most
        self._app = app
        self._changed = threading.Condition()
        self._waiting: Counter[str] = Counter()
        self._versions: dict[str, int] = {}
        self._thread: threading.Thread | None = None
        self._is_ending: Callable[[], bool] = lambda: False

    def end_when(self, is_ending: Callable[[], bool]) -> None:
        """Lets everybody go once this holds, so that the server can end."""
        self._is_ending = is_ending

    def enter(self, workshop_id: str) -> bool:
        """Whether there is a place to wait; who got one has to leave it again."""
        with self._changed:
            if self._waiting.total() >= self.most or self._is_ending():
                return False
            self._waiting[workshop_id] += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)
                self._thread.start()
            return True

    def leave(self, workshop_id: str) -> None:
        """Gives a place up."""
        with self._changed:
            self._waiting[workshop_id] -= 1
            if self._waiting[workshop_id] <= 0:
                del self._waiting[workshop_id]
                self._versions.pop(workshop_id, None)

    def follow(self, workshop_id: str, version: int) -> Iterator[int | None]:
        """Each newer version as it comes, and None as a sign of life, until it is time to come back."""
        ends = time.monotonic() + LONGEST_WAIT_SECONDS
        told = time.monotonic()
        while time.monotonic() < ends and not self._is_ending():
            with self._changed:
                self._changed.wait(PAUSE_SECONDS)
                fresh = self._versions.get(workshop_id, version)
            if fresh != version:
                version, told = fresh, time.monotonic()
                yield version
            elif time.monotonic() - told > SIGN_OF_LIFE_SECONDS:
                told = time.monotonic()
                yield None

    def _watch(self) -> None:
        with self._app.app_context():
            while True:
                with self._changed:
                    if not self._waiting:
                        self._thread = None
                        return
                    wanted = set(self._waiting)
                fresh = _read(wanted)
                with self._changed:
                    before = dict(self._versions)
                    self._versions |= {id_: number for id_, number in fresh.items() if id_ in self._waiting}
                    if self._versions != before:
                        self._changed.notify_all()
                time.sleep(PAUSE_SECONDS)


def event(version: int) -> str:
    """A version as a server-sent event."""
    return f"id: {version}\ndata: {version}\n\n"


def come_back(version: int) -> str:
    """The same as the first of a stream, which says when to come back once the stream has ended."""
    return f"retry: {_COME_BACK_MS}\n{event(version)}"


def init_watching(app: Flask, settings: Settings) -> None:
    """Gives the application its watcher."""
    kept = max(_KEPT_FOR_PAGES, settings.threads // 3)
    app.extensions[_EXTENSION] = Watcher(app, max(0, settings.threads - kept))


def watcher(app: Flask | None = None) -> Watcher:
    """The watcher of an application, or of the current one."""
    found: Watcher = (app or current_app).extensions[_EXTENSION]
    return found


def _read(workshop_ids: set[str]) -> dict[str, int]:
    try:
        with reading() as session:
            return leading.versions(session, workshop_ids)
    except UNAVAILABLE:
        # Whoever waits is told as soon as the database is back.
        return {}
