"""The story of the demo's workshop: what people note on each practice of the Code, what is settled, and done."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.improvement import ActionState


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said on a topic. ``groups``: the title of each group and its notes; ``likes``: how the dots lean."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    likes: tuple[int, ...]


TALKS = {
    "P2a.1": Talk(
        (
            (
                "Show the clauses that bind us",
                (
                    "We are held to clauses that we have never read.",
                    "One page with every clause that is passed down to us.",
                    "Show us the service levels that you promised in our name.",
                ),
            ),
            (
                "Tell us about changes early",
                ("Two weeks before a change, not after it.", "Specialists hear of changes last."),
            ),
            ("Say what the management fee pays for", ("A line for each service that the fee buys.",)),
        ),
        (5, 4, 2),
    ),
    "P2a.2": Talk(
        (
            (
                "Open the books for this contract",
                (
                    "Nobody knows what is left of each payment.",
                    "Once a year, to one person for all of us, would do.",
                ),
            ),
            (
                "Explain the margin in words",
                ("A picture of where a pound goes.", "Say it before we ask.", "We would share ours too."),
            ),
        ),
        (4, 3),
    ),
    "P2b.1": Talk(
        (
            (
                "Open the HR helpline to partners",
                ("We would use the HR helpline tomorrow.", "Even ten calls a year would help."),
            ),
            ("Buy together", ("Insurance and vehicles are cheaper together.", "Laptops too.")),
            ("Training places", ("Your safeguarding course has empty seats.", "So has ours: swap them.")),
        ),
        (4, 2, 3),
    ),
    "P2b.7": Talk(
        (
            (
                "One referral form",
                (
                    "We fill in the same thing twice.",
                    "Ask the funders once what they need, for all of us.",
                    "The form has fields that nobody reads.",
                ),
            ),
            (
                "Help with systems, step by step",
                ("Tell us what comes after the first visit.", "A name to ask."),
            ),
        ),
        (5, 2),
    ),
    "P2c.1": Talk(
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
        ),
        (5, 4),
    ),
    "P2c.2": Talk(
        (
            (
                "Go through the funding model together",
                ("An hour with the finance team, with our own numbers.", "Show a bad year too."),
            ),
            (
                "A sheet to try things out",
                (
                    "A spreadsheet where we can change the volumes.",
                    "Let us see what ten referrals fewer would mean.",
                    "Something our trustees can read.",
                ),
            ),
        ),
        (4, 3),
    ),
}
OTHERWISE = Talk(
    (
        (
            "Say what came of it",
            (
                "Last year we said it, and then nothing.",
                "A page with what was said and what was done.",
                "Tell us also what you will not do.",
            ),
        ),
        ("Talk about it twice a year", ("Short and regular beats long and rare.", "By call is enough.")),
    ),
    (5, 2),
)
PARKED = "Whether the next contract should pay for outcomes at all: for the commissioner’s market day."
WONT = "The commissioner’s contract keeps the accounts confidential until March 2028. We bring it up with the next."


@dataclass(frozen=True, slots=True)
class Deed:
    """An action of the story and where it has come to. ``practice``: of its topic; ``days``: until it is due.

    ``owner``, ``verifier``: addresses. ``notes``: what the owner says on the way. ``last``: of whoever moves it last.
    """

    practice: str
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
# What was decided, by the practice of the topic; an empty text: it will not be done. The rest is for another time.
DECISIONS = {
    "P2c.1": "From April, a third of each payment comes up front for partners with an income under £1 million.",
    "P2a.1": "Every partner gets the clauses that bind it, in plain words, and hears of changes two weeks before.",
    "P2b.7": "We ask all funders for one referral form.",
    "P2b.1": "Partners can use the HR helpline, and we swap free places on courses.",
    "P2a.2": "",
}
DEEDS = (
    Deed(
        "P2c.1",
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
        "P2c.1",
        "Whoever asks for early payment gets it",
        "Every subcontractor",
        RUTH,
        BETH,
        20,
        "How many of those who asked were paid",
        ActionState.VERIFIED,
        ("Eleven asked, and all eleven were paid within a week.",),
        "We asked and were paid within a week.",
    ),
    Deed(
        "P2a.1",
        "The clauses that bind partners are published, in plain words",
        "All providers",
        IMRAN,
        GARY,
        30,
        "A page that every provider can open",
        ActionState.DONE,
        ("The page is written and was tried with three providers.", "It is on the extranet."),
    ),
    Deed(
        "P2a.1",
        "Specialists hear of a change two weeks before it comes",
        "Specialists and spot providers",
        SIAN,
        CLAIRE,
        60,
        "Days between the notice and the change",
        ActionState.ACCEPTED,
    ),
    Deed(
        "P2b.7",
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
        "P2b.1",
        "Partners can use the HR helpline",
        "Partners without staff for it",
        SIAN,
        BETH,
        75,
        "Calls in a quarter",
        ActionState.PROPOSED,
    ),
)
