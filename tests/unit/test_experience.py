"""What people say about the review itself: as a value, as displayed shares, and under the audit."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from reports.audit import audit
from reports.display import show_share
from reports.errors import CountError, MalformedDocumentError
from reports.experience import OpenedExperience, build_experience, without_shares
from reports.experience_view import experience_view
from reports.export import to_csv
from reports.model import NOT_SHOWN, NOT_SHOWN_TEXT, DisplayedShare, Report, ReportExperience, ShownShare
from reports.release import assemble_all, settle
from reports.render import pdf_environment, render_page_body, render_pdf_html
from reports.serial import (
    digest,
    release_from_bytes,
    release_to_bytes,
    report_from_bytes,
    report_to_bytes,
)
from reports.share_audit import yes_behind
from reports.solver import NO_OR_YES, Disclosure, Least, least_feasible
from review_app.layout import template_folder
from surveys.errors import BrokenSealError
from surveys.experience import QUESTIONS, Aspect, Experience, envelope, from_envelope
from surveys.groups import DisclosurePolicy
from tests import report_samples
from tests.counted_chains import POLICY, PRIME, VOLUNTARY, ballots_of, release_of

BOTH = Experience({Aspect.CLEAR: True, Aspect.SAFE: False})


def spread(n: int) -> dict[str, int]:
    """Everybody from an organisation of their own."""
    return {f"o{number}": 1 for number in range(n)}


def shown(yes: int, n: int) -> DisplayedShare:
    return show_share(yes, n, spread(n), POLICY)


def alike(n: int) -> Iterator[list[int]]:
    """The numbers of yes among n that are shown alike."""
    for share in {shown(yes, n) for yes in range(n + 1)}:
        yield [yes for yes in range(n + 1) if shown(yes, n) == share]


def possible(n: int, counts: list[int], known: tuple[int, ...]) -> set[int]:
    """The answers that somebody else may have given, to those who know their own; empty when theirs cannot be."""
    others = n - len(known) - 1
    return {
        answer for answer in (0, 1) if any(0 <= count - sum(known) - answer <= others for count in counts)
    }


@pytest.mark.parametrize("n", range(5, 41))
def test_neither_an_outsider_nor_an_insider_can_rule_out_yes_or_no_for_anybody(n: int) -> None:
    for counts in alike(n):
        assert possible(n, counts, ()) == {0, 1}
        for own in (0, 1):
            assert possible(n, counts, (own,)) == {0, 1}


@pytest.mark.parametrize("n", range(5, 41))
def test_two_insiders_leave_both_from_eight_answers_on_and_may_leave_one_below(n: int) -> None:
    left = [
        len(found)
        for counts in alike(n)
        for first in (0, 1)
        for second in (0, 1)
        if (found := possible(n, counts, (first, second)))
    ]
    assert min(left) == (2 if n >= 8 else 1)


@pytest.mark.parametrize("n", range(5, 41))
def test_the_solver_finds_the_same_as_counting(n: int) -> None:
    for counts in alike(n):
        told = Disclosure(frozenset(range(n)), min(counts), max(counts))
        assert least_feasible((told,), n, NO_OR_YES) == Least(2, 2)


@pytest.mark.parametrize("n", range(5, 41))
def test_an_exact_share_would_let_an_answer_be_known(n: int) -> None:
    exact = [least_feasible((Disclosure(frozenset(range(n)), yes, yes),), n, NO_OR_YES) for yes in (0, 1, n)]
    assert exact == [Least(1, 1), Least(2, 1), Least(1, 1)]


@pytest.mark.parametrize(
    ("n", "limit"), [(5, 40), (9, 40), (10, 30), (19, 30), (20, 20), (40, 20), (400, 20)]
)
def test_the_bands_follow_the_number_of_answers(n: int, limit: int) -> None:
    for yes in range(n + 1):
        share = shown(yes, n)
        if 100 * yes <= limit * n:
            assert share == ShownShare(0, limit)
        elif 100 * yes >= (100 - limit) * n:
            assert share == ShownShare(100 - limit, 100)
        else:
            assert share == ShownShare(limit, 100 - limit)


@given(st.integers(5, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_what_a_reader_infers_from_a_band_is_exactly_what_is_shown_alike(yes_and_n: tuple[int, int]) -> None:
    yes, n = yes_and_n
    share = shown(yes, n)
    assert isinstance(share, ShownShare)
    low, high = yes_behind(share, n)
    assert low <= yes <= high
    assert {shown(count, n) for count in range(low, high + 1)} == {share}
    assert low == 0 or shown(low - 1, n) != share
    assert high == n or shown(high + 1, n) != share


def test_bands_read_as_words() -> None:
    assert [shown(yes, 6).text for yes in (0, 3, 6)] == [
        "4 in 10 or fewer said yes",
        "More than 4 and fewer than 6 in 10 said yes",
        "6 in 10 or more said yes",
    ]


@pytest.mark.parametrize("by_organisation", [{"a": 6}, {"a": 3, "b": 3}, {"a": 3, "b": 2, "c": 1}, spread(4)])
def test_a_share_that_is_not_safe_is_not_shown(by_organisation: dict[str, int]) -> None:
    n = sum(by_organisation.values())
    for yes in range(n + 1):
        assert show_share(yes, n, by_organisation, POLICY) == NOT_SHOWN


@pytest.mark.parametrize(("yes", "n", "organisations"), [(-1, 5, 5), (6, 5, 5), (2, 5, 4)])
def test_counts_that_contradict_each_other_are_refused(yes: int, n: int, organisations: int) -> None:
    with pytest.raises(CountError):
        show_share(yes, n, spread(organisations), POLICY)


def said(*answers: dict[Aspect, bool]) -> list[OpenedExperience]:
    """One person of an organisation of their own each."""
    return [OpenedExperience(f"o{number}", one) for number, one in enumerate(answers)]


def test_everybody_is_one_cell_and_the_rule_holds_question_by_question() -> None:
    people = said(
        *[{Aspect.CLEAR: True, Aspect.SAFE: False}] * 4, {Aspect.CLEAR: True}, {Aspect.CLEAR: False}
    )
    built = build_experience(people, asked=9, policy=POLICY)
    assert (built.asked, built.answers) == (9, 6)
    assert [item.question for item in built.items] == list(QUESTIONS.values())
    assert [item.share for item in built.items] == [ShownShare(60, 100), NOT_SHOWN]


@pytest.mark.parametrize(
    "people",
    [
        [],
        said(*[{Aspect.CLEAR: True, Aspect.SAFE: True}] * 4),
        [OpenedExperience("a", {Aspect.CLEAR: True, Aspect.SAFE: True})] * 9,
        # Six people, but of each question fewer than five.
        said(*[{Aspect.CLEAR: True}] * 3, *[{Aspect.SAFE: True}] * 3),
        # An answer that says nothing is nobody's.
        said(*[{Aspect.CLEAR: True}] * 4, {}, {}),
    ],
)
def test_what_is_not_shown_looks_the_same_for_every_reason(people: list[OpenedExperience]) -> None:
    built = build_experience(people, asked=20, policy=POLICY)
    assert built == without_shares(built)
    assert built == build_experience([], asked=20, policy=POLICY)
    assert {item.share.text for item in built.items} == {NOT_SHOWN_TEXT}


def test_a_raised_k_hides_more() -> None:
    people = said(*[{Aspect.CLEAR: True}] * 6)
    assert build_experience(people, asked=9, policy=DisclosurePolicy(k=7)).answers is None


def experience(
    answers: int | None = 12,
    clear: DisplayedShare = NOT_SHOWN,
    safe: DisplayedShare = NOT_SHOWN,
    asked: int = 40,
) -> ReportExperience:
    built = build_experience([], asked=asked, policy=POLICY)
    first, second = built.items
    return replace(built, answers=answers, items=(replace(first, share=clear), replace(second, share=safe)))


def findings(of: ReportExperience, policy: DisclosurePolicy = POLICY) -> str:
    return " ".join(audit([], policy, of).result.findings)


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([True, False, None]), st.booleans())),
    st.integers(5, 8),
)
def test_every_honest_experience_passes_the_audit(
    people: list[tuple[str, bool | None, bool]], k: int
) -> None:
    policy = DisclosurePolicy(k=k)
    opened = [
        OpenedExperience(name, {Aspect.SAFE: safe, **({} if clear is None else {Aspect.CLEAR: clear})})
        for name, clear, safe in people
    ]
    built = build_experience(opened, asked=len(people), policy=policy)
    found = audit([], policy, built).result
    assert found.holds
    assert found.figures == sum(item.share != NOT_SHOWN for item in built.items)


@pytest.mark.parametrize(
    "share", [ShownShare(0, 0), ShownShare(100, 100), ShownShare(50, 50), ShownShare(25, 25)]
)
def test_an_exact_share_is_caught(share: ShownShare) -> None:
    assert "is not one that its number of answers may be shown as" in findings(experience(12, safe=share))


def test_a_unanimous_share_is_caught_as_what_it_tells() -> None:
    assert "lets an outsider know the answer of somebody" in findings(experience(12, safe=ShownShare(0, 0)))


def test_a_band_that_only_an_insider_can_use_is_caught() -> None:
    # At most one of nine: whoever said yes knows that nobody else did.
    words = findings(experience(9, safe=ShownShare(0, 20)))
    assert "lets an insider know the answer of somebody else" in words
    assert "outsider" not in words


@pytest.mark.parametrize(
    "share",
    [ShownShare(0, 30), ShownShare(0, 20), ShownShare(20, 80), ShownShare(0, 60), ShownShare(40, 100)],
)
def test_the_bands_of_larger_numbers_are_caught_on_nine(share: ShownShare) -> None:
    assert "is not one that its number of answers may be shown as" in findings(experience(9, clear=share))


def test_bands_of_four_people_are_caught() -> None:
    words = findings(experience(4, safe=ShownShare(0, 40)))
    assert "The review itself: fewer than 5 people are shown." in words
    assert "fewer than 7" in findings(experience(6, safe=ShownShare(0, 40)), DisclosurePolicy(k=7))


def test_a_number_that_stands_where_nothing_is_shown_is_caught() -> None:
    assert "says or hides how many answered" in findings(experience(12))
    assert "says or hides how many answered" in findings(experience(None, safe=ShownShare(0, 30)))
    assert "more people answered than were asked" in findings(experience(12, safe=ShownShare(0, 30), asked=9))


def test_a_release_hides_the_shares_that_offend_and_nothing_else() -> None:
    ballots = [*ballots_of(VOLUNTARY, [1] * 9), *ballots_of(PRIME, [1])]
    honest = release_of(ballots, groups=(PRIME, VOLUNTARY))
    unsafe = experience(9, clear=ShownShare(60, 100), safe=ShownShare(0, 0))
    release = settle(lambda _merged: honest.parts, POLICY, {}, unsafe)
    assert release.parts == honest.parts
    assert release.experience == without_shares(unsafe)
    assert release.audit == honest.audit


def test_beside_parts_that_show_nobody_no_share_is_shown() -> None:
    nothing = release_of(ballots_of(VOLUNTARY, [1] * 4), groups=(VOLUNTARY,)).parts
    safe = experience(9, clear=ShownShare(60, 100))
    assert settle(lambda _merged: nothing, POLICY, {}, safe).experience == without_shares(safe)


def test_only_the_main_report_holds_it() -> None:
    ballots = ballots_of(VOLUNTARY, [1] * 9)
    release = replace(
        release_of(ballots, groups=(VOLUNTARY,)), experience=experience(9, clear=ShownShare(60, 100))
    )
    (part,) = release.parts
    on_partner = replace(part, subject="partner:p1")
    reports = assemble_all(report_samples.facts(), replace(release, parts=(part, on_partner)), {})
    assert {subject: report.experience for subject, report in reports.items()} == {
        "": release.experience,
        "partner:p1": None,
    }


class TestASnapshot:
    report = report_samples.northern_bridge()
    before = replace(report, schema_version=1, experience=None)

    def test_survives_the_round_trip_and_always_has_the_same_bytes(self) -> None:
        content = report_to_bytes(self.report)
        assert report_from_bytes(content) == self.report
        assert json.loads(content)["experience"]["items"][0] == {
            "aspect": "clear",
            "question": "Were the questions clear?",
            "share": {"high": 100, "low": 80},
        }

    def test_of_before_is_read_and_keeps_its_bytes_and_its_fingerprint(self) -> None:
        content = report_to_bytes(replace(self.report, schema_version=1))
        assert b'"experience"' not in content
        read = report_from_bytes(content)
        assert read == self.before
        assert report_to_bytes(read) == content
        assert digest(read) == digest(self.before)

    def test_of_before_that_claims_an_experience_is_refused(self) -> None:
        document = json.loads(report_to_bytes(self.report)) | {"schema_version": 1}
        with pytest.raises(MalformedDocumentError, match="version 1 does not have"):
            report_from_bytes(json.dumps(document).encode())

    def test_of_today_without_it_is_refused(self) -> None:
        document = json.loads(report_to_bytes(self.report))
        del document["experience"]
        with pytest.raises(MalformedDocumentError):
            report_from_bytes(json.dumps(document).encode())

    def test_of_a_release_of_before_is_read(self) -> None:
        release = replace(release_of(ballots_of(VOLUNTARY, [1] * 9)), schema_version=1)
        content = release_to_bytes(release)
        assert b'"experience"' not in content
        assert release_to_bytes(release_from_bytes(content)) == content


def test_the_csv_ends_with_a_row_for_each_question() -> None:
    rows = list(csv.reader(StringIO(to_csv(report_samples.northern_bridge()).decode("utf-8-sig"))))
    start, ending = (
        ("The review itself", "review", ""),
        ("", "Everyone who answered", "everyone", "share", "yes"),
    )
    no_number = ("", "", "")
    assert [tuple(row) for row in rows[-2:]] == [
        (*start, "clear", "Were the questions clear?", *ending, "8 in 10 or more said yes", *no_number),
        (
            *(*start, "safe", "Did you feel safe to answer honestly?", *ending),
            "More than 2 and fewer than 8 in 10 said yes",
            *no_number,
        ),
    ]


def test_the_view_says_how_many_were_asked_and_answered_and_the_rule() -> None:
    view = experience_view(experience(12, clear=ShownShare(70, 100)), k=5)
    assert view is not None
    assert view.asked == "40 people were asked, and 12 answered."
    assert [(row.text, row.is_shown) for row in view.rows] == [
        ("7 in 10 or more said yes", True),
        (NOT_SHOWN_TEXT, False),
    ]
    assert view.bands == (
        "The limits are 4 and 6 in 10 for 5 to 9 answers, 3 and 7 in 10 for 10 to 19 answers and 2 and 8 in 10 for 20 "
        "answers or more."
    )


def test_the_view_gives_no_number_where_nothing_is_shown_and_starts_at_a_raised_k() -> None:
    view = experience_view(experience(None), k=12)
    assert view is not None
    assert view.asked == "40 people were asked."
    assert (
        view.bands
        == "The limits are 3 and 7 in 10 for 12 to 19 answers and 2 and 8 in 10 for 20 answers or more."
    )


def test_where_nobody_could_be_asked_there_are_no_rows() -> None:
    view = experience_view(build_experience([], asked=0, policy=POLICY), k=5)
    assert view is not None and view.rows == ()


@pytest.mark.parametrize(
    "one", [BOTH, Experience.empty(), Experience({Aspect.SAFE: True}), Experience({Aspect.CLEAR: False})]
)
def test_an_experience_survives_its_envelope(one: Experience) -> None:
    assert from_envelope(envelope(one, "vcs", "p1"), "vcs", "p1") == one


@pytest.mark.parametrize(
    "content",
    [
        envelope(BOTH, "private", "p1"),
        envelope(BOTH, "vcs", "p2"),
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"experience":{"clear":1},"group":"vcs","organisation":"p1"}',
        b'{"experience":{"other":true},"group":"vcs","organisation":"p1"}',
        b'{"experience":[],"group":"vcs","organisation":"p1"}',
        # A ballot of the same person.
        b'{"subject":"prime","group":"vcs","organisation":"p1","answers":"{}"}',
    ],
)
def test_what_is_no_experience_of_this_person_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenSealError):
        from_envelope(content, "vcs", "p1")


def test_nothing_that_is_printed_says_what_somebody_said() -> None:
    assert "True" not in f"{BOTH!r} {OpenedExperience('o1', {Aspect.SAFE: True})!r}"


@pytest.mark.parametrize("render", [render_page_body, render_pdf_html])
def test_page_and_pdf_show_it_in_the_appendix(render: Callable[[Report, str, Environment], str]) -> None:
    environment = pdf_environment(template_folder())
    html = " ".join(render(report_samples.northern_bridge(), report_samples.DIGEST, environment).split())
    assert html.count("Was this review clear and safe to answer?") == 2  # in the contents, and as a heading
    assert '<th scope="row">Were the questions clear?</th> <td>8 in 10 or more said yes</td>' in html
    assert "41 people were asked, and 24 answered." in html
    before = replace(report_samples.northern_bridge(), schema_version=1, experience=None)
    assert "clear and safe" not in render(before, report_samples.DIGEST, environment)
    hidden = replace(before, schema_version=2, experience=without_shares(report_samples.experience()))
    html = " ".join(render(hidden, report_samples.DIGEST, environment).split())
    assert html.count(f'<td class="report-not-shown">{NOT_SHOWN_TEXT}</td>') == 2
    assert "24 answered" not in html
    nobody = replace(hidden, experience=build_experience([], asked=0, policy=POLICY))
    assert "Nobody could be asked" in render(nobody, report_samples.DIGEST, environment)
