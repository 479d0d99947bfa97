"""``roundtable chain``."""

from __future__ import annotations

from pathlib import Path

import click

from review_app import clock
from review_app.cli.application import application, refusals
from review_app.database import transaction
from review_app.services import chains
from review_app.spreadsheet import read_chain


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
