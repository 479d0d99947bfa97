"""Where the faults of a draft are mended: each with the page that it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from review_app.web.organiser.editing.drafts import address, shown
from surveys.errors import Fault
from surveys.instrument import Instrument
from surveys.instrument_draft import question_of, section_of

_STATEMENT = re.compile(r"sections\.(?P<part>[^.]+)\.questions\.(?P<statement>[^.]+)")
_WELSH = re.compile(r"translations\.cy(\.sections\.(?P<part>[^.]+))?")
_PART = re.compile(r"sections\.(?P<part>[^.]+)")


@dataclass(frozen=True, slots=True)
class MendLink:
    """One fault: where it is in the page's words, the address that mends it, what is wrong and what to do."""

    place: str
    href: str
    message: str
    mend: str


def mend_links(draft: Instrument, faults: Iterable[Fault]) -> tuple[MendLink, ...]:
    """The faults of a draft with the pages that mend them."""
    # Voices follow from the statements: that there is none is told by the parts.
    return tuple(_link(draft, fault) for fault in faults if fault.place != "voices")


def _link(draft: Instrument, fault: Fault) -> MendLink:
    place, href = _place(draft, fault.place)
    if fault.place == "sections":
        return MendLink(place, href, _("There is no part yet."), _("Add one."))
    if fault.place.endswith(".questions"):
        return MendLink(place, href, _("There is no statement in it."), _("Add one, or remove the part."))
    return MendLink(place, href, fault.message, fault.mend)


def _place(draft: Instrument, place: str) -> tuple[str, str]:
    translated = _WELSH.match(place)
    if translated:
        section_id = translated["part"]
        if section_id and section_of(draft, section_id):
            return _("Welsh"), address("welsh_part", draft, section_id=section_id)
        return _("Welsh"), address("welsh_labels", draft)
    match = _STATEMENT.match(place)
    found = question_of(draft, match["statement"]) if match else None
    if found is not None:
        question = found[1]
        told = _("Statement: %(statement)s", statement=shown(question))
        return told, address("statement", draft, question_id=question.id)
    match = _PART.match(place)
    section = section_of(draft, match["part"]) if match else None
    if section is not None:
        return _("Part: %(title)s", title=section.title), address("part", draft, section_id=section.id)
    if place.startswith("sections"):
        return _("Parts"), address("new_part", draft)
    return _("Titles and answers"), address("labels", draft)
