"""Simulated response: who might answer, and what the partition would then do with each protected group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from surveys.groups import Cell, DisclosurePolicy, partition
from surveys.matrix import Assignment
from surveys.publication import CountedBy
from surveys.subjects import Subject

DRAWS = 400


class Verdict(StrEnum):
    """What becomes of a protected group's answers: shown alone, pooled with other parties', or shown nowhere."""

    RELEASED = "released"
    MERGED = "merged"
    NOT_REPORTABLE = "not reportable"


@dataclass(frozen=True, slots=True)
class _Block:
    """The people of one organisation who are asked the same: one draw says how many of them answer."""

    party_id: str
    people: int
    targets: tuple[tuple[Subject, str], ...]


class Tally:
    """How often each verdict came for one subject at one rate: for each of its groups, and for its report."""

    def __init__(self) -> None:
        self.draws = self.reports = 0
        self._alone: Counter[str] = Counter()
        self._merged: Counter[str] = Counter()

    def add(self, released: Sequence[Cell]) -> None:
        """Count one draw by the cells that its report would show."""
        self.draws += 1
        self.reports += bool(released)
        for cell in released:
            counts = self._alone if len(cell.groups) == 1 else self._merged
            counts.update(cell.groups)

    def of_group(self, group_id: str) -> Mapping[Verdict, float]:
        """The share (0-1) of the draws for each verdict on a group; one that nobody answers from is not shown."""
        return self._shares(self._alone[group_id], self._merged[group_id])

    def of_report(self) -> Mapping[Verdict, float]:
        """The share (0-1) of the draws with a report and without one; a report is never merged."""
        return self._shares(self.reports, 0)

    def _shares(self, released: int, merged: int) -> Mapping[Verdict, float]:
        neither = self.draws - released - merged
        counts = {Verdict.RELEASED: released, Verdict.MERGED: merged, Verdict.NOT_REPORTABLE: neither}
        return {verdict: count / self.draws for verdict, count in counts.items()}


def tally(
    assignments: Sequence[Assignment],
    policy: DisclosurePolicy,
    *,
    rate: float,
    random: Random,
    merge_first: frozenset[str],
    counted_by: CountedBy,
) -> Mapping[Subject, Tally]:
    """The tally of every subject when everybody answers with the chance ``rate`` (share 0-1), independently.

    ``assignments``: those of protected groups. Whoever answers reviews every subject asked of them.
    An organisation with one voice has it when any of its people answers. A rate that leaves nothing to chance takes one
    draw.
    """
    blocks = _blocks(assignments)
    targets = list(dict.fromkeys(target for block in blocks for target in block.targets))
    tallies = {assignment.subject: Tally() for assignment in assignments}
    for _ in range(1 if rate in (0.0, 1.0) else DRAWS):
        for subject, cells in _draw(blocks, targets, rate, random, counted_by).items():
            tallies[subject].add(partition(cells, policy, merge_first=merge_first))
    return tallies


def _blocks(assignments: Sequence[Assignment]) -> list[_Block]:
    targets: dict[tuple[str, str], list[tuple[Subject, str]]] = {}
    for asked in assignments:
        of_contact = targets.setdefault((asked.party_id, asked.contact_id), [])
        if (asked.subject, asked.group_id) not in of_contact:
            of_contact.append((asked.subject, asked.group_id))
    alike = Counter((party_id, tuple(of_contact)) for (party_id, _), of_contact in targets.items())
    return [_Block(party_id, people, of_contact) for (party_id, of_contact), people in alike.items()]


def _draw(
    blocks: Sequence[_Block],
    targets: Sequence[tuple[Subject, str]],
    rate: float,
    random: Random,
    counted_by: CountedBy,
) -> dict[Subject, list[Cell]]:
    answers: dict[tuple[Subject, str], dict[str, int]] = {target: {} for target in targets}
    chance = random.random
    is_one = counted_by is CountedBy.ORGANISATION
    for block in blocks:
        # A plain loop, because this is the one place where the preflight of a large chain spends its time.
        count = 0
        for _ in range(block.people):
            if chance() < rate:
                count += 1
        if count:
            for target in block.targets:
                cell = answers[target]
                cell[block.party_id] = 1 if is_one else cell.get(block.party_id, 0) + count
    cells: dict[Subject, list[Cell]] = {}
    for (subject, group_id), by_organisation in answers.items():
        cells.setdefault(subject, []).append(Cell(frozenset({group_id}), by_organisation, counted_by))
    return cells
