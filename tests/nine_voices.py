"""A short instrument that is worded in all nine voices."""

from __future__ import annotations

from dataclasses import replace

from surveys import library
from surveys.instrument import VOICES_ON_ONE_PARTNER, Instrument, Question, Voice
from surveys.language import ENGLISH_ONLY

SECTIONS = 2
STATEMENTS = 2


def nine_voices() -> Instrument:
    """Two elements of two statements, worded alike for every voice: "VOICE says {partner} does q1."."""
    shipped = library.latest(library.FIRST_CHOICE)
    sections = tuple(
        replace(section, questions=tuple(map(_worded, section.questions[:STATEMENTS])))
        for section in shipped.sections[:SECTIONS]
    )
    voices = {voice: f"{_name(voice)}: {_about(voice)}" for voice in Voice}
    made = replace(shipped, id="nine-voices", title="Nine voices", voices=voices, sections=sections)
    return library.from_mapping(library.to_mapping(made.only_in(ENGLISH_ONLY)))


def _worded(question: Question) -> Question:
    wording = {voice: f"{_name(voice)} says {_about(voice)} does {question.id}." for voice in Voice}
    return replace(question, wording=wording)


def _name(voice: Voice) -> str:
    return voice.value.replace("_", " ").capitalize()


def _about(voice: Voice) -> str:
    if voice in VOICES_ON_ONE_PARTNER or voice is Voice.PARTNER_ON_ITSELF:
        return "{partner}"
    return "{chain}" if voice is Voice.ANYONE_ON_CHAIN else "{prime}"
