"""What a workshop pack says and when: minutes that add up, displayed figures alone, ballots that name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.aggregate import OpenedBallot
from reports.conclusions import FindingKind
from reports.model import NOT_SHOWN, CycleFacts, Report
from reports.pack import PackPart, pack_view, render_pack_html
from reports.pack_cards import BALLOTS_ON_A_SHEET, ballot_sheets
from reports.pack_meeting import Meeting, Topic
from reports.pack_script import script_of, shared_out, spare_time
from reports.pack_words import question
from reports.release import assemble
from reports.render import pdf_environment
from review_app.layout import template_folder
from surveys.practices import practices
from surveys.workshop import TopicKind
from tests import honest_reports
from tests.counted_chains import PRIME, PRIVATE, VOLUNTARY, ballots_of, release_of

LABELS = ("Never", "Rarely", "Sometimes", "Usually", "Always")
FACTS = CycleFacts(
    "r1", "Review", "The North", "Alder Ltd", "small", 1, "Small", LABELS, "2026-01-01", "2026-02-01", "Sam Steward",
    "two_key", 5, 3, 8, 10,
)  # fmt: skip
BEGINS = datetime(2027, 6, 12, 10, 0, tzinfo=ZoneInfo("Europe/London"))
PAID = tuple(f"Partner {number}" for number in range(1, 8))
PAYING = ("Northern Bridge", "The Department")


def topic_on(question_id: str, subject: str = "prime", minutes: int = 20, **changes: object) -> Topic:
    topic = Topic(
        title=f"About {question_id}",
        reason="Because it matters.",
        minutes=minutes,
        kind=TopicKind.FINDING,
        finding_id=f"concern:{subject}:{question_id}",
        subject=subject,
        question_id=question_id,
        practices=(),
    )
    return replace(topic, **changes)  # type: ignore[arg-type]  # named as the fields are


def meeting_on(topics: Sequence[Topic], **changes: object) -> Meeting:
    meeting = Meeting(
        title="Reading the report together",
        chain="The North",
        prime="Alder Ltd",
        when="12 June 2027, 10:00am to 12:30pm",
        begins_at=BEGINS,
        minutes=150,
        place="Town Hall",
        dots=5,
        topics=tuple(topics),
        paid=PAID,
        paying=PAYING,
    )
    return replace(meeting, **changes)  # type: ignore[arg-type]  # named as the fields are


def html_of(meeting: Meeting, report: Report) -> str:
    return render_pack_html(pack_view(meeting, report), list(PackPart), pdf_environment(template_folder()))


def four_silent(rating: int) -> list[OpenedBallot]:
    """Two groups of nine; of one, four people alone answered the first statement, with this rating."""
    answered = ballots_of(PRIVATE, (3, 3, 3), 3)
    few = [
        replace(ballot, ratings={**ballot.ratings, "q1": rating})
        if place < 4
        else replace(ballot, ratings={id_: value for id_, value in ballot.ratings.items() if id_ != "q1"})
        for place, ballot in enumerate(ballots_of(VOLUNTARY, (3, 3, 3), 3))
    ]
    return [*ballots_of(PRIME, (1,), 4), *answered, *few]


def test_a_pack_of_answers_that_differ_where_nothing_is_shown_is_the_same_to_the_last_byte() -> None:
    first, second = (assemble(FACTS, release_of(four_silent(rating)), {}) for rating in (1, 5))
    items = {
        item.question_id: item for part in first.parts for section in part.sections for item in section.items
    }
    assert items["q1"].values[VOLUNTARY.id] == NOT_SHOWN
    meeting = meeting_on([topic_on("q1"), topic_on("q2")])
    made = html_of(meeting, first)
    assert made == html_of(meeting, second)
    shown = assemble(FACTS, release_of([*four_silent(1), *ballots_of(VOLUNTARY, (3, 3, 3), 5)]), {})
    assert made != html_of(meeting, shown)
    assert made.count("Not shown, to protect the people who answered") >= 1
    # In the slide's chart and the handout's.
    assert made.count(">Not shown</text>") == 2


def test_every_voice_of_the_report_is_in_the_figure_with_its_words() -> None:
    report = honest_reports.northern_bridge()
    part = report.parts[0]
    item = part.sections[0].items[0]
    view = pack_view(meeting_on([topic_on(item.question_id, part.subject)]), report)
    figure = view.topics[0].figure
    assert figure is not None and figure.wording == item.wording
    titles = [row.column.title for row in figure.rows]
    assert titles == [*(group.title for group in part.groups), "All partners together"]
    assert [row.cell.text for row in figure.rows[:-1]] == [
        item.values[group.id].text for group in part.groups
    ]
    assert figure.rows[-1].cell.text == item.everyone.text
    for row in figure.rows:
        assert (row.cell.text if row.cell.is_shown else "Not shown") in figure.chart.description
        assert row.cell.words in figure.chart.description


def test_the_practices_stand_in_full_and_a_topic_of_ones_own_has_no_figure() -> None:
    report = honest_reports.northern_bridge()
    item = report.parts[0].sections[0].items[0]
    found, own = pack_view(
        meeting_on([topic_on(item.question_id), topic_on("", "", kind=TopicKind.OWN, finding_id="")]), report
    ).topics
    assert [(one.id, one.text) for one in found.practices] == [
        (id_, practices()[id_].text) for id_ in item.practices
    ]
    assert own.figure is None and own.practices == () and own.question


def test_a_report_on_one_partner_is_in_no_pack() -> None:
    view = pack_view(meeting_on([topic_on("q1", "partner:p1")]), honest_reports.northern_bridge())
    assert view.topics[0].figure is None


@given(st.integers(12, 240))
def test_the_steps_of_a_topic_add_up_and_none_is_empty(minutes: int) -> None:
    parts = shared_out(minutes)
    assert sum(parts) == minutes and min(parts) >= 1 and len(parts) == 6


@given(st.integers(0, 300), st.integers(30, 480))
def test_opening_break_and_closing_add_up(spare: int, whole: int) -> None:
    opening, pause, closing = spare_time(spare, whole)
    assert opening + pause + closing == spare and min(opening, pause, closing) >= 0


@pytest.mark.parametrize("lengths", [(20, 20, 20), (15,), (5, 40, 12), (130,), (25, 25, 25, 25, 20)])
def test_the_clock_times_of_a_script_follow_one_another_to_the_end(lengths: tuple[int, ...]) -> None:
    meeting = meeting_on([topic_on(f"q{place}", minutes=minutes) for place, minutes in enumerate(lengths)])
    steps = [step for chapter in script_of(meeting).chapters for step in chapter.steps]
    assert steps[0].begins == "10:00am" and steps[-1].ends == "12:30pm"
    assert all(before.ends == after.begins for before, after in pairwise(steps))
    assert sum(step.minutes for step in steps) == meeting.minutes
    assert script_of(meeting).warning == ""


def test_topics_that_take_too_long_are_said() -> None:
    meeting = meeting_on([topic_on("q1", minutes=200)])
    assert script_of(meeting).warning.startswith("The topics take 50 minutes more than the workshop has.")
    one = meeting_on([topic_on("q1", minutes=151)])
    assert script_of(one).warning.startswith("The topics take 1 minute more")


def test_the_order_is_write_reveal_group_talk_vote_decide() -> None:
    meeting = meeting_on([topic_on("q1")])
    topic = next(chapter for chapter in script_of(meeting).chapters if chapter.title.startswith("Topic 1"))
    assert [step.title for step in topic.steps] == [
        "Look", "Write alone", "Reveal and group", "Talk", "Vote with dots", "Decide",
    ]  # fmt: skip
    vote = topic.steps[4]
    assert "those who are paid" in vote.do and "Votes are secret" in vote.say


def test_a_ballot_names_an_organisation_on_its_stub_alone_and_those_who_are_paid_come_first() -> None:
    meeting = meeting_on([topic_on("q1"), topic_on("q2")])
    sheets = ballot_sheets(meeting)
    for number in (1, 2):
        of_topic = [sheet for sheet in sheets if sheet.number == number]
        assert [name.name for sheet in of_topic for name in sheet.ballots] == [*PAID, *PAYING]
        assert [sheet.is_first for sheet in of_topic] == [True, True, False]
    assert all(len(sheet.ballots) <= BALLOTS_ON_A_SHEET and len(sheet.dots) == 5 for sheet in sheets)
    html = html_of(meeting, honest_reports.northern_bridge())
    for ballot in html.split('class="ballot"')[1:]:
        kept = ballot.split('class="ballot-main"')[1].split("</section>")[0]
        assert not [name for name in (*PAID, *PAYING) if name in kept.split('class="ballot"')[0]]


@pytest.mark.parametrize("kind", list(FindingKind))
def test_every_kind_of_finding_opens_with_a_question(kind: FindingKind) -> None:
    asked = question(topic_on("q1", finding_id=f"{kind}:prime:q1"), "Alder Ltd")
    assert asked.endswith("?") and "%" not in asked
    assert question(topic_on("q1", kind=TopicKind.PROMISE), "Alder Ltd").startswith("Was this done?")


def test_the_clock_goes_on_past_noon_and_midnight() -> None:
    meeting = meeting_on([topic_on("q1", minutes=30)], begins_at=BEGINS + timedelta(hours=13), minutes=90)
    assert script_of(meeting).chapters[0].begins == "11:00pm"
    assert script_of(meeting).chapters[-1].ends == "12:30am"
