"""Which step comes next on the day, as a form posts it: the console and the projector offer the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from review_app.languages import N_
from review_app.services.boards import Board
from review_app.services.workshops import Topic, Workshop
from surveys.workshop import Stage, WorkshopState

STAGE_WORDS = {
    Stage.WAITING: N_("Not begun"),
    Stage.WRITING: N_("Everybody writes notes in private"),
    Stage.REVEALED: N_("The notes are revealed: put together what belongs together"),
    Stage.VOTING_FIRST: N_("Those who are paid vote"),
    Stage.VOTING_ALL: N_("Everybody votes"),
    Stage.VOTED: N_("The vote is closed: settle what to do"),
}
_NEXT = {
    Stage.WAITING: (Stage.WRITING, N_("Let everybody write notes")),
    Stage.WRITING: (Stage.REVEALED, N_("Reveal all notes together")),
    Stage.REVEALED: (Stage.VOTING_FIRST, N_("Let those who are paid vote first")),
    Stage.VOTING_FIRST: (Stage.VOTING_ALL, N_("Let everybody vote")),
    Stage.VOTING_ALL: (Stage.VOTED, N_("Close the vote and show the result")),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A form with one button. ``fields``: (name, value) of what it posts; it says what the page showed."""

    label: str
    address: str
    fields: tuple[tuple[str, str], ...]


def stage_words(topic: Topic, board: Board | None) -> str:
    """Where a topic is, in words. ``board``: what is revealed of it, None before that."""
    if topic.stage is Stage.REVEALED and board is not None and not board.has_notes:
        return _("No notes are shown: talk about it, and settle what to do")
    return _(STAGE_WORDS[topic.stage])


def following(workshop: Workshop, board: Board | None) -> Step | None:
    """The next step; None where there is none: the last topic is settled, or the workshop has ended.

    ``board``: what is revealed of the topic on screen. Where that is nothing, no vote comes next but the next topic.
    """
    if workshop.state is WorkshopState.INVITED:
        return Step(_("Begin the workshop"), url_for("facilitator.begin_day", workshop_id=workshop.id), ())
    if workshop.state is not WorkshopState.RUNNING:
        return None
    topic = workshop.topic
    has_nothing = board is not None and not board.has_notes and not board.groups
    if topic is None or topic.stage is Stage.VOTED or (topic.stage is Stage.REVEALED and has_nothing):
        return next_topic(workshop)
    target, label = _NEXT[topic.stage]
    fields = (("topic", topic.id), ("from", topic.stage.value), ("to", target.value))
    return Step(_(label), url_for("facilitator.move_stage", workshop_id=workshop.id), fields)


def next_topic(workshop: Workshop) -> Step | None:
    """The step to the next topic of the agenda; None on the last one."""
    return _by(workshop, 1)


def previous_topic(workshop: Workshop) -> Step | None:
    """The step back to the topic before; None on the first one."""
    return _by(workshop, -1)


def to_topic(workshop: Workshop, topic: Topic, label: str) -> Step:
    """The step that puts a topic on the screen."""
    fields = (("seen", workshop.topic_id or ""), ("topic", topic.id))
    return Step(label, url_for("facilitator.show_topic", workshop_id=workshop.id), fields)


def _by(workshop: Workshop, distance: int) -> Step | None:
    ids = [topic.id for topic in workshop.topics]
    if workshop.state is not WorkshopState.RUNNING or not ids:
        return None
    place = ids.index(workshop.topic_id) + distance if workshop.topic_id in ids else 0
    if not 0 <= place < len(ids):
        return None
    topic = workshop.topics[place]
    words = _("Next topic: %(title)s") if distance > 0 else _("Back to: %(title)s")
    return to_topic(workshop, topic, words % {"title": topic.title})
