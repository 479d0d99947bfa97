"""The design of a cycle, and the text that the database keeps of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from reports.model import TAKEN_IDS, TAKEN_TITLES
from surveys.chain import Chain, Role, Sector
from surveys.cycle import KeyMode, date_faults
from surveys.errors import Fault
from surveys.groups import LOWEST_K
from surveys.instrument import Instrument
from surveys.matrix import Group, PartyKind, Plan, SubjectKind

HIGHEST_K = 20
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Design:
    """What an organiser decides about a cycle. ``closes_at`` is aware UTC; ``too_soon_reason`` is "" unless needed."""

    title: str
    instrument: Instrument
    plan: Plan
    k: int
    closes_at: datetime
    key_mode: KeyMode
    steward_id: str
    too_soon_reason: str = ""


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
    if not design.plan.subjects:
        faults.append(
            Fault("subjects", "Nothing is reviewed.", "Choose the prime, the whole chain, or both.")
        )
    return (*faults, *_group_faults(design.plan, chain))


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


def plan_to_text(plan: Plan) -> str:
    """A plan as canonical JSON."""
    return json.dumps(
        {
            "groups": [
                {
                    "id": group.id,
                    "title": group.title,
                    "is_attributed": group.is_attributed,
                    "kinds": sorted([kind.role.value, kind.sector.value] for kind in group.kinds),
                }
                for group in plan.groups
            ],
            "subjects": sorted(plan.subjects),
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
            kinds=frozenset(PartyKind(Role(role), Sector(sector)) for role, sector in group["kinds"]),
        )
        for group in raw["groups"]
    )
    return Plan(groups, frozenset(SubjectKind(subject) for subject in raw["subjects"]))
