from __future__ import annotations

import base64
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import (
    EVERYONE,
    OWN,
    Picture,
    attributed_shape,
    average_shape,
    grade_colour,
    icon,
    protected_shape,
    stacked_bar,
    strip,
)
from reports.model import NOT_SHOWN, Displayed, End, Shown

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
        *(protected_shape(index) for index in range(12)),
        attributed_shape(0),
        attributed_shape(1),
        average_shape(0),
        average_shape(1),
    ]
    assert OWN.name == "filled circle"
    assert len({shape.path for shape in shapes}) == len(shapes)
    assert len({shape.name for shape in shapes}) == len(shapes)


def test_more_columns_than_shapes_still_get_one() -> None:
    assert protected_shape(12) == protected_shape(0)
    assert attributed_shape(2) == attributed_shape(0)


def test_a_strip_holds_no_text_and_nothing_that_can_be_fetched() -> None:
    picture = strip([(Shown(30, 5, End.NONE), OWN), (NOT_SHOWN, EVERYONE)], "marks")
    tags = {element.tag for element in _drawing(picture).iter()}
    assert tags == {f"{SVG}svg", f"{SVG}path"}
    assert picture.alt == "marks"


def test_an_icon_is_named_after_its_shape() -> None:
    assert icon(OWN).alt == "filled circle"


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5))
def test_the_parts_of_a_stacked_bar_fill_it_and_keep_their_order(weights: list[float]) -> None:
    paths = list(_drawing(stacked_bar(weights, "bar")).iter(f"{SVG}path"))
    edges = [tuple(map(float, re.findall(r"[MH](-?[\d.]+)", path.get("d", ""))[:2])) for path in paths]
    assert len(paths) == sum(bool(weight) for weight in weights)
    for (_, end), (start, _) in pairwise(edges):
        assert abs(end - start) <= 0.02
    if edges:
        assert [edges[0][0], edges[-1][1]] == pytest.approx([0.5, 199.5], abs=0.05)


def test_the_parts_of_a_stacked_bar_get_lighter_so_that_they_keep_their_order_in_grey() -> None:
    greys = [sum(bytes.fromhex(grade_colour(grade)[1:])) for grade in range(5)]
    assert greys == sorted(greys)
    assert all(lighter - darker > 90 for darker, lighter in pairwise(greys))


@given(
    st.lists(st.tuples(FIGURES, st.sampled_from([OWN, EVERYONE, protected_shape(0)])), min_size=1, max_size=9)
)
def test_the_same_figures_always_give_the_same_strip(lanes: list[tuple[Displayed, object]]) -> None:
    assert strip(lanes, "x") == strip(list(lanes), "x")  # type: ignore[arg-type]


def _drawing(picture: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(base64.b64decode(picture.src.partition("base64,")[2]))  # noqa: S314 (ours)
