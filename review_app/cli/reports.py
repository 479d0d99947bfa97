"""``roundtable report``."""

from __future__ import annotations

import re
import shutil
import sys
from functools import partial
from pathlib import Path

import click

from reports.verdicts import Verdict
from reports.verify import verify
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

_FINGERPRINT = re.compile("[0-9a-f]{12,64}")


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


def _fingerprints(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """The fingerprints in small letters and without the gaps that a print may bring."""
    found = tuple("".join(one.split()).lower() for one in given)
    if not all(_FINGERPRINT.fullmatch(one) for one in found):
        raise click.BadParameter(
            "give 12 to 64 digits (0 to 9 and a to f) from the start of the fingerprint, as the report prints it under "
            "“How it was checked, and how to check it”."
        )
    return found


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
    help="The certificate (PEM) that each report has to be signed with, in a PDF among the files.",
)
@click.option(
    "--fingerprint",
    "fingerprints",
    metavar="HEX",
    multiple=True,
    callback=_fingerprints,
    help="The fingerprint that the report has to have, or its first digits, at least 12. Of several reports, one each.",
)
def report_verify(files: tuple[Path, ...], certificate: Path | None, fingerprints: tuple[str, ...]) -> None:
    """Check evidence bundles, PDFs and report JSONs, from the files alone. Several help to check each other.

    Only a signed PDF, or --fingerprint, tells a report from one that was changed with care; the last line on each file
    says which it is.

    Exit codes: 0 nothing is wrong; 1 something is; 2 a file is of a kind that cannot be checked, or the call is wrong.
    """
    try:
        expected = certificate_of(certificate.read_bytes()).fingerprint if certificate else ""
    except ValueError:
        click.echo(f"{certificate}: is no certificate. Download it from the page /signing.", err=True)
        sys.exit(WRONG_CALL)
    contents = [(str(file), file.read_bytes()) for file in files]
    verdicts = verify(
        contents,
        partial(read_seal, expected=expected),
        fingerprints=fingerprints,
        must_be_signed=bool(expected),
    )
    for verdict in verdicts:
        _say(verdict)
    if any(verdict.is_known and not verdict.holds for verdict in verdicts):
        sys.exit(REFUSED)
    if not all(verdict.is_known for verdict in verdicts):
        sys.exit(WRONG_CALL)


def _say(verdict: Verdict) -> None:
    marks = {True: "yes", False: "NO "} if verdict.is_known else {True: "   ", False: "   "}
    click.echo(f"{_plain(verdict.name)}: {_plain(verdict.heading)}")
    for line in verdict.lines:
        click.echo(f"  {marks[line.holds]}  {_plain(line.text)}")
    if verdict.conclusion:
        click.echo(f"  so   {_plain(verdict.conclusion)}")


def _plain(text: str) -> str:
    """On one line and without what moves a terminal: a file that is checked must not write lines of its own."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
