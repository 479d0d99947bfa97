"""A mapping of plain values becomes an Instrument, or the list of everything that is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

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
from surveys.instrument_texts import LONGEST_TEXT as LONGEST_TEXT
from surveys.instrument_texts import text_faults
from surveys.language import Language
from surveys.practices import merlin_elements, practices
from surveys.translation import Translation
from surveys.translation_reader import read_translation

HIGHEST_VERSION = 9999
POINTS = ("1", "2", "3", "4", "5")

# Ids become parts of form field names and of addresses.
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 40
_INSTRUMENT_KEYS = ("id", "version", "title", "purpose", "scale", "voices", "sections")
_TRANSLATIONS = "translations"
_SECTION_KEYS = ("id", "element", "title", "introduction", "comment_prompt", "questions")
_QUESTION_KEYS = ("id", "practices", "merlin", "reason", "wording")

_Kind = TypeVar("_Kind", bound=StrEnum)


def read(value: object) -> tuple[Instrument | None, list[Fault]]:
    """The instrument and no faults, or None and every fault; places are paths like "sections.2a.title"."""
    reader = _Reader()
    instrument = reader.instrument(value)
    return (None if reader.faults else instrument), reader.faults


class _Reader:
    """Reads on after a fault with an empty value in its place, so that one reading finds them all."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def instrument(self, value: object) -> Instrument:
        mapping = self._mapping(value, "the file", (*_INSTRUMENT_KEYS, _TRANSLATIONS))
        voices = self._labels(mapping.get("voices"), "voices", Voice, takes_names=True)
        sections = tuple(
            self._section(section, _place(section, "sections", number))
            for number, section in enumerate(self._list(mapping.get("sections"), "sections"), start=1)
        )
        self._check_unique((section.id for section in sections), "sections")
        self._check_unique(
            (question.id for section in sections for question in section.questions), "sections, questions"
        )
        self._check_voices(voices, sections)
        instrument = Instrument(
            id=self._id(mapping.get("id"), "id"),
            version=self._version(mapping.get("version")),
            title=self._text(mapping.get("title"), "title"),
            purpose=self._text(mapping.get("purpose"), "purpose"),
            scale=self._scale(mapping.get("scale")),
            voices=voices,
            sections=sections,
        )
        return replace(instrument, translations=self._translations(mapping, instrument))

    def _translations(
        self, mapping: Mapping[str, Any], instrument: Instrument
    ) -> dict[Language, Translation]:
        """The translations that stand in the file itself, by their languages."""
        others = [language.value for language in Language if language is not Language.ENGLISH]
        found: dict[Language, Translation] = {}
        if _TRANSLATIONS in mapping:
            is_sound = not self.faults
            trees = self._mapping(mapping[_TRANSLATIONS], _TRANSLATIONS, others)
            for code in (code for code in others if code in trees):
                place = f"{_TRANSLATIONS}.{code}"
                translation, faults = read_translation(trees[code], place, instrument, is_sound=is_sound)
                self.faults += faults
                if translation is not None and translation.texts:
                    found[Language(code)] = translation
        return found

    def _scale(self, value: object) -> Scale:
        mapping = self._mapping(value, "scale", ("points", "opt_outs"))
        points = self._mapping(mapping.get("points"), "scale.points", POINTS)
        labels = [self._text(points.get(point), f"scale.points.{point}") for point in POINTS]
        opt_outs = self._labels(mapping.get("opt_outs"), "scale.opt_outs", OptOut)
        if opt_outs and OptOut.RATHER_NOT not in opt_outs:
            mend = "Add it: nobody may be made to answer."
            self._add(f"scale.opt_outs.{OptOut.RATHER_NOT.value}", "The label is missing.", mend)
        self._check_unique([*labels, *opt_outs.values()], "scale")
        return Scale(
            tuple(Point(int(point), label) for point, label in zip(POINTS, labels, strict=True)), opt_outs
        )

    def _section(self, value: object, place: str) -> Section:
        mapping = self._mapping(value, place, _SECTION_KEYS)
        element = self._optional_text(mapping, "element", place)
        if element and element not in _elements():
            mend = f"Use one of: {'; '.join(sorted(_elements()))}."
            self._add(f"{place}.element", "The Code has no such element.", mend)
        questions = tuple(
            self._question(question, _place(question, f"{place}.questions", number), element)
            for number, question in enumerate(
                self._list(mapping.get("questions"), f"{place}.questions"), start=1
            )
        )
        return Section(
            id=self._id(mapping.get("id"), f"{place}.id"),
            element=element,
            title=self._text(mapping.get("title"), f"{place}.title"),
            introduction=self._text(mapping.get("introduction"), f"{place}.introduction"),
            comment_prompt=self._optional_text(mapping, "comment_prompt", place),
            questions=questions,
        )

    def _question(self, value: object, place: str, element: str) -> Question:
        mapping = self._mapping(value, place, _QUESTION_KEYS)
        reason = self._optional_text(mapping, "reason", place)
        named = self._practices(mapping, place, reason)
        for practice_id in filter(None, named):
            practice = practices().get(practice_id)
            if practice is None:
                message, mend = f"There is no practice {practice_id}.", "Use an id of practices.csv."
                self._add(f"{place}.practices", message, mend)
            elif element and element in _elements() and practice.element != element:
                message = f"{practice_id} belongs to another element."
                self._add(f"{place}.practices", message, "Move the statement to that element's section.")
        return Question(
            id=self._id(mapping.get("id"), f"{place}.id"),
            practices=tuple(named),
            merlin=self._merlin(mapping, place, named),
            reason=reason,
            wording=self._labels(mapping.get("wording"), f"{place}.wording", Voice, takes_names=True),
        )

    def _practices(self, mapping: Mapping[str, Any], place: str, reason: str) -> list[str]:
        value = mapping.get("practices", [])
        if value == []:
            if not reason:
                mend = "Name one, or give a reason why it stands for none."
                self._add(f"{place}.practices", "The statement stands for no practice of the Code.", mend)
            return []
        if reason:
            mend = "Take out the reason, or the practices."
            self._add(f"{place}.reason", "A reason is only for a statement without a practice.", mend)
        return [
            self._text(practice, f"{place}.practices") for practice in self._list(value, f"{place}.practices")
        ]

    def _merlin(self, mapping: Mapping[str, Any], place: str, practices: Sequence[str]) -> MerlinElement:
        """The element that is named, else that of the first practice."""
        value = mapping.get("merlin")
        if value is None:
            found = next((merlin_elements()[id_] for id_ in practices if id_ in merlin_elements()), None)
        else:
            found = next((element for element in MerlinElement if element.value == value), None)
        if found is None:
            # An unknown practice is told already.
            if value is not None or not practices:
                mend = f"Use one of: {'; '.join(MerlinElement)}."
                self._add(f"{place}.merlin", "The Merlin Standard has no such element.", mend)
            return MerlinElement.DESIGN
        return found

    def _check_voices(self, voices: Mapping[Voice, str], sections: Sequence[Section]) -> None:
        questions = [question for section in sections for question in section.questions]
        asked = {voice for question in questions for voice in question.wording}
        for voice in Voice:
            place = f"voices.{voice.value}"
            if voice in asked and voice not in voices:
                self._add(place, "The title is missing.", "Add what this voice's respondents see.")
            if voice in voices and voice not in asked:
                self._add(place, "No statement is worded for this voice.", "Word one, or leave it out.")

    def _labels(
        self, value: object, place: str, kind: type[_Kind], *, takes_names: bool = False
    ) -> dict[_Kind, str]:
        names = [member.value for member in kind]
        mapping = self._mapping(value, place, names)
        if isinstance(value, Mapping) and not any(name in value for name in names):
            self._add(place, "It has no entry.", f"Give one or more of: {', '.join(names)}.")
        return {
            member: self._text(mapping[member.value], f"{place}.{member.value}", takes_names=takes_names)
            for member in kind
            if member.value in mapping
        }

    def _mapping(self, value: object, place: str, keys: Sequence[str]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self._add(
                place, "It is missing, or does not consist of named values.", f"Give: {', '.join(keys)}."
            )
            return {}
        for key in value:
            if key not in keys:
                self._add(place, f"The key {key} is unknown.", f"The keys are: {', '.join(keys)}.")
        return value

    def _list(self, value: object, place: str) -> list[Any]:
        if isinstance(value, list) and value:
            return value
        self._add(place, "A list with one entry at least is expected here.", "Add it.")
        return []

    def _id(self, value: object, place: str) -> str:
        if isinstance(value, str) and len(value) <= _LONGEST_ID and _ID.fullmatch(value):
            return value
        self._add(
            place,
            "The id is missing or malformed.",
            f"Use up to {_LONGEST_ID} small letters and digits, joined by single hyphens.",
        )
        return ""

    def _version(self, value: object) -> int:
        digits = value if isinstance(value, str) else str(value) if type(value) is int else ""
        if re.fullmatch(r"[1-9][0-9]{0,3}", digits):
            return int(digits)
        self._add("version", f"It is not a whole number from 1 to {HIGHEST_VERSION}.", "Begin with 1.")
        return 0

    def _text(self, value: object, place: str, *, takes_names: bool = False) -> str:
        if not isinstance(value, str) or not value.strip():
            self._add(place, "The text is missing.", "Add it.")
            return ""
        text = " ".join(value.split())
        self.faults += text_faults(text, place, takes_names=takes_names)
        return text

    def _optional_text(self, mapping: Mapping[str, Any], key: str, place: str) -> str:
        """The text of a key; "" when it is left out or empty."""
        value = mapping.get(key, "")
        return "" if value == "" else self._text(value, f"{place}.{key}")

    def _check_unique(self, values: Iterable[str], place: str) -> None:
        for value, count in Counter(filter(None, values)).items():
            if count > 1:
                self._add(place, f"“{value}” is used {count} times.", "Make each of them different.")

    def _add(self, place: str, message: str, mend: str) -> None:
        self.faults.append(Fault(place, message, mend))


@cache
def _elements() -> frozenset[str]:
    return frozenset(practice.element for practice in practices().values())


def _place(value: object, parent: str, number: int) -> str:
    name = value.get("id") if isinstance(value, Mapping) else None
    return f"{parent}.{name if isinstance(name, str) and name else number}"
