"""Reports made unsafe on purpose, each by another mistake: the audit catches every one, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from reports.aggregate import OpenedBallot
from reports.audit import audit
from reports.averages import with_averages, without_averages
from reports.certificate import certify
from reports.comparison import Comparison, Invited, earlier_of
from reports.display import everyone, mean_of
from reports.findings import widest_gaps
from reports.mirror import mirror_of
from reports.model import (
    AVERAGE_OWN_ID,
    NOT_SHOWN,
    Band,
    Displayed,
    End,
    ExperienceItem,
    GroupKind,
    Item,
    Part,
    Report,
    ReportExperience,
    Shown,
    ShownDistribution,
    ShownShare,
)
from reports.release import Release, assemble_all, build_release
from surveys.groups import DisclosurePolicy
from surveys.matrix import own_view, suppliers_of
from surveys.publication import CountedBy
from surveys.subjects import Subject
from tests.counted_chains import PRIME, PRIVATE, VOLUNTARY
from tests.nine_voices import nine_voices
from tests.unit.test_partner_release import FACTS

POLICY = DisclosurePolicy()
INSTRUMENT = nine_voices()
QUESTIONS = tuple(question.id for question in INSTRUMENT.questions())
PARTNERS = ("ash", "birch", "cedar", "dogwood", "elm", "fir", "gorse")
NAMES: dict[str, str] = {
    "prime": "Alder Ltd", "chain": "The North", "buyers": "Tier-1 partners as buyers",
    **{str(Subject.partner(id_)): id_.title() for id_ in PARTNERS},
}  # fmt: skip
OWN = {id_: own_view(id_, id_.title()) for id_ in PARTNERS}
SUPPLIERS = {id_: suppliers_of(id_, id_.title()) for id_ in PARTNERS[:3]}
GROUPS = (VOLUNTARY, PRIVATE, PRIME, *OWN.values(), *SUPPLIERS.values())
# How many of each group answer about each subject, all of organisations of their own, and what they say by turns.
ANSWERED: dict[tuple[Subject, str], tuple[int, tuple[int, ...]]] = {
    (Subject.PRIME, PRIME.id): (1, (5,)),
    (Subject.PRIME, VOLUNTARY.id): (22, (2, 3, 4, 1, 3)),
    (Subject.PRIME, PRIVATE.id): (8, (4, 3)),
    (Subject.BUYERS, SUPPLIERS["ash"].id): (9, (3, 2)),
    (Subject.BUYERS, SUPPLIERS["birch"].id): (6, (4,)),
    (Subject.BUYERS, SUPPLIERS["cedar"].id): (3, (5,)),
    **{(Subject.partner(id_), OWN[id_].id): (1, (4,)) for id_ in PARTNERS},
    **{(Subject.partner(id_), PRIME.id): (1, (2,)) for id_ in PARTNERS},
}
EXPERIENCE = ReportExperience(
    40, 12, (ExperienceItem("clear", "Were the questions clear?", ShownShare(70, 100)),)
)

Parts = tuple[Part, ...]


@pytest.fixture(scope="module")
def honest() -> Release:
    ballots = [
        OpenedBallot(
            subject, group_id, f"{group_id}-{number}", dict.fromkeys(QUESTIONS, says[number % len(says)])
        )
        for (subject, group_id), (people, says) in ANSWERED.items()
        for number in range(people)
    ]
    return build_release(
        ballots,
        instrument=INSTRUMENT,
        groups=GROUPS,
        names=NAMES,
        asked={cell: people + 1 for cell, (people, _) in ANSWERED.items()},
        policy=POLICY,
        merge_first={},
        experience=EXPERIENCE,
    )


def on(parts: Parts, subject: Subject) -> Part:
    return next(part for part in parts if part.subject == subject)


def instead(parts: Parts, part: Part) -> Parts:
    return tuple(part if one.subject == part.subject else one for one in parts)


def with_item(part: Part, change: Callable[[Item], Item]) -> Part:
    """The part with its first statement changed, and nothing that follows from it."""
    section, *sections = part.sections
    item, *items = section.items
    return replace(part, sections=(replace(section, items=(change(item), *items)), *sections))


def with_value(part: Part, group_id: str, value: Displayed) -> Part:
    """The part with one value changed, and all that follows from it, as if it had been so from the start."""

    def changed(item: Item) -> Item:
        values = {**item.values, group_id: value}
        weights = [(values[group.id], group.answers) for group in part.groups if group.answers is not None]
        return replace(item, values=values, everyone=everyone(weights))

    section, *sections = with_item(part, changed).sections
    section = replace(
        section,
        means={group.id: mean_of(item.values[group.id] for item in section.items) for group in part.groups},
        everyone=mean_of(item.everyone for item in section.items),
    )
    sections = [section, *sections]
    return replace(part, sections=tuple(sections), gaps=widest_gaps(sections, "prime"))


def with_group(part: Part, group_id: str, **changes: Any) -> Part:
    groups = tuple(replace(group, **changes) if group.id == group_id else group for group in part.groups)
    return replace(part, groups=groups)


def exact_mean(parts: Parts) -> Parts:
    return instead(parts, with_value(on(parts, Subject.PRIME), "private", Shown(13, 1, End.NONE)))


def all_rounded_on_its_own(parts: Parts) -> Parts:
    part = on(parts, Subject.PRIME)
    return instead(parts, with_item(part, lambda item: replace(item, everyone=Shown(28, 1, End.NONE))))


def complement_left_over(parts: Parts) -> Parts:
    """Three suppliers of Cedar are in no column, and the number of reviews says that they are there."""
    part = on(parts, Subject.BUYERS)
    kept = [group for group in part.groups if group.id != "other"]
    return instead(parts, replace(part, groups=tuple(kept)))


def number_behind_an_attributed_view(parts: Parts) -> Parts:
    return instead(parts, with_group(on(parts, Subject.PRIME), "prime", answers=1))


def group_of_four(parts: Parts) -> Parts:
    part = on(parts, Subject.PRIME)
    return instead(parts, replace(with_group(part, "private", answers=4), received=26))


def hidden_statement_in_its_element(parts: Parts) -> Parts:
    part = with_value(on(parts, Subject.PRIME), "private", Shown(20, 5, End.OR_BELOW))
    means = part.sections[0].means
    hidden = with_value(part, "private", NOT_SHOWN)
    section, *sections = hidden.sections
    return instead(parts, replace(hidden, sections=(replace(section, means=means), *sections)))


def finer_step(parts: Parts) -> Parts:
    return instead(parts, with_value(on(parts, Subject.PRIME), "vcs", Shown(27, 1, End.NONE)))


def end_that_is_not_joined(parts: Parts) -> Parts:
    return instead(parts, with_value(on(parts, Subject.PRIME), "vcs", Shown(48, 2, End.NONE)))


def with_distribution(parts: Parts, group_id: str, *bands: tuple[int, int]) -> Parts:
    shown = ShownDistribution(tuple(Band(*band) for band in bands))
    part = on(parts, Subject.PRIME)
    return instead(
        parts,
        with_item(part, lambda item: replace(item, distributions={**item.distributions, group_id: shown})),
    )


def distribution_of_eight_people(parts: Parts) -> Parts:
    return with_distribution(parts, "private", (0, 20), (0, 20), (20, 80), (20, 80), (0, 20))


def band_of_a_hundred_per_cent(parts: Parts) -> Parts:
    return with_distribution(parts, "vcs", (0, 20), (0, 20), (100, 100), (0, 20), (0, 20))


def distribution_that_adds_up_without_anybody_left(parts: Parts) -> Parts:
    """Two fifths, a fifth, a fifth and a fifth of twenty: nobody is left who could have said the fifth answer."""
    return with_distribution(parts, "vcs", (20, 30), (20, 30), (40, 50), (20, 30), (0, 20))


def distribution_beside_no_figure(parts: Parts) -> Parts:
    hidden = instead(parts, with_value(on(parts, Subject.PRIME), "vcs", NOT_SHOWN))
    return with_distribution(hidden, "vcs", (0, 20), (20, 30), (30, 40), (20, 30), (0, 20))


def average_over_five_partners(parts: Parts) -> Parts:
    """Two of seven partners are left out: what stands in the other reports is the average over five."""
    return tuple(part for part in parts if part.subject not in {"partner:fir", "partner:gorse"})


def average_of_exact_values(parts: Parts) -> Parts:
    part = on(parts, Subject.partner("ash"))
    return instead(parts, with_value(part, AVERAGE_OWN_ID, Shown(35, 5, End.NONE)))


def group_in_two_columns(parts: Parts) -> Parts:
    part = on(parts, Subject.BUYERS)
    return instead(
        parts, with_group(part, "other", includes=("Subcontractors of Cedar", "Subcontractors of Ash"))
    )


def share_at_the_extreme(parts: Parts) -> Parts:
    part = on(parts, Subject.PRIME)
    return instead(parts, with_item(part, lambda item: replace(item, not_seen=ShownShare(80, 100))))


def share_where_no_group_is_shown(parts: Parts) -> Parts:
    part = on(parts, Subject.partner("ash"))
    return instead(parts, with_item(part, lambda item: replace(item, not_seen=ShownShare(0, 40))))


def gap_of_the_exact_figures(parts: Parts) -> Parts:
    part = on(parts, Subject.PRIME)
    gap, *gaps = part.gaps
    return instead(parts, replace(part, gaps=(replace(gap, tenths=gap.tenths + 1), *gaps)))


LEAKS: Mapping[Callable[[Parts], Parts], str] = {
    exact_mean: "lets an outsider rule out an answer of somebody",
    all_rounded_on_its_own: "everyone: does not follow from the displayed values",
    complement_left_over: "the reviews received are not those of its columns",
    number_behind_an_attributed_view: "says or hides how many answered, against the rules",
    group_of_four: "Private: fewer than 5 people are shown",
    hidden_statement_in_its_element: "Private: does not follow from the displayed values",
    finer_step: "is not one that its number of answers may be shown as",
    end_that_is_not_joined: "is not one that its number of answers may be shown as",
    distribution_of_eight_people: "is of fewer than 10 people",
    band_of_a_hundred_per_cent: "tells too much of somebody beside its figure, or is not one that may be shown",
    distribution_that_adds_up_without_anybody_left: "tells too much of somebody beside its figure",
    distribution_beside_no_figure: "stands beside a figure that is not shown",
    average_over_five_partners: "the averages are not those of what the reports on all partners show",
    average_of_exact_values: "the averages are not those of what the reports on all partners show",
    group_in_two_columns: "Subcontractors of Ash is counted in two columns",
    share_at_the_extreme: "the share that could not see it tells of somebody, or is not one that may be shown",
    share_where_no_group_is_shown: "says how many could not see it where no group is shown",
    gap_of_the_exact_figures: "gaps: does not follow from the displayed values",
}


def test_what_the_leaks_are_planted_in_holds_and_shows_something_of_every_kind(honest: Release) -> None:
    assert honest.audit.holds
    assert audit(honest.parts, POLICY, EXPERIENCE).result == honest.audit
    prime, buyers = on(honest.parts, Subject.PRIME), on(honest.parts, Subject.BUYERS)
    assert [group.answers for group in prime.groups] == [None, 22, 8]
    assert [group.title for group in buyers.groups] == ["Subcontractors of Ash", "Other parties"]
    item = prime.sections[0].items[0]
    assert isinstance(item.not_seen, ShownShare)
    assert set(item.distributions) == {"vcs"}
    ash = on(honest.parts, Subject.partner("ash"))
    assert [group.kind for group in ash.groups].count(GroupKind.AVERAGE) == 2
    assert len(assemble_all(FACTS, honest, {})["partner:ash"].parts) == 2


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_planted_leak_is_caught_in_words(honest: Release, leak: Callable[[Parts], Parts]) -> None:
    result = audit(leak(honest.parts), POLICY, EXPERIENCE).result
    assert not result.holds
    assert any(LEAKS[leak] in words for words in result.findings), result.findings


def test_an_average_of_five_is_never_made_and_one_that_is_shown_is_caught(honest: Release) -> None:
    five = average_over_five_partners(honest.parts)
    assert with_averages(without_averages(five), POLICY) == without_averages(five)
    result = audit(five, POLICY, None).result
    assert any("is not one that its number of answers may be shown as" in words for words in result.findings)


def test_a_group_of_four_organisations_is_caught_however_many_people_they_sent(honest: Release) -> None:
    four = group_of_four(honest.parts)
    result = audit(four, POLICY, EXPERIENCE, counted_by=CountedBy.ORGANISATION).result
    assert any("fewer than 5 people are shown" in words for words in result.findings)
    assert any("counts people where each organisation has one voice" in words for words in result.findings)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (ShownShare(90, 100), "is not one that its number of answers may be shown as"),
        (ShownShare(100, 100), "is not one that its number of answers may be shown as"),
    ],
)
def test_a_share_of_the_review_itself_that_is_too_fine_is_caught(
    honest: Release, share: ShownShare, words: str
) -> None:
    items = tuple(replace(item, share=share) for item in EXPERIENCE.items)
    result = audit(honest.parts, POLICY, replace(EXPERIENCE, items=items)).result
    assert any(words in found for found in result.findings)


class TestBesideTheLastCycle:
    def invited(self, honest: Release, changed: Mapping[str, int]) -> dict[tuple[Subject, str], Invited]:
        """Those who were invited: as many as answered, and for the groups named so many besides."""
        found = {}
        for (subject, group_id), (people, _) in ANSWERED.items():
            if group_id in {VOLUNTARY.id, PRIVATE.id}:
                names = {f"{group_id}-{number}" for number in range(people + changed.get(group_id, 0))}
                found[subject, group_id] = Invited(frozenset(names), frozenset(names))
        return found

    @pytest.mark.parametrize("more", [2, 4])
    def test_a_column_that_differs_by_a_few_people_from_the_last_cycle_is_caught(
        self, honest: Release, more: int
    ) -> None:
        then = earlier_of("the last", honest.parts, self.invited(honest, {}))
        now = self.invited(honest, {"vcs": more})
        comparison = Comparison(now, (then,), by_organisation=False)
        result = audit(honest.parts, POLICY, EXPERIENCE, comparison=comparison).result
        words = "Alder Ltd, Voluntary: differs by one to four from what the last report shows."
        assert words in result.findings

    def test_two_columns_that_are_one_of_the_last_cycle_but_for_two_people_are_caught(
        self, honest: Release
    ) -> None:
        before = self.invited(honest, {})
        both = Invited(
            before[Subject.PRIME, "vcs"].people | before[Subject.PRIME, "private"].people | {"x", "y"},
            frozenset(),
        )
        others = Invited(frozenset(f"z{number}" for number in range(9)), frozenset())
        prime = on(honest.parts, Subject.PRIME)
        then = earlier_of(
            "the last", (prime,), {(Subject.PRIME, "vcs"): both, (Subject.PRIME, "private"): others}
        )
        now = {**before, (Subject.PRIME, "spot"): Invited(frozenset(["x"]), frozenset())}
        comparison = Comparison(now, (then,), by_organisation=False)
        result = audit(honest.parts, POLICY, EXPERIENCE, comparison=comparison).result
        assert any("once columns are put together" in words for words in result.findings)


class TestBetweenTheReports:
    @pytest.fixture
    def reports(self, honest: Release) -> dict[str, Report]:
        return assemble_all(FACTS, honest, {})

    def test_honest_ones_are_certified(self, reports: dict[str, Report]) -> None:
        certificate = certify(reports, software="1.0")
        assert certificate.holds
        assert certificate.figures["average"] > 0 and certificate.figures["distributions"] > 0

    def test_suppliers_who_are_pooled_in_the_main_report_and_alone_in_their_buyers_are_caught(
        self, reports: dict[str, Report]
    ) -> None:
        """Birch's six suppliers are pooled with Cedar's three: beside the pool they would lay those three open."""
        assert len(reports["partner:birch"].parts) == 1
        main = on(reports[""].parts, Subject.BUYERS)
        (alone,) = (group for group in main.groups if group.id == "other")
        birch = replace(
            alone, id=SUPPLIERS["birch"].id, title="Subcontractors of Birch", includes=(), answers=6
        )
        shown = replace(
            main,
            groups=(replace(birch, kind=GroupKind.PROTECTED),),
            sections=tuple(
                replace(
                    section,
                    items=tuple(
                        replace(item, values={birch.id: item.values["other"]}) for item in section.items
                    ),
                    means={birch.id: section.means["other"]},
                )
                for section in main.sections
            ),
        )
        report = reports["partner:birch"]
        reports["partner:birch"] = replace(report, parts=(*report.parts, shown))
        findings = certify(reports, software="1.0").findings
        assert findings == ("Birch: what its suppliers say is not what the main report shows.",)

    def test_a_finer_figure_of_ones_own_suppliers_is_caught(self, reports: dict[str, Report]) -> None:
        report = reports["partner:ash"]
        finer = with_item(
            report.parts[1],
            lambda item: replace(item, values=dict.fromkeys(item.values, Shown(24, 1, End.NONE))),
        )
        reports["partner:ash"] = replace(report, parts=(report.parts[0], finer))
        assert any("what its suppliers say" in words for words in certify(reports, software="1.0").findings)

    def test_an_average_that_differs_from_partner_to_partner_is_caught(
        self, reports: dict[str, Report]
    ) -> None:
        report = reports["partner:elm"]
        (part,) = report.parts
        changed = with_value(part, AVERAGE_OWN_ID, Shown(30, 5, End.NONE))
        reports["partner:elm"] = replace(report, parts=(changed,))
        assert any("Elm: the averages" in words for words in certify(reports, software="1.0").findings)

    def test_a_mirror_is_cut_out_of_the_main_report_and_out_of_nothing_else(self, honest: Release) -> None:
        assert mirror_of(on(honest.parts, Subject.PRIME), "vcs") is None
        assert mirror_of(on(honest.parts, Subject.BUYERS), "other") is None
        mirror = mirror_of(on(honest.parts, Subject.BUYERS), SUPPLIERS["ash"].id)
        assert mirror is not None
        assert [group.title for group in mirror.groups] == ["Subcontractors of Ash"]
        main = on(honest.parts, Subject.BUYERS)
        assert mirror.sections[0].items[0].everyone == main.sections[0].items[0].everyone
