"""The coverage page: which questionnaire asks which voice about which practice of the Code, and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.library import newest
from review_app.web.words import figure
from surveys.coverage import PracticeCoverage, coverage
from surveys.instrument import Instrument, Voice
from surveys.voices import SPEAKERS

_SMALL_WORDS = frozenset({"a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A questionnaire in a cell: its short mark, and its title for everybody who does not know the mark."""

    short: str
    title: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a voice is asked about a practice. ``reason`` "": it could be asked; else why it is not."""

    head: str
    marks: tuple[Mark, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """One practice; ``reasons``: the voices that are left out and why, under the title ``why`` ("" without any)."""

    id: str
    text: str
    merlin: str
    cells: tuple[Cell, ...]
    why: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ElementRows:
    """The practices of one element."""

    title: str
    rows: tuple[PracticeRow, ...]


@dataclass(frozen=True, slots=True)
class PrincipleRows:
    """The elements of one principle, and how many of its practices are asked."""

    title: str
    count: str
    elements: tuple[ElementRows, ...]


@dataclass(frozen=True, slots=True)
class CoverageView:
    """The page. ``only_voice``: the one that is shown, whose reasons stand in the cells; "" when there are several."""

    instruments: tuple[Choice, ...]
    voices: tuple[Choice, ...]
    marks: tuple[Mark, ...]
    heads: tuple[str, ...]
    only_voice: str
    count: str
    principles: tuple[PrincipleRows, ...]


@blueprint.get("/organiser/instruments/coverage")
def instrument_coverage() -> str:
    """Practice by voice by questionnaire. A filter that names nothing we know shows everything."""
    every = newest()
    chosen = [found for found in every if found.id == request.args.get("instrument", "")]
    askable = [voice for voice in Voice if any(voice in found.voices for found in every)]
    voice = [found for found in askable if found.value == request.args.get("voice", "")]
    asking = chosen or every
    shown = voice or [found for found in askable if any(found in each.voices for each in asking)]
    rows = coverage(asking)
    marks = _marks(every)
    view = CoverageView(
        instruments=_choices(
            _("Every questionnaire"), [(each.id, each.title) for each in every], chosen[:1], _id
        ),
        voices=_choices(_("Every voice"), [(each.value, SPEAKERS[each]) for each in askable], voice, str),
        marks=tuple(marks[each.id] for each in asking),
        heads=tuple(_head(each) for each in shown),
        only_voice=SPEAKERS[shown[0]] if len(shown) == 1 else "",
        count=_count(rows, shown),
        principles=_principles(rows, shown, marks),
    )
    return render_template("organiser/instrument_coverage.html", view=view)


def short_marks(titles: Sequence[str]) -> tuple[str, ...]:
    """A mark of two or three letters for each title, no two the same: initials, or the beginning of one word."""
    found: list[str] = []
    for title in titles:
        words = [word for word in title.split() if word.casefold() not in _SMALL_WORDS] or title.split()
        mark = "".join(word[0].upper() for word in words[:3]) if len(words) > 1 else title[:2].capitalize()
        taken = sum(other.rstrip("0123456789") == mark for other in found)
        found.append(f"{mark}{taken + 1}" if taken else mark)
    return tuple(found)


def _marks(instruments: Sequence[Instrument]) -> dict[str, Mark]:
    titles = [instrument.title for instrument in instruments]
    return {
        instrument.id: Mark(short, instrument.title)
        for instrument, short in zip(instruments, short_marks(titles), strict=True)
    }


def _choices(
    all_of_them: str, options: Iterable[tuple[str, str]], chosen: Sequence[object], key: Callable[..., str]
) -> tuple[Choice, ...]:
    wanted = {key(one) for one in chosen}
    return (
        Choice("", all_of_them, not wanted),
        *(Choice(value, text, value in wanted) for value, text in options),
    )


def _id(instrument: Instrument) -> str:
    return instrument.id


def _principles(
    rows: Iterable[PracticeCoverage], shown: Sequence[Voice], marks: dict[str, Mark]
) -> tuple[PrincipleRows, ...]:
    found = []
    for principle, of_principle in groupby(rows, key=lambda row: row.practice.principle):
        practices = list(of_principle)
        elements = tuple(
            ElementRows(element, tuple(_row(row, shown, marks) for row in of_element))
            for element, of_element in groupby(practices, key=lambda row: row.practice.element)
        )
        found.append(PrincipleRows(principle, _count(practices, shown), elements))
    return tuple(found)


def _row(row: PracticeCoverage, shown: Sequence[Voice], marks: dict[str, Mark]) -> PracticeRow:
    left_out = [voice for voice in shown if voice in row.left_out and voice not in row.asked]
    return PracticeRow(
        id=row.practice.id,
        text=row.practice.text,
        merlin=row.merlin.value,
        cells=tuple(
            Cell(
                head=SPEAKERS[voice],
                marks=tuple(marks[instrument.id] for instrument in row.asked.get(voice, ())),
                reason=row.left_out[voice] if voice in left_out else "",
            )
            for voice in shown
        ),
        why=_why(len(left_out)) if left_out else "",
        reasons=tuple((SPEAKERS[voice], row.left_out[voice]) for voice in left_out),
    )


def _why(count: int) -> str:
    return ngettext(
        "Why %(count)s voice is left out", "Why %(count)s voices are left out", count, count=figure(count)
    )


def _head(voice: Voice) -> str:
    """The voice as the head of a narrow column: its long words may part where people part them."""
    return (
        SPEAKERS[voice]
        .replace("commissioner", "commis\u00adsioner")
        .replace("subcontractor", "sub\u00adcontractor")
    )


def _count(rows: Sequence[PracticeCoverage], shown: Sequence[Voice]) -> str:
    asked = sum(any(voice in row.asked for voice in shown) for row in rows)
    return ngettext(
        "%(asked)s of %(count)s practice asked",
        "%(asked)s of %(count)s practices asked",
        len(rows),
        asked=asked,
        count=figure(len(rows)),
    )
