"""What holds of all conclusions, whatever is shown: they rest on shown figures alone and can be worked out again."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.concluding import conclude, conclusion_faults
from reports.conclusions import FindingKind, Grade
from reports.display import everyone
from reports.model import (
    NOT_SHOWN,
    Band,
    Displayed,
    DisplayedShare,
    End,
    GroupKind,
    Item,
    Part,
    Report,
    ReportGroup,
    Shown,
    ShownDistribution,
    ShownShare,
)
from reports.serial import report_from_bytes, report_to_bytes
from tests import conclusion_samples, report_samples
from tests.concluded_parts import OTHERS, OWN, VOLUNTARY, part

ON_BEFORE = {FindingKind.BETTER, FindingKind.WORSE}
ON_OWN = {FindingKind.BLIND_SPOT, FindingKind.HIDDEN_STRENGTH}
ATTRIBUTED = st.integers(2, 10).map(lambda halves: Shown(5 * halves, 5, End.NONE))
COARSE = st.one_of(
    st.integers(5, 7).map(lambda halves: Shown(5 * halves, 5, End.NONE)),
    st.sampled_from([Shown(20, 5, End.OR_BELOW), Shown(40, 5, End.OR_ABOVE)]),
)
FINE = st.one_of(
    st.integers(11, 19).map(lambda fifths: Shown(2 * fifths, 2, End.NONE)),
    st.sampled_from([Shown(20, 2, End.OR_BELOW), Shown(40, 2, End.OR_ABOVE)]),
)
SHARES = st.sampled_from([ShownShare(0, 30), ShownShare(30, 70), ShownShare(70, 100)])
BANDS = st.lists(st.integers(0, 9), min_size=5, max_size=5).map(
    lambda tens: ShownDistribution(tuple(Band(10 * ten, 10 * ten + 10) for ten in tens))
)
PRACTICES = st.sampled_from([(), ("P2a.1",), ("P4a.1", "P1.1")])


def or_hidden(figures: st.SearchStrategy[Shown]) -> st.SearchStrategy[Displayed]:
    return st.one_of(figures, st.just(NOT_SHOWN))


@st.composite
def items(draw: st.DrawFn, number: int) -> Item:
    values = {
        "prime": draw(or_hidden(ATTRIBUTED)),
        "vcs": draw(or_hidden(FINE)),
        "other": draw(or_hidden(COARSE)),
    }
    not_seen: DisplayedShare = draw(st.one_of(SHARES, st.just(NOT_SHOWN)))
    spread = draw(st.one_of(BANDS, st.just(NOT_SHOWN)))
    return Item(
        f"q{number}",
        draw(st.sampled_from([f"Statement {number}.", f"Another statement {number}."])),
        draw(PRACTICES),
        values,
        everyone([(values["vcs"], 12), (values["other"], 8)]),
        not_seen,
        {"vcs": spread},
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    made = [draw(items(number)) for number in range(draw(st.integers(1, 7)))]
    one = part(made, received=draw(st.integers(5, 20)), asked=25)
    return Report(
        3,
        report_samples.facts(),
        (replace(one, groups=(OWN, VOLUNTARY, OTHERS)),),
        report_samples.audit(),
        None,
    )


@given(reports(), st.one_of(reports(), st.none()))
def test_a_finding_never_rests_on_a_hidden_figure(report: Report, previous: Report | None) -> None:
    (one,) = conclude(report, previous).parts
    shown = {item.question_id: item for section in one.sections for item in section.items}
    for finding in one.findings:
        item = shown[finding.question_id]
        assert finding.everyone == item.everyone
        if finding.kind is FindingKind.NOT_SEEN:
            assert isinstance(finding.not_seen, ShownShare) and finding.not_seen == item.not_seen
        elif finding.kind is FindingKind.SPLIT:
            assert any(isinstance(spread, ShownDistribution) for spread in item.distributions.values())
        else:
            assert isinstance(finding.everyone, Shown)
        assert isinstance(finding.own, Shown) is (finding.kind in ON_OWN)
        assert isinstance(finding.before, Shown) is (finding.kind in ON_BEFORE)


@given(reports(), st.one_of(reports(), st.none()))
def test_a_hidden_statement_more_changes_no_finding_and_no_kind_has_more_than_three(
    report: Report, previous: Report | None
) -> None:
    (one,) = report.parts
    hidden = Item(
        "hidden", "A hidden statement.", (), dict.fromkeys(("prime", "vcs", "other"), NOT_SHOWN), NOT_SHOWN
    )
    section = replace(one.sections[0], items=(hidden, *one.sections[0].items))
    more = replace(report, parts=(replace(one, sections=(section,)),))
    findings = conclude(more, previous).parts[0].findings
    assert findings == conclude(report, previous).parts[0].findings
    kinds = [finding.kind for finding in findings]
    assert all(kinds.count(kind) <= 3 for kind in kinds)
    assert len({finding.id for finding in findings}) == len(findings)


@given(reports(), st.one_of(reports(), st.none()))
def test_a_hidden_column_more_changes_nothing(report: Report, previous: Report | None) -> None:
    (one,) = report.parts
    column = ReportGroup("more", "More", GroupKind.ATTRIBUTED, is_self=False, answers=None, includes=())
    section = one.sections[0]
    widened = tuple(replace(item, values={**item.values, "more": NOT_SHOWN}) for item in section.items)
    wider = replace(one, groups=(*one.groups, column), sections=(replace(section, items=widened),))
    found, expected = conclude(replace(report, parts=(wider,)), previous), conclude(report, previous)
    assert found.parts[0].findings == expected.parts[0].findings
    assert found.parts[0].indications == expected.parts[0].indications


@given(reports(), reports(), st.randoms())
def test_the_order_of_the_groups_changes_nothing(report: Report, previous: Report, chance: Random) -> None:
    def shuffled(one: Part) -> Part:
        groups = list(one.groups)
        chance.shuffle(groups)
        section = one.sections[0]
        mixed = tuple(
            replace(item, values={group.id: item.values[group.id] for group in groups})
            for item in section.items
        )
        return replace(one, groups=tuple(groups), sections=(replace(section, items=mixed),))

    mixed = conclude(replace(report, parts=(shuffled(report.parts[0]),)), previous)
    expected = conclude(report, previous)
    assert mixed.parts[0].findings == expected.parts[0].findings
    assert mixed.parts[0].indications == expected.parts[0].indications
    assert [item.before for item in mixed.parts[0].sections[0].items] == [
        item.before for item in expected.parts[0].sections[0].items
    ]


@given(reports(), st.one_of(reports(), st.none()))
def test_conclusions_are_worked_out_again_from_what_the_report_shows(
    report: Report, previous: Report | None
) -> None:
    concluded = conclude(report, previous)
    read = report_from_bytes(report_to_bytes(concluded))
    assert conclusion_faults(read, previous) == ()
    # Whoever has the report alone can check it all but for the figures of the last one.
    assert conclusion_faults(read, None) == ()
    assert conclude(read, previous) == concluded


SECOND, FIRST = conclusion_samples.second_review(), conclusion_samples.first_review()


def changed(report: Report, **fields: object) -> Report:
    return replace(report, parts=(replace(report.parts[0], **fields), *report.parts[1:]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tampered", "words"),
    [
        (changed(SECOND, findings=SECOND.parts[0].findings[1:]), "findings do not follow"),
        (
            changed(
                SECOND,
                indications=(
                    *SECOND.parts[0].indications[:1],
                    replace(SECOND.parts[0].indications[1], grade=Grade.EXCELLENT),
                    *SECOND.parts[0].indications[2:],
                ),
            ),
            "indications do not follow",
        ),
        (replace(SECOND, previous=None), "another last report"),
    ],
)
def test_a_conclusion_that_was_changed_by_hand_is_a_fault(tampered: Report, words: str) -> None:
    assert any(words in fault for fault in conclusion_faults(tampered, FIRST))


def test_a_figure_of_the_last_review_that_was_changed_by_hand_is_a_fault() -> None:
    first, *rest = SECOND.parts[0].sections
    item, *others = first.items
    tampered = changed(
        SECOND,
        sections=(
            replace(first, items=(replace(item, before={"prime": Shown(10, 5, End.NONE)}), *others)),
            *rest,
        ),
    )
    assert any("last review" in fault for fault in conclusion_faults(tampered, FIRST))


def test_another_last_report_than_the_one_that_was_compared_is_a_fault() -> None:
    other = replace(FIRST, facts=replace(FIRST.facts, title="Another review"))
    assert any("another last report" in fault for fault in conclusion_faults(SECOND, other))


def test_a_report_without_figures_concludes_nothing() -> None:
    concluded = conclude(report_samples.unreportable(), FIRST)
    assert all(not one.findings and not one.indications for one in concluded.parts)
    assert conclusion_faults(concluded, FIRST) == ()


def test_a_part_that_is_cut_from_another_report_concludes_nothing() -> None:
    partner = conclusion_samples.on_a_partner()
    mirror = replace(SECOND.parts[1], subject="buyers")
    concluded = conclude(replace(partner, parts=(*partner.parts, mirror)), None)
    assert concluded.parts[0] == partner.parts[0]
    assert (concluded.parts[1].findings, concluded.parts[1].indications) == ((), ())
    assert not any(item.before for section in concluded.parts[1].sections for item in section.items)
