"""The indications of a report as the table of its summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.conclusions import Grade, Indication
from reports.grammar import listed
from reports.indications import GRADE_WORDS
from reports.language import _
from reports.model import Part, Shown


@dataclass(frozen=True, slots=True)
class IndicationCell:
    """The indication of one principle for one subject. ``shown``: "17 of 17"; "" where none was asked."""

    grade: str
    figure: str
    shown: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class IndicationRow:
    """One principle of the Code, a cell for each subject."""

    principle: str
    cells: tuple[IndicationCell, ...]


def indication_rows(parts: Sequence[Part]) -> tuple[IndicationRow, ...]:
    """A row for each principle that anybody was asked about."""
    if not parts:
        return ()
    rows = zip(*(part.indications for part in parts), strict=True)
    return tuple(
        IndicationRow(_(row[0].principle), tuple(_indication(indication) for indication in row))
        for row in rows
        if any(indication.asked for indication in row)
    )


def not_asked(parts: Sequence[Part]) -> str:
    """Which principles nobody was asked about, in words; "" where there is none."""
    if not parts:
        return ""
    rows = zip(*(part.indications for part in parts), strict=True)
    names = [_(row[0].principle) for row in rows if not any(indication.asked for indication in row)]
    return _("Not asked in this questionnaire: %(principles)s.", principles=listed(names)) if names else ""


def _indication(indication: Indication) -> IndicationCell:
    if not indication.asked:
        return IndicationCell(_("Not asked"), "", "", is_told=False)
    shown = _("%(shown)s of %(asked)s", shown=indication.shown, asked=indication.asked)
    is_told = indication.grade is not Grade.CANNOT_TELL
    figure = indication.everyone.text if isinstance(indication.everyone, Shown) else ""
    return IndicationCell(_(GRADE_WORDS[indication.grade]), figure, shown, is_told)
