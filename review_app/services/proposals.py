"""What an action says when it is proposed or changed, and everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionPersonRecord
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.services import cycles, readers
from review_app.services.actions import Action
from surveys.errors import Fault
from surveys.practices import practices
from surveys.texts import clean_line

MOST_OWNERS = 2
MOST_STEPS = 20
LONGEST_LINE = 300
LONGEST_TIME = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action as somebody proposes it. ``title``: what will be different; ``due``: None where no day was given.

    ``owner_ids``, ``verifier_id``: of contacts. The rest has the meaning of the action's own fields.
    """

    cycle_id: str
    title: str
    for_whom: str
    owner_ids: tuple[str, ...]
    verifier_id: str
    due: date | None
    workshop_id: str | None = None
    topic_id: str | None = None
    practices: tuple[str, ...] = ()
    finding_id: str = ""
    subject: str = ""
    question_id: str = ""
    vote: str = ""
    measure: str = ""
    baseline: str = ""
    steps: tuple[str, ...] = ()

    def tidy(self) -> Proposal:
        """The same with every text on one line, without empty steps, and with nobody and no practice twice."""
        return replace(
            self,
            title=clean_line(self.title),
            for_whom=clean_line(self.for_whom),
            owner_ids=tuple(dict.fromkeys(filter(None, self.owner_ids))),
            practices=tuple(dict.fromkeys(self.practices)),
            vote=clean_line(self.vote),
            measure=clean_line(self.measure),
            baseline=clean_line(self.baseline),
            steps=tuple(filter(None, map(clean_line, self.steps))),
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of a chain who may own or verify its actions. ``is_revoked``: they have a link that opens nothing."""

    contact_id: str
    name: str
    party_id: str
    party_name: str
    email: str
    is_revoked: bool

    def __str__(self) -> str:
        return f"{self.name} ({self.party_name})"


def proposal_of(action: Action) -> Proposal:
    """What an action says now, to be changed and given to ``proposing.change``."""
    return Proposal(
        cycle_id=action.cycle_id,
        title=action.title,
        for_whom=action.for_whom,
        owner_ids=tuple(owner.contact_id for owner in action.owners),
        verifier_id=action.verifier.contact_id,
        due=action.due,
        workshop_id=action.workshop_id,
        topic_id=action.topic_id,
        practices=action.practices,
        finding_id=action.finding_id,
        subject=action.subject,
        question_id=action.question_id,
        vote=action.vote,
        measure=action.measure,
        baseline=action.baseline,
        steps=tuple(step.text for step in action.steps),
    )


def candidates(session: Session, cycle_id: str, *, by_steward: bool = False) -> dict[str, Candidate]:
    """Those who can own or verify the actions of a cycle, by the id of the contact, in the order of the chain.

    Everybody who is in the chain now where the steward of the cycle chooses; for an organiser those whom that steward
    has vouched for, and those who own or verify an action already. Nobody who has done so for another organisation:
    what they said then would seem to be said by where they are now.
    """
    chain_id = cycles.load(session, cycle_id).chain_id
    is_known = ActionPersonRecord.id.is_not(None)
    may_be_chosen = or_(literal(by_steward), is_known, readers.is_vouched_for(session, cycle_id))
    query = (
        select(ContactRecord, PartyRecord, ActionPersonRecord.revoked_at)
        .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
        .outerjoin(
            ActionPersonRecord,
            (ActionPersonRecord.contact_id == ContactRecord.id) & (ActionPersonRecord.chain_id == chain_id),
        )
        .where(
            PartyRecord.chain_id == chain_id,
            PartyRecord.gone_at.is_(None),
            ContactRecord.gone_at.is_(None),
            or_(~is_known, ActionPersonRecord.party_id == ContactRecord.party_id),
            may_be_chosen,
        )
        .order_by(PartyRecord.position, ContactRecord.position, ContactRecord.id)
    )
    return {
        contact.id: Candidate(
            contact.id, contact.name, party.id, party.name, contact.email, revoked_at is not None
        )
        for contact, party, revoked_at in session.execute(query)
    }


def proposal_faults(
    it: Proposal, people: Mapping[str, Candidate], today: date, *, before: Proposal | None = None
) -> Iterator[Fault]:
    """Everything that is wrong with a proposal that is tidy. ``people``: of the chain; ``today``: in the UK.

    ``before``: what the action said until now. A day that stays may have passed, and whoever stays may have no link.
    """
    yield from _line("title", it.title, "Say what will be different.")
    yield from _line("for_whom", it.for_whom, "Say for whom it will be different.")
    for place in ("measure", "baseline", "vote"):
        yield from _line(place, getattr(it, place), "")
    if len(it.steps) > MOST_STEPS:
        yield Fault("steps", f"There are more than {MOST_STEPS} steps.", "Put some of them together.")
    if any(len(step) > LONGEST_LINE for step in it.steps):
        yield Fault(
            "steps", f"A step is longer than {LONGEST_LINE} characters.", "Shorten it, or make two of it."
        )
    unknown = [id_ for id_ in it.practices if id_ not in practices()]
    if unknown or len(" ".join(it.practices)) > LONGEST_LINE:
        yield Fault("practices", "These are not practices of the Code, or too many.", "Choose from the list.")
    if before is None or it.due != before.due:
        yield from _due(it.due, today)
    yield from _people(it, people)
    stays = {*before.owner_ids, before.verifier_id} if before else set()
    for place, id_ in [*(("owner_ids", id_) for id_ in it.owner_ids), ("verifier_id", it.verifier_id)]:
        if id_ in people and id_ not in stays:
            yield from _reach(place, people[id_])


def _line(place: str, text: str, mend_blank: str) -> Iterator[Fault]:
    if mend_blank and not text:
        yield Fault(place, "This is empty.", mend_blank)
    if len(text) > LONGEST_LINE:
        yield Fault(place, f"This is longer than {LONGEST_LINE} characters.", "Shorten it.")


def _due(due: date | None, today: date) -> Iterator[Fault]:
    if due is None:
        yield Fault("due", "There is no due date.", "Give the day by which it will be different.")
    elif due < today:
        yield Fault("due", "The due date has passed.", "Choose today or a later day.")
    elif due - today > LONGEST_TIME:
        yield Fault("due", "The due date is more than three years away.", "Choose an earlier day.")


def _people(it: Proposal, people: Mapping[str, Candidate]) -> Iterator[Fault]:
    owners = [people[id_] for id_ in it.owner_ids if id_ in people]
    if not it.owner_ids:
        yield Fault("owner_ids", "Nobody owns this.", "Choose who answers for it.")
    elif len(owners) < len(it.owner_ids):
        yield Fault("owner_ids", "An owner is not in this chain.", "Choose somebody who is.")
    if len(it.owner_ids) > MOST_OWNERS:
        yield Fault("owner_ids", "It has more than two owners.", "Choose one, or two from two organisations.")
    elif len({owner.party_id for owner in owners}) < len(owners):
        yield Fault(
            "owner_ids",
            "Both owners are of one organisation.",
            "Choose one of them, or somebody of another organisation.",
        )
    verifier = people.get(it.verifier_id)
    if verifier is None:
        yield Fault("verifier_id", "Nobody verifies this.", "Choose who will say whether it is done.")
    elif verifier.party_id in {owner.party_id for owner in owners}:
        yield Fault(
            "verifier_id",
            f"{verifier} is of an owner's organisation.",
            "Choose somebody of another organisation.",
        )


def _reach(place: str, somebody: Candidate) -> Iterator[Fault]:
    if not somebody.email:
        yield Fault(place, f"{somebody} has no email address.", "Add one to the chain, or choose another.")
    elif somebody.is_revoked:
        yield Fault(place, f"The link of {somebody} was revoked.", "Replace it, or choose somebody else.")
