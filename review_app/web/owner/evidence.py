"""Evidence of an action: the form of a file or a link, and the files of those actions that a link opens."""

from __future__ import annotations

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.evidence_kinds import ENDINGS, LARGEST, kind_of
from review_app.evidence_reasons import EvidenceRefusedError, Reason
from review_app.evidence_store import EvidenceStore
from review_app.security import csrf
from review_app.services import evidence_files
from review_app.services.actions import Action, ActionLink
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.services.evidence_files import (
    MOST_PIECES,
    PASSED,
    WAITING,
    LinkFault,
    LinkRefusedError,
    NewFile,
)
from review_app.state import state
from review_app.web.evidence import hand_out
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.owner.audience import blueprint, current_link
from review_app.web.owner.page import find, turn_of
from surveys.errors import ActionFaultsError
from surveys.improvement import SETTLED
from surveys.texts import clean_line

_WORDS = {
    Reason.EMPTY: later("This file is empty. Choose another one."),
    Reason.TOO_LARGE: later("This file is larger than 5 MB. Make it smaller, or add a link to it."),
    Reason.UNKNOWN: later("This kind of file cannot be kept. Save it as a PDF, or add a link to it."),
    Reason.ACTIVE: later(
        "This file holds something that can act by itself, such as macros, scripts or another file. "
        "Print it to a new PDF, and add that."
    ),
    Reason.OUTSIDE: later(
        "This document fetches something from elsewhere when it is opened, such as a linked picture, template or "
        "workbook. Print it to a PDF, and add that."
    ),
    Reason.LOCKED: later(
        "This file is locked, so nobody can check what is in it. Save it without a password and without protection, "
        "or print it to a new PDF."
    ),
    Reason.UNREADABLE: later(
        "Parts of this PDF cannot be read, so nobody can check what is in it. Print it to a new PDF, and add that."
    ),
    Reason.DAMAGED: later("This file is damaged, or is two things at once. Save it anew and try again."),
}

_LINK_WORDS = {
    LinkFault.NO_LINK: later("This is not a link to a page. Begin it with https://."),
    LinkFault.TOO_LONG: later("This link is too long. Keep it below 1,000 characters."),
    LinkFault.BACKSLASH: later("There is a backslash (\\) in this link. Write / in its place."),
    LinkFault.GAP: later("There is a space or an invisible sign in this link. Copy it again from the page."),
    LinkFault.USER: later(
        "There is an @ before the name of the site, which hides where this link goes. "
        "Leave out the @ and what stands before it."
    ),
}


class EvidenceForm(FlaskForm):
    """A file or a link. Both are checked by hand; a token that has run out loses no link."""

    file = FileField(later("A file"))
    address = StringField(later("A link"), filters=[lambda text: (text or "").strip()])
    name = StringField(later("What the link shows (optional)"), filters=[lambda text: clean_line(text or "")])
    action = HiddenField()
    shown = HiddenField()
    seen = HiddenField()


@blueprint.get("/a/<int:number>/evidence")
def evidence(number: int) -> ResponseReturnValue:
    """The form of a file or a link; the action's page where nothing can be added any more."""
    link = current_link()
    found = find(link, number)
    if found.state in SETTLED or found.id not in link.owned:
        return redirect(url_for("owner.action", number=number), SEE_OTHER)
    data = {"action": found.id, "shown": found.state.value, "seen": found.entries[-1].id}
    return _page(link, found, EvidenceForm(formdata=None, data=data))


@blueprint.post("/a/<int:number>/evidence")
@csrf.exempt  # The form checks its token itself, so that a page that was open for long loses no link.
def add_evidence(number: int) -> ResponseReturnValue:
    """Keeps a file or a link, or shows the page again with what is wrong."""
    link, form = current_link(), EvidenceForm()
    found = find(link, number)
    if found.id not in link.owned:
        raise NotFoundError("")
    if not form.validate():
        refuse(form, "", _("Not saved yet: this page was open for a long time. Please send it once more."))
    elif not form.file.data and not form.address.data:
        refuse(form, "file", _("Choose a file, or write a link."))
    else:
        _keep(link, found, form)
    if form.errors:
        return _page(link, found, form), REFUSED
    return redirect(url_for("owner.action", number=number, notice="evidence", _anchor="evidence"), SEE_OTHER)


@blueprint.get("/a/<int:number>/evidence/<string:evidence_id>")
def evidence_file(number: int, evidence_id: str) -> Response:
    """A file of one of the link's own actions, as an attachment."""
    found = find(current_link(), number)
    with reading() as session:
        stored = evidence_files.stored(session, evidence_id)
    if stored.action_id != found.id:
        raise NotFoundError("")
    return hand_out(stored)


def _keep(link: ActionLink, found: Action, form: EvidenceForm) -> None:
    """Keeps what was sent; what is wrong is put beside its field. A link is not kept beside a file that is refused."""
    try:
        file = _file(form) if form.file.data else None
        _add(link, found, form, file)
    except EvidenceRefusedError as error:
        refuse(form, "file", _refusal(error))
    except LinkRefusedError as error:
        refuse(form, "address", str(_LINK_WORDS[error.fault]))
    except ActionFaultsError:
        refuse(
            form,
            "",
            _("There are %(most)s pieces of evidence already, and that is the most.", most=MOST_PIECES),
        )
    except (ChangedMeanwhileError, NotAllowedError):
        refuse(
            form,
            "",
            _("Not saved: this action is settled, or another link was opened in this browser since."),
        )


def _add(link: ActionLink, found: Action, form: EvidenceForm, file: NewFile | None) -> None:
    """Adds what was sent. A file that is refused, or there already, is removed: refusals must not fill the disk."""
    is_added = False
    try:
        with transaction() as session:
            turn = turn_of(link, found)
            if file is not None:
                is_added = evidence_files.add_file(session, now(), turn, file)
            if form.address.data:
                evidence_files.add_link(session, now(), turn, form.address.data, form.name.data or "")
    except (ActionFaultsError, ChangedMeanwhileError, NotAllowedError):
        _discard(file)
        raise
    # Whatever else goes wrong leaves the file: perhaps its row is kept. The worker sweeps one that has none.
    if not is_added:
        _discard(file)


def _discard(file: NewFile | None) -> None:
    if file is not None:
        EvidenceStore(state().settings.evidence_dir).remove(file.stored_as)


def _file(form: EvidenceForm) -> NewFile:
    """The posted file, durably written. Raises EvidenceRefusedError."""
    sent = form.file.data
    name = evidence_files.tidy_name(sent.filename or "")
    content = sent.stream.read(LARGEST + 1)
    kind = kind_of(name, content)
    settings = state().settings
    return NewFile(
        name=name,
        media_type=kind.media_type,
        stored_as=EvidenceStore(settings.evidence_dir).keep(content),
        size=len(content),
        digest=evidence_files.digest_of(content),
        scan=WAITING if settings.scan_command else PASSED,
    )


def _refusal(error: EvidenceRefusedError) -> str:
    if error.reason is Reason.WRONG_NAME:
        return _(
            "The name of this file does not fit what is in it. Its name should end in: %(endings)s.",
            endings=", ".join(error.endings),
        )
    if error.reason is Reason.FORMULA:
        return _(
            "In line %(line)s of this file a cell begins with =, @, + or -, and a spreadsheet would run it as a "
            "formula. Put a word before that sign, or save the table as a PDF.",
            line=error.line,
        )
    return str(_WORDS[error.reason])


def _page(link: ActionLink, found: Action, form: EvidenceForm) -> str:
    return render_template(
        "owner/evidence.html",
        action=found,
        form=form,
        accept=",".join(ENDINGS),
        most=MOST_PIECES,
        is_scanned=state().settings.scan_command is not None,
        link=link,
        languages=link.languages,
    )
