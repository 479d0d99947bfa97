"""``roundtable cycle``: from preflight to publication."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from review_app import clock, counting
from review_app.cli.application import REFUSED, application, refusals, secret_text
from review_app.cli.drafting import draft
from review_app.database import reading, transaction
from review_app.services import accounts, approving, cycles, launching, previews, publishing
from review_app.services.errors import ServiceError
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.draws import Verdict
from surveys.preflight import SubjectOutlook
from surveys.subjects import Subject

SUBJECT_TITLES = {
    Subject.PRIME: "The prime",
    Subject.CHAIN: "The whole chain",
    Subject.BUYERS: "Tier-1 partners as buyers",
}
VERDICT_WORDS = {
    Verdict.RELEASED: "shown as a group of its own",
    Verdict.MERGED: "pooled with other parties",
    Verdict.NOT_REPORTABLE: "not reportable",
}


@click.group()
def cycle() -> None:
    """Reviews of a chain, from draft to close."""


cycle.add_command(draft)


@cycle.command("preflight")
@click.argument("cycle_id", metavar="CYCLE")
@refusals
def cycle_preflight(cycle_id: str) -> None:
    """Say who would review whom, and which groups would be shown at which response.

    Exit code 1 if nothing could be, or if something of a review in English and Welsh has no Welsh.
    """
    with application(), reading() as session:
        preview = previews.preview(session, cycle_id)
    for row in preview.rows:
        title = SUBJECT_TITLES.get(row.subject, "One partner")
        people = f"{row.people} people of {row.organisations} organisations"
        click.echo(f"{title}: {row.group.title}: {people}, {row.items} statements")
    for subject in preview.preflight.subjects:
        if not subject.subject.is_partner:
            _say_outlook(subject)
    click.echo(f"\nNobody is asked for more than {preview.budget.longest} minutes.")
    if preview.left_out:
        click.echo(f"\nNote: nobody who pays them has room to review {', '.join(preview.left_out)}.")
    messages = [suspicion.message for suspicion in preview.suspicions]
    for message in (*messages, *(caution.message for caution in preview.preflight.cautions)):
        click.echo(f"\nNote: {message}")
    for fault in preview.untranslated:
        click.echo(f"\nThis stops the launch: {fault.message} {fault.mend}")
    if not preview.is_reportable or preview.untranslated:
        sys.exit(REFUSED)


def _say_outlook(subject: SubjectOutlook) -> None:
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
@refusals
def cycle_launch(cycle_id: str, steward: str, key_file: Path | None, passphrase_file: Path | None) -> None:
    """Launch a draft: freeze it, make keys and invitations, queue the mail."""
    with application() as app:
        with reading() as session:
            steward_id = accounts.by_email(session, steward).id
            needs_key = cycles.load(session, cycle_id).key_mode is KeyMode.TWO_KEY
        opening_key = _steward_key(cycle_id, steward_id, key_file, passphrase_file) if needs_key else None
        with transaction() as session:
            approving.approve(session, cycle_id, steward_id, opening_key=opening_key)
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
@refusals
def cycle_close(cycle_id: str, key_file: Path | None, passphrase_file: Path | None) -> None:
    """Count a review whose closing time has passed, and destroy what was sealed. Nobody can close it early."""
    with application() as app:
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
                    key_file.read_bytes(), secret_text(passphrase_file, "Passphrase", is_new=False)
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
@refusals
def cycle_publish(cycle_id: str, steward: str) -> None:
    """Make the reports of a closed review, with the comments as the steward released them.

    They are published once the time for replies is over and the steward has had time to look at them; at once where the
    review has none.
    """
    with application(), transaction() as session:
        steward_id = accounts.by_email(session, steward).id
        publishing.publish(session, clock.now(), cycle_id, steward_id)
        session.flush()
        made, cycle = publishing.load(session, cycle_id), cycles.load(session, cycle_id)
    if cycle.waiting is not None:
        until, when = (
            f"{one:%Y-%m-%d at %H:%M} UTC"
            for one in (cycle.waiting.replies_until, cycle.waiting.publishes_at)
        )
        click.echo(
            f"Made. Those whom they are about can reply until {until}; everybody gets the reports on {when}."
        )
    else:
        click.echo(f"Published. The report's fingerprint is {made.digest}.")


def _steward_key(
    cycle_id: str, steward_id: str, key_file: Path | None, passphrase_file: Path | None
) -> bytes:
    if key_file is None:
        raise click.UsageError(
            "In two-key mode the steward's key file is needed: add --key-file steward.key."
        )
    passphrase = secret_text(passphrase_file, "Passphrase of the key file", is_new=not key_file.exists())
    if key_file.exists():
        return sealing.open_key_file(key_file.read_bytes(), passphrase)
    with transaction() as session:
        opening_key = approving.make_key(session, cycle_id, steward_id)
    key_file.touch(mode=0o600)
    key_file.write_bytes(sealing.seal_key_file(opening_key, passphrase))
    return opening_key
