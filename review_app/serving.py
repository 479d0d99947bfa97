"""The web server: gunicorn, with processes and threads from the settings and no access log."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from review_app.config import Settings
from review_app.factory import create_app


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
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 5,
            # Nothing but signals shall reach the server, and the socket would be one for all servers of a user.
            "control_socket_disable": True,
            "proc_name": "roundtable",
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in each process."""
        return create_app(self._settings)


def serve(settings: Settings) -> None:
    """Serves until it is told to stop."""
    WebServer(settings).run()
