"""What every page of the editor does: open a draft, change it by one step, and say what that did to the voices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import instruments
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.instruments import FINISHED, Edition
from review_app.web import words
from review_app.web.organiser.audience import current_organiser
from surveys.drafted_translations import carried
from surveys.errors import Fault, InstrumentFaultsError
from surveys.instrument import Instrument, Question, Section, named
from surveys.instrument_draft import asked_voices, faults_of, question_of, section_of
from surveys.language import Language
from surveys.timing import MOST_MINUTES, minutes
from surveys.translation import Translation
from surveys.voices import SPEAKERS

# What stands for the names where no chain is chosen.
EXAMPLES: Mapping[str, str] = {
    "prime": "Northern Bridge",
    "chain": "Pathways North",
    "partner": "Tyne Steps",
}


@dataclass(frozen=True, slots=True)
class VoiceTime:
    """How long a voice's review takes. ``is_long``: longer than a launch allows without a reason."""

    voice: str
    speaker: str
    minutes: str
    statements: str
    is_long: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on every page of an instrument: which one it is, and how long it takes in each voice.

    ``longest``: the same of the voice that needs the most time, as a line; "" while nobody is asked anything.
    """

    id: str
    version: int
    title: str
    caption: str
    is_draft: bool
    times: tuple[VoiceTime, ...]
    longest: str


def reached(instrument_id: str, version: int) -> Edition:
    """One version, shipped or own. Raises NotFoundError."""
    with reading() as session:
        return instruments.edition(session, instrument_id, version)


def opened(instrument_id: str, version: int) -> Instrument:
    """The content of a draft, to show it in a form. Raises NotFoundError, NotAllowedError for another version."""
    found = reached(instrument_id, version)
    if not found.is_draft:
        raise NotAllowedError(FINISHED)
    return found.instrument


def changed(instrument_id: str, version: int, step: Callable[[Instrument], Instrument]) -> Instrument:
    """The draft after a step, kept. What the step raises leaves the draft as it was.

    The step sees the draft as it is now, not as it was when the page was opened: somebody else may have changed it.
    """
    with transaction() as session:
        row_id, before = instruments.draft(session, instrument_id, version)
        after = carried(before, step(before))
        instruments.save(session, now(), row_id, after, current_organiser().id)
    _tell_voices(before, after)
    _tell_welsh(before, after)
    return after


def checked(candidate: Instrument, place: str, form: FlaskForm) -> Instrument:
    """The candidate, if it has no fault that a form can mend.

    ``place``: where the form's values stand ("sections.2a."). Raises InstrumentFaultsError; its places are fields.
    """
    faults = []
    for fault in faults_of(candidate):
        field = fault.place.removeprefix(place).replace(".", "-")
        if fault.place.startswith(place) and field in form:
            faults.append(Fault(field, fault.message, fault.mend))
    if faults:
        raise InstrumentFaultsError(faults)
    return candidate


def part_of(draft: Instrument, section_id: str) -> Section:
    """A part of a draft. Raises NotFoundError."""
    section = section_of(draft, section_id)
    if section is None:
        raise NotFoundError(_("There is no such part."))
    return section


def statement_of(draft: Instrument, question_id: str) -> tuple[Section, Question]:
    """A statement of a draft with its part. Raises NotFoundError."""
    found = question_of(draft, question_id)
    if found is None:
        raise NotFoundError(_("There is no such statement."))
    return found


def desk(found: Instrument, *, is_draft: bool = True) -> Desk:
    """What every page of an instrument shows beside its own content."""
    return Desk(
        id=found.id,
        version=found.version,
        title=found.title,
        caption=_caption(found, is_draft=is_draft),
        is_draft=is_draft,
        times=times_of(found),
        longest=_longest(found),
    )


def _caption(found: Instrument, *, is_draft: bool) -> str:
    if is_draft:
        return _("%(title)s, version %(version)s (draft)", title=found.title, version=found.version)
    return _("%(title)s, version %(version)s (finished)", title=found.title, version=found.version)


def times_of(found: Instrument) -> tuple[VoiceTime, ...]:
    """How long each voice takes, for the voices that are asked anything."""
    asked = asked_voices(found)
    times = []
    for voice in (voice for voice in SPEAKERS if voice in asked):
        needed = minutes(found, [voice])
        count = sum(voice in question.wording for question in found.questions())
        times.append(
            VoiceTime(
                voice.value,
                SPEAKERS[voice],
                words.minutes(needed),
                words.statements(count),
                needed > MOST_MINUTES,
            )
        )
    return tuple(times)


def _longest(found: Instrument) -> str:
    asked = asked_voices(found)
    needed = {voice: minutes(found, [voice]) for voice in SPEAKERS if voice in asked}
    if not needed:
        return ""
    voice = max(needed, key=needed.__getitem__)
    return ngettext(
        "The longest takes %(count)s minute: %(speaker)s.",
        "The longest takes %(count)s minutes: %(speaker)s.",
        needed[voice],
        count=words.figure(needed[voice]),
        speaker=SPEAKERS[voice].lower(),
    )


def address(endpoint: str, found: Instrument, **values: Any) -> str:
    """The address of one of the organiser's pages on this version."""
    return url_for(f"organiser.{endpoint}", instrument_id=found.id, version=found.version, **values)


def shown(question: Question) -> str:
    """A statement as its first voice reads it, with example names."""
    return named(next(iter(question.wording.values()), question.id), EXAMPLES)


def _tell_welsh(before: Instrument, after: Instrument) -> None:
    was, is_now = (
        found.translations.get(Language.WELSH, Translation({})).to_check for found in (before, after)
    )
    if new := is_now - was:
        told = ngettext(
            "The Welsh of %(count)s text is kept, but may not say the same any more. Look at it on the page “Welsh”.",
            "The Welsh of %(count)s texts is kept, but may not say the same any more. Look at it on the page “Welsh”.",
            len(new),
            count=words.figure(len(new)),
        )
        flash(told, "info")


def _tell_voices(before: Instrument, after: Instrument) -> None:
    was, is_now = asked_voices(before), asked_voices(after)
    for voice, speaker in SPEAKERS.items():
        if voice in is_now - was:
            told = _(
                "%(speaker)s: this voice is asked now. Its page is called “%(title)s”;"
                " you can change that under Titles and answers.",
                speaker=speaker,
                title=named(after.voices[voice], EXAMPLES),
            )
            flash(told, "info")
        elif voice in was - is_now:
            flash(_("%(speaker)s: this voice is not asked anything any more.", speaker=speaker), "info")
