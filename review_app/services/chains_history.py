"""The history of a chain: who did what to it and when, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.chains import ChainChangeRecord

PER_PAGE = 50
Kind = Literal["import", "edit", "merge"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a chain, in words that begin a sentence.

    ``account_id`` None: nobody is named, so the history keeps the day and not the hour, which could say who asked.
    """

    words: str
    account_id: str | None

    def moment(self, now: datetime) -> datetime:
        """What is kept of the moment of a change by this author."""
        return now if self.account_id else now.replace(hour=0, minute=0, second=0, microsecond=0)


BY_COMMAND = Author("A command on the server", None)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One sentence of the history. ``is_day``: of its moment only the day is known."""

    changed_at: datetime
    is_day: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of the history, the newest first. ``page`` counts from 1."""

    lines: tuple[HistoryLine, ...]
    page: int
    pages: int


def record(
    session: Session, now: datetime, chain_id: str, by: Author, *, kind: Kind, sentences: Sequence[str]
) -> None:
    """Adds sentences to the history, in their order."""
    session.add_all(
        ChainChangeRecord(
            chain_id=chain_id,
            changed_at=by.moment(now),
            position=position,
            account_id=by.account_id,
            kind=kind,
            sentence=sentence,
        )
        for position, sentence in enumerate(sentences)
    )


def history(session: Session, chain_id: str, page: int) -> HistoryPage:
    """A page of a chain's history; a number beyond the last page gives the last."""
    of_chain = ChainChangeRecord.chain_id == chain_id
    count = session.scalar(select(func.count()).select_from(ChainChangeRecord).where(of_chain)) or 0
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(page, 1), pages)
    query = (
        select(ChainChangeRecord)
        .where(of_chain)
        .order_by(ChainChangeRecord.changed_at.desc(), ChainChangeRecord.position, ChainChangeRecord.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    lines = tuple(
        HistoryLine(found.changed_at, found.account_id is None, found.sentence)
        for found in session.scalars(query)
    )
    return HistoryPage(lines, page, pages)
