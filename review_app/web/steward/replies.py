"""The replies, as the steward looks at them: each can be held back, for a reason that all may read; none is edited."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from review_app import languages
from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import holding
from review_app.services.cycles import Cycle
from review_app.services.errors import ChangedMeanwhileError, NotFoundError
from review_app.services.holding import MAIN, Checked, CheckedReport, Decision
from review_app.services.replies import Right
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.replying import Line, line_of, overview
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from surveys.publication import HoldReason
from surveys.subjects import Subject

PRINTED = "printed"
_HELD = {
    HoldReason.POINTS: later("You hold it back, because it points at people who may have answered."),
    HoldReason.PRESSES: later("You hold it back, because it puts pressure on people for answering."),
}


class VerdictForm(FlaskForm):
    """What becomes of one reply. ``seen``: the token of the text that the page showed."""

    verdict = RadioField(
        later("Does this reply go out?"),
        choices=[
            SelectChoice(PRINTED, later("Yes, as it is")),
            SelectChoice(HoldReason.POINTS.value, later("No: it points at people who may have answered")),
            SelectChoice(HoldReason.PRESSES.value, later("No: it puts pressure on people for answering")),
        ],
        validators=[InputRequired(later("Choose whether the reply goes out"))],
    )
    seen = HiddenField()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One reply. ``by``: whose. ``telling``: the passages that may point at somebody, in a row; "" for none.

    ``held``: why it is held back, "" if it is not. ``replaces_held``: whether it stands in the place of one that was.
    """

    by: str
    finding: Line
    telling: str
    held: str
    replaces_held: bool
    anchor: str
    address: str


@dataclass(frozen=True, slots=True)
class ReportLines:
    """The replies to one report. ``progress``: how many findings have one, in words."""

    by: str
    progress: str
    lines: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    """All replies, and once more those that may point at somebody. ``is_open``: they can still be changed.

    ``silent``: those whose report has no reply.
    """

    is_open: bool
    reports: tuple[ReportLines, ...]
    silent: tuple[str, ...]

    @property
    def pointed(self) -> tuple[CheckLine, ...]:
        """Those to look at first: they may point at somebody, or stand for one that was held back."""
        return tuple(
            line
            for report in self.reports
            for line in report.lines
            if (line.telling and not line.held) or line.replaces_held
        )


@blueprint.get("/steward/reviews/<string:cycle_id>/replies")
def replies(cycle_id: str) -> ResponseReturnValue:
    """All replies so far, report by report."""
    found = own_cycle(cycle_id)
    if found.waiting is None:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    with reading() as session:
        checked = holding.to_check(session, now(), cycle_id, tongue=languages.tongue(languages.current()))
    view = CheckView(
        is_open=found.waiting.takes_replies(now()),
        reports=tuple(_report(number, report) for number, report in enumerate(checked, 1) if report.replies),
        silent=tuple(report.right.by for report in checked if not report.replies),
    )
    return render_template("steward/replies.html", cycle=found, view=view)


@blueprint.get("/steward/reviews/<string:cycle_id>/replies/main/<int:number>")
def main_reply(cycle_id: str, number: int) -> ResponseReturnValue:
    """One reply to the main report, and the decision about it."""
    return _page(cycle_id, MAIN, number)


@blueprint.post("/steward/reviews/<string:cycle_id>/replies/main/<int:number>")
def hold_main_reply(cycle_id: str, number: int) -> ResponseReturnValue:
    """Keeps the decision."""
    return _decide(cycle_id, MAIN, number)


@blueprint.get("/steward/reviews/<string:cycle_id>/replies/partners/<string:party_id>/<int:number>")
def partner_reply(cycle_id: str, party_id: str, number: int) -> ResponseReturnValue:
    """The same of the report on one partner."""
    return _page(cycle_id, str(Subject.partner(party_id)), number)


@blueprint.post("/steward/reviews/<string:cycle_id>/replies/partners/<string:party_id>/<int:number>")
def hold_partner_reply(cycle_id: str, party_id: str, number: int) -> ResponseReturnValue:
    """Keeps the decision."""
    return _decide(cycle_id, str(Subject.partner(party_id)), number)


def _page(cycle_id: str, subject: str, number: int) -> ResponseReturnValue:
    found = own_cycle(cycle_id)
    try:
        right, checked = _one(cycle_id, subject, number)
    except NotFoundError as error:
        return _gone(cycle_id, error)
    return _drawn(found, right, checked, _form(checked))


def _decide(cycle_id: str, subject: str, number: int) -> ResponseReturnValue:
    found = own_cycle(cycle_id)
    form = VerdictForm()
    try:
        right, checked = _one(cycle_id, subject, number)
        if not form.validate():
            return _drawn(found, right, checked, form), REFUSED
        held_for = None if form.verdict.data == PRINTED else HoldReason(form.verdict.data)
        decision = Decision(held_for, form.seen.data or "")
        with transaction() as session:
            holding.decide(session, now(), right, checked.finding.id, decision, steward_id=steward_id())
    except ChangedMeanwhileError:
        right, checked = _one(cycle_id, subject, number)
        fresh = _form(checked)
        text = _("The reply was changed since you opened this page. Read the new one, then decide.")
        refuse(fresh, "verdict", text)
        return _drawn(found, right, checked, fresh), REFUSED
    except NotFoundError as error:
        return _gone(cycle_id, error)
    flash(_("The reply is held back.") if held_for else _("The reply goes out as it is."), "success")
    return redirect(url_for("steward.replies", cycle_id=cycle_id), SEE_OTHER)


def _form(checked: Checked) -> VerdictForm:
    """The form as the reply stands; nothing is chosen yet where nothing is held back."""
    held = checked.finding.held_for
    return VerdictForm(formdata=None, data={"verdict": held.value if held else None})


def _one(cycle_id: str, subject: str, number: int) -> tuple[Right, Checked]:
    with reading() as session:
        return holding.one(
            session, now(), cycle_id, subject, number, tongue=languages.tongue(languages.current())
        )


def _drawn(found: Cycle, right: Right, checked: Checked, form: VerdictForm) -> str:
    line = _line(right, checked, 1)
    return render_template(
        "steward/reply.html", cycle=found, line=line, form=form, seen=checked.finding.said.token
    )


def _gone(cycle_id: str, error: NotFoundError) -> ResponseReturnValue:
    """Back to the list where there is one: a reply may be taken back at any moment of its time."""
    if own_cycle(cycle_id).waiting is None:
        raise error
    flash(_("There is no such reply. It may have been taken back."), "info")
    return redirect(url_for("steward.replies", cycle_id=cycle_id), SEE_OTHER)


def _report(number: int, report: CheckedReport) -> ReportLines:
    return ReportLines(
        by=report.right.by,
        progress=overview(report.right).progress,
        lines=tuple(_line(report.right, checked, number) for checked in report.replies),
    )


def _line(right: Right, checked: Checked, report_number: int) -> CheckLine:
    return CheckLine(
        by=right.by,
        finding=line_of(checked.number, checked.finding),
        telling=", ".join(f"“{passage}”" for passage in checked.telling),
        replaces_held=checked.finding.replaces_held,
        held=str(_HELD[checked.finding.held_for]) if checked.finding.held_for else "",
        anchor=f"reply-{report_number}-{checked.number}",
        address=_address(right, checked.number),
    )


def _address(right: Right, number: int) -> str:
    if right.subject == MAIN:
        return url_for("steward.main_reply", cycle_id=right.cycle_id, number=number)
    party_id = Subject(right.subject).party_id
    return url_for("steward.partner_reply", cycle_id=right.cycle_id, party_id=party_id, number=number)
