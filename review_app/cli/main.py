"""The command ``roundtable``.

Exit codes: 0 done; 1 refused, with the reasons on standard error; 2 wrong call or settings.
"""

from __future__ import annotations

import sys

import click

from review_app import worker
from review_app.cli.accounts import account
from review_app.cli.application import REFUSED, application, refusals
from review_app.cli.bounces import bounces
from review_app.cli.chains import chain
from review_app.cli.cycles import cycle
from review_app.cli.mail import mail
from review_app.cli.reports import report
from review_app.database import migrate
from review_app.logs import init_logs


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
@refusals
def migrate_command() -> None:
    """Bring the database to the newest version. Safe to run at every start."""
    with application(is_migrating=True):
        migrate()
    click.echo("The database is up to date.")


for group in (account, bounces, chain, cycle, mail, report):
    main.add_command(group)


@main.command("serve")
@refusals
def serve_command() -> None:
    """Serve the pages, in the foreground."""
    from review_app.serving import serve  # here, because gunicorn does not exist on every system

    with application() as app:
        settings = app.settings
    serve(settings)


@main.command("worker")
@click.option(
    "--once", is_flag=True, help="Do what is owed now and stop; exit code 1 if something is still owed."
)
@refusals
def worker_command(once: bool) -> None:
    """Send mail, close and count reviews, make PDFs; in the foreground."""
    with application() as app:
        if not once:
            worker.run(app)
        elif not worker.look(app):
            sys.exit(REFUSED)


@main.command("demo")
@refusals
def demo_command() -> None:
    """Start everything with a demo: pages, worker and development mailbox, until Ctrl-C."""
    from review_app.demo.running import run  # here, because only a demo needs it

    sys.exit(run())
