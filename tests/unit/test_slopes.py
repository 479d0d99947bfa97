from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from reports.chain_labels import width_of
from reports.model import End, Shown
from reports.slopes import SIZE, WIDTH, Change, SlopeChart, slope_chart
from reports.trends import trend

ENDS = [Shown(20, 5, End.OR_BELOW), Shown(40, 5, End.OR_ABOVE), Shown(14, 1, End.OR_BELOW)]
FIGURES = st.one_of(st.integers(10, 50).map(lambda tenths: Shown(tenths, 1, End.NONE)), st.sampled_from(ENDS))
CHANGES = st.lists(
    st.tuples(st.text(max_size=120), FIGURES, FIGURES).map(
        lambda one: Change(one[0], one[1], one[2], trend(one[2], one[1]))
    ),
    min_size=1,
    max_size=9,
)


@given(CHANGES)
def test_no_label_lies_on_another_or_leaves_the_picture(changes: list[Change]) -> None:
    chart = drawn(changes)
    boxes = [
        (label.x, label.y - 0.78 * SIZE, label.x + width_of(label.text, SIZE), label.y + 0.22 * SIZE)
        for label in (*chart.heads, *chart.labels)
        if label.text
    ]
    for left, top, right, bottom in boxes:
        assert left >= -0.01
        assert right <= WIDTH + 0.01
        assert top >= 0
        assert bottom <= chart.height
    for one, other in combinations(boxes, 2):
        is_apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert is_apart, (one, other)


@given(CHANGES)
def test_a_higher_figure_stands_higher_and_every_line_is_within_the_axes(changes: list[Change]) -> None:
    chart = drawn(changes)
    ordered = sorted(changes, key=lambda change: (-change.now.tenths, -change.before.tenths))
    for change, slope in zip(ordered, chart.slopes, strict=True):
        assert (slope.y2 < slope.y1) == (change.now.tenths > change.before.tenths)
        assert chart.top <= min(slope.y1, slope.y2) <= max(slope.y1, slope.y2) <= chart.bottom


@given(CHANGES)
def test_every_element_is_named_once(changes: list[Change]) -> None:
    assert len(drawn(changes).leaders) == len(changes)


def drawn(changes: list[Change]) -> SlopeChart:
    return slope_chart(
        changes, key="k", title="t", description="d", heads=("23 October 2026", "22 October 2027")
    )
