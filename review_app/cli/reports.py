"""``roundtable report``."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path

import click

from reports.verify import Verdict, verify
from review_app import clock
from review_app.cli.application import REFUSED, WRONG_CALL, application, refusals
from review_app.database import reading
from review_app.printing import Press, wanted
from review_app.sealing_pdf import seal_of
from review_app.services import publishing, report_batches, report_files
from review_app.services.errors import ServiceError
from review_app.services.report_files import FileKind, Format, Variant
from review_app.services.report_printing import make_pdf
from review_app.verifying_pdf import certificate_of, read_seal
from surveys.language import Language
from surveys.subjects import Subject


@click.group()
def report() -> None:
    """Published reports."""


@report.command("export")
@click.argument("cycle_id", metavar="CYCLE")
@click.option("--format", "format_", type=click.Choice([f.value for f in Format]), required=True)
@click.option(
    "--variant",
    type=click.Choice([variant.value for variant in Variant]),
    default=Variant.FULL.value,
    show_default=True,
    help="Of a PDF.",
)
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.ENGLISH.value,
    show_default=True,
)
@click.option("--partner", metavar="PARTY", default="", help="The report on one partner, by the party's id.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@refusals
def report_export(
    cycle_id: str, format_: str, *, variant: str, language: str, partner: str, output: Path
) -> None:
    """Write a published report to a file. With --format zip: everything to check it with."""
    kind = FileKind(Format(format_), Variant(variant), Language(language))
    subject = Subject.partner(partner) if partner else ""
    with application() as app:
        folder = app.settings.report_dir
        with reading() as session:
            published = publishing.load(session, cycle_id, subject)
            if published.published_at is None:
                raise ServiceError("This report is not published yet: it waits for replies.")
            report_files.check(published, kind)
            if kind.format is Format.PDF:
                make_pdf(published, folder, seal_of(app.settings, clock.now()), kind)
            file = report_files.export(session, cycle_id, kind, folder, subject=subject)
    if file is None:
        raise ServiceError("The PDF could not be made.")
    output.write_bytes(file.content)
    click.echo(f"{output}: {len(file.content)} bytes.")


@report.command("batch")
@click.argument("cycle_id", metavar="CYCLE")
@click.option(
    "--to",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder to write the PDFs into; it is made where it is missing.",
)
@refusals
def report_batch(cycle_id: str, target: Path) -> None:
    """Write all published reports of a review, and their summaries, as PDFs. What is made already is not made again."""
    with application() as app:
        folder, processes = app.settings.report_dir, app.settings.pdf_processes
        with reading() as session:
            batch = report_batches.batch(session, cycle_id, folder)
            missing = [
                one
                for one in wanted(session, app, clock.now(), cycle_id)
                if report_batches.is_in_batch(one.kind)
            ]
        press = Press()
        try:
            for _ in press.print_all(missing, processes=processes):
                click.echo(f"{batch.made} of {len(batch.files)} PDFs are made.")
        finally:
            press.stop()
        # Another process may be at the last ones.
        for one in missing:
            make_pdf(one.published, folder, one.seal, one.kind)
    target.mkdir(parents=True, exist_ok=True)
    for file in batch.files:
        shutil.copyfile(file.path, target / file.name)
    click.echo(f"{target}: {len(batch.files)} PDFs of {batch.reports} reports.")


@report.command("certificate")
@click.option("--pem", is_flag=True, help="Print the certificate itself.")
@refusals
def report_certificate(pem: bool) -> None:
    """Say who signs the PDFs of this installation."""
    with application() as app:
        certificate = seal_of(app.settings, clock.now()).certificate()
    if pem:
        click.echo(certificate.pem, nl=False)
        return
    click.echo(f"{certificate.subject}, issued by {certificate.issuer}")
    click.echo(f"SHA-256 {certificate.fingerprint}")
    click.echo(f"Valid from {certificate.valid_from:%Y-%m-%d} until {certificate.valid_until:%Y-%m-%d}.")


@report.command("verify")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate (PEM) that PDFs have to be signed with.",
)
def report_verify(files: tuple[Path, ...], certificate: Path | None) -> None:
    """Check evidence bundles, PDFs and report JSONs, from the files alone. Several help to check each other.

    Exit codes: 0 all of it holds; 1 something does not; 2 a file is nothing that can be checked.
    """
    try:
        expected = certificate_of(certificate.read_bytes()).fingerprint if certificate else ""
    except ValueError:
        click.echo(f"{certificate}: is no certificate. Download it from the page /signing.", err=True)
        sys.exit(WRONG_CALL)
    contents = [(str(file), file.read_bytes()) for file in files]
    verdicts = verify(contents, partial(read_seal, expected=expected))
    for verdict in verdicts:
        _say(verdict)
    if not all(verdict.is_known for verdict in verdicts):
        sys.exit(WRONG_CALL)
    if not all(verdict.holds for verdict in verdicts):
        sys.exit(REFUSED)


def _say(verdict: Verdict) -> None:
    click.echo(f"{verdict.name}: {'all of it holds' if verdict.holds else 'DOES NOT HOLD'}")
    for line in verdict.lines:
        click.echo(f"  {'yes' if line.holds else 'NO '}  {line.text}")
