from __future__ import annotations

from dataclasses import replace

import pytest

from reports.conclusions import Previous
from reports.model import NOT_SHOWN, Band, GroupKind, Report, ShownDistribution, ShownShare
from reports.part_view import PartView
from reports.view import view_model
from surveys.publication import CountedBy
from tests import conclusion_samples, report_samples, rich_sample
from tests.conclusion_samples import with_items
from tests.report_samples import DIGEST


@pytest.fixture(scope="module")
def second() -> Report:
    return conclusion_samples.second_review()


def test_figures_are_numbered_in_the_order_of_reading_and_all_listed(second: Report) -> None:
    view = view_model(second, DIGEST)
    assert view.contents is not None
    numbers = [number for part in view.parts for number in _numbers(part)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [entry.anchor for entry in view.contents.figures] == [f"figure-{number}" for number in numbers]
    assert view.contents.figures[3].title == "Figure 4: Partners cannot see two of the 23 practices"


def test_the_widest_gap_of_an_element_comes_first() -> None:
    overview = _part(rich_sample.rich()).overview
    assert overview is not None
    differences = [row.difference for row in overview.rows]
    assert differences == ["1.5 higher", "1.5 higher", "0.5 higher", "about the same"]


def test_the_statements_of_the_gaps_lead_to_their_tables(second: Report) -> None:
    gaps = _part(second).gaps
    assert gaps is not None
    assert [row.link.anchor for row in gaps.rows if row.link][:2] == ["statement-2", "statement-8"]


def test_what_could_not_be_seen_is_listed_from_the_highest_share_and_each_statement_has_its_band(
    second: Report,
) -> None:
    opacity = _part(second).opacity
    assert opacity is not None
    assert [(row.link.number, row.share) for row in opacity.rows] == [
        (17, "7 in 10 or more"),
        (2, "6 in 10 or more"),
    ]
    assert [band.share for band in opacity.bands] == [
        "7 in 10 or more",
        "6 in 10 or more",
        "3 in 10 or fewer",
    ]
    assert sum(len(band.links) for band in opacity.bands) == 23


def test_a_part_of_which_no_share_is_shown_has_no_figure_of_it(second: Report) -> None:
    prime = with_items(second.parts[0], lambda item: replace(item, not_seen=NOT_SHOWN))
    assert _part(replace(second, parts=(prime,))).opacity is None


@pytest.mark.parametrize(
    ("share", "title"),
    [
        (ShownShare(0, 30), "Most partners can see each of the 23 practices"),
        # It may be more than half, and it may be less.
        (ShownShare(30, 70), "No practice is certain to be out of sight for half of the partners"),
        (ShownShare(70, 100), "Partners cannot see 23 of the 23 practices"),
    ],
)
def test_the_title_says_no_more_of_what_is_in_sight_than_the_bands_do(
    second: Report, share: ShownShare, title: str
) -> None:
    prime = with_items(second.parts[0], lambda item: replace(item, not_seen=share))
    opacity = _part(replace(second, parts=(prime,))).opacity
    assert opacity is not None
    assert opacity.title == title
    assert len(opacity.rows) == (23 if share.low else 0)


def test_an_element_is_compared_over_the_statements_that_have_a_figure_both_times(second: Report) -> None:
    change = _part(second).change
    assert change is not None
    assert change.title == "Since the last time one of four elements became better, and none worse"
    payment = next(row for row in change.rows if row.element == "Fair contracts and payments")
    assert (payment.before.text, payment.now.text, payment.change, payment.compared) == (
        "2.5",
        "3.0",
        "better",
        "4 statements",
    )


def test_a_statement_says_what_became_of_it_and_what_the_code_asks(second: Report) -> None:
    rows = {row.number: row.notes for element in _part(second).elements for row in element.table.rows}
    assert rows[16].change == "Better than the last time, when it was 3.0."
    assert rows[16].is_change
    assert rows[11].change == "Worse than the last time, when it was 3.5."
    assert rows[6].change == "About the same as the last time."
    assert not rows[6].is_change
    assert rows[2].unseen == "6 in 10 or more could not see it."
    assert [(note.id, note.text) for note in rows[1].practices] == [("P2a.1", "Contracts are open")]


def test_a_first_review_says_nothing_of_a_change() -> None:
    part = _part(conclusion_samples.first_review())
    assert part.change is None
    assert part.no_change == ""
    assert not [row for element in part.elements for row in element.table.rows if row.notes.change]


@pytest.mark.parametrize(
    ("too_few", "words"),
    [(("prime",), "too few answered, then or now"), ((), "no element has two statements")],
)
def test_a_change_that_cannot_be_told_is_said_to_be_so_and_why(too_few: tuple[str, ...], words: str) -> None:
    report = conclusion_samples.first_review()
    last = Previous("PN-2025-1", "Review of autumn 2025", "2025-10-24", DIGEST, too_few)
    part = _part(replace(report, previous=last))
    assert part.change is None
    assert words in part.no_change


def test_spreads_are_shown_with_their_bands_for_each_point(second: Report) -> None:
    [spread] = [element.spread for element in _part(second).elements if element.spread]
    assert spread.title.startswith("On one statement a group is divided")
    [row] = spread.rows
    assert row.group == "Other parties"
    assert len(row.bands) == len(spread.key) == 5
    assert all("%" in band for band in row.bands)


def test_the_bands_of_a_spread_are_in_the_text_of_its_picture() -> None:
    bands = (Band(0, 20), Band(0, 20), Band(20, 80), Band(0, 20), Band(0, 20))
    report = conclusion_samples.first_review()
    prime = with_items(
        report.parts[0], lambda item: replace(item, distributions={"other": ShownDistribution(bands)})
    )
    row = next(
        row
        for element in _part(replace(report, parts=(prime,))).elements
        if element.spread
        for row in element.spread.rows
    )
    assert "Sometimes: 20 to under 80 %" in row.bar.alt


def test_a_reply_stands_with_the_element_of_its_finding(second: Report) -> None:
    replies = {element.title: element.replies for element in _part(second).elements}
    [reply] = replies["Being open and working together"]
    assert (reply.finding, reply.link.number, reply.words.by) == ("Concerns", 2, report_samples.PRIME)
    assert not replies["Fair contracts and payments"]


def test_one_voice_for_each_organisation_is_said_wherever_people_are_counted(second: Report) -> None:
    facts = replace(second.facts, counted_by=CountedBy.ORGANISATION)
    part = _part(replace(second, facts=facts))
    assert "32 of the 41 organisations that were asked answered, each with one voice" in part.answered
    assert {column.note for column in part.columns} >= {"9 organisations", "32 organisations"}


def test_few_answers_are_read_with_care(second: Report) -> None:
    prime = replace(second.parts[0], received=8)
    assert _part(replace(second, parts=(prime,))).caution.startswith("Read these figures with care")


def test_the_report_on_a_buyer_compares_its_own_view_with_the_primes_and_keeps_averages_apart() -> None:
    view = view_model(rich_sample.on_a_buyer(), DIGEST)
    partner, suppliers = view.parts
    assert partner.overview is not None
    assert partner.overview.heads == ("Tyne Steps, own view", report_samples.PRIME)
    assert [column.title for column in partner.columns][2:] == [
        "Partners on themselves, on average",
        "The prime on its partners, on average",
    ]
    assert len({column.icon.alt for column in partner.columns}) == 4
    assert suppliers.heading == "How Tyne Steps works with its own subcontractors"
    assert [column.title for column in suppliers.columns] == [
        "Subcontractors of Tyne Steps",
        "All partners together",
    ]


def test_no_average_counts_as_a_group_whose_people_answered() -> None:
    report = rich_sample.on_a_buyer()
    averages = [group for group in report.parts[0].groups if group.kind is GroupKind.AVERAGE]
    columns = {column.group_id: column for column in _part(report).columns}
    assert all(columns[group.id].answers is None for group in averages)


def _part(report: Report) -> PartView:
    return view_model(report, DIGEST).parts[0]


def _numbers(part: PartView) -> list[int]:
    figures = (part.overview, part.heat_map, part.gaps, part.opacity, part.change)
    return [
        figure.number
        for figure in (*figures, *(element.spread for element in part.elements))
        if figure is not None
    ]
