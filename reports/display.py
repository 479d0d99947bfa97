"""Raw counts to displayed values: the only place where a figure that a reader may see is made.

The table is that of the anonymity rules, "How a figure is shown". Everything is integer arithmetic in
tenths, and a mean that lies exactly between two steps goes up (docs/decisions/0003-rounding-ties.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reports.errors import CountError
from reports.model import NOT_SHOWN, WHOLE, Displayed, DisplayedShare, End, Shown, ShownShare
from surveys.groups import DisclosurePolicy, is_safe


@dataclass(frozen=True, slots=True)
class Ends:
    """The limits (tenths) at and beyond which figures are joined: "2.0 or below", "4.0 or above"."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Fineness:
    """How figures of ``from_answers`` answers and more are shown: in steps (tenths), with joined ends."""

    from_answers: int
    step: int
    ends: Ends


# The narrowest ends of a step are those of the smaller numbers of answers; the finest row is last.
FINENESS = (
    Fineness(5, 5, Ends(20, 40)),
    Fineness(10, 2, Ends(20, 40)),
    Fineness(15, 2, Ends(16, 44)),
    Fineness(30, 1, Ends(14, 46)),
)
ATTRIBUTED_STEP = 5


@dataclass(frozen=True, slots=True)
class Bands:
    """How shares of ``from_answers`` answers and more are shown: up to ``limit`` per cent, its mirror, or between."""

    from_answers: int
    limit: int


BANDS = (Bands(5, 40), Bands(10, 30), Bands(20, 20))


def fineness_of(n: int) -> Fineness:
    """How a figure of ``n`` answers is shown. Raises CountError under five, where nothing is shown."""
    fitting = [row for row in FINENESS if row.from_answers <= n]
    if not fitting:
        raise CountError("A figure of so few answers is never shown.")
    return fitting[-1]


def show(
    total: int | Fraction,
    n: int,
    by_organisation: Mapping[str, int],
    policy: DisclosurePolicy,
    *,
    is_attributed: bool,
) -> Displayed:
    """The mean of ``n`` voices that add up to ``total``, as readers may see it: ratings, or means of organisations.

    ``by_organisation`` counts the same voices per organisation. An attributed group was told that it is
    shown apart: to 0.5 without joined ends, whatever its size, and not at all when it gave no rating.
    Raises CountError when the counts contradict each other.
    """
    if sum(by_organisation.values()) != n or not n <= total <= 5 * n:
        raise CountError("The counts of a figure contradict each other.")
    if is_attributed:
        return _shown(10 * total, n, ATTRIBUTED_STEP, None) if n else NOT_SHOWN
    if not is_safe(by_organisation, policy):
        return NOT_SHOWN
    row = fineness_of(n)
    return _shown(10 * total, n, row.step, row.ends)


def bands_of(n: int) -> Bands:
    """How a share of ``n`` answers is shown. Raises CountError under five, where nothing is shown."""
    fitting = [row for row in BANDS if row.from_answers <= n]
    if not fitting:
        raise CountError("A share of so few answers is never shown.")
    return fitting[-1]


def show_share(
    yes: int, n: int, by_organisation: Mapping[str, int], policy: DisclosurePolicy
) -> DisplayedShare:
    """The share of ``n`` answers that are a yes, as readers may see it: a band, or nothing.

    ``by_organisation`` counts the same answers per organisation. Raises CountError when the counts contradict each
    other.
    """
    return _share(yes, n, by_organisation, policy, limit=None)


def show_share_of_any(
    yes: int, n: int, by_organisation: Mapping[str, int], policy: DisclosurePolicy, *, limit: int
) -> DisplayedShare:
    """The same in bands that are one for every number of answers, so that they do not tell it.

    ``limit``: per cent. Raises CountError for one that is narrower than the smallest number allows.
    """
    if limit < BANDS[0].limit:
        raise CountError("These bands are too narrow for a share of five answers.")
    return _share(yes, n, by_organisation, policy, limit=limit)


def everyone(values_with_weights: Iterable[tuple[Displayed, int]]) -> Displayed:
    """All: the mean of the protected groups' displayed values, each weighted by the number of people who answered.

    A joined end counts at its limit. Only groups that are shown on the item are in it, so that a hidden
    one cannot be worked out of it; shown with the steps and ends of the coarsest of them. Not shown
    when none of them is.
    """
    shown = [(value, weight) for value, weight in values_with_weights if isinstance(value, Shown)]
    if not shown:
        return NOT_SHOWN
    step = max(value.step for value, _ in shown)
    low = max(_ends_of(value, weight).low for value, weight in shown)
    high = min(_ends_of(value, weight).high for value, weight in shown)
    total = sum(value.tenths * weight for value, weight in shown)
    return _shown(total, sum(weight for _, weight in shown), step, Ends(low, high))


def mean_of(values: Iterable[Displayed]) -> Displayed:
    """An element's figure: the plain mean of the displayed values of its shown items; not shown when there are none.

    A joined end counts at its limit. In the coarsest step among the values, and with the ends of that step.
    """
    shown = [value for value in values if isinstance(value, Shown)]
    if not shown:
        return NOT_SHOWN
    step = max(value.step for value in shown)
    ends = _ends_among([value for value in shown if value.step == step])
    return _shown(sum(value.tenths for value in shown), len(shown), step, ends)


def average(values: Iterable[Displayed], policy: DisclosurePolicy) -> Displayed:
    """The plain mean of what several partners' reports show of one view, as each of their readers may see it.

    From k + 1 shown values on, so that who knows one of them faces k others; in the steps and with the ends of that
    number of answers.
    """
    shown = [value for value in values if isinstance(value, Shown)]
    if len(shown) <= policy.k:
        return NOT_SHOWN
    row = fineness_of(len(shown))
    return _shown(sum(value.tenths for value in shown), len(shown), row.step, row.ends)


def _share(
    yes: int, n: int, by_organisation: Mapping[str, int], policy: DisclosurePolicy, *, limit: int | None
) -> DisplayedShare:
    if sum(by_organisation.values()) != n or not 0 <= yes <= n:
        raise CountError("The counts of a share contradict each other.")
    if not is_safe(by_organisation, policy):
        return NOT_SHOWN
    limit = bands_of(n).limit if limit is None else limit
    if WHOLE * yes <= limit * n:
        return ShownShare(0, limit)
    if WHOLE * yes >= (WHOLE - limit) * n:
        return ShownShare(WHOLE - limit, WHOLE)
    return ShownShare(limit, WHOLE - limit)


def _shown(tenths_total: int | Fraction, n: int, step: int, ends: Ends | None) -> Shown:
    """``tenths_total / n`` to the nearest step, a tie going up, then joined at the ends."""
    tenths = (2 * tenths_total + step * n) // (2 * step * n) * step
    if ends and tenths <= ends.low:
        return Shown(ends.low, step, End.OR_BELOW)
    if ends and tenths >= ends.high:
        return Shown(ends.high, step, End.OR_ABOVE)
    return Shown(tenths, step, End.NONE)


def _ends_of(value: Shown, weight: int) -> Ends:
    """The ends of the cell that a displayed value comes from, as a reader can tell them.

    Two rows of the table share the step 0.2. Which one it was is read from the value where that is joined,
    and else from the number of people in the group.
    """
    rows = [row for row in FINENESS if row.step == value.step]
    fitting = [row for row in rows if row.from_answers <= weight] or rows[:1]
    joined = [
        row
        for row in rows
        if (value.end is End.OR_BELOW and value.tenths == row.ends.low)
        or (value.end is End.OR_ABOVE and value.tenths == row.ends.high)
    ]
    return (joined or fitting)[-1].ends


def _ends_among(coarsest: list[Shown]) -> Ends | None:
    """The narrowest ends that values of one step allow; None where one lies beyond them all (attributed groups)."""
    joined = {value.tenths for value in coarsest if value.end is not End.NONE}
    plain = [value.tenths for value in coarsest if value.end is End.NONE]
    rows = [row for row in FINENESS if row.step == coarsest[0].step]
    possible = [row.ends for row in rows if all(row.ends.low < tenths < row.ends.high for tenths in plain)]
    stated = [row.ends for row in rows if joined & {row.ends.low, row.ends.high}]
    if stated:
        return stated[0]
    return possible[-1] if possible else None
