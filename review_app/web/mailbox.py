"""The development mailbox: what the worker would have mailed, so that a newcomer can follow a link.

It is there in a demo without a mail server only. Every mail holds a link, so in any other installation these
pages do not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from flask import Blueprint, Response, abort, render_template, request, url_for

from review_app.mailbox import Mail as StoredMail
from review_app.mailbox import MailFile, MailHead, list_mails, read_mail
from review_app.state import state

blueprint = Blueprint("mailbox", __name__)

PER_PAGE = 50
_CALENDAR = "text/calendar"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
# A mail's HTML is shown as a mail program would: no scripts, nothing fetched. A link in it opens in the whole window.
_MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'self'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a mail's text; ``href`` is "" where it is no link of ours."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class MailList:
    """One page of the mailbox. ``sought``: what the list was narrowed to, "" for all."""

    mails: tuple[MailHead, ...]
    sought: str
    found: int
    total: int
    page: int
    pages: int


@blueprint.before_request
def _in_a_demo_only() -> None:
    if not has_mailbox():
        abort(404)


@blueprint.app_context_processor
def _address() -> dict[str, str]:
    return {"mailbox_address": url_for("mailbox.index") if has_mailbox() else ""}


def has_mailbox() -> bool:
    """Whether this installation keeps its mails instead of sending them."""
    settings = state().settings
    return settings.is_demo and settings.smtp_url is None


@blueprint.get("/mailbox")
def index() -> str:
    """Every mail, the newest first, by pages; ``?q=`` narrows the list to a person or a word of the subject."""
    mails = list_mails(state().settings.mailbox_dir)
    sought = request.args.get("q", "").strip()[:100]
    words = sought.casefold().split()
    found = [mail for mail in mails if _is_about(mail, words)]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    view = MailList(
        mails=tuple(found[(page - 1) * PER_PAGE : page * PER_PAGE]),
        sought=sought,
        found=len(found),
        total=len(mails),
        page=page,
        pages=pages,
    )
    return render_template("mailbox/index.html", view=view)


@blueprint.get("/mailbox/<string:cycle_id>/<string:mail_id>")
def mail(cycle_id: str, mail_id: str) -> str:
    """One mail as plain text, with its link to follow."""
    found = _mail(cycle_id, mail_id)
    return render_template(
        "mailbox/mail.html", mail=found, pieces=pieces(found.text, state().settings.base_url)
    )


@blueprint.get("/mailbox/<string:cycle_id>/<string:mail_id>/html")
def mail_html(cycle_id: str, mail_id: str) -> Response:
    """The HTML part of a mail, for the frame of its page."""
    found = _mail(cycle_id, mail_id)
    html = found.html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": _MAIL_POLICY})


@blueprint.get("/mailbox/<string:cycle_id>/<string:mail_id>/files/<string:name>")
def mail_file(cycle_id: str, mail_id: str, name: str) -> Response:
    """A file that is attached to a mail, to be kept or opened in another program."""
    found = (
        next((file for file in _mail(cycle_id, mail_id).files if file.name == name), None) or _no_such_file()
    )
    # A page would be drawn by the browser, so nothing but the one kind that our mails have keeps its name.
    kind = _CALENDAR if found.kind == _CALENDAR else "application/octet-stream"
    response = Response(found.content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    return response


def pieces(text: str, base_url: str) -> tuple[Piece, ...]:
    """A text in pieces, so that the addresses of this installation can be made links and no others."""
    found: list[Piece] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(".,;:!?)")
        if not address.startswith(f"{base_url}/"):
            continue
        found += [Piece(text[end : match.start()], ""), Piece(address, address)]
        end = match.start() + len(address)
    return tuple(piece for piece in (*found, Piece(text[end:], "")) if piece.text)


def _mail(cycle_id: str, mail_id: str) -> StoredMail:
    found = read_mail(state().settings.mailbox_dir, cycle_id, mail_id)
    return found or _no_such_mail()


def _no_such_mail() -> NoReturn:
    abort(404)


def _no_such_file() -> MailFile:
    abort(404)


def _is_about(mail: MailHead, words: list[str]) -> bool:
    text = f"{mail.recipient} {mail.address} {mail.subject}".casefold()
    return all(word in text for word in words)
