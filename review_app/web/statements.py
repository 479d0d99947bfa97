"""A questionnaire to look at: every statement, in every voice or in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review_app.web import words
from surveys import timing
from surveys.instrument import Instrument, Question, Voice
from surveys.practices import practices
from surveys.voices import SPEAKERS


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """What one voice is asked: "A partner on the prime", "23 statements", "8 minutes"."""

    id: str
    speaker: str
    title: str
    statements: str
    minutes: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement: the practices that it stands for (or why none), and its sentence for each voice shown."""

    practices: tuple[str, ...]
    reason: str
    merlin: str
    sentences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SectionLines:
    """One part of a questionnaire with the statements that the shown voices are asked."""

    title: str
    introduction: str
    comment_prompt: str
    statements: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class StatementsView:
    """A questionnaire to look at. ``shown``: the voice whose sentences are shown; "" for every voice."""

    id: str
    title: str
    version: int
    purpose: str
    count: str
    voices: tuple[VoiceLine, ...]
    points: tuple[str, ...]
    opt_outs: tuple[str, ...]
    shown: str
    sections: tuple[SectionLines, ...]


def statements_view(instrument: Instrument, wanted: str, names: Mapping[str, str]) -> StatementsView:
    """The statements of an instrument with the names put in; of one voice where ``wanted`` is one, else of all."""
    shown = tuple(voice for voice in instrument.voices if voice.value == wanted) or tuple(instrument.voices)
    return StatementsView(
        id=instrument.id,
        title=instrument.title,
        version=instrument.version,
        purpose=instrument.purpose,
        count=words.statements(len(instrument.questions())),
        voices=tuple(voice_line(instrument, voice, names) for voice in instrument.voices),
        points=tuple(point.label for point in instrument.scale.points),
        opt_outs=tuple(instrument.scale.opt_outs.values()),
        shown=shown[0].value if len(shown) == 1 else "",
        sections=_sections(instrument, shown, names),
    )


def voice_line(instrument: Instrument, voice: Voice, names: Mapping[str, str]) -> VoiceLine:
    """What one voice is asked, with the names put in."""
    return VoiceLine(
        id=voice.value,
        speaker=SPEAKERS[voice],
        title=_capital(instrument.title_for(voice, names)),
        statements=words.statements(instrument.count_for(voice)),
        minutes=words.minutes(timing.minutes(instrument, [voice])),
    )


def _sections(
    instrument: Instrument, shown: tuple[Voice, ...], names: Mapping[str, str]
) -> tuple[SectionLines, ...]:
    found = []
    for section in instrument.sections:
        questions = [question for question in section.questions if set(shown) & set(question.wording)]
        if questions:
            lines = tuple(_statement(question, shown, names) for question in questions)
            found.append(SectionLines(section.title, section.introduction, section.comment_prompt, lines))
    return tuple(found)


def _statement(question: Question, shown: tuple[Voice, ...], names: Mapping[str, str]) -> StatementLine:
    return StatementLine(
        practices=tuple(f"{id_} {practices()[id_].text}" for id_ in question.practices),
        reason=question.reason,
        merlin=question.merlin.value,
        sentences=tuple(
            (SPEAKERS[voice], _capital(question.worded(voice, names)))
            for voice in shown
            if voice in question.wording
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
