"""Small parts to conclude from: everyone's figures and own views written as tenths, in the order of the statements."""

from __future__ import annotations

from collections.abc import Sequence

from reports.display import everyone
from reports.model import (
    NOT_SHOWN,
    Displayed,
    DisplayedShare,
    End,
    GroupKind,
    Item,
    Part,
    ReportGroup,
    ReportSection,
    Shown,
    ShownShare,
)

OWN = ReportGroup("prime", "Alder Ltd", GroupKind.ATTRIBUTED, is_self=True, answers=None, includes=())
VOLUNTARY = ReportGroup("vcs", "Voluntary", GroupKind.PROTECTED, is_self=False, answers=12, includes=())
OTHERS = ReportGroup(
    "other", "Other parties", GroupKind.OTHER_PARTIES, is_self=False, answers=8, includes=("Public", "Spot")
)
ABOVE, BELOW = End.OR_ABOVE, End.OR_BELOW


def fig(tenths: int, step: int = 5, end: End = End.NONE) -> Shown:
    return Shown(tenths, step, end)


def statement(
    number: int,
    others: Displayed = NOT_SHOWN,
    own: Displayed = NOT_SHOWN,
    *,
    not_seen: DisplayedShare = NOT_SHOWN,
    practices: tuple[str, ...] = (),
) -> Item:
    values = {"prime": own, "vcs": others}
    return Item(f"q{number}", f"Statement {number}.", practices, values, others, not_seen)


def part(items: Sequence[Item], *, received: int = 12, asked: int = 15, subject: str = "prime") -> Part:
    """A part with one protected group and the prime's own view."""
    section = ReportSection("2a", "Being open", tuple(items), {}, NOT_SHOWN)
    return Part(subject, "Alder Ltd", asked, received, (OWN, VOLUNTARY), (section,), (), ())


def part_of(*others: Displayed, own: Sequence[Displayed] = ()) -> Part:
    """A part whose statements have these figures of everyone, and these own views where some are given."""
    owned = [*own, *[NOT_SHOWN] * (len(others) - len(own))]
    return part([statement(number, *pair) for number, pair in enumerate(zip(others, owned, strict=True))])


def share(low: int, high: int) -> ShownShare:
    return ShownShare(low, high)


def weighed(voluntary: Displayed, others: Displayed) -> Displayed:
    return everyone([(voluntary, 12), (others, 8)])
