"""What every command shares: the application, the exit codes, and secrets that are asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from reports.errors import ReportsError
from review_app.config import Settings, SettingsError
from review_app.database import is_migrated
from review_app.factory import create_app
from review_app.keys import KeyMissingError
from review_app.services.errors import ServiceError
from review_app.state import State, state
from surveys.errors import FaultsError, SurveysError

REFUSED = 1
WRONG_CALL = 2


@contextmanager
def application(*, is_migrating: bool = False) -> Iterator[State]:
    """The application by the environment's settings, on a database that fits this version unless that is to be made."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(WRONG_CALL)
    app = create_app(settings)
    with app.app_context():
        if not is_migrating and not is_migrated():
            raise ServiceError("The database is not the one of this version. Run roundtable migrate first.")
        yield state()


def refusals(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turns what the application refuses into lines on standard error and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except FaultsError as error:
            for fault in error.faults:
                click.echo(str(fault), err=True)
        except (ServiceError, SurveysError, ReportsError, KeyMissingError) as error:
            click.echo(str(error), err=True)
        except OSError as error:
            click.echo(f"{error.filename}: {error.strerror}." if error.filename else str(error), err=True)
        except DBAPIError as error:
            # Its own text alone: the whole error repeats the statement.
            click.echo(f"The database cannot be used: {error.orig}", err=True)
        sys.exit(REFUSED)

    return run


def secret_text(file: Path | None, prompt: str, *, is_new: bool) -> str:
    """The secret in a file; without one, what somebody types, twice if it is new."""
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\n")
    secret: str = click.prompt(prompt, hide_input=True, confirmation_prompt=is_new)
    return secret
