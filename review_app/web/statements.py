"""A questionnaire to look at: every statement, in every voice or in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review_app.web import words
from surveys import timing
from surveys.instrument import Instrument, Question, Voice, named
from surveys.language import Language
from surveys.practices import practices
from surveys.voices import SPEAKERS, STAND_INS, WELSH_STAND_INS


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """What one voice is asked: "A partner on the prime", "23 statements", "8 minutes"."""

    id: str
    speaker: str
    title: str
    statements: str
    minutes: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement as one voice is asked it. ``welsh``: the same in Welsh, "" where it is not shown or there is none."""

    speaker: str
    text: str
    welsh: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement: the practices that it stands for (or why none), and its sentence for each voice shown."""

    practices: tuple[str, ...]
    reason: str
    merlin: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class SectionLines:
    """One part of a questionnaire with the statements that the shown voices are asked.

    ``welsh``: title, introduction and prompt in Welsh, each "" where it is not shown or there is none.
    """

    title: str
    introduction: str
    comment_prompt: str
    welsh: tuple[str, str, str]
    statements: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class WelshLabels:
    """What stands around the statements in Welsh. ``titles``: who speaks, what the review is called, that in Welsh."""

    points: tuple[str, ...]
    opt_outs: tuple[str, ...]
    titles: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class StatementsView:
    """A questionnaire to look at.

    ``shown``: the voice whose sentences are shown; "" for every voice. ``welsh``: None where no Welsh is shown.
    """

    id: str
    title: str
    version: int
    purpose: str
    count: str
    voices: tuple[VoiceLine, ...]
    points: tuple[str, ...]
    opt_outs: tuple[str, ...]
    shown: str
    welsh: WelshLabels | None
    sections: tuple[SectionLines, ...]


class _Welsh:
    """The Welsh of an instrument's texts; "" for each of them where it is not shown."""

    def __init__(self, instrument: Instrument, *, is_shown: bool) -> None:
        self.translation = instrument.translations.get(Language.WELSH) if is_shown else None

    def __call__(self, place: str) -> str:
        return (self.translation.text(place) or "") if self.translation else ""

    def sentence(self, place: str, names: Mapping[str, str]) -> str:
        """The sentence of a place with the names put in, those that stand in for one in Welsh too."""
        known = {key: WELSH_STAND_INS[key] if name == STAND_INS[key] else name for key, name in names.items()}
        return _capital(named(self(place), known))


def statements_view(
    instrument: Instrument, wanted: str, names: Mapping[str, str], *, with_welsh: bool = False
) -> StatementsView:
    """The statements of an instrument with the names put in; of one voice where ``wanted`` is one, else of all.

    ``with_welsh``: the Welsh is shown with the English.
    """
    welsh = _Welsh(instrument, is_shown=with_welsh)
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
        welsh=_welsh_labels(instrument, welsh, names) if with_welsh else None,
        sections=_sections(instrument, shown, names, welsh),
    )


def _welsh_labels(instrument: Instrument, welsh: _Welsh, names: Mapping[str, str]) -> WelshLabels:
    return WelshLabels(
        points=tuple(welsh(f"scale.points.{point.value}") for point in instrument.scale.points),
        opt_outs=tuple(welsh(f"scale.opt_outs.{one.value}") for one in instrument.scale.opt_outs),
        titles=tuple(
            (
                SPEAKERS[voice],
                _capital(instrument.title_for(voice, names)),
                welsh.sentence(f"voices.{voice.value}", names),
            )
            for voice in instrument.voices
        ),
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
    instrument: Instrument, shown: tuple[Voice, ...], names: Mapping[str, str], welsh: _Welsh
) -> tuple[SectionLines, ...]:
    found = []
    for section in instrument.sections:
        questions = [question for question in section.questions if set(shown) & set(question.wording)]
        if questions:
            place = f"sections.{section.id}"
            title, introduction, prompt = (
                welsh(f"{place}.{text}") for text in ("title", "introduction", "comment_prompt")
            )
            found.append(
                SectionLines(
                    section.title,
                    section.introduction,
                    section.comment_prompt,
                    (title, introduction, prompt),
                    tuple(_statement(question, shown, names, (place, welsh)) for question in questions),
                )
            )
    return tuple(found)


def _statement(
    question: Question, shown: tuple[Voice, ...], names: Mapping[str, str], of: tuple[str, _Welsh]
) -> StatementLine:
    place, welsh = of
    return StatementLine(
        practices=tuple(f"{id_} {practices()[id_].text}" for id_ in question.practices),
        reason=question.reason,
        merlin=question.merlin.value,
        sentences=tuple(
            Sentence(
                SPEAKERS[voice],
                _capital(question.worded(voice, names)),
                welsh.sentence(f"{place}.questions.{question.id}.{voice.value}", names),
            )
            for voice in shown
            if voice in question.wording
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
