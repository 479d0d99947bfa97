from __future__ import annotations

from reports.findings import GAP_RULE, MOST_GAPS, widest_gaps
from reports.model import NOT_SHOWN, End, GapVerdict, Item, ReportSection, Shown


def value(tenths, step=5, end=End.NONE):
    return Shown(tenths, step, end)


def sections(*pairs):
    """One section per pair of own and everyone's value, with ids in order."""
    return [
        ReportSection(
            f"s{number}",
            "",
            (Item(f"q{number}", "", (), {"prime": own}, everyone),),
            {"prime": own},
            everyone,
        )
        for number, (own, everyone) in enumerate(pairs)
    ]


def gap_of(own, everyone):
    (gap,) = widest_gaps(sections((own, everyone)), "prime")
    return gap.tenths, gap.verdict


def test_the_widest_gaps_come_first_whichever_way_they_go():
    gaps = widest_gaps(
        sections((value(30), value(35)), (value(25), value(40)), (value(45), value(30, 2))), "prime"
    )
    assert [(gap.question_id, gap.tenths) for gap in gaps] == [("q1", -15), ("q2", 15), ("q0", -5)]


def test_of_gaps_of_one_size_the_instruments_order_decides():
    gaps = widest_gaps(sections(*[(value(40), value(30))] * 4), "prime")
    assert [gap.question_id for gap in gaps] == ["q0", "q1", "q2", "q3"]


def test_five_gaps_are_listed_at_most():
    assert len(widest_gaps(sections(*[(value(40), value(30))] * 9), "prime")) == MOST_GAPS == 5


def test_a_gap_needs_both_figures():
    assert widest_gaps(sections((NOT_SHOWN, value(30)), (value(30), NOT_SHOWN)), "prime") == ()


def test_without_a_view_of_its_own_a_subject_has_no_gaps():
    assert widest_gaps(sections((value(30), value(40))), None) == ()


def test_one_step_of_the_coarser_figure_is_the_threshold():
    assert gap_of(value(35), value(30, 2)) == (5, GapVerdict.SELF_HIGHER)
    assert gap_of(value(30), value(34, 2)) == (-4, GapVerdict.ABOUT_THE_SAME)
    assert gap_of(value(30), value(35)) == (-5, GapVerdict.SELF_LOWER)
    assert gap_of(value(30), value(30)) == (0, GapVerdict.ABOUT_THE_SAME)


def test_an_own_view_beyond_a_joined_end_is_no_gap():
    above, below = value(40, 5, End.OR_ABOVE), value(20, 5, End.OR_BELOW)
    assert gap_of(value(50), above) == (0, GapVerdict.ABOUT_THE_SAME)
    assert gap_of(value(10), below) == (0, GapVerdict.ABOUT_THE_SAME)
    assert gap_of(value(30), above) == (-10, GapVerdict.SELF_LOWER)
    assert gap_of(value(45), below) == (25, GapVerdict.SELF_HIGHER)


def test_the_printed_rule_names_the_threshold():
    assert "one step of the coarser figure" in GAP_RULE
