"""The columns of a part: attributed groups apart, and the protected groups as the partition lets them be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.aggregate import Tally
from reports.model import ALL_TITLE, OTHER_ID, OTHER_TITLE, GroupKind, ReportGroup
from surveys.chain import Role
from surveys.groups import Cell, DisclosurePolicy, partition
from surveys.instrument import Instrument
from surveys.matrix import Group, own_view
from surveys.publication import CountedBy
from surveys.subjects import Subject

# Whom a statement names where the figures of several buyers stand side by side.
THE_BUYER = "The organisation that pays us"


@dataclass(frozen=True, slots=True)
class Frame:
    """What was fixed at the launch of a cycle. ``asked``: how many reviews were asked, per subject and group id.

    Where each organisation has one voice, of how many organisations.
    ``names``: what each subject is called, by the subject, in the order of the report; "prime" and "chain" always.
    """

    instrument: Instrument
    groups: Sequence[Group]
    names: Mapping[str, str]
    asked: Mapping[tuple[Subject, str], int]
    policy: DisclosurePolicy
    counted_by: CountedBy

    def names_in(self, subject: Subject) -> dict[str, str]:
        """The names that a wording about a subject takes."""
        partner = THE_BUYER if subject == Subject.BUYERS else self.names[subject]
        return {"prime": self.names["prime"], "chain": self.names["chain"], "partner": partner}

    def subjects(self) -> tuple[Subject, ...]:
        """The subjects that anybody was asked about, in the order of the names."""
        asked = {subject for subject, _ in self.asked}
        return tuple(subject for name in self.names if (subject := Subject(name)) in asked)

    def groups_asked(self, subject: Subject) -> tuple[Group, ...]:
        """The groups that were asked about a subject, in the plan's order."""
        return tuple(group for group in self.groups if (subject, group.id) in self.asked)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what the report says of it, and the ids of the groups whose answers it counts."""

    shown: ReportGroup
    group_ids: frozenset[str]


def columns(
    subject: Subject, counted: Tally, frame: Frame, merge_first: frozenset[str] | None
) -> tuple[Column, ...]:
    """The columns in order: the own view, other attributed groups, protected groups, the pooled rest.

    ``merge_first`` None: no protected group may be shown. An attributed group that was asked has a column
    whether it answered or not.
    """
    asked = frame.groups_asked(subject)
    attributed = [_attributed(group, subject) for group in asked if group.is_attributed]
    protected = [group for group in asked if not group.is_attributed]
    cells = [
        Cell(frozenset({group.id}), counted.reviews_of([group.id]), frame.counted_by) for group in protected
    ]
    released = () if merge_first is None else partition(cells, frame.policy, merge_first=merge_first)
    return (
        *sorted(attributed, key=lambda column: not column.shown.is_self),
        *_protected(protected, _with_the_silent(released, [cell for cell in cells if cell.size == 0])),
    )


def _attributed(group: Group, subject: Subject) -> Column:
    is_prime = any(kind.role is Role.PRIME for kind in group.kinds)
    is_self = is_prime if subject == Subject.PRIME else group.id == own_view(subject.party_id, "").id
    shown = ReportGroup(group.id, group.title, GroupKind.ATTRIBUTED, is_self, answers=None, includes=())
    return Column(shown, frozenset({group.id}))


def _with_the_silent(released: tuple[Cell, ...], silent: Iterable[Cell]) -> tuple[Cell, ...]:
    """The released cells, with the groups that nobody answered for counted among the pooled rest.

    Without this, a report with no "Other parties" would say that nobody of a missing group answered, and
    the one person of a small group would be known to have kept silent. Where nothing is pooled the
    smallest group becomes the rest, exactly as if the silent one had answered.
    """
    silent = list(silent)
    if not silent or not released:
        return released
    pooled = next((cell for cell in released if len(cell.groups) > 1), None) or min(
        released, key=lambda cell: (cell.size, sorted(cell.groups))
    )
    rest = pooled
    for cell in silent:
        rest = rest.merged_with(cell)
    return (*(cell for cell in released if cell is not pooled), rest)


def _protected(groups: Sequence[Group], cells: Sequence[Cell]) -> Iterable[Column]:
    titles = {group.id: group.title for group in groups}
    for cell in cells:
        if len(cell.groups) == 1:
            (id_,) = cell.groups
            shown = ReportGroup(
                id_, titles[id_], GroupKind.PROTECTED, is_self=False, answers=cell.size, includes=()
            )
        else:
            shown = ReportGroup(
                OTHER_ID,
                OTHER_TITLE if len(cells) > 1 else ALL_TITLE,
                GroupKind.OTHER_PARTIES,
                is_self=False,
                answers=cell.size,
                includes=tuple(title for id_, title in titles.items() if id_ in cell.groups),
            )
        yield Column(shown, cell.groups)
