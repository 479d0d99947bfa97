"""A whole review by commands alone, in two-key mode, and what the commands refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from review_app import clock
from review_app.config import Settings
from review_app.database import reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.services import answering
from review_app.state import state
from surveys.answers import Answers
from tests.conftest import SAMPLE, links_of, pass_the_closing_time
from tests.processes import call

PASSPHRASE = "four words are enough here"


def files(tmp_path: Path) -> tuple[str, str]:
    """A file with a password and one with the steward's passphrase."""
    password, passphrase = tmp_path / "password.txt", tmp_path / "passphrase.txt"
    password.write_text("a long enough password\n", encoding="utf-8")
    passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
    return str(password), str(passphrase)


def prepared(environ: dict[str, str], tmp_path: Path) -> None:
    """A database with two accounts and the sample's chain."""
    password, _ = files(tmp_path)
    commands = (
        ("migrate",),
        (
            "account",
            "create",
            "--email",
            "o@prime.example",
            "--name",
            "O",
            "--role",
            "organiser",
            "--password-file",
            password,
        ),
        (
            "account",
            "create",
            "--email",
            "s@independent.example",
            "--name",
            "S",
            "--role",
            "steward",
            "--password-file",
            password,
        ),
        ("chain", "import", str(SAMPLE), "--name", "Pathways North"),
    )
    for command in commands:
        done = call(environ, *command)
        assert done.returncode == 0, done.stderr


def draft(environ: dict[str, str], *more: str) -> str:
    """The id of a new draft."""
    done = call(
        environ, "cycle", "draft", "--chain", "Pathways North", "--title", "Spring review",
        "--organiser", "o@prime.example", "--steward", "s@independent.example", *more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_a_whole_review_by_commands(environ: dict[str, str], tmp_path: Path) -> None:
    prepared(environ, tmp_path)
    _, passphrase = files(tmp_path)
    cycle_id = draft(environ, "--closes", "+10m", "--key-mode", "two_key", "--commissioner-agrees")
    preflight = call(environ, "cycle", "preflight", cycle_id)
    assert preflight.returncode == 0
    assert "Voluntary-sector subcontractors: 9 people of 4 organisations" in preflight.stdout
    key = tmp_path / "steward.key"
    launch = call(
        environ, "cycle", "launch", cycle_id, "--steward", "s@independent.example", "--key-file", str(key),
        "--passphrase-file", passphrase,
    )  # fmt: skip
    assert launch.returncode == 0, launch.stderr
    assert "40 people are asked for 80 reviews" in launch.stdout
    assert key.stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "keys").glob("*.opening-key"))
    assert call(environ, "worker", "--once").returncode == 0
    assert len(list((tmp_path / "keys" / "mailbox" / cycle_id).glob("*.eml"))) == 40
    early = call(environ, "cycle", "close", cycle_id, "--key-file", str(key), "--passphrase-file", passphrase)
    assert early.returncode == 1 and "Nobody may shorten it" in early.stderr
    answer_all(environ, cycle_id)
    without = call(environ, "cycle", "close", cycle_id)
    assert without.returncode == 1 and "does not hold opening-key" in without.stderr
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("another passphrase", encoding="utf-8")
    refused = call(
        environ, "cycle", "close", cycle_id, "--key-file", str(key), "--passphrase-file", str(wrong)
    )
    assert refused.returncode == 1 and "do not belong together" in refused.stderr
    closed = call(
        environ, "cycle", "close", cycle_id, "--key-file", str(key), "--passphrase-file", passphrase
    )
    assert closed.returncode == 0, closed.stderr
    published = call(environ, "cycle", "publish", cycle_id, "--steward", "s@independent.example")
    assert published.returncode == 0, published.stderr
    for format_ in ("html", "pdf", "csv", "json"):
        output = tmp_path / f"report.{format_}"
        done = call(environ, "report", "export", cycle_id, "--format", format_, "--output", str(output))
        assert done.returncode == 0, done.stderr
        assert output.stat().st_size > 1000
    assert json.loads((tmp_path / "report.json").read_bytes())["facts"]["mode"] == "two_key"


def answer_all(environ: dict[str, str], cycle_id: str) -> None:
    """Everybody answers, and the closing time passes, as only a test may let it."""
    with create_app(Settings.from_env(environ)).app_context():
        for secret in links_of(state(), cycle_id).values():
            with reading() as session:
                respondent = answering.find(session, clock.now(), secret)
            assert respondent is not None
            for review in respondent.reviews:
                sections = respondent.instrument.sections_for(review.voice)
                ratings = {q.id: 4 for section in sections for q in section.questions_for(review.voice)}
                with transaction() as session:
                    answering.submit(session, clock.now(), respondent, review, Answers(ratings, {}))
        pass_the_closing_time(cycle_id)
        db.engine.dispose()


def test_faults_are_listed_with_exit_code_one_and_nothing_is_written(
    environ: dict[str, str], tmp_path: Path
) -> None:
    prepared(environ, tmp_path)
    bad = tmp_path / "bad.csv"
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].replace("prime,0", "boss,0").replace("@", " at ")
    bad.write_text("\n".join(lines), encoding="utf-8")
    refused = call(environ, "chain", "import", str(bad), "--name", "Another")
    assert refused.returncode == 1
    assert "row 6, column role" in refused.stderr and "row 6, column email" in refused.stderr
    again = call(environ, "chain", "import", str(SAMPLE), "--name", "Pathways North")
    assert again.returncode == 1 and "already" in again.stderr
    checked = call(environ, "chain", "import", str(SAMPLE), "--name", "Third", "--dry-run")
    assert checked.returncode == 0 and "Nothing was written" in checked.stdout
    unknown = call(environ, "cycle", "draft", "--chain", "Third", "--title", "T", "--organiser", "o@prime.example",
                   "--steward", "s@independent.example", "--closes", "+30d")  # fmt: skip
    assert unknown.returncode == 1 and "no chain called Third" in unknown.stderr


def test_a_wrong_call_and_wrong_settings_exit_with_two(environ: dict[str, str]) -> None:
    assert call(environ, "chain", "imprt").returncode == 2
    faults = call({**environ, "ROUNDTABLE_MODE": "x", "ROUNDTABLE_PORT": "y"}, "migrate")
    assert faults.returncode == 2
    assert "ROUNDTABLE_MODE" in faults.stderr and "ROUNDTABLE_PORT" in faults.stderr
    assert "Traceback" not in faults.stderr


def test_a_database_that_is_old_or_away_is_told_without_a_traceback(environ: dict[str, str]) -> None:
    away = {**environ, "ROUNDTABLE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    for command in (("serve",), ("worker", "--once"), ("chain", "import", str(SAMPLE), "--name", "Chain")):
        old = call(environ, *command)
        assert (old.returncode, old.stderr.count("\n")) == (1, 1) and "roundtable migrate" in old.stderr
        lost = call(away, *command)
        assert lost.returncode == 1 and "The database cannot be used" in lost.stderr
        assert "Traceback" not in lost.stderr and "SELECT" not in lost.stderr


def test_a_file_that_cannot_be_written_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    prepared(environ, tmp_path)
    cycle_id = draft(environ, "--closes", "+30d", "--key-mode", "two_key")
    refused = call(
        environ, "cycle", "launch", cycle_id, "--steward", "s@independent.example",
        "--key-file", str(tmp_path / "missing" / "steward.key"), "--passphrase-file", files(tmp_path)[1],
    )  # fmt: skip
    assert refused.returncode == 1
    assert "steward.key: No such file or directory" in refused.stderr and "Traceback" not in refused.stderr


def test_help_shows_a_whole_review(environ: dict[str, str]) -> None:
    text = call(environ, "--help")
    assert text.returncode == 0
    order = [
        "migrate",
        "account create",
        "chain import",
        "cycle draft",
        "cycle launch",
        "cycle close",
        "report export",
    ]
    places = [text.stdout.index(f"roundtable {step}") for step in order]
    assert places == sorted(places)
    for command in (["cycle"], ["cycle", "launch"], ["chain", "import"], ["report", "export"], ["worker"]):
        assert call(environ, *command, "--help").returncode == 0


def test_a_launch_without_the_stewards_key_is_refused_in_two_key_mode(
    environ: dict[str, str], tmp_path: Path
) -> None:
    prepared(environ, tmp_path)
    cycle_id = draft(environ, "--closes", "+30d", "--key-mode", "two_key")
    refused = call(environ, "cycle", "launch", cycle_id, "--steward", "s@independent.example")
    assert refused.returncode == 2 and "--key-file" in refused.stderr


def test_production_refuses_a_review_of_seconds(environ: dict[str, str], tmp_path: Path) -> None:
    prepared(environ, tmp_path)
    production = environ | {
        "ROUNDTABLE_MODE": "production",
        "ROUNDTABLE_BASE_URL": "https://review.charity.example",
        "ROUNDTABLE_SMTP_URL": "smtp://127.0.0.1:1",
        "ROUNDTABLE_MAIL_FROM": "r@charity.example",
    }
    refused = call(
        production, "cycle", "draft", "--chain", "Pathways North", "--title", "T", "--closes", "+4d",
        "--organiser", "o@prime.example", "--steward", "s@independent.example",
    )  # fmt: skip
    assert refused.returncode == 1 and "5 days at least" in refused.stderr


@pytest.mark.slow
def test_a_review_in_english_and_welsh_by_commands(environ: dict[str, str], tmp_path: Path) -> None:
    prepared(environ, tmp_path)
    options = ("--closes", "+21d", "--key-mode", "one_host", "--welsh", "--long-reason", "Much to tell.")
    lacking = draft(environ, *options)
    told = call(environ, "cycle", "preflight", lacking)
    assert told.returncode == 1
    assert (
        "This stops the launch: The reason why somebody is asked for more than twenty minutes" in told.stdout
    )
    launch = ("--steward", "s@independent.example")
    refused = call(environ, "cycle", "launch", lacking, *launch)
    assert refused.returncode == 1 and "has no Welsh" in refused.stderr
    whole = draft(environ, *options, "--long-reason-welsh", "Llawer i’w ddweud.")
    assert call(environ, "cycle", "launch", whole, *launch).returncode == 0
