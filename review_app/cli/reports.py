"""``roundtable report``."""

from __future__ import annotations

from pathlib import Path

import click

from review_app.cli.application import application, refusals
from review_app.database import reading
from review_app.services import publishing, report_files
from review_app.services.errors import ServiceError


@click.group()
def report() -> None:
    """Published reports."""


@report.command("export")
@click.argument("cycle_id", metavar="CYCLE")
@click.option("--format", "format_", type=click.Choice([f.value for f in report_files.Format]), required=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@refusals
def report_export(cycle_id: str, format_: str, output: Path) -> None:
    """Write a published report to a file."""
    with application() as app:
        folder = app.settings.report_dir
        with reading() as session:
            if publishing.load(session, cycle_id).published_at is None:
                raise ServiceError("This report is not published yet: it waits for replies.")
            if format_ == report_files.Format.PDF:
                report_files.make_pdf(publishing.load(session, cycle_id), folder)
            file = report_files.export(session, cycle_id, report_files.Format(format_), folder)
    if file is None:
        raise ServiceError("The PDF could not be made.")
    output.write_bytes(file.content)
    click.echo(f"{output}: {len(file.content)} bytes.")
