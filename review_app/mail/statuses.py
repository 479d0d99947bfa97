"""What the status codes of mail servers mean (RFC 3463), in a few words of ours. Their own words go no further."""

from __future__ import annotations

import re

# Three numbers, and not a part of a version or of an address of four numbers.
_CODE = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\d)(?!\.\d)")
_MOST_LETTERS = 4000

UNEXPLAINED = "refused by their mail server"
NO_MAILBOX = "no such mailbox"
NO_SERVER = "no mail server for this address"
NO_ANSWER = "their mail server did not answer"
FULL = "mailbox full"
TOO_BIG = "mail too big for this mailbox"
UNPROVEN = "refused: our domain is not proven to them"
AS_SPAM = "refused as spam or by their rules"
CLOSED = "mailbox closed"
NO_MAIL = "mailbox does not take mail"
# GOV.UK Notify tells no more than this.
FULL_OR_SPAM = "mailbox full, or refused as spam"
NOT_SENT = "GOV.UK Notify could not send it"

# What one mailbox says about itself. Everything else hits all the mailboxes of a server alike.
ABOUT_ONE_MAILBOX = frozenset({NO_MAILBOX, CLOSED, FULL, TOO_BIG, NO_MAIL})

_BY_DETAIL = {
    "1.2": NO_SERVER,
    # About us, the sender.
    "1.7": UNPROVEN,
    "1.8": UNPROVEN,
    "2.0": NO_MAIL,
    "2.1": CLOSED,
    "2.2": FULL,
    "2.3": TOO_BIG,
    "3.1": FULL,
    "3.4": TOO_BIG,
    "4.1": NO_ANSWER,
    "4.2": NO_ANSWER,
    "4.3": NO_SERVER,
    "4.4": NO_SERVER,
    "4.6": "their mail server sends it round in circles",
    "4.7": NO_ANSWER,
    "4.310": NO_SERVER,
    # RFC 7372: the sender's domain could not be proven by DKIM, SPF, its reverse name or DMARC.
    **{f"7.{detail}": UNPROVEN for detail in range(20, 28)},
}
_BY_SUBJECT = {
    "1": NO_MAILBOX,
    "2": NO_MAIL,
    "3": "their mail server has trouble",
    "4": NO_ANSWER,
    "7": AS_SPAM,
}


def code_in(text: str) -> str:
    """The first enhanced status code of a text, such as "5.1.1"; "" when there is none in its beginning."""
    found = _CODE.search(text[:_MOST_LETTERS])
    return found.group() if found else ""


def problem_of(code: str) -> str:
    """What an enhanced status code says, in a few words; a plain one for a code that explains nothing."""
    _, _, detail = code.partition(".")
    return _BY_DETAIL.get(detail) or _BY_SUBJECT.get(detail.partition(".")[0]) or UNEXPLAINED


def told(problem: str, code: str) -> str:
    """A problem with its code, as it is kept and shown: "no such mailbox (5.1.1)"."""
    return f"{problem} ({code})" if code else problem


def problem_in(kept: str) -> str:
    """The problem of a text that ``told`` made."""
    return kept.partition(" (")[0]


def is_about_one_mailbox(problem: str) -> bool:
    """Whether what kept a mail is about its address alone. ``problem``: as the outbox keeps it."""
    return problem_in(problem).rpartition(": ")[2] in ABOUT_ONE_MAILBOX
