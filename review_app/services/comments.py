"""The steward's work on comments: summarise, quote after checking, keep back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from reports.model import CommentBlock
from review_app.models.cycles import CycleRecord
from review_app.models.releases import CommentRecord, ReportRecord, SummaryRecord
from review_app.models.releases import CommentVerdict as CommentVerdict
from review_app.services import cycles
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.rosters import roster_from_text
from surveys.answers import CommentChoice
from surveys.cycle import CycleState
from surveys.instrument import Instrument
from surveys.subjects import Subject, in_order

KEPT_AFTER_RELEASE = timedelta(days=30)
LONGEST_SUMMARY = 2000
LONGEST_QUOTE = 500
# A shorter comment, such as "All good.", may be anybody's words.
SHORTEST_REPEAT = 20
REPEATED = "This repeats a comment that may not be quoted."


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, as the steward alone sees it."""

    id: str
    choice: CommentChoice
    text: str
    verdict: CommentVerdict
    released_text: str

    @property
    def may_be_quoted(self) -> bool:
        """Whether its writer agreed to that."""
        return self.choice is CommentChoice.VERBATIM


@dataclass(frozen=True, slots=True)
class Ruling:
    """The steward's decision on one comment. ``released_text``: what is quoted, "" unless it is."""

    verdict: CommentVerdict
    released_text: str = ""


@dataclass(frozen=True, slots=True)
class CommentPool:
    """The comments of one pool on one element. ``may_be_released``: enough people of enough organisations answered."""

    subject: Subject
    subject_title: str
    section_id: str
    section_title: str
    pool_id: str
    pool_title: str
    may_be_released: bool
    summary: str
    comments: tuple[Comment, ...]

    @property
    def waiting(self) -> int:
        """How many comments ask to be quoted and have no decision yet."""
        return sum(
            comment.may_be_quoted and comment.verdict is CommentVerdict.WAITING
            for comment in self.comments
            if self.may_be_released
        )

    def repeats(self, text: str) -> bool:
        """Whether a text holds, word for word, a comment whose writer did not agree to be quoted.

        Words that somebody else of the pool wrote too, and agreed to have quoted, may be repeated.
        """
        folded = _folded(text)
        quotable = [_folded(comment.text) for comment in self.comments if comment.may_be_quoted]
        guarded = [_folded(comment.text) for comment in self.comments if not comment.may_be_quoted]
        return any(
            len(words) >= SHORTEST_REPEAT
            and words in folded
            and not any(words in quote for quote in quotable)
            for words in guarded
        )


def pools(session: Session, cycle_id: str, steward_id: str) -> tuple[CommentPool, ...]:
    """The comments of a counted cycle, by subject, element and pool. Raises NotFoundError for another steward."""
    record = _guarded(session, cycle_id, steward_id)
    instrument = cycles.design_of(record).instrument
    found: dict[tuple[str, str, str, str], list[Comment]] = {}
    query = select(CommentRecord).where(CommentRecord.cycle_id == cycle_id).order_by(CommentRecord.id)
    for row in session.scalars(query):
        key = (row.subject, row.section_id, row.pool_id, row.pool_title)
        found.setdefault(key, []).append(
            Comment(
                row.id, CommentChoice(row.choice), row.text, CommentVerdict(row.verdict), row.released_text
            )
        )
    summaries = {
        (row.subject, row.section_id, row.pool_id): row.text
        for row in session.scalars(select(SummaryRecord).where(SummaryRecord.cycle_id == cycle_id))
    }
    subject_titles = roster_from_text(record.roster).titles()
    order = {section.id: index for index, section in enumerate(instrument.sections)}
    titles = {section.id: section.title for section in instrument.sections}
    return tuple(
        CommentPool(
            subject=Subject(subject),
            subject_title=subject_titles[subject],
            section_id=section_id,
            section_title=titles[section_id],
            pool_id=pool_id,
            pool_title=pool_title,
            may_be_released=bool(pool_id),
            summary=summaries.get((subject, section_id, pool_id), ""),
            comments=tuple(comments),
        )
        for (subject, section_id, pool_id, pool_title), comments in sorted(
            found.items(), key=lambda entry: (in_order(Subject(entry[0][0])), order[entry[0][1]], entry[0][3])
        )
    )


def decide(session: Session, cycle_id: str, steward_id: str, rulings: Mapping[str, Ruling]) -> None:
    """Quotes comments, as checked or rewritten, or keeps them back, by their ids: all of these or none.

    Raises NotFoundError, and NotAllowedError where a writer said no.
    """
    _still_open(session, cycle_id, steward_id)
    found = pools(session, cycle_id, steward_id)
    places = {comment.id: (comment, pool) for pool in found for comment in pool.comments}
    if not places.keys() >= rulings.keys():
        raise NotFoundError("There is no such comment.")
    for comment_id, ruling in rulings.items():
        if ruling.verdict is CommentVerdict.QUOTED:
            _check_quote(*places[comment_id], ruling.released_text)
    for record in session.scalars(select(CommentRecord).where(CommentRecord.id.in_(rulings))):
        ruling = rulings[record.id]
        record.verdict = ruling.verdict.value
        record.released_text = ruling.released_text.strip() if ruling.verdict is CommentVerdict.QUOTED else ""


def summarise(
    session: Session,
    cycle_id: str,
    steward_id: str,
    *,
    place: tuple[Subject, str, str],
    text: str,
) -> None:
    """Keeps the steward's summary of one pool; ``place``: subject, section id, pool id. An empty text removes it."""
    _still_open(session, cycle_id, steward_id)
    if len(text) > LONGEST_SUMMARY:
        raise NotAllowedError(f"A summary has up to {LONGEST_SUMMARY} characters.")
    subject, section_id, pool_id = place
    title = session.scalar(
        select(func.max(CommentRecord.pool_title)).where(
            CommentRecord.cycle_id == cycle_id,
            CommentRecord.subject == subject,
            CommentRecord.section_id == section_id,
            CommentRecord.pool_id == pool_id,
            CommentRecord.choice != CommentChoice.STEWARD_ONLY.value,
        )
    )
    if not title or not pool_id:
        raise NotAllowedError("These comments may not be released.")
    for pool in pools(session, cycle_id, steward_id):
        if (pool.subject, pool.section_id, pool.pool_id) == place and pool.repeats(text):
            raise NotAllowedError(REPEATED)
    key = (cycle_id, subject, section_id, pool_id)
    record = session.get(SummaryRecord, key)
    if record is None:
        record = SummaryRecord(
            cycle_id=cycle_id,
            subject=subject,
            section_id=section_id,
            pool_id=pool_id,
            pool_title=title,
            text="",
        )
        session.add(record)
    record.text = text.strip()


def blocks(
    session: Session, cycle_id: str, instrument: Instrument
) -> dict[Subject, tuple[CommentBlock, ...]]:
    """What the report shows of the comments: summaries and checked quotes, never an original."""
    found: dict[tuple[str, str, str], tuple[str, str, list[str]]] = {}
    for summary in session.scalars(select(SummaryRecord).where(SummaryRecord.cycle_id == cycle_id)):
        if summary.text:
            found[summary.subject, summary.section_id, summary.pool_title] = (
                summary.pool_title,
                summary.text,
                [],
            )
    quoted = select(CommentRecord).where(
        CommentRecord.cycle_id == cycle_id, CommentRecord.verdict == CommentVerdict.QUOTED.value
    )
    for comment in session.scalars(quoted):
        key = (comment.subject, comment.section_id, comment.pool_title)
        found.setdefault(key, (comment.pool_title, "", []))[2].append(comment.released_text)
    return {
        Subject(subject): tuple(
            CommentBlock(section.id, section.title, pool, summary, tuple(sorted(quotes)))
            for section in instrument.sections
            for (of_subject, section_id, _), (pool, summary, quotes) in sorted(found.items())
            if of_subject == subject and section_id == section.id
        )
        for subject in {subject for subject, _, _ in found}
    }


def has_originals_due(session: Session, now: datetime) -> bool:
    """Whether originals of comments are kept longer than 30 days after their report."""
    return session.scalars(_overdue(now).limit(1)).first() is not None


def forget_originals(session: Session, now: datetime) -> None:
    """Destroys the originals of the comments of every report published 30 days ago or earlier."""
    session.execute(update(CommentRecord).where(CommentRecord.id.in_(_overdue(now))).values(text=""))


def _overdue(now: datetime) -> Select[str]:
    return (
        select(CommentRecord.id)
        .join(ReportRecord, ReportRecord.cycle_id == CommentRecord.cycle_id)
        .where(ReportRecord.published_at <= now - KEPT_AFTER_RELEASE, CommentRecord.text != "")
    )


def _guarded(session: Session, cycle_id: str, steward_id: str) -> CycleRecord:
    record = session.get(CycleRecord, cycle_id)
    if record is None or record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    if record.state not in {CycleState.CLOSED, CycleState.PUBLISHED}:
        raise NotAllowedError("Comments can be read once the review is closed and counted.")
    return record


def _check_quote(comment: Comment, pool: CommentPool, text: str) -> None:
    if not comment.may_be_quoted or not pool.may_be_released:
        raise NotAllowedError("This comment may not be quoted.")
    if not text.strip() or len(text) > LONGEST_QUOTE:
        raise NotAllowedError(f"A quote needs a text of up to {LONGEST_QUOTE} characters.")
    if pool.repeats(text):
        raise NotAllowedError(REPEATED)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _still_open(session: Session, cycle_id: str, steward_id: str) -> None:
    # Making the report waits for this transaction, or this one for that.
    cycles.locked(session, cycle_id)
    _guarded(session, cycle_id, steward_id)
    if session.scalars(select(ReportRecord.subject).where(ReportRecord.cycle_id == cycle_id).limit(1)).all():
        raise NotAllowedError("The report is made. Its comments are fixed.")
