"""The solver that tries to single a person out: which answers stay possible for whom, given disclosed sums.

People are integers from 1 to 5, or 0 and 1 for no and yes. A disclosure says that the answers of some of them add up
to something within an interval. HiGHS then says, for many suppositions in one go ("this person answered 2 and the
insider 5"), which of them can be true. Source: anonymity rules, "What the software must prove about itself".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import eye_array, hstack, kron

from reports.errors import SolverError

ANSWERS = (1, 2, 3, 4, 5)
NO_OR_YES = (0, 1)
# Sums are whole numbers: a supposition that misses an interval misses it by one at least.
MISSED = 0.5


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a reader knows of some people's answers: together they make ``low_sum`` to ``high_sum``.

    ``members`` are the slots (0, 1, ...) of the people.
    """

    members: frozenset[int]
    low_sum: int
    high_sum: int


@dataclass(frozen=True, slots=True)
class Least:
    """The fewest answers (of five, or two) that stay possible for anybody: to an outsider, and to any one insider."""

    outsider: int
    insider: int


# People in exactly the same disclosures are alike: a supposition names their class, and one variable
# stands for the sum of all others of the class, who can make up any whole number in its range.
_Classes = tuple[tuple[int, ...], ...]
_Supposition = tuple[tuple[int, int], ...]


def feasible_values(
    disclosures: Sequence[Disclosure], *, persons: int, known: Mapping[int, int]
) -> dict[int, frozenset[int]]:
    """The answers that stay possible for each person, by slot, to a reader who knows the answers in ``known``.

    Only people who are not in ``known`` are listed; empty sets mean that what is known contradicts itself.
    """
    classes = _classes(disclosures, persons)
    place_of = {slot: place for place, slots in enumerate(classes) for slot in slots}
    fixed = tuple((place_of[slot], answer) for slot, answer in known.items())
    strangers = [slot for slot in range(persons) if slot not in known]
    asked = list(product(sorted({place_of[slot] for slot in strangers}), ANSWERS))
    truths = _can_be_true(disclosures, classes, [(*fixed, one) for one in asked], ANSWERS)
    possible = {one for one, is_true in zip(asked, truths, strict=True) if is_true}
    return {
        slot: frozenset(answer for answer in ANSWERS if (place_of[slot], answer) in possible)
        for slot in strangers
    }


@lru_cache(maxsize=8192)
def least_feasible(
    disclosures: tuple[Disclosure, ...], persons: int, answers: tuple[int, ...] = ANSWERS
) -> Least:
    """The fewest answers that stay possible for anybody; zeros when the disclosures contradict each other.

    ``answers``: those that there are, whole numbers without gaps. The insider is any one of the people, with any
    answer that can be true, and looks at anybody else. Remembered, because the figures of a report come in few shapes.
    """
    classes = _classes(disclosures, persons)
    places = range(len(classes))
    pairs = [(own, other) for own, other in product(places, places) if own != other or len(classes[own]) > 1]
    outside: list[_Supposition] = [((other, answer),) for other, answer in product(places, answers)]
    inside: list[_Supposition] = [
        ((own, told), (other, answer)) for (own, other), told, answer in product(pairs, answers, answers)
    ]
    truths = _can_be_true(disclosures, classes, [*outside, *inside], answers)
    to_outsiders = _counts(truths[: len(outside)], len(answers))
    # An answer of the insider's own that cannot be true leaves nothing possible, and does not count.
    to_insiders = [count for count in _counts(truths[len(outside) :], len(answers)) if count]
    least_inside = min(to_insiders, default=0 if pairs else len(answers))
    return Least(min(to_outsiders, default=len(answers)), least_inside)


def _counts(truths: Sequence[bool], size: int) -> list[int]:
    return [sum(truths[start : start + size]) for start in range(0, len(truths), size)]


def _classes(disclosures: Sequence[Disclosure], persons: int) -> _Classes:
    alike: dict[tuple[bool, ...], list[int]] = {}
    for slot in range(persons):
        alike.setdefault(tuple(slot in one.members for one in disclosures), []).append(slot)
    return tuple(tuple(slots) for slots in alike.values())


def _can_be_true(
    disclosures: Sequence[Disclosure],
    classes: _Classes,
    suppositions: Sequence[_Supposition],
    answers: tuple[int, ...],
) -> list[bool]:
    """Whether each supposition can be true beside what is disclosed.

    One programme for all: each supposition has variables of its own, and slack by which it may miss an
    interval. The least slack overall is the least of each, and a supposition without any can be true.
    """
    if not suppositions or not disclosures:
        return [True] * len(suppositions)
    inside = np.array([[slots[0] in one.members for slots in classes] for one in disclosures], float)
    supposed = np.zeros((len(suppositions), len(classes)))
    named = np.zeros_like(supposed)
    for row, supposition in enumerate(suppositions):
        for place, answer in supposition:
            supposed[row, place] += answer
            named[row, place] += 1
    others = np.array([len(slots) for slots in classes]) - named
    missed = np.zeros((len(suppositions), 2 * len(disclosures)))
    slack = eye_array(len(disclosures))
    block = hstack([inside, slack, -slack])
    told = supposed @ inside.T
    low, high = (np.array([getattr(one, end) for one in disclosures]) for end in ("low_sum", "high_sum"))
    fewest, most = min(answers) * others, max(answers) * others
    solved = milp(
        np.tile([0.0] * len(classes) + [1.0] * missed.shape[1], len(suppositions)),
        constraints=LinearConstraint(
            kron(eye_array(len(suppositions)), block, format="csr"),
            (low - told).ravel(),
            (high - told).ravel(),
        ),
        # To the very least: by default it would stop at a ten-thousandth of all the slack.
        options={"mip_rel_gap": 0.0},
        bounds=Bounds(np.hstack([fewest, missed]).ravel(), np.hstack([most, missed + np.inf]).ravel()),
        integrality=np.tile([1] * len(classes) + [0] * missed.shape[1], len(suppositions)),
    )
    if not solved.success:
        raise SolverError(solved.message)
    by_supposition = solved.x.reshape(len(suppositions), -1)[:, len(classes) :].sum(axis=1)
    return [bool(missing < MISSED) for missing in by_supposition]
