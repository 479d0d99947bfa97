"""What a respondent says about the review itself: two optional questions, answered yes or no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Aspect(StrEnum):
    """What is asked about a review."""

    CLEAR = "clear"
    SAFE = "safe"


# In the order in which they are asked and reported.
QUESTIONS: Final[Mapping[Aspect, str]] = MappingProxyType(
    {
        Aspect.CLEAR: "Were the questions clear?",
        Aspect.SAFE: "Did you feel safe to answer honestly?",
    }
)


@dataclass(frozen=True, slots=True)
class Experience:
    """One person's answers: yes (True) or no, by aspect; a question that was left out is missing."""

    answers: Mapping[Aspect, bool]

    def __repr__(self) -> str:
        # A traceback or a log that prints it must not print what somebody said.
        return "Experience(…)"

    @classmethod
    def empty(cls) -> Experience:
        """Nothing said: it counts for nothing."""
        return cls({})


def to_plain(experience: Experience) -> dict[str, bool]:
    """The answers as JSON takes them."""
    return {aspect.value: experience.answers[aspect] for aspect in Aspect if aspect in experience.answers}


def from_plain(raw: object) -> Experience:
    """The experience of ``to_plain``. Raises ValueError for anything else."""
    if not isinstance(raw, dict) or not all(isinstance(answer, bool) for answer in raw.values()):
        raise ValueError("This is no experience of a review.")
    return Experience({Aspect(name): answer for name, answer in raw.items()})


def envelope(experience: Experience, group_id: str, organisation_id: str) -> bytes:
    """What is sealed: the answers, with the group and the organisation that they are counted in."""
    value = {"experience": to_plain(experience), "group": group_id, "organisation": organisation_id}
    return json.dumps(value, separators=(",", ":")).encode()


def from_envelope(content: bytes, group_id: str, organisation_id: str) -> Experience:
    """The experience in an envelope of this group and organisation. Raises ValueError for anything else."""
    value = json.loads(content)
    if not isinstance(value, dict) or value.keys() != {"experience", "group", "organisation"}:
        raise ValueError("This is no experience of a review.")
    if (value["group"], value["organisation"]) != (group_id, organisation_id):
        raise ValueError("This is somebody else's experience.")
    return from_plain(value["experience"])
