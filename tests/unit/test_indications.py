from __future__ import annotations

from dataclasses import replace

import pytest

from reports.conclusions import Grade, Indication
from reports.indications import PRINCIPLES, indication_rule, indications_of
from reports.model import NOT_SHOWN, Displayed
from surveys.practices import practices
from tests.concluded_parts import ABOVE, BELOW, fig, part, statement

REVIEW = ("P4a.1",)


def indication(*figures: Displayed, practice: tuple[str, ...] = REVIEW) -> Indication:
    items = [statement(number, figure, practices=practice) for number, figure in enumerate(figures)]
    return next(found for found in indications_of(part(items)) if found.principle == "Review")


@pytest.mark.parametrize(
    ("figures", "grade", "text"),
    [
        ([fig(35)], Grade.NOT_YET, "3.5"),
        ([fig(36, 2)], Grade.SATISFACTORY, "3.6"),
        ([fig(35), fig(35), fig(38, 2)], Grade.SATISFACTORY, "3.6"),
        # 3.55 is printed as 3.6 and is not yet satisfactory: the word comes before the rounding.
        ([fig(35), fig(36, 2)], Grade.NOT_YET, "3.6"),
        ([fig(39, 1)], Grade.SATISFACTORY, "3.9"),
        ([fig(42, 2), fig(38, 2)], Grade.GOOD, "4.0"),
        ([fig(44, 2, ABOVE)], Grade.EXCELLENT, "4.4 or above"),
        ([fig(40, 5, ABOVE)], Grade.GOOD_OR_BETTER, "4.0 or above"),
        ([fig(40, 5, ABOVE), fig(35)], Grade.SATISFACTORY_OR_BETTER, "3.8 or above"),
        ([fig(40, 5, ABOVE), fig(25)], Grade.CANNOT_TELL, "3.3 or above"),
        ([fig(40, 5, ABOVE), fig(20, 5, BELOW)], Grade.NOT_YET, "3.0"),
        ([fig(20, 5, BELOW)], Grade.NOT_YET, "2.0 or below"),
    ],
)
def test_the_word_holds_whatever_the_joined_ends_stand_for(
    figures: list[Displayed], grade: Grade, text: str
) -> None:
    found = indication(*figures)
    assert (found.grade, found.everyone.text) == (grade, text)


def test_with_fewer_than_half_of_its_statements_shown_nothing_can_be_told() -> None:
    assert indication(fig(44, 2), NOT_SHOWN, NOT_SHOWN).grade is Grade.CANNOT_TELL
    assert indication(fig(44, 2), NOT_SHOWN).grade is Grade.EXCELLENT
    assert indication(fig(44, 2), NOT_SHOWN).shown == 1


def test_a_principle_without_any_figure_cannot_be_told() -> None:
    assert indication(NOT_SHOWN) == Indication("Review", NOT_SHOWN, 0, 1, Grade.CANNOT_TELL)


def test_there_is_one_for_each_principle_in_the_order_of_the_code() -> None:
    found = indications_of(part([statement(0, fig(35), practices=REVIEW)]))
    assert tuple(indication.principle for indication in found) == PRINCIPLES
    assert list(dict.fromkeys(practice.principle for practice in practices().values())) == list(PRINCIPLES)
    assert {indication.principle for indication in found if indication.asked} == {"Review"}


def test_a_statement_for_two_principles_counts_in_both_and_for_two_practices_of_one_once() -> None:
    both = indications_of(part([statement(0, fig(35), practices=("P4a.1", "P4a.2", "P1.1"))]))
    assert {found.principle: found.asked for found in both if found.asked} == {
        "Supply Chain Design": 1,
        "Review": 1,
    }


def test_a_practice_that_the_code_does_not_have_counts_nowhere() -> None:
    assert not any(found.asked for found in indications_of(part([statement(0, fig(35), practices=("X1",))])))


def test_of_one_partner_and_without_figures_there_is_none() -> None:
    one = part([statement(0, fig(35), practices=REVIEW)])
    assert indications_of(replace(one, subject="partner:ash")) == ()
    assert indications_of(replace(one, groups=())) == ()


def test_the_limits_are_those_of_the_share_of_the_scale_that_the_rule_names() -> None:
    assert [round((limit - 1) / 4 * 100) for limit in (3.6, 4.0, 4.4)] == [65, 75, 85]
    for text in ("3.6", "4.0", "4.4", "65, 75 and 85", "no accreditation"):
        assert text in indication_rule()
