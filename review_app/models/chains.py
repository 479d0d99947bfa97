"""Chains: parties, contracts between them, contacts, and what was changed about them.

An organisation or a person that is gone keeps its row: invitations refer to it. ``gone_at`` is None while it is there.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review_app.models.base import Id, Model, Moment, new_id


class ChainRecord(Model):
    """One contract's supply chain.

    ``mail_days``: the days on which mail is sent, as digits (1 is Monday); ``mail_from``, ``mail_until``: whole hours
    of UK time.
    """

    __tablename__ = "chains"
    __table_args__ = (
        CheckConstraint("mail_from >= 0 and mail_from < mail_until and mail_until <= 24", name="mail_hours"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    mail_days: Mapped[str] = mapped_column(String(7), server_default="12345")
    mail_from: Mapped[int] = mapped_column(server_default="8")
    mail_until: Mapped[int] = mapped_column(server_default="18")
    parties: Mapped[list[PartyRecord]] = relationship(
        order_by="PartyRecord.position", lazy="raise", cascade="all, delete-orphan"
    )


class PartyRecord(Model):
    """An organisation in a chain; ``position`` keeps the order of the spreadsheet.

    ``name_key``: the key of its name while it is there; one of no meaning once it is gone, so that its name is free.
    """

    __tablename__ = "parties"
    __table_args__ = (
        UniqueConstraint("chain_id", "name_key"),
        CheckConstraint(
            "role in ('commissioner', 'prime', 'subcontractor', 'specialist', 'spot_provider')", name="role"
        ),
        CheckConstraint("sector in ('public', 'private', 'vcs')", name="sector"),
        CheckConstraint("standing in ('present', 'past', 'potential')", name="standing"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    chain_id: Mapped[str] = mapped_column(ForeignKey("chains.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    sector: Mapped[str] = mapped_column(String(20))
    tier: Mapped[int | None]
    services: Mapped[str] = mapped_column(String(1000))
    standing: Mapped[str] = mapped_column(String(20), server_default="present")
    gone_at: Mapped[datetime | None] = mapped_column(Moment)
    contacts: Mapped[list[ContactRecord]] = relationship(
        order_by="ContactRecord.position", lazy="raise", cascade="all, delete-orphan"
    )
    buyers: Mapped[list[ContractRecord]] = relationship(
        foreign_keys="ContractRecord.supplier_id", lazy="raise", cascade="all, delete-orphan"
    )


class ContractRecord(Model):
    """Who pays whom: ``supplier_id`` contracts with ``buyer_id``."""

    __tablename__ = "contracts"
    __table_args__ = (CheckConstraint("supplier_id <> buyer_id", name="not_with_itself"),)

    supplier_id: Mapped[str] = mapped_column(ForeignKey("parties.id"), primary_key=True)
    buyer_id: Mapped[str] = mapped_column(ForeignKey("parties.id"), primary_key=True)


class ContactRecord(Model):
    """A person of a party who may be asked, by mail or, without an email address, by a printed letter."""

    __tablename__ = "contacts"
    __table_args__ = (CheckConstraint("email <> '' or postal_address <> ''", name="reachable"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    job_title: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    postal_address: Mapped[str] = mapped_column(String(300), server_default="")
    gone_at: Mapped[datetime | None] = mapped_column(Moment)


class ChainChangeRecord(Model):
    """One thing that somebody did to a chain, in words; ``position`` orders what was done at one moment.

    ``account_id`` None: nobody in particular is named, and ``changed_at`` is the day alone.
    """

    __tablename__ = "chain_changes"
    __table_args__ = (
        CheckConstraint("kind in ('import', 'edit', 'merge')", name="kind"),
        # The order in which rows were made could tell the hour that the day hides.
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    chain_id: Mapped[str] = mapped_column(ForeignKey("chains.id"), index=True)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    position: Mapped[int]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(Text)
