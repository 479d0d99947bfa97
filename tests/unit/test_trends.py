from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from reports.concluding import conclude
from reports.conclusions import FindingKind
from reports.model import EVERYONE_ID, NOT_SHOWN, Displayed, Item, Part, Report, Shown
from reports.serial import digest
from reports.sides import bounds
from reports.trends import Trend, trend
from surveys.publication import CountedBy
from tests import report_samples
from tests.concluded_parts import ABOVE, BELOW, OTHERS, OWN, VOLUNTARY, fig, part, part_of, statement, weighed

FIGURES = (
    *(fig(tenths) for tenths in (25, 30, 35)),
    fig(20, 5, BELOW),
    fig(40, 5, ABOVE),
    *(fig(tenths, 2) for tenths in (22, 30, 38)),
    fig(16, 2, BELOW),
    fig(44, 2, ABOVE),
)


def report(*parts: Part) -> Report:
    return Report(3, report_samples.facts(), parts, report_samples.audit(), None)


def before(now: Report, last: Report) -> dict[str, dict[str, Displayed]]:
    concluded = conclude(now, last)
    return {
        item.question_id: dict(item.before)
        for section in concluded.parts[0].sections
        for item in section.items
    }


def changes(now: Part, last: Part) -> list[tuple[str, str]]:
    kinds = {FindingKind.BETTER, FindingKind.WORSE}
    found = conclude(report(now), report(last)).parts[0].findings
    return [(finding.kind.value, finding.question_id) for finding in found if finding.kind in kinds]


@pytest.mark.parametrize(
    ("now", "then", "verdict"),
    [
        (fig(35), fig(30), Trend.BETTER),
        (fig(30), fig(35), Trend.WORSE),
        (fig(30), fig(30), Trend.ABOUT_THE_SAME),
        (fig(34, 2), fig(30), Trend.ABOUT_THE_SAME),
        (fig(32, 2), fig(30, 2), Trend.BETTER),
        (fig(40, 5, ABOVE), fig(35), Trend.BETTER),
        (fig(40, 5, ABOVE), fig(40, 5, ABOVE), Trend.CANNOT_TELL),
        (fig(40, 5, ABOVE), fig(42, 2), Trend.CANNOT_TELL),
        (fig(20, 5, BELOW), fig(20, 5, BELOW), Trend.CANNOT_TELL),
        (fig(20, 5, BELOW), fig(22, 2), Trend.CANNOT_TELL),
        (fig(20, 5, BELOW), fig(40, 5, ABOVE), Trend.WORSE),
        (NOT_SHOWN, fig(30), Trend.CANNOT_TELL),
        (fig(30), NOT_SHOWN, Trend.CANNOT_TELL),
    ],
)
def test_one_step_of_the_coarser_figure_makes_a_change(
    now: Displayed, then: Displayed, verdict: Trend
) -> None:
    assert trend(now, then) is verdict


@pytest.mark.parametrize(("now", "then"), list(product(FIGURES, repeat=2)))
def test_the_verdict_holds_whatever_the_joined_ends_stand_for(now: Shown, then: Shown) -> None:
    step = max(now.step, then.step)
    differences = [one - other for one in range_of(now) for other in range_of(then)]
    holds = {
        Trend.BETTER: all(difference >= step for difference in differences),
        Trend.WORSE: all(difference <= -step for difference in differences),
        Trend.ABOUT_THE_SAME: all(abs(difference) < step for difference in differences),
    }
    verdict = trend(now, then)
    assert holds.get(verdict, not any(holds.values()))


def range_of(figure: Shown) -> range:
    low, high = bounds(figure)
    return range(low, high + 1)


def test_the_figures_of_the_last_report_stand_beside_those_of_this_one() -> None:
    now, last = report(part_of(fig(35), own=[fig(40)])), report(part_of(fig(30), own=[fig(45)]))
    assert before(now, last) == {"q0": {"prime": fig(45), "vcs": fig(30), EVERYONE_ID: fig(30)}}
    concluded = conclude(now, last)
    assert concluded.previous is not None
    assert (concluded.previous.digest, concluded.previous.title) == (digest(last), last.facts.title)


def test_the_largest_change_is_named_first() -> None:
    now, last = part_of(fig(35), fig(40, 5, ABOVE), fig(25)), part_of(fig(30), fig(30), fig(30))
    assert changes(now, last) == [("better", "q1"), ("better", "q0"), ("worse", "q2")]


def test_a_statement_with_another_wording_is_not_compared() -> None:
    reworded = replace(statement(0, fig(30)), wording="Another statement.")
    assert before(report(part_of(fig(35))), report(part([reworded]))) == {"q0": {}}


def test_a_statement_that_is_new_is_not_compared() -> None:
    now = part([statement(7, fig(35))])
    assert before(report(now), report(part_of(fig(30)))) == {"q7": {}}


def test_another_scale_compares_with_nothing() -> None:
    last = report(part_of(fig(30)))
    other = replace(
        last, facts=replace(last.facts, scale_labels=("No", "Seldom", "At times", "Mostly", "Yes"))
    )
    assert before(report(part_of(fig(35))), other) == {"q0": {}}


def test_another_subject_compares_with_nothing() -> None:
    last = report(replace(part_of(fig(30)), subject="chain"))
    assert before(report(part_of(fig(35))), last) == {"q0": {}}


def test_where_organisations_count_instead_of_people_only_attributed_voices_compare() -> None:
    last = report(part_of(fig(30), own=[fig(45)]))
    other = replace(last, facts=replace(last.facts, counted_by=CountedBy.ORGANISATION))
    assert before(report(part_of(fig(35), own=[fig(40)])), other) == {"q0": {"prime": fig(45)}}


class TestGroups:
    """Groups compare with themselves alone, and everyone where the same groups are in both figures."""

    groups = (OWN, VOLUNTARY, OTHERS)

    def part(
        self, voluntary: Displayed, others: Displayed, pooled: tuple[str, ...] = ("Public", "Spot")
    ) -> Part:
        values = {"prime": NOT_SHOWN, "vcs": voluntary, "other": others}
        item = Item("q0", "Statement 0.", (), values, weighed(voluntary, others))
        groups = (*self.groups[:2], replace(OTHERS, includes=pooled))
        return replace(part([item], received=20, asked=25), groups=groups)

    def test_pools_of_other_groups_do_not_compare_and_neither_does_everyone(self) -> None:
        now, last = (
            self.part(fig(36, 2), fig(30)),
            self.part(fig(30, 2), fig(30), pooled=("Public", "Specialists")),
        )
        assert before(report(now), report(last)) == {"q0": {"vcs": fig(30, 2)}}

    def test_everyone_does_not_compare_where_a_group_is_hidden_one_of_the_times(self) -> None:
        now, last = self.part(fig(36, 2), fig(30)), self.part(fig(30, 2), NOT_SHOWN)
        assert before(report(now), report(last)) == {"q0": {"vcs": fig(30, 2)}}

    def test_everyone_compares_where_the_same_group_is_hidden_both_times(self) -> None:
        now, last = self.part(fig(36, 2), NOT_SHOWN), self.part(fig(30, 2), NOT_SHOWN)
        assert before(report(now), report(last))["q0"][EVERYONE_ID] == fig(30, 2)

    def test_everyone_compares_where_the_same_groups_are_pooled_otherwise(self) -> None:
        everybody = replace(OTHERS, includes=("Voluntary", "Public", "Spot"), answers=20)
        values: dict[str, Displayed] = {"prime": NOT_SHOWN, "other": fig(30, 2)}
        item = Item("q0", "Statement 0.", (), values, fig(30, 2))
        last = replace(part([item], received=20), groups=(OWN, everybody))
        assert before(report(self.part(fig(36, 2), fig(30))), report(last)) == {
            "q0": {EVERYONE_ID: fig(30, 2)}
        }

    def test_a_group_under_another_title_does_not_compare(self) -> None:
        now = self.part(fig(36, 2), fig(30))
        last = self.part(fig(30, 2), fig(30))
        renamed = replace(last, groups=(OWN, replace(VOLUNTARY, title="Charities"), OTHERS))
        assert before(report(now), report(renamed)) == {"q0": {"other": fig(30)}}


@pytest.mark.parametrize(
    ("received", "asked", "are_enough"), [(9, 10, False), (10, 20, True), (10, 21, False), (40, 81, False)]
)
@pytest.mark.parametrize("is_now", [True, False])
def test_of_a_change_among_few_nothing_is_said(
    received: int, asked: int, *, are_enough: bool, is_now: bool
) -> None:
    few, many = (received, asked), (12, 15)
    now, last = (
        replace(part([statement(0, fig(tenths))]), received=answers[0], asked=answers[1])
        for tenths, answers in ((35, few if is_now else many), (30, many if is_now else few))
    )
    assert changes(now, last) == ([("better", "q0")] if are_enough else [])
    # The figures themselves stay side by side.
    assert before(report(now), report(last))["q0"][EVERYONE_ID] == fig(30)


def test_which_subjects_had_too_few_the_last_time_is_kept() -> None:
    last = report(part_of(fig(30)), replace(part([statement(0, fig(30))], received=7), subject="chain"))
    concluded = conclude(report(part_of(fig(35))), last)
    assert concluded.previous is not None
    assert concluded.previous.too_few == ("chain",)
