"""How long a questionnaire takes."""

from __future__ import annotations

from collections.abc import Iterable

from surveys.instrument import Instrument, Voice

SECONDS_PER_STATEMENT = 14
SECONDS_PER_COMMENT = 20
# To open the link and read what is promised.
SECONDS_TO_START = 30


def minutes(instrument: Instrument, voices: Iterable[Voice]) -> int:
    """The minutes that answering in these voices takes, rounded up; it begins with half a minute to start."""
    seconds = SECONDS_TO_START
    for voice in voices:
        for section in instrument.sections_for(voice):
            seconds += len(section.questions_for(voice)) * SECONDS_PER_STATEMENT
            seconds += SECONDS_PER_COMMENT if section.comment_prompt else 0
    return -(-seconds // 60)
