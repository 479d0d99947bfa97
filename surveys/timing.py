"""How long a questionnaire takes, and how much of anybody's time a review may ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from surveys.instrument import Instrument, Voice

SECONDS_PER_STATEMENT = 14
SECONDS_PER_COMMENT = 20
# To open the link and read what is promised.
SECONDS_TO_START = 30
# A review that takes anybody longer needs a reason, which that person is told.
MOST_MINUTES = 20


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """The predicted minutes of everybody who would be asked, by the caller's key for a person."""

    minutes: Mapping[str, int]

    @property
    def longest(self) -> int:
        """The most minutes that anybody is asked for; 0 when nobody is asked."""
        return max(self.minutes.values(), default=0)

    @property
    def over(self) -> tuple[str, ...]:
        """The people who are asked for more than ``MOST_MINUTES``, those with the most to do first."""
        long = [person for person, minutes in self.minutes.items() if minutes > MOST_MINUTES]
        return tuple(sorted(long, key=lambda person: (-self.minutes[person], person)))

    @property
    def is_kept(self) -> bool:
        """Whether nobody is asked for more than ``MOST_MINUTES``."""
        return self.longest <= MOST_MINUTES


def minutes(instrument: Instrument, voices: Iterable[Voice]) -> int:
    """The minutes that answering takes one person, rounded up; it begins with half a minute to start.

    ``voices``: one for each review that the person is asked for, so that three partners in one voice count three times.
    """
    return _in_minutes(sum(seconds_for(instrument, voice) for voice in voices))


def minutes_left(instrument: Instrument, reviews: Iterable[tuple[Voice, Collection[str]]]) -> int:
    """The minutes that the rest takes one person, rounded up; it begins with half a minute to start.

    ``reviews``: each review that is still to be sent, with the ids of the statements that have an answer already.
    """
    return _in_minutes(sum(seconds_left(instrument, voice, answered) for voice, answered in reviews))


def budget(instrument: Instrument, reviews: Mapping[str, Iterable[Voice]]) -> TimeBudget:
    """The minutes of each person. ``reviews``: the voices of everybody's reviews, one for each review."""
    seconds = {voice: seconds_for(instrument, voice) for voice in Voice}
    return TimeBudget(
        MappingProxyType(
            {
                person: _in_minutes(sum(seconds[voice] for voice in voices))
                for person, voices in reviews.items()
            }
        )
    )


def seconds_for(instrument: Instrument, voice: Voice) -> int:
    """The seconds that one review in a voice takes, without the minute to start."""
    return seconds_left(instrument, voice, ())


def seconds_left(instrument: Instrument, voice: Voice, answered: Collection[str]) -> int:
    """The seconds that the rest of one review takes. ``answered``: the ids of the statements that have an answer.

    The comment of a section counts until all of its statements are answered.
    """
    seconds = 0
    for section in instrument.sections_for(voice):
        left = sum(question.id not in answered for question in section.questions_for(voice))
        seconds += left * SECONDS_PER_STATEMENT
        seconds += SECONDS_PER_COMMENT if left and section.comment_prompt else 0
    return seconds


def _in_minutes(seconds: int) -> int:
    return -(-(SECONDS_TO_START + seconds) // 60)
