"""The least a server can do with a posted answer: a bare Flask view and one insert, on the same server and database."""

from __future__ import annotations

import os
import secrets
from typing import Any

from flask import Flask, request
from gunicorn.app.base import BaseApplication
from sqlalchemy import Column, LargeBinary, MetaData, Table, create_engine, event

BLOB_BYTES = int(os.environ.get("BENCH_BLOB_BYTES", "10288"))


def create_bare_app(url: str) -> Flask:
    """A Flask application with one posting view."""
    app = Flask("bare")
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    table = Table(
        "answers", MetaData(), Column("id", LargeBinary(32), primary_key=True), Column("blob", LargeBinary)
    )
    table.create(engine, checkfirst=True)

    @app.post("/submit")
    def submit() -> str:
        blob = secrets.token_bytes(BLOB_BYTES)
        with engine.begin() as connection:
            connection.execute(table.insert().values(id=secrets.token_bytes(32), blob=blob))
        return f"received {len(request.form)}"

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


class BareServer(BaseApplication):
    """Gunicorn with the processes and threads that the real server has."""

    def __init__(self, url: str, port: int) -> None:
        self._url, self._port = url, port
        super().__init__()

    def load_config(self) -> None:
        """The same configuration as ``roundtable serve``."""
        values: dict[str, Any] = {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 2,
            "threads": 4,
            "worker_class": "gthread",
            "loglevel": "error",
            "keepalive": 5,
            "control_socket_disable": True,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in each process."""
        return create_bare_app(self._url)


def _set_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 20000"):
        connection.execute(f"PRAGMA {pragma}")


if __name__ == "__main__":
    BareServer(os.environ["BENCH_URL"], int(os.environ["BENCH_PORT"])).run()
