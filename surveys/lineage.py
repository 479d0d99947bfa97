"""What a version of an instrument changed, statement by statement, so that trends compare like with like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from surveys.instrument import Instrument, Question, Voice


class Change(StrEnum):
    """What became of a statement from one version to a later one."""

    UNCHANGED = "unchanged"
    REWORDED = "reworded"
    ADDED = "added"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Lineage:
    """What became of every statement of two versions.

    ``changes``: by the statement's id, those of the later version in its order and then the dropped ones.
    ``reworded_voices``: the voices whose wording differs, came or went, for the reworded ones alone.
    ``is_scale_unchanged``: whether all points and opt-outs have the same labels; where not, nothing compares.
    """

    changes: Mapping[str, Change]
    reworded_voices: Mapping[str, frozenset[Voice]]
    is_scale_unchanged: bool

    @property
    def unchanged(self) -> int:
        """How many statements are the same word for word in every voice."""
        return self._count(Change.UNCHANGED)

    @property
    def reworded(self) -> int:
        """How many statements have another wording in some voice."""
        return self._count(Change.REWORDED)

    @property
    def added(self) -> int:
        """How many statements the earlier version did not have."""
        return self._count(Change.ADDED)

    @property
    def dropped(self) -> int:
        """How many statements the later version does not have."""
        return self._count(Change.DROPPED)

    @property
    def is_same(self) -> bool:
        """Whether nobody who answers would notice a difference."""
        return self.is_scale_unchanged and set(self.changes.values()) <= {Change.UNCHANGED}

    def _count(self, change: Change) -> int:
        return sum(found is change for found in self.changes.values())


def compare(earlier: Instrument, later: Instrument) -> Lineage:
    """What became of the statements of the earlier version in the later one; an id is a statement's identity."""
    before, after = _by_id(earlier), _by_id(later)
    changes = {id_: _change(before.get(id_), question) for id_, question in after.items()}
    changes.update({id_: Change.DROPPED for id_ in before if id_ not in after})
    reworded = {
        id_: _differing_voices(before[id_], after[id_])
        for id_, change in changes.items()
        if change is Change.REWORDED
    }
    return Lineage(MappingProxyType(changes), MappingProxyType(reworded), earlier.scale == later.scale)


def comparable(earlier: Instrument, later: Instrument, voice: Voice) -> frozenset[str]:
    """The ids of the statements that a trend of this voice may compare.

    They are the same word for word in this voice, and are answered on the same scale with the same opt-outs.
    """
    if earlier.scale != later.scale:
        return frozenset()
    before, after = _by_id(earlier), _by_id(later)
    return frozenset(
        id_
        for id_ in before.keys() & after.keys()
        if voice in before[id_].wording and before[id_].wording[voice] == after[id_].wording.get(voice)
    )


def _by_id(instrument: Instrument) -> dict[str, Question]:
    return {question.id: question for question in instrument.questions()}


def _change(before: Question | None, after: Question) -> Change:
    if before is None:
        return Change.ADDED
    return Change.REWORDED if _differing_voices(before, after) else Change.UNCHANGED


def _differing_voices(before: Question, after: Question) -> frozenset[Voice]:
    return frozenset(voice for voice in Voice if before.wording.get(voice) != after.wording.get(voice))
