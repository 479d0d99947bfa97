"""A leased mail with everything that is needed to write it, but its link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.chains import ChainRecord, ContactRecord, PartyRecord
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.models.readers import ReaderRecord
from review_app.services.rosters import Roster, roster_from_text
from surveys.chain import Role
from surveys.instrument import Voice

# The mails with a link to reports; before the launch and in an open review there are none.
BRINGS_REPORTS = frozenset({MailKind.REPORT_READY, MailKind.PUBLISHED})
# A contact may have moved on since the launch.
_PARTY = (InvitationRecord.party_id, ReaderRecord.party_id, ContactRecord.party_id)


@dataclass(frozen=True, slots=True)
class LinkOf:
    """Whose link a mail carries, and what that person is asked; the link itself is derived when the mail is sent.

    ``number`` is read together with the address: a link never goes to an address of another number. ``voices``: one for
    each review, in the order of the list.
    """

    invitation_id: str
    number: int
    group_id: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Leased:
    """One mail to send now. ``link``: None where it carries none. ``attempt``: the how manieth this is, from 1.

    ``about_id``: the workshop, action, owner or pulse that it is about; "" where it is about the review itself.
    ``reader_id``: whose link to reports it brings; None where it brings none. It is held until ``leased_until``. The
    names are those of the launch; before it, those of the chain.
    """

    id: str
    cycle_id: str
    contact_id: str
    link: LinkOf | None
    reader_id: str | None
    kind: MailKind
    about_id: str
    number: int
    attempt: int
    leased_until: datetime
    to_name: str
    to_address: str
    party_name: str
    prime_name: str
    chain_name: str
    closes_at: datetime
    return_token: str


def read(session: Session, ids: Sequence[str], until: datetime) -> tuple[Leased, ...]:
    """The mails of these ids, in their order; they have just been leased until then."""
    query = (
        select(
            MailRecord,
            ContactRecord.name,
            ContactRecord.email,
            PartyRecord.id,
            PartyRecord.name,
            InvitationRecord,
            ReaderRecord.id,
            CycleRecord.closes_at,
        )
        .join(ContactRecord, ContactRecord.id == MailRecord.contact_id)
        .join(CycleRecord, CycleRecord.id == MailRecord.cycle_id)
        .outerjoin(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
        .outerjoin(
            ReaderRecord,
            (ReaderRecord.cycle_id == MailRecord.cycle_id)
            & (ReaderRecord.contact_id == MailRecord.contact_id)
            & MailRecord.kind.in_(BRINGS_REPORTS),
        )
        .join(PartyRecord, PartyRecord.id == func.coalesce(*_PARTY))
        .where(MailRecord.id.in_(ids))
        # The state was changed by a statement that the session's own objects know nothing of.
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    names = _names(session, {mail.cycle_id for mail, *_ in rows})
    voices = _voices(session, [mail.invitation_id for mail, *_ in rows if mail.invitation_id])
    found = {
        mail.id: Leased(
            id=mail.id,
            cycle_id=mail.cycle_id,
            contact_id=mail.contact_id,
            link=_link(invitation, voices),
            reader_id=reader_id,
            kind=MailKind(mail.kind),
            about_id=mail.about_id,
            number=mail.number,
            attempt=mail.attempts,
            leased_until=until,
            to_name=to_name,
            to_address=to_address,
            party_name=names[mail.cycle_id].parties.get(party_id, party_name),
            prime_name=names[mail.cycle_id].prime_name,
            chain_name=names[mail.cycle_id].chain_name,
            closes_at=closes_at,
            return_token=mail.return_token,
        )
        for mail, to_name, to_address, party_id, party_name, invitation, reader_id, closes_at in rows
    }
    return tuple(found[id_] for id_ in ids)


def _link(invitation: InvitationRecord | None, voices: Mapping[str, tuple[Voice, ...]]) -> LinkOf | None:
    if invitation is None:
        return None
    return LinkOf(invitation.id, invitation.link_number, invitation.group_id, voices[invitation.id])


def _voices(session: Session, invitation_ids: Iterable[str]) -> dict[str, tuple[Voice, ...]]:
    """The voices that each invitation is asked in, one for each review."""
    found: dict[str, list[Voice]] = {id_: [] for id_ in invitation_ids}
    query = (
        select(AssignmentRecord.invitation_id, AssignmentRecord.voice)
        .where(AssignmentRecord.invitation_id.in_(found))
        .order_by(AssignmentRecord.position)
    )
    for invitation_id, voice in session.execute(query):
        found[invitation_id].append(Voice(voice))
    return {id_: tuple(voices) for id_, voices in found.items()}


def _names(session: Session, cycle_ids: Iterable[str]) -> dict[str, Roster]:
    """The names that each cycle was launched with; of a draft, those of the chain as it is now."""
    query = (
        select(CycleRecord.id, CycleRecord.opened_at, CycleRecord.roster, ChainRecord.id, ChainRecord.name)
        .join(ChainRecord, ChainRecord.id == CycleRecord.chain_id)
        .where(CycleRecord.id.in_(cycle_ids))
    )
    return {
        cycle_id: roster_from_text(roster) if opened_at else _present_names(session, chain_id, chain_name)
        for cycle_id, opened_at, roster, chain_id, chain_name in session.execute(query).all()
    }


def _present_names(session: Session, chain_id: str, chain_name: str) -> Roster:
    parties = session.execute(
        select(PartyRecord.id, PartyRecord.name, PartyRecord.role)
        .where(PartyRecord.chain_id == chain_id, PartyRecord.gone_at.is_(None))
        .order_by(PartyRecord.position)
    ).all()
    prime_id = next(id_ for id_, _, role in parties if role == Role.PRIME)
    return Roster(chain_name, prime_id, {id_: name for id_, name, _ in parties})
