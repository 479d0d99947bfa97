from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from reports.errors import MalformedDocumentError, ReportsError, UnknownSchemaVersionError
from reports.model import CommentBlock, CycleFacts
from reports.release import assemble
from reports.serial import (
    digest,
    release_from_bytes,
    release_to_bytes,
    report_from_bytes,
    report_to_bytes,
)
from surveys.subjects import Subject
from tests.counted_chains import PRIME, VOLUNTARY, ballots_of, chains_of_ballots, release_of

FACTS = CycleFacts(
    "r1", "Überprüfung “North”", "The North", "Alder Ltd", "small", 1, "Small", ("Never", "Always"),
    "2026-01-01", "2026-02-01", "Sam Steward", "two_key", 5, 3, 8, 10,
)  # fmt: skip
COMMENTS = {Subject.PRIME: (CommentBlock("2a", "Being open", "All", "Sum", ("One.", "Two\nlines.")),)}


@pytest.fixture
def report():
    ballots = [*ballots_of(VOLUNTARY, [1] * 9, 2), *ballots_of(PRIME, [1], 4)]
    return assemble(FACTS, release_of(ballots, groups=(PRIME, VOLUNTARY)), COMMENTS)


def changed(report, **changes):
    return json.dumps({**json.loads(report_to_bytes(report)), **changes}).encode()


@settings(max_examples=50, deadline=None)
@given(chains_of_ballots())
def test_releases_and_reports_survive_the_round_trip(ballots):
    release = release_of(ballots, subjects=(Subject.PRIME, Subject.CHAIN))
    assert release_from_bytes(release_to_bytes(release)) == release
    report = assemble(FACTS, release, COMMENTS)
    content = report_to_bytes(report)
    assert report_from_bytes(content) == report
    assert report_to_bytes(report_from_bytes(content)) == content


def test_the_bytes_do_not_depend_on_the_order_of_mappings(report):
    def turned(mapping):
        return dict(reversed(mapping.items()))

    parts = tuple(
        replace(
            part, sections=tuple(replace(section, means=turned(section.means)) for section in part.sections)
        )
        for part in report.parts
    )
    assert report_to_bytes(replace(report, parts=parts)) == report_to_bytes(report)


def test_the_bytes_are_canonical(report):
    content = report_to_bytes(report)
    assert (
        content
        == json.dumps(json.loads(content), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    )
    assert "Überprüfung “North”".encode() in content


def test_a_figure_that_is_not_shown_is_null(report):
    document = json.loads(report_to_bytes(report))
    item = next(
        item
        for section in document["parts"][0]["sections"]
        for item in section["items"]
        if item["question_id"] == "q1"
    )
    assert item["values"]["vcs"] == {"end": "or_below", "step": 5, "tenths": 20}
    hidden = release_to_bytes(release_of([*ballots_of(VOLUNTARY, [1] * 6, 2)], groups=(PRIME, VOLUNTARY)))
    assert json.loads(hidden)["parts"][0]["sections"][0]["items"][0]["values"]["prime"] is None


def test_the_digest_is_the_sha256_of_the_bytes_and_changes_with_every_figure(report):
    assert len(digest(report)) == 64
    assert digest(report) == digest(report_from_bytes(report_to_bytes(report)))
    first, *others = report.parts
    assert digest(replace(report, parts=(replace(first, asked=first.asked + 1), *others))) != digest(report)


@pytest.mark.parametrize("version", [0, 6, "1", None, True, [1]])
def test_an_unknown_schema_version_is_refused_by_name(report, version):
    with pytest.raises(UnknownSchemaVersionError, match="reads versions 1, 2, 3, 4 and 5 only") as caught:
        report_from_bytes(changed(report, schema_version=version))
    assert caught.value.found == version


def test_a_document_without_a_schema_version_is_refused():
    with pytest.raises(UnknownSchemaVersionError):
        release_from_bytes(b"{}")


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"null", b'{"schema_version":1', b"[" * 100_000])
def test_bytes_that_are_no_document_are_refused(content):
    with pytest.raises(MalformedDocumentError):
        report_from_bytes(content)


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": {}},
        {"parts": [{}]},
        {"facts": None},
        {"audit": {"holds": 1, "figures": 1, "least_outsider": 5, "least_insider": 5, "findings": []}},
        {"audit": {"holds": True, "figures": 1.5, "least_outsider": 5, "least_insider": 5, "findings": []}},
        {
            "audit": {
                "holds": True,
                "figures": float("nan"),
                "least_outsider": 5,
                "least_insider": 5,
                "findings": [],
            }
        },
        {"extra": 1},
    ],
)
def test_a_document_of_another_shape_is_refused(report, changes):
    with pytest.raises(MalformedDocumentError):
        report_from_bytes(changed(report, **changes))


def test_an_unknown_word_of_the_model_is_refused_with_its_place(report):
    content = report_to_bytes(report).replace(b'"kind":"protected"', b'"kind":"secret"')
    with pytest.raises(MalformedDocumentError) as caught:
        report_from_bytes(content)
    assert caught.value.place == "Report.parts[0].groups[1].kind"


def test_a_release_is_no_report_and_the_other_way_round(report):
    with pytest.raises(ReportsError):
        release_from_bytes(report_to_bytes(report))


def test_a_report_never_holds_a_number_that_is_not_whole(report):
    with pytest.raises(TypeError, match="float"):
        report_to_bytes(
            replace(
                report,
                facts=replace(FACTS, k=5.5),  # type: ignore[arg-type]  # what the type forbids, on purpose
            )
        )
