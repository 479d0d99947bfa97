"""The rows below the headings as entries: each cell cleaned, each faulty cell told by row and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from surveys.chain import Role, Sector, Standing
from surveys.columns import Column, Row, role_of, sector_of, standing_of, tier_of
from surveys.identity import is_overloaded, organisation_key
from surveys.placing import PlacedFault, quoted
from surveys.postal import LONGEST_POSTAL, PLAIN_POSTAL, clean_postal, postal_problem
from surveys.texts import clean_line

MOST_BUYERS = 20
LONGEST_TEXT = 200
LONGEST_ADDRESS = 254
LONGEST_CELL = 1_000
TYPE_SHORTER = "Type it again, shorter."
TELL_APART = "List nobody twice, or write the names so that the two can be told apart."
PLAIN_ADDRESS = "Write one plain address, such as jo.bell@organisation.example."

_T = TypeVar("_T")
_Texts = dict[Column, str | None]

_LIMITS = {
    Column.CONTRACTS_WITH: LONGEST_CELL,
    Column.EMAIL: LONGEST_ADDRESS,
    Column.POSTAL_ADDRESS: LONGEST_POSTAL,
}
_OF_THE_CONTACT = frozenset({Column.CONTACT_NAME, Column.JOB_TITLE, Column.EMAIL, Column.POSTAL_ADDRESS})
MENDS = {
    Column.ORGANISATION: "Write the organisation's name; merged cells hold it on their first row only.",
    Column.ROLE: f"Write one of: {', '.join(role.value.replace('_', ' ') for role in Role)}.",
    Column.SECTOR: f"Write one of: {', '.join(Sector)}.",
    Column.STANDING: f"Write one of: {', '.join(Standing)}; or leave it blank.",
    Column.TIER: "Write a number from 0 to 9, or leave it blank.",
    Column.CONTACT_NAME: "Write the name of the person who will be asked.",
    Column.EMAIL: "Write the address that the link will be sent to, or a postal address for a printed letter.",
    Column.POSTAL_ADDRESS: PLAIN_POSTAL,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, read. A text is "" where the cell is blank and None where it was told to be faulty."""

    row: int
    texts: Mapping[Column, str | None]
    role: Role | None
    sector: Sector | None
    tier: int | None
    standing: Standing | None
    buyers: Mapping[str, str] | None

    @property
    def key(self) -> str:
        """The key of its organisation; "" when the row names none."""
        return organisation_key(self.text(Column.ORGANISATION))

    def text(self, column: Column) -> str:
        """The text of a cell; "" when it is blank, faulty or in no column."""
        return self.texts.get(column) or ""


def read_entries(
    rows: Sequence[Row], positions: Mapping[Column, int], faults: list[PlacedFault]
) -> list[Entry]:
    """An entry for every row; what is wrong with a cell by itself is added to ``faults``.

    A row that fills in only a contact, right below another, continues that row's organisation.
    """
    entries: list[Entry] = []
    for row in rows:
        texts: _Texts = {column: _text(row, column, place, faults) for column, place in positions.items()}
        above = entries[-1] if entries and entries[-1].row == row.number - 1 else None
        if above is not None and Column.ORGANISATION in texts and _is_continuation(texts):
            texts[Column.ORGANISATION] = above.text(Column.ORGANISATION) or None
        entries.append(_entry(row.number, texts, faults))
    return entries


def missing(row: int, column: Column) -> PlacedFault:
    """The fault of a compulsory cell that is blank."""
    return PlacedFault(row, column, f"The {column} is missing.", MENDS[column])


def _text(row: Row, column: Column, position: int, faults: list[PlacedFault]) -> str | None:
    cell = row.cells[position] if position < len(row.cells) else ""
    problem = text_problem(column, cell)
    if not problem:
        return clean_postal(cell) if column is Column.POSTAL_ADDRESS else clean_line(cell)
    faults.append(PlacedFault(row.number, column, problem, mend_of(column)))
    return None


def text_problem(column: Column, cell: str) -> str:
    """Why the text of a column cannot be kept as it is, in a sentence; "" when it can."""
    limit = _LIMITS.get(column, LONGEST_TEXT)
    too_long = f"The text is longer than {limit} characters."
    if len(cell) > LONGEST_CELL:
        return too_long
    if is_overloaded(cell):
        return "The text has far too many accents on one letter."
    if column is Column.POSTAL_ADDRESS:
        return postal_problem(clean_postal(cell))
    # One letter may stand for a whole word, so that a name can be short and its key long.
    is_name = column is Column.ORGANISATION
    is_too_long = len(clean_line(cell)) > limit or (is_name and len(organisation_key(cell)) > limit)
    return too_long if is_too_long else ""


def mend_of(column: Column) -> str:
    """How a text that ``text_problem`` refuses is mended."""
    return PLAIN_POSTAL if column is Column.POSTAL_ADDRESS else TYPE_SHORTER


def _is_continuation(texts: _Texts) -> bool:
    filled = {column for column, text in texts.items() if text != ""}
    return bool(filled) and filled <= _OF_THE_CONTACT


def _entry(row: int, texts: _Texts, faults: list[PlacedFault]) -> Entry:
    for column in (Column.ORGANISATION, Column.CONTACT_NAME, Column.EMAIL):
        # A postal address that was told to be faulty is one all the same.
        is_posted = column is Column.EMAIL and texts.get(Column.POSTAL_ADDRESS, "") != ""
        if texts.get(column) == "" and not is_posted:
            faults.append(missing(row, column))
    return Entry(
        row=row,
        role=_named(row, Column.ROLE, texts, role_of, faults),
        sector=_named(row, Column.SECTOR, texts, sector_of, faults),
        tier=_named(row, Column.TIER, texts, tier_of, faults),
        standing=_named(row, Column.STANDING, texts, standing_of, faults),
        buyers=_buyers(row, texts, faults),
        texts=texts,
    )


def _named(
    row: int, column: Column, texts: _Texts, read: Callable[[str], _T | None], faults: list[PlacedFault]
) -> _T | None:
    text = texts.get(column)
    if not text:
        return None
    value = read(text)
    if value is None:
        texts[column] = None
        faults.append(PlacedFault(row, column, f"{quoted(text)} is not a known {column}.", MENDS[column]))
    return value


def _buyers(row: int, texts: _Texts, faults: list[PlacedFault]) -> Mapping[str, str] | None:
    text = texts.get(Column.CONTRACTS_WITH)
    if text is None:
        return None
    names = [name for part in text.split(";") if (name := clean_line(part))]
    if len(names) > MOST_BUYERS or any(len(name) > LONGEST_TEXT for name in names):
        message = f"More than {MOST_BUYERS} buyers, or a name longer than {LONGEST_TEXT} characters."
        faults.append(
            PlacedFault(row, Column.CONTRACTS_WITH, message, "Name only the organisations that pay it.")
        )
        return None
    return {organisation_key(name): name for name in names}
