"""``roundtable account``."""

from __future__ import annotations

from pathlib import Path

import click

from review_app import clock
from review_app.cli.application import application, refusals, secret_text
from review_app.database import transaction
from review_app.services import accounts
from review_app.services.accounts import AccountRole


@click.group()
def account() -> None:
    """Accounts of organisers and stewards."""


@account.command("create")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", required=True, help="The name that others see.")
@click.option("--role", type=click.Choice([role.value for role in AccountRole]), required=True)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the password from a file.",
)
@refusals
def account_create(email: str, name: str, role: str, password_file: Path | None) -> None:
    """Create an account. The password is asked for, unless a file is named."""
    password = secret_text(password_file, "Password", is_new=True)
    with application(), transaction() as session:
        accounts.create(
            session, clock.now(), email=email, name=name, role=AccountRole(role), password=password
        )
    click.echo(f"{name} can sign in as {role}.")
