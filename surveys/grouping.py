"""The groups of raters that a chain suggests."""

from __future__ import annotations

from collections.abc import Iterable

from surveys.chain import Chain, Party, Role, Sector, Standing
from surveys.groups import DisclosurePolicy, is_safe
from surveys.matrix import Group, PartyKind, kind_of

_PRESENT = (
    ("commissioners", "Commissioners", Role.COMMISSIONER, frozenset(Sector)),
    ("vcs-subcontractors", "Voluntary-sector subcontractors", Role.SUBCONTRACTOR, frozenset({Sector.VCS})),
    (
        "other-subcontractors",
        "Private and public subcontractors",
        Role.SUBCONTRACTOR,
        frozenset({Sector.PRIVATE, Sector.PUBLIC}),
    ),
    ("specialists", "Specialists", Role.SPECIALIST, frozenset(Sector)),
    ("spot-providers", "Spot providers", Role.SPOT_PROVIDER, frozenset(Sector)),
)
_ELSE = (
    ("past-partners", "Past partners", frozenset({Standing.PAST})),
    ("potential-partners", "Partners that bid without getting work", frozenset({Standing.POTENTIAL})),
)
_TOGETHER = "Past partners, and partners that bid without getting work"
# The same titles in Welsh, so that a review in both languages need not look for them.
_WELSH = {
    "Commissioners": "Comisiynwyr",
    "Voluntary-sector subcontractors": "Isgontractwyr y sector gwirfoddol",
    "Private and public subcontractors": "Isgontractwyr preifat a chyhoeddus",
    "Specialists": "Arbenigwyr",
    "Spot providers": "Darparwyr yn ôl y galw",
    "Past partners": "Partneriaid y gorffennol",
    "Partners that bid without getting work": "Partneriaid a wnaeth gais heb gael gwaith",
    _TOGETHER: "Partneriaid y gorffennol, a phartneriaid a wnaeth gais heb gael gwaith",
}


def welsh_title(title: str) -> str:
    """What a group that is called like one of the suggested ones is called in Welsh; "" for any other title."""
    return next((welsh for known, welsh in _WELSH.items() if known.casefold() == title.casefold()), "")


def suggest_groups(chain: Chain, policy: DisclosurePolicy) -> tuple[Group, ...]:
    """The groups to start from: the prime alone (attributed), and one per kind of partner that the chain has.

    Subcontractors of the voluntary sector, other subcontractors, specialists, spot providers and commissioners; past
    and potential partners apart where each could be shown if all answered, else the two together where that could,
    else among the present ones of their kind. A commissioner starts as protected: being shown apart needs its
    agreement.
    """
    apart = _apart(chain, policy)
    taken = {kind for group in apart for kind in group.kinds}
    left = {kind_of(party) for party in chain.parties} - taken
    prime = frozenset(kind for kind in left if kind.role is Role.PRIME)
    groups = [Group("prime", chain.prime.name, True, prime)]
    for id_, title, role, sectors in _PRESENT:
        kinds = frozenset(kind for kind in left if kind.role is role and kind.sector in sectors)
        if kinds:
            groups.append(_pooled(id_, title, kinds))
    return (*groups, *apart)


def _apart(chain: Chain, policy: DisclosurePolicy) -> tuple[Group, ...]:
    """The groups of those who do not work in the chain now, as far as they are large enough."""
    of_standing = {
        standings: [party for party in chain.parties if party.standing in standings]
        for _, _, standings in _ELSE
    }
    everybody = [party for parties in of_standing.values() for party in parties]
    if all(not parties or _is_large(parties, policy) for parties in of_standing.values()):
        return tuple(
            _pooled(id_, title, _kinds(of_standing[standings]))
            for id_, title, standings in _ELSE
            if of_standing[standings]
        )
    if _is_large(everybody, policy):
        return (_pooled("past-and-potential", _TOGETHER, _kinds(everybody)),)
    return ()


def _pooled(id_: str, title: str, kinds: frozenset[PartyKind]) -> Group:
    return Group(id_, title, False, kinds, welsh_title(title))


def _is_large(parties: Iterable[Party], policy: DisclosurePolicy) -> bool:
    return is_safe({party.id: len(party.contacts) for party in parties}, policy)


def _kinds(parties: Iterable[Party]) -> frozenset[PartyKind]:
    return frozenset(kind_of(party) for party in parties)
