"""The words of a mail: each kind's stand in one template, which is written out as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from babel.dates import format_date
from jinja2 import Environment
from jinja2.environment import TemplateModule
from markupsafe import Markup

from review_app.languages import LOCALES, N_, ZONE, environment, translations
from review_app.services.occasions import Occasion, Request
from review_app.services.outbox import MailKind
from surveys.language import Language
from surveys.texts import clean_line

# A phone shows some forty characters of a subject. Longer names would push out what is asked.
LONGEST_CHAIN = 24
_NOTICE = N_("This mail is in Welsh first, and then in English.")


class _Form(StrEnum):
    """What a template is written out as."""

    TEXT = "text"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Part:
    """What a mail says in one language. ``entry``: the title of its calendar entry and its words; "" without one."""

    language: Language
    notice: str
    subject: str
    short_subject: str
    preheader: str
    title: str
    entry: str
    entry_words: str
    text: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in all of its languages and both forms."""

    subject: str
    text: str
    html: str
    entry: str
    entry_words: str


def render(
    kind: MailKind, it: Occasion, context: Mapping[str, str], languages: Sequence[Language]
) -> Rendered:
    """The mail of a kind. ``context``: the addresses that its words name, and ``to_name``."""
    short_chain = short_name(it.chain_name)
    values = {**context, "it": it, "chain": it.chain_name, "short_chain": short_chain}
    parts = [_part(kind, values, language, is_first=not place) for place, language in enumerate(languages)]
    frame = {"parts": parts, "chain": it.chain_name}
    text = _environment(languages[0], _Form.TEXT).get_template("emails/frame.txt").render(frame)
    return Rendered(
        subject=_subject(parts, short_chain),
        text=_tidied(text),
        html=_environment(languages[0], _Form.HTML).get_template("emails/frame.html").render(frame),
        # What somebody typed reads the same in every language.
        entry=" / ".join(dict.fromkeys(part.entry for part in parts if part.entry)),
        entry_words="\n\n".join(part.entry_words for part in parts if part.entry_words),
    )


def short_name(name: str) -> str:
    """A name as a subject has room for it: cut after a word, where it is long."""
    tidy = clean_line(name)
    if len(tidy) <= LONGEST_CHAIN:
        return tidy
    head = tidy[:LONGEST_CHAIN]
    # One letter more tells whether the cut is between two words.
    whole = tidy[: LONGEST_CHAIN + 1].rpartition(" ")[0]
    return f"{(whole or head[:-1]).rstrip(' ,;:-–&')}…"


def _part(kind: MailKind, values: Mapping[str, Any], language: Language, *, is_first: bool) -> Part:
    it = values["it"]
    worded = {**values, "it": it.in_language(language) if isinstance(it, Request) else it}
    text, html = (
        _environment(language, form)
        .get_template(f"emails/{kind.value}.jinja")
        .make_module({**worded, "form": f"emails/_{form.value}.jinja", "is_first": is_first})
        for form in _Form
    )
    return Part(
        language=language,
        notice=translations(language).gettext(_NOTICE),
        subject=_line(text, "subject"),
        short_subject=_line(text, "short_subject"),
        preheader=_line(text, "preheader"),
        title=_line(text, "title"),
        entry=_line(text, "entry"),
        entry_words=_line(text, "entry_words"),
        text=_call(text, "body"),
        # Drawn and escaped by our own template.
        html=Markup(_call(html, "body")),  # noqa: S704
    )


def _subject(parts: Sequence[Part], chain: str) -> str:
    if len(parts) == 1:
        return parts[0].subject
    return f"{chain}: {' / '.join(part.short_subject for part in parts)}"


def _line(module: TemplateModule, macro: str) -> str:
    """What a macro says, on one line; "" where a kind has no such macro."""
    return clean_line(_call(module, macro)) if hasattr(module, macro) else ""


def _call(module: TemplateModule, macro: str) -> str:
    return str(getattr(module, macro)())


def _tidied(text: str) -> str:
    """The text with one empty line at most between two others."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.strip())
    return "\n".join(lines).strip() + "\n"


@cache
def _environment(language: Language, form: _Form) -> Environment:
    made = environment(language).overlay(autoescape=form is _Form.HTML)
    made.filters["on_one_line"] = clean_line
    made.filters["day_and_month"] = lambda value: format_date(
        value.astimezone(ZONE), "d MMMM", locale=LOCALES[language]
    )
    return made
