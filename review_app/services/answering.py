"""A respondent's way: found by the secret in the link, drafting, submitting, withdrawing. No identity is ever written.

Every write here goes to sealed tables of the cycle, under ids that only the link can give.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import LargeBinary, Row, Select, bindparam, delete, distinct, func, select, union_all
from sqlalchemy.orm import Session, aliased

from review_app.models.accounts import AccountRecord
from review_app.models.ballots import ballots_table, drafts_table
from review_app.models.base import Moment
from review_app.models.chains import ContactRecord
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.services.designs import languages_from_text, plan_from_text
from review_app.services.errors import NotFoundError
from review_app.services.rosters import Roster, roster_from_text
from review_app.services.sealed_rows import hold_open, hold_row, upsert
from surveys import library, sealing
from surveys.answers import Answers, from_bytes, to_bytes
from surveys.cycle import CycleState, KeyMode
from surveys.errors import BrokenSealError
from surveys.instrument import Instrument, Page, Voice
from surveys.language import N_, Language
from surveys.matrix import Group, derived_group
from surveys.publication import CountedBy, PublicationRule, publishes_at
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Review:
    """One review asked of the respondent; its flags are looked up by ids that only the link gives.

    ``reference`` names it in addresses: a log of addresses then leads to nobody. ``group``: where its answers are
    counted. ``names``: those that its wording takes.
    """

    assignment_id: str
    reference: str
    subject: Subject
    voice: Voice
    group: Group
    names: Mapping[str, str]
    has_draft: bool
    is_received: bool


@dataclass(frozen=True, slots=True)
class Respondent:
    """What a valid link opens. It holds the secret, so it never leaves the request that made it.

    ``link_number``: how often the steward has replaced this person's link. ``publishes_at``: when everybody gets the
    report; None: as soon as the steward releases it. ``languages``: those to choose from; which
    one somebody reads in is the browser's affair, and nothing that is kept says so.
    """

    secret: bytes
    invitation_id: str
    link_number: int
    cycle_id: str
    cycle_title: str
    chain_name: str
    prime_name: str
    contact_name: str
    party_id: str
    party_name: str
    group: Group
    group_people: int
    group_organisations: int
    k: int
    steward_name: str
    key_mode: KeyMode
    closes_at: datetime
    publishes_at: datetime | None
    publication: PublicationRule
    counted_by: CountedBy
    languages: tuple[Language, ...]
    instrument: Instrument
    reviews: tuple[Review, ...]
    storage: str
    sealed_size: int
    sealing_key: bytes

    def __repr__(self) -> str:
        return "Respondent(…)"

    @property
    def reference(self) -> str:
        """Names the link in the forms that are about no single review, as the first of its reviews is named."""
        return self.reviews[0].reference

    @property
    def has_earlier_link(self) -> bool:
        """Whether something may have been sent under a link that opens nothing any more; nobody can see if it was."""
        return self.link_number > 0

    def in_language(self, language: Language) -> Respondent:
        """The same respondent, who reads the questionnaire and the names of groups in a language."""
        if language is Language.ENGLISH:
            return self
        reviews = (replace(one, group=_group_in(one.group, language)) for one in self.reviews)
        return replace(
            self,
            instrument=self.instrument.in_language(language),
            group=_group_in(self.group, language),
            reviews=tuple(reviews),
        )

    def review(self, reference: str) -> Review:
        """One of this respondent's reviews. Raises NotFoundError for any other reference."""
        for review in self.reviews:
            if review.reference == reference:
                return review
        raise NotFoundError(N_("There is no such page."))


def find(session: Session, now: datetime, secret: bytes) -> Respondent | None:
    """The respondent of a link's secret; None for every unknown link and every cycle that is not open."""
    found = session.execute(_who_is(), {"verifier": sealing.verifier(secret), "now": now}).one_or_none()
    if found is None:
        return None
    roster = roster_from_text(found.roster)
    groups = {group.id: group for group in plan_from_text(found.plan).groups}
    return Respondent(
        secret=secret,
        invitation_id=found.invitation_id,
        link_number=found.link_number,
        cycle_id=found.cycle_id,
        cycle_title=found.cycle_title,
        chain_name=roster.chain_name,
        prime_name=roster.prime_name,
        contact_name=found.contact_name,
        party_id=found.party_id,
        party_name=roster.parties[found.party_id],
        group=groups[found.group_id],
        group_people=found.group_people,
        group_organisations=found.group_organisations,
        k=found.k,
        steward_name=found.steward_name,
        key_mode=KeyMode(found.key_mode),
        closes_at=found.closes_at,
        publishes_at=publishes_at(found.closes_at, found.publish_after_days),
        publication=PublicationRule(found.publication),
        counted_by=CountedBy(found.counted_by),
        languages=languages_from_text(found.languages),
        instrument=library.from_text(found.instrument),
        reviews=_reviews(session, found, secret, roster, groups),
        storage=found.storage,
        sealed_size=found.sealed_size,
        sealing_key=found.sealing_key,
    )


def _group_in(group: Group, language: Language) -> Group:
    return replace(group, title=group.title_in(language))


def draft(session: Session, respondent: Respondent, review: Review) -> Answers:
    """What the respondent has drafted so far; empty answers when there is nothing (also after submitting).

    A draft that was damaged counts as none: starting anew is better than never getting in again.
    """
    table = drafts_table(respondent.storage)
    key = sealing.draft_id(respondent.secret, review.assignment_id)
    blob = session.scalar(select(table.c.blob).where(table.c.id == key))
    if blob is None:
        return Answers.empty()
    try:
        value = sealing.open_draft(respondent.secret, review.assignment_id, blob)
    except BrokenSealError:
        return Answers.empty()
    return from_bytes(value, respondent.instrument, review.voice)


def save_draft(
    session: Session, now: datetime, respondent: Respondent, review: Review, answers: Answers
) -> None:
    """Keeps a draft, sealed under the link. Raises CycleNotOpenError."""
    hold_open(session, now, respondent.cycle_id)
    _keep_draft(session, respondent, review, answers)


def save_page(
    session: Session, now: datetime, respondent: Respondent, review: Review, *, page: Page, posted: Answers
) -> None:
    """Keeps one page of a draft beside what the others hold. Raises CycleNotOpenError."""
    hold_open(session, now, respondent.cycle_id)
    _hold_draft(session, respondent, review)
    kept = draft(session, respondent, review).merged_with(posted, page)
    _keep_draft(session, respondent, review, kept)


def submit(session: Session, now: datetime, respondent: Respondent, review: Review, answers: Answers) -> None:
    """Seals the answers as this person's one ballot on the subject and removes the draft. Raises CycleNotOpenError.

    The id of the ballot follows from the link, so that a retry or a second version replaces the first.
    """
    hold_open(session, now, respondent.cycle_id)
    _keep_ballot(session, respondent, review, answers)


def submit_draft(session: Session, now: datetime, respondent: Respondent, review: Review) -> Answers:
    """Submits what has been drafted, unless that is nothing; gives back what it was. Raises CycleNotOpenError."""
    hold_open(session, now, respondent.cycle_id)
    _hold_draft(session, respondent, review)
    answers = draft(session, respondent, review)
    if answers.ratings or answers.comments:
        _keep_ballot(session, respondent, review, answers)
    return answers


def withdraw(session: Session, now: datetime, respondent: Respondent, review: Review) -> None:
    """Takes a ballot back, and any draft with it. Raises CycleNotOpenError.

    Whoever has a later link leaves an empty ballot: it counts for nothing, and takes back what was sent under the
    earlier links too. To somebody who watches the database it is a new version like any other.
    """
    hold_open(session, now, respondent.cycle_id)
    if respondent.has_earlier_link:
        _keep_ballot(session, respondent, review, Answers.empty())
        return
    table = ballots_table(respondent.storage)
    key = sealing.ballot_id(respondent.secret, review.assignment_id)
    session.execute(delete(table).where(table.c.id == key))
    _remove_draft(session, respondent, review)


def _hold_draft(session: Session, respondent: Respondent, review: Review) -> None:
    # A page that is left saves itself while the next one does: read at one moment, each would undo the other.
    hold_row(session, sealing.draft_id(respondent.secret, review.assignment_id))


def _keep_draft(session: Session, respondent: Respondent, review: Review, answers: Answers) -> None:
    blob = sealing.seal_draft(
        respondent.secret, review.assignment_id, to_bytes(answers), respondent.sealed_size
    )
    key = sealing.draft_id(respondent.secret, review.assignment_id)
    upsert(session, drafts_table(respondent.storage), key, blob)


def _keep_ballot(session: Session, respondent: Respondent, review: Review, answers: Answers) -> None:
    envelope = {
        "subject": review.subject,
        "group": review.group.id,
        "organisation": respondent.party_id,
        "answers": to_bytes(answers).decode(),
    }
    value = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    blob = sealing.seal_ballot(respondent.sealing_key, value, respondent.sealed_size)
    key = sealing.ballot_id(respondent.secret, review.assignment_id)
    upsert(session, ballots_table(respondent.storage), key, blob)
    _remove_draft(session, respondent, review)


def _remove_draft(session: Session, respondent: Respondent, review: Review) -> None:
    table = drafts_table(respondent.storage)
    key = sealing.draft_id(respondent.secret, review.assignment_id)
    session.execute(delete(table).where(table.c.id == key))


def group_sizes(session: Session, respondent: Respondent) -> dict[tuple[Subject, str], tuple[int, int]]:
    """How many people of how many organisations are asked about a subject in a group, by subject and group id.

    Of the groups that this respondent answers in.
    """
    query = (
        select(
            AssignmentRecord.subject,
            AssignmentRecord.group_id,
            func.count(distinct(InvitationRecord.id)),
            func.count(distinct(InvitationRecord.party_id)),
        )
        .join(InvitationRecord, InvitationRecord.id == AssignmentRecord.invitation_id)
        .where(
            InvitationRecord.cycle_id == respondent.cycle_id,
            AssignmentRecord.group_id.in_({review.group.id for review in respondent.reviews}),
        )
        .group_by(AssignmentRecord.subject, AssignmentRecord.group_id)
    )
    return {
        (Subject(subject), group_id): (people, parties)
        for subject, group_id, people, parties in session.execute(query)
    }


def _reviews(
    session: Session, found: Row[Any], secret: bytes, roster: Roster, groups: Mapping[str, Group]
) -> tuple[Review, ...]:
    columns = (
        AssignmentRecord.id,
        AssignmentRecord.subject,
        AssignmentRecord.voice,
        AssignmentRecord.group_id,
        AssignmentRecord.about_id,
    )
    query = select(*columns).where(AssignmentRecord.invitation_id == found.invitation_id)
    records = session.execute(query.order_by(AssignmentRecord.position)).all()
    drafts = [sealing.draft_id(secret, record.id) for record in records]
    ballots = [sealing.ballot_id(secret, record.id) for record in records]
    sealed = (
        (drafts_table(found.storage).c.id, drafts),
        (ballots_table(found.storage).c.id, ballots),
    )
    both = union_all(*(select(column).where(column.in_(keys)) for column, keys in sealed))
    present = {bytes(key) for key in session.scalars(both)}
    return tuple(
        Review(
            assignment_id=record.id,
            reference=sealing.review_reference(secret, record.id),
            subject=Subject(record.subject),
            voice=Voice(record.voice),
            group=derived_group(record.group_id, roster.parties) or groups[record.group_id],
            names=roster.names_about(record.about_id),
            has_draft=draft_id in present,
            is_received=ballot_id in present,
        )
        for record, draft_id, ballot_id in zip(records, drafts, ballots, strict=True)
    )


@cache
def _who_is() -> Select[*tuple[Any, ...]]:
    """Everything about one invitation and its cycle in one statement, as plain columns: it runs at every request."""
    same_group = aliased(InvitationRecord)
    group = select(same_group).where(
        same_group.cycle_id == InvitationRecord.cycle_id, same_group.group_id == InvitationRecord.group_id
    )
    return (
        select(
            InvitationRecord.id.label("invitation_id"),
            InvitationRecord.link_number,
            InvitationRecord.group_id,
            InvitationRecord.party_id,
            CycleRecord.id.label("cycle_id"),
            CycleRecord.title.label("cycle_title"),
            CycleRecord.closes_at,
            CycleRecord.publish_after_days,
            CycleRecord.publication,
            CycleRecord.counted_by,
            CycleRecord.plan,
            CycleRecord.roster,
            CycleRecord.k,
            CycleRecord.key_mode,
            CycleRecord.instrument,
            CycleRecord.languages,
            CycleRecord.storage,
            CycleRecord.sealed_size,
            CycleRecord.sealing_key,
            ContactRecord.name.label("contact_name"),
            AccountRecord.name.label("steward_name"),
            group.with_only_columns(func.count()).scalar_subquery().label("group_people"),
            group.with_only_columns(func.count(distinct(same_group.party_id)))
            .scalar_subquery()
            .label("group_organisations"),
        )
        .join(CycleRecord, CycleRecord.id == InvitationRecord.cycle_id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .join(AccountRecord, AccountRecord.id == CycleRecord.steward_id)
        .where(
            InvitationRecord.verifier == bindparam("verifier", type_=LargeBinary),
            # Held against here, so that a link of a closed review costs what an unknown one does.
            CycleRecord.state == CycleState.OPEN.value,
            CycleRecord.closes_at > bindparam("now", type_=Moment()),
        )
    )
