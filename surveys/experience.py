"""What a respondent says about the review itself: two optional questions, answered yes or no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from surveys.errors import BrokenSealError


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


def envelope(experience: Experience, group_id: str, organisation_id: str) -> bytes:
    """What is sealed: the answers, with the group and the organisation that they are counted in."""
    answers = {aspect.value: experience.answers[aspect] for aspect in Aspect if aspect in experience.answers}
    value = {"experience": answers, "group": group_id, "organisation": organisation_id}
    return json.dumps(value, separators=(",", ":")).encode()


def from_envelope(content: bytes, group_id: str, organisation_id: str) -> Experience:
    """The experience in an envelope of this group and organisation. Raises BrokenSealError for anything else."""
    try:
        value = json.loads(content)
        stated = (value["group"], value["organisation"])
        answers = {Aspect(name): answer for name, answer in value["experience"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        # Without the cause: its message may quote an answer.
        raise BrokenSealError("This is no experience of a review.") from None
    if stated != (group_id, organisation_id) or not all(isinstance(one, bool) for one in answers.values()):
        raise BrokenSealError("This is not the experience of this person.")
    return Experience(answers)
