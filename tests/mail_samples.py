"""Mails of every kind to look at: what they say is made up, what they are made by is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from review_app.mail.messages import Desk, compose
from review_app.services.leasing import Leased, LinkOf
from review_app.services.occasions import (
    ActionCall,
    ActionDigest,
    ActionDone,
    ActionDue,
    ActionLine,
    ActionNews,
    Errand,
    MinutesOut,
    Occasion,
    PulseCall,
    ReportOut,
    ReportReady,
    Request,
    RosterCheck,
    WorkshopCall,
)
from review_app.services.outbox import MailKind
from surveys import sealing
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.language import Language

BASE = "https://review.charity.example"
KEY = b"k" * 32
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
CLOSES_AT = datetime(2026, 12, 12, 17, 0, tzinfo=UTC)
PUBLISHES_AT = datetime(2027, 1, 9, 17, 0, tzinfo=UTC)
DUE = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
DESK = Desk(BASE, "Roundtable <review@charity.example>", NOW)
ENGLISH = (Language.ENGLISH,)
BOTH = (Language.WELSH, Language.ENGLISH)
KINDS = tuple(MailKind)
LINKED = tuple(kind for kind in MailKind if kind.carries_link)
# Those with a link to actions.
ACTIONS = (MailKind.ACTION, MailKind.ACTION_DUE, MailKind.ACTION_DONE, MailKind.ACTION_DIGEST)
# Those with a link to reports.
REPORTING = (MailKind.REPORT_READY, MailKind.PUBLISHED)

SEAT_SECRET = b"s" * sealing.SECRET_BYTES
ACTION_SECRET = b"a" * sealing.SECRET_BYTES
PULSE_SECRET = b"p" * sealing.SECRET_BYTES
# Where the mails of these kinds lead, and the secret that they bring; None for a page without one.
ERRANDS: dict[MailKind, tuple[str, bytes | None]] = {
    MailKind.WORKSHOP: ("/w", SEAT_SECRET),
    MailKind.WORKSHOP_OFF: ("/report", None),
    MailKind.MINUTES: ("/w", SEAT_SECRET),
    MailKind.ACTION: ("/a", ACTION_SECRET),
    MailKind.ACTION_DUE: ("/a", ACTION_SECRET),
    MailKind.ACTION_DONE: ("/a", ACTION_SECRET),
    MailKind.ACTION_DIGEST: ("/a", ACTION_SECRET),
    MailKind.PULSE: ("/p", PULSE_SECRET),
}

REQUEST = Request(
    chain_name="Pathways North",
    prime_name="Northern Bridge",
    party_name="Calder Valley Trust",
    steward_name="Ruth Okafor",
    minutes=9,
    long_reason="",
    long_reason_welsh="",
    closes_at=CLOSES_AT,
    publishes_at=PUBLISHES_AT,
    is_two_key=True,
    is_attributed=False,
    has_named_reviews=True,
    policy=DisclosurePolicy(),
)
WORKSHOP = WorkshopCall(
    id="w1",
    revision=2,
    chain_name="Pathways North",
    title="Reading the report together",
    begins_at=datetime(2027, 6, 12, 9, 0, tzinfo=UTC),
    ends_at=datetime(2027, 6, 12, 11, 30, tzinfo=UTC),
    minutes=150,
    place="Town Hall, Halifax; room 3",
    call_link="https://call.example/halifax",
    leader="Jo Lee",
    is_again=False,
    is_changed=False,
    is_off=False,
)
_OTHERS: dict[MailKind, Occasion] = {
    MailKind.ROSTER_CHECK: RosterCheck(
        "Pathways North", "Northern Bridge", "Calder Valley Trust", "Ruth Okafor", "abcDEF"
    ),
    MailKind.REPORT_READY: ReportReady(
        "Pathways North",
        "Northern Bridge",
        "Calder Valley Trust",
        is_open=False,
        replies_until=PUBLISHES_AT - timedelta(days=2),
        publishes_at=PUBLISHES_AT,
    ),
    MailKind.PUBLISHED: ReportOut(
        "Pathways North", "Northern Bridge", "Sam Hill", "Ruth Okafor", is_purged=True, has_link=True
    ),
    MailKind.WORKSHOP: WORKSHOP,
    MailKind.WORKSHOP_OFF: replace(WORKSHOP, revision=3, is_off=True),
    MailKind.MINUTES: MinutesOut(
        "Pathways North", "Reading the report together", WORKSHOP.begins_at, "Jo Lee", decisions=3, actions=4
    ),
    MailKind.ACTION: ActionCall(
        id="a1",
        revision=1,
        chain_name="Pathways North",
        number=3,
        title="Pay invoices within 14 days",
        for_whom="Every subcontractor",
        owner="Northern Bridge",
        verifier="Beth Ramsden (Calder Valley Trust)",
        due=DUE,
        is_joint=False,
        news=ActionNews.PROPOSED,
    ),
    MailKind.ACTION_DUE: ActionDue(
        id="a1",
        revision=2,
        chain_name="Pathways North",
        number=3,
        title="Pay invoices within 14 days",
        due=DUE,
        days=-14,
    ),
    MailKind.ACTION_DONE: ActionDone(
        "Pathways North", 3, "Pay invoices within 14 days", "Every subcontractor", "Northern Bridge"
    ),
    MailKind.ACTION_DIGEST: ActionDigest(
        "Pathways North",
        overdue=(ActionLine(3, "Pay invoices within 14 days", DUE),),
        waiting=(ActionLine(4, "Publish the volumes", DUE),),
        others=(ActionLine(5, "Share the forecast", DUE),),
        is_new_link=False,
    ),
    MailKind.PULSE: PulseCall(
        chain_name="Pathways North",
        title="Invoices are paid within 14 days",
        for_whom="Subcontractors of every tier",
        owners=("Northern Bridge",),
        steward_name="Ruth Okafor",
        closes_at=CLOSES_AT,
        is_two_key=True,
        is_reminder=False,
        policy=DisclosurePolicy(),
    ),
}


def occasion_of(kind: MailKind, **changes: object) -> Occasion:
    """What a mail of a kind says; ``changes`` replace what it has."""
    made = _OTHERS.get(kind, REQUEST)
    fields = {name: value for name, value in changes.items() if hasattr(made, name)}
    return replace(made, **fields)  # type: ignore[arg-type]  # each kind has fields of its own


def mail_of(
    kind: MailKind,
    languages: Sequence[Language] = ENGLISH,
    *,
    to_name: str = "Beth Ramsden",
    **changes: object,
) -> EmailMessage:
    """A mail of a kind."""
    has_link = bool(changes.get("has_link", True))
    link = LinkOf("i1", 0, "vcs", (Voice.PARTNER_ON_PRIME,)) if kind.carries_link else None
    mail = Leased(
        id="m1",
        cycle_id="c1",
        contact_id="p1",
        link=link,
        reader_id="r1" if kind in REPORTING and has_link else None,
        kind=kind,
        about_id="",
        number=1,
        attempt=1,
        leased_until=NOW,
        to_name=to_name,
        to_address="beth.ramsden@caldervalley.example",
        party_name="Calder Valley Trust",
        prime_name="Northern Bridge",
        chain_name="Pathways North",
        closes_at=CLOSES_AT,
        return_token="0" * 32,
    )
    occasion = occasion_of(kind, **changes)
    return compose(
        mail,
        Errand(occasion, *ERRANDS[kind]) if kind in ERRANDS else occasion,
        DESK,
        languages=languages,
        link_key=KEY if link else None,
        reading_key=KEY if mail.reader_id else None,
    )


def pulse_code() -> str:
    """The code of the link to a pulse in these mails."""
    return sealing.code_of(PULSE_SECRET)


def secret_code() -> str:
    """The code of the link in these mails."""
    return sealing.code_of(sealing.link_secret(KEY, "i1", 0))


def seat_code() -> str:
    """The code of the link to a workshop in these mails."""
    return sealing.code_of(SEAT_SECRET)


def action_code() -> str:
    """The code of the link to actions in these mails."""
    return sealing.code_of(ACTION_SECRET)


def reading_code() -> str:
    """The code of the link to reports in these mails."""
    return sealing.code_of(sealing.reader_secret(KEY, "r1"))


def part(mail: EmailMessage, kind: str) -> str:
    """The plain or the HTML part of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def files(mail: EmailMessage) -> dict[str, bytes]:
    """The attached files by their names."""
    found = {}
    for one in mail.iter_attachments():
        content = one.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(one.get_filename())] = content
    return found
