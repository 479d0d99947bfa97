"""Real servers for tests, on loopback: a private PostgreSQL cluster and an SMTP sink."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def postgres_binaries() -> Path | None:
    """The folder of PostgreSQL's server binaries; None where they are not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(
        (folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()),
        None,
    )


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgres_cluster() -> Iterator[str]:
    """The address of a private cluster, gone afterwards. PostgreSQL refuses root, so root becomes its user."""
    binaries = postgres_binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL's server binaries were not found.")
    is_root = os.geteuid() == 0
    user = pwd.getpwnam("postgres") if is_root else None
    folder = Path(tempfile.mkdtemp(prefix="roundtable-postgres-"))
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    port = free_port()

    def call(*command: str) -> None:
        # Its output goes to a file: the server keeps a pipe open for ever.
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run(
                command, check=True, user="postgres" if is_root else None, cwd="/", stdout=log, stderr=log
            )

    data = folder / "data"
    call(
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        "roundtable",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    )
    options = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=60"
    )
    call(
        str(binaries / "pg_ctl"),
        "-D",
        str(data),
        "-w",
        "-o",
        options,
        "-l",
        str(folder / "server.log"),
        "start",
    )
    try:
        yield f"postgresql://roundtable@127.0.0.1:{port}"
    finally:
        call(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def new_postgres_database(address: str, name: str) -> str:
    """The URL of a new, empty database in a cluster."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{address}/{name}"


@dataclass
class SmtpSink:
    """A real SMTP server that keeps what it takes. ``replies`` are given, in turn, instead of taking a mail.

    ``refused``: the end of the addresses whose mails it refuses for good, by a rule of theirs; "" for none.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    refused: str = ""

    @property
    def url(self) -> str:
        """Its address as the settings want it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Takes a mail, or gives the next reply."""
        if self.replies:
            return self.replies.pop(0)
        if self.refused and envelope.rcpt_tos[0].endswith(self.refused):
            return "550 5.7.1 not from you"
        message = message_from_bytes(bytes(envelope.original_content or b""), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 taken"


@contextlib.contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    """A running sink."""
    sink = SmtpSink(port=free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def wait_for(condition: object, seconds: float = 20.0) -> None:
    """Returns when a condition (a callable) holds. Raises AssertionError when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.02)
    raise AssertionError("It did not happen in time.")
