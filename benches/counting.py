"""A1: counting opened ballots, 1,000 to 1,000,000 of them, beside a bare numpy count of the same answers.

Each size runs in a process of its own, so that its peak of memory is its own. The ballots come one by one, as a close
opens them, and the time that it takes to make them up is left out.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from reports.aggregate import PLACES, OpenedBallot, tally
from surveys.subjects import Subject

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUESTIONS = tuple(f"q{number:02}" for number in range(40))
GROUPS, ORGANISATIONS, KINDS = 6, 50, 64


def lines() -> Iterator[str]:
    """The printed result."""
    found = [_measured(size) for size in SIZES]
    yield "A1 counting ballots of 40 statements, 6 groups, 50 organisations"
    for size, one in zip(SIZES, found, strict=True):
        yield (
            f"   {size:>9,} ballots {one['ours']:8.3f} s   bare numpy {one['bare']:8.3f} s   "
            f"ratio {one['ours'] / one['bare']:5.2f}   peak {one['peak']:.0f} MB"
        )
    growth = math.log(found[-1]["ours"] / found[1]["ours"]) / math.log(SIZES[-1] / SIZES[1])
    more = found[-1]["peak"] - found[0]["peak"]
    yield f"   growth exponent from {SIZES[1]:,} to {SIZES[-1]:,}: {growth:.2f} (target: 1.05 or less)"
    peak = f"   peak at {SIZES[-1]:,}: {found[-1]['peak']:.0f} MB (target: 150 or less), "
    yield f"{peak}{more:.0f} MB over that at {SIZES[0]:,}"


def _measured(size: int) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-m", "benches.counting", str(size)], check=True, capture_output=True, text=True
    )
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def _ballots(size: int) -> Iterator[OpenedBallot]:
    """Ballots of a few kinds of answers, so that making them up costs next to nothing."""
    kinds = [dict(zip(QUESTIONS, row, strict=True)) for row in _kinds().tolist()]
    for number in range(size):
        group, organisation = number % GROUPS, number % ORGANISATIONS
        yield OpenedBallot(Subject.PRIME, f"g{group}", f"o{organisation:02}", kinds[number % KINDS])


def _kinds() -> np.ndarray:
    return np.random.default_rng(1).integers(1, 6, (KINDS, len(QUESTIONS))).astype(np.uint8)


def _bare(packed: np.ndarray, row_of: np.ndarray, rows: int) -> np.ndarray:
    """What numpy alone needs to count answers that lie packed in one array, in chunks as ours are."""
    questions = packed.shape[1]
    found = np.zeros(rows * questions * PLACES, np.int64)
    for start in range(0, len(packed), 4096):
        part = packed[start : start + 4096]
        places = (row_of[start : start + 4096, None] * questions + np.arange(questions)) * PLACES + part
        found += np.bincount(places.ravel(), minlength=len(found))
    return found


def _run(size: int) -> dict[str, float]:
    tally(_ballots(KINDS), QUESTIONS)  # whatever is done only once is done now
    started = time.process_time()
    for _ in _ballots(size):
        pass
    made_up = time.process_time() - started
    started = time.process_time()
    counted = tally(_ballots(size), QUESTIONS)
    ours = time.process_time() - started - made_up
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    packed = np.tile(_kinds(), (-(-size // KINDS), 1))[:size]
    rows = {row: place for place, row in enumerate(counted.rows)}
    numbers = np.arange(size)
    each = [(f"g{at % GROUPS}", f"o{at % ORGANISATIONS:02}") for at in range(GROUPS * ORGANISATIONS)]
    row_of = np.array([rows.get(row, 0) for row in each])[numbers % len(each)]
    started = time.process_time()
    again = _bare(packed, row_of, len(rows))
    bare = time.process_time() - started
    if not np.array_equal(again.reshape(counted.ratings.shape), counted.ratings):
        raise SystemExit("The two counts differ.")
    return {"ours": ours, "bare": bare, "peak": peak}


if __name__ == "__main__":
    print(json.dumps(_run(int(sys.argv[1]))))
