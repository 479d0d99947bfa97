"""Opened ballots to raw counts per group and question, as packed numpy arrays.

Raw counts have types of their own: charts, templates and exports take none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.errors import CountError
from surveys.instrument import OptOut
from surveys.publication import CountedBy
from surveys.subjects import Subject

CHUNK: Final = 4096
HIGHEST_RATING: Final = 5
# How an answer is packed that could not see the practice: beside the ratings, and never one of them.
NOT_SEEN: Final = HIGHEST_RATING + 1
PLACES: Final = NOT_SEEN + 1

# What each kind of answer is packed as, by its type first, because 4.0 and True equal ratings and are none.
_PACKED: Final[Mapping[type, Mapping[object, int]]] = {
    int: {rating: rating for rating in range(1, HIGHEST_RATING + 1)},
    OptOut: {**dict.fromkeys(OptOut, 0), OptOut.NOT_SEEN: NOT_SEEN},
    type(None): {None: 0},
}

Packed = NDArray[np.uint8]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OpenedBallot:
    """One person's review of one subject, opened. A question without an answer is missing from ``ratings``."""

    subject: Subject
    group_id: str
    organisation_id: str
    ratings: Mapping[str, int | OptOut]

    def __repr__(self) -> str:
        # A traceback or a log that prints a ballot must not print who answered what.
        return "OpenedBallot(…)"


@dataclass(frozen=True, slots=True)
class RawCount:
    """The ratings of one question in one cell: their sum, how many, and how many per organisation. Never shown.

    Where each organisation has one voice, that is the mean of its people's ratings, and counts as one.
    ``spread``: how many people gave each point, lowest first.
    """

    total: int | Fraction
    n: int
    by_organisation: Mapping[str, int]
    spread: tuple[int, ...]

    def __repr__(self) -> str:
        return "RawCount(…)"


@dataclass(frozen=True, slots=True)
class RawUnseen:
    """How many of those who rated one question, or could not see it, could not see it. Never shown."""

    yes: int
    n: int
    by_organisation: Mapping[str, int]

    def __repr__(self) -> str:
        return "RawUnseen(…)"


@dataclass(frozen=True, slots=True)
class Tally:
    """The raw counts of one subject.

    Shape: ``rows`` names the (group, organisation) of each row and ``columns`` the question of each column;
    ``ratings`` is rows x columns x 7 (how often each rating 1-5 was given; place 0 holds what is no answer to it, place
    6 those who could not see it); ``reviews`` is one number per row, the reviews received. ``counted_by``: whose voice
    is one.
    """

    rows: tuple[tuple[str, str], ...]
    columns: Mapping[str, int]
    ratings: Counts
    reviews: Counts
    counted_by: CountedBy

    def __repr__(self) -> str:
        return "Tally(…)"

    def reviews_of(self, group_ids: Iterable[str]) -> dict[str, int]:
        """How many voices came from each organisation of some groups."""
        wanted = frozenset(group_ids)
        found: Counter[str] = Counter()
        for (group_id, organisation_id), count in zip(self.rows, self.reviews.tolist(), strict=True):
            if group_id in wanted:
                found[organisation_id] += count
        return self._voices(found)

    def count_of(self, group_ids: Iterable[str], question_id: str) -> RawCount:
        """The raw count of one question over some groups together; opt-outs and gaps are not counted."""
        counted = self._by_organisation(group_ids, question_id)
        given = {id_: places[1:NOT_SEEN] for id_, places in counted.items() if places[1:NOT_SEEN].any()}
        points = np.arange(1, HIGHEST_RATING + 1)
        spread = sum(given.values(), np.zeros(HIGHEST_RATING, np.int64))
        by_organisation = self._voices({id_: int(places.sum()) for id_, places in given.items()})
        total: int | Fraction = int(spread @ points)
        if self.counted_by is CountedBy.ORGANISATION:
            means = (Fraction(int(places @ points), int(places.sum())) for places in given.values())
            total = sum(means, Fraction(0))
        return RawCount(total, sum(by_organisation.values()), by_organisation, tuple(spread.tolist()))

    def unseen_of(self, group_ids: Iterable[str], question_id: str) -> RawUnseen:
        """How many could not see what a question asks about, of them and those who rated it.

        Where each organisation has one voice, it could not see it when somebody of it says so and nobody rates it.
        """
        counted = self._by_organisation(group_ids, question_id)
        people = {id_: int(places[1:].sum()) for id_, places in counted.items() if places[1:].any()}
        unseen = {id_: int(counted[id_][NOT_SEEN]) for id_ in people}
        voices = self._voices(people)
        is_one = self.counted_by is CountedBy.ORGANISATION
        yes = sum(unseen[id_] == people[id_] if is_one else unseen[id_] for id_ in people)
        return RawUnseen(yes, sum(voices.values()), voices)

    def _by_organisation(self, group_ids: Iterable[str], question_id: str) -> dict[str, Counts]:
        """How often each place of one question was given, by organisation, over some groups together."""
        wanted = frozenset(group_ids)
        column = self.columns[question_id]
        found: dict[str, Counts] = {}
        for index, (group_id, organisation_id) in enumerate(self.rows):
            if group_id in wanted:
                counted = self.ratings[index, column]
                found[organisation_id] = (
                    found[organisation_id] + counted if organisation_id in found else counted
                )
        return found

    def _voices(self, people: Mapping[str, int]) -> dict[str, int]:
        is_one = self.counted_by is CountedBy.ORGANISATION
        return dict.fromkeys(people, 1) if is_one else dict(people)


def tally(
    ballots: Sequence[OpenedBallot],
    question_ids: Sequence[str],
    counted_by: CountedBy = CountedBy.PERSON,
) -> Tally:
    """The raw counts of the ballots of one subject. Raises CountError for a rating outside 1-5."""
    rows = tuple(sorted({(ballot.group_id, ballot.organisation_id) for ballot in ballots}))
    places = {row: place for place, row in enumerate(rows)}
    row_of = np.fromiter(
        (places[ballot.group_id, ballot.organisation_id] for ballot in ballots), np.int64, len(ballots)
    )
    width = len(question_ids) * PLACES
    ratings = np.zeros(len(rows) * width, np.int64)
    # In chunks, so that the indices, eight times the size of the packed answers, never exist all at once.
    for start in range(0, len(ballots), CHUNK):
        packed = pack(ballots[start : start + CHUNK], question_ids)
        ratings += _count(packed, row_of[start : start + CHUNK], len(ratings))
    return Tally(
        rows=rows,
        columns={question_id: column for column, question_id in enumerate(question_ids)},
        ratings=ratings.reshape(len(rows), len(question_ids), PLACES),
        reviews=np.bincount(row_of, minlength=len(rows)),
        counted_by=counted_by,
    )


def pack(ballots: Sequence[OpenedBallot], question_ids: Sequence[str]) -> Packed:
    """Ballots x questions, one byte an answer: the rating 1-5, 6 for "could not see it", or 0.

    Raises CountError for a rating outside 1-5.
    """
    try:
        packed = b"".join(
            bytes(_PACKED[value.__class__][value] for value in map(ballot.ratings.get, question_ids))
            for ballot in ballots
        )
    except (KeyError, TypeError):
        # Without the cause: its message may quote an answer.
        raise CountError("A ballot holds a rating that is not on the scale.") from None
    return np.frombuffer(packed, np.uint8).reshape(len(ballots), len(question_ids))


def _count(packed: Packed, row_of: Counts, size: int) -> Counts:
    questions = packed.shape[1]
    places = (row_of[:, None] * questions + np.arange(questions)) * PLACES + packed
    return np.bincount(places.ravel(), minlength=size)
