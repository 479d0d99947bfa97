"""One's own notes on a topic until it is revealed. What is typed is never lost: the page keeps what was not saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from review_app.database import UNAVAILABLE, reading, transaction
from review_app.errors import log_unavailable
from review_app.languages import N_
from review_app.security import csrf
from review_app.services import sealed_notes
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.services.taking_part import Participant
from review_app.services.workshops import Topic
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.participant.audience import blueprint, current_participant
from surveys.notes import Typed, seen_of
from surveys.texts import visible_text
from surveys.workshop import LONGEST_NOTE, MOST_NOTES, TAKES_NOTES, WorkshopState

_UNAVAILABLE_STATUS = 503
_TAKING = frozenset({WorkshopState.INVITED, WorkshopState.RUNNING})


@dataclass(frozen=True, slots=True)
class Box:
    """One box to write in. ``label``: what it is called; ``saved``: what the server has, and ``seen`` names it."""

    id: str
    label: str
    text: str
    saved: str
    seen: str
    error: str


@dataclass(frozen=True, slots=True)
class NotesView:
    """The boxes of one topic. ``may_save`` is false where what was typed is shown only to be copied."""

    topic: Topic
    boxes: tuple[Box, ...]
    how_many: int
    room: int
    longest: int
    may_save: bool
    faults: tuple[tuple[str, str | None], ...]


class TokenForm(FlaskForm):
    """Nothing but the token, which the view checks itself, so that a page that was open for long loses nothing."""


@blueprint.get("/w/topics/<string:topic_id>")
def topic(topic_id: str) -> ResponseReturnValue:
    """One topic and one's own thoughts on it; once it is revealed, what the room sees."""
    who = current_participant()
    found = _topic_of(who, topic_id)
    if found.stage not in TAKES_NOTES or who.workshop.state not in _TAKING:
        return redirect(url_for("participant.now"), SEE_OTHER)
    try:
        return _page(who, view_of(who, found))
    except ChangedMeanwhileError:
        return redirect(url_for("participant.now"), SEE_OTHER)


@blueprint.post("/w/topics/<string:topic_id>")
@csrf.exempt  # The form checks its token itself, so that a page that was open for long loses nothing that is typed.
def save_notes(topic_id: str) -> ResponseReturnValue:
    """Keeps one's own notes of a topic."""
    who = current_participant()
    found = _topic_of(who, topic_id)
    typed = _typed()
    texts = {slot: one.text for slot, one in typed.items()}
    if not TokenForm().validate_on_submit():
        fault = _(
            "Not saved yet: this page was open for a long time. Your text is still here. Save it once more."
        )
        return _page(who, view_of(who, found, texts, fault)), REFUSED
    if any(len(text) > LONGEST_NOTE for text in texts.values()):
        return _page(who, view_of(who, found, texts)), REFUSED
    try:
        with transaction() as session:
            sealed_notes.save(session, state().keys, who.seat, topic_id, typed)
    except NotAllowedError as error:
        return _page(who, view_of(who, found, texts, _(str(error)), may_save=False)), REFUSED
    except UNAVAILABLE as error:
        log_unavailable(error)
        fault = _(
            "Not saved yet: the server cannot save just now. Your text is still here. Try again in a minute."
        )
        return _page(who, view_of(who, found, texts, fault)), _UNAVAILABLE_STATUS
    is_on_screen = who.workshop.state is WorkshopState.RUNNING and who.workshop.topic_id == topic_id
    address = url_for("participant.now") if is_on_screen else url_for("participant.topic", topic_id=topic_id)
    return redirect(address, SEE_OTHER)


def view_of(
    who: Participant,
    topic: Topic,
    texts: Mapping[int, str] | None = None,
    fault: str = "",
    *,
    may_save: bool = True,
) -> NotesView:
    """The boxes: every note there is and one more. ``texts``: what was typed, by slots; None for what is saved.

    Raises ChangedMeanwhileError where nothing was typed and the topic was revealed just now.
    """
    try:
        saved = _saved(who, topic) if may_save else ("",) * MOST_NOTES
    except ChangedMeanwhileError:
        if texts is None:
            raise
        return view_of(who, topic, texts, fault or _(sealed_notes.OVER), may_save=False)
    shown = [(texts or {}).get(slot, saved[slot]) for slot in range(MOST_NOTES)]
    filled = [slot for slot in range(MOST_NOTES) if shown[slot] or saved[slot]]
    room = [slot for slot in range(MOST_NOTES) if slot not in filled]
    slots = filled if not may_save else sorted([*filled, *room[:1]])
    boxes = tuple(
        Box(
            id=f"note-{slot}",
            label=_label(place, len(slots)),
            text=shown[slot],
            saved=saved[slot],
            seen=seen_of(saved[slot]),
            error=_error(shown[slot]),
        )
        for place, slot in enumerate(slots, start=1)
    )
    faults = tuple((box.error, box.id) for box in boxes if box.error)
    return NotesView(
        topic=topic,
        boxes=boxes,
        how_many=sum(1 for text in saved if text),
        room=len(room),
        longest=LONGEST_NOTE,
        may_save=may_save,
        faults=(*([(fault, None)] if fault else ()), *faults),
    )


def _typed() -> dict[int, Typed]:
    """What stands in the boxes of the posted page, by their slots: those that it did not show are not there."""
    return {
        slot: Typed(visible_text(request.form[f"note-{slot}"]), request.form.get(f"seen-{slot}", ""))
        for slot in range(MOST_NOTES)
        if f"note-{slot}" in request.form
    }


def _saved(who: Participant, topic: Topic) -> tuple[str, ...]:
    with reading() as session:
        return sealed_notes.own(session, state().keys, who.seat, topic.id)


def _topic_of(who: Participant, topic_id: str) -> Topic:
    found = next((one for one in who.workshop.topics if one.id == topic_id), None)
    if found is None:
        raise NotFoundError(N_("There is no such topic in this workshop."))
    return found


def _label(place: int, count: int) -> str:
    return _("Your note") if count == 1 else _("Your note %(number)s", number=place)


def _error(text: str) -> str:
    over = len(text) - LONGEST_NOTE
    if over <= 0:
        return ""
    return ngettext(
        "This is %(num)s character too long. Shorten it to %(most)s characters, or make two notes of it.",
        "This is %(num)s characters too long. Shorten it to %(most)s characters, or make two notes of it.",
        over,
        most=LONGEST_NOTE,
    )


def _page(who: Participant, view: NotesView) -> str:
    return render_template("participant/topic.html", who=who, view=view, languages=who.languages)
