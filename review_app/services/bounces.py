"""What mail servers report about the mails we sent: kept once per person, beside the mail that brought the link.

The steward can stop somebody's mails, and nobody else may see whose (``services.silencing``). A stopped mail has no
report, so reports on the mails that go to everybody would show by their gaps who was left out. Hence (decision 10):

- what is known is about the address: it is kept at the mail that brought the link, which nobody can have stopped by
  asking, and it stays when later mails say nothing;
- of the mails that go to everybody counts only what one mailbox says about itself, such as that it is gone. What a
  whole server refuses would hit all of an organisation but those who are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from review_app.mail.bounces import Action, Notice
from review_app.mail.statuses import ABOUT_ONE_MAILBOX, problem_in, problem_of, told
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailDelivery as MailDelivery
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.services.outbox import LINK_BRINGERS

_DELIVERIES = {
    Action.FAILED: MailDelivery.BOUNCED,
    Action.DELAYED: MailDelivery.DELAYED,
    Action.DELIVERED: MailDelivery.DELIVERED,
}
_BRINGING = tuple(sorted(LINK_BRINGERS))
# Reports come in any order and more than once: a later one only ever adds.
_RANKS = {delivery: rank for rank, delivery in enumerate(MailDelivery)}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the mail with a token. ``problem``: in our words, "" for none."""

    token: str
    delivery: MailDelivery
    problem: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whether the mail with a person's link arrived. ``state``: whether it left; ``problem``: what kept it, or "".

    One for each person who is asked, whatever the steward was told by whom.
    """

    invitation_id: str
    contact_name: str
    party_name: str
    state: MailState
    delivery: MailDelivery
    problem: str


def report_of(notice: Notice) -> Report | None:
    """A notice in the words of the outbox; None where it says nothing about the end, such as "handed on"."""
    delivery = _DELIVERIES.get(notice.action)
    if delivery is None:
        return None
    problem = "" if delivery is MailDelivery.DELIVERED else told(problem_of(notice.status), notice.status)
    return Report(notice.token, delivery, problem)


def record(session: Session, report: Report) -> bool:
    """Keeps a report; false when its token is none of ours. The same one may come again."""
    mail = session.scalar(select(MailRecord).where(MailRecord.return_token == report.token))
    if mail is None:
        return False
    # Of a mail without a link nothing is kept (decision 10).
    bringer = _bringer(session, mail.invitation_id) if mail.invitation_id else None
    if bringer is None or not _counts(mail, bringer, report):
        return True
    if _RANKS[report.delivery] > _RANKS[MailDelivery(bringer.delivery)]:
        bringer.delivery = report.delivery.value
        bringer.delivery_problem = report.problem
    return True


def arrivals(session: Session, cycle_id: str) -> tuple[Arrival, ...]:
    """What is known of everybody's address: those that trouble first, then by organisation and name."""
    query = (
        select(MailRecord, InvitationRecord.id, ContactRecord.name, PartyRecord.name)
        .join(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == InvitationRecord.party_id)
        .where(MailRecord.cycle_id == cycle_id, MailRecord.kind.in_(_BRINGING))
    )
    newest: dict[str, tuple[MailRecord, str, str]] = {}
    for mail, invitation_id, contact, party in session.execute(query):
        earlier = newest.get(invitation_id)
        if earlier is None or _age(mail) > _age(earlier[0]):
            newest[invitation_id] = (mail, contact, party)
    found = [_arrival(invitation_id, *one) for invitation_id, one in newest.items()]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                not is_trouble(one),
                one.party_name.casefold(),
                one.contact_name.casefold(),
                one.invitation_id,
            ),
        )
    )


def counts(session: Session, cycle_id: str) -> dict[MailDelivery, int]:
    """How many of the mails with people's links, of those that left, are known to be in each state."""
    newest = _newest(cycle_id)
    query = (
        select(MailRecord.delivery, func.count())
        .join(newest, newest.c.id == MailRecord.id)
        .where(newest.c.age == 1, MailRecord.state == MailState.SENT.value)
        .group_by(MailRecord.delivery)
    )
    return {MailDelivery(delivery): count for delivery, count in session.execute(query)}


def came_back(session: Session, cycle_id: str, most: int) -> tuple[Arrival, ...]:
    """The links that came back, at most so many of them, by organisation and name."""
    newest = _newest(cycle_id)
    query = (
        select(MailRecord, InvitationRecord.id, ContactRecord.name, PartyRecord.name)
        .join(newest, newest.c.id == MailRecord.id)
        .join(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == InvitationRecord.party_id)
        .where(
            newest.c.age == 1,
            MailRecord.state == MailState.SENT.value,
            MailRecord.delivery == MailDelivery.BOUNCED.value,
        )
        .order_by(PartyRecord.name, ContactRecord.name, InvitationRecord.id)
        .limit(most)
    )
    return tuple(
        _arrival(invitation_id, mail, contact, party)
        for mail, invitation_id, contact, party in session.execute(query)
    )


def is_trouble(arrival: Arrival) -> bool:
    """Whether a person has no working link as far as anybody knows."""
    return arrival.state is MailState.FAILED or arrival.delivery is MailDelivery.BOUNCED


def _counts(mail: MailRecord, bringer: MailRecord, report: Report) -> bool:
    if mail.id == bringer.id:
        return True
    if mail.kind in _BRINGING or mail.queued_at < bringer.queued_at:
        # About an address that was corrected since.
        return False
    return report.delivery is MailDelivery.BOUNCED and problem_in(report.problem) in ABOUT_ONE_MAILBOX


def _newest(cycle_id: str) -> Subquery:
    """The mails that brought a link, numbered for each person as ``_age`` orders them: 1 is the newest."""
    order = (
        MailRecord.queued_at.desc(),
        (MailRecord.kind == MailKind.NEW_LINK.value).desc(),
        MailRecord.number.desc(),
    )
    age = func.row_number().over(partition_by=MailRecord.invitation_id, order_by=order).label("age")
    where = (MailRecord.cycle_id == cycle_id, MailRecord.kind.in_(_BRINGING))
    return select(MailRecord.id, age).where(*where).subquery()


def _bringer(session: Session, invitation_id: str) -> MailRecord | None:
    """The mail that brought the link which a person has now, held until the end of the transaction."""
    query = select(MailRecord).where(
        MailRecord.invitation_id == invitation_id, MailRecord.kind.in_(_BRINGING)
    )
    mails = session.scalars(query.with_for_update()).all()
    return max(mails, key=_age, default=None)


def _age(mail: MailRecord) -> tuple[object, ...]:
    return (mail.queued_at, mail.kind == MailKind.NEW_LINK.value, mail.number)


def _arrival(invitation_id: str, mail: MailRecord, contact: str, party: str) -> Arrival:
    state = MailState(mail.state)
    return Arrival(
        invitation_id=invitation_id,
        contact_name=contact,
        party_name=party,
        state=state,
        delivery=MailDelivery(mail.delivery),
        problem=mail.problem if state is MailState.FAILED else mail.delivery_problem,
    )
