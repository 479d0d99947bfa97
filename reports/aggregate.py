"""Opened ballots to raw counts per group and question, as packed numpy arrays.

Raw counts have types of their own: charts, templates and exports take none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.errors import CountError
from surveys.instrument import OptOut
from surveys.subjects import Subject

CHUNK: Final = 4096
HIGHEST_RATING: Final = 5

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
    """The ratings of one question in one cell: their sum, how many, and how many per organisation. Never shown."""

    total: int
    n: int
    by_organisation: Mapping[str, int]

    def __repr__(self) -> str:
        return "RawCount(…)"


@dataclass(frozen=True, slots=True)
class Tally:
    """The raw counts of one subject.

    Shape: ``rows`` names the (group, organisation) of each row and ``columns`` the question of each column;
    ``ratings`` is rows x columns x 6 (how often each rating 1-5 was given; place 0 holds what is no rating);
    ``reviews`` is one number per row, the reviews received.
    """

    rows: tuple[tuple[str, str], ...]
    columns: Mapping[str, int]
    ratings: Counts
    reviews: Counts

    def __repr__(self) -> str:
        return "Tally(…)"

    def reviews_of(self, group_ids: Iterable[str]) -> dict[str, int]:
        """How many reviews came from each organisation of some groups."""
        wanted = frozenset(group_ids)
        found: Counter[str] = Counter()
        for (group_id, organisation_id), count in zip(self.rows, self.reviews.tolist(), strict=True):
            if group_id in wanted:
                found[organisation_id] += count
        return dict(found)

    def count_of(self, group_ids: Iterable[str], question_id: str) -> RawCount:
        """The raw count of one question over some groups together; opt-outs and gaps are not counted."""
        wanted = frozenset(group_ids)
        chosen = [index for index, (group_id, _) in enumerate(self.rows) if group_id in wanted]
        given = self.ratings[chosen, self.columns[question_id], 1:]
        by_organisation: Counter[str] = Counter()
        for index, count in zip(chosen, given.sum(axis=1).tolist(), strict=True):
            if count:
                by_organisation[self.rows[index][1]] += count
        total = int(given.sum(axis=0) @ np.arange(1, HIGHEST_RATING + 1))
        return RawCount(total, int(given.sum()), dict(by_organisation))


def tally(ballots: Sequence[OpenedBallot], question_ids: Sequence[str]) -> Tally:
    """The raw counts of the ballots of one subject. Raises CountError for a rating outside 1-5."""
    rows = tuple(sorted({(ballot.group_id, ballot.organisation_id) for ballot in ballots}))
    places = {row: place for place, row in enumerate(rows)}
    row_of = np.fromiter(
        (places[ballot.group_id, ballot.organisation_id] for ballot in ballots), np.int64, len(ballots)
    )
    width = len(question_ids) * (HIGHEST_RATING + 1)
    ratings = np.zeros(len(rows) * width, np.int64)
    # In chunks, so that the indices, eight times the size of the packed answers, never exist all at once.
    for start in range(0, len(ballots), CHUNK):
        packed = pack(ballots[start : start + CHUNK], question_ids)
        ratings += _count(packed, row_of[start : start + CHUNK], len(ratings))
    return Tally(
        rows=rows,
        columns={question_id: column for column, question_id in enumerate(question_ids)},
        ratings=ratings.reshape(len(rows), len(question_ids), HIGHEST_RATING + 1),
        reviews=np.bincount(row_of, minlength=len(rows)),
    )


def pack(ballots: Sequence[OpenedBallot], question_ids: Sequence[str]) -> Packed:
    """Ballots x questions, one byte an answer: the rating 1-5, or 0 for an opt-out or no answer.

    Raises CountError for a rating outside 1-5.
    """
    try:
        packed = b"".join(
            bytes(
                0 if value is None or isinstance(value, OptOut) else value
                for value in map(ballot.ratings.get, question_ids)
            )
            for ballot in ballots
        )
    except (ValueError, TypeError):
        # Without the cause: its message may quote an answer.
        raise CountError("A ballot holds a rating that is not on the scale.") from None
    matrix = np.frombuffer(packed, np.uint8).reshape(len(ballots), len(question_ids))
    if matrix.size and matrix.max() > HIGHEST_RATING:
        raise CountError("A ballot holds a rating that is not on the scale.")
    return matrix


def _count(packed: Packed, row_of: Counts, size: int) -> Counts:
    questions = packed.shape[1]
    places = (row_of[:, None] * questions + np.arange(questions)) * (HIGHEST_RATING + 1) + packed
    return np.bincount(places.ravel(), minlength=size)
