"""The workshop pack: slides, handouts, cards for a room without network and a script, from a report's displayed values.

What the report hides cannot be reached from here: a figure is taken from the report as it is shown, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jinja2 import Environment

from reports.language import N_
from reports.model import Report
from reports.pack_cards import NoteSheet, Sheet, ballot_sheets, note_sheets
from reports.pack_figures import TopicFigure, figure_of, practices_of
from reports.pack_meeting import Meeting, Topic
from reports.pack_script import Script, script_of
from reports.pack_words import first_words, question
from reports.statement_notes import PracticeNote

STYLES = ("report.css", "pack-pdf.css")
# How many characters of a title and of a reason fit beside a chart in each size of type; the smallest takes all.
_SIZES = (("short", 100, 190), ("long", 160, 320), ("longer", 300, 500))
_SMALLEST = "longest"


class PackPart(StrEnum):
    """What a pack is made of, in the order of the whole."""

    SLIDES = "slides"
    HANDOUTS = "handouts"
    CARDS = "cards"
    SCRIPT = "script"


TITLES = {
    PackPart.SLIDES: N_("Slides"),
    PackPart.HANDOUTS: N_("Handouts"),
    PackPart.CARDS: N_("Cards for a room without network"),
    PackPart.SCRIPT: N_("The facilitator’s script"),
}


@dataclass(frozen=True, slots=True)
class TopicView:
    """One topic as slides and handouts show it. ``figure`` None: the report has nothing on it.

    ``size``: how long its title and reason are together, from "short" to "longest", for the size of the type.
    """

    number: int
    title: str
    reason: str
    minutes: int
    question: str
    figure: TopicFigure | None
    practices: tuple[PracticeNote, ...]
    size: str


@dataclass(frozen=True, slots=True)
class PackView:
    """A whole pack as its templates read it. ``notes``: a sheet of note cards for each topic."""

    meeting: Meeting
    topics: tuple[TopicView, ...]
    notes: tuple[NoteSheet, ...]
    ballots: tuple[Sheet, ...]
    script: Script
    k: int
    min_organisations: int


def pack_view(meeting: Meeting, report: Report) -> PackView:
    """The pack of a meeting on a report."""
    topics = tuple(_topic(number, topic, report) for number, topic in enumerate(meeting.topics, start=1))
    return PackView(
        meeting=meeting,
        topics=topics,
        notes=note_sheets(meeting),
        ballots=ballot_sheets(meeting),
        script=script_of(meeting),
        k=report.facts.k,
        min_organisations=report.facts.min_organisations,
    )


def render_pack_html(view: PackView, parts: Sequence[PackPart], environment: Environment) -> str:
    """The source of the PDF of some parts of a pack, or of all of it."""
    titles = {part: TITLES[part] for part in parts}
    return environment.get_template("reports/pack.html").render(
        view=view, titles=titles, is_whole=len(parts) > 1
    )


def _topic(number: int, topic: Topic, report: Report) -> TopicView:
    figure = figure_of(topic, report, f"topic-{number}")
    return TopicView(
        number=number,
        title=topic.title,
        reason=first_words(topic.reason, topic.title),
        minutes=topic.minutes,
        question=question(topic, report.facts.prime_name),
        figure=figure,
        practices=practices_of(topic, figure),
        size=_size(topic),
    )


def _size(topic: Topic) -> str:
    return next(
        (size for size, title, reason in _SIZES if len(topic.title) <= title and len(topic.reason) <= reason),
        _SMALLEST,
    )
