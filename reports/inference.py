"""What a reader can infer from a displayed mean: worked out from what rounding means, not by the code that rounds."""

from __future__ import annotations

from reports.display import fineness_of
from reports.model import End, Shown


def sums_behind(value: Shown, n: int) -> tuple[int, int]:
    """The lowest and the highest sum of ``n`` answers that a reader can infer from a displayed value.

    The lowest is above the highest when no sum fits.
    """
    lowest = -((2 * value.tenths - value.step) * n // -20)
    highest = -((2 * value.tenths + value.step) * n // -20) - 1
    return (
        n if value.end is End.OR_BELOW else max(lowest, n),
        5 * n if value.end is End.OR_ABOVE else min(highest, 5 * n),
    )


def is_in_table(value: Shown, n: int) -> bool:
    """Whether some ``n`` answers may be shown as the value, by the table of steps and ends."""
    row = fineness_of(n)
    low, high = sums_behind(value, n)
    if value.step != row.step or low > high:
        return False
    if value.end is End.OR_BELOW:
        return value.tenths == row.ends.low
    if value.end is End.OR_ABOVE:
        return value.tenths == row.ends.high
    return row.ends.low < value.tenths < row.ends.high and value.tenths % row.step == 0
