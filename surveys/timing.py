"""How long a questionnaire takes."""

from __future__ import annotations

from collections.abc import Iterable

from surveys.instrument import Instrument, Voice

SECONDS_PER_STATEMENT = 14
SECONDS_PER_COMMENT = 20
SECONDS_TO_START = 60
# Asking more of anybody needs a reason that they are told.
MOST_MINUTES = 20


def minutes(instrument: Instrument, voices: Iterable[Voice]) -> int:
    """The minutes that answering in these voices takes, rounded up; it begins with a minute to start."""
    seconds = SECONDS_TO_START
    for voice in voices:
        for section in instrument.sections_for(voice):
            seconds += len(section.questions_for(voice)) * SECONDS_PER_STATEMENT
            seconds += SECONDS_PER_COMMENT if section.comment_prompt else 0
    return -(-seconds // 60)
