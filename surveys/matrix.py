"""Who reviews whom: a chain and a plan give the assignments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.instrument import Voice
from surveys.language import Language
from surveys.subjects import VOICE_OF_ROLE, Perspective, Subject

# How many people of one organisation are asked about one partner: more would only cost them time.
VIEWS_OF_A_PARTNER = 2
LEAST_CAP = 2
HIGHEST_CAP = 20


@dataclass(frozen=True, slots=True)
class PartyKind:
    """A role, a sector and a standing together: what a group is made of."""

    role: Role
    sector: Sector
    standing: Standing = Standing.PRESENT


@dataclass(frozen=True, slots=True)
class Group:
    """A group of raters. ``is_attributed``: one voice by nature, told so, shown apart; else protected (pooled).

    ``kinds``: the kinds of party in it; none for a group that follows from the contracts of one party.
    ``welsh_title``: what it is called in Welsh; "" where nobody has said so, or where it has an organisation's name.
    """

    id: str
    title: str
    is_attributed: bool
    kinds: frozenset[PartyKind]
    welsh_title: str = ""

    def title_in(self, language: Language) -> str:
        """What it is called in a language; its English title where it has no other."""
        return (self.welsh_title if language is Language.WELSH else "") or self.title


@dataclass(frozen=True, slots=True)
class Plan:
    """Which groups there are, by which rules reviews are asked, and of how many of them one person is asked at most."""

    groups: tuple[Group, ...]
    perspectives: frozenset[Perspective]
    cap: int = HIGHEST_CAP

    def group_of(self, party: Party) -> Group | None:
        """The group of a party; None when no group takes its kind, so that it is not asked."""
        kind = kind_of(party)
        return next((group for group in self.groups if kind in group.kinds), None)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One review asked of one contact: a subject, in a voice, counted in a group.

    ``about_id``: the one party that the wording names as {partner}; "" where it names none.
    """

    contact_id: str
    party_id: str
    subject: Subject
    voice: Voice
    group_id: str
    about_id: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every review that a plan asks for, the groups they are counted in, and the partners nobody had room for.

    ``assignments`` in the order of parties, then contacts, then subjects. ``groups``: those of the plan, then
    those that follow from contracts. ``left_out``: ids of partners that the cap keeps from being reviewed by those
    who pay them.
    """

    assignments: tuple[Assignment, ...]
    groups: tuple[Group, ...]
    left_out: tuple[str, ...]


def kind_of(party: Party) -> PartyKind:
    """The kind of a party."""
    return PartyKind(party.role, party.sector, party.standing)


def own_view(party_id: str, name: str) -> Group:
    """A partner's view of itself, shown under its name."""
    return Group(f"own:{party_id}", name, True, frozenset())


def buyer_view(party_id: str, name: str) -> Group:
    """A tier-1's view of those whom it pays, shown under its name."""
    return Group(f"buyer:{party_id}", name, True, frozenset())


def suppliers_of(party_id: str, name: str) -> Group:
    """Those whom a tier-1 pays, on that tier-1: pooled like any group."""
    return Group(f"suppliers:{party_id}", f"Subcontractors of {name}", False, frozenset())


_DERIVED = {"own": own_view, "buyer": buyer_view, "suppliers": suppliers_of}


def derived_group(group_id: str, names: Mapping[str, str]) -> Group | None:
    """The group that follows from a party's contracts; None for a group of a plan. ``names``: of parties, by id."""
    kind, _, party_id = group_id.partition(":")
    return _DERIVED[kind](party_id, names[party_id]) if kind in _DERIVED and party_id in names else None


def is_attributed_id(group_id: str) -> bool:
    """Whether the id is that of a group of one party's contracts whose answers are shown under a name."""
    return group_id.startswith(("own:", "buyer:"))


def is_suppliers_id(group_id: str) -> bool:
    """Whether the id is that of a group of those whom one tier-1 pays."""
    return group_id.startswith("suppliers:")


def tier_ones(chain: Chain) -> tuple[Party, ...]:
    """The present partners that the prime pays and that pay others of the chain themselves."""
    paying = {buyer for party in chain.parties for buyer in party.buyers}
    prime = next((party.id for party in chain.parties if party.role is Role.PRIME), "")
    return tuple(
        party
        for party in chain.parties
        if party.id in paying and prime in party.buyers and party.standing is Standing.PRESENT
    )


def assign(chain: Chain, plan: Plan, voices: Collection[Voice]) -> Matrix:
    """Every review that the plan asks for in the voices that the questionnaire is worded in.

    Within the cap the prime comes first, then the chain, the own organisation, the buyer, and the partners that one
    pays: each of those gets a reviewer before any gets a second one.
    """
    draft = _Draft(chain, plan, frozenset(voices))
    if Perspective.ON_PRIME in plan.perspectives:
        draft.ask_everyone(Subject.PRIME)
    if Perspective.ON_CHAIN in plan.perspectives:
        draft.ask_everyone(Subject.CHAIN)
    if Perspective.ON_ITSELF in plan.perspectives:
        draft.ask_on_itself()
    if Perspective.BETWEEN_TIERS in plan.perspectives:
        draft.ask_on_buyers()
    left_out = draft.ask_on_partners()
    return draft.matrix(left_out)


class _Draft:
    """The reviews asked so far; it counts how many each contact has."""

    def __init__(self, chain: Chain, plan: Plan, voices: frozenset[Voice]) -> None:
        self.plan = plan
        self.voices = voices
        self.chain = chain
        self.asked = [party for party in chain.parties if plan.group_of(party) is not None]
        self.by_contact: dict[str, list[Assignment]] = {
            contact.id: [] for party in self.asked for contact in party.contacts
        }
        self.derived: dict[str, Group] = {}

    def ask_everyone(self, subject: Subject) -> None:
        for party in self.asked:
            voice = VOICE_OF_ROLE[party.role] if subject == Subject.PRIME else Voice.ANYONE_ON_CHAIN
            for contact in party.contacts:
                self._ask(contact, subject, voice, self._group(party), party.id)

    def ask_on_itself(self) -> None:
        for party in self._partners():
            for contact in party.contacts:
                subject = Subject.partner(party.id)
                group = own_view(party.id, party.name)
                self._ask(contact, subject, Voice.PARTNER_ON_ITSELF, group, party.id, about_id=party.id)

    def ask_on_buyers(self) -> None:
        """Each of those who work for several tier-1s speaks of one of them: nobody is in two groups of one subject."""
        payers = {party.id: party for party in tier_ones(self.chain)}
        for party in self._partners():
            buyers = [payers[id_] for id_ in party.buyers if id_ in payers]
            for place, contact in enumerate(party.contacts if buyers else ()):
                buyer = buyers[place % len(buyers)]
                group = suppliers_of(buyer.id, buyer.name)
                voice = Voice.SUBCONTRACTOR_ON_TIER_ONE
                self._ask(contact, Subject.BUYERS, voice, group, party.id, about_id=buyer.id)

    def ask_on_partners(self) -> tuple[str, ...]:
        """Those who pay, on those whom they pay. Returns the ids of partners for whom nobody had room."""
        left_out: list[str] = []
        if Perspective.PRIME_ON_PARTNERS in self.plan.perspectives:
            prime = self.chain.prime
            left_out += self._spread(
                prime, self._partners(), Voice.PRIME_ON_PARTNER, self.plan.group_of(prime)
            )
        if Perspective.BETWEEN_TIERS in self.plan.perspectives:
            for buyer in tier_ones(self.chain):
                paid = [party for party in self._partners() if buyer.id in party.buyers]
                group = buyer_view(buyer.id, buyer.name)
                left_out += self._spread(buyer, paid, Voice.TIER_ONE_ON_SUBCONTRACTOR, group)
        return tuple(dict.fromkeys(left_out))

    def matrix(self, left_out: tuple[str, ...]) -> Matrix:
        assignments = tuple(asked for of_contact in self.by_contact.values() for asked in of_contact)
        return Matrix(assignments, (*self.plan.groups, *self.derived.values()), left_out)

    def _spread(
        self, reviewer: Party, partners: list[Party], voice: Voice, group: Group | None
    ) -> Iterator[str]:
        if group is None or voice not in self.voices or self.plan.group_of(reviewer) is None:
            return
        contacts = reviewer.contacts
        for turn in range(min(VIEWS_OF_A_PARTNER, len(contacts))):
            # The second turn goes on where the first ended, so that nobody gets two reviews more than a colleague;
            # where it ended with the last person, a step further, so that everybody gets other partners.
            first = turn * (len(partners) % len(contacts) or 1)
            for place, party in enumerate(partners):
                start = first + place
                free = (contacts[(start + step) % len(contacts)] for step in range(len(contacts)))
                asked = (self._ask_on(contact, party, voice, group, reviewer.id) for contact in free)
                if not any(asked) and turn == 0:
                    yield party.id

    def _ask_on(self, contact: Contact, party: Party, voice: Voice, group: Group, by: str) -> bool:
        return self._ask(contact, Subject.partner(party.id), voice, group, by, about_id=party.id)

    def _ask(
        self, contact: Contact, subject: Subject, voice: Voice, group: Group, by: str, *, about_id: str = ""
    ) -> bool:
        own = self.by_contact[contact.id]
        has_room = len(own) < self.plan.cap and all(asked.subject != subject for asked in own)
        if not has_room or voice not in self.voices:
            return False
        own.append(Assignment(contact.id, by, subject, voice, group.id, about_id))
        if not group.kinds:
            self.derived.setdefault(group.id, group)
        return True

    def _group(self, party: Party) -> Group:
        group = self.plan.group_of(party)
        if group is None:
            raise LookupError("Only parties of a group are asked.")
        return group

    def _partners(self) -> list[Party]:
        apart = (Role.PRIME, Role.COMMISSIONER)
        return [
            party for party in self.asked if party.role not in apart and party.standing is Standing.PRESENT
        ]


def voices_asked(group: Group, subject: Subject) -> frozenset[Voice]:
    """The voices in which a group may have spoken on a subject."""
    if subject == Subject.CHAIN:
        return frozenset({Voice.ANYONE_ON_CHAIN})
    if subject == Subject.BUYERS:
        return frozenset({Voice.SUBCONTRACTOR_ON_TIER_ONE})
    if subject == Subject.PRIME:
        return frozenset(VOICE_OF_ROLE[kind.role] for kind in group.kinds)
    if group.kinds:
        return frozenset({Voice.PRIME_ON_PARTNER})
    is_own = group.id == own_view(subject.party_id, "").id
    return frozenset({Voice.PARTNER_ON_ITSELF if is_own else Voice.TIER_ONE_ON_SUBCONTRACTOR})
