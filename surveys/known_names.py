"""The names of a roster as people write them: in full, in short, a surname, a first name; found in a comment.

A name is a passage like those of ``surveys.identifying``. A word that is also an everyday one counts only beside
another part of its name, because a notice that is wrong too often is not read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from importlib import resources
from types import MappingProxyType

from surveys.identifying import Kind, Passage, in_order

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_TITLES = frozenset(
    {
        *(
            "mr",
            "mrs",
            "ms",
            "miss",
            "mx",
            "dr",
            "prof",
            "professor",
            "sir",
            "dame",
            "lord",
            "lady",
            "rev",
            "revd",
        ),
        *("col", "capt", "major", "cllr"),
    }
)
_LEGAL = frozenset(
    {"ltd", "limited", "plc", "llp", "lp", "cic", "cio", "inc", "company", "co", "group", "uk", "retd"}
)
_SMALL = frozenset(
    {"the", "of", "and", "for", "a", "an", "in", "on", "at", "to", "with", "by", "or", "y", "yr", "a'r"}
)
# Names of people and beginnings of organisations that are everyday words as well.
_EVERYDAY = frozenset(
    resources.files("surveys").joinpath("everyday_words.txt").read_text(encoding="utf-8").split()
)
_SHORTEST_ALONE = 3


class _Case(Enum):
    """How a spelling has to stand in a text: anyhow, each word with a capital, all in capitals."""

    ANY = auto()
    CAPITAL = auto()
    CAPITALS = auto()


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One way to write a name. ``label``: how a notice says whose it is."""

    words: tuple[str, ...]
    label: str
    case: _Case

    def stands_in(self, written: list[str]) -> bool:
        """Whether these words of a text, equal to its own but for case, are meant as this name."""
        if self.case is _Case.CAPITALS:
            return all(word.isupper() for word in written)
        return self.case is _Case.ANY or all(word[0].isupper() for word in written)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names of a roster, ready to be looked for: the spellings by their first word, the longest first."""

    spellings: Mapping[str, tuple[_Spelling, ...]]

    def __repr__(self) -> str:
        return "KnownNames(…)"


def known_names(
    people: Iterable[str], organisations: Iterable[str], *, but: Collection[str] = ()
) -> KnownNames:
    """The names to look for. ``but``: names that a comment may use, such as that of the organisation it is about."""
    allowed = {spelling.words for name in but for spelling in _of_organisation(name)}
    by_first: dict[str, set[_Spelling]] = {}
    for spelling in (
        *(spelling for name in organisations for spelling in _of_organisation(name)),
        *(spelling for name in people for spelling in _of_person(name)),
    ):
        if spelling.words not in allowed:
            by_first.setdefault(spelling.words[0], set()).add(spelling)
    ordered = {
        first: tuple(sorted(found, key=lambda one: (-len(one.words), one.words, one.case.value, one.label)))
        for first, found in by_first.items()
    }
    return KnownNames(MappingProxyType(ordered))


def find(text: str, names: KnownNames) -> tuple[Passage, ...]:
    """Where a text names somebody of the roster, in its order; no two passages overlap."""
    tokens = list(_TOKEN.finditer(text))
    words = [_plain(token.group()) for token in tokens]
    found, place = [], 0
    while place < len(tokens):
        spelling = next(_matching(names.spellings.get(words[place], ()), tokens, words, place), None)
        if spelling is None:
            place += 1
            continue
        last = place + len(spelling.words)
        start, end = tokens[place].start(), tokens[last - 1].end()
        found.append(Passage(start, end, Kind.NAME, spelling.label))
        place = last
    return in_order(found)


def _matching(
    spellings: tuple[_Spelling, ...], tokens: list[re.Match[str]], words: list[str], place: int
) -> Iterator[_Spelling]:
    for spelling in spellings:
        there = slice(place, place + len(spelling.words))
        if tuple(words[there]) == spelling.words and spelling.stands_in(
            [token.group() for token in tokens[there]]
        ):
            yield spelling


def _of_organisation(name: str) -> Iterator[_Spelling]:
    """In full, without its legal form, by its first two words, by a first word that is a rare one, by its letters."""
    tokens = [_plain(token) for token in _TOKEN.findall(name)]
    words = tuple(word for word in tokens if word not in _LEGAL) or tuple(tokens)
    if not words:
        return
    is_everyday = len(words) == 1 or all(word in _EVERYDAY | _SMALL for word in words)
    for whole in {tuple(tokens), words}:
        yield _Spelling(whole, name, _Case.CAPITAL if is_everyday else _Case.ANY)
    own = tuple(word for word in words if word not in _SMALL)
    if len(own) > 2 and own[:2] == words[:2]:
        yield _Spelling(words[:2], name, _Case.CAPITAL)
    if len(own) > 1 and len(own[0]) > _SHORTEST_ALONE and own[0] not in _EVERYDAY:
        yield _Spelling(own[:1], name, _Case.CAPITAL)
    letters = "".join(word[0] for word in own)
    if len(letters) >= _SHORTEST_ALONE:
        yield _Spelling((letters,), name, _Case.CAPITALS)


def _of_person(name: str) -> Iterator[_Spelling]:
    """First and last name, and each of them alone where it is no everyday word."""
    before_brackets = name.partition("(")[0]
    tokens = [word for word in map(_plain, _TOKEN.findall(before_brackets)) if word not in _TITLES | _LEGAL]
    if not tokens:
        return
    if len(tokens) > 1:
        yield _Spelling(tuple(tokens), name, _Case.ANY)
        yield _Spelling((tokens[0], tokens[-1]), name, _Case.ANY)
        yield _Spelling((tokens[0][0], tokens[-1]), name, _Case.CAPITAL)
        yield from (_Spelling((title, tokens[-1]), name, _Case.ANY) for title in sorted(_TITLES))
    for word in {tokens[0], tokens[-1]}:
        if len(word) >= _SHORTEST_ALONE and word not in _EVERYDAY:
            yield _Spelling((word,), name, _Case.CAPITAL)


def _plain(word: str) -> str:
    """A word for comparing: without case, and without the s of a possessive."""
    return re.sub(r"'s$", "", word.casefold().replace("’", "'"))
