"""Which headers a cell of a tagged table belongs to, where cells span several rows.

WeasyPrint counts a row's cells from its left edge, as if no cell above reached down into it, and gives a cell the
headers of its own row alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def tie_cells(elements: Mapping[Any, Any]) -> None:
    """Gives every cell of every table the headers of the columns and rows that it stands in.

    ``elements``: the structure elements of a PDF by their references.
    """
    for element in elements.values():
        if element["S"] == "/Table":
            _tie([_cells(row, elements) for row in _rows(element, elements)])


def _tie(rows: list[list[Any]]) -> None:
    heads: dict[int, list[Any]] = {}
    # By column: the row header that reaches down to a row, and the last row that it reaches.
    reaching: dict[int, tuple[Any, int]] = {}
    taken: dict[int, int] = {}
    for number, cells in enumerate(rows):
        is_head = all(cell["S"] == "/TH" for cell in cells)
        place = 0
        for cell in cells:
            while taken.get(place, -1) >= number:
                place += 1
            span = range(place, place + _span(cell, "ColSpan"))
            last = number + _span(cell, "RowSpan") - 1
            taken.update(dict.fromkeys(span, last))
            if cell["S"] == "/TH" and is_head:
                for column in span:
                    heads.setdefault(column, []).append(cell["ID"])
            elif cell["S"] == "/TH":
                reaching[place] = (cell["ID"], last)
            else:
                cell["A"]["Headers"][:] = [
                    *(head for column, (head, end) in sorted(reaching.items()) if end >= number),
                    *(head for column in span for head in heads.get(column, ())),
                ]
            place = span.stop


def _rows(element: Any, elements: Mapping[Any, Any]) -> Iterable[Any]:
    for child in _kids(element, elements):
        if child["S"] == "/TR":
            yield child
        else:
            yield from _rows(child, elements)


def _cells(row: Any, elements: Mapping[Any, Any]) -> list[Any]:
    return [child for child in _kids(row, elements) if child["S"] in {"/TH", "/TD"}]


def _kids(element: Any, elements: Mapping[Any, Any]) -> list[Any]:
    return [elements[kid] for kid in element.get("K", ()) if kid in elements]


def _span(cell: Any, kind: str) -> int:
    return int(cell["A"].get(kind, 1))
