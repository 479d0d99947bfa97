"""A reply that the steward held back: the report says so and why, in every form, and its text cannot be in one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import jsonschema
import pytest
from openpyxl import load_workbook

from reports.conclusions import Reply
from reports.errors import MalformedDocumentError
from reports.language import speaking
from reports.model import SCHEMA_VERSION, Report
from reports.reply_words import reply_words
from reports.schema import published_schema
from reports.serial import report_from_bytes, report_to_bytes
from reports.view import view_model
from reports.xlsx import to_xlsx
from review_app import languages
from surveys.language import Language
from surveys.publication import HoldReason
from tests import conclusion_samples
from tests.report_samples import PRIME

HELD = f"The steward held back a reply by {PRIME}, because it "
POINTS = f"{HELD}points at people who may have answered."
PRESSES = f"{HELD}puts pressure on people for answering."


def held(reason: HoldReason = HoldReason.POINTS) -> Report:
    """The second review, whose one reply is held back."""
    report = conclusion_samples.second_review()
    [reply] = report.replies
    return replace(report, replies=(replace(reply, text="", promise="", held_for=reason),))


@pytest.mark.parametrize(("reason", "words"), [(HoldReason.POINTS, POINTS), (HoldReason.PRESSES, PRESSES)])
def test_the_reason_stands_in_the_place_of_the_text(reason: HoldReason, words: str) -> None:
    report = held(reason)
    [in_part] = [
        reply.words
        for part in view_model(report, "0" * 64).parts
        for element in part.elements
        for reply in element.replies
    ]
    assert (in_part.held, in_part.text, in_part.promise) == (words, "", "")
    [in_summary] = [
        reply
        for subject in view_model(report, "0" * 64).summary.subjects
        for row in subject.standing
        for found in row
        for finding in found.findings
        for reply in finding.replies
    ]
    assert in_summary == in_part


def test_a_reply_that_is_shown_has_no_such_words() -> None:
    [reply] = conclusion_samples.second_review().replies
    assert reply_words(reply).held == ""


def test_the_spreadsheet_says_so_where_the_reply_would_stand() -> None:
    book = load_workbook(BytesIO(to_xlsx(held(), "0" * 64)))
    rows = [[cell.value for cell in row] for row in book["Findings"].iter_rows()]
    row = next(row for row in rows if POINTS in row)
    assert not any(row[row.index(POINTS) + 1 :])


def test_the_appendix_says_that_and_when_replies_may_be_held_back() -> None:
    facts = replace(held().facts, published_on="2027-11-19")
    rule = "The steward may hold back a reply, but not change it"
    assert rule in view_model(replace(held(), facts=facts), "0" * 64).facts.publication
    before = replace(conclusion_samples.second_review(), facts=facts, schema_version=3)
    assert rule not in view_model(before, "0" * 64).facts.publication


def test_it_is_worded_in_welsh_too() -> None:
    with speaking(languages.tongue(Language.WELSH)):
        words = reply_words(held().replies[0]).held
    assert PRIME in words and "stiward" in words


def test_it_survives_the_round_trip_and_fits_the_schema() -> None:
    content = report_to_bytes(held())
    assert report_from_bytes(content) == held()
    schema = json.loads(published_schema(SCHEMA_VERSION))
    jsonschema.Draft202012Validator(schema).validate(json.loads(content))
    assert json.loads(content)["replies"][0]["held_for"] == "points"


def test_a_report_of_before_keeps_its_bytes_and_its_schema() -> None:
    report = replace(conclusion_samples.second_review(), schema_version=3)
    content = report_to_bytes(report)
    assert b"held_for" not in content
    read = report_from_bytes(content)
    assert read == report and read.replies[0].held_for is None
    assert report_to_bytes(read) == content
    jsonschema.Draft202012Validator(json.loads(published_schema(3))).validate(json.loads(content))


def _with_text(document: dict[str, object]) -> None:
    document["text"] = "A threat."


def _with_promise(document: dict[str, object]) -> None:
    document["promise"] = "A threat."


def _for_no_reason(document: dict[str, object]) -> None:
    document["held_for"] = "dislike"


@pytest.mark.parametrize("change", [_with_text, _with_promise, _for_no_reason])
def test_no_document_holds_a_reply_back_and_shows_it(change: Callable[[dict[str, object]], None]) -> None:
    document = json.loads(report_to_bytes(held()))
    change(document["replies"][0])
    with pytest.raises(MalformedDocumentError):
        report_from_bytes(json.dumps(document).encode())
    with pytest.raises(MalformedDocumentError):
        Reply("id", "Northern Bridge", "A threat.", "", "2027-11-05", HoldReason.PRESSES)
