"""A questionnaire while it is written: an Instrument that may still have faults, and the steps that change it.

A draft is an Instrument like any other, so it can be previewed, timed and compared; only the reader's checks are
put off until it is finished. Every step gives a new value and leaves the old one as it was.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from surveys import library
from surveys.drafted_translations import carried
from surveys.errors import Fault
from surveys.instrument import (
    Instrument,
    MerlinElement,
    OptOut,
    Point,
    Question,
    Scale,
    Section,
    Voice,
)
from surveys.instrument_reader import read
from surveys.language import Language
from surveys.practices import practices
from surveys.translation import unchecked

LONGEST_SLUG = 36
_WORDS_IN_A_SLUG = 5
_NAME = re.compile(r"\{[a-z]+\}")

# What a voice's review is called until somebody words it.
TITLES: Mapping[Voice, str] = MappingProxyType(
    {
        Voice.PRIME_ON_ITSELF: "How you work with your partners",
        Voice.PARTNER_ON_PRIME: "How {prime} works with you",
        Voice.COMMISSIONER_ON_PRIME: "How {prime} works with its partners",
        Voice.SPOT_PROVIDER_ON_PRIME: "How {prime} works with you",
        Voice.ANYONE_ON_CHAIN: "How everyone in {chain} works together",
        Voice.PARTNER_ON_ITSELF: "How you work as a partner",
        Voice.PRIME_ON_PARTNER: "How {partner} works with you",
        Voice.TIER_ONE_ON_SUBCONTRACTOR: "How {partner} works with you",
        Voice.SUBCONTRACTOR_ON_TIER_ONE: "How {partner} works with you",
    }
)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=_Named)
_Questions = tuple[Question, ...]


def to_text(draft: Instrument) -> str:
    """The draft as JSON, for ``from_text``."""
    return json.dumps(library.to_mapping(draft), ensure_ascii=False)


def from_text(text: str) -> Instrument:
    """The draft that ``to_text`` wrote, unchecked."""
    value = json.loads(text)
    scale = value["scale"]
    return Instrument(
        id=value["id"],
        version=value["version"],
        title=value["title"],
        purpose=value["purpose"],
        scale=Scale(
            tuple(Point(int(key), label) for key, label in scale["points"].items()),
            {OptOut(key): label for key, label in scale["opt_outs"].items()},
        ),
        voices={Voice(key): title for key, title in value["voices"].items()},
        sections=tuple(_section(section) for section in value["sections"]),
        translations={
            Language(code): unchecked(tree) for code, tree in value.get("translations", {}).items()
        },
    )


def faults_of(draft: Instrument) -> tuple[Fault, ...]:
    """Everything that has to be mended before the draft can be finished."""
    return tuple(read(library.to_mapping(draft))[1])


def selected(source: Instrument, kept: Collection[str]) -> Instrument:
    """The source with the statements of these ids alone; parts and voices that are left with nothing go too."""
    sections = tuple(
        replace(section, questions=questions)
        for section in source.sections
        if (questions := tuple(question for question in section.questions if question.id in kept))
    )
    return carried(source, settled(replace(source, sections=sections)))


def settled(draft: Instrument) -> Instrument:
    """The draft with a title for each voice that is asked and none for another, and elements that hold.

    A part whose statements came to be of several elements of the Code belongs to none of them.
    """
    asked = asked_voices(draft)
    return replace(
        draft,
        voices={voice: draft.voices.get(voice, TITLES[voice]) for voice in Voice if voice in asked},
        sections=tuple(
            section if _is_of_its_element(section) else replace(section, element="")
            for section in draft.sections
        ),
    )


def asked_voices(draft: Instrument) -> frozenset[Voice]:
    """The voices that some statement is worded for."""
    return frozenset(voice for question in draft.questions() for voice in question.wording)


def section_of(draft: Instrument, section_id: str) -> Section | None:
    """The part of an id; None when there is none."""
    return next((section for section in draft.sections if section.id == section_id), None)


def question_of(draft: Instrument, question_id: str) -> tuple[Section, Question] | None:
    """The statement of an id and the part it stands in; None when there is none."""
    for section in draft.sections:
        for question in section.questions:
            if question.id == question_id:
                return section, question
    return None


def with_section(draft: Instrument, section: Section) -> Instrument:
    """The draft with a part in the place of the one with its id, or at the end."""
    return replace(draft, sections=_put(draft.sections, section))


def with_question(draft: Instrument, section_id: str, question: Question) -> Instrument:
    """The draft with a statement in the place of the one with its id in a part, or at the part's end."""
    return _in_section(draft, section_id, lambda questions: _put(questions, question))


def without_section(draft: Instrument, section_id: str) -> Instrument:
    """The draft without a part."""
    return settled(
        replace(draft, sections=tuple(section for section in draft.sections if section.id != section_id))
    )


def without_question(draft: Instrument, question_id: str) -> Instrument:
    """The draft without a statement. A part that is left without any stays, for others to be put in."""
    sections = (
        replace(section, questions=tuple(one for one in section.questions if one.id != question_id))
        for section in draft.sections
    )
    return settled(replace(draft, sections=tuple(sections)))


def with_section_moved(draft: Instrument, section_id: str, places: int) -> Instrument:
    """The draft with a part so many places later; earlier for a negative number."""
    return replace(draft, sections=_moved(draft.sections, section_id, places))


def with_question_moved(draft: Instrument, question_id: str, places: int) -> Instrument:
    """The draft with a statement so many places later within its part; earlier for a negative number."""
    found = question_of(draft, question_id)
    if found is None:
        return draft
    return _in_section(draft, found[0].id, lambda questions: _moved(questions, question_id, places))


def slug(text: str, taken: Collection[str], fallback: str) -> str:
    """An id made of a text's first words that is none of those taken; of ``fallback`` when no word is left."""
    plain = unicodedata.normalize("NFKD", _NAME.sub(" ", text.lower())).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))[:_WORDS_IN_A_SLUG]
    base = "-".join(words)[:LONGEST_SLUG].strip("-") or fallback
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found


def _in_section(draft: Instrument, section_id: str, change: Callable[[_Questions], _Questions]) -> Instrument:
    sections = (
        replace(section, questions=change(section.questions)) if section.id == section_id else section
        for section in draft.sections
    )
    return settled(replace(draft, sections=tuple(sections)))


def _put(items: tuple[_Item, ...], item: _Item) -> tuple[_Item, ...]:
    if any(one.id == item.id for one in items):
        return tuple(item if one.id == item.id else one for one in items)
    return (*items, item)


def _moved(items: tuple[_Item, ...], id_: str, places: int) -> tuple[_Item, ...]:
    index = next((index for index, one in enumerate(items) if one.id == id_), None)
    if index is None:
        return items
    rest = [*items[:index], *items[index + 1 :]]
    rest.insert(min(max(index + places, 0), len(rest)), items[index])
    return tuple(rest)


def _is_of_its_element(section: Section) -> bool:
    elements = {practices()[id_].element for question in section.questions for id_ in question.practices}
    return not section.element or elements <= {section.element}


def _section(value: Mapping[str, Any]) -> Section:
    return Section(
        id=value["id"],
        element=value["element"],
        title=value["title"],
        introduction=value["introduction"],
        comment_prompt=value["comment_prompt"],
        questions=tuple(_question(question) for question in value["questions"]),
    )


def _question(value: Mapping[str, Any]) -> Question:
    return Question(
        id=value["id"],
        practices=tuple(value["practices"]),
        merlin=MerlinElement(value["merlin"]),
        reason=value["reason"],
        wording={Voice(key): text for key, text in value["wording"].items()},
    )
