"""What mails say beside their recipient: who asks, how long it takes, how the answers are guarded; per kind of mail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.accounts import AccountRecord
from review_app.models.cycles import CycleRecord
from review_app.services import cycles
from review_app.services.cycles import Cycle
from review_app.services.leasing import Leased, LinkOf
from review_app.services.outbox import MailKind
from surveys.cycle import KeyMode
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.language import Language
from surveys.publication import PublicationRule, publishes_at
from surveys.timing import MOST_MINUTES, minutes

# Their answers are shown under the name of the speaker's organisation, whatever group the speaker is in otherwise.
NAMED_VOICES = frozenset({Voice.PARTNER_ON_ITSELF, Voice.PRIME_ON_PARTNER, Voice.TIER_ONE_ON_SUBCONTRACTOR})


@dataclass(frozen=True, slots=True)
class Request:
    """A mail with a link.

    ``long_reason``: why it takes this person more than twenty minutes; "" when it does not. ``is_attributed``: the
    answers are shown under the name of ``party_name``; ``has_named_reviews``: some of them are, whatever the group.
    ``publishes_at``: when everybody gets the report, None where no day is fixed.
    """

    chain_name: str
    prime_name: str
    party_name: str
    steward_name: str
    minutes: int
    long_reason: str
    long_reason_welsh: str
    closes_at: datetime
    publishes_at: datetime | None
    is_two_key: bool
    is_attributed: bool
    has_named_reviews: bool
    policy: DisclosurePolicy

    def in_language(self, language: Language) -> Request:
        """The same with what the organiser wrote in a language; what nobody translated stays in English."""
        if language is not Language.WELSH or not self.long_reason:
            return self
        return replace(self, long_reason=self.long_reason_welsh or self.long_reason)


@dataclass(frozen=True, slots=True)
class RosterCheck:
    """A mail to somebody who would be asked. ``code``: of the page where to ask the steward for a correction."""

    chain_name: str
    prime_name: str
    party_name: str
    steward_name: str
    code: str


@dataclass(frozen=True, slots=True)
class ReportReady:
    """A mail to those whom a report is about: they can read it and reply. ``party_name``: what it is about.

    ``replies_until``: until when they can; ``publishes_at``: when everybody gets the reports; ``is_open``: the
    commissioners get those on partners too.
    """

    chain_name: str
    prime_name: str
    party_name: str
    is_open: bool
    replies_until: datetime
    publishes_at: datetime

    @property
    def is_on_prime(self) -> bool:
        """Whether it is the report that everybody gets."""
        return self.party_name == self.prime_name


@dataclass(frozen=True, slots=True)
class ReportOut:
    """A mail that the report is published. ``is_purged``: it is verified that nothing secret is left.

    ``has_link``: it brings a link to the reports, unlike one that was queued before there were any.
    """

    chain_name: str
    prime_name: str
    organiser_name: str
    steward_name: str
    is_purged: bool
    has_link: bool


@dataclass(frozen=True, slots=True)
class WorkshopCall:
    """An invitation to a workshop, or the word that it is called off: then ``is_off``.

    ``id``: what its calendar entry is known by; ``revision``: how often that changed. ``place``, ``call_link``: "" for
    none. ``is_again``: the person may have a mail about it already, which this one replaces.
    ``is_changed``: when or where it is has changed since the person was invited.
    """

    id: str
    revision: int
    chain_name: str
    title: str
    begins_at: datetime
    ends_at: datetime
    minutes: int
    place: str
    call_link: str
    leader: str
    is_again: bool
    is_changed: bool
    is_off: bool

    @property
    def where(self) -> str:
        """The place and the link of the call, as far as there are any."""
        return "; ".join(filter(None, (self.place, self.call_link)))


class ActionNews(StrEnum):
    """Why a mail about an action comes to those who own it. ``MORE``: the verifier asks for more.

    ``ANSWER``: whoever leads the workshops has written to them.
    """

    PROPOSED = "proposed"
    CHANGED = "changed"
    MORE = "more"
    NOT_FELT = "not_felt"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class MinutesOut:
    """A mail that the minutes of a workshop are out. ``decisions``, ``actions``: how many they have."""

    chain_name: str
    title: str
    begins_at: datetime
    leader: str
    decisions: int
    actions: int


@dataclass(frozen=True, slots=True)
class ActionCall:
    """A mail to somebody who owns an action. ``id``: what its calendar entry is known by; ``revision``: grows.

    ``owner``: the organisations in whose name it stands. ``is_joint``: there are two of them. ``due``: in the morning.
    """

    id: str
    revision: int
    chain_name: str
    number: int
    title: str
    for_whom: str
    owner: str
    verifier: str
    due: datetime
    is_joint: bool
    news: ActionNews


@dataclass(frozen=True, slots=True)
class ActionDue:
    """A reminder of an action. ``days``: from the due date to the reminder, below 0 before it."""

    id: str
    revision: int
    chain_name: str
    number: int
    title: str
    due: datetime
    days: int

    @property
    def is_past(self) -> bool:
        """Whether the due date is over."""
        return self.days > 0


@dataclass(frozen=True, slots=True)
class ActionDone:
    """A question to the verifier of an action whose owners say that it is done."""

    chain_name: str
    number: int
    title: str
    for_whom: str
    owner: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action in a digest."""

    number: int
    title: str
    due: datetime


@dataclass(frozen=True, slots=True)
class ActionDigest:
    """What is open of somebody's actions. ``waiting``: for their answer, as an owner or a verifier.

    ``is_new_link``: its link replaces the one that they had.
    """

    chain_name: str
    overdue: tuple[ActionLine, ...]
    waiting: tuple[ActionLine, ...]
    others: tuple[ActionLine, ...]
    is_new_link: bool


@dataclass(frozen=True, slots=True)
class PulseCall:
    """A mail to somebody whom an action was for. ``owners``: the organisations that own it."""

    chain_name: str
    title: str
    for_whom: str
    owners: tuple[str, ...]
    steward_name: str
    closes_at: datetime
    is_two_key: bool
    is_reminder: bool
    policy: DisclosurePolicy


ActionOccasion = ActionCall | ActionDue | ActionDone | ActionDigest
Occasion = (
    Request | RosterCheck | ReportReady | ReportOut | WorkshopCall | MinutesOut | PulseCall | ActionOccasion
)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a mail says beside its recipient, and its link: a page that takes the code, and the secret of the link.

    ``secret`` None: it brings no link of anybody's, and names the page alone.
    """

    occasion: Occasion
    path: str
    secret: bytes | None

    def __repr__(self) -> str:
        return "Errand(…)"


@dataclass(frozen=True, slots=True)
class Setting:
    """What all mails of a review have in common."""

    cycle: Cycle
    organiser_name: str
    roster_code: str


def setting(session: Session, cycle_id: str) -> Setting:
    """What the mails of a review have in common. Raises NotFoundError."""
    cycle = cycles.load(session, cycle_id)
    organiser_name, code = session.execute(
        select(AccountRecord.name, CycleRecord.roster_code)
        .join(CycleRecord, CycleRecord.organiser_id == AccountRecord.id)
        .where(CycleRecord.id == cycle_id)
    ).one()
    return Setting(cycle, organiser_name, code or "")


def occasion(of: Setting, mail: Leased) -> Occasion:
    """What a mail of a review says beside its recipient. Raises ValueError for a kind that nothing sends yet."""
    if mail.link is not None:
        return _request(of.cycle, mail, mail.link)
    if mail.kind is MailKind.ROSTER_CHECK:
        return RosterCheck(
            chain_name=mail.chain_name,
            prime_name=mail.prime_name,
            party_name=mail.party_name,
            steward_name=of.cycle.steward_name,
            code=of.roster_code,
        )
    if mail.kind is MailKind.REPORT_READY and of.cycle.waiting is not None:
        return ReportReady(
            chain_name=mail.chain_name,
            prime_name=mail.prime_name,
            party_name=mail.party_name,
            is_open=of.cycle.publication is PublicationRule.OPEN,
            replies_until=of.cycle.waiting.replies_until,
            publishes_at=of.cycle.waiting.publishes_at,
        )
    if mail.kind is MailKind.PUBLISHED:
        return ReportOut(
            chain_name=mail.chain_name,
            prime_name=mail.prime_name,
            organiser_name=of.organiser_name,
            steward_name=of.cycle.steward_name,
            is_purged=of.cycle.purged_at is not None,
            has_link=mail.reader_id is not None,
        )
    raise ValueError(f"Nothing says yet what a mail of the kind {mail.kind} is about.")


def _request(cycle: Cycle, mail: Leased, link: LinkOf) -> Request:
    group = next(group for group in cycle.plan.groups if group.id == link.group_id)
    takes = minutes(cycle.instrument, link.voices)
    return Request(
        chain_name=mail.chain_name,
        prime_name=mail.prime_name,
        party_name=mail.party_name,
        steward_name=cycle.steward_name,
        minutes=takes,
        long_reason=cycle.long_reason if takes > MOST_MINUTES else "",
        long_reason_welsh=cycle.long_reason_welsh,
        closes_at=cycle.closes_at,
        publishes_at=publishes_at(cycle.closes_at, cycle.publish_after_days),
        is_two_key=cycle.key_mode is KeyMode.TWO_KEY,
        is_attributed=group.is_attributed,
        has_named_reviews=not NAMED_VOICES.isdisjoint(link.voices),
        policy=cycle.policy,
    )
