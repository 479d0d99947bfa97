"""What is wrong with who contracts with whom: no prime, an unknown buyer, a loop, a party that nobody pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from surveys.chain import Role, Standing
from surveys.columns import Column
from surveys.placing import PlacedFault, quoted, shortened

SUGGESTIONS = 10
# Comparing names letter by letter is slow, so a sheet far larger than any chain goes without suggestions.
SUGGEST_AMONG = 500
MOST_LOOPS = 20
LONGEST_LOOP_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ListedParty:
    """An organisation as the sheet states it. ``role`` None: told to be faulty already.

    ``row`` is its first; ``stated`` maps each row that has a usable cell for its buyers to them
    (key: name as written).
    """

    key: str
    name: str
    row: int
    role: Role | None
    standing: Standing
    stated: Mapping[int, Mapping[str, str]]

    @property
    def buyers(self) -> Mapping[str, str]:
        """The buyers that count: those of the first row that names any."""
        return next((buyers for buyers in self.stated.values() if buyers), {})

    @property
    def buyers_row(self) -> int:
        """The row that a fault of its buyers is told at."""
        return next((row for row, buyers in self.stated.items() if buyers), self.row)


def contract_faults(parties: Sequence[ListedParty]) -> list[PlacedFault]:
    """Everything that is wrong with the contracts between the parties of a sheet, in no particular order."""
    by_key = {party.key: party for party in parties}
    return [
        *_prime_faults(parties),
        *_unknown_buyers(parties, by_key),
        *_own_buyers(parties),
        *_missing_buyers(parties),
        *_prime_below_a_partner(parties, by_key),
        *_loops(parties, by_key),
        *_too_few(parties),
    ]


def _prime_faults(parties: Sequence[ListedParty]) -> Iterator[PlacedFault]:
    primes = [party for party in parties if party.role is Role.PRIME]
    if not primes:
        yield PlacedFault(
            0,
            Column.ROLE,
            "No row has the role prime.",
            "Give the organisation that holds the main contract the role prime.",
        )
    for second in primes[1:]:
        yield PlacedFault(
            second.row,
            Column.ROLE,
            f"{quoted(second.name)} is a second prime beside {quoted(primes[0].name)}.",
            "A chain has one prime: give the others another role, or import their chain on its own.",
        )
    for prime in primes:
        if prime.standing is not Standing.PRESENT:
            yield PlacedFault(
                prime.row,
                Column.STANDING,
                f"The prime, {quoted(prime.name)}, is said to be {prime.standing}.",
                "The prime always works in its chain: write present, or give it another role.",
            )


def _unknown_buyers(
    parties: Sequence[ListedParty], by_key: Mapping[str, ListedParty]
) -> Iterator[PlacedFault]:
    suggestions: dict[str, str] = {}
    for party in parties:
        named = ((row, key, name) for row, buyers in party.stated.items() for key, name in buyers.items())
        for row, key, name in named:
            if key in by_key:
                continue
            if key not in suggestions:
                suggestions[key] = _suggestion(key, by_key) if len(suggestions) < SUGGESTIONS else ""
            yield PlacedFault(
                row,
                Column.CONTRACTS_WITH,
                f"The buyer {quoted(name)} is not an organisation in this sheet.",
                f"{suggestions[key]}Write its name as in the column organisation, or add its row.",
            )


def _suggestion(key: str, by_key: Mapping[str, ListedParty]) -> str:
    if len(by_key) > SUGGEST_AMONG:
        return ""
    starts = {other[:80]: party.name for other, party in by_key.items()}
    nearest = get_close_matches(key[:80], starts, n=1)
    return f"Did you mean {quoted(starts[nearest[0]])}? " if nearest else ""


def _own_buyers(parties: Sequence[ListedParty]) -> Iterator[PlacedFault]:
    for party in parties:
        if party.key in party.buyers:
            yield PlacedFault(
                party.buyers_row,
                Column.CONTRACTS_WITH,
                f"{quoted(party.name)} is said to contract with itself.",
                "Name the organisation that pays it.",
            )


def _missing_buyers(parties: Sequence[ListedParty]) -> Iterator[PlacedFault]:
    for party in parties:
        needs_buyer = party.role not in (None, Role.PRIME, Role.COMMISSIONER)
        # Who only bid, or has left, is paid by nobody (any more).
        is_present = party.standing is Standing.PRESENT
        if needs_buyer and is_present and party.stated and not party.buyers:
            yield PlacedFault(
                party.row,
                Column.CONTRACTS_WITH,
                f"{quoted(party.name)} contracts with nobody.",
                "Name the organisation that pays it; only the prime, commissioners, and organisations that are past or"
                " potential may have none.",
            )


def _prime_below_a_partner(
    parties: Sequence[ListedParty], by_key: Mapping[str, ListedParty]
) -> Iterator[PlacedFault]:
    for party in parties:
        if party.role is not Role.PRIME:
            continue
        for key in party.buyers:
            role = by_key[key].role if key in by_key and key != party.key else None
            if role not in (None, Role.COMMISSIONER, Role.PRIME):
                yield PlacedFault(
                    party.buyers_row,
                    Column.CONTRACTS_WITH,
                    f"The prime is said to contract with {quoted(by_key[key].name)}, which is no commissioner.",
                    "Name a commissioner, or leave it blank.",
                )


def _loops(parties: Sequence[ListedParty], by_key: Mapping[str, ListedParty]) -> Iterator[PlacedFault]:
    for number, loop in enumerate(_loops_of_keys(by_key)):
        if number == MOST_LOOPS:
            return
        start = min(range(len(loop)), key=lambda place: by_key[loop[place]].row)
        members = [by_key[key] for key in (*loop[start:], *loop[:start])]
        names = [shortened(party.name) for party in (*members, members[0])]
        if len(names) > LONGEST_LOOP_SHOWN:
            names[LONGEST_LOOP_SHOWN - 2 : -1] = ["…"]
        yield PlacedFault(
            members[0].buyers_row,
            Column.CONTRACTS_WITH,
            f"The contracts go round in a loop: {' → '.join(names)}.",
            "Correct the buyer of one of them: somebody at the top is paid by none of the others.",
        )


def _loops_of_keys(by_key: Mapping[str, ListedParty]) -> Iterator[tuple[str, ...]]:
    # A walk in depth without recursion: a sheet may hold a line of contracts thousands long.
    done: set[str] = set()
    for root in by_key:
        path: dict[str, Iterator[str]] = {} if root in done else {root: iter(by_key[root].buyers)}
        while path:
            key, buyers = next(reversed(path.items()))
            buyer = next(buyers, None)
            if buyer is None:
                done.add(key)
                del path[key]
            elif buyer in path and buyer != key:
                walked = list(path)
                yield tuple(walked[walked.index(buyer) :])
            elif buyer in by_key and buyer not in done and buyer != key:
                path[buyer] = iter(by_key[buyer].buyers)


def _too_few(parties: Sequence[ListedParty]) -> Iterator[PlacedFault]:
    if len(parties) < 2:
        yield PlacedFault(
            0,
            None,
            "A chain needs two organisations at least.",
            "Add the organisations that work with the prime, each with one person at least.",
        )
