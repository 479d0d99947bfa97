"""The steps that take words: progress, help, done, declining, verifying, asking for more. No text is ever lost."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from review_app.clock import now
from review_app.database import UNAVAILABLE, transaction
from review_app.errors import log_unavailable
from review_app.security import csrf
from review_app.services.acting import LONGEST_TEXT
from review_app.services.actions import Action, ActionLink
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.owner.audience import LANGUAGES, NoLinkError, blueprint, current_link
from review_app.web.owner.page import find, turn_of
from review_app.web.owner.words import FORMS, STATES, Form, steps_for
from surveys.errors import IllegalTransitionError
from surveys.improvement import Actor
from surveys.texts import clean_text

UNAVAILABLE_STATUS = 503


class WordsForm(FlaskForm):
    """Words about an action. They are measured here and by the service; a token that has run out loses nothing."""

    text = TextAreaField(filters=[lambda text: clean_text(text or "")])
    action = HiddenField()
    shown = HiddenField()
    seen = HiddenField()


@blueprint.get("/a/<int:number>/<string:step>")
def form(number: int, step: str) -> ResponseReturnValue:
    """The form of a step; the action's page where it cannot be taken now."""
    link = current_link()
    found, kind = find(link, number), _kind(step)
    if step not in steps_for(found.state, is_owner=found.id in link.owned):
        return redirect(url_for("owner.action", number=number), SEE_OTHER)
    return _page(link, found, kind, _drawn(found), step)


@blueprint.post("/a/<int:number>/<string:step>")
@csrf.exempt  # The form checks its token itself, so that a page that was open for long loses nothing that is typed.
def take(number: int, step: str) -> ResponseReturnValue:
    """Takes a step with an action, or shows the page again with everything that was typed."""
    kind, words = _kind(step), WordsForm()
    try:
        link = current_link()
        found = find(link, number)
    except (NoLinkError, NotFoundError):
        return _not_kept(words), REFUSED
    if words.action.data != found.id:
        return _not_kept(words), REFUSED
    if (kind.actor is Actor.OWNER) is not (found.id in link.owned):
        raise NotFoundError("")
    _measure(words, kind)
    if words.errors:
        return _page(link, found, kind, words, step), REFUSED
    try:
        with transaction() as session:
            kind.take(session, now(), turn_of(link, found), words.text.data or "")
    except (ChangedMeanwhileError, NotAllowedError, IllegalTransitionError, NotFoundError):
        return _moved_on(link, number, kind, words, step), REFUSED
    except UNAVAILABLE as error:
        log_unavailable(error)
        refuse(
            words,
            "",
            _(
                "Not saved yet: the server cannot save just now. Your text is still here. Try again in a minute."
            ),
        )
        return _page(link, found, kind, words, step), UNAVAILABLE_STATUS
    return redirect(url_for("owner.action", number=number, notice=step), SEE_OTHER)


def _kind(step: str) -> Form:
    if step not in FORMS:
        raise NotFoundError("")
    return FORMS[step]


def _drawn(found: Action) -> WordsForm:
    data = {"action": found.id, "shown": found.state.value, "seen": found.entries[-1].id}
    return WordsForm(formdata=None, data=data)


def _measure(words: WordsForm, kind: Form) -> None:
    """Puts everything that is wrong beside its field."""
    text = words.text.data or ""
    if not words.validate():
        refuse(
            words,
            "",
            _(
                "Not saved yet: this page was open for a long time. Your text is still here. Save it once more."
            ),
        )
    elif kind.blank is not None and not text:
        refuse(words, "text", str(kind.blank))
    elif len(text) > LONGEST_TEXT:
        refuse(
            words,
            "text",
            ngettext(
                "This is %(num)s character too long. Shorten it to %(most)s characters.",
                "This is %(num)s characters too long. Shorten it to %(most)s characters.",
                len(text) - LONGEST_TEXT,
                most=LONGEST_TEXT,
            ),
        )


def _moved_on(link: ActionLink, number: int, kind: Form, words: WordsForm, step: str) -> str:
    """The page after somebody else was faster: with what was typed, to be sent once more if it still fits."""
    found = find(link, number)
    may_send = step in steps_for(found.state, is_owner=found.id in link.owned)
    state = STATES[found.state][0]
    fault = (
        _(
            "Not saved: this action has moved on since you opened its page, and is now: %(state)s. Your text is still"
            " here. Send it once more if it still fits.",
            state=state,
        )
        if may_send
        else _(
            "Not saved: this action has moved on since you opened its page, and is now: %(state)s. Copy your text"
            " if you need it.",
            state=state,
        )
    )
    words.shown.data, words.seen.data = found.state.value, found.entries[-1].id
    refuse(words, "", fault)
    return _page(link, found, kind, words, step, may_send=may_send)


def _not_kept(words: WordsForm) -> str:
    """What was typed, to be copied: its link opens nothing any more, or another one is open in this browser."""
    return render_template("owner/not_kept.html", text=words.text.data or "", languages=LANGUAGES)


def _page(
    link: ActionLink, found: Action, kind: Form, words: WordsForm, step: str, *, may_send: bool = True
) -> str:
    words.text.label.text = str(kind.label)
    return render_template(
        "owner/step.html",
        action=found,
        kind=kind,
        form=words,
        step=step,
        may_send=may_send,
        is_warning=step == "decline",
        longest=LONGEST_TEXT,
        link=link,
        languages=link.languages,
    )
