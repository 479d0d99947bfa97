"""The Welsh of a draft: which texts it has, and beside the English of each part a box for every one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_babel import ngettext

from review_app.languages import N_
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.editing.drafts import address, changed, checked, desk, opened, part_of, shown
from review_app.web.organiser.editing.forms import (
    WelshForm,
    fits_field,
    text_field,
    welsh_form,
)
from review_app.web.words import figure
from surveys.drafted_translations import with_texts
from surveys.errors import InstrumentFaultsError
from surveys.instrument import Instrument
from surveys.language import Language
from surveys.translation import Translation

_PLACE = f"translations.{Language.WELSH.value}."
_SECTIONS = "sections."
_LABELS = N_("Titles and answers")
_HEADINGS = {"scale": later("The answers"), "voices": later("What each voice’s review is called")}


@dataclass(frozen=True, slots=True)
class WelshBox:
    """One text. ``state``: "missing", "to_check" (its English was changed) or "there"; ``kept``: the Welsh as it is."""

    field: str
    fits_field: str
    english: str
    kept: str
    state: str


@dataclass(frozen=True, slots=True)
class WelshGroup:
    """Texts that belong together: what stands around the statements, or one statement in all its voices."""

    heading: str
    boxes: tuple[WelshBox, ...]


@dataclass(frozen=True, slots=True)
class WelshPart:
    """One page of texts. ``left``: what there is still to do, in words; "" for nothing."""

    title: str
    href: str
    count: str
    left: str


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/welsh")
def welsh(instrument_id: str, version: int) -> str:
    """The pages of texts, each with how many of them still lack their Welsh."""
    draft = opened(instrument_id, version)
    parts = (
        _part(draft, _(_LABELS), address("welsh_labels", draft), _label_places(draft)),
        *(
            _part(
                draft,
                section.title or _("Part without a title"),
                address("welsh_part", draft, section_id=section.id),
                _part_places(draft, section.id),
            )
            for section in draft.sections
        ),
    )
    return render_template("organiser/instrument_welsh.html", desk=desk(draft), parts=parts)


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/welsh/labels")
def welsh_labels(instrument_id: str, version: int) -> str:
    """The Welsh of the titles and the answers."""
    draft = opened(instrument_id, version)
    return _page(draft, _(_LABELS), _label_places)


@blueprint.post("/organiser/instruments/<string:instrument_id>/versions/<int:version>/welsh/labels")
def save_welsh_labels(instrument_id: str, version: int) -> ResponseReturnValue:
    """Keeps the Welsh of the titles and the answers."""
    draft = opened(instrument_id, version)
    return _kept(draft, _(_LABELS), _label_places)


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/welsh/parts/<string:section_id>"
)
def welsh_part(instrument_id: str, version: int, section_id: str) -> str:
    """The Welsh of a part."""
    draft = opened(instrument_id, version)
    return _page(draft, part_of(draft, section_id).title, lambda found: _part_places(found, section_id))


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/welsh/parts/<string:section_id>"
)
def save_welsh_part(instrument_id: str, version: int, section_id: str) -> ResponseReturnValue:
    """Keeps the Welsh of a part."""
    draft = opened(instrument_id, version)
    title = part_of(draft, section_id).title
    return _kept(draft, title, lambda found: _part_places(found, section_id))


def gaps_in_words(found: Instrument) -> str:
    """What its Welsh still lacks: "3 texts have no Welsh, 1 is to be looked at again"; "" when it is whole."""
    return _left(found, list(found.texts()))


def _kept(draft: Instrument, title: str, places_of: Callable[[Instrument], list[str]]) -> ResponseReturnValue:
    form = welsh_form(places_of(draft))()

    def step(current: Instrument) -> Instrument:
        # What came or went since the page was opened is left as it is.
        places = [place for place in places_of(current) if text_field(place) in form]
        texts = {place: form[text_field(place)].data or "" for place in places}
        fits = [place for place in places if form[fits_field(place)].data]
        return checked(with_texts(current, Language.WELSH, texts, fits), _PLACE, form)

    try:
        draft = changed(draft.id, draft.version, step)
    except InstrumentFaultsError as error:
        place_faults(form, error.faults)
        return _page(opened(draft.id, draft.version), title, places_of, form), REFUSED
    left = _left(draft, places_of(draft))
    told = (
        _("The Welsh is saved. %(left)s.", left=left)
        if left
        else _("The Welsh is saved. Nothing is missing here.")
    )
    flash(told, "success")
    return redirect(address("welsh", draft), SEE_OTHER)


def _page(
    draft: Instrument,
    title: str,
    places_of: Callable[[Instrument], list[str]],
    form: WelshForm | None = None,
) -> str:
    places = places_of(draft)
    texts = _translation(draft).texts
    shown_form = form or welsh_form(places)(
        data={text_field(place): texts.get(place, "") for place in places}
    )
    return render_template(
        "organiser/instrument_welsh_part.html",
        desk=desk(draft),
        form=shown_form,
        title=title,
        left=_left(draft, places),
        groups=_groups(draft, [place for place in places if text_field(place) in shown_form]),
    )


def _groups(draft: Instrument, places: list[str]) -> tuple[WelshGroup, ...]:
    english, translation = draft.texts(), _translation(draft)
    headings = {question.id: shown(question) for question in draft.questions()}
    found: dict[str, list[WelshBox]] = {}
    for place in places:
        box = WelshBox(
            field=text_field(place),
            fits_field=fits_field(place),
            english=english[place],
            kept=translation.texts.get(place, ""),
            state=_state(translation, place),
        )
        found.setdefault(_heading(place, headings), []).append(box)
    return tuple(WelshGroup(heading, tuple(boxes)) for heading, boxes in found.items())


def _heading(place: str, statements: dict[str, str]) -> str:
    words = place.split(".")
    if "questions" in words:
        return _("Statement: %(statement)s", statement=statements[words[3]])
    return str(_HEADINGS.get(words[0], ""))


def _state(translation: Translation, place: str) -> str:
    if place in translation.to_check:
        return "to_check"
    return "there" if place in translation.texts else "missing"


def _part(draft: Instrument, title: str, href: str, places: list[str]) -> WelshPart:
    count = ngettext("%(count)s text", "%(count)s texts", len(places), count=figure(len(places)))
    return WelshPart(title, href, count, _left(draft, places))


def _left(draft: Instrument, places: list[str]) -> str:
    states = [_state(_translation(draft), place) for place in places]
    missing, to_check = states.count("missing"), states.count("to_check")
    without = ngettext(
        "%(count)s text has no Welsh", "%(count)s texts have no Welsh", missing, count=figure(missing)
    )
    again = ngettext(
        "%(count)s is to be looked at again",
        "%(count)s are to be looked at again",
        to_check,
        count=figure(to_check),
    )
    if missing and to_check:
        return _("%(without)s, %(again)s", without=without, again=again)
    return without if missing else again if to_check else ""


def _translation(draft: Instrument) -> Translation:
    return draft.translations.get(Language.WELSH, Translation({}))


def _label_places(draft: Instrument) -> list[str]:
    return [place for place in draft.texts() if not place.startswith(_SECTIONS)]


def _part_places(draft: Instrument, section_id: str) -> list[str]:
    return [place for place in draft.texts() if place.startswith(f"{_SECTIONS}{section_id}.")]
