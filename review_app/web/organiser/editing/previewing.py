"""How an instrument looks to the people who answer: every voice, page by page, in a window as wide as a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app import languages
from review_app.database import reading
from review_app.services import chains
from review_app.services.chains import ChainSummary
from review_app.services.errors import NotFoundError
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.editing.drafts import EXAMPLES, Desk, address, desk, reached
from surveys.answers import LONGEST_COMMENT, comment_field, question_field
from surveys.chain import Chain, Role
from surveys.instrument import Instrument, Voice
from surveys.instrument_draft import asked_voices
from surveys.language import Language
from surveys.voices import SPEAKERS


@dataclass(frozen=True, slots=True)
class VoiceLink:
    """One voice, or one language, to look at."""

    speaker: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The page around the frame. ``frame``: the address of what is in it; "" while nobody is asked anything."""

    desk: Desk
    voices: tuple[VoiceLink, ...]
    voice: str
    speaker: str
    frame: str
    chains: tuple[ChainSummary, ...]
    chain_id: str
    languages: tuple[VoiceLink, ...]
    language: str


@dataclass(frozen=True, slots=True)
class SeenPage:
    """One page of statements as a respondent sees it. ``cards``: (field, statement); ``comment``: (field, prompt)."""

    title: str
    review_title: str
    introduction: str
    number: int
    count: int
    points: tuple[tuple[str, str], ...]
    opt_outs: tuple[tuple[str, str], ...]
    cards: tuple[tuple[str, str], ...]
    comment: tuple[str, str] | None
    longest: int
    back: str
    onward: str


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/preview")
def preview_instrument(instrument_id: str, version: int) -> str:
    """The voices to choose from, and the frame with what the chosen one sees."""
    edition = reached(instrument_id, version)
    found = edition.instrument
    chain_id = request.args.get("chain", "")
    asked = [voice for voice in SPEAKERS if voice in asked_voices(found)]
    wanted = request.args.get("voice", "")
    voice = next((one for one in asked if one.value == wanted), asked[0] if asked else None)
    with reading() as session:
        summaries = chains.summaries(session)
    known = {summary.id for summary in summaries}
    language = _language(found)
    of_chain = {"chain": chain_id} if chain_id in known else {}
    chosen = {**of_chain, **_as_argument(language)}
    view = PreviewPage(
        desk=desk(found, is_draft=edition.is_draft),
        voices=tuple(
            VoiceLink(
                SPEAKERS[one],
                address("preview_instrument", found, voice=one.value, **chosen),
                one is voice,
            )
            for one in asked
        ),
        voice=voice.value if voice else "",
        speaker=SPEAKERS[voice] if voice else "",
        frame=address("seen_page", found, voice=voice.value, number=1, **chosen) if voice else "",
        chains=summaries,
        chain_id=of_chain.get("chain", ""),
        languages=tuple(
            VoiceLink(
                languages.NATIVE_NAMES[one],
                address(
                    "preview_instrument",
                    found,
                    voice=voice.value if voice else "",
                    **of_chain,
                    **_as_argument(one),
                ),
                one is language,
            )
            for one in (Language.ENGLISH, *found.translations)
            if found.translations
        ),
        language=language.value,
    )
    return render_template("organiser/instrument_preview.html", view=view)


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/preview/<string:voice>/<int:number>"
)
def seen_page(instrument_id: str, version: int, voice: str, number: int) -> ResponseReturnValue:
    """One page of statements as a respondent sees it; nothing on it can be sent."""
    found = reached(instrument_id, version).instrument
    speaker = next((one for one in asked_voices(found) if one.value == voice), None)
    pages = found.pages(speaker) if speaker else ()
    if speaker is None or not 1 <= number <= len(pages):
        raise NotFoundError(_("There is no such page."))
    language = _language(found)
    languages.use(language)
    view = _seen(found.in_language(language), speaker, number)
    return render_template("organiser/instrument_seen.html", view=view)


def _seen(found: Instrument, voice: Voice, number: int) -> SeenPage:
    pages = found.pages(voice)
    page = pages[number - 1]
    names, chosen = _names()
    section = page.section
    return SeenPage(
        title=section.title,
        review_title=found.title_for(voice, names),
        introduction=section.introduction,
        number=number,
        count=len(pages),
        points=tuple((str(point.value), point.label) for point in found.scale.points),
        opt_outs=tuple((opt_out.value, label) for opt_out, label in found.scale.opt_outs.items()),
        cards=tuple(
            (question_field(question.id), question.worded(voice, names)) for question in page.questions
        ),
        comment=(comment_field(section.id), section.comment_prompt) if page.asks_comment else None,
        longest=LONGEST_COMMENT,
        back=_page_address(found, voice, number - 1, chosen) if number > 1 else "",
        onward=_page_address(found, voice, number + 1, chosen) if number < len(pages) else "",
    )


def _page_address(found: Instrument, voice: Voice, number: int, chosen: Mapping[str, str]) -> str:
    language = _as_argument(_language(found))
    return address("seen_page", found, voice=voice.value, number=number, **chosen, **language)


def _language(found: Instrument) -> Language:
    """The language that the address asks for, if there is something in it."""
    wanted = request.args.get("language", "")
    return next((one for one in found.translations if one.value == wanted), Language.ENGLISH)


def _as_argument(language: Language) -> dict[str, str]:
    return {} if language is Language.ENGLISH else {"language": language.value}


def _names() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names that stand in the wordings, and what of the address says so: a chain's when one is chosen."""
    chain_id = request.args.get("chain", "")
    if not chain_id:
        return EXAMPLES, {}
    with reading() as session:
        chain = chains.load(session, chain_id)
    names = {"prime": chain.prime.name, "chain": chain.name, "partner": _partner(chain)}
    return names, {"chain": chain_id}


def _partner(chain: Chain) -> str:
    others = (party.name for party in chain.parties if party.role not in {Role.PRIME, Role.COMMISSIONER})
    return next(others, EXAMPLES["partner"])
