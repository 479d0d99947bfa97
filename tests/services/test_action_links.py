"""Links to actions, on both databases: whom each belongs to, and every way in which one comes to open nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.actions import ActionPersonRecord
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.services import acting, action_links, actions, overseeing
from review_app.services.accounts import AccountRole
from review_app.services.actions import ActionLink
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys.improvement import LINK_LASTS, ActionState, has_expired
from tests.actions_made import MILL, PRIME, do, in_state, link_of, propose, published, secret_of
from tests.conftest import make_account
from tests.publications import Reviewed, contact_id_of


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Reviewed]:
    """A published review on either database."""
    with published(either_environ) as found:
        yield found


def chain_of(of: Reviewed) -> str:
    with reading() as session:
        return session.get_one(CycleRecord, of.cycle.id).chain_id


def person_of(address: str) -> str:
    with reading() as session:
        contact_id = contact_id_of(session, address)
        query = select(ActionPersonRecord.id).where(ActionPersonRecord.contact_id == contact_id)
        return session.scalars(query).one()


def opened(secret: bytes, days: float = 0) -> ActionLink | None:
    with reading() as session:
        return actions.find_link(session, clock.now() + timedelta(days=days), secret)


def test_a_link_opens_until_half_a_year_after_the_last_action_was_settled(of: Reviewed) -> None:
    first = in_state(of, ActionState.VERIFIED)
    secret = secret_of(of, PRIME)
    assert opened(secret) and opened(secret, 179) and opened(secret, 181) is None
    second = propose(of)
    assert opened(secret, 1000), "one of them is open"
    do(acting.decline, of, second, PRIME, "No money.")
    assert opened(secret, 179) and opened(secret, 181) is None
    link = opened(secret)
    assert link is not None and link.owned == {first, second}


def test_the_rule_itself() -> None:
    now = clock.now()
    long_ago, recent = now - LINK_LASTS, now - LINK_LASTS + timedelta(seconds=1)
    assert has_expired((), now) and has_expired((long_ago,), now)
    assert not has_expired((recent,), now) and not has_expired((long_ago, recent), now)
    assert not has_expired((long_ago, None), now)


def test_a_revoked_link_opens_nothing_and_its_mails_are_withdrawn_and_another_one_replaces_it(
    of: Reviewed,
) -> None:
    propose(of)
    chain_id, person_id, secret = chain_of(of), person_of(PRIME), secret_of(of, PRIME)
    mill = secret_of(of, MILL)
    with transaction() as session:
        action_links.revoke(session, clock.now(), chain_id, person_id)
    assert opened(secret) is None and opened(mill)
    with reading() as session:
        states = set(
            session.scalars(select(MailRecord.state).where(MailRecord.kind == MailKind.ACTION.value))
        )
        (holder,) = [one for one in action_links.holders(session, clock.now(), chain_id) if one.owns]
    assert states == {MailState.CANCELLED.value}
    assert holder.revoked_at and not holder.opens and (holder.owns, holder.verifies) == (1, 0)
    with transaction() as session:
        action_links.replace(session, clock.now(), chain_id, person_id)
    assert opened(secret) is None, "the old one stays dead"
    new = secret_of(of, PRIME)
    assert new != secret and opened(new)
    with reading() as session:
        query = select(MailRecord.number).where(
            MailRecord.kind == MailKind.ACTION_DIGEST.value, MailRecord.about_id == person_id
        )
        assert session.scalars(query).all() == [1]
    assert opened(mill), "nobody else's link has changed"


def test_somebody_who_is_gone_from_the_chain_opens_nothing(of: Reviewed) -> None:
    propose(of)
    chain_id = chain_of(of)
    secrets = {who: secret_of(of, who) for who in (PRIME, MILL)}
    with transaction() as session:
        contact_id = contact_id_of(session, PRIME)
        session.execute(
            update(ContactRecord).where(ContactRecord.id == contact_id).values(gone_at=clock.now())
        )
        session.execute(
            update(PartyRecord).where(PartyRecord.id == of.parties["mill"]).values(gone_at=clock.now())
        )
    assert [opened(secret) for secret in secrets.values()] == [None, None]
    with reading() as session:
        assert all(one.is_gone for one in action_links.holders(session, clock.now(), chain_id))
    with pytest.raises(NotAllowedError), transaction() as session:
        action_links.replace(session, clock.now(), chain_id, person_of(PRIME))


def test_nobody_replaces_or_stops_a_link_of_another_chain_or_sees_to_it(of: Reviewed) -> None:
    propose(of)
    person_id, secret = person_of(PRIME), secret_of(of, PRIME)
    for step in (action_links.revoke, action_links.replace):
        with pytest.raises(NotFoundError), transaction() as session:
            step(session, clock.now(), "another chain", person_id)
    assert opened(secret)
    stranger = make_account(of.app, "other@independent.example", AccountRole.STEWARD)
    with reading() as session:
        chain_id = chain_of(of)
        assert overseeing.check_oversees(session, chain_id, of.organiser) == "Threads"
        assert overseeing.check_oversees(session, chain_id, of.steward) == "Threads"
        for account, chain in ((stranger, chain_id), (of.organiser, "no-such-chain")):
            with pytest.raises(NotFoundError):
                overseeing.check_oversees(session, chain, account)


def test_a_made_up_secret_opens_nothing(of: Reviewed) -> None:
    propose(of)
    assert link_of(of, PRIME) and opened(bytes(20)) is None and opened(of.secret(PRIME)) is None
