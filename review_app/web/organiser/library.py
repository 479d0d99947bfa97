"""The library of questionnaires: what each one asks of whom, on the screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.database import reading
from review_app.services import instruments as instrument_service
from review_app.services import questionnaires
from review_app.services.errors import NotFoundError
from review_app.web.organiser.audience import blueprint
from review_app.web.statements import VoiceLine, statements_view, voice_line
from review_app.web.words import figure
from review_app.web.words import statements as counted_statements
from surveys import library
from surveys.instrument import Instrument, Voice
from surveys.language import Language
from surveys.practices import practices
from surveys.voices import STAND_INS, WELSH_STAND_INS

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
class InstrumentCard:
    """One questionnaire in the library. ``covers``: the principles, each with how many practices are asked."""

    id: str
    title: str
    version: int
    purpose: str
    statements: str
    covers: tuple[str, ...]
    main_voices: tuple[VoiceLine, ...]


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
    with_welsh = bool(instrument.translations) and "welsh" in request.args
    view = statements_view(instrument, request.args.get("voice", ""), STAND_INS, with_welsh=with_welsh)
    return render_template(
        "organiser/shipped_instrument.html", view=view, has_welsh=bool(instrument.translations)
    )


@blueprint.get("/organiser/instruments/shipped/<string:instrument_id>/<string:voice>.pdf")
def questionnaire_pdf(instrument_id: str, voice: str) -> Response:
    """One voice's questionnaire on paper."""
    instrument = _shipped(instrument_id)
    wanted = next((asked for asked in instrument.voices if asked.value == voice), None)
    if wanted is None:
        raise NotFoundError(_("This questionnaire asks that voice nothing."))
    language = next(
        (one for one in instrument.translations if one.value == request.args.get("language")),
        Language.ENGLISH,
    )
    names = WELSH_STAND_INS if language is Language.WELSH else STAND_INS
    made = questionnaires.printed(instrument, wanted, names, language)
    response = Response(made.content, content_type=made.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return response


def newest() -> tuple[Instrument, ...]:
    """The newest version of each questionnaire that comes with Roundtable, the one to start from first."""
    found: dict[str, Instrument] = {}
    for (id_, _version), instrument in library.shipped().items():
        found[id_] = instrument
    return tuple(found.values())


def _shipped(instrument_id: str) -> Instrument:
    found = next((instrument for instrument in newest() if instrument.id == instrument_id), None)
    if found is None:
        raise NotFoundError(_("There is no such questionnaire."))
    return found


def _card(instrument: Instrument) -> InstrumentCard:
    main = [voice for voice in _MAIN_VOICES if voice in instrument.voices]
    return InstrumentCard(
        id=instrument.id,
        title=instrument.title,
        version=instrument.version,
        purpose=instrument.purpose,
        statements=counted_statements(len(instrument.questions())),
        covers=_covers(instrument),
        main_voices=tuple(voice_line(instrument, voice, STAND_INS) for voice in main[:_MOST_MAIN_VOICES]),
    )


def _covers(instrument: Instrument) -> tuple[str, ...]:
    asked = library.coverage(instrument)
    every: dict[str, list[bool]] = {}
    for practice in practices().values():
        every.setdefault(practice.principle, []).append(practice.id in asked)
    return tuple(
        ngettext(
            "%(principle)s: %(asked)s of %(count)s practice",
            "%(principle)s: %(asked)s of %(count)s practices",
            len(are_asked),
            principle=principle,
            asked=sum(are_asked),
            count=figure(len(are_asked)),
        )
        for principle, are_asked in every.items()
        if any(are_asked)
    )
