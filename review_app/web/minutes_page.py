"""The minutes of a workshop as a page and its PDF read them, for whoever leads it and for whoever was invited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import gettext as _
from flask_babel import ngettext

from review_app import languages
from review_app.languages import N_, ZONE, day, moment
from review_app.services.minutes import AgreedAction, Discussed, Minutes, NoteGroup
from surveys.voting import BAND_WORDS, LOWEST, VOTE_LEFT_OPEN, VOTE_NOT_SHOWN, Band
from surveys.workshop import Outcome

STYLES = ("minutes-pdf.css",)
_OUTCOMES = {
    Outcome.OPEN: N_("Nothing was settled."),
    Outcome.DECIDED: N_("Decided"),
    Outcome.WONT: N_("We will not do this"),
    Outcome.PARKED: N_("For another time"),
}


@dataclass(frozen=True, slots=True)
class GroupLine:
    """Notes that belong together. ``vote``: what is shown of the vote, in words, "" for nothing."""

    title: str
    notes: tuple[str, ...]
    vote: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action in words: who owns it, who checks it, and by when. ``declined``: why, "" if it is not."""

    number: int
    title: str
    for_whom: str
    owners: str
    verifier: str
    due: str
    declined: str


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic. ``vote``: why nothing of a vote is shown, "" otherwise. ``settled``, ``text``: the outcome."""

    number: int
    title: str
    reason: str
    groups: tuple[GroupLine, ...]
    loose: tuple[str, ...]
    vote: str
    settled: str
    text: str
    place: str
    actions: tuple[ActionLine, ...]


@dataclass(frozen=True, slots=True)
class MinutesView:
    """The minutes in words."""

    chain: str
    title: str
    when: str
    place: str
    led_by: str
    there: tuple[str, ...]
    absent: tuple[str, ...]
    topics: tuple[TopicLine, ...]
    others: tuple[ActionLine, ...]
    parked: tuple[str, ...]


def minutes_view(found: Minutes) -> MinutesView:
    """The minutes in the language of this page. What people wrote stays as they wrote it."""
    return MinutesView(
        chain=found.chain_name,
        title=found.title,
        when=when(found.begins_at, found.ends_at),
        place=found.place,
        led_by=found.led_by,
        there=found.there,
        absent=found.absent,
        topics=tuple(_topic(number, topic) for number, topic in enumerate(found.topics, start=1)),
        others=tuple(map(_action, found.others)),
        parked=found.parked,
    )


def when(begins_at: datetime, ends_at: datetime) -> str:
    """A day with its hours: "12 June 2027, 10:00am to 12:30pm"."""
    begins, ends = (moment(value, languages.current()) for value in (begins_at, ends_at))
    on, _comma, hour = ends.rpartition(", ")
    return _("%(begins)s to %(ends)s", begins=begins, ends=hour if begins.startswith(on) else ends)


def group_line(group: NoteGroup) -> GroupLine:
    """A group of notes with what is shown of its vote in words."""
    return GroupLine(group.title, group.notes, vote_words(group))


def vote_words(group: NoteGroup) -> str:
    """What is shown of the vote on a group: "more than a third of the dots, place 1"; "" for nothing."""
    if not group.band or group.place is None:
        return ""
    share = _(BAND_WORDS[Band(group.band)])
    if Band(group.band) in LOWEST:
        return str(share)
    return _("%(share)s, place %(place)s", share=share, place=group.place)


def _topic(number: int, topic: Discussed) -> TopicLine:
    return TopicLine(
        number=number,
        title=topic.title,
        reason=topic.reason,
        groups=tuple(map(group_line, topic.groups)),
        loose=topic.loose,
        vote=_unshown(topic),
        settled=_(_OUTCOMES[topic.outcome]),
        text={Outcome.DECIDED: topic.decision, Outcome.WONT: topic.because}.get(topic.outcome, ""),
        place=_("Place %(place)s among the priorities", place=topic.rank) if topic.rank else "",
        actions=tuple(map(_action, topic.actions)),
    )


def _unshown(topic: Discussed) -> str:
    """Why nothing of a vote is shown; "" where it is, or where there was none."""
    if topic.is_vote_open:
        return _(VOTE_LEFT_OPEN)
    is_shown = any(group.band for group in topic.groups)
    return _(VOTE_NOT_SHOWN) if topic.is_voted and not is_shown else ""


def _action(action: AgreedAction) -> ActionLine:
    return ActionLine(
        number=action.number,
        title=action.title,
        for_whom=action.for_whom,
        owners=ngettext(
            "Owner: %(names)s", "Owners: %(names)s", len(action.owners), names=", ".join(action.owners)
        ),
        verifier=_("Checked by: %(name)s", name=action.verifier),
        due=_("By %(day)s", day=_day(action.due)),
        declined=action.declined,
    )


def _day(value: date) -> str:
    return day(datetime.combine(value, time(12), ZONE), languages.current())
