"""The words of the organiser's and the steward's pages for what the domain names by codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_babel import ngettext

from review_app.languages import ZONE, moment
from review_app.services.outbox import MailKind
from surveys.chain import Party, Role, Sector, Standing
from surveys.language import Language
from surveys.matrix import PartyKind

ROLES = {
    Role.COMMISSIONER: (later("Commissioner"), later("Commissioners")),
    Role.PRIME: (later("Prime"), later("Prime")),
    Role.SUBCONTRACTOR: (later("Subcontractor"), later("Subcontractors")),
    Role.SPECIALIST: (later("Specialist"), later("Specialists")),
    Role.SPOT_PROVIDER: (later("Spot provider"), later("Spot providers")),
}
SECTORS = {
    Sector.PUBLIC: later("public sector"),
    Sector.PRIVATE: later("private sector"),
    Sector.VCS: later("voluntary sector"),
}
STANDINGS = {
    Standing.PRESENT: later("works in the chain now"),
    Standing.PAST: later("worked in the chain once"),
    Standing.POTENTIAL: later("bid and got no work yet"),
}
MAIL_KINDS = {
    MailKind.ROSTER_CHECK: later("Question whether the list is right"),
    MailKind.INVITATION: later("Invitation"),
    MailKind.REMINDER: later("Reminder"),
    MailKind.CLOSING_SOON: later("Word that it closes soon"),
    MailKind.EXTENDED: later("News of the later closing time"),
    MailKind.LINK_AGAIN: later("The link again"),
    MailKind.NEW_LINK: later("New link"),
    MailKind.REPORT_READY: later("Word that a report can be replied to"),
    MailKind.PUBLISHED: later("News of the report"),
    MailKind.WORKSHOP: later("Workshop"),
    MailKind.WORKSHOP_OFF: later("Word that a workshop is called off"),
    MailKind.MINUTES: later("Minutes of a workshop"),
    MailKind.ACTION: later("Action"),
    MailKind.ACTION_DUE: later("Reminder of an action"),
    MailKind.ACTION_DONE: later("Question whether an action is done"),
    MailKind.ACTION_DIGEST: later("The week's actions"),
    MailKind.PULSE: later("Pulse on an action"),
}


_WEEK = timedelta(days=6)


def soon(value: datetime, now: datetime) -> str:
    """A moment to come, in UK time: "10:15am" today, "Monday, 8:00am" within a week, else with its day."""
    whole, local = moment(value, Language.ENGLISH), value.astimezone(ZONE)
    hour = whole.rpartition(", ")[2]
    if local.date() == now.astimezone(ZONE).date():
        return hour
    return f"{local:%A}, {hour}" if value - now < _WEEK else whole


def figure(count: int) -> str:
    """A number as people write it: "7", "1,204"."""
    return f"{count:,}"


def people(count: int) -> str:
    """A number of people: "1 person", "1,204 people"."""
    return ngettext("%(count)s person", "%(count)s people", count, count=figure(count))


def organisations(count: int) -> str:
    """A number of organisations."""
    return ngettext("%(count)s organisation", "%(count)s organisations", count, count=figure(count))


def statements(count: int) -> str:
    """A number of statements."""
    return ngettext("%(count)s statement", "%(count)s statements", count, count=figure(count))


def minutes(count: int) -> str:
    """A number of minutes."""
    return ngettext("%(count)s minute", "%(count)s minutes", count, count=figure(count))


def faults(count: int) -> str:
    """A number of faults."""
    return ngettext("%(count)s fault", "%(count)s faults", count, count=figure(count))


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "A", "A and B", "A, B and C"; "" for none."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s", names=", ".join(names[:-1]), last=names[-1])


def people_of(count: int, of_organisations: int) -> str:
    """How many people of how many organisations: "13 people of 7 organisations"."""
    return _(
        "%(people)s of %(organisations)s",
        people=people(count),
        organisations=organisations(of_organisations),
    )


def kind_title(kind: PartyKind) -> str:
    """A kind of party in the plural: "Subcontractors, voluntary sector"."""
    role, sector = ROLES[kind.role][1], SECTORS[kind.sector]
    if kind.standing is Standing.PRESENT:
        return _("%(role)s, %(sector)s", role=role, sector=sector)
    standing = STANDINGS[kind.standing]
    return _("%(role)s, %(sector)s, %(standing)s", role=role, sector=sector, standing=standing)


def contacts_of(parties: tuple[Party, ...]) -> int:
    """How many contacts parties have together."""
    return sum(len(party.contacts) for party in parties)


def file_stem(title: str) -> str:
    """A title as a part of a file's name: lower-case letters, digits and single hyphens; "review" when none is left."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in title.lower())
    return "-".join(letters.split())[:40].strip("-") or "review"
