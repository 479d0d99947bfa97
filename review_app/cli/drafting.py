"""``roundtable cycle draft``: a design out of options."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from review_app import clock
from review_app.cli.application import application, refusals
from review_app.database import transaction
from review_app.services import accounts, chains, cycles
from review_app.services.designs import Design
from review_app.services.errors import ServiceError
from review_app.state import State
from surveys import library
from surveys.chain import Chain, Role
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import LOWEST_K, DisclosurePolicy
from surveys.language import BILINGUAL, ENGLISH_ONLY
from surveys.matrix import HIGHEST_CAP, Group, Plan
from surveys.publication import CountedBy, PublicationRule, usual_days
from surveys.subjects import Perspective


@click.command("draft")
@click.option("--chain", "chain_name", required=True, help="The chain's name.")
@click.option("--title", required=True, help="What people see as the review's name.")
@click.option("--organiser", required=True, help="The organiser's address.")
@click.option("--steward", required=True, help="The steward's address.")
@click.option(
    "--closes",
    required=True,
    help="When it closes, in UTC, such as 2027-03-31T17:00; or +30s, +21d from now.",
)
@click.option("--instrument", "instrument_id", default=library.FIRST_CHOICE, show_default=True)
@click.option(
    "--perspective",
    "perspectives",
    multiple=True,
    type=click.Choice([perspective.value for perspective in Perspective]),
    default=(Perspective.ON_PRIME.value, Perspective.ON_CHAIN.value),
    show_default=True,
    help="Who reviews whom: everyone on the prime, everyone on the chain, each partner on itself, the prime on"
    " partners, tier-1 partners and their subcontractors on each other.",
)
@click.option("--cap", default=HIGHEST_CAP, show_default=True, help="The most reviews asked of one person.")
@click.option("--long-reason", default="", help="Why somebody is asked for more than 20 minutes.")
@click.option("--welsh", is_flag=True, help="People are asked in English and Welsh, as each of them chooses.")
@click.option("--long-reason-welsh", default="", help="The same reason in Welsh.")
@click.option("--k", default=LOWEST_K, show_default=True, help="The fewest people a group is shown from.")
@click.option(
    "--commissioner-agrees", is_flag=True, help="The sole commissioner agrees to be shown under its name."
)
@click.option(
    "--publish-after-days",
    type=int,
    help="When everybody gets the report, in days from the close; 28 unless given, and 0 in a demo.",
)
@click.option(
    "--publication",
    type=click.Choice([rule.value for rule in PublicationRule]),
    default=PublicationRule.USUAL.value,
    show_default=True,
    help="Who gets the reports on single partners: the partner and the prime, or the commissioners too (open).",
)
@click.option(
    "--counted-by",
    type=click.Choice([voice.value for voice in CountedBy]),
    default=CountedBy.PERSON.value,
    show_default=True,
    help="Whose voice counts as one in the figures: each person's, or each organisation's.",
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
@refusals
def draft(**options: Any) -> None:
    """Draft a review and print its id."""
    with application() as app, transaction() as session:
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


def _design(options: dict[str, Any], chain: Chain, app: State, now: datetime, steward_id: str) -> Design:
    try:
        instrument = library.latest(options["instrument_id"])
    except KeyError as unknown:
        known = ", ".join(sorted({id_ for id_, _ in library.shipped()}))
        raise ServiceError(f"There is no instrument {options['instrument_id']}. Known: {known}.") from unknown
    perspectives = frozenset(Perspective(perspective) for perspective in options["perspectives"])
    groups = _groups(chain, is_named=options["commissioner_agrees"])
    days: int | None = options["publish_after_days"]
    return Design(
        title=options["title"],
        instrument=instrument,
        plan=Plan(groups, perspectives, options["cap"]),
        k=options["k"],
        closes_at=_moment(options["closes"], now),
        key_mode=KeyMode(options["key_mode"]) if options["key_mode"] else app.settings.key_mode,
        steward_id=steward_id,
        too_soon_reason=options["too_soon_reason"],
        long_reason=options["long_reason"],
        languages=BILINGUAL if options["welsh"] else ENGLISH_ONLY,
        long_reason_welsh=options["long_reason_welsh"],
        publish_after_days=usual_days(app.settings.shortest_cycle) if days is None else days,
        publication=PublicationRule(options["publication"]),
        counted_by=CountedBy(options["counted_by"]),
    )


def _groups(chain: Chain, *, is_named: bool) -> tuple[Group, ...]:
    groups = []
    for group in suggest_groups(chain, DisclosurePolicy()):
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
