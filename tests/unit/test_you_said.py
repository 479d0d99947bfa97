"""“You said, we did”: what was said in the report's own words, and everything that followed or will not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from reports.language import speaking
from reports.model import Report
from reports.render import pdf_environment, render_you_said_html
from reports.said import Origin, found_in, what_was_said
from reports.timeline import NARROW, WIDE, Due, MarkKind, timeline
from reports.you_said import Done, Exchange, Settled, Told, YouSaid, you_said
from review_app.languages import tongue
from review_app.layout import template_folder
from surveys.improvement import ActionState
from surveys.language import Language
from surveys.workshop import Outcome
from tests import conclusion_samples
from tests.report_samples import PRIME

TODAY = date(2027, 3, 1)
LONG = "A long name of an action " * 4
CASH = Origin("concern:prime:cash-flow", "prime", "cash-flow")
ACCOUNTS = Origin("", "prime", "open-accounts")


def done(number: int, state: ActionState, **fields: object) -> Done:
    whole: dict[str, object] = {
        "title": f"Action {number}",
        "for_whom": "Every partner",
        "owners": (PRIME,),
        "due": date(2027, 4, 1),
        "is_overdue": False,
        "origin": Origin(),
        **fields,
    }
    return Done(number=number, state=state, **whole)  # type: ignore[arg-type]


def told() -> Told:
    settled = (
        Settled("t1", "Paying", CASH, Outcome.DECIDED, "Invoices are paid each week.", ""),
        Settled("t2", "One office", Origin(), Outcome.WONT, "", "It costs too much."),
        Settled("t3", "A newsletter", Origin(), Outcome.PARKED, "", ""),
    )
    actions = (
        done(1, ActionState.VERIFIED, topic_id="t1", files=2, links=1, verified_by="Tyne Steps"),
        done(2, ActionState.NOT_FELT, origin=CASH),
        done(3, ActionState.DECLINED, origin=ACCOUNTS, reason="Our auditors forbid it."),
        done(4, ActionState.IN_PROGRESS, origin=ACCOUNTS, is_overdue=True, due=date(2027, 2, 1)),
        done(5, ActionState.PROPOSED),
        done(6, ActionState.DONE, files=1),
    )
    return Told(conclusion_samples.first_review(), settled, actions)


@pytest.fixture
def said() -> YouSaid:
    return you_said("Pathways North", [told()], TODAY)


def exchanges(said: YouSaid) -> dict[str, Exchange]:
    return {
        exchange.title: exchange
        for round_ in said.rounds
        for chapter in round_.chapters
        for exchange in chapter.exchanges
    }


def wording(report: Report, question_id: str) -> str:
    return what_was_said(report, Origin("", "prime", question_id))[0]


def test_topics_and_actions_of_one_statement_stand_together_under_its_element(said: YouSaid) -> None:
    report = conclusion_samples.first_review()
    (round_,) = said.rounds
    elements = [section.title for part in report.parts for section in part.sections]
    *first, last = [chapter.title for chapter in round_.chapters]
    assert first == sorted(first, key=elements.index) and last == "What else was talked about"
    cash = exchanges(said)[wording(report, "cash-flow")]
    assert cash.decided == ("Invoices are paid each week.",)
    assert [action.number for action in cash.done] == [1]
    assert [action.number for action in cash.not_felt] == [2]
    assert cash.done[0].more == (
        "For whom: Every partner.",
        f"Who does it: {PRIME}.",
        "What shows it: 2 files and 1 link.",
        "Tyne Steps verified it.",
    )
    assert len({exchange.anchor for exchange in exchanges(said).values()}) == len(exchanges(said))


def test_what_was_said_is_the_finding_in_the_words_of_its_report(said: YouSaid) -> None:
    report = conclusion_samples.first_review()
    assert exchanges(said)[wording(report, "cash-flow")].said == what_was_said(report, CASH)[1]
    figures = [re.findall(r"\d\.\d", exchange.said) for exchange in exchanges(said).values()]
    shown = {
        value.text
        for part in report.parts
        for section in part.sections
        for item in section.items
        for value in (item.everyone, *item.values.values())
    }
    assert all(any(figure in text for text in shown) for found in figures for figure in found)
    for finding in found_in(report):
        assert (finding.statement, finding.sentence) == what_was_said(
            report, Origin(finding.id, finding.subject, finding.question_id)
        )
    assert what_was_said(report, Origin("", "prime", "not-asked")) == ("", "")
    assert what_was_said(report, Origin("", "partner:p4", "cash-flow")) == ("", "")


def test_what_will_not_be_done_and_what_is_open_are_said_with_their_reasons(said: YouSaid) -> None:
    found = exchanges(said)
    accounts = found[wording(conclusion_samples.first_review(), "open-accounts")]
    assert accounts.declined[0].more[-1] == "Why not: Our auditors forbid it."
    assert accounts.still_open[0].is_overdue
    assert "It was due on 1 February 2027 and is late." in accounts.still_open[0].more
    assert found["One office"].wont == ("It costs too much.",)
    assert not found["A newsletter"].is_settled
    assert [action.number for action in found["Other actions"].still_open] == [5]
    assert said.summary == (
        "4 actions were agreed.",
        "Done and verified by another organisation: 1.",
        "Done, and not verified yet: 1.",
        "Done, but not felt by those whom it was for: 1.",
        "Still open: 1.",
        "Proposed, and not accepted yet: 1.",
        "Late: 1.",
        "Will not be done: 1.",
    )


def test_what_was_settled_twice_is_dated_and_the_newest_comes_first() -> None:
    spring, autumn = (
        {"workshop": f"The {season} workshop", "settled_at": datetime(2027, month, 3, 10, tzinfo=UTC)}
        for season, month in (("spring", 4), ("autumn", 10))
    )
    settled = (
        Settled("t1", "Paying", CASH, Outcome.DECIDED, "Invoices are paid each week.", "", **spring),  # type: ignore[arg-type]  # named as the fields are
        Settled("t2", "Paying", CASH, Outcome.DECIDED, "Twice a month.", "", **autumn),  # type: ignore[arg-type]  # the same
        Settled("t3", "Paying", CASH, Outcome.PARKED, "", "", **autumn),  # type: ignore[arg-type]  # the same
    )
    page = you_said("Pathways North", [Told(conclusion_samples.first_review(), settled, ())], TODAY)
    (found,) = exchanges(page).values()
    assert found.decided == (
        "On 3 October 2027, at “The autumn workshop”: Twice a month.",
        "Earlier, on 3 April 2027, at “The spring workshop”: Invoices are paid each week.",
    )


def test_a_review_of_which_nothing_came_is_left_out() -> None:
    report = conclusion_samples.first_review()
    empty = you_said("Pathways North", [Told(report, (), ())], TODAY)
    assert empty.is_empty and empty.summary == ()
    later = replace(report, facts=replace(report.facts, title="Later"))
    both = you_said("Pathways North", [Told(later, (), ()), told()], TODAY)
    assert [round_.title for round_ in both.rounds] == [report.facts.title]


def test_what_people_wrote_is_text_and_the_welsh_page_leaves_none_of_ours_in_english(said: YouSaid) -> None:
    hostile = done(7, ActionState.PROPOSED, title="<script>alert(1)</script> {{ 7 * 7 }}")
    page = render_you_said_html(
        you_said("Pathways North", [replace(told(), actions=(hostile,))], TODAY),
        pdf_environment(template_folder()),
    )
    assert "<script" not in page and "{{ 7 * 7 }}" in page
    welsh = tongue(Language.WELSH)
    with speaking(welsh):
        page = render_you_said_html(
            you_said("Pathways North", [told()], TODAY), pdf_environment(template_folder(), welsh)
        )
    for text in (
        "You said",
        "What was",
        "We won’t",
        "Still open",
        "Who does it",
        "files",
        "closed on",
    ):
        assert text not in page, text
    assert "Beth ddywedoch chi" in page and 'lang="cy"' in page


def test_a_timeline_lays_no_words_on_others_and_marks_what_is_late_by_shape() -> None:
    dues = [
        *(Due(date(2027, 1, 27), f"{number} {LONG}", MarkKind.AHEAD) for number in range(9)),
        Due(date(2026, 11, 27), "Late", MarkKind.LATE),
        Due(date(2026, 11, 29), "Declined", MarkKind.LET_BE),
        Due(date(2028, 1, 1), "Reached", MarkKind.REACHED),
    ]
    for width in (NARROW, WIDE):
        line = timeline(dues, date(2026, 11, 28), width)
        places = [mark.y for mark in line.marks]
        assert all(later - earlier >= 19.9 for earlier, later in pairwise(places))
        assert all(not line.today_y - 12 < mark.y - 4 < line.today_y + 8 for mark in line.marks)
        assert (
            len({mark.path[:1] + mark.path[-12:] for mark in line.marks if mark.kind is not MarkKind.AHEAD})
            == 3
        )
        assert [month.first for month in line.months][:3] == ["2026-11-01", "2026-12-01", "2027-01-01"]
        assert line.months[-1].first == "2028-02-01" and line.height > max(places)
    assert any(mark.text.endswith("…") for mark in timeline(dues, date(2026, 11, 28), NARROW).marks)
