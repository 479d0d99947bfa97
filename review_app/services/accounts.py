"""Accounts: made by the command line, checked at sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review_app.models.accounts import AccountRecord
from review_app.models.accounts import AccountRole as AccountRole
from review_app.models.base import new_id
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys.roster import email_key

SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("the password of nobody, so that a wrong address takes as long as a wrong password")


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in. ``session_id``: what a cookie says instead of the id."""

    id: str
    session_id: str
    name: str
    email: str
    role: AccountRole

    @property
    def is_steward(self) -> bool:
        """Whether this person guards answers, independent of the prime."""
        return self.role is AccountRole.STEWARD


def create(
    session: Session, now: datetime, *, email: str, name: str, role: AccountRole, password: str
) -> Account:
    """A new account. Raises NotAllowedError for a short password or an address that has one already."""
    if len(password) < SHORTEST_PASSWORD:
        raise NotAllowedError(f"The password is too short. Use {SHORTEST_PASSWORD} characters or more.")
    key = email_key(email)
    if session.scalar(select(AccountRecord.id).where(AccountRecord.email_key == key)):
        raise NotAllowedError("There is an account with this address already. Use another address.")
    record = AccountRecord(
        email=email.strip(),
        email_key=key,
        name=name.strip(),
        role=role.value,
        password_hash=_hasher.hash(password),
        created_at=now,
    )
    session.add(record)
    session.flush()
    return _account(record)


def authenticate(session: Session, email: str, password: str) -> Account | None:
    """The account of an address and a password; None otherwise, in the same time for every reason."""
    record = session.scalar(select(AccountRecord).where(AccountRecord.email_key == email_key(email)))
    try:
        _hasher.verify(record.password_hash if record else _NOBODY, password)
    except VerificationError:
        return None
    return _account(record) if record else None


def signed_in(session: Session, session_id: str) -> Account | None:
    """The account that a sign-in's cookie stands for; None when that was ended."""
    record = session.scalar(select(AccountRecord).where(AccountRecord.session_id == session_id))
    return _account(record) if record else None


def end_sessions(session: Session, account_id: str) -> None:
    """Signs an account out of every browser, whoever copied its cookie."""
    session.execute(update(AccountRecord).where(AccountRecord.id == account_id).values(session_id=new_id()))


def by_email(session: Session, email: str) -> Account:
    """The account of an address. Raises NotFoundError."""
    record = session.scalar(select(AccountRecord).where(AccountRecord.email_key == email_key(email)))
    if record is None:
        raise NotFoundError(
            f"There is no account with the address {email}. Make one with: roundtable account create"
        )
    return _account(record)


def stewards(session: Session) -> tuple[Account, ...]:
    """Every steward, by name."""
    query = select(AccountRecord).where(AccountRecord.role == AccountRole.STEWARD.value)
    return tuple(_account(record) for record in session.scalars(query.order_by(AccountRecord.name)))


def _account(record: AccountRecord) -> Account:
    return Account(record.id, record.session_id, record.name, record.email, AccountRole(record.role))
