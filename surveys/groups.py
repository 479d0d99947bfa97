"""Which groups may be released: the disclosure policy, the safety of a cell and the partition of a subject's raters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from surveys.publication import CountedBy

LOWEST_K = 5


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """The thresholds that a cycle freezes at its launch. Source: anonymity rules, "Which groups are released".

    ``k`` answers at least, from ``min_organisations`` at least, and ``k - 1`` left when any one
    organisation is taken out. Comments: from ``comment_answers`` people of ``min_organisations``
    on; a group's comments stand alone from ``comment_group`` people on. Raises ValueError when k
    is lowered.
    """

    k: int = LOWEST_K
    min_organisations: int = 3
    comment_answers: int = 8
    comment_group: int = 10

    def __post_init__(self) -> None:
        if self.k < LOWEST_K or self.min_organisations < 3:
            raise ValueError(f"k may be raised above {LOWEST_K}, never lowered.")
        if self.comment_answers < 8 or self.comment_group < 10:
            raise ValueError("The thresholds for comments may be raised, never lowered.")

    @property
    def min_without_any_organisation(self) -> int:
        """How many answers must be left when any one organisation is taken out."""
        return self.k - 1


@dataclass(frozen=True, slots=True)
class Cell:
    """The voices of one or several groups: how many came from each organisation.

    ``groups`` are ids of protected groups (several once cells were merged); ``by_organisation`` maps an
    organisation's id to a count of voices: of its people who answered, or 1 where each organisation has one voice.
    """

    groups: frozenset[str]
    by_organisation: Mapping[str, int]
    counted_by: CountedBy = CountedBy.PERSON

    @property
    def size(self) -> int:
        """How many voices the cell holds."""
        return sum(self.by_organisation.values())

    def merged_with(self, other: Cell) -> Cell:
        """One cell with the voices of both; an organisation in both has one voice where each has one."""
        merged = dict(self.by_organisation)
        for organisation, count in other.by_organisation.items():
            merged[organisation] = merged.get(organisation, 0) + count
        if self.counted_by is CountedBy.ORGANISATION:
            merged = dict.fromkeys(merged, 1)
        return Cell(self.groups | other.groups, merged, self.counted_by)


def is_safe(by_organisation: Mapping[str, int], policy: DisclosurePolicy) -> bool:
    """Whether answers, counted per organisation, may be released as one figure."""
    total = sum(by_organisation.values())
    organisations = [count for count in by_organisation.values() if count > 0]
    return (
        total >= policy.k
        and len(organisations) >= policy.min_organisations
        and total - max(organisations, default=0) >= policy.min_without_any_organisation
    )


def partition(
    cells: Iterable[Cell],
    policy: DisclosurePolicy,
    *,
    merge_first: frozenset[str] = frozenset(),
) -> tuple[Cell, ...]:
    """The cells to release, in the order given, the merged rest last; empty when nothing is safe.

    ``cells``: one per protected group that has answers. ``merge_first``: ids of groups that may not
    stand alone whatever their size (their invited set changed by one to four people since the last
    cycle, or an audit asked for it). Every answer is in exactly one released cell, or none is released.
    """
    alone = [cell for cell in cells if cell.size > 0]
    rest = [cell for cell in alone if cell.groups & merge_first or not is_safe(cell.by_organisation, policy)]
    alone = [cell for cell in alone if cell not in rest]
    if not rest:
        return tuple(alone)
    other = reduce(Cell.merged_with, rest)
    while not is_safe(other.by_organisation, policy) or (
        len(other.groups) == 1 and other.groups & merge_first
    ):
        if not alone:
            return ()
        smallest = min(alone, key=lambda cell: (cell.size, sorted(cell.groups)))
        alone.remove(smallest)
        other = other.merged_with(smallest)
    return (*alone, other)
