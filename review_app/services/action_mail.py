"""What the mails about actions say when they leave, and the link of whoever each goes to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.actions import ActionPersonRecord
from review_app.models.chains import ContactRecord
from review_app.services import actions, owning
from review_app.services.actions import Action
from review_app.services.errors import NotFoundError
from review_app.services.leasing import Leased
from review_app.services.occasions import (
    ActionCall,
    ActionDigest,
    ActionDone,
    ActionDue,
    ActionLine,
    ActionNews,
    ActionOccasion,
    Errand,
)
from surveys import sealing
from surveys.improvement import UNDER_WAY, ActionState, Actor, EntryKind
from surveys.mail_hours import ZONE

PAGE = "/a"
# When on its day something is due, for those who put it into their calendars.
DUE_AT = time(9)
# A digest with a higher number is of a week, by its Monday; one with a lower is the mail that brings a new link.
FIRST_WEEK = 100_000


def call(session: Session, keys: KeyFolder, mail: Leased) -> Errand:
    """What is asked of the owner of an action. Raises KeyMissingError, NotFoundError where it is theirs no more."""
    action = _owned(session, mail)
    occasion = ActionCall(
        id=action.id,
        revision=len(action.entries),
        chain_name=mail.chain_name,
        number=action.number,
        title=action.title,
        for_whom=action.for_whom,
        owner=_owner(action),
        verifier=action.verifier.signature,
        due=_morning(action.due),
        is_joint=len(action.owners) > 1,
        news=_news(action),
    )
    return _errand(session, keys, mail, action.chain_id, occasion)


def due(session: Session, keys: KeyFolder, mail: Leased) -> Errand:
    """A reminder of an action, as many days from its due date as when it was queued. Raises as ``call``."""
    action = _owned(session, mail)
    occasion = ActionDue(
        id=action.id,
        revision=len(action.entries),
        chain_name=mail.chain_name,
        number=action.number,
        title=action.title,
        due=_morning(action.due),
        days=mail.number - action.due.toordinal(),
    )
    return _errand(session, keys, mail, action.chain_id, occasion)


def done(session: Session, keys: KeyFolder, mail: Leased) -> Errand:
    """The question to the verifier. Raises as ``call``, also once somebody has answered it."""
    action = actions.load(session, mail.about_id)
    if action.verifier.contact_id != mail.contact_id or action.state is not ActionState.DONE:
        raise NotFoundError("There is nothing to verify any more.")
    occasion = ActionDone(mail.chain_name, action.number, action.title, action.for_whom, _owner(action))
    return _errand(session, keys, mail, action.chain_id, occasion)


def digest(session: Session, keys: KeyFolder, mail: Leased) -> Errand:
    """What is open of somebody's actions on the day. Raises as ``call``."""
    person = session.get(ActionPersonRecord, mail.about_id)
    if person is None or person.contact_id != mail.contact_id:
        raise NotFoundError("There is nobody of this kind.")
    found = owning.open_of(session, person.id, mail.leased_until.astimezone(ZONE).date())
    is_new_link = mail.number < FIRST_WEEK
    if not found and not is_new_link:
        raise NotFoundError("Nothing of theirs is open any more.")
    occasion = ActionDigest(
        mail.chain_name,
        _lines(found.overdue),
        _lines(found.waiting),
        _lines(found.others),
        is_new_link,
    )
    return _errand(session, keys, mail, person.chain_id, occasion)


def _owned(session: Session, mail: Leased) -> Action:
    """The action that a mail is about, while its recipient owns it and somebody still works on it."""
    action = actions.load(session, mail.about_id)
    if action.state not in UNDER_WAY or mail.contact_id not in {one.contact_id for one in action.owners}:
        raise NotFoundError("Nothing is asked of this owner any more.")
    return action


def _news(action: Action) -> ActionNews:
    if action.state is ActionState.PROPOSED:
        return ActionNews.PROPOSED
    if action.state is ActionState.NOT_FELT:
        return ActionNews.NOT_FELT
    if action.entries[-1].kind is EntryKind.NOTE and action.entries[-1].actor is Actor.ORGANISER:
        return ActionNews.ANSWER
    telling = [entry for entry in action.entries if entry.kind in {EntryKind.MOVED, EntryKind.CHANGED}]
    asks_for_more = telling and telling[-1].actor is Actor.VERIFIER
    return ActionNews.MORE if asks_for_more else ActionNews.CHANGED


def _errand(
    session: Session, keys: KeyFolder, mail: Leased, chain_id: str, occasion: ActionOccasion
) -> Errand:
    """The errand with the link of its recipient, whose verifier is made where it is the first mail that brings it."""
    key = actions.action_key(session, chain_id, keys)
    person = session.scalar(
        select(ActionPersonRecord)
        .join(ContactRecord, ContactRecord.id == ActionPersonRecord.contact_id)
        .where(
            ActionPersonRecord.chain_id == chain_id,
            ActionPersonRecord.contact_id == mail.contact_id,
            ActionPersonRecord.revoked_at.is_(None),
            ContactRecord.gone_at.is_(None),
        )
    )
    if person is None:
        raise NotFoundError("This person has no link any more.")
    return Errand(occasion, PAGE, sealing.action_secret(key, person.id, person.link_number))


def _owner(action: Action) -> str:
    return " + ".join(owner.party_name for owner in action.owners)


def _morning(day: date) -> datetime:
    return datetime.combine(day, DUE_AT, ZONE)


def _lines(some: Iterable[Action]) -> tuple[ActionLine, ...]:
    return tuple(ActionLine(action.number, action.title, _morning(action.due)) for action in some)
