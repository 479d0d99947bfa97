"""The web server: gunicorn, with processes and threads from the settings and no access log."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from review_app.config import Settings
from review_app.factory import create_app
from review_app.logs import FORMAT, place_of
from review_app.watching import watcher


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn's log without a time, and without what it would tell of a request that it cannot handle."""

    error_fmt = FORMAT

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Passes a warning on, unless it names an address."""
        if "ip=" in msg:
            msg, args = "A request could not be read.", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *_args: Any, **_kwargs: Any) -> None:
        """Says what went wrong where in the code: the message may hold an address of a page."""
        error = sys.exception()
        self.error("Unexpected %s", place_of(error) if error else "fault")


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn, configured in code."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Puts the settings into gunicorn's configuration."""
        values: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "worker_class": "gthread",
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "logger_class": QuietLogger,
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 5,
            # Nothing but signals shall reach the server, and the socket would be one for all servers of a user.
            "control_socket_disable": True,
            "proc_name": "roundtable",
            "when_ready": _end_softly,
            "post_worker_init": _begin_to_answer,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in each process."""
        return create_app(self._settings)


def _end_softly(_server: object) -> None:
    """Makes Ctrl-C let the answers that are being written end, as SIGTERM does."""
    signal.signal(signal.SIGINT, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))


def _begin_to_answer(worker: Any) -> None:
    """Makes a process that answers deaf to Ctrl-C: the first process tells it, and being told twice can lock it up.

    Whoever waits for a workshop to change is let go when the process is told to end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watcher(worker.wsgi).end_when(lambda: not worker.alive)


def serve(settings: Settings) -> None:
    """Serves until it is told to stop."""
    WebServer(settings).run()
