"""Reports as they are made conclude from what they show, and are laid beside the last ones of their chain."""

from __future__ import annotations

from datetime import timedelta

from reports.concluding import conclusion_faults
from reports.conclusions import FindingKind
from reports.model import Report
from review_app import clock
from review_app.database import reading, transaction
from review_app.services import cycles, publishing
from surveys.subjects import Subject
from tests.publications import DAYS, Reviewed, count_one, counted, move_into_the_past, quote_everything


def made(of: Reviewed) -> dict[str, Report]:
    """The reports of a counted review, by subject."""
    quote_everything(of)
    with transaction() as session:
        publishing.publish(session, clock.now(), of.cycle.id, of.steward.id)
    with reading() as session:
        partners = publishing.partner_reports(session, of.cycle.id)
        subjects = ("", *(str(Subject.partner(partner.party_id)) for partner in partners))
        return {subject: publishing.load(session, of.cycle.id, subject).report for subject in subjects}


def published(of: Reviewed, reports: dict[str, Report]) -> dict[str, Report]:
    """The same once everybody reads them."""
    with transaction() as session:
        publishing.advance(session, of.closes_at + timedelta(days=DAYS), of.cycle.id)
    with reading() as session:
        return {subject: publishing.load(session, of.cycle.id, subject).report for subject in reports}


def kinds(report: Report) -> set[FindingKind]:
    return {finding.kind for part in report.parts for finding in part.findings}


def figures_of_before(report: Report) -> int:
    return sum(
        len(item.before) for part in report.parts for section in part.sections for item in section.items
    )


def test_reports_conclude_from_what_they_show_and_from_the_last_ones(environ: dict[str, str]) -> None:
    with counted(environ, rating=2) as reviewed:
        first = published(reviewed, made(reviewed))
        assert len(first) > 1
        for report in first.values():
            assert report.previous is None and figures_of_before(report) == 0
            assert conclusion_faults(report, None) == ()
        assert kinds(first[""]) == {FindingKind.CONCERN}
        assert any(indication.asked for indication in first[""].parts[0].indications)
        move_into_the_past(reviewed.cycle.id, timedelta(days=200))
        with reading() as session:
            chain_id = cycles.load(session, reviewed.cycle.id).chain_id
        again = count_one(
            reviewed.app, chain_id, reviewed.organiser, reviewed.steward, rating=4, title="Second"
        )
        second = made(again)
        assert kinds(second[""]) == {FindingKind.STRENGTH, FindingKind.BETTER}
        for subject, report in second.items():
            assert report.previous is not None
            assert report.previous.reference == reviewed.cycle.id
            assert figures_of_before(report) > 0
            assert conclusion_faults(report, first[subject]) == ()
