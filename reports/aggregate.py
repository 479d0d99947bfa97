"""Opened ballots to raw counts per group and question, as packed numpy arrays.

Raw counts have types of their own: charts, templates and exports take none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
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

# What each answer is packed as, and of which types it must be, because 4.0 and True equal ratings and are none.
_PACKED: Final[Mapping[object, int]] = {
    **{rating: rating for rating in range(1, HIGHEST_RATING + 1)},
    **dict.fromkeys(OptOut, 0),
    OptOut.NOT_SEEN: NOT_SEEN,
    None: 0,
}
_TYPES: Final = frozenset({int, OptOut, type(None)})

Packed = NDArray[np.uint8]
Counts = NDArray[np.int64]
# The organisations of some groups; their rows, and for each row the place of its organisation.
_Rows = tuple[tuple[str, ...], tuple[Counts, Counts]]


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
    # Each column asks for the rows of its groups once for every question.
    _found: dict[frozenset[str], _Rows] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __repr__(self) -> str:
        return "Tally(…)"

    def reviews_of(self, group_ids: Iterable[str]) -> dict[str, int]:
        """How many voices came from each organisation of some groups."""
        organisations, rows = self._rows_of(group_ids)
        return self._voices(organisations, _summed(self.reviews[:, None], rows)[:, 0])

    def count_of(self, group_ids: Iterable[str], question_id: str) -> RawCount:
        """The raw count of one question over some groups together; opt-outs and gaps are not counted."""
        organisations, rows = self._rows_of(group_ids)
        given = _summed(self.ratings[:, self.columns[question_id], 1:NOT_SEEN], rows)
        people = given.sum(1)
        sums = given @ np.arange(1, HIGHEST_RATING + 1)
        by_organisation = self._voices(organisations, people)
        total: int | Fraction = int(sums.sum())
        if self.counted_by is CountedBy.ORGANISATION:
            # Those with as many people each are summed first: a fraction for each number, not for each organisation.
            sizes = np.unique(people[people > 0]).tolist()
            total = sum((Fraction(int(sums[people == size].sum()), size) for size in sizes), Fraction(0))
        return RawCount(total, sum(by_organisation.values()), by_organisation, tuple(given.sum(0).tolist()))

    def unseen_of(self, group_ids: Iterable[str], question_id: str) -> RawUnseen:
        """How many could not see what a question asks about, of them and those who rated it.

        Where each organisation has one voice, it could not see it when somebody of it says so and nobody rates it.
        """
        organisations, rows = self._rows_of(group_ids)
        given = _summed(self.ratings[:, self.columns[question_id], 1:], rows)
        people, unseen = given.sum(1), given[:, NOT_SEEN - 1]
        voices = self._voices(organisations, people)
        is_one = self.counted_by is CountedBy.ORGANISATION
        yes = ((unseen == people) & (people > 0)).sum() if is_one else unseen.sum()
        return RawUnseen(int(yes), sum(voices.values()), voices)

    def _rows_of(self, group_ids: Iterable[str]) -> _Rows:
        wanted = frozenset(group_ids)
        if wanted not in self._found:
            self._found[wanted] = self._look_for(wanted)
        return self._found[wanted]

    def _look_for(self, wanted: frozenset[str]) -> _Rows:
        chosen = [(row, id_) for row, (group_id, id_) in enumerate(self.rows) if group_id in wanted]
        places = {id_: place for place, id_ in enumerate(dict.fromkeys(id_ for _, id_ in chosen))}
        rows = np.fromiter((row for row, _ in chosen), np.int64, len(chosen))
        return tuple(places), (rows, np.fromiter((places[id_] for _, id_ in chosen), np.int64, len(chosen)))

    def _voices(self, organisations: Iterable[str], people: Counts) -> dict[str, int]:
        """The voices of the organisations that have any, by how many people of each there are."""
        is_one = self.counted_by is CountedBy.ORGANISATION
        counted = zip(organisations, people.tolist(), strict=True)
        return {id_: 1 if is_one else count for id_, count in counted if count}


def _summed(counts: Counts, rows: tuple[Counts, Counts]) -> Counts:
    """Some rows of counts, those of one organisation added up. Shape: organisations x columns."""
    chosen, places = rows
    found = np.zeros((int(places.max(initial=-1)) + 1, counts.shape[1]), np.int64)
    np.add.at(found, places, counts[chosen])
    return found


def tally(
    ballots: Iterable[OpenedBallot],
    question_ids: Sequence[str],
    counted_by: CountedBy = CountedBy.PERSON,
) -> Tally:
    """The raw counts of the ballots of one subject, which are read once. Raises CountError for a rating outside 1-5."""
    width = len(question_ids) * PLACES
    places: dict[tuple[str, str], int] = {}
    ratings, reviews = np.zeros(0, np.int64), np.zeros(0, np.int64)
    coming = iter(ballots)
    # In chunks, so that neither the ballots nor the indices of their answers ever exist all at once.
    while chunk := tuple(islice(coming, CHUNK)):
        named = [(ballot.group_id, ballot.organisation_id) for ballot in chunk]
        row_of = np.array([places.setdefault(row, len(places)) for row in named], np.int64)
        ratings = _added(ratings, _count(pack(chunk, question_ids), row_of, len(places) * width))
        reviews = _added(reviews, np.bincount(row_of, minlength=len(places)))
    rows = tuple(sorted(places))
    order = np.array([places[row] for row in rows], np.int64)
    return Tally(
        rows=rows,
        columns={question_id: column for column, question_id in enumerate(question_ids)},
        ratings=ratings.reshape(len(rows), len(question_ids), PLACES)[order],
        reviews=reviews[order],
        counted_by=counted_by,
    )


def _added(before: Counts, now: Counts) -> Counts:
    """Both counts together. Rows that are new come last, so that ``now`` is the longer one."""
    now[: len(before)] += before
    return now


def pack(ballots: Sequence[OpenedBallot], question_ids: Sequence[str]) -> Packed:
    """Ballots x questions, one byte an answer: the rating 1-5, 6 for "could not see it", or 0.

    Raises CountError for a rating outside 1-5.
    """
    values = [value for ballot in ballots for value in map(ballot.ratings.get, question_ids)]
    try:
        packed = bytes(map(_PACKED.__getitem__, values))
    except (KeyError, TypeError):
        packed = None
    if packed is None or not _TYPES.issuperset(map(type, values)):
        # Without a cause: its message may quote an answer.
        raise CountError("A ballot holds a rating that is not on the scale.")
    return np.frombuffer(packed, np.uint8).reshape(len(ballots), len(question_ids))


def _count(packed: Packed, row_of: Counts, size: int) -> Counts:
    questions = packed.shape[1]
    places = (row_of[:, None] * questions + np.arange(questions)) * PLACES + packed
    return np.bincount(places.ravel(), minlength=size)
