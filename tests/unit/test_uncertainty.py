"""How sure the figures are: the printed words, and when nothing can be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.model import NOT_SHOWN, End, GroupKind, Item, Part, ReportGroup, ReportSection, Shown
from reports.statistics import alpha, margin
from reports.uncertainty import few_raters, is_told, low_response, uncertainty_of


def part_of(figures: dict[str, list[int]], *, asked: int, received: int | None, everyone: Shown) -> Part:
    """A part of one element with these figures (tenths) by group, in steps of 0.5."""
    groups = tuple(
        ReportGroup(id_, id_, GroupKind.PROTECTED, is_self=False, answers=5, includes=()) for id_ in figures
    )
    count = len(next(iter(figures.values())))
    items = tuple(
        Item(
            f"q{at}",
            f"Q{at}",
            (),
            {id_: Shown(row[at], 5, End.NONE) for id_, row in figures.items()},
            everyone,
        )
        for at in range(count)
    )
    section = ReportSection("openness", "Openness", items, {}, everyone)
    return Part("prime", "On the prime", asked, received, groups, (section,), (), ())


def test_the_margin_is_the_formulas_with_half_a_step_more_rounded_up() -> None:
    part = part_of({"a": [30, 30]}, asked=20, received=12, everyone=Shown(30, 5, End.NONE))
    (row,) = uncertainty_of(part).rows
    exact = margin(3.0, 12, 20) + 0.25
    shown = float(row.within.split()[0])
    assert exact <= shown < exact + 0.1
    assert (row.element, row.figure) == ("Openness", "3.0")


def test_a_joined_end_and_a_full_house_are_said_in_words() -> None:
    end = part_of({"a": [20, 20]}, asked=20, received=12, everyone=Shown(20, 5, End.OR_BELOW))
    assert uncertainty_of(end).rows[0].within == "cannot tell"
    full = part_of({"a": [30, 30]}, asked=12, received=12, everyone=Shown(30, 5, End.NONE))
    assert uncertainty_of(full).rows[0].within == "everybody answered"


def test_consistency_is_told_from_ten_groups_on_and_from_whole_rows_only() -> None:
    rows = {f"g{at:02}": [20 + 5 * (at % 5), 25 + 5 * (at % 4), 20 + 5 * (at % 3)] for at in range(10)}
    part = part_of(rows, asked=80, received=60, everyone=Shown(30, 5, End.NONE))
    expected = alpha([[value / 10 for value in row] for row in rows.values()])
    assert uncertainty_of(part).rows[0].consistency == f"{expected:.2f}"
    (section,) = part.sections
    hidden = replace(section.items[0], values={**section.items[0].values, "g03": NOT_SHOWN})
    less = replace(part, sections=(replace(section, items=(hidden, *section.items[1:])),))
    assert uncertainty_of(less).rows[0].consistency == "cannot tell"


@pytest.mark.parametrize(
    ("asked", "received", "words"),
    [
        (12, 9, "fewer than ten answered."),
        (30, 12, "fewer than half of those who were asked answered."),
        (30, 9, "fewer than ten answered, and fewer than half"),
        (20, 10, ""),
    ],
)
def test_few_raters_and_a_low_response_are_a_caution(asked: int, received: int, words: str) -> None:
    part = part_of({"a": [30]}, asked=asked, received=received, everyone=Shown(30, 5, End.NONE))
    caution = uncertainty_of(part).caution
    assert words in caution
    assert bool(caution) == (few_raters(part) or low_response(part))


def test_where_nothing_is_shown_there_is_nothing_to_tell() -> None:
    shown = part_of({"a": [30]}, asked=20, received=10, everyone=Shown(30, 5, End.NONE))
    assert is_told(shown)
    assert not is_told(replace(shown, received=None))
    assert not is_told(replace(shown, sections=(replace(shown.sections[0], everyone=NOT_SHOWN),)))
