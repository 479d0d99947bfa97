"""The command line. Exit codes: 0 done; 1 refused, with the reasons on standard error; 2 wrong call or settings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask

from review_app import clock, counting, worker
from review_app.config import Settings, SettingsError
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.keys import KeyMissingError
from review_app.logs import init_logs
from review_app.services import (
    accounts,
    chains,
    cycles,
    launching,
    previews,
    publishing,
    report_files,
)
from review_app.services.accounts import AccountRole
from review_app.services.designs import Design
from review_app.services.errors import ServiceError
from review_app.spreadsheet import read_chain
from review_app.state import State, state
from surveys import library, sealing
from surveys.chain import Chain, Role
from surveys.cycle import KeyMode
from surveys.draws import Verdict
from surveys.errors import FaultsError, SurveysError
from surveys.groups import LOWEST_K
from surveys.matrix import Group, Plan, SubjectKind, suggest_groups

SUBJECT_TITLES = {SubjectKind.PRIME: "The prime", SubjectKind.CHAIN: "The whole chain"}
VERDICT_WORDS = {
    Verdict.RELEASED: "shown as a group of its own",
    Verdict.MERGED: "pooled with other parties",
    Verdict.NOT_REPORTABLE: "not reportable",
}
REFUSED = 1
WRONG_CALL = 2


@contextmanager
def _application() -> Iterator[State]:
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(WRONG_CALL)
    app: Flask = create_app(settings)
    with app.app_context():
        yield state()


def _refusals(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turns what the application refuses into lines on standard error and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except FaultsError as error:
            for fault in error.faults:
                click.echo(str(fault), err=True)
        except (ServiceError, SurveysError, KeyMissingError) as error:
            click.echo(str(error), err=True)
        sys.exit(REFUSED)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="roundtable-review", prog_name="roundtable")
def main() -> None:
    """Roundtable: honest 360 reviews of supply chains.

    Settings come from ROUNDTABLE_* variables (docs/operations.md lists them). A review from start to end:

    \b
      roundtable migrate
      roundtable account create --role organiser --email you@prime.example --name "Your Name"
      roundtable account create --role steward --email steward@independent.example --name "Their Name"
      roundtable chain import chain.csv --name "Pathways North"
      roundtable cycle draft --chain "Pathways North" --title "Spring review" --closes 2027-03-31T17:00 ...
      roundtable cycle preflight CYCLE
      roundtable cycle launch CYCLE --steward steward@independent.example --key-file steward.key
      roundtable serve        (the pages)      roundtable worker     (mail, closing, reports)
      roundtable cycle close CYCLE --key-file steward.key
      roundtable cycle publish CYCLE --steward steward@independent.example
      roundtable report export CYCLE --format pdf --output report.pdf
    """  # noqa: D301 - the backspace keeps these lines as they are
    init_logs()


@main.command("migrate")
@_refusals
def migrate_command() -> None:
    """Bring the database to the newest version. Safe to run at every start."""
    with _application():
        migrate()
    click.echo("The database is up to date.")


@main.group()
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
@_refusals
def account_create(email: str, name: str, role: str, password_file: Path | None) -> None:
    """Create an account. The password is asked for, unless a file is named."""
    password = _secret_text(password_file, "Password", is_new=True)
    with _application(), transaction() as session:
        accounts.create(
            session, clock.now(), email=email, name=name, role=AccountRole(role), password=password
        )
    click.echo(f"{name} can sign in as {role}.")


@main.group()
def chain() -> None:
    """Supply chains."""


@chain.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="The name of the chain, such as its contract.")
@click.option("--dry-run", is_flag=True, help="Only check: list every fault, write nothing.")
@_refusals
def chain_import(file: Path, name: str, dry_run: bool) -> None:
    """Import a chain from a CSV or XLSX FILE: all of it, or nothing."""
    read = read_chain(file.read_bytes(), file.name, name)
    people = sum(len(party.contacts) for party in read.parties)
    found = f"{len(read.parties)} organisations, {people} people"
    if dry_run:
        click.echo(f"{found}. No faults. Nothing was written.")
        return
    with _application(), transaction() as session:
        chains.keep(session, clock.now(), read)
    click.echo(f"{name}: {found}.")


@main.group()
def cycle() -> None:
    """Reviews of a chain, from draft to close."""


@cycle.command("draft")
@click.option("--chain", "chain_name", required=True, help="The chain's name.")
@click.option("--title", required=True, help="What people see as the review's name.")
@click.option("--organiser", required=True, help="The organiser's address.")
@click.option("--steward", required=True, help="The steward's address.")
@click.option(
    "--closes",
    required=True,
    help="When it closes, in UTC, such as 2027-03-31T17:00; or +30s, +21d from now.",
)
@click.option("--instrument", "instrument_id", default="review-and-commitment", show_default=True)
@click.option(
    "--subject",
    "subjects",
    multiple=True,
    type=click.Choice([s.value for s in SubjectKind]),
    help="What is reviewed; both unless given.",
)
@click.option("--k", default=LOWEST_K, show_default=True, help="The fewest people a group is shown from.")
@click.option(
    "--commissioner-agrees", is_flag=True, help="The sole commissioner agrees to be shown under its name."
)
@click.option(
    "--key-mode",
    type=click.Choice([mode.value for mode in KeyMode]),
    help="Who can open the answers; the installation's default unless given.",
)
@click.option(
    "--too-soon-reason",
    default="",
    help="Why it closes within 90 days of another review, agreed with the steward.",
)
@_refusals
def cycle_draft(**options: Any) -> None:
    """Draft a review and print its id."""
    with _application() as app, transaction() as session:
        now = clock.now()
        chain_id = chains.by_name(session, options["chain_name"])
        design = _design(
            options,
            chains.load(session, chain_id),
            app,
            now,
            accounts.by_email(session, options["steward"]).id,
        )
        cycle_id = cycles.draft(
            session,
            now,
            chain_id=chain_id,
            organiser_id=accounts.by_email(session, options["organiser"]).id,
            design=design,
            shortest=app.settings.shortest_cycle,
        )
    click.echo(cycle_id)


@cycle.command("preflight")
@click.argument("cycle_id", metavar="CYCLE")
@_refusals
def cycle_preflight(cycle_id: str) -> None:
    """Say who would review whom, and which groups would be shown at which response. Exit code 1 if nothing could be."""
    with _application(), reading() as session:
        preview = previews.preview(session, cycle_id)
    for row in preview.rows:
        click.echo(
            f"{row.subject.value}: {row.group.title}: {row.people} people of {row.organisations} organisations,"
            f" {row.items} statements"
        )
    for subject in preview.preflight.subjects:
        click.echo(
            f"\n{SUBJECT_TITLES[subject.subject]}: what a reader could see when 30, 50, 70 or 100 % answer"
        )
        for outlook in subject.protected:
            click.echo(f"  {outlook.group.title}")
            for forecast in outlook.forecasts:
                verdict = VERDICT_WORDS[forecast.verdict]
                click.echo(f"    {forecast.rate:4.0%}  {forecast.likelihood} {verdict}")
        for attributed in subject.attributed:
            click.echo(f"  {attributed.group.title}: shown under its name")
    for caution in preview.preflight.cautions:
        click.echo(f"\nNote: {caution.message}")
    if not preview.is_reportable:
        sys.exit(REFUSED)


@cycle.command("launch")
@click.argument("cycle_id", metavar="CYCLE")
@click.option(
    "--steward", required=True, help="The address of the steward, who has seen the preflight and approves."
)
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Two-key mode: the steward's key file; made when it is not there.",
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the key file's passphrase from a file.",
)
@_refusals
def cycle_launch(cycle_id: str, steward: str, key_file: Path | None, passphrase_file: Path | None) -> None:
    """Launch a draft: freeze it, make keys and invitations, queue the mail."""
    with _application() as app:
        with reading() as session:
            steward_id = accounts.by_email(session, steward).id
            needs_key = cycles.load(session, cycle_id).key_mode is KeyMode.TWO_KEY
        opening_key = _steward_key(cycle_id, steward_id, key_file, passphrase_file) if needs_key else None
        with transaction() as session:
            cycles.approve(session, cycle_id, steward_id, opening_key=opening_key)
            launched = launching.launch(
                session, clock.now(), cycle_id, keys=app.keys, shortest=app.settings.shortest_cycle
            )
    click.echo(f"Launched: {launched.invitations} people are asked for {launched.assignments} reviews.")
    if needs_key:
        click.echo(
            f"Give {key_file} to the steward and remove it here. Without it nobody can ever read the answers."
        )


@cycle.command("close")
@click.argument("cycle_id", metavar="CYCLE")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Two-key mode: the steward's key file.",
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the key file's passphrase from a file.",
)
@_refusals
def cycle_close(cycle_id: str, key_file: Path | None, passphrase_file: Path | None) -> None:
    """Count a review whose closing time has passed, and destroy what was sealed. Nobody can close it early."""
    with _application() as app:
        counting.begin_due()
        with reading() as session:
            found = cycles.load(session, cycle_id)
        if found.state == "open":
            raise ServiceError(
                f"This review closes on {found.closes_at:%Y-%m-%d at %H:%M} UTC. Nobody may shorten it."
            )
        if found.state == "closing":
            opening_key = (
                sealing.open_key_file(
                    key_file.read_bytes(), _secret_text(passphrase_file, "Passphrase", is_new=False)
                )
                if key_file
                else app.keys.opening_key(cycle_id)
            )
            counting.count_cycle(cycle_id, opening_key, app.keys)
        counting.purge_closed(app.keys)
        with reading() as session:
            found = cycles.load(session, cycle_id)
    if found.purged_at is None:
        raise ServiceError(
            "The answers are counted. Something sealed is still to be destroyed; run this again."
        )
    click.echo("Closed: the answers are counted, and the ballots, drafts and keys are destroyed.")


@cycle.command("publish")
@click.argument("cycle_id", metavar="CYCLE")
@click.option("--steward", required=True, help="The steward's address.")
@_refusals
def cycle_publish(cycle_id: str, steward: str) -> None:
    """Publish the report of a closed review, with the comments as the steward released them."""
    with _application(), transaction() as session:
        steward_id = accounts.by_email(session, steward).id
        digest = publishing.publish(session, clock.now(), cycle_id, steward_id)
    click.echo(f"Published. The report's fingerprint is {digest}.")


@main.group()
def report() -> None:
    """Published reports."""


@report.command("export")
@click.argument("cycle_id", metavar="CYCLE")
@click.option("--format", "format_", type=click.Choice([f.value for f in report_files.Format]), required=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@_refusals
def report_export(cycle_id: str, format_: str, output: Path) -> None:
    """Write a published report to a file."""
    with _application() as app:
        folder = app.settings.report_dir
        with reading() as session:
            if format_ == report_files.Format.PDF:
                report_files.make_pdf(publishing.load(session, cycle_id), folder)
            file = report_files.export(session, cycle_id, report_files.Format(format_), folder)
    if file is None:
        raise ServiceError("The PDF could not be made.")
    output.write_bytes(file.content)
    click.echo(f"{output}: {len(file.content)} bytes.")


@main.command("serve")
@_refusals
def serve_command() -> None:
    """Serve the pages, in the foreground."""
    from review_app.serving import serve  # here, because gunicorn does not exist on every system

    with _application() as app:
        settings = app.settings
    serve(settings)


@main.command("worker")
@click.option(
    "--once", is_flag=True, help="Do what is owed now and stop; exit code 1 if something is still owed."
)
@_refusals
def worker_command(once: bool) -> None:
    """Send mail, close and count reviews, make PDFs; in the foreground."""
    with _application() as app:
        if not once:
            worker.run(app)
        elif not worker.look(app):
            sys.exit(REFUSED)


@main.command("demo")
@_refusals
def demo_command() -> None:
    """Start everything with a demo: pages, worker and development mailbox, until Ctrl-C."""
    from review_app.demo.running import run  # here, because only a demo needs it

    sys.exit(run())


def _design(options: dict[str, Any], chain: Chain, app: State, now: datetime, steward_id: str) -> Design:
    instruments = library.shipped()
    versions = [key for key in instruments if key[0] == options["instrument_id"]]
    if not versions:
        raise ServiceError(
            f"There is no instrument {options['instrument_id']}. Known: {', '.join(k[0] for k in instruments)}."
        )
    subjects = frozenset(SubjectKind(subject) for subject in options["subjects"]) or frozenset(SubjectKind)
    return Design(
        title=options["title"],
        instrument=instruments[max(versions)],
        plan=Plan(_groups(chain, is_named=options["commissioner_agrees"]), subjects),
        k=options["k"],
        closes_at=_moment(options["closes"], now),
        key_mode=KeyMode(options["key_mode"]) if options["key_mode"] else app.settings.key_mode,
        steward_id=steward_id,
        too_soon_reason=options["too_soon_reason"],
    )


def _groups(chain: Chain, *, is_named: bool) -> tuple[Group, ...]:
    groups = []
    for group in suggest_groups(chain):
        is_commissioner = {kind.role for kind in group.kinds} == {Role.COMMISSIONER}
        groups.append(
            Group(group.id, group.title, True, group.kinds) if is_commissioner and is_named else group
        )
    return tuple(groups)


def _moment(text: str, now: datetime) -> datetime:
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    if text.startswith("+") and text[1:-1].isdigit() and text[-1] in units:
        return now + timedelta(**{units[text[-1]]: int(text[1:-1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            "Write it as 2027-03-31T17:00, or as +30s, +21d from now.", param_hint="--closes"
        ) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _steward_key(
    cycle_id: str, steward_id: str, key_file: Path | None, passphrase_file: Path | None
) -> bytes:
    if key_file is None:
        raise click.UsageError(
            "In two-key mode the steward's key file is needed: add --key-file steward.key."
        )
    passphrase = _secret_text(passphrase_file, "Passphrase of the key file", is_new=not key_file.exists())
    if key_file.exists():
        return sealing.open_key_file(key_file.read_bytes(), passphrase)
    with transaction() as session:
        opening_key = cycles.make_key(session, cycle_id, steward_id)
    key_file.touch(mode=0o600)
    key_file.write_bytes(sealing.seal_key_file(opening_key, passphrase))
    return opening_key


def _secret_text(file: Path | None, prompt: str, *, is_new: bool) -> str:
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\n")
    secret: str = click.prompt(prompt, hide_input=True, confirmation_prompt=is_new)
    return secret
