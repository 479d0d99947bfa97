"""The library of instruments: files read and validated, the shipped ones, and which practice each one covers.

An instrument's *mapping* is its plain form, the same in a YAML file and in the JSON copy that a cycle
keeps: ``from_mapping`` is the one way from there to an Instrument.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from surveys.errors import Fault, InstrumentFaultsError
from surveys.instrument import Instrument, Question, Section, Voice
from surveys.instrument_reader import read
from surveys.instrument_writer import to_yaml as to_yaml
from surveys.language import Language
from surveys.translation import nested
from surveys.translation_reader import read_translation

# The instrument that a review starts from unless its organiser chooses another.
FIRST_CHOICE = "review-and-commitment"
_ORDER = (FIRST_CHOICE, "whole-code", "partnership", "pulse")
# The whole Code, 43 statements in nine voices, has a third of this in each language.
LARGEST_FILE = 100_000
DEEPEST = 10
_TRANSLATION_HEAD = frozenset({"language", "of", "version"})


def load(text: str, place: str) -> Instrument:
    """The instrument that a YAML file holds. ``place`` names the file in the faults.

    Raises InstrumentFaultsError with all the faults of the file (where its YAML is at fault, those alone).
    """
    value, faults = _parse(text)
    if not faults:
        instrument, faults = read(value)
        if instrument is not None:
            return instrument
    raise InstrumentFaultsError(
        [Fault(f"{place}, {fault.place}", fault.message, fault.mend) for fault in faults]
    )


def from_mapping(mapping: Mapping[str, Any]) -> Instrument:
    """The instrument of a mapping that ``to_mapping`` made. Raises InstrumentFaultsError."""
    instrument, faults = read(mapping)
    if instrument is None:
        raise InstrumentFaultsError(faults)
    return instrument


@lru_cache(maxsize=32)
def from_text(text: str) -> Instrument:
    """The instrument of a JSON text of ``to_mapping``; remembered, because every page of a cycle needs it.

    Raises InstrumentFaultsError.
    """
    return from_mapping(json.loads(text))


def to_mapping(instrument: Instrument) -> dict[str, Any]:
    """The instrument as JSON-able values. Shape: the keys of an instrument file; ``version`` is a number."""
    mapping: dict[str, Any] = {
        "id": instrument.id,
        "version": instrument.version,
        "title": instrument.title,
        "purpose": instrument.purpose,
        "scale": {
            "points": {str(point.value): point.label for point in instrument.scale.points},
            "opt_outs": {opt_out.value: label for opt_out, label in instrument.scale.opt_outs.items()},
        },
        "voices": {voice.value: title for voice, title in instrument.voices.items()},
        "sections": [_section_mapping(section) for section in instrument.sections],
    }
    # Only where there are any, so that what was kept and approved before there were any stays the same.
    if instrument.translations:
        mapping["translations"] = {
            language.value: nested(translation, instrument.texts())
            for language, translation in instrument.translations.items()
        }
    return mapping


@cache
def shipped() -> Mapping[tuple[str, int], Instrument]:
    """The instruments that come with Roundtable, by id and version, the one to start from first.

    Raises InstrumentFaultsError.
    """
    found: dict[tuple[str, int], Instrument] = {}
    folder = resources.files("surveys").joinpath("instruments")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".yaml"):
            continue
        instrument = load(file.read_text(encoding="utf-8"), file.name)
        key = (instrument.id, instrument.version)
        if key in found:
            message = f"There is another file with version {instrument.version} of {instrument.id}."
            raise InstrumentFaultsError([Fault(f"{file.name}, version", message, "Raise the version.")])
        found[key] = instrument
    for language in Language:
        of_language = folder.joinpath(language.value)
        for file in sorted(of_language.iterdir(), key=lambda file: file.name) if of_language.is_dir() else ():
            if file.name.endswith(".yaml"):
                place = f"{language.value}/{file.name}"
                join_translation(found, file.read_text(encoding="utf-8"), place, language)
    return MappingProxyType({key: found[key] for key in sorted(found, key=_in_order)})


def join_translation(
    instruments: dict[tuple[str, int], Instrument], text: str, place: str, language: Language
) -> None:
    """Gives one of the instruments the translation that a YAML file holds. ``place`` names the file in the faults.

    Raises InstrumentFaultsError with all the faults of the file, or where it is of no instrument.
    """
    value, faults = _parse(text)
    head = value if isinstance(value, dict) else {}
    key = (str(head.get("of", "")), int(head["version"]) if str(head.get("version")).isdecimal() else 0)
    if not faults and head.get("language") != language.value:
        faults = [Fault("language", f"It is not {language.value}.", "Name the language of the folder.")]
    if not faults and key not in instruments:
        faults = [Fault("of", "There is no such instrument in this version.", "Give its id and version.")]
    if not faults and language in instruments[key].translations:
        faults = [Fault("of", "There is another file for it.", "Keep one of them.")]
    if not faults:
        tree = {name: branch for name, branch in head.items() if name not in _TRANSLATION_HEAD}
        translation, faults = read_translation(tree, language.value, instruments[key])
        if translation is not None:
            joined = {**instruments[key].translations, language: translation}
            instruments[key] = replace(instruments[key], translations=joined)
            return
    raise InstrumentFaultsError(
        [Fault(f"{place}, {fault.place}", fault.message, fault.mend) for fault in faults]
    )


def _in_order(key: tuple[str, int]) -> tuple[int, str, int]:
    id_, version = key
    return (_ORDER.index(id_) if id_ in _ORDER else len(_ORDER), id_, version)


def latest(instrument_id: str) -> Instrument:
    """The newest shipped version of an instrument. Raises KeyError when none has this id."""
    versions = [version for id_, version in shipped() if id_ == instrument_id]
    if not versions:
        raise KeyError(instrument_id)
    return shipped()[instrument_id, max(versions)]


def coverage(instrument: Instrument) -> Mapping[str, frozenset[Voice]]:
    """The voices that are asked about each practice, by practice id; only practices with a statement."""
    covered: dict[str, frozenset[Voice]] = {}
    for question in instrument.questions():
        for practice_id in question.practices:
            covered[practice_id] = covered.get(practice_id, frozenset()) | frozenset(question.wording)
    return covered


@cache
def concerns() -> Mapping[str, frozenset[Voice]]:
    """The voices that each practice concerns, by practice id, in the order of the Code.

    Source: the packaged ``concerns.csv``, our own decisions; ``reasons`` gives the why.
    """
    return MappingProxyType(
        {
            row["practice_id"]: frozenset(voice for voice in Voice if row[voice.value] == "yes")
            for row in _decisions()
        }
    )


@cache
def reasons() -> Mapping[str, str]:
    """Why a practice does not concern the voices that it leaves out, by practice id; "" where it leaves out none.

    Shape: sentences, each after the voices it is about ("Commissioner: ... Spot provider: ...").
    """
    return MappingProxyType({row["practice_id"]: row["reason"] for row in _decisions()})


def _decisions() -> list[dict[str, str]]:
    text = resources.files("surveys").joinpath("concerns.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _section_mapping(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "element": section.element,
        "title": section.title,
        "introduction": section.introduction,
        "comment_prompt": section.comment_prompt,
        "questions": [_question_mapping(question) for question in section.questions],
    }


def _question_mapping(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "practices": list(question.practices),
        "merlin": question.merlin.value,
        "reason": question.reason,
        "wording": {voice.value: text for voice, text in question.wording.items()},
    }


def _parse(text: str) -> tuple[object, list[Fault]]:
    if len(text) > LARGEST_FILE:
        message = f"It has {len(text):,} characters; {LARGEST_FILE:,} are the most."
        return None, [Fault("the file", message, "Split it into two instruments.")]
    try:
        # Events come before anything is built, so that aliases and depth cost nothing.
        faults = list(_dangers(yaml.parse(text, yaml.BaseLoader)))
        if faults:
            return None, faults
        # BaseLoader reads every value as text: no tag is obeyed, and an unquoted "no" stays as typed.
        loader = yaml.BaseLoader(text)
        node = loader.get_single_node()
        faults = list(_doubled_keys(node))
        return (None if node is None else loader.construct_document(node)), faults
    except yaml.YAMLError as error:
        return None, [_syntax_fault(error, text)]


def _dangers(events: Iterator[yaml.Event]) -> Iterator[Fault]:
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            message = f"The alias *{event.anchor} is not allowed."
            yield Fault(_line(event.start_mark), message, "Write the value out.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            yield Fault(_line(event.start_mark), "Lists are nested too deeply.", "Look for a stray bracket.")
            return


def _doubled_keys(node: yaml.Node | None) -> Iterator[Fault]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    message = f"The key {key.value} stands here twice."
                    yield Fault(_line(key.start_mark), message, "Keep one of them.")
                seen.add(key.value)
            yield from _doubled_keys(value)


def _syntax_fault(error: yaml.YAMLError, text: str) -> Fault:
    mend = "Mend this line, or the one above it."
    if isinstance(error, yaml.MarkedYAMLError):
        reason = error.problem or error.context or "the syntax is wrong"
        return Fault(_line(error.problem_mark), f"The file is not valid YAML: {reason}.", mend)
    line = text.count("\n", 0, getattr(error, "position", 0)) + 1
    return Fault(f"line {line}", "A character here may not stand in a YAML file.", mend)


def _line(mark: Any) -> str:
    # The marks of PyYAML's two engines have no type in common.
    return "the file" if mark is None else f"line {mark.line + 1}"
