from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.aggregate import OpenedBallot
from reports.display import everyone, mean_of
from reports.errors import CountError
from reports.findings import widest_gaps
from reports.model import (
    NOT_SHOWN,
    SCHEMA_VERSION,
    AuditResult,
    CommentBlock,
    CycleFacts,
    End,
    GapVerdict,
    GroupKind,
    Shown,
)
from reports.release import Release, assemble, build_release, settle
from reports.serial import release_to_bytes
from surveys.subjects import Subject
from tests.counted_chains import (
    COMMISSIONERS,
    GROUPS,
    INSTRUMENT,
    NAMES,
    POLICY,
    PRIME,
    PRIVATE,
    PROTECTED,
    QUESTIONS,
    SOLE_COMMISSIONER,
    SPECIALISTS,
    SPOT_PROVIDERS,
    VOLUNTARY,
    ballots_of,
    chains_of_ballots,
    release_of,
)

BOTH = (Subject.PRIME, Subject.CHAIN)
FACTS = CycleFacts(
    "r1", "Review", "The North", "Alder Ltd", "small", 1, "Small", ("Never", "Always"),
    "2026-01-01", "2026-02-01", "Sam Steward", "two_key", 5, 3, 8, 10,
)  # fmt: skip


def titles(part):
    return [group.title for group in part.groups]


def protected(part):
    return [group for group in part.groups if group.kind is not GroupKind.ATTRIBUTED]


def items(part):
    return {item.question_id: item for section in part.sections for item in section.items}


merging = st.dictionaries(
    st.sampled_from((Subject.PRIME, Subject.CHAIN)),
    st.frozensets(st.sampled_from([group.id for group in PROTECTED]), max_size=2),
)


@settings(max_examples=100, deadline=None)
@given(chains_of_ballots(), merging)
def test_everything_derived_can_be_recomputed_from_displayed_values(ballots, merge_first):
    for part in release_of(ballots, subjects=BOTH, merge_first=merge_first).parts:
        weights = {group.id: group.answers for group in protected(part)}
        for section in part.sections:
            for item in section.items:
                assert item.everyone == everyone((item.values[id_], n) for id_, n in weights.items())
            for group in part.groups:
                assert section.means[group.id] == mean_of(item.values[group.id] for item in section.items)
            assert section.everyone == mean_of(item.everyone for item in section.items)
        own = next((group.id for group in part.groups if group.is_self), None)
        assert part.gaps == widest_gaps(part.sections, own)


@settings(max_examples=100, deadline=None)
@given(chains_of_ballots(), merging)
def test_nothing_under_five_is_in_any_release(ballots, merge_first):
    for part in release_of(ballots, subjects=BOTH, merge_first=merge_first).parts:
        answered = sum(ballot.subject == part.subject and ballot.group_id != "prime" for ballot in ballots)
        sizes = [group.answers for group in protected(part)]
        assert sum(sizes) in (0, answered)
        assert part.received == (sum(sizes) or None)
        for count in range(1, len(sizes) + 1):
            for some in combinations(sizes, count):
                assert sum(some) >= 5
                assert answered - sum(some) == 0 or answered - sum(some) >= 5


@settings(max_examples=50, deadline=None)
@given(chains_of_ballots(largest=4))
def test_a_chain_of_four_answers_has_no_figures_at_all(ballots):
    release = release_of(ballots, subjects=BOTH)
    assert not any(part.groups or part.sections or part.gaps for part in release.parts)
    assert all(part.received is None for part in release.parts)
    assert release.audit == AuditResult(True, 0, 5, 5, ())
    assert not assemble(FACTS, release, {}).is_reportable


@settings(max_examples=50, deadline=None)
@given(chains_of_ballots(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_changes_not_a_byte(ballots, random):
    shuffled = random.sample(ballots, len(ballots))
    assert release_to_bytes(release_of(ballots, subjects=BOTH)) == release_to_bytes(
        release_of(shuffled, subjects=BOTH)
    )


@settings(max_examples=50, deadline=None)
@given(chains_of_ballots(smallest=15), merging)
def test_every_row_has_a_value_for_every_column(ballots, merge_first):
    for part in release_of(ballots, subjects=BOTH, merge_first=merge_first).parts:
        ids = {group.id for group in part.groups}
        assert len(ids) == len(part.groups)
        for section in part.sections:
            assert set(section.means) == ids
            assert section.items
            assert all(set(item.values) == ids for item in section.items)


@given(st.integers(0, 4), st.sampled_from([1, 5]))
@settings(deadline=None)
def test_unanimous_and_nearly_unanimous_groups_give_the_same_bytes(dissent, rating):
    unanimous = ballots_of(VOLUNTARY, [1] * 5, rating)
    nearer = 3 - rating // 2
    other = [
        replace(ballot, ratings=dict.fromkeys(QUESTIONS, rating + (nearer > rating) - (nearer < rating)))
        for ballot in unanimous
    ]
    nearly = [*other[:dissent], *unanimous[dissent:]]
    assert release_to_bytes(release_of(nearly)) == release_to_bytes(release_of(unanimous))


def test_columns_come_own_view_first_then_attributed_then_protected_then_the_rest():
    groups = (VOLUNTARY, SOLE_COMMISSIONER, PRIVATE, PRIME, SPECIALISTS, SPOT_PROVIDERS)
    ballots = [
        *ballots_of(VOLUNTARY, [1] * 7),
        *ballots_of(PRIVATE, [1] * 6),
        *ballots_of(SPECIALISTS, [1] * 3),
        *ballots_of(SPOT_PROVIDERS, [1] * 2),
        *ballots_of(PRIME, [1]),
        *ballots_of(SOLE_COMMISSIONER, [1]),
    ]
    (part,) = release_of(ballots, groups=groups).parts
    assert titles(part) == ["Alder Ltd", "The Department", "Voluntary", "Private", "Other parties"]
    assert [group.is_self for group in part.groups] == [True, False, False, False, False]
    assert [group.answers for group in part.groups] == [None, None, 7, 6, 5]
    assert part.groups[-1].includes == ("Specialists", "Spot providers")
    assert (part.asked, part.received) == (4 * 30, 18)


def test_one_column_of_everybody_is_called_all_partners_together():
    ballots = [*ballots_of(VOLUNTARY, [1] * 4), *ballots_of(PRIVATE, [1] * 4)]
    (part,) = release_of(ballots, groups=(VOLUNTARY, PRIVATE)).parts
    (group,) = part.groups
    assert (group.title, group.includes, group.answers) == (
        "All partners together",
        ("Voluntary", "Private"),
        8,
    )
    assert group.kind is GroupKind.OTHER_PARTIES


def test_a_group_that_kept_silent_looks_like_one_that_answered():
    others = [*ballots_of(VOLUNTARY, [1] * 9), *ballots_of(PRIVATE, [1] * 6)]
    groups = (VOLUNTARY, PRIVATE, SPOT_PROVIDERS)
    (silent,) = release_of(others, groups=groups).parts
    (spoke,) = release_of([*others, *ballots_of(SPOT_PROVIDERS, [1])], groups=groups).parts
    assert titles(silent) == titles(spoke) == ["Voluntary", "Other parties"]
    assert silent.groups[-1].includes == spoke.groups[-1].includes == ("Private", "Spot providers")


def test_only_the_part_on_the_prime_has_an_own_view():
    ballots = [
        one
        for subject in BOTH
        for one in (*ballots_of(VOLUNTARY, [1] * 6, 2, subject), *ballots_of(PRIME, [1], 4, subject))
    ]
    on_prime, on_chain = release_of(ballots, groups=(PRIME, VOLUNTARY), subjects=BOTH).parts
    assert (on_prime.subject, on_prime.title, on_chain.subject, on_chain.title) == (
        "prime", "Alder Ltd", "chain", "The North",
    )  # fmt: skip
    assert on_prime.groups[0].is_self
    assert on_prime.gaps
    assert not any(group.is_self for group in on_chain.groups)
    assert on_chain.gaps == ()


def test_only_subjects_that_were_asked_about_have_a_part():
    ballots = ballots_of(VOLUNTARY, [1] * 6, 3, Subject.CHAIN)
    (part,) = release_of(ballots, subjects=(Subject.CHAIN,)).parts
    assert part.subject == "chain"


def test_a_statement_is_worded_as_partners_read_it_and_else_as_the_first_voice_that_has_it():
    ballots = ballots_of(VOLUNTARY, [1] * 6)
    (part,) = release_of(ballots).parts
    wording = {id_: item.wording for id_, item in items(part).items()}
    assert wording["q1"] == "partner_on_prime: Alder Ltd in The North does q1."
    assert wording["q3"] == "commissioner_on_prime: Alder Ltd in The North does q3."
    assert wording["q5"] == "spot_provider_on_prime: Alder Ltd in The North does q5."
    assert "q6" not in wording


def test_a_statement_that_nobody_was_asked_is_not_in_the_part():
    (part,) = release_of(ballots_of(VOLUNTARY, [1] * 6), groups=(VOLUNTARY,)).parts
    assert list(items(part)) == ["q1", "q2", "q4"]


def test_a_group_that_was_not_asked_a_statement_looks_like_one_that_is_hidden():
    ballots = [*ballots_of(VOLUNTARY, [1] * 6), *ballots_of(COMMISSIONERS, [1] * 6)]
    ballots = [
        replace(ballot, ratings={"q1": 3, ("q2" if ballot.group_id == "vcs" else "q3"): 3})
        for ballot in ballots
    ]
    (part,) = release_of(ballots, groups=(VOLUNTARY, COMMISSIONERS)).parts
    assert items(part)["q2"].values["commissioners"] is NOT_SHOWN
    assert items(part)["q3"].values["vcs"] == items(part)["q2"].values["commissioners"]
    assert items(part)["q2"].everyone == items(part)["q2"].values["vcs"]


def test_an_item_with_few_answers_is_hidden_and_is_in_neither_everyone_nor_the_element():
    ballots = [*ballots_of(VOLUNTARY, [1] * 6, 1), *ballots_of(PRIVATE, [1] * 6, 4)]
    ballots[:2] = [replace(ballot, ratings={"q2": 1}) for ballot in ballots[:2]]
    (part,) = release_of(ballots, groups=(VOLUNTARY, PRIVATE)).parts
    first = items(part)["q1"]
    assert first.values["vcs"] is NOT_SHOWN
    assert first.everyone == first.values["private"] == Shown(40, 5, End.OR_ABOVE)


def test_a_group_that_may_not_stand_alone_is_pooled():
    ballots = [
        *ballots_of(VOLUNTARY, [1] * 9),
        *ballots_of(PRIVATE, [1] * 6),
        *ballots_of(SPECIALISTS, [1] * 8),
    ]
    groups = (VOLUNTARY, PRIVATE, SPECIALISTS)
    merge_first = {Subject.PRIME: frozenset({"vcs"})}
    (part,) = release_of(ballots, groups=groups, merge_first=merge_first).parts
    assert titles(part) == ["Specialists", "Other parties"]


def test_a_part_without_a_protected_group_keeps_its_attributed_ones_beside_a_part_that_has_some():
    ballots = [
        *ballots_of(PRIME, [1]),
        *ballots_of(VOLUNTARY, [1] * 4),
        *ballots_of(VOLUNTARY, [1] * 6, 3, Subject.CHAIN),
    ]
    on_prime, on_chain = release_of(ballots, groups=(PRIME, VOLUNTARY), subjects=BOTH).parts
    assert (titles(on_prime), on_prime.received) == (["Alder Ltd"], None)
    assert (titles(on_chain), on_chain.received) == (["Alder Ltd", "Voluntary"], 6)
    assert all(item.everyone is NOT_SHOWN for item in items(on_prime).values())


def test_a_ballot_of_a_group_that_was_not_asked_is_refused():
    with pytest.raises(CountError):
        build_release(
            [OpenedBallot(Subject.CHAIN, "vcs", "o", {})],
            instrument=INSTRUMENT,
            groups=GROUPS,
            names=NAMES,
            asked={(Subject.PRIME, "vcs"): 6},
            policy=POLICY,
            merge_first={},
            experience=None,
        )


class TestAReleaseThatFailsItsAudit:
    ballots = (
        *ballots_of(VOLUNTARY, [1] * 9),
        *ballots_of(PRIVATE, [1] * 6),
        *ballots_of(SPECIALISTS, [1] * 8),
    )
    groups = (VOLUNTARY, PRIVATE, SPECIALISTS)

    def draft_with_a_leak_in(self, *leaky):
        """Drafts as the release makes them, but for an exact figure in any of the named columns."""
        asked = []

        def draft(merged):
            asked.append({subject: ids for subject, ids in merged.items() if ids is not None})
            if None in merged.values():
                honest = release_of([], groups=self.groups)
            else:
                honest = release_of(self.ballots, groups=self.groups, merge_first=merged)
            return tuple(self.leaking(part, leaky) for part in honest.parts)

        return draft, asked

    def leaking(self, part, leaky):
        def value(id_, honest):
            return Shown(31, 1, End.NONE) if id_ in leaky else honest

        sections = tuple(
            replace(
                section,
                items=tuple(
                    replace(item, values={id_: value(id_, honest) for id_, honest in item.values.items()})
                    for item in section.items
                ),
            )
            for section in part.sections
        )
        return replace(part, sections=sections)

    def test_is_merged_where_it_offends_and_audited_again(self):
        draft, asked = self.draft_with_a_leak_in("vcs")
        release = settle(draft, POLICY, {}, None)
        assert asked == [{}, {Subject.PRIME: frozenset({"vcs"})}]
        assert titles(release.parts[0]) == ["Specialists", "Other parties"]
        assert release.audit.holds

    def test_takes_further_groups_into_the_rest_when_the_rest_offends(self):
        draft, asked = self.draft_with_a_leak_in("vcs", "other")
        release = settle(draft, POLICY, {}, None)
        merged = [sorted(one.get(Subject.PRIME, ())) for one in asked]
        # One group after the other, then the pooled whole, then nothing.
        assert merged == [[], ["vcs"], ["specialists", "vcs"], ["private", "specialists", "vcs"], []]
        assert release.audit.holds
        assert release.parts[0].sections == ()
        assert release.parts[0].groups == ()

    def test_is_emptied_when_merging_cannot_help(self):
        honest = release_of(self.ballots, groups=self.groups).parts
        release = settle(lambda merged: tuple(replace(part, received=1) for part in honest), POLICY, {}, None)
        assert release.audit.holds
        assert release.parts[0].groups == ()


def test_assembling_adds_facts_and_comments_and_changes_no_figure():
    ballots = [*ballots_of(VOLUNTARY, [1] * 9), *ballots_of(PRIME, [1])]
    release = release_of(ballots, groups=(PRIME, VOLUNTARY), subjects=BOTH)
    block = CommentBlock("2a", "Being open", "All partners together", "", ("Good.",))
    report = assemble(FACTS, release, {Subject.PRIME: (block,)})
    assert report.schema_version == SCHEMA_VERSION
    assert report.facts is FACTS
    assert report.audit == release.audit
    assert [part.comments for part in report.parts] == [(block,), ()]
    assert [replace(part, comments=()) for part in report.parts] == list(release.parts)
    assert report.is_reportable


def test_a_report_without_figures_has_no_comments_either():
    release = release_of(ballots_of(VOLUNTARY, [1] * 4), groups=(VOLUNTARY,))
    assert isinstance(release, Release)
    block = CommentBlock("2a", "Being open", "All partners together", "", ("Good.",))
    report = assemble(FACTS, release, {Subject.PRIME: (block,)})
    assert not report.is_reportable
    assert report.parts[0].comments == ()


def test_the_worked_example_of_the_methodology():
    points = {
        VOLUNTARY: [4, 3, 3, 3, 2, 2, 2, 2, 2],
        PRIVATE: [5, 4, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2],
        SPECIALISTS: [1, 2, 2],
        SPOT_PROVIDERS: [2, 2, 2, 2],
        PRIME: [5],
    }
    ballots = [
        replace(ballot, ratings={"q1": rating})
        for group, ratings in points.items()
        for ballot, rating in zip(ballots_of(group, [1] * len(ratings)), ratings, strict=True)
    ]
    (part,) = release_of(ballots, groups=(PRIME, VOLUNTARY, PRIVATE, SPECIALISTS, SPOT_PROVIDERS)).parts
    item = items(part)["q1"]
    assert {id_: value.text for id_, value in item.values.items()} == {
        "prime": "5.0",
        "vcs": "2.5",
        "private": "3.4",
        "other": "2.0 or below",
    }
    assert item.everyone.text == "3.0"
    assert [(gap.tenths, gap.verdict) for gap in part.gaps] == [(20, GapVerdict.SELF_HIGHER)]
