from __future__ import annotations

from dataclasses import replace

import pytest

from reports.conclusions import FindingKind
from reports.findings import findings_of, more_than_listed
from reports.model import NOT_SHOWN, Displayed, GroupKind, Part, ReportGroup
from tests.concluded_parts import ABOVE, BELOW, fig, part, part_of, share, statement


def found(kind: FindingKind, part_: Part) -> list[str]:
    return [
        finding.question_id for finding in findings_of(part_, may_tell_change=False) if finding.kind is kind
    ]


def strengths(*others: Displayed) -> list[str]:
    return found(FindingKind.STRENGTH, part_of(*others))


def concerns(*others: Displayed) -> list[str]:
    return found(FindingKind.CONCERN, part_of(*others))


def test_the_highest_figures_are_strengths_the_highest_first() -> None:
    assert strengths(fig(35), fig(38, 2), fig(36, 2)) == ["q1", "q2", "q0"]


def test_three_strengths_are_named_at_most_and_of_equals_the_first_in_the_questionnaire() -> None:
    assert strengths(*[fig(35)] * 5) == ["q0", "q1", "q2"]


def test_below_three_and_a_half_nothing_is_a_strength() -> None:
    assert strengths(fig(34, 2), fig(30)) == []
    assert strengths(fig(35)) == ["q0"]


def test_a_joined_end_is_a_strength_and_equal_to_whatever_is_beyond_it() -> None:
    assert strengths(fig(42, 2), fig(40, 5, ABOVE), fig(44, 2, ABOVE)) == ["q0", "q1", "q2"]
    # What is below the joined end is lower for certain.
    assert strengths(fig(38, 2), fig(40, 5, ABOVE)) == ["q1", "q0"]


def test_what_half_could_not_see_is_no_strength() -> None:
    seen, unseen = (
        statement(number, fig(40, 5, ABOVE), not_seen=share(*band))
        for number, band in enumerate(((0, 40), (60, 100)))
    )
    assert found(FindingKind.STRENGTH, part([unseen, seen])) == ["q0"]


def test_a_band_that_may_be_less_than_half_takes_no_strength_away() -> None:
    assert found(FindingKind.STRENGTH, part([statement(0, fig(35), not_seen=share(40, 60))])) == ["q0"]


def test_the_lowest_figures_are_concerns_the_lowest_first() -> None:
    assert concerns(fig(25), fig(22, 2), fig(28, 2)) == ["q1", "q0", "q2"]


def test_from_three_on_nothing_is_a_concern() -> None:
    assert concerns(fig(30), fig(30, 2)) == []


def test_a_joined_low_end_is_equal_to_whatever_is_below_it() -> None:
    assert concerns(fig(18, 2), fig(20, 5, BELOW), fig(16, 2, BELOW)) == ["q0", "q1", "q2"]


def test_a_concern_that_most_could_not_see_stays_one_and_says_so() -> None:
    hidden = part([statement(0, fig(20, 5, BELOW), not_seen=share(60, 100))])
    (concern, unseen) = findings_of(hidden, may_tell_change=False)
    assert (concern.kind, concern.not_seen) == (FindingKind.CONCERN, share(60, 100))
    assert unseen.kind is FindingKind.NOT_SEEN


@pytest.mark.parametrize(
    ("own", "others", "kind"),
    [
        (fig(40), fig(30), FindingKind.BLIND_SPOT),
        (fig(35), fig(30), None),
        (fig(40), fig(32, 2), None),
        (fig(30), fig(20, 5, BELOW), FindingKind.BLIND_SPOT),
        (fig(25), fig(20, 5, BELOW), None),
        (fig(10), fig(20, 5, BELOW), None),
        (fig(20), fig(30), FindingKind.HIDDEN_STRENGTH),
        (fig(30), fig(40, 5, ABOVE), FindingKind.HIDDEN_STRENGTH),
        (fig(50), fig(40, 5, ABOVE), None),
        (fig(35), fig(40, 5, ABOVE), None),
        (NOT_SHOWN, fig(40, 5, ABOVE), None),
        (fig(50), NOT_SHOWN, None),
    ],
)
def test_a_gap_is_a_finding_where_it_is_a_whole_point_for_certain(
    own: Displayed, others: Displayed, kind: FindingKind | None
) -> None:
    sides = {FindingKind.BLIND_SPOT, FindingKind.HIDDEN_STRENGTH}
    gaps = [
        finding
        for finding in findings_of(part_of(others, own=[own]), may_tell_change=False)
        if finding.kind in sides
    ]
    assert [finding.kind for finding in gaps] == ([kind] if kind else [])
    assert all(finding.own == own for finding in gaps)


def test_the_widest_blind_spot_comes_first() -> None:
    one = part_of(fig(30), fig(25), fig(20, 5, BELOW), own=[fig(40), fig(50), fig(40)])
    assert found(FindingKind.BLIND_SPOT, one) == ["q1", "q2", "q0"]


@pytest.mark.parametrize(
    ("band", "is_found"),
    [((60, 100), True), ((50, 60), True), ((40, 60), False), ((20, 80), False), ((0, 20), False)],
)
def test_what_at_least_half_could_not_see_is_a_finding(band: tuple[int, int], is_found: bool) -> None:
    one = part([statement(0, fig(30), not_seen=share(*band))])
    assert bool(found(FindingKind.NOT_SEEN, one)) is is_found


def test_what_could_not_be_seen_is_a_finding_even_where_the_figure_is_hidden() -> None:
    one = part([statement(0, NOT_SHOWN, not_seen=share(80, 100))])
    assert found(FindingKind.NOT_SEEN, one) == ["q0"]


def test_upper_bands_of_different_width_may_be_equal() -> None:
    bands = [share(60, 100), share(80, 100), share(50, 60)]
    one = part([statement(number, fig(30), not_seen=band) for number, band in enumerate(bands)])
    assert found(FindingKind.NOT_SEEN, one) == ["q0", "q1", "q2"]


def test_how_many_more_may_be_equal_to_the_last_one_is_counted() -> None:
    one = part_of(fig(40, 5, ABOVE), fig(40, 5, ABOVE), fig(35), fig(35), fig(36, 2), fig(30))
    # q4 comes third, and no other statement has its figure.
    assert more_than_listed(FindingKind.STRENGTH, one) == 0
    assert more_than_listed(FindingKind.STRENGTH, part_of(*[fig(35)] * 5)) == 2


class TestOfOnePartner:
    groups = (
        ReportGroup("own:ash", "Ash", GroupKind.ATTRIBUTED, is_self=True, answers=None, includes=()),
        ReportGroup("buyer:oak", "Oak", GroupKind.ATTRIBUTED, is_self=False, answers=None, includes=()),
        ReportGroup("prime", "Alder Ltd", GroupKind.ATTRIBUTED, is_self=False, answers=None, includes=()),
        ReportGroup("average", "All partners", GroupKind.AVERAGE, is_self=False, answers=None, includes=()),
    )

    def part(self, own: Displayed, buyer: Displayed, prime: Displayed) -> Part:
        values = {"own:ash": own, "buyer:oak": buyer, "prime": prime, "average": fig(50)}
        one = replace(statement(0), values=values)
        return replace(part([one]), subject="partner:ash", groups=self.groups, received=None, asked=0)

    def test_the_primes_view_stands_where_everyones_stands_elsewhere(self) -> None:
        (concern, blind) = findings_of(self.part(fig(45), fig(40), fig(25)), may_tell_change=False)
        assert (concern.id, concern.everyone) == ("concern:partner:ash:q0", fig(25))
        assert (blind.kind, blind.own) == (FindingKind.BLIND_SPOT, fig(45))

    def test_a_tier_ones_view_stands_there_where_the_primes_is_not_shown(self) -> None:
        (strength,) = findings_of(self.part(NOT_SHOWN, fig(40), NOT_SHOWN), may_tell_change=False)
        assert strength.everyone == fig(40)

    def test_with_no_other_view_nothing_stands_out(self) -> None:
        assert findings_of(self.part(fig(50), NOT_SHOWN, NOT_SHOWN), may_tell_change=False) == ()
