"""What a report proposes to talk about: an order that follows from displayed values, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.agenda import RULES, Proposal, Weight, proposals
from reports.aggregate import OpenedBallot
from reports.concluding import conclude
from reports.conclusions import FindingKind, Promise
from reports.display import everyone
from reports.findings import widest_gaps
from reports.language import speaking
from reports.model import (
    NOT_SHOWN,
    NOT_SHOWN_TEXT,
    Band,
    Displayed,
    End,
    Item,
    Part,
    Report,
    Shown,
    ShownDistribution,
    ShownShare,
)
from reports.release import assemble
from reports.serial import report_to_bytes
from review_app import languages
from surveys.language import Language
from surveys.subjects import Subject
from surveys.workshop import TopicKind
from tests import conclusion_samples, report_samples
from tests.concluded_parts import ABOVE, BELOW, OTHERS, OWN, VOLUNTARY, fig, part, share
from tests.counted_chains import PRIME, ballots_of, release_of
from tests.counted_chains import VOLUNTARY as ASKED

DIVIDED = ShownDistribution((Band(40, 50), Band(0, 10), Band(0, 10), Band(0, 10), Band(40, 50)))
FIGURES: st.SearchStrategy[Displayed] = st.one_of(
    st.just(NOT_SHOWN),
    st.sampled_from([fig(20, 2, BELOW), fig(40, 2, ABOVE)]),
    st.integers(11, 19).map(lambda fives: fig(2 * fives, 2)),
)
OWN_VIEWS: st.SearchStrategy[Displayed] = st.one_of(
    st.just(NOT_SHOWN), st.integers(2, 10).map(lambda fives: fig(5 * fives))
)


def item(number: int, own: Displayed, voluntary: Displayed, others: Displayed, **more: object) -> Item:
    """A statement with the own view and the figures of two groups."""
    values = {"prime": own, "vcs": voluntary, "other": others}
    of_all = everyone([(voluntary, 12), (others, 8)])
    made = Item(f"q{number}", f"Statement {number}.", (f"P{number}",), values, of_all)
    return replace(made, **more)  # type: ignore[arg-type]  # named as the fields are


def report_of(*items: Item, subject: str = "prime", previous: Report | None = None) -> Report:
    """A report on these statements, with its findings and gaps."""
    made = part(items, subject=subject)
    grouped = replace(made, groups=(OWN, VOLUNTARY, OTHERS), gaps=widest_gaps(made.sections, "prime"))
    facts = report_samples.facts()
    return conclude(Report(4, facts, (grouped,), report_samples.audit(), None), previous)


def named(found: tuple[Proposal, ...]) -> list[str]:
    return [one.question_id for one in found]


@st.composite
def reports(draw: st.DrawFn) -> Report:
    items = [
        item(
            number,
            draw(OWN_VIEWS),
            draw(FIGURES),
            draw(FIGURES),
            not_seen=draw(st.sampled_from([NOT_SHOWN, share(50, 80), share(0, 40)])),
            distributions={"vcs": draw(st.sampled_from([NOT_SHOWN, DIVIDED]))},
        )
        for number in range(draw(st.integers(1, 8)))
    ]
    return report_of(*items)


def bounds(figure: Shown) -> tuple[int, int]:
    """What a reader knows of a figure, in tenths; written anew, so that the rule is worked out twice."""
    low = 10 if figure.end is End.OR_BELOW else figure.tenths
    return low, 50 if figure.end is End.OR_ABOVE else figure.tenths


def by_hand(of: Part, item: Item) -> Weight:
    """The three numbers, as a reader works them out from the printed rule."""
    own, others = item.values["prime"], item.everyone
    above = bounds(own)[0] - bounds(others)[1] if isinstance(own, Shown) and isinstance(others, Shown) else 0
    pooled = [value for id_ in ("vcs", "other") if isinstance(value := item.values[id_], Shown)]
    apart = max((bounds(one)[0] - bounds(two)[1] for one, two in permutations(pooled, 2)), default=0)
    kinds = {finding.kind for finding in of.findings if finding.question_id == item.question_id}
    counted = kinds & {FindingKind.CONCERN, FindingKind.NOT_SEEN, FindingKind.WORSE}
    divided = any(isinstance(spread, ShownDistribution) for spread in item.distributions.values())
    return Weight(1 + max(0, above) // 5, 1 + max(0, apart) // 5 + 2 * divided, 1 + len(counted))


@given(reports())
def test_a_reader_can_work_out_the_order_from_the_printed_report(report: Report) -> None:
    (one,) = report.parts
    items = {item.question_id: item for section in one.sections for item in section.items}
    found = proposals(report)
    assert [topic.weight for topic in found] == [by_hand(one, items[topic.question_id]) for topic in found]
    products = [topic.weight.product for topic in found if topic.weight]
    assert products == sorted(products, reverse=True)
    order = list(items)
    assert all(
        order.index(first.question_id) < order.index(second.question_id)
        for first, second in pairwise(found)
        if first.weight and second.weight and first.weight.product == second.weight.product
    )


@given(reports())
def test_each_statement_is_one_topic_with_its_reason_in_whole_sentences(report: Report) -> None:
    found = proposals(report)
    assert len(set(named(found))) == len(found)
    told = {finding.question_id for finding in report.parts[0].findings if finding.kind in TELLING}
    wide = {gap.question_id for gap in report.parts[0].gaps if gap.verdict.value == "self_higher"}
    assert set(named(found)) == told | wide
    for topic in found:
        assert topic.kind is (TopicKind.FINDING if topic.question_id in told else TopicKind.GAP)
        assert bool(topic.finding_id) is (topic.kind is TopicKind.FINDING)
        assert topic.reason.endswith(".") and NOT_SHOWN_TEXT not in topic.reason
        assert topic.practices == (topic.question_id.replace("q", "P"),)


TELLING = {
    FindingKind.CONCERN,
    FindingKind.BLIND_SPOT,
    FindingKind.NOT_SEEN,
    FindingKind.SPLIT,
    FindingKind.WORSE,
}


@given(reports())
def test_a_statement_that_nobody_may_see_brings_no_topic_and_moves_none(report: Report) -> None:
    (one,) = report.parts
    hidden = item(99, NOT_SHOWN, NOT_SHOWN, NOT_SHOWN)
    section = replace(one.sections[0], items=(hidden, *one.sections[0].items))
    more = replace(report, parts=(replace(one, sections=(section,)),))
    assert proposals(more) == proposals(report)


@pytest.mark.parametrize(("hidden", "other"), [(1, 5), (5, 1), (2, 4)])
def test_two_reviews_that_differ_only_in_what_is_hidden_propose_the_same(hidden: int, other: int) -> None:
    first, second = (counted_with(rating) for rating in (hidden, other))
    assert report_to_bytes(first) == report_to_bytes(second)
    assert proposals(first) == proposals(second)
    # That it is this statement which is hidden, and that the others do bring topics.
    shown = {one.question_id: one for section in first.parts[0].sections for one in section.items}
    assert shown["q2"].everyone == NOT_SHOWN and isinstance(shown["q1"].everyone, Shown)
    assert "q1" in named(proposals(first)) and "q2" not in named(proposals(first))
    # Were it shown, it would be on the agenda.
    assert "q2" in named(proposals(counted_with(1, of_all=True)))


def counted_with(rating: int, *, of_all: bool = False) -> Report:
    """A counted review in which two people alone rated the second statement, all others never see it."""
    own = [OpenedBallot(Subject.PRIME, PRIME.id, "prime-0", dict.fromkeys(("q1", "q2", "q4"), 5))]
    asked = ballots_of(ASKED, [2, 2, 2, 2, 2], rating=2)
    changed = [
        replace(
            ballot,
            ratings={
                id_: rating if id_ == "q2" else value
                for id_, value in ballot.ratings.items()
                if id_ != "q2" or place < 2 or of_all
            },
        )
        for place, ballot in enumerate(asked)
    ]
    release = release_of([*own, *changed], groups=(PRIME, ASKED))
    return conclude(assemble(report_samples.facts(), release, {}), None)


def test_promises_of_the_last_cycle_come_first_beside_the_statement_they_were_about() -> None:
    made = report_of(
        item(1, fig(50), fig(20, 2, BELOW), fig(20, 2, BELOW)),
        item(2, fig(30), fig(40, 2, ABOVE), fig(38, 2)),
    )
    promises = (
        Promise("Statement 2.", "Alder Ltd", "We will answer\nwithin a week.", "2026-05-02"),
        Promise("A statement that is not asked again.", "Alder Ltd", "We will try", "2026-05-03"),
    )
    first, second, third = proposals(replace(made, promises=promises))
    assert [one.kind for one in (first, second, third)] == [
        TopicKind.PROMISE,
        TopicKind.PROMISE,
        TopicKind.FINDING,
    ]
    assert (first.subject, first.question_id, first.title) == ("prime", "q2", "Statement 2.")
    assert first.reason == (
        "Alder Ltd promised on 2 May 2026: “We will answer within a week”. "
        "All partners together say usually or always (4.0 or above)."
    )
    assert (second.question_id, second.subject, second.practices) == ("", "", ())
    assert second.reason == "Alder Ltd promised on 3 May 2026: “We will try”."
    assert third.question_id == "q1"


def test_a_statement_with_a_promise_is_on_the_agenda_once() -> None:
    made = report_of(item(1, fig(50), fig(20, 2, BELOW), fig(20, 2, BELOW)))
    promise = Promise("Statement 1.", "Alder Ltd", "We will.", "2026-05-02")
    (only,) = proposals(replace(made, promises=(promise,)))
    assert only.kind is TopicKind.PROMISE and only.finding_id == "blind_spot:prime:q1"


def test_a_promise_beside_a_hidden_figure_says_nothing_of_it() -> None:
    made = report_of(item(1, NOT_SHOWN, NOT_SHOWN, NOT_SHOWN), item(2, fig(40), fig(30, 2), fig(30, 2)))
    promise = Promise("Statement 1.", "Alder Ltd", "We will.", "2026-05-02")
    first, *_ = proposals(replace(made, promises=(promise,)))
    assert first.question_id == "q1" and first.reason == "Alder Ltd promised on 2 May 2026: “We will”."


def test_the_reason_says_gap_spread_and_what_the_report_points_out() -> None:
    first, *_ = proposals(
        report_of(
            item(1, fig(50), fig(22, 2), fig(34, 2), not_seen=share(50, 80), distributions={"vcs": DIVIDED})
        )
    )
    assert first.reason == (
        "Alder Ltd sees this 2.4 higher than all partners together do. The groups are at least 1.2 apart. "
        "A group is divided. It is one of the report’s concerns. Half or more could not see it."
    )
    assert first.weight == Weight(gap=5, spread=5, importance=3)


def test_a_joined_end_counts_for_what_is_certain() -> None:
    (only,) = proposals(report_of(item(1, fig(45), fig(20, 2, BELOW), fig(20, 2, BELOW))))
    assert only.weight == Weight(gap=6, spread=1, importance=2)
    assert only.reason.startswith("Alder Ltd sees this at least 2.5 higher than all partners together do.")


def test_what_goes_well_is_no_topic_by_itself() -> None:
    assert proposals(report_of(item(1, fig(20), fig(40, 2, ABOVE), fig(40, 2, ABOVE)))) == ()
    assert proposals(report_samples.unreportable()) == ()


def test_a_second_review_proposes_what_became_of_the_first() -> None:
    found = proposals(conclusion_samples.second_review())
    assert found[0].kind is TopicKind.PROMISE and found[0].question_id
    assert any("It is worse than the last time." in one.reason for one in found)
    assert len({(one.subject, one.question_id) for one in found}) == len(found)


def test_the_rules_and_the_reasons_are_there_in_welsh() -> None:
    report = conclusion_samples.second_review()
    english = [one.reason for one in proposals(report)]
    with speaking(languages.tongue(Language.WELSH)):
        welsh = [one.reason for one in proposals(report)]
    assert not set(english) & set(welsh) and welsh[0].startswith("Addawodd ")
    catalogue = languages.tongue(Language.WELSH).catalogue
    assert all(catalogue.gettext(rule) != rule for rule in RULES)


def test_nothing_but_the_main_part_of_a_report_on_a_partner_is_proposed_from() -> None:
    on_partner = conclusion_samples.on_a_partner()
    assert all(Subject(one.subject).is_partner for one in proposals(on_partner))


def test_shares_of_those_who_could_not_see_it_count_only_where_they_are_shown() -> None:
    seen = item(1, fig(40), fig(34, 2), fig(34, 2), not_seen=ShownShare(50, 80))
    (only,) = proposals(report_of(seen))
    assert only.weight == Weight(gap=2, spread=1, importance=2)
    (same,) = proposals(report_of(replace(seen, not_seen=NOT_SHOWN)))
    assert same.kind is TopicKind.GAP and same.weight == Weight(gap=2, spread=1, importance=1)
