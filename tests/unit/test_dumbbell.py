from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.chain_labels import width_of
from reports.charts import OWN, protected_shape
from reports.dumbbell import (
    HEAD_SIZE,
    LABEL_SIZE,
    NARROW,
    TEXT_SIZE,
    WIDE,
    Comparison,
    Dumbbell,
    Frame,
    Label,
    Mark,
    dumbbell,
)
from reports.model import NOT_SHOWN, End, Shown

LABELS = ("Never", "Rarely", "Sometimes", "Usually", "Always")
LONG_LABELS = (
    "Nid yw’n digwydd o gwbl",
    "Anaml",
    "Unwaithymrhywbethneu’igilydd",
    "Fel arfer",
    "Bob amser, ym mhob achos",
)
# A letter reaches so far above its line and below it, in parts of its size.
ABOVE, BELOW = 0.78, 0.22
MARK = 5.0
ANY = st.one_of(
    st.just(NOT_SHOWN),
    st.integers(10, 50).map(lambda tenths: Shown(tenths, 1, End.NONE)),
    st.sampled_from(
        [
            Shown(20, 5, End.OR_BELOW),
            Shown(40, 5, End.OR_ABOVE),
            Shown(14, 1, End.OR_BELOW),
            Shown(46, 1, End.OR_ABOVE),
        ]
    ),
)
FRAMES = st.sampled_from([NARROW, WIDE])
Box = tuple[float, float, float, float]


def test_a_mark_stands_where_its_figure_is_on_the_scale() -> None:
    chart = drawn([Comparison("one", Shown(10, 5, End.NONE), Shown(50, 5, End.NONE))])
    everyone, own = chart.rows[0].marks
    assert (own.x, everyone.x) == (chart.ticks[0], chart.ticks[-1]) == (chart.left, chart.right)


@pytest.mark.parametrize(("end", "tenths"), [(End.OR_BELOW, 20), (End.OR_ABOVE, 40)])
def test_a_joined_end_is_drawn_as_an_arrow_to_the_end_of_the_scale(end: End, tenths: int) -> None:
    group = (Shown(tenths, 5, end), protected_shape(0))
    chart = drawn([Comparison("one", NOT_SHOWN, Shown(tenths, 5, end), (group,))])
    to = chart.left if end is End.OR_BELOW else chart.right
    assert all(f"H{to:g}" in mark.tail for mark in chart.rows[0].marks)


def test_a_plain_figure_has_no_arrow() -> None:
    [row] = drawn([Comparison("one", Shown(20, 5, End.NONE), NOT_SHOWN)]).rows
    assert [mark.tail for mark in row.marks] == [""]


def test_a_row_without_figures_is_hatched_and_has_no_mark() -> None:
    [row] = drawn([Comparison("one", NOT_SHOWN, NOT_SHOWN)]).rows
    assert row.hatch
    assert (row.marks, row.labels, row.bar) == ((), (), "")


def test_one_figure_alone_has_no_bar_to_another() -> None:
    [row] = drawn([Comparison("one", Shown(35, 5, End.NONE), NOT_SHOWN)]).rows
    assert (row.bar, row.hatch) == ("", "")


def test_a_group_that_is_not_shown_stands_hatched_beside_the_scale() -> None:
    chart = drawn([Comparison("one", NOT_SHOWN, Shown(30, 5, End.NONE), ((NOT_SHOWN, protected_shape(0)),))])
    [row] = chart.rows
    assert row.marks[-1].x > chart.right
    assert row.hatch
    assert {"Not", "shown"} <= {head.text for head in chart.heads}


@st.composite
def comparisons(draw: st.DrawFn) -> list[Comparison]:
    """Charts of up to six rows with up to nine groups, and texts of any length."""
    groups = draw(st.integers(0, 9))
    return [
        Comparison(
            draw(st.text(max_size=250)),
            draw(ANY),
            draw(ANY),
            tuple((draw(ANY), protected_shape(place)) for place in range(groups)),
        )
        for _row in range(draw(st.integers(1, 6)))
    ]


@given(comparisons(), st.sampled_from([LABELS, LONG_LABELS]), FRAMES)
def test_no_label_lies_on_another_or_leaves_the_picture(
    rows: list[Comparison], labels: tuple[str, ...], frame: Frame
) -> None:
    chart = drawn(rows, labels, frame)
    texts = [
        *(text_box(label, HEAD_SIZE) for label in chart.heads),
        *(text_box(line, TEXT_SIZE) for row in chart.rows for line in row.lines if line.text),
        *(text_box(label, LABEL_SIZE) for row in chart.rows for label in row.labels),
    ]
    assert overlaps(texts) == []
    for left, top, right, bottom in texts:
        assert left >= -0.01
        assert right <= chart.width + 0.01
        assert top >= -1
        assert bottom <= chart.height


@given(comparisons(), FRAMES)
def test_no_mark_covers_another_or_a_label(rows: list[Comparison], frame: Frame) -> None:
    chart = drawn(rows, frame=frame)
    marks = [mark_box(mark) for row in chart.rows for mark in row.marks]
    assert overlaps(marks) == []
    texts = [text_box(line, TEXT_SIZE) for row in chart.rows for line in row.lines if line.text]
    assert [(one, other) for one in texts for other in marks if meet(one, other)] == []
    for row in chart.rows:
        assert all(row.top - 5 <= mark.y <= row.bottom for mark in row.marks)


@given(comparisons(), FRAMES)
def test_no_arrow_runs_through_the_mark_of_another_group(rows: list[Comparison], frame: Frame) -> None:
    chart = drawn(rows, frame=frame)
    for row in chart.rows:
        groups = [mark for mark in row.marks if mark.y > row.y + 6]
        for one in (mark for mark in groups if mark.tail):
            reach = (chart.left, one.x) if one.x < (chart.left + chart.right) / 2 else (one.x, chart.right)
            beside = [other for other in groups if other is not one and other.y == one.y]
            assert not [other for other in beside if reach[0] <= other.x <= reach[1]]


@given(st.text(max_size=600), FRAMES)
def test_any_text_takes_so_many_lines_at_most(text: str, frame: Frame) -> None:
    [row] = drawn([Comparison(text, NOT_SHOWN, NOT_SHOWN)], frame=frame).rows
    assert 1 <= len(row.lines) <= frame.most_lines


@pytest.mark.parametrize("frame", [NARROW, WIDE])
def test_rows_follow_each_other_without_overlap(frame: Frame) -> None:
    long = "word " * 40
    row = Comparison(long, Shown(30, 5, End.NONE), Shown(20, 5, End.OR_BELOW))
    for upper, lower in pairwise(drawn([row] * 3, frame=frame).rows):
        assert upper.bottom < lower.lines[0].y - 10
        assert upper.lines[-1].y < lower.lines[0].y - 10


def test_beside_a_wide_scale_a_text_never_reaches_it() -> None:
    [row] = drawn([Comparison("word " * 40, Shown(10, 5, End.NONE), NOT_SHOWN)], frame=WIDE).rows
    assert max(line.x + line.wide for line in row.lines) < WIDE.left
    assert row.lines[0].y < row.y


def test_the_own_view_is_drawn_over_everyones() -> None:
    [row] = drawn([Comparison("one", Shown(30, 5, End.NONE), Shown(30, 5, End.NONE))]).rows
    assert row.marks[-1].shape is OWN


def drawn(rows: Iterable[Comparison], labels: tuple[str, ...] = LABELS, frame: Frame = NARROW) -> Dumbbell:
    return dumbbell(
        list(rows),
        key="k",
        title="t",
        description="d",
        labels=labels,
        not_shown="Not shown",
        frame=frame,
    )


def text_box(label: Label, size: float) -> Box:
    """Where a text is drawn, by the advances of our letters."""
    return (label.x, label.y - ABOVE * size, label.x + width_of(label.text, size), label.y + BELOW * size)


def mark_box(mark: Mark) -> Box:
    return (mark.x - MARK, mark.y - MARK, mark.x + MARK, mark.y + MARK)


def overlaps(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(one, other) for one, other in combinations(boxes, 2) if meet(one, other)]


def meet(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] - 0.01
        and other[0] < one[2] - 0.01
        and one[1] < other[3] - 0.01
        and other[1] < one[3] - 0.01
    )
