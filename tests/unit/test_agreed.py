"""What was agreed, beside what changed: figures that the report has anyway, and words that claim no more."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from reports import concluding, reconclude
from reports.agreed import beside
from reports.agreed_view import agreed_view
from reports.certificate import certify
from reports.conclusions import ActionVerdict
from reports.errors import MalformedDocumentError
from reports.model import NOT_SHOWN, Report, Shown
from reports.serial import digest, report_from_bytes, report_to_bytes
from reports.sides import items_of
from reports.view import view_model
from reports.xlsx import to_xlsx
from surveys.improvement import ActionState
from tests import conclusion_samples
from tests.report_samples import PRIME, figure


@pytest.fixture
def report() -> Report:
    return conclusion_samples.followed_up()


def faults(report: Report) -> tuple[list[str], list[str]]:
    """What either way of working it out again finds wrong."""
    previous = conclusion_samples.first_review()
    raw = [json.loads(report_to_bytes(one)) for one in (report, previous)]
    return [*concluding.conclusion_faults(report, previous)], [*reconclude.conclusion_faults(*raw)]


def test_each_action_stands_beside_the_figures_that_its_statement_has_in_the_report(report: Report) -> None:
    assert [(action.number, action.verdict) for action in report.actions] == [
        (1, ActionVerdict.BETTER),
        (2, ActionVerdict.WORSE),
        (4, ActionVerdict.CANNOT_TELL),
    ]
    items = {item.question_id: item for item in items_of(report.parts[0])}
    for action in report.actions:
        item = items[action.question_id]
        assert (action.now, action.before) == (item.everyone, item.before["everyone"])
    assert report.actions[1].owners == (PRIME, "Tyne Steps")
    assert report.actions[2].state is ActionState.DECLINED
    assert faults(report) == ([], [])


def test_actions_bring_no_figure_that_the_report_does_not_have_without_them(report: Report) -> None:
    without = replace(report, actions=())
    assert replace(without, actions=beside(without, conclusion_samples.agreed())) == report
    assert without.parts == report.parts
    found = [certify({"": one}, software="") for one in (report, without)]
    assert (found[0].findings, found[0].figures) == (found[1].findings, found[1].figures)
    shown = {
        str(value) for item in items_of(report.parts[0]) for value in (item.everyone, *item.before.values())
    }
    assert {str(value) for one in report.actions for value in (one.before, one.now)} <= shown


def test_a_figure_that_is_planted_beside_an_action_is_found_by_both(report: Report) -> None:
    first, *others = report.actions
    for planted in (
        replace(first, now=figure(11, 30)),
        replace(first, before=NOT_SHOWN),
        replace(first, verdict=ActionVerdict.ABOUT_THE_SAME),
        replace(first, question_id="not-asked"),
    ):
        ours, independent = faults(replace(report, actions=(planted, *others)))
        assert len(ours) == len(independent) == 1, planted
        assert "beside the actions" in ours[0] and "beside the actions" in independent[0]


def test_nothing_is_said_of_a_change_where_few_answered_where_groups_differ_and_without_an_earlier_report(
    report: Report,
) -> None:
    assert report.previous is not None
    few = replace(report, previous=replace(report.previous, too_few=("prime",)))
    assert {action.verdict for action in beside(few, report.actions)} == {ActionVerdict.TOO_FEW}
    bare = tuple(
        replace(
            part,
            sections=tuple(
                replace(section, items=tuple(replace(item, before={}) for item in section.items))
                for section in part.sections
            ),
        )
        for part in report.parts
    )
    others = beside(replace(report, parts=bare), report.actions)
    assert {(action.before, action.verdict) for action in others} == {
        (NOT_SHOWN, ActionVerdict.NOT_COMPARABLE)
    }
    alone = beside(replace(report, previous=None), report.actions)
    assert {action.verdict for action in alone} == {ActionVerdict.NOT_COMPARABLE}


def test_the_page_says_that_a_change_is_no_proof_and_hides_what_cannot_be_compared(report: Report) -> None:
    view = view_model(report, digest(report))
    assert view.agreed is not None and view.contents is not None
    assert ("agreed", "What was agreed, and what changed") in [
        (chapter.anchor, chapter.title) for chapter in view.contents.chapters
    ]
    row = view.agreed.rows[0]
    assert (row.title, row.state, row.change) == ("Pay within 14 days", "Done and verified", "better")
    assert row.before is not None and row.before.is_shown and row.link is not None
    assert report.previous is not None
    few = replace(report, previous=replace(report.previous, too_few=("prime",)))
    hidden = agreed_view(replace(few, actions=beside(few, report.actions)))
    assert hidden is not None
    assert {(row.before, row.now, row.change) for row in hidden.rows} == {
        (None, None, "cannot be told: too few answered, then or now")
    }
    assert agreed_view(replace(report, actions=())) is None


def test_actions_survive_the_round_trip_and_versions_before_knew_of_none(report: Report) -> None:
    content = report_to_bytes(report)
    assert report_from_bytes(content) == report
    for version in (1, 2, 3, 4):
        before = replace(report, schema_version=version)
        read = report_from_bytes(report_to_bytes(before))
        assert read.actions == () and b'"actions"' not in report_to_bytes(before)
    planted = json.loads(report_to_bytes(replace(report, schema_version=4))) | {"actions": []}
    with pytest.raises(MalformedDocumentError):
        report_from_bytes(json.dumps(planted).encode())


def test_the_workbook_lists_the_actions_with_their_figures_as_numbers(report: Report) -> None:
    book = load_workbook(BytesIO(to_xlsx(report, digest(report))))
    rows = list(book["Actions"].iter_rows(values_only=True))
    assert rows[0][:4] == ("Action", "What will be different", "State", "Owners")
    before = report.actions[0].before
    assert isinstance(before, Shown)
    assert rows[1][0] == 1 and before.tenths / 10 in rows[1] and rows[1][-1] == "better"
    assert [row[0] for row in rows[1:]] == [1, 2, 4]
