"""``roundtable report``."""

from __future__ import annotations

from pathlib import Path

import click

from review_app import clock
from review_app.cli.application import application, refusals
from review_app.database import reading
from review_app.sealing_pdf import seal_of
from review_app.services import publishing, report_files
from review_app.services.errors import ServiceError
from review_app.services.report_files import FileKind, Format
from review_app.services.report_printing import make_pdf
from surveys.language import Language


@click.group()
def report() -> None:
    """Published reports."""


@report.command("export")
@click.argument("cycle_id", metavar="CYCLE")
@click.option("--format", "format_", type=click.Choice([f.value for f in Format]), required=True)
@click.option(
    "--variant",
    type=click.Choice([v.value for v in report_files.Variant]),
    default=report_files.Variant.FULL.value,
    show_default=True,
    help="Of a PDF.",
)
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.ENGLISH.value,
    show_default=True,
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@refusals
def report_export(cycle_id: str, format_: str, variant: str, language: str, output: Path) -> None:
    """Write a published report to a file."""
    kind = FileKind(Format(format_), report_files.Variant(variant), Language(language))
    with application() as app:
        folder = app.settings.report_dir
        with reading() as session:
            published = publishing.load(session, cycle_id)
            report_files.check(published, kind)
            if kind.format is Format.PDF:
                make_pdf(published, folder, seal_of(app.settings, clock.now()), kind)
            file = report_files.export(session, cycle_id, kind, folder)
    if file is None:
        raise ServiceError("The PDF could not be made.")
    output.write_bytes(file.content)
    click.echo(f"{output}: {len(file.content)} bytes.")
