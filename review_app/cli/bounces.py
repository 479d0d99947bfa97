"""``roundtable bounces``: what mail servers send back, from a pipe or a mailbox folder.

Exit codes after sysexits.h, which mail servers understand: 75 asks them to bring the mail again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from review_app import collecting
from review_app.cli.application import WRONG_CALL, application
from review_app.mail.bounces import MOST_BYTES
from review_app.services.errors import ServiceError

NO_INPUT = 66
TRY_AGAIN = 75


@click.group()
def bounces() -> None:
    """What mail servers send back about our mails. docs/operations.md says how to set it up."""


def _sysexits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turns what may be better in a minute into exit code 75. Its words name nobody."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SystemExit as left:
            # Wrong settings: a mail that is given up for them is lost, one that waits is read once they are right.
            sys.exit(TRY_AGAIN if left.code == WRONG_CALL else left.code)
        except ServiceError as error:
            click.echo(str(error), err=True)
        except SQLAlchemyError as error:
            click.echo(f"The database cannot be used now ({type(error).__name__}). Try again.", err=True)
        except OSError as error:
            click.echo(f"Not readable or writable now: {error.strerror}. Try again.", err=True)
        sys.exit(TRY_AGAIN)

    return run


@bounces.command("read")
@click.option(
    "--to",
    "arrived_at",
    default="",
    help="The address that the mail came to, where the mail server knows it (Postfix: ${original_recipient}).",
)
@_sysexits
def read_command(arrived_at: str) -> None:
    """Read one mail from standard input, as a mail server's alias sends it. Anything but a report is ignored."""
    stream = sys.stdin.buffer
    content = stream.read(MOST_BYTES + 1)
    while stream.read(MOST_BYTES):
        # To its end: a pipe that is closed early is an error to the mail server.
        pass
    with application():
        collecting.take(content, arrived_at or os.environ.get("ORIGINAL_RECIPIENT", ""))


@bounces.command("collect")
@click.option(
    "--maildir", type=click.Path(path_type=Path), help="The folder; else ROUNDTABLE_BOUNCE_MAILDIR."
)
@click.option("--remove", is_flag=True, help="Delete what was read; without it, it is kept in cur/.")
@_sysexits
def collect_command(maildir: Path | None, remove: bool) -> None:
    """Read the new mails of a maildir. Exit code 66: there is none; 75: try again."""
    with application() as app:
        folder = maildir or app.settings.delivery.bounce_maildir
        if folder is None:
            raise click.UsageError("Say where the mails are: --maildir, or ROUNDTABLE_BOUNCE_MAILDIR.")
        if not (folder / "new").is_dir():
            click.echo(f"{folder} is not a maildir: it has no folder new.", err=True)
            sys.exit(NO_INPUT)
        done = collecting.collect(folder, is_removing=remove)
    click.echo(
        f"Reports: {done.reports}. Automatic answers: {done.automatic}. Set aside to look at: {done.set_aside}."
    )
