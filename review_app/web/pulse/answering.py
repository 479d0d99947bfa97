"""The one page of a pulse: what it is about, the promise, two questions; replaced or taken back until the close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import pulse_answering
from review_app.services.pulse_answering import Asked
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.pulse.audience import blueprint, current_asked
from surveys.cycle import KeyMode
from surveys.pulse import Answered, Aspect, Reply

# The words of a notice are the page's own: an address can only choose among them.
TAKEN_BACK = "taken-back"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its field, its words, what was chosen and what is wrong with it ("" for nothing)."""

    field: str
    words: str
    choices: tuple[tuple[str, str], ...]
    chosen: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class PulsePage:
    """What the page shows. ``is_received``: something lies sealed, and what is sent now would replace it.

    ``asked_people``: how many are asked, in words; ``from_others``: how many answers must be left when any one
    organisation is taken out.
    """

    asked: Asked
    owners: str
    asked_people: str
    from_others: int
    is_two_key: bool
    questions: tuple[Question, ...]
    is_received: bool
    is_taken_back: bool = False
    faults: tuple[tuple[str, str], ...] = ()


@blueprint.get("/p/answer")
def answer() -> str:
    """The questions; once something was sent, that it has arrived, and never what it was."""
    asked = current_asked()
    page = _page(asked)
    is_taken_back = request.args.get("notice") == TAKEN_BACK and not page.is_received
    return _show(replace(page, is_taken_back=is_taken_back))


@blueprint.post("/p/answer")
def send() -> ResponseReturnValue:
    """Seals what was chosen, at least one of the two. Another time takes the place of the first."""
    asked = current_asked()
    faults = _faults(request.form)
    if faults:
        told = {field: fault for fault, field in faults}
        page = _page(asked)
        questions = tuple(
            replace(one, chosen=request.form.get(one.field, ""), fault=told.get(one.field, ""))
            for one in page.questions
        )
        return _show(replace(page, questions=questions, faults=faults)), REFUSED
    replies = {aspect: Reply(request.form[aspect]) for aspect in Aspect if request.form.get(aspect)}
    with transaction() as session:
        pulse_answering.send(session, now(), asked, Answered(replies))
    return redirect(url_for("pulse.answer"), SEE_OTHER)


@blueprint.post("/p/take-back")
def take_back() -> ResponseReturnValue:
    """Takes back what was sent."""
    asked = current_asked()
    with transaction() as session:
        pulse_answering.take_back(session, now(), asked)
    return redirect(url_for("pulse.answer", notice=TAKEN_BACK), SEE_OTHER)


def _show(page: PulsePage) -> str:
    return render_template("pulse/answer.html", view=page, languages=page.asked.languages)


def _page(asked: Asked) -> PulsePage:
    with reading() as session:
        is_received = pulse_answering.is_received(session, asked)
    people = _(
        "%(people)s from %(organisations)s",
        people=ngettext("%(num)s person", "%(num)s people", asked.people),
        organisations=ngettext("%(num)s organisation", "%(num)s organisations", asked.organisations),
    )
    return PulsePage(
        asked=asked,
        owners=", ".join(asked.owners),
        asked_people=people,
        from_others=asked.policy.min_without_any_organisation,
        is_two_key=asked.key_mode is KeyMode.TWO_KEY,
        questions=_questions(),
        is_received=is_received,
    )


def _questions() -> tuple[Question, ...]:
    cannot_tell = (Reply.CANNOT_TELL.value, _("I cannot tell"))
    # Not one "yes" for both: in Welsh the word follows from the question.
    return (
        Question(
            Aspect.NOTICED.value,
            _("Have you noticed that this has changed?"),
            (
                (Reply.YES.value, pgettext("Have you noticed that this has changed?", "Yes")),
                (Reply.NO.value, pgettext("Have you noticed that this has changed?", "No")),
                cannot_tell,
            ),
        ),
        Question(
            Aspect.AGREED.value,
            _("Is it what was agreed?"),
            (
                (Reply.YES.value, pgettext("Is it what was agreed?", "Yes")),
                (Reply.NO.value, pgettext("Is it what was agreed?", "No")),
                cannot_tell,
            ),
        ),
    )


def _faults(posted: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    chosen = {aspect: posted.get(aspect, "") for aspect in Aspect}
    unknown = _("This is not one of the answers. Choose one of those offered.")
    faults = tuple((unknown, aspect.value) for aspect in Aspect if chosen[aspect] not in {"", *Reply})
    if faults or any(chosen.values()):
        return faults
    nothing = _(
        "Choose an answer to one of the questions at least. If you would rather not, leave this page."
    )
    return ((nothing, Aspect.NOTICED.value),)
