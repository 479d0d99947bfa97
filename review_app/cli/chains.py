"""``roundtable chain``."""

from __future__ import annotations

from pathlib import Path

import click

from review_app import clock
from review_app.cli.application import application, refusals
from review_app.database import transaction
from review_app.services import chains, mail_hours
from review_app.services.chains_history import BY_COMMAND
from review_app.spreadsheet import read_chain
from surveys.mail_hours import MIDNIGHT, MailHours


@click.group()
def chain() -> None:
    """Supply chains."""


@chain.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="The name of the chain, such as its contract.")
@click.option("--dry-run", is_flag=True, help="Only check: list every fault, write nothing.")
@refusals
def chain_import(file: Path, name: str, dry_run: bool) -> None:
    """Import a chain from a CSV or XLSX FILE: all of it, or nothing."""
    read = read_chain(file.read_bytes(), file.name, name)
    people = sum(len(party.contacts) for party in read.parties)
    found = f"{len(read.parties)} organisations, {people} people"
    if dry_run:
        click.echo(f"{found}. No faults. Nothing was written.")
        return
    with application(), transaction() as session:
        chains.keep(session, clock.now(), read)
    click.echo(f"{name}: {found}.")


@chain.command("hours")
@click.argument("chain_id")
@click.option("--days", required=True, help="The days, as digits: 1 is Monday, so 12345 is Monday to Friday.")
@click.option("--from", "start", type=click.IntRange(0, MIDNIGHT - 1), required=True, help="The first hour.")
@click.option(
    "--until", "end", type=click.IntRange(1, MIDNIGHT), required=True, help="The hour after the last."
)
@refusals
def chain_hours(chain_id: str, days: str, start: int, end: int) -> None:
    """Set the days and hours, in UK time, in which the mail of a chain is sent."""
    if not days.isascii() or not days.isdigit():
        raise click.BadParameter("Write the days as digits, such as 12345.", param_hint="--days")
    hours = MailHours(frozenset(map(int, days)), start, end)
    with application(), transaction() as session:
        mail_hours.change(session, clock.now(), chain_id, hours, by=BY_COMMAND)
    click.echo(f"Mail is sent on {hours}.")
