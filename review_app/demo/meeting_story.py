"""The story of the demo's workshop: what people note on each element of the Code, what is settled, and what is done."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.improvement import ActionState
from surveys.workshop import Outcome


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said on a topic. ``groups``: the title of each group and its notes; ``likes``: how the dots lean."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    likes: tuple[int, ...]


TALKS = {
    "2a": Talk(
        (
            (
                "Show how the league table is made",
                (
                    "Publish the formula behind the monthly table.",
                    "We rank ninth and do not know why.",
                    "One page on what counts and what does not.",
                ),
            ),
            (
                "Say what the management fee pays for",
                ("What do we get for the fee?", "A line for each service."),
            ),
            ("Tell us about changes early", ("Two weeks before a change, not after it.",)),
        ),
        (5, 3, 1),
    ),
    "2b": Talk(
        (
            (
                "One referral form",
                (
                    "We fill in the same thing twice.",
                    "Ask the funder once what they need, for all of us.",
                    "The form has fields that nobody reads.",
                ),
            ),
            ("Open the HR helpline to partners", ("We would use the HR helpline tomorrow.",)),
            ("Training together", ("Your safeguarding course has empty seats.", "Ours too. Swap them.")),
        ),
        (4, 2, 2),
    ),
    "2c": Talk(
        (
            (
                "Pay part of it up front",
                (
                    "Four months of waiting is a loan from our reserves.",
                    "A service fee of a third would let us say yes.",
                    "Early payment in August saved a post.",
                ),
            ),
            (
                "Offer more than one payment model",
                ("One model for all of us cannot be right.", "Let small ones choose."),
            ),
            ("Open books on prices", ("Nobody knows what the others are paid.",)),
        ),
        (5, 4, 2),
    ),
    "4a": Talk(
        (
            (
                "Say what came of each review",
                (
                    "Last year we said it, and then nothing.",
                    "A page with what was said and what was done.",
                    "Tell us also what you will not do.",
                ),
            ),
            ("Review together, twice a year", ("Short and regular beats long and rare.",)),
            ("Ask specialists too", ("We get the questions last.", "Specialists see what others do not.")),
        ),
        (5, 2, 3),
    ),
}
OTHERWISE = TALKS["4a"]
PARKED = "Whether the next contract should pay for outcomes at all: for the commissioner’s market day."
WONT = "The prices in the current contract are fixed until March 2028. We bring it up when it is let anew."


@dataclass(frozen=True, slots=True)
class Deed:
    """An action of the story and where it has come to. ``topic``: its place on the agenda; ``days``: until it is due.

    ``owner``, ``verifier``: addresses. ``notes``: what the owner says on the way. ``last``: of whoever moves it last.
    """

    topic: int
    title: str
    for_whom: str
    owner: str
    verifier: str
    days: int
    measure: str
    state: ActionState
    notes: tuple[str, ...] = ()
    last: str = ""
    steps: tuple[str, ...] = ()


SIAN = "sian.prosser@northernbridge.example"
RUTH = "ruth.kellaway@northernbridge.example"
IMRAN = "imran.siddiqui@northernbridge.example"
BETH = "beth.ramsden@caldervalleytr.example"
GARY = "gary.laidlaw@tynesteps.example"
ABDUL = "abdul.karim@humberenterpri.example"
CLAIRE = "claire.dunmore@signpostmental.example"
OUTCOMES = (Outcome.DECIDED, Outcome.DECIDED, Outcome.WONT, Outcome.DECIDED, Outcome.PARKED, Outcome.OPEN)
DEEDS = (
    Deed(
        0,
        "A third of each payment comes within 30 days of the start",
        "Every subcontractor with an income under £1 million",
        RUTH,
        ABDUL,
        45,
        "Days from the start to the first payment",
        ActionState.IN_PROGRESS,
        ("The board has agreed. Contracts are being changed, the smallest partners first.",),
        steps=("Agree it with the board", "Change the contracts", "Pay the first round"),
    ),
    Deed(
        0,
        "Whoever asks is paid early in August",
        "Every subcontractor",
        RUTH,
        BETH,
        20,
        "How many of those who asked were paid",
        ActionState.VERIFIED,
        ("Eleven asked, and eleven were paid by 14 August.",),
        "We asked and were paid within a week.",
    ),
    Deed(
        1,
        "The formula of the league table is published, with an example",
        "All providers",
        IMRAN,
        GARY,
        30,
        "A page that every provider can open",
        ActionState.DONE,
        ("The page is written and was tried with three providers.", "It is on the extranet."),
    ),
    Deed(
        1,
        "Specialists hear of a change two weeks before it comes",
        "Specialists and spot providers",
        SIAN,
        CLAIRE,
        60,
        "Days between the notice and the change",
        ActionState.ACCEPTED,
    ),
    Deed(
        3,
        "One referral form for all funders",
        "All who take referrals",
        GARY,
        CLAIRE,
        90,
        "Forms that a partner fills in for one person",
        ActionState.DECLINED,
        last="Two of the three funders do not accept another form. We try again when their contracts end.",
    ),
    Deed(
        3,
        "Partners can use the HR helpline",
        "Partners without staff for it",
        SIAN,
        BETH,
        75,
        "Calls in a quarter",
        ActionState.PROPOSED,
    ),
)
