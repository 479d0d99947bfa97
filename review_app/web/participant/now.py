"""The phone: exactly what to do now, and who will see it. Before the day: the agenda and one's own thoughts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.database import reading, transaction
from review_app.services import boards, leading, sealed_notes, taking_part, voting
from review_app.services.boards import Board
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError
from review_app.services.taking_part import Participant
from review_app.services.voting import Wish
from review_app.services.workshops import Topic
from review_app.state import state
from review_app.web import events
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.participant.audience import NoSeatError, blueprint, current_participant, current_secret
from review_app.web.participant.dots import DotsView
from review_app.web.participant.dots import view_of as dots_of
from review_app.web.participant.notes import NotesView
from review_app.web.participant.notes import view_of as notes_of
from surveys import notes
from surveys.voting import BAND_WORDS, NOT_SHOWN_WORDS
from surveys.workshop import TAKES_NOTES, VOTING, Stage, WorkshopState, may_vote

# What the phone shows where no topic decides it.
_OUTSIDE = {WorkshopState.INVITED: "before", WorkshopState.ENDED: "ended", WorkshopState.RECORDED: "ended"}


@dataclass(frozen=True, slots=True)
class Line:
    """A topic before the day. ``own``: how many thoughts this person has sent, in words; "" for none."""

    topic: Topic
    own: str


@dataclass(frozen=True, slots=True)
class NowView:
    """What the phone shows. ``kind`` names it: before, soon, listen, write, read, wait, vote, voted or ended.

    ``kept_back``: this person's notes of a topic whose notes are not shown. ``fault``: why the last press changed
    nothing, "" otherwise. ``notice``: the same where nothing is wrong, because a colleague was faster.
    """

    kind: str
    who: Participant
    topic: Topic | None
    lines: tuple[Line, ...]
    notes: NotesView | None
    dots: DotsView | None
    board: Board | None
    kept_back: tuple[str, ...]
    fault: str
    notice: str

    @property
    def open_topics(self) -> str:
        """The ids of the topics that take notes, with blanks between."""
        return " ".join(topic.id for topic in self.who.workshop.topics if topic.stage in TAKES_NOTES)


@blueprint.get("/w/now")
def now() -> ResponseReturnValue:
    """What to do now; once the minutes went out, to read them."""
    who = current_participant()
    if who.workshop.state is WorkshopState.RECORDED:
        return redirect(url_for("participant.read_minutes"), SEE_OTHER)
    return page(who)


@blueprint.post("/w/here")
def say_here() -> ResponseReturnValue:
    """Marks that the organisation is there, because somebody pressed the button; nothing else does."""
    who = current_participant()
    with transaction() as session:
        leading.say_here(session, who.seat)
    return redirect(url_for("participant.now"), SEE_OTHER)


@blueprint.get("/w/events")
def follow() -> Response:
    """The version of the workshop whenever it changes."""
    with reading() as session:
        found = taking_part.poll(session, current_secret())
    if found is None:
        raise NoSeatError
    return events.tell(*found)


@blueprint.post("/w/dots")
def place_dots() -> ResponseReturnValue:
    """Gives one group so many of the organisation's dots."""
    who = current_participant()
    topic = who.workshop.topic
    group_id, _colon, number = request.form.get("set", "").partition(":")
    count = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if topic is None or request.form.get("topic") != topic.id:
        return redirect(url_for("participant.now"), SEE_OTHER)
    try:
        with transaction() as session:
            wish = Wish(group_id, count, request.form.get("seen", ""))
            voting.place(session, state().keys, who.seat, topic.id, wish)
    except ChangedMeanwhileError as error:
        # No mistake of anybody's: the page says so calmly, with the dots as they are now.
        return page(current_participant(), notice=_(str(error))), REFUSED
    except NotAllowedError as error:
        # Drawn from how things are now: the vote may just have been closed.
        return page(current_participant(), fault=_(str(error))), REFUSED
    return redirect(url_for("participant.now"), SEE_OTHER)


def page(who: Participant, *, fault: str = "", notice: str = "") -> str:
    """The phone. ``fault``, ``notice``: why the last press changed nothing, by a mistake or by a colleague's press."""
    try:
        view = _view(who, fault, notice)
    except ChangedMeanwhileError:
        # The facilitator was faster than the drawing of this page.
        view = _view(current_participant(), fault, notice)
    return render_template(
        "participant/now.html",
        view=view,
        languages=who.languages,
        band_words=BAND_WORDS,
        not_shown=NOT_SHOWN_WORDS,
        no_notes=notes.NOT_SHOWN_WORDS,
    )


def _view(who: Participant, fault: str, notice: str) -> NowView:
    topic = who.workshop.topic
    kind = _kind(who, topic)
    board = None
    kept_back: tuple[str, ...] = ()
    if topic is not None and kind in {"read", "wait", "voted"}:
        with reading() as session:
            board = boards.load(session, topic.id)
            if kind == "read" and not board.has_notes:
                kept_back = sealed_notes.kept_back(session, state().keys, who.seat, topic.id)
    return NowView(
        kind=kind,
        who=who,
        topic=topic,
        lines=_lines(who) if kind == "before" else (),
        notes=notes_of(who, topic) if topic is not None and kind in {"listen", "write"} else None,
        dots=dots_of(who, topic) if topic is not None and kind == "vote" else None,
        board=board,
        kept_back=kept_back,
        fault=fault,
        notice=notice,
    )


def _kind(who: Participant, topic: Topic | None) -> str:
    if who.workshop.state is not WorkshopState.RUNNING:
        return _OUTSIDE[who.workshop.state]
    if topic is None:
        return "soon"
    if topic.stage in VOTING:
        return "vote" if may_vote(who.seat.role, topic.stage) else "wait"
    return {
        Stage.WAITING: "listen",
        Stage.WRITING: "write",
        Stage.REVEALED: "read",
        Stage.VOTED: "voted",
    }[topic.stage]


def _lines(who: Participant) -> tuple[Line, ...]:
    waiting = [topic.id for topic in who.workshop.topics if topic.stage in TAKES_NOTES]
    with reading() as session:
        counts = sealed_notes.counts(session, state().keys, who.seat, waiting)
    return tuple(Line(topic, _own(counts.get(topic.id, 0))) for topic in who.workshop.topics)


def _own(count: int) -> str:
    return (
        ngettext("You have sent %(num)s thought.", "You have sent %(num)s thoughts.", count) if count else ""
    )
