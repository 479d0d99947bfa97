"""``roundtable mail``: whether mail could leave, before a review depends on it."""

from __future__ import annotations

import sys

import click

from review_app.cli.application import REFUSED, application, refusals
from review_app.mail.errors import MailError
from review_app.mail.transports import transport_for


@click.group()
def mail() -> None:
    """How mail leaves."""


@mail.command("check")
@refusals
def check() -> None:
    """Reach the mail server, with TLS and password, as the worker would; no mail is sent. Exit code 1 when it fails."""
    with application() as app:
        try:
            with transport_for(app.settings, app.keys) as transport:
                transport.check()
        except MailError as error:
            click.echo(f"Mail cannot leave: {error.problem}. {error.mend}".strip(), err=True)
            sys.exit(REFUSED)
        bounce_address = app.settings.delivery.bounce_address
    click.echo("Mail can leave.")
    if bounce_address:
        click.echo(
            f"What comes back is sent to {bounce_address.replace('@', '+...@')}. Send a mail there to try it."
        )
