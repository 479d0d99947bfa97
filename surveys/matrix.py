"""Who reviews whom: a chain and a plan give the assignments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from surveys.chain import Chain, Party, Role, Sector
from surveys.instrument import Voice


class SubjectKind(StrEnum):
    """What is reviewed: the prime, or the chain as a whole."""

    PRIME = "prime"
    CHAIN = "chain"


SUBJECT_OF_VOICE = {
    Voice.PRIME_ON_ITSELF: SubjectKind.PRIME,
    Voice.PARTNER_ON_PRIME: SubjectKind.PRIME,
    Voice.COMMISSIONER_ON_PRIME: SubjectKind.PRIME,
    Voice.SPOT_PROVIDER_ON_PRIME: SubjectKind.PRIME,
    Voice.ANYONE_ON_CHAIN: SubjectKind.CHAIN,
}

VOICE_OF_ROLE = {
    Role.PRIME: Voice.PRIME_ON_ITSELF,
    Role.COMMISSIONER: Voice.COMMISSIONER_ON_PRIME,
    Role.SUBCONTRACTOR: Voice.PARTNER_ON_PRIME,
    Role.SPECIALIST: Voice.PARTNER_ON_PRIME,
    Role.SPOT_PROVIDER: Voice.SPOT_PROVIDER_ON_PRIME,
}


@dataclass(frozen=True, slots=True)
class PartyKind:
    """A role and a sector together: what a group is made of."""

    role: Role
    sector: Sector


@dataclass(frozen=True, slots=True)
class Group:
    """A group of raters. ``is_attributed``: one voice by nature, told so, shown apart; else protected (pooled)."""

    id: str
    title: str
    is_attributed: bool
    kinds: frozenset[PartyKind]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which groups there are and which subjects are reviewed."""

    groups: tuple[Group, ...]
    subjects: frozenset[SubjectKind]

    def group_of(self, party: Party) -> Group | None:
        """The group of a party; None when no group takes its kind, so that it is not asked."""
        kind = PartyKind(party.role, party.sector)
        return next((group for group in self.groups if kind in group.kinds), None)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One review asked of one contact: a subject, in a voice, counted in a group."""

    contact_id: str
    party_id: str
    subject: SubjectKind
    voice: Voice
    group_id: str


def suggest_groups(chain: Chain) -> tuple[Group, ...]:
    """The groups to start from: the prime alone (attributed), and one per kind of partner that the chain has.

    Subcontractors of the voluntary sector, other subcontractors, specialists, spot providers and
    commissioners. A commissioner starts as protected: being shown apart needs its agreement.
    """
    wanted = (
        ("prime", chain.prime.name, True, (Role.PRIME,), None),
        ("commissioners", "Commissioners", False, (Role.COMMISSIONER,), None),
        ("vcs-subcontractors", "Voluntary-sector subcontractors", False, (Role.SUBCONTRACTOR,), {Sector.VCS}),
        (
            "other-subcontractors",
            "Private and public subcontractors",
            False,
            (Role.SUBCONTRACTOR,),
            {Sector.PRIVATE, Sector.PUBLIC},
        ),
        ("specialists", "Specialists", False, (Role.SPECIALIST,), None),
        ("spot-providers", "Spot providers", False, (Role.SPOT_PROVIDER,), None),
    )
    present = {PartyKind(party.role, party.sector) for party in chain.parties}
    groups = []
    for id_, title, is_attributed, roles, sectors in wanted:
        kinds = frozenset(
            kind for kind in present if kind.role in roles and (sectors is None or kind.sector in sectors)
        )
        if kinds:
            groups.append(Group(id_, title, is_attributed, kinds))
    return tuple(groups)


def assign(chain: Chain, plan: Plan) -> tuple[Assignment, ...]:
    """Every review that the plan asks for. Order: parties, then contacts, then the prime before the chain."""
    assignments = []
    for party in chain.parties:
        group = plan.group_of(party)
        if group is None:
            continue
        voices = (VOICE_OF_ROLE[party.role], Voice.ANYONE_ON_CHAIN)
        assignments += [
            Assignment(contact.id, party.id, SUBJECT_OF_VOICE[voice], voice, group.id)
            for contact in party.contacts
            for voice in voices
            if SUBJECT_OF_VOICE[voice] in plan.subjects
        ]
    return tuple(assignments)
