from __future__ import annotations

import base64
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import (
    EVERYONE,
    OWN,
    Comparison,
    DumbbellRow,
    Picture,
    attributed_shape,
    dumbbell,
    icon,
    protected_shape,
    strip,
)
from reports.model import NOT_SHOWN, Displayed, End, Shown

LABELS = ("Never", "Rarely", "Sometimes", "Usually", "Always")
SVG = "{http://www.w3.org/2000/svg}"
FIGURES = st.one_of(
    st.just(NOT_SHOWN),
    st.integers(10, 50).map(lambda tenths: Shown(tenths, 1, End.NONE)),
    st.sampled_from([Shown(20, 5, End.OR_BELOW), Shown(40, 5, End.OR_ABOVE), Shown(16, 2, End.OR_BELOW)]),
)


def test_the_own_view_is_a_filled_circle_and_no_two_columns_share_a_shape() -> None:
    shapes = [
        OWN,
        EVERYONE,
        *(protected_shape(index) for index in range(6)),
        attributed_shape(0),
        attributed_shape(1),
    ]
    assert OWN.name == "filled circle"
    assert len({shape.path for shape in shapes}) == len(shapes)
    assert len({shape.name for shape in shapes}) == len(shapes)


def test_more_columns_than_shapes_still_get_one() -> None:
    assert protected_shape(6) == protected_shape(0)
    assert attributed_shape(2) == attributed_shape(0)


def test_a_strip_holds_no_text_and_nothing_that_can_be_fetched() -> None:
    picture = strip([(Shown(30, 5, End.NONE), OWN), (NOT_SHOWN, EVERYONE)], "marks")
    tags = {element.tag for element in _drawing(picture).iter()}
    assert tags == {f"{SVG}svg", f"{SVG}path"}
    assert picture.alt == "marks"


def test_an_icon_is_named_after_its_shape() -> None:
    assert icon(OWN).alt == "filled circle"


def test_a_mark_stands_where_its_figure_is_on_the_scale() -> None:
    chart = _chart(Comparison("one", Shown(10, 5, End.NONE), Shown(50, 5, End.NONE)))
    everyone, own = chart[0].marks
    ticks = [tick.x for tick in dumbbell([], key="k", title="", description="", labels=LABELS).ticks]
    assert (own.x, everyone.x) == (ticks[0], ticks[-1])


@pytest.mark.parametrize(("end", "tenths", "to"), [(End.OR_BELOW, 20, 40.0), (End.OR_ABOVE, 40, 360.0)])
def test_a_joined_end_is_drawn_as_an_arrow_to_the_end_of_the_scale(end: End, tenths: int, to: float) -> None:
    [row] = _chart(Comparison("one", NOT_SHOWN, Shown(tenths, 5, end)))
    assert f"H{to:g}" in row.marks[0].tail


def test_a_plain_figure_has_no_arrow() -> None:
    [row] = _chart(Comparison("one", Shown(20, 5, End.NONE), NOT_SHOWN))
    assert [mark.tail for mark in row.marks] == [""]


def test_a_row_without_figures_is_hatched_and_has_no_mark() -> None:
    [row] = _chart(Comparison("one", NOT_SHOWN, NOT_SHOWN))
    assert row.hatch
    assert not row.marks
    assert not row.labels
    assert not row.bar


def test_one_figure_alone_has_no_bar_to_another() -> None:
    [row] = _chart(Comparison("one", Shown(35, 5, End.NONE), NOT_SHOWN))
    assert not row.bar
    assert not row.hatch


@given(own=FIGURES, everyone=FIGURES)
def test_the_two_labels_of_a_row_never_meet(own: Displayed, everyone: Displayed) -> None:
    [row] = _chart(Comparison("one", own, everyone))
    if len(row.labels) < 2:
        return
    left, right = sorted(row.labels, key=lambda label: label.anchor)
    assert (left.anchor, right.anchor) == ("end", "start")
    # Two marks at one place lie above each other, so that both are seen.
    assert left.x - right.x <= 10


@given(own=FIGURES, everyone=FIGURES)
def test_two_marks_never_cover_each_other(own: Displayed, everyone: Displayed) -> None:
    [row] = _chart(Comparison("one", own, everyone))
    for one, other in pairwise(row.marks):
        assert abs(one.x - other.x) >= 12 or abs(one.y - other.y) >= 10


@given(st.text(max_size=600))
def test_any_text_takes_three_lines_at_most(text: str) -> None:
    [row] = _chart(Comparison(text, NOT_SHOWN, NOT_SHOWN))
    assert 1 <= len(row.lines) <= 3
    assert all(len(line.text) <= 60 for line in row.lines)


def test_rows_follow_each_other_without_overlap() -> None:
    long = "word " * 40
    rows = _chart(*(Comparison(long, Shown(30, 5, End.NONE), Shown(20, 5, End.OR_BELOW)) for _ in range(3)))
    for upper, lower in pairwise(rows):
        assert upper.bottom < lower.lines[0].y - 10


@given(
    st.lists(st.tuples(FIGURES, st.sampled_from([OWN, EVERYONE, protected_shape(0)])), min_size=1, max_size=9)
)
def test_the_same_figures_always_give_the_same_strip(lanes: list[tuple[Displayed, object]]) -> None:
    assert strip(lanes, "x") == strip(list(lanes), "x")  # type: ignore[arg-type]


def _chart(*rows: Comparison) -> tuple[DumbbellRow, ...]:
    return dumbbell(rows, key="k", title="t", description="d", labels=LABELS).rows


def _drawing(picture: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(base64.b64decode(picture.src.partition("base64,")[2]))  # noqa: S314 (ours)
