"""What in a comment, or in a reply, could tell who wrote it: names of the list, addresses, sums, dates and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.models.readers import ReaderRecord
from review_app.services.answering import Respondent, Review
from review_app.services.rosters import roster_from_text
from surveys import identifying, known_names
from surveys.identifying import Kind
from surveys.known_names import KnownNames


def telling_passages(session: Session, respondent: Respondent, review: Review, text: str) -> tuple[str, ...]:
    """The passages of a comment that could tell who wrote it, as they are written, each once. Nothing is kept."""
    if not text:
        return ()
    return _passages(text, _names_around(session, respondent, review))


def telling_in_reply(session: Session, cycle_id: str, *, by: str, text: str, promise: str) -> tuple[str, ...]:
    """The passages of a reply to a report by which it may point at somebody, each once. Nothing is kept.

    ``by``: the organisation that replies; its own name and the prime's say nothing about who said what. Nor do the
    dates in a promise, which is asked for one.
    """
    [found] = telling_in_replies(session, cycle_id, by=by, said=((text, promise),))
    return found


def telling_in_replies(
    session: Session, cycle_id: str, *, by: str, said: Sequence[tuple[str, str]]
) -> tuple[tuple[str, ...], ...]:
    """The same of several replies of one organisation, each a text and a promise, in their order."""
    people = session.scalars(
        select(ContactRecord.name)
        .join(ReaderRecord, ReaderRecord.contact_id == ContactRecord.id)
        .where(ReaderRecord.cycle_id == cycle_id)
    )
    roster = roster_from_text(
        session.scalars(select(CycleRecord.roster).where(CycleRecord.id == cycle_id)).one()
    )
    names = known_names.known_names(people, roster.parties.values(), but=(by, roster.prime_name))
    return tuple(
        tuple(dict.fromkeys((*_passages(text, names), *_passages(promise, names, but=Kind.DATE))))
        for text, promise in said
    )


def _passages(text: str, names: KnownNames, *, but: Kind | None = None) -> tuple[str, ...]:
    found = identifying.in_order((*identifying.find(text), *known_names.find(text, names)))
    return tuple(dict.fromkeys(text[one.start : one.end] for one in found if one.kind is not but))


def _names_around(session: Session, respondent: Respondent, review: Review) -> KnownNames:
    """The names to look for in a respondent's comments on one review.

    Not those that the statements themselves use: whom a review is about, everybody may say.
    """
    people = session.scalars(
        select(ContactRecord.name)
        .join(InvitationRecord, InvitationRecord.contact_id == ContactRecord.id)
        .where(InvitationRecord.cycle_id == respondent.cycle_id)
    )
    roster = roster_from_text(
        session.scalars(select(CycleRecord.roster).where(CycleRecord.id == respondent.cycle_id)).one()
    )
    return known_names.known_names(people, roster.parties.values(), but=tuple(review.names.values()))
