"""The words of the organiser's and the steward's pages for what the domain names by codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from review_app.languages import ZONE, moment
from review_app.services.outbox import MailKind
from surveys.chain import Party, Role, Sector, Standing
from surveys.language import Language
from surveys.matrix import PartyKind

ROLES = {
    Role.COMMISSIONER: ("Commissioner", "Commissioners"),
    Role.PRIME: ("Prime", "Prime"),
    Role.SUBCONTRACTOR: ("Subcontractor", "Subcontractors"),
    Role.SPECIALIST: ("Specialist", "Specialists"),
    Role.SPOT_PROVIDER: ("Spot provider", "Spot providers"),
}
SECTORS = {Sector.PUBLIC: "public sector", Sector.PRIVATE: "private sector", Sector.VCS: "voluntary sector"}
STANDINGS = {
    Standing.PRESENT: "works in the chain now",
    Standing.PAST: "worked in the chain once",
    Standing.POTENTIAL: "bid and got no work yet",
}
MAIL_KINDS = {
    MailKind.ROSTER_CHECK: "Question whether the list is right",
    MailKind.INVITATION: "Invitation",
    MailKind.REMINDER: "Reminder",
    MailKind.CLOSING_SOON: "Word that it closes soon",
    MailKind.EXTENDED: "News of the later closing time",
    MailKind.LINK_AGAIN: "The link again",
    MailKind.NEW_LINK: "New link",
    MailKind.PUBLISHED: "News of the report",
    MailKind.WORKSHOP: "Workshop",
    MailKind.ACTION: "Action",
}


_WEEK = timedelta(days=6)


def soon(value: datetime, now: datetime) -> str:
    """A moment to come, in UK time: "10:15am" today, "Monday, 8:00am" within a week, else with its day."""
    whole, local = moment(value, Language.ENGLISH), value.astimezone(ZONE)
    hour = whole.rpartition(", ")[2]
    if local.date() == now.astimezone(ZONE).date():
        return hour
    return f"{local:%A}, {hour}" if value - now < _WEEK else whole


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 person", "1,204 people"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "A", "A and B", "A, B and C"; "" for none."""
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"


def people_of(people: int, organisations: int) -> str:
    """How many people of how many organisations: "13 people of 7 organisations"."""
    return f"{counted(people, 'person', 'people')} of {counted(organisations, 'organisation')}"


def kind_title(kind: PartyKind) -> str:
    """A kind of party in the plural: "Subcontractors, voluntary sector"."""
    words = f"{ROLES[kind.role][1]}, {SECTORS[kind.sector]}"
    return words if kind.standing is Standing.PRESENT else f"{words}, {STANDINGS[kind.standing]}"


def contacts_of(parties: tuple[Party, ...]) -> int:
    """How many contacts parties have together."""
    return sum(len(party.contacts) for party in parties)


def file_stem(title: str) -> str:
    """A title as a part of a file's name: lower-case letters, digits and single hyphens; "review" when none is left."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in title.lower())
    return "-".join(letters.split())[:40].strip("-") or "review"
