"""The library of questionnaires: what each one asks of whom, on the screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request

from review_app.database import reading
from review_app.services import instruments as instrument_service
from review_app.services import questionnaires
from review_app.services.errors import NotFoundError
from review_app.web.organiser.audience import blueprint
from review_app.web.words import counted
from surveys import library, timing
from surveys.instrument import Instrument, Question, Voice
from surveys.practices import practices
from surveys.voices import SPEAKERS, STAND_INS

# The voices whose minutes tell most about a questionnaire, in the order of their weight.
_MAIN_VOICES = (
    Voice.PARTNER_ON_PRIME,
    Voice.PRIME_ON_ITSELF,
    Voice.ANYONE_ON_CHAIN,
    Voice.PRIME_ON_PARTNER,
    Voice.PARTNER_ON_ITSELF,
)
_MOST_MAIN_VOICES = 3


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """What one voice is asked: "A partner on the prime", "23 statements", "8 minutes"."""

    id: str
    speaker: str
    title: str
    statements: str
    minutes: str


@dataclass(frozen=True, slots=True)
class InstrumentCard:
    """One questionnaire in the library. ``covers``: the principles, each with how many practices are asked."""

    id: str
    title: str
    version: int
    purpose: str
    statements: str
    covers: tuple[str, ...]
    main_voices: tuple[VoiceLine, ...]


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
class InstrumentView:
    """A questionnaire to look at. ``shown``: the voice whose sentences are shown; "" for every voice."""

    card: InstrumentCard
    voices: tuple[VoiceLine, ...]
    points: tuple[str, ...]
    opt_outs: tuple[str, ...]
    shown: str
    sections: tuple[SectionLines, ...]


@blueprint.get("/organiser/instruments")
def instruments() -> str:
    """The questionnaires that come with Roundtable, and the installation's own."""
    with reading() as session:
        own = instrument_service.summaries(session)
    return render_template("organiser/instruments.html", cards=tuple(map(_card, newest())), own=own)


@blueprint.get("/organiser/instruments/shipped/<string:instrument_id>")
def shipped_instrument(instrument_id: str) -> str:
    """One questionnaire with every statement, in every voice or in the one that is asked for."""
    instrument = _shipped(instrument_id)
    wanted = request.args.get("voice", "")
    shown = tuple(voice for voice in instrument.voices if voice.value == wanted) or tuple(instrument.voices)
    view = InstrumentView(
        card=_card(instrument),
        voices=tuple(_voice_line(instrument, voice) for voice in instrument.voices),
        points=tuple(point.label for point in instrument.scale.points),
        opt_outs=tuple(instrument.scale.opt_outs.values()),
        shown=shown[0].value if len(shown) == 1 else "",
        sections=_sections(instrument, shown),
    )
    return render_template("organiser/shipped_instrument.html", view=view)


@blueprint.get("/organiser/instruments/shipped/<string:instrument_id>/<string:voice>.pdf")
def questionnaire_pdf(instrument_id: str, voice: str) -> Response:
    """One voice's questionnaire on paper."""
    instrument = _shipped(instrument_id)
    wanted = next((asked for asked in instrument.voices if asked.value == voice), None)
    if wanted is None:
        raise NotFoundError("This questionnaire asks that voice nothing.")
    made = questionnaires.printed(instrument, wanted, STAND_INS)
    response = Response(made.content, content_type=made.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return response


def newest() -> tuple[Instrument, ...]:
    """The newest version of each questionnaire that comes with Roundtable, the one to start from first."""
    found: dict[str, Instrument] = {}
    for (id_, _), instrument in library.shipped().items():
        found[id_] = instrument
    return tuple(found.values())


def _shipped(instrument_id: str) -> Instrument:
    found = next((instrument for instrument in newest() if instrument.id == instrument_id), None)
    if found is None:
        raise NotFoundError("There is no such questionnaire.")
    return found


def _card(instrument: Instrument) -> InstrumentCard:
    main = [voice for voice in _MAIN_VOICES if voice in instrument.voices]
    return InstrumentCard(
        id=instrument.id,
        title=instrument.title,
        version=instrument.version,
        purpose=instrument.purpose,
        statements=counted(len(instrument.questions()), "statement"),
        covers=_covers(instrument),
        main_voices=tuple(_voice_line(instrument, voice) for voice in main[:_MOST_MAIN_VOICES]),
    )


def _covers(instrument: Instrument) -> tuple[str, ...]:
    asked = library.coverage(instrument)
    every: dict[str, list[bool]] = {}
    for practice in practices().values():
        every.setdefault(practice.principle, []).append(practice.id in asked)
    return tuple(
        f"{principle}: {sum(are_asked)} of {counted(len(are_asked), 'practice')}"
        for principle, are_asked in every.items()
        if any(are_asked)
    )


def _voice_line(instrument: Instrument, voice: Voice) -> VoiceLine:
    asked = sum(len(section.questions_for(voice)) for section in instrument.sections)
    return VoiceLine(
        id=voice.value,
        speaker=SPEAKERS[voice],
        title=_capital(instrument.title_for(voice, STAND_INS)),
        statements=counted(asked, "statement"),
        minutes=counted(timing.minutes(instrument, [voice]), "minute"),
    )


def _sections(instrument: Instrument, shown: tuple[Voice, ...]) -> tuple[SectionLines, ...]:
    found = []
    for section in instrument.sections:
        questions = [question for question in section.questions if set(shown) & set(question.wording)]
        if questions:
            lines = tuple(_statement(question, shown) for question in questions)
            found.append(SectionLines(section.title, section.introduction, section.comment_prompt, lines))
    return tuple(found)


def _statement(question: Question, shown: tuple[Voice, ...]) -> StatementLine:
    return StatementLine(
        practices=tuple(f"{id_} {practices()[id_].text}" for id_ in question.practices),
        reason=question.reason,
        merlin=question.merlin.value,
        sentences=tuple(
            (SPEAKERS[voice], _capital(question.worded(voice, STAND_INS)))
            for voice in shown
            if voice in question.wording
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
