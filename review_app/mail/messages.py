"""Mails as plain text and HTML, made at the moment of sending and never kept by the application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from review_app.mail.calendar import LENGTH_OF_A_CLOSE, Entry, calendar_file, revision_of
from review_app.mail.rendering import Rendered, render
from review_app.services.leasing import Leased
from review_app.services.occasions import (
    ActionCall,
    ActionDue,
    Errand,
    Occasion,
    Request,
    RosterCheck,
    WorkshopCall,
)
from review_app.services.outbox import MailKind
from surveys import sealing
from surveys.language import Language
from surveys.texts import clean_line

MESSAGE_DOMAIN = "roundtable.invalid"
_CLOSING_TIME = "closing-time.ics"
_WORKSHOP = "workshop.ics"
_ACTION = "action.ics"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where mails are written: the address of the installation, the sender, and when."""

    base_url: str
    sender: str
    now: datetime


@dataclass(frozen=True, slots=True)
class _Link:
    """What is derived from the link key for one mail. ``code``: the secret itself."""

    code: str
    message_token: str
    calendar_token: str

    def __repr__(self) -> str:
        return "_Link(…)"


def compose(
    mail: Leased,
    about: Occasion | Errand,
    desk: Desk,
    *,
    languages: Sequence[Language],
    link_key: bytes | None = None,
    reading_key: bytes | None = None,
) -> EmailMessage:
    """The mail in these languages, one after the other.

    ``link_key``: needed for a Request alone; ``reading_key``: for a mail with a link to reports.

    Its Message-ID is the same at every attempt, so that a double is recognised.
    """
    it, errand = (about.occasion, about) if isinstance(about, Errand) else (about, None)
    link = _link(mail, link_key) if isinstance(it, Request) else None
    context = _context(mail.to_name, it, desk.base_url, link) | _to_reports(mail, desk, reading_key)
    context |= _to_errand(desk, errand)
    rendered = render(mail.kind, it, context, languages)
    message = EmailMessage()
    message["Subject"] = rendered.subject
    message["From"] = _address(*parseaddr(desk.sender))
    message["To"] = _address(mail.to_name, mail.to_address)
    message["Date"] = format_datetime(desk.now)
    token = link.message_token if link else sealing.notice_token(mail.id, mail.kind.value)
    message["Message-ID"] = f"<{token}@{MESSAGE_DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    if page := _unsubscribe_page(it, desk):
        message["List-Unsubscribe"] = f"<{page}>"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if entry := _entry(it, rendered, link):
        _attach(message, _filename(it), calendar_file(entry, desk.now))
    # Last: what is called Content-… goes down into a part when another is put beside it.
    message["Content-Language"] = ", ".join(language.value for language in languages)
    return message


def _link(mail: Leased, link_key: bytes | None) -> _Link:
    if link_key is None or mail.link is None:
        raise ValueError("A mail with a link needs an invitation and the link key.")
    invitation_id = mail.link.invitation_id
    return _Link(
        code=sealing.code_of(sealing.link_secret(link_key, invitation_id, mail.link.number)),
        message_token=sealing.message_token(link_key, invitation_id, mail.kind.value, mail.number),
        calendar_token=sealing.message_token(link_key, invitation_id, "calendar", 0),
    )


def notice_words(
    kind: MailKind, it: Occasion, *, to_name: str, base_url: str, languages: Sequence[Language]
) -> Rendered:
    """The words of a mail without a link, to be read before it is sent."""
    return render(kind, it, _context(to_name, it, base_url, None), languages)


def _context(to_name: str, it: Occasion, base_url: str, link: _Link | None) -> dict[str, str]:
    """What the words of a mail name beside its occasion."""
    common = {
        "to_name": clean_line(to_name),
        "promise_page": f"{base_url}/promise",
        "list_page": _list_page(it, base_url),
    }
    if link is None:
        return common
    return common | {
        "code": link.code,
        "link": f"{base_url}/r#{link.code}",
        "code_page": f"{base_url}/r",
        "leave_page": f"{base_url}/r/leave-out#{link.code}",
    }


def _to_reports(mail: Leased, desk: Desk, reading_key: bytes | None) -> dict[str, str]:
    """What the words of a mail with a link to reports name; empty for every other mail."""
    if mail.reader_id is None:
        return {}
    if reading_key is None:
        raise ValueError("A mail with a link to reports needs the reading key.")
    code = sealing.code_of(sealing.reader_secret(reading_key, mail.reader_id))
    return {"code": code, "link": f"{desk.base_url}/report#{code}", "code_page": f"{desk.base_url}/report"}


def _to_errand(desk: Desk, errand: Errand | None) -> dict[str, str]:
    """What the words of a mail about a workshop, an action or a pulse name; empty for every other mail."""
    if errand is None:
        return {}
    page = f"{desk.base_url}{errand.path}"
    if errand.secret is None:
        return {"code_page": page}
    code = sealing.code_of(errand.secret)
    return {"code": code, "link": f"{page}#{code}", "code_page": page}


def _unsubscribe_page(it: Occasion, desk: Desk) -> str:
    """The page that a mail program's "unsubscribe" opens; "" where no mails of the kind follow.

    Never with the code: a mail that comes back brings its head along, which then lies in the mailbox of bounces.
    """
    if isinstance(it, Request):
        return f"{desk.base_url}/r/leave-out"
    return _list_page(it, desk.base_url)


def _list_page(it: Occasion, base_url: str) -> str:
    return f"{base_url}/list/{it.code}" if isinstance(it, RosterCheck) else ""


def _entry(it: Occasion, rendered: Rendered, link: _Link | None) -> Entry | None:
    if isinstance(it, Request) and link is not None:
        return Entry(
            uid=f"{link.calendar_token}@{MESSAGE_DOMAIN}",
            revision=revision_of(it.closes_at),
            title=rendered.entry,
            words=rendered.entry_words,
            begins_at=it.closes_at - LENGTH_OF_A_CLOSE,
            ends_at=it.closes_at,
        )
    if isinstance(it, WorkshopCall):
        return Entry(
            uid=f"{it.id}@{MESSAGE_DOMAIN}",
            revision=it.revision,
            title=rendered.entry,
            words=rendered.entry_words,
            begins_at=it.begins_at,
            ends_at=it.ends_at,
            place=it.where,
            is_off=it.is_off,
        )
    if isinstance(it, ActionCall | ActionDue):
        return Entry(
            uid=f"{it.id}@{MESSAGE_DOMAIN}",
            revision=it.revision,
            title=rendered.entry,
            words=rendered.entry_words,
            begins_at=it.due,
            ends_at=it.due + LENGTH_OF_A_CLOSE,
        )
    return None


def _filename(it: Occasion) -> str:
    if isinstance(it, WorkshopCall):
        return _WORKSHOP
    return _ACTION if isinstance(it, ActionCall | ActionDue) else _CLOSING_TIME


def _attach(message: EmailMessage, filename: str, content: bytes) -> None:
    # As bytes: calendar programs want the line ends that a mail's text does not keep.
    parameters = {"charset": "utf-8", "method": "PUBLISH"}
    message.add_attachment(content, maintype="text", subtype="calendar", filename=filename, params=parameters)


def _address(name: str, address: str) -> Address:
    user, _, domain = address.rpartition("@")
    return Address(clean_line(name), user, domain)
