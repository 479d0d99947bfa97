"""Where the faults of a draft are mended: each with the page that it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from review_app.web.organiser.editing.drafts import address, shown
from surveys.errors import Fault
from surveys.instrument import Instrument
from surveys.instrument_draft import question_of, section_of

_STATEMENT = re.compile(r"sections\.(?P<part>[^.]+)\.questions\.(?P<statement>[^.]+)")
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
    return tuple(
        MendLink(*_place(draft, fault.place), message=fault.message, mend=fault.mend) for fault in faults
    )


def _place(draft: Instrument, place: str) -> tuple[str, str]:
    match = _STATEMENT.match(place)
    found = question_of(draft, match["statement"]) if match else None
    if found is not None:
        question = found[1]
        return f"Statement: {shown(question)}", address("statement", draft, question_id=question.id)
    match = _PART.match(place)
    section = section_of(draft, match["part"]) if match else None
    if section is not None:
        return f"Part: {section.title}", address("part", draft, section_id=section.id)
    if place.startswith("sections"):
        return "Parts", address("new_part", draft)
    return "Titles and answers", address("labels", draft)
