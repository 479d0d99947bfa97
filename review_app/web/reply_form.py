"""The form of a reply to one finding: what is typed is never lost, and what may point at somebody is asked about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField

from review_app.clock import now
from review_app.database import UNAVAILABLE, reading, transaction
from review_app.errors import log_unavailable
from review_app.services import naming, replies
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError
from review_app.services.replies import LONGEST_PROMISE, LONGEST_TEXT, NOTHING, Right, Said
from review_app.web.faults import REFUSED
from review_app.web.replying import Line, line_of, right_of
from surveys.texts import visible_text

UNAVAILABLE_STATUS = 503


class ReplyForm(FlaskForm):
    """A reply. Its texts are measured and kept by the service; a token that has run out loses nothing that is typed."""

    text = TextAreaField(later("Your reply"), filters=[lambda text: visible_text(text or "")])
    promise = TextAreaField(
        later("What you will do, and by when (optional)"), filters=[lambda text: visible_text(text or "")]
    )
    seen = HiddenField()
    # Of which finding the page was drawn: another link may have been opened in this browser since.
    finding = HiddenField()
    # A box to tick. Its value says for which passages it stood there.
    nobody = StringField(later("None of this points at a person who may have answered"))


@dataclass(frozen=True, slots=True)
class ReplyView:
    """The form of one reply. ``faults``: (words, id of the field or none). ``noted``: passages to look at again.

    ``asked``: the value of the box to tick, which belongs to these passages; "" where there are none, and no box.
    ``may_save`` is false where what was typed is shown only to be copied. ``theirs``: what somebody else has kept
    meanwhile, None otherwise.
    """

    by: str
    until: datetime | None
    publishes_at: datetime
    line: Line
    count: int
    may_save: bool
    form: ReplyForm
    faults: tuple[tuple[str, str | None], ...]
    telling: tuple[str, ...]
    noted: str
    noted_words: str
    asked: str
    is_ticked: bool
    theirs: Said | None
    longest_text: int
    longest_promise: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply was kept, or taken back."""

    is_taken_back: bool


def form_view(of: Right, finding_id: str) -> ReplyView:
    """The form of the reply to one finding, as it is kept. Raises NotFoundError."""
    said = of.finding(finding_id).said
    data = {
        "text": said.text,
        "promise": said.promise,
        "seen": said.token,
        "finding": _drawn_for(of, finding_id),
    }
    return _Written(of, finding_id, ReplyForm(formdata=None, data=data), said).view()


def save(of: Right, finding_id: str) -> Kept | tuple[ReplyView, int]:
    """Keeps what was posted, or the page with everything that was typed, and its status. Raises NotFoundError."""
    form = ReplyForm()
    before = of.finding(finding_id).said
    said = NOTHING if "take_back" in request.form else Said(form.text.data or "", form.promise.data or "")
    written = _Written(of, finding_id, form, said)
    if fault := _for_ever(written):
        return written.view(fault, may_save=False), REFUSED
    if not form.validate():
        fault = _(
            "Not saved yet: this page was open for a long time. Your text is still here. Save it once more."
        )
        return written.view(fault), REFUSED
    if written.measure() or written.has_to_look():
        return written.view(), REFUSED
    try:
        with transaction() as session:
            replies.save(session, now(), of, finding_id, said, seen=form.seen.data or "")
    except (ChangedMeanwhileError, NotAllowedError, *UNAVAILABLE) as error:
        return _not_kept(written, error)
    return Kept(said == NOTHING and before != NOTHING)


@dataclass(frozen=True, slots=True)
class _Written:
    """A reply as its form holds it."""

    of: Right
    finding_id: str
    form: ReplyForm
    said: Said

    @property
    def telling(self) -> tuple[str, ...]:
        """Its passages to look at again."""
        with reading() as session:
            return naming.telling_in_reply(
                session,
                self.of.cycle_id,
                by=self.of.by,
                text=self.said.text,
                promise=self.said.promise,
            )

    def measure(self) -> bool:
        """Whether something is too long or missing; its field says so."""
        said = self.said
        for text, longest, field in (
            (said.text, LONGEST_TEXT, self.form.text),
            (said.promise, LONGEST_PROMISE, self.form.promise),
        ):
            if len(text) > longest:
                field.errors = [_too_long(len(text) - longest, longest)]
        if said.promise and not said.text:
            self.form.text.errors = [_("Write the reply too. What you will do stands below it.")]
        return bool(self.form.text.errors or self.form.promise.errors)

    def has_to_look(self) -> bool:
        """Whether passages are to be looked at that the ticked box does not stand for; the page says so."""
        asked = _asked(self.telling)
        if asked and self.form.nobody.data != asked:
            self.form.nobody.errors = [
                _("Not saved yet: look at what may point at somebody. Put it another way, or tick the box.")
            ]
        return bool(self.form.nobody.errors)

    def view(self, fault: str = "", *, theirs: Said | None = None, may_save: bool = True) -> ReplyView:
        """The page. ``fault``: of the reply as a whole."""
        ids = [finding.id for finding in self.of.findings]
        place = ids.index(self.finding_id)
        telling = self.telling
        fields = (self.form.text, self.form.promise, self.form.nobody)
        asked = _asked(telling)
        return ReplyView(
            by=self.of.by,
            until=self.of.until,
            publishes_at=self.of.publishes_at,
            line=line_of(place + 1, self.of.findings[place]),
            count=len(ids),
            may_save=may_save and self.of.until is not None,
            form=self.form,
            faults=(
                *([(fault, None)] if fault else ()),
                *((str(words), field.id) for field in fields for words in field.errors),
            ),
            telling=telling,
            noted=_noted(", ".join(f"“{passage}”" for passage in telling)) if telling else "",
            noted_words=_noted("{}"),
            asked=asked,
            is_ticked=bool(asked) and self.form.nobody.data == asked,
            theirs=theirs,
            longest_text=LONGEST_TEXT,
            longest_promise=LONGEST_PROMISE,
        )


def _asked(passages: tuple[str, ...]) -> str:
    """The value of the box for some passages: the same for the same ones, in any order; "" for none."""
    return hashlib.sha256("\0".join(sorted(passages)).encode()).hexdigest()[:20] if passages else ""


def _drawn_for(of: Right, finding_id: str) -> str:
    """What names one finding of one report of one review: another review has findings with the same ids."""
    return " ".join((of.cycle_id, of.subject, finding_id))


def _for_ever(written: _Written) -> str:
    """Why it can never be kept, "" if it can: what was typed is shown to be copied."""
    if written.form.finding.data != _drawn_for(written.of, written.finding_id):
        return _(
            "Another link was opened in this browser since, so this is not kept. Copy it, and open your link again."
        )
    if written.of.until is None:
        return _("The time for replies is over, so this is not kept. Copy it if you need it.")
    return ""


def _not_kept(written: _Written, error: Exception) -> tuple[ReplyView, int]:
    if isinstance(error, ChangedMeanwhileError):
        return _changed(written), REFUSED
    if isinstance(error, NotAllowedError):
        return written.view(_(str(error))), REFUSED
    log_unavailable(error)
    fault = _(
        "Not saved yet: the server cannot save just now. Your text is still here. Try again in a minute."
    )
    return written.view(fault), UNAVAILABLE_STATUS


def _changed(written: _Written) -> ReplyView:
    """The page after somebody else of the organisation was faster: both texts, and the next saving replaces theirs."""
    current = right_of(written.of.cycle_id, written.of.subject)
    theirs = current.finding(written.finding_id).said
    written.form.seen.data = theirs.token
    fault = _(
        "Somebody else has changed this reply since you opened the page. Theirs stands below. Save yours to replace"
        " it."
    )
    return _Written(current, written.finding_id, written.form, written.said).view(fault, theirs=theirs)


def _too_long(over: int, longest: int) -> str:
    return ngettext(
        "This is %(num)s character too long. Shorten it to %(most)s characters.",
        "This is %(num)s characters too long. Shorten it to %(most)s characters.",
        over,
        most=longest,
    )


def _noted(passages: str) -> str:
    return _(
        "This may point at somebody: %(passages)s. A reply must not guess who said what. If it does, put it another"
        " way.",
        passages=passages,
    )
