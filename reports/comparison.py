"""What the reports of two cycles tell together: whether their columns differ by so few people that these are laid open.

Two cycles are laid side by side by the people invited, because who answered is not known. A column that differs by
one to four people from one of the last report tells about those few, and so does what follows from columns by
adding and subtracting them. Everybody beside everybody is exempt: pooling cannot go further than that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product

from reports.model import GroupKind, Part
from surveys.subjects import Subject

# A difference of so many people and more hides each of them, as a group of so many does.
ENOUGH = 5
# More columns than these that share people are compared one by one and as a whole, not in every way.
MOST_TOGETHER = 14
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited, by keys that are the same in every cycle: the people, and their organisations."""

    people: frozenset[str]
    organisations: frozenset[str]

    def __or__(self, other: Invited) -> Invited:
        return Invited(self.people | other.people, self.organisations | other.organisations)

    def __repr__(self) -> str:
        return "Invited(…)"


NOBODY = Invited(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class ComparedColumn:
    """A column of pooled people: who was invited, and whether any distribution of it is shown (``is_spread``)."""

    id: str
    title: str
    invited: Invited
    is_spread: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """The columns of a cycle that was closed before, by subject."""

    reference: str
    columns: Mapping[Subject, tuple[ComparedColumn, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a release is laid beside. ``invited``: those of each protected group now, by subject and group id.

    ``by_organisation``: each organisation has one voice now, or had then; so organisations are compared too.
    """

    invited: Mapping[tuple[Subject, str], Invited]
    earlier: tuple[Earlier, ...]
    by_organisation: bool

    @property
    def reference(self) -> str:
        """The cycle that is compared with, the newest of several; "" for none."""
        return self.earlier[-1].reference if self.earlier else ""


def earlier_of(
    reference: str, parts: Iterable[Part], invited: Mapping[tuple[Subject, str], Invited]
) -> Earlier:
    """The columns of an earlier release. ``invited``: those of each of its protected groups."""
    return Earlier(reference, {Subject(part.subject): compared_columns(part, invited) for part in parts})


def compared_columns(
    part: Part, invited: Mapping[tuple[Subject, str], Invited]
) -> tuple[ComparedColumn, ...]:
    """The columns of pooled people with everybody invited in them: the rest is all groups that do not stand alone."""
    alone = {group.id for group in part.groups if group.kind is GroupKind.PROTECTED}
    rest = [
        people for (subject, id_), people in invited.items() if subject == part.subject and id_ not in alone
    ]
    return tuple(
        ComparedColumn(
            group.id,
            group.title,
            invited.get((Subject(part.subject), group.id), NOBODY) if group.id in alone else _all(rest),
            any(group.id in item.distributions for section in part.sections for item in section.items),
        )
        for group in part.groups
        if group.is_pooled
    )


def column_faults(part: Part, comparison: Comparison) -> Iterator[tuple[frozenset[str], str]]:
    """The columns of a part that may not stand beside those of an earlier report, and why, in words."""
    subject = Subject(part.subject)
    now = compared_columns(part, comparison.invited)
    for earlier in comparison.earlier:
        then = earlier.columns.get(subject, ())
        yield from _set_faults(now, then, lambda invited: invited.people)
        for one in now:
            if one.is_spread and _is_partly_spread(one, then):
                yield (
                    frozenset({one.id}),
                    "has distributions, and so had some of its people in the last report",
                )
        if comparison.by_organisation:
            yield from _set_faults(now, then, lambda invited: invited.organisations)


def without_telling_distributions(parts: Iterable[Part], comparison: Comparison | None) -> tuple[Part, ...]:
    """The parts, without the distributions of columns some of whose people had others in the last report."""
    return tuple(_without_distributions(part, comparison) if comparison else part for part in parts)


def _without_distributions(part: Part, comparison: Comparison) -> Part:
    then = [one for earlier in comparison.earlier for one in earlier.columns.get(Subject(part.subject), ())]
    now = compared_columns(part, comparison.invited) if then else ()
    hidden = {one.id for one in now if one.is_spread and _is_partly_spread(one, then)}
    if not hidden:
        return part
    sections = tuple(
        replace(
            section,
            items=tuple(
                replace(
                    item,
                    distributions={
                        id_: kept for id_, kept in item.distributions.items() if id_ not in hidden
                    },
                )
                for item in section.items
            ),
        )
        for section in part.sections
    )
    return replace(part, sections=sections)


def _is_partly_spread(one: ComparedColumn, then: Iterable[ComparedColumn]) -> bool:
    """Whether some, and not all, of the people of a column had a distribution in an earlier one."""
    people = one.invited.people
    return any(
        other.is_spread and other.invited.people != people and not other.invited.people.isdisjoint(people)
        for other in then
    )


def _set_faults(
    now: Sequence[ComparedColumn], then: Sequence[ComparedColumn], unit: Callable[[Invited], frozenset[str]]
) -> Iterator[tuple[frozenset[str], str]]:
    # An organisation may be in several columns, of which the overlap below knows one.
    for one, other in product(now, then) if len(now) > 1 or len(then) > 1 else ():
        if 0 < len(unit(one.invited) ^ unit(other.invited)) < ENOUGH:
            yield frozenset({one.id}), "differs by one to four from what the last report shows"
    overlap = _overlap([unit(one.invited) for one in now], [unit(one.invited) for one in then])
    came_or_went = {places for places in overlap if NOWHERE in places}
    for ones, others in _put_together(len(now), len(then), overlap):
        apart = {places for places in overlap if (places[0] in ones) != (places[1] in others)}
        few = 0 < sum(overlap[places] for places in apart) < ENOUGH
        are_single = len(ones) == len(others) == 1
        are_everybody = len(ones) == len(now) and len(others) == len(then)
        # Who came or went is laid open by everybody beside everybody too, however far the columns are pooled.
        if few and not are_everybody and (are_single or apart != came_or_went):
            how = "" if are_single else ", once columns are put together,"
            yield (
                frozenset(now[place].id for place in ones),
                f"differs{how} by one to four from what the last report shows",
            )


def _overlap(now: Sequence[frozenset[str]], then: Sequence[frozenset[str]]) -> Mapping[tuple[int, int], int]:
    """How many are in each pair of a new and an old column; ``NOWHERE``: in no column of that report."""
    places = [
        {person: place for place, people in enumerate(columns) for person in people}
        for columns in (now, then)
    ]
    everybody = places[0].keys() | places[1].keys()
    return Counter((places[0].get(person, NOWHERE), places[1].get(person, NOWHERE)) for person in everybody)


def _put_together(
    now: int, then: int, overlap: Mapping[tuple[int, int], int]
) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    """The columns of both reports that may be put together, among those that share people directly or by others.

    Columns that share nobody add up: where they differ by few together, those that share people do so alone.
    """
    for ones, others in _connected(now, overlap):
        if len(ones) + len(others) > MOST_TOGETHER:
            yield from product(map(frozenset, zip(ones)), map(frozenset, zip(others)))
            yield frozenset(ones), frozenset(others)
        else:
            yield from product(_subsets(ones), _subsets(others))


def _connected(
    now: int, overlap: Mapping[tuple[int, int], int]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    shared = [places for places in overlap if NOWHERE not in places]
    left = set(range(now))
    while left:
        ones, others = {min(left)}, set[int]()
        size = 0
        while size != len(ones) + len(others):
            size = len(ones) + len(others)
            others |= {other for one, other in shared if one in ones}
            ones |= {one for one, other in shared if other in others}
        left -= ones
        yield tuple(sorted(ones)), tuple(sorted(others))


def _subsets(columns: Sequence[int]) -> list[frozenset[int]]:
    return [
        frozenset(column for place, column in enumerate(columns) if chosen >> place & 1)
        for chosen in range(1, 1 << len(columns))
    ]


def _all(invited: Iterable[Invited]) -> Invited:
    return reduce(Invited.__or__, invited, NOBODY)
