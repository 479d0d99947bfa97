"""The design of a cycle, and the text that the database keeps of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from reports.model import TAKEN_IDS, TAKEN_TITLES
from surveys.chain import Chain, Role, Sector, Standing
from surveys.cycle import KeyMode, date_faults
from surveys.errors import Fault
from surveys.groups import LOWEST_K
from surveys.instrument import Instrument
from surveys.language import ENGLISH_ONLY, Language
from surveys.matrix import HIGHEST_CAP, LEAST_CAP, Group, PartyKind, Plan
from surveys.publication import MOST_DAYS, CountedBy, PublicationRule, least_days
from surveys.subjects import VOICES_OF_PERSPECTIVE, Perspective

HIGHEST_K = 20
LONGEST_TITLE = 120
LONGEST_REASON = 300
PERSPECTIVES = {
    Perspective.ON_PRIME: "everyone on the prime",
    Perspective.ON_CHAIN: "everyone on the whole chain",
    Perspective.ON_ITSELF: "each partner on itself",
    Perspective.PRIME_ON_PARTNERS: "the prime on each partner",
    Perspective.BETWEEN_TIERS: "tier-1 partners and their subcontractors on each other",
}


@dataclass(frozen=True, slots=True)
class Design:
    """What an organiser decides about a cycle. ``closes_at`` is aware UTC.

    ``too_soon_reason``: why it closes soon after another, ``long_reason``: why somebody is asked for more than twenty
    minutes; each "" unless needed. ``languages``: those in which people are asked, English among them.
    ``publish_after_days``: how long after the close everybody gets the report; 0: at once when the steward releases it,
    as in a demo; None: the same, in a design of before there was such a day.
    """

    title: str
    instrument: Instrument
    plan: Plan
    k: int
    closes_at: datetime
    key_mode: KeyMode
    steward_id: str
    too_soon_reason: str = ""
    long_reason: str = ""
    languages: tuple[Language, ...] = ENGLISH_ONLY
    long_reason_welsh: str = ""
    publish_after_days: int | None = None
    publication: PublicationRule = PublicationRule.USUAL
    counted_by: CountedBy = CountedBy.PERSON


def design_faults(design: Design, chain: Chain, now: datetime, *, shortest: timedelta) -> tuple[Fault, ...]:
    """Everything that is wrong with a design at this moment; ``place`` is the form field's name."""
    faults = list(date_faults(design.closes_at, now, shortest=shortest))
    if not design.title.strip() or len(design.title) > LONGEST_TITLE:
        faults.append(Fault("title", "The review needs a title of up to 120 characters.", "Type one."))
    if not LOWEST_K <= design.k <= HIGHEST_K:
        faults.append(
            Fault(
                "k",
                f"The smallest group that is shown must be {LOWEST_K} to {HIGHEST_K} people.",
                f"Type a number from {LOWEST_K} to {HIGHEST_K}.",
            )
        )
    for place, text in (
        ("long_reason", design.long_reason),
        ("long_reason_welsh", design.long_reason_welsh),
    ):
        if len(text) > LONGEST_REASON:
            message = f"The reason has more than {LONGEST_REASON} characters."
            faults.append(Fault(place, message, "Shorten it: every invitation shows it."))
    faults += _day_faults(design.publish_after_days, shortest)
    return (*faults, *_perspective_faults(design), *_group_faults(design.plan, chain))


def _day_faults(days: int | None, shortest: timedelta) -> list[Fault]:
    least = least_days(shortest)
    if days is None or least <= days <= MOST_DAYS:
        return []
    message = f"Everybody gets the report {least} to {MOST_DAYS} days after the close."
    return [Fault("publish_after_days", message, f"Type a number from {least} to {MOST_DAYS}.")]


def _perspective_faults(design: Design) -> list[Fault]:
    faults = []
    chosen = design.plan.perspectives
    if not chosen & {Perspective.ON_PRIME, Perspective.ON_CHAIN}:
        message = "Neither the prime nor the whole chain is reviewed, so nothing could be shown safely."
        faults.append(Fault("perspectives", message, "Choose the prime, the whole chain, or both."))
    faults += [
        Fault(
            "perspectives",
            f"“{design.instrument.title}” asks nothing from one of the sides that you chose.",
            f"Choose another questionnaire, or leave out: {PERSPECTIVES[perspective]}.",
        )
        for perspective in Perspective
        if perspective in chosen
        and not any(voice in design.instrument.voices for voice in VOICES_OF_PERSPECTIVE[perspective])
    ]
    if not LEAST_CAP <= design.plan.cap <= HIGHEST_CAP:
        message = f"One person can be asked for {LEAST_CAP} to {HIGHEST_CAP} reviews at most."
        faults.append(Fault("cap", message, f"Type a number from {LEAST_CAP} to {HIGHEST_CAP}."))
    return faults


def _group_faults(plan: Plan, chain: Chain) -> list[Fault]:
    faults = []
    titles = [group.title.strip().casefold() for group in plan.groups]
    faults += [
        Fault(
            "groups",
            f"A report uses the name {group.title} for groups that it has to join.",
            "Give this group another name.",
        )
        for group in plan.groups
        if group.title.strip().casefold() in TAKEN_TITLES or group.id in TAKEN_IDS
    ]
    if all(group.is_attributed for group in plan.groups):
        faults.append(
            Fault("groups", "No partner is asked.", "Name a group for at least one kind of organisation.")
        )
    if len(set(titles)) < len(titles) or not all(titles):
        faults.append(Fault("groups", "Every group needs a name of its own.", "Rename one of them."))
    welsh = [group.title_in(Language.WELSH).strip().casefold() for group in plan.groups]
    if len(set(titles)) == len(titles) and len(set(welsh)) < len(welsh):
        message = "Two groups have the same name in Welsh."
        faults.append(Fault("groups_welsh", message, "Rename one of them."))
    for group in plan.groups:
        roles = {kind.role for kind in group.kinds}
        is_prime = Role.PRIME in roles
        if is_prime and (len(roles) > 1 or not group.is_attributed):
            faults.append(
                Fault(
                    "groups",
                    "The prime's own view is always shown apart, under its name.",
                    "Keep the prime in a group of its own.",
                )
            )
        elif group.is_attributed and not is_prime and not _is_sole_commissioner(group, chain):
            faults.append(
                Fault(
                    "groups",
                    f"The group {group.title} cannot be shown under its name.",
                    "Only the prime, or a sole commissioner that agrees, may be shown apart. Pool this group.",
                )
            )
    return faults


def _is_sole_commissioner(group: Group, chain: Chain) -> bool:
    commissioners = [party for party in chain.parties if party.role is Role.COMMISSIONER]
    return {kind.role for kind in group.kinds} == {Role.COMMISSIONER} and len(commissioners) == 1


def languages_to_text(languages: tuple[Language, ...]) -> str:
    """The languages of a cycle as its record keeps them."""
    return ",".join(languages)


def languages_from_text(text: str) -> tuple[Language, ...]:
    """The languages of ``languages_to_text``."""
    return tuple(Language(code) for code in text.split(","))


def plan_to_text(plan: Plan) -> str:
    """A plan as canonical JSON."""
    return json.dumps(
        {
            "groups": [
                {
                    "id": group.id,
                    "title": group.title,
                    "is_attributed": group.is_attributed,
                    "kinds": sorted(
                        [kind.role.value, kind.sector.value, kind.standing.value] for kind in group.kinds
                    ),
                    # Only where there is one, so that what was approved before there were any stays approved.
                    **({"welsh_title": group.welsh_title} if group.welsh_title else {}),
                }
                for group in plan.groups
            ],
            "perspectives": sorted(plan.perspectives),
            "cap": plan.cap,
        },
        sort_keys=True,
        ensure_ascii=False,
    )


@lru_cache(maxsize=256)
def plan_from_text(text: str) -> Plan:
    """The plan of ``plan_to_text``."""
    raw: Mapping[str, Any] = json.loads(text)
    groups = tuple(
        Group(
            id=group["id"],
            title=group["title"],
            is_attributed=group["is_attributed"],
            kinds=frozenset(
                PartyKind(Role(role), Sector(sector), Standing(standing))
                for role, sector, standing in group["kinds"]
            ),
            welsh_title=group.get("welsh_title", ""),
        )
        for group in raw["groups"]
    )
    return Plan(groups, frozenset(Perspective(name) for name in raw["perspectives"]), raw["cap"])
