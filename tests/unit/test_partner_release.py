"""The release of reviews of partners and of buyers: attributed voices on a partner, protected groups on buyers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import StringIO
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.aggregate import OpenedBallot
from reports.certificate import certify
from reports.export import to_csv
from reports.model import (
    ALL_TITLE,
    NOT_SHOWN,
    OTHER_TITLE,
    CommentBlock,
    CycleFacts,
    End,
    GroupKind,
    Part,
    Shown,
)
from reports.pools import comment_pools
from reports.release import MergeFirst, Release, assemble, assemble_all, build_release, settle
from reports.render import pdf_environment, render_page_body, render_pdf_html
from reports.serial import release_from_bytes, release_to_bytes, report_from_bytes, report_to_bytes
from review_app.layout import template_folder
from surveys.groups import DisclosurePolicy
from surveys.matrix import Group, buyer_view, own_view, suppliers_of
from surveys.publication import CountedBy
from surveys.subjects import Subject
from tests.counted_chains import PRIME, VOLUNTARY, ballots_of
from tests.nine_voices import nine_voices
from tests.report_samples import DIGEST

POLICY = DisclosurePolicy()
INSTRUMENT = nine_voices()
QUESTIONS = tuple(question.id for question in INSTRUMENT.questions())
ASH, BIRCH = Subject.partner("ash"), Subject.partner("birch")
NAMES = {
    "prime": "Alder Ltd", "chain": "The North", "buyers": "Tier-1 partners as buyers", ASH: "Ash", BIRCH: "Birch",
}  # fmt: skip
OWN_ASH, OWN_BIRCH = own_view("ash", "Ash"), own_view("birch", "Birch")
BY_ASH = buyer_view("ash", "Ash")
OF_ASH, OF_BIRCH = suppliers_of("ash", "Ash"), suppliers_of("birch", "Birch")
GROUPS = (VOLUNTARY, PRIME, OWN_BIRCH, BY_ASH, OWN_ASH, OF_ASH, OF_BIRCH)
ASKED = {
    (Subject.PRIME, VOLUNTARY.id): 9, (Subject.PRIME, PRIME.id): 2,
    (Subject.BUYERS, OF_ASH.id): 12, (Subject.BUYERS, OF_BIRCH.id): 8,
    (ASH, OWN_ASH.id): 2, (ASH, PRIME.id): 2,
    (BIRCH, OWN_BIRCH.id): 1, (BIRCH, PRIME.id): 2, (BIRCH, BY_ASH.id): 1,
}  # fmt: skip
FACTS = CycleFacts(
    "r1", "Review", "The North", "Alder Ltd", "nine", 1, "Nine", ("Never", "Rarely", "Sometimes", "Usually", "Always"),
    "2026-01-01", "2026-02-01", "Sam Steward", "two_key", 5, 3, 8, 10,
)  # fmt: skip
BLOCK = CommentBlock("2a", "Being open", "Ash", "", ("Good.",))


def ballot(group: Group, subject: Subject, rating: int, organisation: str = "one") -> OpenedBallot:
    return OpenedBallot(subject, group.id, organisation, dict.fromkeys(QUESTIONS, rating))


ON_PRIME = [replace(one, ratings=dict.fromkeys(QUESTIONS, 4)) for one in ballots_of(VOLUNTARY, [1] * 9)]
ON_PARTNERS = [
    ballot(OWN_ASH, ASH, 5), ballot(OWN_ASH, ASH, 4), ballot(PRIME, ASH, 2, "alder"),
    ballot(PRIME, BIRCH, 3, "alder"), ballot(BY_ASH, BIRCH, 1, "ash"),
]  # fmt: skip


def on_buyers(
    group: Group, organisations: Sequence[int], rating: int = 4, first: int = 0
) -> list[OpenedBallot]:
    return [
        ballot(group, Subject.BUYERS, rating, f"{number}")
        for number, people in enumerate(organisations, first)
        for _ in range(people)
    ]


def release_of(ballots: Iterable[OpenedBallot], merge_first: MergeFirst | None = None) -> Release:
    return build_release(
        list(ballots),
        instrument=INSTRUMENT,
        groups=GROUPS,
        names=NAMES,
        asked=ASKED,
        policy=POLICY,
        merge_first={subject: ids for subject, ids in (merge_first or {}).items() if ids is not None},
        experience=None,
    )


def part_on(release: Release, subject: Subject) -> Part:
    return next(part for part in release.parts if part.subject == subject)


def texts(part: Part, group: Group) -> set[str]:
    return {item.values[group.id].text for section in part.sections for item in section.items}


def titles(part: Part) -> list[str]:
    return [group.title for group in part.groups]


def test_the_parts_are_the_prime_the_buyers_and_then_the_partners_in_the_order_of_the_names() -> None:
    release = release_of([*ON_PRIME, *ON_PARTNERS])
    assert [part.subject for part in release.parts] == ["prime", "buyers", "partner:ash", "partner:birch"]
    assert [part.title for part in release.parts[1:]] == ["Tier-1 partners as buyers", "Ash", "Birch"]


def test_a_part_on_a_partner_has_its_own_view_first_and_attributed_columns_alone() -> None:
    part = part_on(release_of([*ON_PRIME, *ON_PARTNERS]), BIRCH)
    assert [(group.title, group.is_self) for group in part.groups] == [
        ("Birch", True), ("Alder Ltd", False), ("Ash", False),
    ]  # fmt: skip
    assert {(group.kind, group.answers) for group in part.groups} == {(GroupKind.ATTRIBUTED, None)}
    assert (part.asked, part.received, part.gaps) == (0, None, ())


def test_each_voice_on_a_partner_is_shown_to_half_a_point_whatever_its_size() -> None:
    part = part_on(release_of([*ON_PRIME, *ON_PARTNERS]), ASH)
    assert (texts(part, OWN_ASH), texts(part, PRIME)) == ({"4.5"}, {"2.0"})
    shown = [value for section in part.sections for item in section.items for value in item.values.values()]
    assert all(isinstance(value, Shown) and (value.step, value.end) == (5, End.NONE) for value in shown)
    everyone = {item.everyone for section in part.sections for item in section.items}
    assert not any(isinstance(value, Shown) for value in everyone)


def test_a_partner_that_kept_silent_on_itself_still_has_its_column() -> None:
    part = part_on(release_of([*ON_PRIME, *ON_PARTNERS]), BIRCH)
    assert texts(part, OWN_BIRCH) == {"Not shown, to protect the people who answered"}
    assert texts(part, BY_ASH) == {"1.0"}


def test_a_statement_on_a_partner_names_it_and_one_on_buyers_names_none_of_them() -> None:
    release = release_of([*ON_PRIME, *ON_PARTNERS])
    assert part_on(release, ASH).sections[0].items[0].wording.startswith("Prime on partner says Ash does")
    words = part_on(release, Subject.BUYERS).sections[0].items[0].wording
    assert words.startswith("Subcontractor on tier1 says The organisation that pays us does")


def test_the_subcontractors_of_a_tier_one_stand_alone_only_when_they_are_safe() -> None:
    alone = release_of([*ON_PRIME, *on_buyers(OF_ASH, [2, 2, 2]), *on_buyers(OF_BIRCH, [2, 2, 2], first=3)])
    assert titles(part_on(alone, Subject.BUYERS)) == ["Subcontractors of Ash", "Subcontractors of Birch"]
    small = release_of([*ON_PRIME, *on_buyers(OF_ASH, [2, 2, 2]), *on_buyers(OF_BIRCH, [1], first=3)])
    part = part_on(small, Subject.BUYERS)
    assert titles(part) == [ALL_TITLE] and part.received == 7
    assert part.groups[0].includes == ("Subcontractors of Ash", "Subcontractors of Birch")


def test_two_organisations_are_too_few_though_they_work_for_two_tier_ones() -> None:
    ballots = [*ON_PRIME, *on_buyers(OF_ASH, [4, 4]), *on_buyers(OF_BIRCH, [4, 4])]
    part = part_on(release_of(ballots), Subject.BUYERS)
    assert (part.groups, part.received, part.asked) == ((), None, 20)


def test_the_figures_on_buyers_do_not_hang_on_those_on_the_prime() -> None:
    release = release_of([*ON_PRIME, *on_buyers(OF_ASH, [2, 2])])
    assert titles(part_on(release, Subject.PRIME)) == ["Alder Ltd", "Voluntary"]
    assert part_on(release, Subject.BUYERS).groups == ()


def test_the_main_report_has_no_part_on_a_partner_and_each_partner_has_a_report() -> None:
    release = release_of([*ON_PRIME, *ON_PARTNERS, *on_buyers(OF_ASH, [2, 2, 2])])
    reports = assemble_all(FACTS, release, {ASH: (BLOCK,)})
    assert list(reports) == ["", ASH, BIRCH]
    assert [part.subject for part in reports[""].parts] == ["prime", "buyers"]
    assert reports[""] == assemble(FACTS, release, {ASH: (BLOCK,)})
    for subject in (ASH, BIRCH):
        (part,) = reports[subject].parts
        assert part.subject == subject
        assert part.comments == ((BLOCK,) if subject == ASH else ())
        assert reports[subject].is_reportable
    assert all(report.audit == release.audit and report.facts == FACTS for report in reports.values())
    assert len({report_to_bytes(report) for report in reports.values()}) == 3


def test_no_report_on_a_partner_shows_anything_when_no_protected_group_may_be_shown() -> None:
    release = release_of([*ON_PRIME[:4], *ON_PARTNERS])
    for report in assemble_all(FACTS, release, {ASH: (BLOCK,)}).values():
        assert not report.is_reportable
        assert not any(part.groups or part.sections or part.comments for part in report.parts)


def test_all_the_parts_are_audited_together_and_only_what_offends_is_taken_out() -> None:
    honest = release_of([*ON_PRIME, *ON_PARTNERS, *on_buyers(OF_ASH, [2, 2, 2])])

    def draft(_merged: MergeFirst) -> tuple[Part, ...]:
        return tuple(_finer(part) if part.subject == ASH else part for part in honest.parts)

    release = settle(draft, POLICY, {}, None)
    assert release.audit.holds
    assert [part.subject for part in release.parts if not part.groups] == [ASH]
    reports = assemble_all(FACTS, release, {ASH: (BLOCK,)})
    assert not reports[ASH].is_reportable and reports[ASH].parts[0].comments == ()
    assert reports[""].is_reportable and reports[BIRCH].is_reportable


def _finer(part: Part) -> Part:
    """The part with attributed figures that say more than half points."""
    return replace(
        part,
        sections=tuple(
            replace(
                section,
                items=tuple(
                    replace(item, values={id_: Shown(33, 1, End.NONE) for id_ in item.values})
                    for item in section.items
                ),
            )
            for section in part.sections
        ),
    )


def test_comments_on_a_partner_are_in_the_name_of_who_speaks_and_those_on_buyers_are_pooled() -> None:
    ballots = [*ON_PARTNERS, *on_buyers(OF_ASH, [4, 3, 3]), *on_buyers(OF_BIRCH, [1], first=3)]
    pools = comment_pools(ballots, GROUPS, POLICY, merge_first={})
    on_ash = {key[1]: pool.title for key, pool in pools.items() if key[0] == ASH and pool is not None}
    assert on_ash == {OWN_ASH.id: "Ash", PRIME.id: "Alder Ltd"}
    of_birch, of_ash = pools[Subject.BUYERS, OF_BIRCH.id], pools[Subject.BUYERS, OF_ASH.id]
    # One person's comments never stand alone, and nothing is left beside which they could be found.
    assert of_birch is not None and of_birch == of_ash and of_birch.id == "all"


def test_the_table_of_a_partner_has_a_row_for_each_voice_and_none_for_all_partners() -> None:
    reports = assemble_all(FACTS, release_of([*ON_PRIME, *ON_PARTNERS]), {})
    kinds = {
        subject: {row["kind"] for row in csv.DictReader(StringIO(to_csv(report).decode("utf-8-sig")))}
        for subject, report in reports.items()
    }
    assert kinds[ASH] == kinds[BIRCH] == {"own view", "attributed"}
    assert kinds[""] == {"own view", "protected", "everyone"}


@st.composite
def ballots_on_everything(draw: st.DrawFn) -> list[OpenedBallot]:
    """Some of the ballots that were asked, at most as many as were, with random ratings."""
    random = Random(draw(st.integers(0, 2**32)))
    return [
        OpenedBallot(
            subject,
            group_id,
            f"{group_id}-{number % 4}",
            {id_: random.randint(1, 5) for id_ in QUESTIONS if random.random() < 0.9},
        )
        for (subject, group_id), asked in ASKED.items()
        for number in range(draw(st.integers(0, asked)))
    ]


@settings(max_examples=60, deadline=None)
@given(ballots_on_everything())
def test_what_holds_for_any_ballots(ballots: list[OpenedBallot]) -> None:
    release = release_of(ballots)
    assert release.audit.holds
    assert release_from_bytes(release_to_bytes(release)) == release
    reports = assemble_all(FACTS, release, {})
    assert certify(reports, software="1.0").holds
    for subject, report in reports.items():
        assert report_from_bytes(report_to_bytes(report)) == report
        for part in report.parts:
            is_mirror = bool(subject) and part.subject == Subject.BUYERS
            assert part.is_on_partner is (bool(subject) and not is_mirror)
            are_attributed = [group.kind is GroupKind.ATTRIBUTED for group in part.groups]
            assert all(are_attributed) if part.is_on_partner else True
    for group in part_on(release, Subject.BUYERS).groups:
        assert group.answers is not None and group.answers >= POLICY.k
        assert group.title in {"Subcontractors of Ash", "Subcontractors of Birch", ALL_TITLE, OTHER_TITLE}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The body of every report, and the source of its PDF, by its subject."""
    environment = pdf_environment(template_folder())
    reports = assemble_all(FACTS, release_of([*ON_PRIME, *ON_PARTNERS]), {ASH: (BLOCK,)})
    return {
        subject: " ".join(
            (
                render_page_body(report, DIGEST, environment) + render_pdf_html(report, DIGEST, environment)
            ).split()
        )
        for subject, report in reports.items()
    }


@pytest.mark.parametrize(
    "promise", ["anonymous after", "nobody’s own answer in such a group can be worked out", "Other parties"]
)
def test_a_report_on_a_partner_makes_no_promise_that_its_voices_were_not_given(
    pages: dict[str, str], promise: str
) -> None:
    assert promise in pages[""]
    assert promise not in pages[ASH] and promise not in pages[BIRCH]


def test_a_report_on_a_partner_says_what_is_shown_and_of_whom_the_audit_speaks(pages: dict[str, str]) -> None:
    for words in (
        "Where one person answered for an organisation, they are that person’s answers.",
        "For every person of such a group, at least",
        "How Ash works with its partners",
        "<title>Review: Ash</title>",
        "Good.",
    ):
        assert words in pages[ASH] and words not in pages[""]


def test_a_report_on_a_partner_holds_no_figure_of_everyone_that_is_hidden(pages: dict[str, str]) -> None:
    # Every voice on Ash was given, so that nothing in its tables is hidden.
    body, _, _ = pages[ASH].partition('id="hidden"')
    assert body.count("Not shown, to protect") == 1  # in "How to read the figures"
    assert "Own view" in body or "own view" in body


def test_a_supplier_of_two_buyers_counts_once_so_no_share_of_what_it_could_not_see_is_shown() -> None:
    """With one voice per organisation the columns would count it twice, and the whole part would be withheld."""
    ballots = [*ON_PRIME, *on_buyers(OF_ASH, [1] * 6), *on_buyers(OF_BIRCH, [1] * 6, first=4)]
    release = build_release(
        ballots,
        instrument=INSTRUMENT,
        groups=GROUPS,
        names=NAMES,
        asked=ASKED,
        policy=POLICY,
        merge_first={},
        experience=None,
        counted_by=CountedBy.ORGANISATION,
    )
    part = part_on(release, Subject.BUYERS)
    assert titles(part) == ["Subcontractors of Ash", "Subcontractors of Birch"]
    assert release.audit.holds
    items = [item for section in part.sections for item in section.items]
    assert items
    assert {item.not_seen for item in items} == {NOT_SHOWN}
