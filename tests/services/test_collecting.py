"""What comes back is fetched from a mailbox folder or a pipe, kept in the database and never lost."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from review_app import clock, collecting, worker
from review_app.collecting import Collected, Collector
from review_app.database import reading
from review_app.models import db
from review_app.models.outbox import MailRecord
from review_app.state import State, state
from tests import dsn_samples as samples
from tests.conftest import OpenCycle
from tests.dsn_samples import TOKEN
from tests.processes import call


@pytest.fixture
def token(app: Flask, open_cycle: OpenCycle) -> Iterator[str]:
    """The token of one mail of an open review, in an application context."""
    with app.app_context():
        with reading() as session:
            found = session.scalars(select(MailRecord.return_token).order_by(MailRecord.id)).first()
        assert found is not None
        yield found


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty mailbox folder."""
    folder = tmp_path / "Maildir"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    return folder


def put(maildir: Path, name: str, content: bytes) -> Path:
    path = maildir / "new" / name
    path.write_bytes(content)
    return path


def about(mail: bytes, token: str) -> bytes:
    return mail.replace(TOKEN.encode(), token.encode())


def delivery(token: str) -> tuple[str, str]:
    with reading() as session:
        record = session.scalars(select(MailRecord).where(MailRecord.return_token == token)).one()
    return record.delivery, record.delivery_problem


def files(maildir: Path) -> list[str]:
    found = (path for path in maildir.rglob("*") if path.is_file() and path.name != "maildirfolder")
    return sorted(str(path.relative_to(maildir)) for path in found)


# A mailbox folder


def test_new_mails_are_kept_moved_and_set_aside(token: str, maildir: Path) -> None:
    put(maildir, "1.report", about(samples.POSTFIX, token))
    put(maildir, "2.forged", about(samples.POSTFIX, "e" * 32))
    put(maildir, "3.away", samples.OUT_OF_OFFICE)
    put(maildir, "4.person", samples.A_PERSON)
    put(maildir, "5.broken", b"\xff\0" * 300)
    put(maildir, ".hidden", samples.POSTFIX)
    assert collecting.collect(maildir) == Collected(reports=1, automatic=1, set_aside=3)
    assert delivery(token) == ("bounced", "no such mailbox (5.1.1)")
    assert files(maildir) == [
        ".set-aside/new/2.forged",
        ".set-aside/new/4.person",
        ".set-aside/new/5.broken",
        "cur/1.report:2,S",
        "cur/3.away:2,S",
        "new/.hidden",
    ]
    assert (maildir / ".set-aside/new/4.person").read_bytes() == samples.A_PERSON
    assert collecting.collect(maildir) == Collected()


def test_what_was_understood_can_go_at_once_and_the_rest_stays(token: str, maildir: Path) -> None:
    put(maildir, "1", about(samples.GMAIL, token))
    put(maildir, "2", samples.OUT_OF_OFFICE)
    put(maildir, "3", samples.A_PERSON)
    assert collecting.collect(maildir, is_removing=True) == Collected(1, 1, 1)
    assert files(maildir) == [".set-aside/new/3"]
    assert delivery(token) == ("bounced", "mailbox closed (5.2.1)")


def test_a_mail_that_cannot_be_kept_now_stays_new(token: str, maildir: Path) -> None:
    put(maildir, "1", about(samples.POSTFIX, token))
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    with pytest.raises(Exception, match="no such table"):
        collecting.collect(maildir)
    assert files(maildir) == ["new/1"]
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
    assert collecting.collect(maildir).reports == 1
    assert delivery(token)[0] == "bounced"


def test_a_mail_that_was_read_when_the_process_died_may_be_read_again(token: str, maildir: Path) -> None:
    for name in ("1", "2"):
        put(maildir, name, about(samples.POSTFIX, token))
    assert collecting.collect(maildir).reports == 2
    assert delivery(token) == ("bounced", "no such mailbox (5.1.1)")


# The worker


def with_maildir(maildir: Path) -> State:
    here = state()
    chosen = replace(here.settings.delivery, bounce_address="b@prime.example", bounce_maildir=maildir)
    return replace(here, settings=replace(here.settings, delivery=chosen))


def test_the_worker_reads_the_folder_of_the_settings_and_keeps_no_mail(token: str, maildir: Path) -> None:
    here, collector = with_maildir(maildir), Collector()
    with time_machine.travel(clock.now(), tick=False) as travel:
        collector.look(here)
        put(maildir, "1", about(samples.POSTFIX_DELAYED, token))
        collector.look(here)
        assert files(maildir) == ["new/1"]
        travel.shift(timedelta(seconds=11))
        collector.look(here)
    assert files(maildir) == []
    assert delivery(token)[0] == "delayed"


def test_a_folder_that_is_missing_fails_the_step_now_and_then_and_stops_no_other(
    token: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here = with_maildir(tmp_path / "missing")
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        for _ in range(3):
            worker.look(here)
    failed = [record for record in caplog.records if "A step failed" in record.message]
    assert len(failed) == 1 and "FileNotFoundError" in failed[0].message


# The commands


def test_a_pipe_keeps_what_a_mail_reports_and_takes_every_other(
    environ: dict[str, str], token: str, tmp_path: Path
) -> None:
    done = call(environ, "bounces", "read", stdin=about(samples.EXCHANGE, token).decode())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert delivery(token) == ("bounced", "no such mailbox (5.1.10)")
    for mail in ("", "nonsense", samples.OUT_OF_OFFICE.decode(), samples.POSTFIX.decode()):
        done = call(environ, "bounces", "read", stdin=mail)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_pipe_is_told_where_the_mail_came_to(environ: dict[str, str], token: str) -> None:
    bare = samples.report(
        "Reporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.2.2\n", to="bounces@prime.example", returned=""
    ).decode()
    call(environ, "bounces", "read", "--to", f"bounces+{token}@prime.example", stdin=bare)
    assert delivery(token) == ("bounced", "mailbox full (5.2.2)")


def test_a_mail_server_is_asked_to_bring_the_mail_again_when_it_cannot_be_kept(
    environ: dict[str, str], token: str, tmp_path: Path
) -> None:
    mail = about(samples.POSTFIX, token).decode()
    elsewhere = {**environ, "ROUNDTABLE_DATABASE_URL": f"sqlite:///{tmp_path}/none/at/all.sqlite3"}
    not_migrated = {**environ, "ROUNDTABLE_DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    wrong = {**environ, "ROUNDTABLE_PORT": "many"}
    for broken in (elsewhere, not_migrated, wrong):
        done = call(broken, "bounces", "read", stdin=mail)
        assert done.returncode == os.EX_TEMPFAIL, done.stderr
        assert "calder.example" not in done.stderr + done.stdout and "Traceback" not in done.stderr
    assert delivery(token)[0] == "unknown"


def test_a_folder_is_read_by_a_command_that_says_how_many(
    environ: dict[str, str], token: str, maildir: Path
) -> None:
    put(maildir, "1", about(samples.POSTFIX, token))
    done = call(environ, "bounces", "collect", "--maildir", str(maildir))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Reports: 1. Automatic answers: 0. Set aside to look at: 0.\n"
    assert files(maildir) == ["cur/1:2,S"]
    assert call(environ, "bounces", "collect", "--maildir", "/nowhere").returncode == os.EX_NOINPUT
    assert call(environ, "bounces", "collect").returncode == 2


def test_nothing_is_logged_that_names_anybody(
    token: str, maildir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name, value in vars(samples).items():
        if name.isupper() and isinstance(value, bytes):
            put(maildir, name, about(value, token))
    collecting.collect(maildir)
    logged = " ".join(
        record.getMessage() for record in caplog.records if record.name.startswith("review_app")
    )
    assert "@" not in logged and token not in logged
