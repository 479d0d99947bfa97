"""Groups as an organiser names them: each kind of party gets the name of its group, and one name makes one group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review_app.web.words import contacts_of, kind_title, people_of
from surveys.chain import Chain, Party, Role, Standing
from surveys.grouping import suggest_groups, welsh_title
from surveys.groups import DisclosurePolicy
from surveys.matrix import Group, PartyKind, kind_of


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of party in the form. ``field``: the name of the field that holds its group's name."""

    field: str
    kind: PartyKind
    title: str
    who: str

    @property
    def welsh_field(self) -> str:
        """The name of the field that holds its group's name in Welsh."""
        return f"{self.field}_welsh"


def kind_rows(chain: Chain) -> tuple[KindRow, ...]:
    """A row for each kind of party in the order of the roles; the prime has none, because it always stands alone."""
    by_kind: dict[PartyKind, list[Party]] = {}
    for party in chain.parties:
        by_kind.setdefault(kind_of(party), []).append(party)
    order, standings = list(Role), list(Standing)
    return tuple(
        KindRow(
            field=_field(kind),
            kind=kind,
            title=kind_title(kind),
            who=people_of(contacts_of(tuple(parties)), len(parties)),
        )
        for kind, parties in sorted(
            by_kind.items(),
            key=lambda entry: (standings.index(entry[0].standing), order.index(entry[0].role)),
        )
        if kind.role is not Role.PRIME
    )


def sole_commissioner(chain: Chain) -> Party | None:
    """The commissioner, when there is one alone: only then may it be shown under its own name."""
    found = [party for party in chain.parties if party.role is Role.COMMISSIONER]
    return found[0] if len(found) == 1 else None


def typed_titles(chain: Chain, groups: tuple[Group, ...]) -> dict[str, str]:
    """What to fill the fields with, by their names. A kind that no group takes stays blank.

    A commissioner that is shown apart gets the name that its group would have if it were pooled.
    """
    suggested = suggest_groups(chain, DisclosurePolicy())
    titles = {}
    for row in kind_rows(chain):
        group = _group_of(row.kind, groups)
        if group is not None and group.is_attributed:
            group = _group_of(row.kind, suggested)
        titles[row.field] = group.title if group else ""
        # What stands here by itself is not typed out, so that it goes with the name that it is the Welsh of.
        own = group is not None and group.welsh_title not in {"", welsh_title(group.title)}
        titles[row.welsh_field] = group.welsh_title if group and own else ""
    return titles


def has_agreed_commissioner(groups: tuple[Group, ...]) -> bool:
    """Whether a commissioner is shown under its own name."""
    return any(
        group.is_attributed and any(kind.role is Role.COMMISSIONER for kind in group.kinds)
        for group in groups
    )


def groups_of(chain: Chain, titles: Mapping[str, str], *, commissioner_agrees: bool) -> tuple[Group, ...]:
    """The groups that the typed names make: the prime first, then in the order of the rows.

    A group gets the first Welsh name that is typed for one of its kinds, else the one that its own name suggests.
    """
    prime = chain.prime
    groups = [Group("prime", prime.name, True, frozenset({kind_of(prime)}))]
    commissioner = sole_commissioner(chain) if commissioner_agrees else None
    if commissioner is not None:
        groups.append(Group("commissioner", commissioner.name, True, frozenset({kind_of(commissioner)})))
    kinds: dict[str, list[PartyKind]] = {}
    spelled: dict[str, str] = {}
    welsh: dict[str, str] = {}
    for row in kind_rows(chain):
        title = titles[row.field]
        if title and not (commissioner and row.kind.role is Role.COMMISSIONER):
            spelled.setdefault(title.casefold(), title)
            kinds.setdefault(title.casefold(), []).append(row.kind)
            welsh[title.casefold()] = welsh.get(title.casefold()) or titles.get(row.welsh_field, "")
    groups += [
        Group(
            f"group-{number}",
            spelled[key],
            False,
            frozenset(of_group),
            welsh[key] or welsh_title(spelled[key]),
        )
        for number, (key, of_group) in enumerate(kinds.items(), 1)
    ]
    return tuple(groups)


def _field(kind: PartyKind) -> str:
    standing = "" if kind.standing is Standing.PRESENT else f"_{kind.standing.value}"
    return f"group_{kind.role.value}_{kind.sector.value}{standing}"


def _group_of(kind: PartyKind, groups: tuple[Group, ...]) -> Group | None:
    return next((group for group in groups if kind in group.kinds), None)
