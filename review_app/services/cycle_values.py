"""A cycle as a value: what was fixed at its launch, how it stands, and what follows from both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveys.cycle import CycleState, KeyMode
from surveys.groups import DisclosurePolicy
from surveys.instrument import Instrument
from surveys.language import ENGLISH_ONLY, Language
from surveys.matrix import Plan
from surveys.publication import CountedBy, PublicationRule, Timetable, timetable, timetable_of_made


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle as pages and commands see it. ``received_shown``: reviews received, rounded down to fives, once a day.

    ``made_at``: when its reports were made, None before.
    """

    id: str
    chain_id: str
    chain_name: str
    title: str
    state: CycleState
    instrument: Instrument
    plan: Plan
    k: int
    closes_at: datetime
    key_mode: KeyMode
    organiser_id: str
    steward_id: str
    steward_name: str
    too_soon_reason: str
    long_reason: str
    languages: tuple[Language, ...]
    long_reason_welsh: str
    cloned_from: str | None
    is_approved: bool
    has_key: bool
    opened_at: datetime | None
    closed_at: datetime | None
    purged_at: datetime | None
    asked: int
    received_shown: int
    received_on: str
    publish_after_days: int | None
    publication: PublicationRule
    counted_by: CountedBy
    made_at: datetime | None

    @property
    def timetable(self) -> Timetable | None:
        """What happens when after the close; None where the reports go out as soon as the steward releases them.

        Before the reports are made it is that of the launch. Made late, they give the time that there is for replies.
        """
        if not self.publish_after_days:
            return None
        if self.made_at is None:
            return timetable(self.closes_at, self.publish_after_days)
        return timetable_of_made(self.closes_at, self.publish_after_days, self.made_at)

    @property
    def waiting(self) -> Timetable | None:
        """The timetable of reports that are made and wait for their publication; None before, after and without."""
        return self.timetable if self.is_awaiting_replies else None

    @property
    def is_awaiting_replies(self) -> bool:
        """Whether its reports are made, and not published yet."""
        return self.state is CycleState.CLOSED and self.made_at is not None

    @property
    def policy(self) -> DisclosurePolicy:
        """The thresholds that this cycle was designed with."""
        return DisclosurePolicy(k=self.k)

    @property
    def is_bilingual(self) -> bool:
        """Whether people are asked in Welsh too."""
        return Language.WELSH in self.languages

    @property
    def printed_in(self) -> tuple[Language, ...]:
        """The languages of its mails and letters, in their order. Both stand alike; Welsh comes first, as in Wales."""
        return (Language.WELSH, Language.ENGLISH) if self.is_bilingual else ENGLISH_ONLY
