"""Mails as plain text and HTML, made at the moment of sending and never kept by the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from review_app.languages import day, moment
from review_app.layout import template_folder
from review_app.services.leasing import Leased
from review_app.services.outbox import MailKind
from surveys import sealing
from surveys.language import Language

MESSAGE_DOMAIN = "roundtable.invalid"
SUBJECTS = {
    MailKind.INVITATION: "{chain}: tell us how the partnership works ({minutes} minutes, by {day})",
    MailKind.REMINDER: "{chain}: your view still counts ({minutes} minutes, by {day})",
    MailKind.EXTENDED: "{chain}: more time for your view, until {day}",
    MailKind.LINK_AGAIN: "{chain}: your link again ({minutes} minutes, by {day})",
    MailKind.NEW_LINK: "{chain}: a new link for your view ({minutes} minutes, by {day})",
    MailKind.PUBLISHED: "{chain}: the report is published",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a mail says beside its recipient: who asks, how long it takes and how the answers are guarded.

    ``minutes``: 0 in a mail without a link, which asks for no answers. ``long_reason``: why it takes this person more
    than twenty minutes; "" when it does not.
    """

    prime_name: str
    steward_name: str
    minutes: int
    long_reason: str
    is_two_key: bool
    shown_as: str
    has_named_reviews: bool
    k: int


def compose(
    mail: Leased, occasion: Occasion, *, link_key: bytes | None, base_url: str, sender: str, now: datetime
) -> EmailMessage:
    """The mail, with its link where it carries one: only then the link key is needed.

    Its Message-ID is the same at every attempt, so that a double is recognised.
    """
    if mail.link is None or link_key is None:
        template, token = "notice", sealing.notice_token(mail.id, mail.kind.value)
        links = {}
    else:
        template = "request"
        token = sealing.message_token(link_key, mail.link.invitation_id, mail.kind.value, mail.number)
        code = sealing.code_of(sealing.link_secret(link_key, mail.link.invitation_id, mail.link.number))
        links = {"link": f"{base_url}/r#{code}", "code": code, "code_page": f"{base_url}/r"}
    context = {
        "mail": mail,
        "occasion": occasion,
        "kind": mail.kind.value,
        "promise_page": f"{base_url}/promise",
        **links,
    }
    message = EmailMessage()
    message["Subject"] = SUBJECTS[mail.kind].format(
        chain=mail.chain_name, minutes=occasion.minutes, day=day(mail.closes_at, Language.ENGLISH)
    )
    name, address = parseaddr(sender)
    user, _, domain = address.rpartition("@")
    message["From"] = Address(name, user, domain)
    to_user, _, to_domain = mail.to_address.rpartition("@")
    message["To"] = Address(mail.to_name, to_user, to_domain)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{token}@{MESSAGE_DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    environment = _environment()
    message.set_content(
        environment.get_template(f"emails/{template}.txt").render(context), cte="quoted-printable"
    )
    message.add_alternative(
        environment.get_template(f"emails/{template}.html").render(context),
        subtype="html",
        cte="quoted-printable",
    )
    return message


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = lambda value: day(value, Language.ENGLISH)
    environment.filters["moment"] = lambda value: moment(value, Language.ENGLISH)
    return environment
