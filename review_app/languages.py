"""The languages of pages, mails and letters: which one holds, its catalogue, and how it writes days and moments.

Texts stand in English where they are used, marked for translation. What respondents and partners read is in the
catalogue ``respondent`` and what readers of reports read in ``report``; their Welsh must be whole. What organisers and
stewards read is in the catalogue ``organiser``, which is in English alone so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, gettext
from flask_babel import refresh as forget_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports.language import Tongue
from review_app.layout import template_folder
from surveys.language import N_ as N_
from surveys.language import Language
from surveys.notes import TAKEN_OUT_WORDS

DOMAIN = "respondent"
REPORT_DOMAIN = "report"
# A text is looked for in all of them. The last one holds where several have it, and gives the forms of the plural:
# a catalogue that is not there would give those of English.
DOMAINS = ("organiser", REPORT_DOMAIN, DOMAIN)
COOKIE = "language"
ZONE = ZoneInfo("Europe/London")
# A plain "en" would write dates the American way.
LOCALES = {Language.ENGLISH: "en_GB", Language.WELSH: "cy"}
NATIVE_NAMES = {Language.ENGLISH: "English", Language.WELSH: "Cymraeg"}
# Welsh has six forms of a noun with a number, and no language of ours has more.
_MOST_FORMS = 6
_FOLDER = Path(__file__).resolve().parent / "translations"
# The standard's Welsh table has AM and PM; Welsh readers know "y bore" and "yr hwyr".
_HALVES_OF_THE_DAY = {Language.ENGLISH: ("am", "pm"), Language.WELSH: ("yb", "yh")}


def init_languages(app: Flask) -> None:
    """Every page is drawn in the language that ``use`` chose for its request, English otherwise."""
    Babel().init_app(
        app,
        default_locale=LOCALES[Language.ENGLISH],
        # Flask-Babel takes a domain and its folder from the same place of two lists.
        default_domain=";".join(DOMAINS),
        default_translation_directories=";".join([str(_FOLDER)] * len(DOMAINS)),
        locale_selector=lambda: LOCALES[current()],
    )
    app.jinja_env.globals["current_language"] = current
    app.jinja_env.globals["native_names"] = NATIVE_NAMES
    app.jinja_env.filters["day"] = lambda value: day(value, current())
    app.jinja_env.filters["moment"] = lambda value: moment(value, current())
    app.jinja_env.filters["as_noted"] = as_noted
    app.jinja_env.filters["hour"] = lambda value: hour(value, current())
    app.before_request(_forget)


def _forget() -> None:
    # Whatever it gave back would be taken for the answer to the request.
    g.pop("language", None)


def current() -> Language:
    """The language of this request's page; English where there is no request."""
    if not has_request_context():
        return Language.ENGLISH
    language: Language = g.get("language", Language.ENGLISH)
    return language


def wanted() -> Language:
    """The language that this browser asked for with the switch; before it did, the one that it prefers."""
    chosen = request.cookies.get(COOKIE)
    if chosen is None:
        chosen = request.accept_languages.best_match([language.value for language in Language])
    return Language(chosen) if chosen in set(Language) else Language.ENGLISH


def use_one_of(offered: Sequence[Language]) -> None:
    """Draws the page of this request in the language that its browser wants, if that is among the offered ones."""
    language = wanted()
    use(language if language in offered else Language.ENGLISH)


def use(language: Language) -> None:
    """Draws the page of this request in a language."""
    g.language = language
    forget_locale()


def remember(response: Response, language: Language) -> None:
    """Keeps the language that was chosen with the switch on this browser, until it is closed."""
    response.set_cookie(
        COOKIE, language.value, httponly=True, secure=request.is_secure, samesite="Lax", path="/"
    )


def translations(language: Language) -> NullTranslations:
    """The catalogue of a language; the one of English says every text as it stands.

    Raises FileNotFoundError when it was not compiled (``make`` does that).
    """
    return _catalogue(language, DOMAIN)


def tongue(language: Language) -> Tongue:
    """The language as reports are worded in it. Raises FileNotFoundError when its catalogue was not compiled."""
    return Tongue(language, _catalogue(language, REPORT_DOMAIN))


@cache
def missing(language: Language, domain: str = DOMAIN) -> tuple[str, ...]:
    """The texts that a language lacks, in English: of respondents' pages, mails and letters, or of another domain."""
    if language is Language.ENGLISH:
        return ()
    with (_FOLDER / f"{domain}.pot").open("rb") as file:
        texts = [(message.context, message.id) for message in read_po(file) if message.id]
    known = getattr(_catalogue(language, domain), "_catalog", {})
    return tuple(_first(text) for context, text in texts if not _is_known(known, context, text))


@cache
def _catalogue(language: Language, domain: str) -> NullTranslations:
    if language is Language.ENGLISH:
        return NullTranslations()
    with (_FOLDER / LOCALES[language] / "LC_MESSAGES" / f"{domain}.mo").open("rb") as file:
        return Translations(file)


def _first(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _is_known(known: dict[object, str], context: str | None, text: str | Sequence[str]) -> bool:
    key = Translations.CONTEXT_ENCODING % (context, _first(text)) if context else _first(text)
    if isinstance(text, str):
        return bool(known.get(key))
    # gettext keeps a text with a plural under the pair of its text and the number of the form. For a form without a
    # translation, the compiler of catalogues puts the English one in.
    forms = [known[key, number] for number in range(_MOST_FORMS) if (key, number) in known]
    return bool(forms) and all(form != text[min(place, 1)] for place, form in enumerate(forms))


def environment(language: Language) -> Environment:
    """A Jinja environment for what is drawn outside a request, in one language: mails and letters."""
    made = Environment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # i18n
    made.globals["current_language"] = lambda: language
    made.filters["day"] = lambda value: day(value, language)
    made.filters["moment"] = lambda value: moment(value, language)
    return made


def as_noted(text: str) -> str:
    """A note, or a group's title, as the page of this request shows it: as it was written, or that it was taken out."""
    return gettext(text) if text == TAKEN_OUT_WORDS else text


def day(value: datetime, language: Language) -> str:
    """A day as people write it: "12 December 2026", "12 Rhagfyr 2026"; of an aware moment, in local time."""
    return format_date(value.astimezone(ZONE), "d MMMM y", locale=_locale(language))


def moment(value: datetime, language: Language) -> str:
    """A moment as people write it, in local time: "12 December 2026, 5:00pm"."""
    return f"{day(value, language)}, {hour(value, language)}"


def hour(value: datetime, language: Language) -> str:
    """A moment of today as people write it, in local time: "5:00pm"."""
    local = value.astimezone(ZONE)
    half = _HALVES_OF_THE_DAY[language][local.hour >= 12]
    return f"{local.hour % 12 or 12}:{local:%M}{half}"


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(LOCALES[language])
