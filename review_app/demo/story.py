"""The story that the demo's answers tell: the prime thinks better of itself than its partners do.

It is good at bringing people together and at its IT, and says so. On open books, the choice of payment
models and listening after a review it believes that it does well, and its partners have not seen it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from surveys.answers import CommentChoice
from surveys.chain import Party, Role, Sector
from surveys.experience import Aspect
from surveys.instrument import OptOut

RESPONSE_RATE = 0.84
OWN_LEVEL = 4.4
_PARTNERS_LEVEL = {
    "P2a.1": 3.0,
    "P2a.2": 1.9,
    "P2a.3": 3.4,
    "P2a.4": 3.7,
    "P2a.5": 2.3,
    "P2b.1": 2.4,
    "P2b.2": 4.1,
    "P2b.3": 2.8,
    "P2b.4": 3.9,
    "P2b.5": 4.2,
    "P2b.6": 3.8,
    "P2b.7": 2.6,
    "P2b.8": 2.7,
    "P2c.1": 1.7,
    "P2c.2": 2.5,
    "P2c.3": 2.2,
    "P2c.4": 2.4,
    "P4a.1": 2.9,
    "P4a.2": 3.0,
    "P4a.3": 2.6,
    "P4a.4": 3.5,
    "P4a.5": 2.4,
    "P4a.6": 3.1,
}
_OWN_EXCEPTIONS = {"P2a.2": 3.9, "P2b.1": 3.2, "P2c.1": 3.6, "P2b.5": 4.0}
_TONE = {
    (Role.SUBCONTRACTOR, Sector.VCS): -0.2,
    (Role.SUBCONTRACTOR, Sector.PRIVATE): 0.5,
    (Role.SUBCONTRACTOR, Sector.PUBLIC): 0.4,
    (Role.SPECIALIST, Sector.VCS): -0.4,
    (Role.SPOT_PROVIDER, Sector.PRIVATE): 0.1,
    (Role.SPOT_PROVIDER, Sector.VCS): 0.0,
    (Role.COMMISSIONER, Sector.PUBLIC): 0.6,
}
_NOT_SEEN = {Role.COMMISSIONER: 0.12, Role.SPECIALIST: 0.08, Role.SPOT_PROVIDER: 0.10}
COMMENTS = {
    "2a": (
        "The monthly calls are useful. I would trust the league table more if I could see how it is worked out.",
        "We hear about changes at the same time as everyone else, which is new and welcome.",
        "Nobody has ever shown us what the management fee pays for.",
        "Good people, quick to reply. The contract itself is still a closed book.",
    ),
    "2b": (
        "The quarterly meeting of providers is the best thing in this contract.",
        "We raised the referral form twice. It was noted both times.",
        "The system works well. Entering everything twice for our own funder does not.",
        "We would use their HR helpline tomorrow if we were offered it.",
    ),
    "2c": (
        "Payment by results with a four month wait is a loan from our reserves.",
        "They paid early in August when we asked. It made the difference.",
        "There was one payment model. We could take it or leave it.",
        "I only found out what others are paid by accident.",
    ),
    "4a": (
        "This is the first time anyone has asked in a way that felt safe.",
        "We do reviews. What happens afterwards is less clear.",
        "When the rules changed in spring we sat down together and it worked.",
    ),
}
# What is said in the second review that somebody is asked for, which is the one on the chain as a whole.
COMMENTS_ON_THE_CHAIN = {
    "2a": (
        "We share figures when the prime asks for them, and hardly ever with each other.",
        "I know two of the other providers well. Of the rest I know the logo.",
    ),
    "4a": (
        "Between us we could solve half of this without the prime.",
        "We compete for the same referrals. That makes honesty expensive.",
        "The providers' forum is honest, because nobody takes minutes.",
    ),
}
# The prime and the department speak under their own names, so each of them writes one considered comment at most.
OWN_COMMENTS = {
    (
        "sian.prosser@northernbridge.example",
        "2a",
    ): "We publish the performance table every month and talk it through.",
    ("ruth.kellaway@northernbridge.example", "2c"): "We paid early in August for every partner that asked.",
    (
        "harriet.okafor@departmentfors.example",
        "4a",
    ): "We would like to see what follows from this review by spring.",
}


# The share that says yes to the two questions about the review itself: it was clear, and not everybody felt safe.
_FOUND_CLEAR = 0.93
_FELT_SAFE = {Sector.VCS: 0.5, Sector.PRIVATE: 0.75, Sector.PUBLIC: 0.9}
_SAYS_NOTHING = 0.12


@dataclass(frozen=True, slots=True)
class Person:
    """One simulated respondent."""

    email: str
    party: Party


def answers(person: Person, chance: random.Random) -> bool:
    """Whether this person answers at all."""
    always = person.party.role in {Role.PRIME, Role.COMMISSIONER}
    return always or chance.random() < RESPONSE_RATE


def rating(person: Person, practice: str, chance: random.Random) -> str:
    """What this person says about a practice: "1" to "5", or an opt-out, as the form posts it."""
    role = person.party.role
    if chance.random() < _NOT_SEEN.get(role, 0.04):
        return OptOut.NOT_SEEN.value
    if role is Role.PRIME:
        level = _OWN_EXCEPTIONS.get(practice, OWN_LEVEL)
    else:
        level = _PARTNERS_LEVEL.get(practice, 3.0) + _TONE.get((role, person.party.sector), 0.0)
    return str(min(5, max(1, round(chance.gauss(level, 0.7)))))


def comment(person: Person, section_id: str, chance: random.Random, *, is_first: bool) -> tuple[str, str]:
    """A comment on an element, "" for most people, and the choice that goes with it.

    ``is_first``: of the first review that this person answers, which is the one on the prime.
    """
    if person.party.role in {Role.PRIME, Role.COMMISSIONER}:
        own = OWN_COMMENTS.get((person.email, section_id), "") if is_first else ""
        return own, CommentChoice.VERBATIM.value
    comments = COMMENTS if is_first else COMMENTS_ON_THE_CHAIN
    if chance.random() > 0.3 or section_id not in comments:
        return "", CommentChoice.SUMMARISE.value
    choice = chance.choice([CommentChoice.SUMMARISE, CommentChoice.VERBATIM, CommentChoice.VERBATIM])
    return chance.choice(comments[section_id]), choice.value


def experience(person: Person, chance: random.Random) -> dict[str, str]:
    """What this person says about the review itself, as the form posts it; empty for somebody who says nothing."""
    if chance.random() < _SAYS_NOTHING:
        return {}
    likely = {Aspect.CLEAR: _FOUND_CLEAR, Aspect.SAFE: _FELT_SAFE[person.party.sector]}
    return {aspect.value: "yes" if chance.random() < yes else "no" for aspect, yes in likely.items()}
