"""What a review would do, as the organiser and the steward look at it: who is asked what, and what could be shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.services.cycles import Cycle
from review_app.services.previews import AskedContact, Heat, Preview, PreviewRow
from review_app.services.rosters import Roster
from review_app.web import outlooks
from review_app.web.outlooks import Advice, Outlook
from review_app.web.words import figure, minutes, organisations, people, people_of
from surveys.instrument import Voice
from surveys.timing import MOST_MINUTES

# How dark the squares of the heat map get, from none to the fullest.
SHADES = 4


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """One group that is asked about a subject: who they are, in which voices, and how they are shown."""

    title: str
    who: str
    voices: tuple[str, ...]
    statements: int
    shown: str


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """Everybody who is asked about one subject."""

    subject: str
    groups: tuple[AskedGroup, ...]


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the heat map: how many people, and how dark it is (0 to ``SHADES``)."""

    count: int
    shade: int


@dataclass(frozen=True, slots=True)
class HeatLine:
    """One subject of the heat map."""

    subject: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class HeatView:
    """Who reviews whom. Shape: a line for each subject, a square for each of ``groups``."""

    title: str
    groups: tuple[str, ...]
    lines: tuple[HeatLine, ...]


@dataclass(frozen=True, slots=True)
class TimeView:
    """How long it takes: of how many people how many minutes, the longest first; and who is over the limit."""

    sentence: str
    spread: tuple[tuple[str, str], ...]
    over: tuple[str, ...]
    is_over: bool
    reason: str
    most: int


@dataclass(frozen=True, slots=True)
class People:
    """The people of one organisation who would be asked."""

    organisation: str
    group: str
    contacts: tuple[AskedContact, ...]


@dataclass(frozen=True, slots=True)
class PreviewView:
    """The whole preview. ``letters``: how many of the people have no email address, and get a letter.

    ``on_partners``: how many partners have a report of their own, whose voices are all shown under names.
    ``least_people`` and ``least_organisations``: how many of a group have to answer, in words; ``k``: its figure.
    """

    heat: HeatView
    time: TimeView
    asked: tuple[AskedAbout, ...]
    outlooks: tuple[Outlook, ...]
    on_partners: int
    warnings: tuple[Advice, ...]
    suspicions: tuple[str, ...]
    people: tuple[People, ...]
    people_count: int
    letters: int
    not_asked: tuple[str, ...]
    left_out: tuple[str, ...]
    cap: int
    is_reportable: bool
    k: int
    least_people: str
    least_organisations: str


def preview_view(cycle: Cycle, preview: Preview) -> PreviewView:
    """The preview of a cycle in the words of the page."""
    roster = preview.roster
    titles = roster.titles()
    fixed = [row for row in preview.rows if not row.subject.is_partner]
    return PreviewView(
        heat=_heat(preview.heat, titles),
        time=_time(cycle, preview),
        asked=tuple(
            AskedAbout(
                _("About %(subject)s", subject=titles[subject]),
                tuple(_asked_group(cycle, roster, row) for row in rows),
            )
            for subject, rows in groupby(fixed, key=lambda row: row.subject)
        ),
        outlooks=outlooks.outlooks(preview, titles),
        on_partners=len({row.subject for row in preview.rows if row.subject.is_partner}),
        warnings=outlooks.warnings(preview),
        suspicions=tuple(suspicion.message for suspicion in preview.suspicions),
        people=tuple(
            People(organisation, group, tuple(contacts))
            for (organisation, group), contacts in groupby(
                preview.contacts, key=lambda contact: (contact.party_name, contact.group_title)
            )
        ),
        people_count=len(preview.contacts),
        letters=sum(not contact.email for contact in preview.contacts),
        not_asked=preview.not_asked,
        left_out=preview.left_out,
        cap=cycle.plan.cap,
        is_reportable=preview.is_reportable,
        k=cycle.policy.k,
        least_people=people(cycle.policy.k),
        least_organisations=organisations(cycle.policy.min_organisations),
    )


def _asked_group(cycle: Cycle, roster: Roster, row: PreviewRow) -> AskedGroup:
    return AskedGroup(
        title=row.group.title,
        who=people_of(row.people, row.organisations),
        voices=tuple(_voice_title(cycle, roster, voice, row) for voice in row.voices),
        statements=row.items,
        shown=_("Under its own name") if row.group.is_attributed else _("Pooled"),
    )


def _voice_title(cycle: Cycle, roster: Roster, voice: Voice, row: PreviewRow) -> str:
    about_id = row.group.id.partition(":")[2]
    return cycle.instrument.title_for(voice, roster.names_about(about_id))


def _heat(heat: Heat, titles: dict[str, str]) -> HeatView:
    most = max((count for row in heat.rows for count in row.counts), default=0)
    reviews = sum(sum(row.counts) for row in heat.rows)
    return HeatView(
        title=ngettext(
            "%(reviews)s, about %(count)s subject",
            "%(reviews)s, about %(count)s subjects",
            len(heat.rows),
            reviews=_reviews(reviews),
            count=figure(len(heat.rows)),
        ),
        groups=tuple(group.title for group in heat.groups),
        lines=tuple(
            HeatLine(titles[row.subject], tuple(Square(count, _shade(count, most)) for count in row.counts))
            for row in heat.rows
        ),
    )


def _shade(count: int, most: int) -> int:
    return 0 if not count else max(1, (2 * count * SHADES + most) // (2 * most))


def _time(cycle: Cycle, preview: Preview) -> TimeView:
    spread: dict[int, int] = {}
    for contact in preview.contacts:
        spread[contact.minutes] = spread.get(contact.minutes, 0) + 1
    over = tuple(
        _(
            "%(name)s, %(party)s: %(minutes)s for %(reviews)s",
            name=contact.name,
            party=contact.party_name,
            minutes=minutes(contact.minutes),
            reviews=_reviews(contact.reviews),
        )
        for contact in preview.contacts
        if contact.id in preview.budget.over
    )
    longest = preview.budget.longest
    return TimeView(
        sentence=_("Nobody is asked for more than %(minutes)s.", minutes=minutes(longest))
        if longest <= MOST_MINUTES
        else ngettext(
            "%(count)s person is asked for more than %(minutes)s.",
            "%(count)s people are asked for more than %(minutes)s.",
            len(over),
            count=figure(len(over)),
            minutes=minutes(MOST_MINUTES),
        ),
        spread=tuple(
            (minutes(needed), people(count)) for needed, count in sorted(spread.items(), reverse=True)
        ),
        over=over,
        is_over=bool(over),
        reason=cycle.long_reason,
        most=MOST_MINUTES,
    )


def _reviews(count: int) -> str:
    return ngettext("%(count)s review", "%(count)s reviews", count, count=figure(count))
