"""Letters as one PDF/UA: an address for the window of an envelope, a code to type and the same code to photograph."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import segno
from markupsafe import Markup

from reports.pdf import write_pdf
from reports.render import Assets
from review_app.languages import environment
from review_app.layout import report_font_folder, static_folder
from review_app.services.letters import LetterText, Recipient
from surveys.language import Language

_STYLES = ("letter-pdf.css",)
_GROUPS_IN_A_LINE = 4
# How an address may be set: the name of the setting in the style sheet, how many letters a line takes in it, and how
# many lines stay in the window. The last one takes whatever is left.
_SETTINGS = (("roomy", 33, 5), ("even", 36, 7), ("close", 44, 8), ("tight", 54, 9))
_LONGEST_HEAD = 54
# What readers of codes need to find one, in modules. Source: ISO/IEC 18004, "Quiet zone".
_QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class Printing:
    """What is the same on every letter of one printing.

    ``reach``: how people reach the steward, in the steward's words; "" for nothing. ``languages``: each letter says
    everything in all of them, in this order, on a sheet for each. ``is_large``: the text is set in 18 instead of 12 pt.
    """

    now: datetime
    base_url: str
    languages: tuple[Language, ...]
    is_reminder: bool
    is_large: bool
    reach: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What the template prints of one letter.

    ``setting``: how close the lines of the address are; ``code``: lines of groups of four; ``square``: the QR code as
    a picture.
    """

    text: LetterText
    address: tuple[str, ...]
    setting: str
    code: tuple[tuple[str, ...], ...]
    square: str


def draw(text: LetterText, code: str, base_url: str) -> Letter:
    """One letter with its code, whose groups have hyphens between them."""
    groups = tuple(code.split("-"))
    starts = range(0, len(groups), _GROUPS_IN_A_LINE)
    setting, address = set_address(text.recipient)
    return Letter(
        text=text,
        address=address,
        setting=setting,
        code=tuple(groups[start : start + _GROUPS_IN_A_LINE] for start in starts),
        square=square(f"{base_url}/r#{code}"),
    )


def set_address(recipient: Recipient) -> tuple[str, tuple[str, ...]]:
    """How close the lines in the window are, and the lines: the name, the organisation, the address.

    Where the address names one of the first two itself, it stands once. In the closest setting they are cut short,
    because the post needs the address more.
    """
    lines = recipient.postal_address.splitlines()
    known = {line.strip(" ,").casefold() for line in lines}
    head = [line for line in (recipient.name, recipient.party_name) if line.casefold() not in known]
    for setting, width, most in _SETTINGS:
        if sum(-(-len(line) // width) for line in (*head, *lines)) <= most:
            return setting, (*head, *lines)
    cut = (line if len(line) <= _LONGEST_HEAD else line[: _LONGEST_HEAD - 1] + "…" for line in head)
    return _SETTINGS[-1][0], (*cut, *lines)


def square(link: str) -> str:
    """A QR code as the address of a picture, with its quiet zone. Error level M: a fold or a stain may hide 15 %."""
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", border=_QUIET_ZONE, xmldecl=False, omitsize=True, nl=False
    )
    return f"data:image/svg+xml;base64,{b64encode(out.getvalue()).decode()}"


def short_address(base_url: str) -> str:
    """Where to type the code: the entrance without what a browser adds by itself."""
    return f"{_without_scheme(base_url)}/r"


def _without_scheme(base_url: str) -> str:
    return base_url.partition("://")[2]


def letters_html(letters: Sequence[Letter], printing: Printing) -> str:
    """The source of the PDF: for each letter a sheet in each language."""
    pages = {
        language: environment(language).get_template("letters/letter.html") for language in printing.languages
    }
    context = {
        "printing": printing,
        "entrance": short_address(printing.base_url),
        "promise_page": f"{_without_scheme(printing.base_url)}/promise",
    }
    bodies = [
        # Drawn and escaped by our own template.
        Markup(pages[language].render(letter=letter, text=letter.text.in_language(language), **context))  # noqa: S704
        for letter in letters
        for language in printing.languages
    ]
    first = printing.languages[0]
    return (
        environment(first)
        .get_template("letters/letters.html")
        .render(bodies=bodies, language=first, printing=printing)
    )


def letters_pdf(letters: Sequence[Letter], printing: Printing) -> bytes:
    """The letters as PDF/UA; the same arguments give the same bytes. Raises PdfLibraryMissingError."""
    assets = Assets(static=static_folder(), fonts=report_font_folder())
    return write_pdf(letters_html(letters, printing), assets, _STYLES)
