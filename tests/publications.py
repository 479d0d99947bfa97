"""A counted review with reports on the prime, the chain and its partners, and findings to reply to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reports.conclusions import Finding, FindingKind
from reports.model import NOT_SHOWN, Part, Report, Shown
from reports.serial import digest, report_from_bytes, report_to_bytes
from review_app import clock, counting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord
from review_app.models.readers import ReaderRecord
from review_app.models.releases import ReportRecord
from review_app.services import answering, chains, comments, publishing, readers
from review_app.services.accounts import Account, AccountRole
from review_app.services.comments import CommentVerdict, Ruling
from review_app.state import state
from surveys import sealing
from surveys.answers import Answers, Comment, CommentChoice
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.matrix import Plan
from surveys.subjects import Perspective, Subject
from tests.conftest import OpenCycle, draft_on, launch_cycle, make_account
from tests.nine_voices import nine_voices
from tests.pages import PageClient

DAYS = 28
QUOTE = "We would like to see the books."
HIDDEN = "For the steward's eyes alone."
PARTNERS = ("mill", "weaver", "dyer", "ash", "birch", "cedar", "dogwood")
# On the list, and asked nothing: no group takes those who bid once.
BIDDER = "bidder"


@dataclass(frozen=True)
class Reviewed:
    """A review that is counted, with the database's ids of its parties by the names that this module gives them."""

    app: Flask
    cycle: OpenCycle
    organiser: Account
    steward: Account
    parties: dict[str, str]
    closes_at: datetime

    def on(self, party: str) -> str:
        """The subject of the report on a party."""
        return str(Subject.partner(self.parties[party]))

    def secret(self, address: str) -> bytes:
        """The secret of somebody's link to reports, derived as the worker does."""
        with transaction() as session:
            key = readers.reading_key(session, self.cycle.id, state().keys)
            contact_id = contact_id_of(session, address)
            reader_id = session.scalars(
                select(ReaderRecord.id).where(
                    ReaderRecord.cycle_id == self.cycle.id, ReaderRecord.contact_id == contact_id
                )
            ).one()
        return sealing.reader_secret(key, reader_id)


def contact_id_of(session: Session, address: str) -> str:
    """The id of the contact with an address."""
    return session.scalars(select(ContactRecord.id).where(ContactRecord.email == address)).one()


def party(id_: str, role: Role, people: int, *buyers: str) -> Party:
    """An organisation, with people at their own addresses: 0@mill.example."""
    contacts = tuple(
        Contact(f"{id_}{place}", f"Person {place} at {id_}", "", f"{place}@{id_}.example")
        for place in range(people)
    )
    return Party(id_, f"{id_.title()} Ltd", role, Sector.VCS, None, "", buyers, contacts)


def chain_of_cloth() -> Chain:
    """A prime, its council, three who work for it, and four who work for the first of these."""
    return Chain(
        "threads",
        "Threads",
        (
            party("council", Role.COMMISSIONER, 1),
            party("prime", Role.PRIME, 2, "council"),
            *(party(id_, Role.SUBCONTRACTOR, 2, "prime") for id_ in PARTNERS[:3]),
            *(party(id_, Role.SPECIALIST, 2, "mill") for id_ in PARTNERS[3:]),
            party(BIDDER, Role.SPOT_PROVIDER, 1, "prime"),
        ),
    )


@contextmanager
def counted(environ: dict[str, str], **changes: object) -> Iterator[Reviewed]:
    """The review in an installation of its own, inside an application context. ``changes``: of its design."""
    app = create_app(Settings.from_env(environ))
    app.test_client_class = PageClient
    with app.app_context():
        migrate()
        organiser = make_account(app, "organiser@office.example", AccountRole.ORGANISER)
        steward = make_account(app, "steward@independent.example", AccountRole.STEWARD)
        with transaction() as session:
            chain_id = chains.keep(session, clock.now(), chain_of_cloth())
        yield count_one(app, chain_id, organiser, steward, **changes)
        db.engine.dispose()


def count_one(app: Flask, chain_id: str, organiser: Account, steward: Account, **changes: object) -> Reviewed:
    """A review of a chain, launched, answered and counted. ``changes``: of its design; ``rating``: all answers.

    ``perspectives``: all of them, unless it says otherwise.
    """
    rating = changes.pop("rating", 3)
    perspectives = changes.pop("perspectives", frozenset(Perspective))
    assert isinstance(rating, int) and isinstance(perspectives, frozenset)
    with reading() as session:
        chain = chains.load(session, chain_id)
    groups = tuple(
        group
        for group in suggest_groups(chain, DisclosurePolicy())
        if not any(kind.role is Role.SPOT_PROVIDER for kind in group.kinds)
    )
    design: dict[str, object] = {
        "instrument": nine_voices(),
        "plan": Plan(groups, perspectives),
        "long_reason": "The prime reviews every partner.",
        "publish_after_days": DAYS,
        **changes,
    }
    cycle = launch_cycle(app, draft_on(app, chain_id, organiser, steward, **design), steward)
    answer(cycle, rating)
    closes_at = clock.now() - timedelta(seconds=1)
    set_closing_time(cycle.id, closes_at)
    counting.begin_due()
    assert counting.count_waiting(state().keys) == 1
    parties = {one.name.split()[0].lower(): one.id for one in chain.parties}
    return Reviewed(app, cycle, organiser, steward, parties, closes_at)


def set_closing_time(cycle_id: str, closes_at: datetime) -> None:
    """Moves the closing time, as only a test may."""
    with transaction() as session:
        session.execute(update(CycleRecord).where(CycleRecord.id == cycle_id).values(closes_at=closes_at))


def move_into_the_past(cycle_id: str, span: timedelta) -> None:
    """Lets everything of a review have happened so much earlier."""
    with transaction() as session:
        record = session.get_one(CycleRecord, cycle_id)
        record.closes_at -= span
        record.closed_at = record.closed_at - span if record.closed_at else None
        for made in session.scalars(select(ReportRecord).where(ReportRecord.cycle_id == cycle_id)):
            made.made_at -= span


def answer(cycle: OpenCycle, rating: int) -> None:
    """Everybody answers everything; the comments may be quoted, but for the last of each review."""
    for secret in cycle.link_list:
        with reading() as session:
            respondent = answering.find(session, clock.now(), secret)
        assert respondent is not None
        for review in respondent.reviews:
            sections = respondent.instrument.sections_for(review.voice)
            ratings = {
                question.id: rating
                for section in sections
                for question in section.questions_for(review.voice)
            }
            said = {sections[0].id: Comment(QUOTE, CommentChoice.VERBATIM)}
            said[sections[-1].id] = Comment(HIDDEN, CommentChoice.STEWARD_ONLY)
            with transaction() as session:
                answering.submit(session, clock.now(), respondent, review, Answers(ratings, said))


def quote_everything(of: Reviewed) -> None:
    """The steward quotes whatever may be quoted."""
    with transaction() as session:
        rulings = {
            comment.id: Ruling(CommentVerdict.QUOTED, comment.text)
            for pool in comments.pools(session, of.cycle.id, of.steward.id)
            for comment in pool.comments
            if pool.may_be_released and comment.may_be_quoted
        }
        comments.decide(session, of.cycle.id, of.steward.id, rulings)


def make(of: Reviewed) -> None:
    """The steward releases everything and has the reports made, each with a finding for every part."""
    quote_everything(of)
    with transaction() as session:
        publishing.publish(session, clock.now(), of.cycle.id, of.steward.id)
    point_out(of.cycle.id)


def point_out(cycle_id: str) -> None:
    """Puts one finding into every part of the made reports, whatever their figures."""
    with transaction() as session:
        for made in session.scalars(select(ReportRecord).where(ReportRecord.cycle_id == cycle_id)):
            report = with_findings(report_from_bytes(made.content))
            made.content, made.digest = report_to_bytes(report), digest(report)


def with_findings(report: Report) -> Report:
    """The report with one finding in every part."""
    parts = (replace(part, findings=(finding_of(part),)) for part in report.parts)
    return replace(report, parts=tuple(parts))


def finding_of(part: Part) -> Finding:
    """A concern about the first statement of a part."""
    section = part.sections[0]
    item = section.items[0]
    own = next((value for value in item.values.values() if isinstance(value, Shown)), NOT_SHOWN)
    return Finding(
        id=f"concern:{part.subject}:{item.question_id}",
        kind=FindingKind.CONCERN,
        subject=part.subject,
        section_id=section.id,
        question_id=item.question_id,
        everyone=item.everyone,
        own=own,
        before=NOT_SHOWN,
        not_seen=NOT_SHOWN,
    )


def finding_ids(cycle_id: str, subject: str = "") -> list[str]:
    """The ids of the findings of a report."""
    with reading() as session:
        report = publishing.load(session, cycle_id, subject).report
    return [finding.id for part in report.parts for finding in part.findings]
