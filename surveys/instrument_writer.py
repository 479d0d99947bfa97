"""An Instrument becomes the text of an instrument file, in the form in which the shipped ones are written."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from surveys.instrument import Instrument, Question, Section
from surveys.practices import merlin_elements
from surveys.translation import nested

_WIDTH = 110
_ENDLESS = 1_000_000

_Kind = TypeVar("_Kind", bound=StrEnum)


def to_yaml(instrument: Instrument) -> str:
    """The instrument as YAML; ``library.load`` of it gives an equal instrument. A draft is written as it is."""
    return "\n".join(_instrument(instrument)) + "\n"


def _instrument(instrument: Instrument) -> Iterator[str]:
    yield f"id: {_scalar(instrument.id)}"
    yield f"version: {instrument.version}"
    yield f"title: {_scalar(instrument.title)}"
    yield from _folded("purpose", instrument.purpose)
    yield ""
    yield "scale:"
    yield "  points:"
    for point in instrument.scale.points:
        yield f"    {point.value}: {_scalar(point.label)}"
    yield from _labels("opt_outs", instrument.scale.opt_outs, indent=2)
    yield ""
    yield from _labels("voices", instrument.voices, indent=0)
    yield ""
    yield "sections:" if instrument.sections else "sections: []"
    for number, section in enumerate(instrument.sections):
        if number:
            yield ""
        yield from _section(section)
    if instrument.translations:
        yield from ("", "translations:")
    for language, translation in instrument.translations.items():
        yield f"  {language.value}:"
        yield from _tree(nested(translation, instrument.texts()), indent=4)


def _tree(tree: Mapping[str, Any], *, indent: int) -> Iterator[str]:
    """Named values below one another; a list of places stands on lines of its own."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{' ' * indent}{key}: {_scalar(value)}"
            continue
        yield f"{' ' * indent}{key}:"
        if isinstance(value, Mapping):
            yield from _tree(value, indent=indent + 2)
        else:
            yield from (f"{' ' * indent}  - {_scalar(one)}" for one in value)


def _section(section: Section) -> Iterator[str]:
    yield f"  - id: {_scalar(section.id)}"
    if section.element:
        yield f"    element: {_scalar(section.element)}"
    yield f"    title: {_scalar(section.title)}"
    yield f"    introduction: {_scalar(section.introduction)}"
    if section.comment_prompt:
        yield f"    comment_prompt: {_scalar(section.comment_prompt)}"
    yield "    questions:" if section.questions else "    questions: []"
    for question in section.questions:
        yield from _question(question)


def _question(question: Question) -> Iterator[str]:
    yield f"      - id: {_scalar(question.id)}"
    if question.practices:
        yield f"        practices: [{', '.join(question.practices)}]"
    # Without it the reader takes the element of the first practice.
    if next(map(merlin_elements().get, question.practices), None) is not question.merlin:
        yield f"        merlin: {_scalar(question.merlin.value)}"
    if question.reason:
        yield f"        reason: {_scalar(question.reason)}"
    yield from _labels("wording", question.wording, indent=8)


def _labels(key: str, labels: Mapping[_Kind, str], *, indent: int) -> Iterator[str]:
    yield f"{' ' * indent}{key}:" if labels else f"{' ' * indent}{key}: {{}}"
    for name, text in labels.items():
        yield f"{' ' * indent}  {name}: {_scalar(text)}"


def _folded(key: str, text: str) -> Iterator[str]:
    """A text in lines of a readable length, which the reader joins by spaces."""
    lines = textwrap.wrap(text, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    if not lines:
        yield f'{key}: ""'
        return
    yield f"{key}: >-"
    yield from (f"  {line}" for line in lines)


def _scalar(text: str) -> str:
    """A text as YAML on one line: plain where every reader takes it as this text, else in double quotes."""
    plain = yaml.safe_dump(text, width=_ENDLESS, allow_unicode=True).removesuffix("...\n").removesuffix("\n")
    if plain == text:
        return text
    quoted: str = yaml.safe_dump(text, width=_ENDLESS, allow_unicode=True, default_style='"')
    return quoted.removesuffix("\n")
