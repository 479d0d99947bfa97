from __future__ import annotations

import pytest

from reports.model import NOT_SHOWN, End, GapVerdict, Shown
from reports.wording import (
    counted,
    day,
    difference,
    elements_finding,
    extremes_finding,
    in_a_row,
    in_words,
    listed,
    period,
    scale_words,
    statements_finding,
)

LABELS = ("Never", "Rarely", "Sometimes", "Usually", "Always")
HIGHER, LOWER, SAME = GapVerdict.SELF_HIGHER, GapVerdict.SELF_LOWER, GapVerdict.ABOUT_THE_SAME


@pytest.mark.parametrize(
    ("tenths", "end", "words"),
    [
        (10, End.NONE, "never"),
        (14, End.NONE, "never"),
        (15, End.NONE, "never to rarely"),
        (16, End.NONE, "rarely"),
        (36, End.NONE, "usually"),
        (45, End.NONE, "usually to always"),
        (50, End.NONE, "always"),
        (20, End.OR_BELOW, "rarely or never"),
        (16, End.OR_BELOW, "rarely or never"),
        (14, End.OR_BELOW, "never or nearly so"),
        (40, End.OR_ABOVE, "usually or always"),
        (44, End.OR_ABOVE, "usually or always"),
        (46, End.OR_ABOVE, "always or nearly so"),
    ],
)
def test_a_figure_gets_the_nearest_words_of_the_scale(tenths: int, end: End, words: str) -> None:
    assert scale_words(Shown(tenths, 2, end), LABELS) == words


def test_what_is_not_shown_has_no_words_of_the_scale() -> None:
    assert scale_words(NOT_SHOWN, LABELS) == ""
    assert in_words(NOT_SHOWN, LABELS) == NOT_SHOWN.text


def test_a_sentence_gives_the_words_and_the_figure() -> None:
    assert in_words(Shown(20, 5, End.OR_BELOW), LABELS) == "rarely or never (2.0 or below)"


@pytest.mark.parametrize(
    ("own", "everyone", "verdict", "words"),
    [
        (Shown(45, 5, End.NONE), Shown(30, 5, End.NONE), HIGHER, "1.5 higher"),
        (Shown(45, 5, End.NONE), Shown(20, 5, End.OR_BELOW), HIGHER, "at least 2.5 higher"),
        (Shown(30, 5, End.NONE), Shown(40, 5, End.OR_ABOVE), LOWER, "at least 1.0 lower"),
        (Shown(30, 5, End.NONE), Shown(32, 2, End.NONE), SAME, "about the same"),
    ],
)
def test_a_difference_is_said_as_far_as_it_is_known(
    own: Shown, everyone: Shown, verdict: GapVerdict, words: str
) -> None:
    assert difference(own, everyone, verdict) == words


def test_a_figure_that_is_not_shown_cannot_be_compared() -> None:
    assert difference(NOT_SHOWN, Shown(30, 5, End.NONE), None) == "cannot be compared"


def test_the_title_of_an_overview_says_the_finding() -> None:
    assert elements_finding([HIGHER, HIGHER, SAME], "Prime") == (
        "Prime sees these practices more often than its partners do in two of three elements"
    )
    assert elements_finding([LOWER], "Prime").endswith("less often than its partners do in the one element")
    assert elements_finding([SAME, None], "Prime") == "Prime and its partners see each element about the same"
    assert elements_finding([None], "Prime") == "How Prime and its partners see each element"


def test_the_title_of_a_table_counts_the_statements_that_can_be_compared() -> None:
    assert statements_finding([HIGHER, None, SAME], "Prime").endswith(
        "more often than its partners do on one of two statements"
    )
    assert statements_finding([HIGHER, None], None) == "What each group says, statement by statement"


def test_an_extreme_that_several_share_is_not_named() -> None:
    low, high = Shown(20, 5, End.NONE), Shown(30, 5, End.NONE)
    assert (
        extremes_finding([("One", low), ("Two", high), ("Three", high)])
        == "All partners together answer lowest on one"
    )
    assert extremes_finding([("One", low), ("Two", high)]) == (
        "All partners together answer lowest on one and highest on two"
    )
    assert (
        extremes_finding([("One", low), ("Two", low)])
        == "All partners together answer the same on every element"
    )
    assert extremes_finding([("One", NOT_SHOWN)]) == "What each group says on each element"
    assert extremes_finding([("One", low)]) == "What each group says on each element"


def test_counts_lists_and_days_read_as_people_write_them() -> None:
    assert counted(1, "figure", "figures") == "one figure"
    assert counted(12, "figure", "figures") == "12 figures"
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert in_a_row(LABELS) == "never, rarely, sometimes, usually or always"
    assert day("2026-03-09") == "9 March 2026"


def test_a_period_of_one_day_is_said_once() -> None:
    assert period("2026-03-09", "2026-04-01") == "9 March 2026 to 1 April 2026"
    assert period("2026-03-09", "2026-03-09") == "9 March 2026"
