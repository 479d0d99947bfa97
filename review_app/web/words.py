"""The words of the organiser's and the steward's pages for what the domain names by codes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import ngettext

from review_app.services.outbox import MailKind
from surveys.chain import Party, Role, Sector, Standing
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
    MailKind.INVITATION: "Invitation",
    MailKind.REMINDER: "Reminder",
    MailKind.EXTENDED: "News of the later closing time",
}


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 person", "1,204 people"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def figure(count: int) -> str:
    """A number as people write it: "7", "1,204"."""
    return f"{count:,}"


def people(count: int) -> str:
    """A number of people: "1 person", "1,204 people"."""
    return ngettext("%(count)s person", "%(count)s people", count, count=figure(count))


def organisations(count: int) -> str:
    """A number of organisations."""
    return ngettext("%(count)s organisation", "%(count)s organisations", count, count=figure(count))


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "A", "A and B", "A, B and C"; "" for none."""
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"


def people_of(count: int, of_organisations: int) -> str:
    """How many people of how many organisations: "13 people of 7 organisations"."""
    return f"{counted(count, 'person', 'people')} of {counted(of_organisations, 'organisation')}"


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
