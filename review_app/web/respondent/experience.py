"""The two optional questions about the review itself: asked once something was sent, and taken back until the close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import experiences
from review_app.services.answering import Respondent
from review_app.web.respondent.audience import SEE_OTHER, blueprint, current_respondent, show
from review_app.web.respondent.questionnaire import REFUSED
from surveys.experience import Aspect, Experience
from surveys.groups import DisclosurePolicy

_ANSWERS = {"yes": True, "no": False}
# The words of a notice are the page's own: an address can only choose among them.
SENT, TAKEN_BACK = "sent", "taken-back"


@dataclass(frozen=True, slots=True)
class AskedAspect:
    """One question: the field and its id, the words, what was chosen and what is wrong with it ("" for nothing)."""

    field: str
    question: str
    yes: str
    no: str
    chosen: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ExperienceForm:
    """The two questions as a page asks them.

    ``link``: whose they are, for ``LINK_FIELD``. ``is_received``: something lies sealed, and this would replace it.
    """

    asked: tuple[AskedAspect, ...]
    address: str
    link: str
    is_received: bool
    k: int
    organisations: int


@dataclass(frozen=True, slots=True)
class ExperiencePage:
    """The page of its own. ``form`` None: nothing was sent that could be spoken about. ``link``: as in the form."""

    form: ExperienceForm | None
    notice: str
    may_take_back: bool
    take_back_address: str
    link: str
    faults: tuple[tuple[str, str], ...]


def form_for(respondent: Respondent) -> ExperienceForm | None:
    """The questions for this person; None where they are not asked, or not yet."""
    if not experiences.is_asked(respondent):
        return None
    with reading() as session:
        is_received = experiences.is_received(session, respondent)
    if not is_received and not experiences.has_sent_a_review(respondent):
        return None
    policy = DisclosurePolicy(k=respondent.k)
    return ExperienceForm(
        asked=_asked(),
        address=url_for("respondent.experience"),
        link=respondent.reference,
        is_received=is_received,
        k=policy.k,
        organisations=policy.min_organisations,
    )


@blueprint.get("/r/experience")
def experience() -> ResponseReturnValue:
    """The questions, or thanks for the answers and the way to change them."""
    respondent = current_respondent()
    notice = request.args.get("notice", "")
    view = _page(respondent, notice if notice in {SENT, TAKEN_BACK} else "")
    if view.form is None and not view.may_take_back and not view.notice:
        return redirect(url_for("respondent.reviews"), SEE_OTHER)
    return show("experience.html", respondent, view)


@blueprint.post("/r/experience")
def send_experience() -> ResponseReturnValue:
    """Seals what was chosen; at least one of the two. Another time takes the place of the first."""
    respondent = current_respondent()
    view = _page(respondent, "")
    if view.form is None:
        return redirect(url_for("respondent.reviews"), SEE_OTHER)
    faults = _faults(request.form)
    if faults:
        told = {field: fault for fault, field in faults}
        asked = tuple(
            replace(one, chosen=request.form.get(one.field, ""), fault=told.get(one.field, ""))
            for one in view.form.asked
        )
        form = replace(view.form, asked=asked)
        return show("experience.html", respondent, replace(view, form=form, faults=faults)), REFUSED
    said = {aspect: _ANSWERS[request.form[aspect]] for aspect in Aspect if request.form.get(aspect)}
    with transaction() as session:
        experiences.send(session, now(), respondent, Experience(said))
    return redirect(url_for("respondent.experience", notice=SENT), SEE_OTHER)


@blueprint.post("/r/experience/take-back")
def take_back_experience() -> ResponseReturnValue:
    """Takes back what was said, under an earlier link too."""
    respondent = current_respondent()
    if not _page(respondent, "").may_take_back:
        return redirect(url_for("respondent.reviews"), SEE_OTHER)
    with transaction() as session:
        experiences.take_back(session, now(), respondent)
    return redirect(url_for("respondent.experience", notice=TAKEN_BACK), SEE_OTHER)


def _page(respondent: Respondent, notice: str) -> ExperiencePage:
    form = form_for(respondent)
    is_received = form is not None and form.is_received
    return ExperiencePage(
        form=form,
        notice=notice,
        may_take_back=is_received or (respondent.has_earlier_link and experiences.is_asked(respondent)),
        take_back_address=url_for("respondent.take_back_experience"),
        link=respondent.reference,
        faults=(),
    )


def _asked() -> tuple[AskedAspect, ...]:
    # Not one "yes" for both: in Welsh the word follows from the question.
    return (
        AskedAspect(
            Aspect.CLEAR.value,
            _("Were the questions clear?"),
            pgettext("Were the questions clear?", "Yes"),
            pgettext("Were the questions clear?", "No"),
        ),
        AskedAspect(
            Aspect.SAFE.value,
            _("Did you feel safe to answer honestly?"),
            pgettext("Did you feel safe to answer honestly?", "Yes"),
            pgettext("Did you feel safe to answer honestly?", "No"),
        ),
    )


def _faults(posted: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    chosen = {aspect: posted.get(aspect, "") for aspect in Aspect}
    unknown = _("This is not one of the answers. Choose one of those offered.")
    faults = tuple((unknown, aspect.value) for aspect in Aspect if chosen[aspect] not in {"", *_ANSWERS})
    if faults or any(chosen.values()):
        return faults
    nothing = _(
        "Choose an answer to one of the questions at least. If you would rather not, leave this page."
    )
    return ((nothing, Aspect.CLEAR.value),)
