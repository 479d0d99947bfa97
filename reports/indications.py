"""An indication for each principle of the Code on the words of the Merlin Standard: a self-assessment by the chain.

It is no accreditation and not the Merlin assessment. Every statement counts the same; nothing is weighted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.conclusions import Grade, Indication
from reports.language import N_, _
from reports.model import NOT_SHOWN, Displayed, End, Item, Part, Shown
from reports.sides import bounds, items_of
from reports.wording import points
from surveys.practices import practices

# Where each word begins, in tenths on the scale from 1 to 5: 85, 75 and 65 per cent of the way from 1 to 5.
EXCELLENT_FROM, GOOD_FROM, SATISFACTORY_FROM = 44, 40, 36
# At least this share of a principle's statements (per cent) must have a figure of everyone.
LEAST_SHOWN = 50
# The figure of a principle is printed to a tenth: it is arithmetic on printed figures, and the words begin at tenths.
_STEP = 1
GRADE_WORDS: Mapping[Grade, str] = {
    Grade.NOT_YET: N_("Not yet satisfactory"),
    Grade.SATISFACTORY: N_("Satisfactory"),
    Grade.GOOD: N_("Good"),
    Grade.EXCELLENT: N_("Excellent"),
    Grade.SATISFACTORY_OR_BETTER: N_("Satisfactory or better"),
    Grade.GOOD_OR_BETTER: N_("Good or better"),
    Grade.CANNOT_TELL: N_("Cannot tell"),
}
# The names of the Code's principles, as they stand in its list of practices.
PRINCIPLES = (
    N_("Supply Chain Design"),
    N_("Commitment"),
    N_("Conduct"),
    N_("Review"),
    N_("Broader partnership"),
)
_OR_BETTER = {
    Grade.GOOD: Grade.GOOD_OR_BETTER,
    Grade.SATISFACTORY: Grade.SATISFACTORY_OR_BETTER,
}


def indications_of(part: Part) -> tuple[Indication, ...]:
    """One for each principle, in the Code's order; none of a part on one partner, or without figures.

    A statement that stands for practices of two principles counts in both.
    """
    if part.is_on_partner or not part.groups:
        return ()
    asked: dict[str, list[Item]] = {practice.principle: [] for practice in practices().values()}
    for item in items_of(part):
        for principle in dict.fromkeys(_principles(item)):
            asked[principle].append(item)
    return tuple(_indication(principle, items) for principle, items in asked.items())


def indication_rule() -> str:
    """The printed rule: whose words and whose limits these are, and what they are not."""
    return _(
        "What the people of this chain say of their own work: no accreditation, and not the Merlin assessment. The "
        "words are the Merlin Standard’s, the limits are ours: satisfactory from %(satisfactory)s, good from %(good)s, "
        "excellent from %(excellent)s, which is 65, 75 and 85 in 100 of the way from the lowest answer to the highest. "
        "A figure is the mean of everyone’s figures as shown, and each statement counts the same. A word stands only "
        "where it holds whatever “or above” and “or below” stand for, and where half of the statements have a figure; "
        "how many have one stands beside it.",
        satisfactory=points(SATISFACTORY_FROM),
        good=points(GOOD_FROM),
        excellent=points(EXCELLENT_FROM),
    )


def _principles(item: Item) -> list[str]:
    known = practices()
    return [known[practice].principle for practice in item.practices if practice in known]


def _indication(principle: str, items: Sequence[Item]) -> Indication:
    figures = [item.everyone for item in items if isinstance(item.everyone, Shown)]
    return Indication(principle, _mean(figures), len(figures), len(items), _grade(figures, len(items)))


def _mean(figures: Sequence[Shown]) -> Displayed:
    """The plain mean to a tenth, half-way going up.

    Joined ends count at their limit; where they all point the same way the mean is joined too.
    """
    if not figures:
        return NOT_SHOWN
    n, total = len(figures), sum(figure.tenths for figure in figures)
    ends = {figure.end for figure in figures} - {End.NONE}
    return Shown((2 * total + n) // (2 * n), _STEP, ends.pop() if len(ends) == 1 else End.NONE)


def _grade(figures: Sequence[Shown], asked: int) -> Grade:
    """The word that holds whatever the joined ends stand for, before anything is rounded."""
    if not figures or 100 * len(figures) < LEAST_SHOWN * asked:
        return Grade.CANNOT_TELL
    low, high = (_word(sum(bounds(figure)[side] for figure in figures), len(figures)) for side in (0, 1))
    return low if low is high else _OR_BETTER.get(low, Grade.CANNOT_TELL)


def _word(total: int, n: int) -> Grade:
    limits = (
        (EXCELLENT_FROM, Grade.EXCELLENT),
        (GOOD_FROM, Grade.GOOD),
        (SATISFACTORY_FROM, Grade.SATISFACTORY),
    )
    return next((grade for limit, grade in limits if total >= limit * n), Grade.NOT_YET)
