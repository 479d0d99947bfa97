"""A new action from a finding of the published report, a changed one, and one that is proposed once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import tongue
from review_app.services import improvement_said, overseeing, proposing
from review_app.services.errors import ChangedMeanwhileError, NotFoundError
from review_app.services.improvement_said import Found, FoundIn
from review_app.services.overseeing import Overseen, said_of
from review_app.services.proposals import LONGEST_LINE, Candidate, Proposal
from review_app.services.proposing import Proposer
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.improvement.action import overseen
from review_app.web.improvement.asking import account
from review_app.web.improvement.audience import blueprint
from review_app.web.improvement.forms import ActionForm
from surveys.errors import ActionFaultsError, Fault
from surveys.improvement import ActionState
from surveys.language import Language

_PLACES = {"owner_ids": "owner"}


@blueprint.get("/chains/<string:chain_id>/actions/new")
def choose_finding(chain_id: str) -> str:
    """What the newest report found, to choose what the action is to mend."""
    return render_template("improvement/choose_finding.html", chain_id=chain_id, found=_found_in(chain_id))


@blueprint.get("/chains/<string:chain_id>/actions/new/form")
def new_action(chain_id: str) -> str:
    """The form of a new action. The address names the finding; without one, it came up besides the report."""
    found_in = _of_report(chain_id)
    finding = _finding(found_in, request.args.get("finding", ""))
    form = ActionForm(
        formdata=None,
        finding=finding.id if finding else "",
        cycle=found_in.cycle_id,
        measure=finding.statement[:LONGEST_LINE] if finding else "",
        baseline=finding.sentence[:LONGEST_LINE] if finding else "",
    )
    return _form(form, chain_id, found_in.cycle_id, finding=finding)


@blueprint.post("/chains/<string:chain_id>/actions/new/form")
def propose(chain_id: str) -> ResponseReturnValue:
    """Proposes it; its owners get a mail."""
    found_in, form = _of_report(chain_id), ActionForm()
    finding = _finding(found_in, form.finding.data or "")
    if form.cycle.data != found_in.cycle_id:
        form.form_errors.append(_("A newer report was published meanwhile. Look at what it found first."))
    it = replace(
        _read(form, _blank(found_in.cycle_id)),
        finding_id=finding.id if finding else "",
        subject=finding.subject if finding else "",
        question_id=finding.question_id if finding else "",
        practices=finding.practices if finding else (),
        steps=tuple((form.steps.data or "").splitlines()),
    )
    by = _proposer(found_in.cycle_id)
    if form.validate() and not form.form_errors:
        try:
            with transaction() as session:
                action_id = proposing.propose(session, now(), it, by=by)
        except ActionFaultsError as error:
            _place(form, error.faults)
        else:
            flash(
                _("The action is proposed. Its owners get a mail that asks whether they accept it."),
                "success",
            )
            return redirect(url_for("improvement.action", action_id=action_id), SEE_OTHER)
    return _form(form, chain_id, found_in.cycle_id, finding=finding), REFUSED


@blueprint.get("/actions/<string:action_id>/change")
def ask_to_change(action_id: str) -> ResponseReturnValue:
    """The form of an action that can still be changed, or proposed once more."""
    line = overseen(action_id)
    if line.action.state is ActionState.VERIFIED:
        return redirect(url_for("improvement.action", action_id=action_id), SEE_OTHER)
    it = proposing.proposal_of(line.action)
    form = ActionForm(
        formdata=None,
        title=it.title,
        for_whom=it.for_whom,
        owner=it.owner_ids[0],
        second=it.owner_ids[1] if len(it.owner_ids) > 1 else "",
        verifier_id=it.verifier_id,
        due=it.due,
        measure=it.measure,
        baseline=it.baseline,
        seen=line.action.entries[-1].id,
    )
    return _form(form, line.action.chain_id, line.action.cycle_id, line=line)


@blueprint.post("/actions/<string:action_id>/change")
def change(action_id: str) -> ResponseReturnValue:
    """Changes it, or proposes it once more; its owners get a mail."""
    line, form = overseen(action_id), ActionForm()
    it = _read(form, proposing.proposal_of(line.action))
    by, seen = _proposer(line.action.cycle_id), form.seen.data or ""
    is_anew = line.action.state is ActionState.DECLINED
    if form.validate():
        try:
            with transaction() as session:
                if is_anew:
                    proposing.propose_anew(session, now(), action_id, it, by=by, seen=seen)
                else:
                    proposing.change(session, now(), action_id, it, by=by, seen=seen)
        except ActionFaultsError as error:
            _place(form, error.faults)
        except ChangedMeanwhileError as error:
            form.seen.data = line.action.entries[-1].id
            form.form_errors.append(_("%(fault)s Check it, and save again.", fault=error))
        else:
            words = _("The action is proposed once more.") if is_anew else _("The action is changed.")
            flash(words, "success")
            return redirect(url_for("improvement.action", action_id=action_id), SEE_OTHER)
    return _form(form, line.action.chain_id, line.action.cycle_id, line=line), REFUSED


def _found_in(chain_id: str) -> FoundIn | None:
    with reading() as session:
        overseeing.check_oversees(session, chain_id, account())
        return improvement_said.findings(session, chain_id, tongue(Language.ENGLISH))


def _of_report(chain_id: str) -> FoundIn:
    found = _found_in(chain_id)
    if found is None:
        raise NotFoundError(_("There is no published report of this chain yet."))
    return found


def _finding(found_in: FoundIn, id_: str) -> Found | None:
    if not id_:
        return None
    finding = next((one for one in found_in.findings if one.id == id_), None)
    if finding is None:
        raise NotFoundError(_("There is no such finding in the newest report."))
    return finding


def _blank(cycle_id: str) -> Proposal:
    return Proposal(cycle_id, "", "", (), "", None)


def _read(form: ActionForm, before: Proposal) -> Proposal:
    return replace(
        before,
        title=form.title.data or "",
        for_whom=form.for_whom.data or "",
        owner_ids=form.owner_ids,
        verifier_id=form.verifier_id.data or "",
        due=form.due.data,
        measure=form.measure.data or "",
        baseline=form.baseline.data or "",
    )


def _place(form: ActionForm, faults: tuple[Fault, ...]) -> None:
    place_faults(form, [replace(fault, place=_PLACES.get(fault.place, fault.place)) for fault in faults])


def _proposer(cycle_id: str) -> Proposer:
    return Proposer(said_of(account()), is_steward=_guards(cycle_id))


def _guards(cycle_id: str) -> bool:
    with reading() as session:
        return overseeing.guards(session, cycle_id, account())


def _people(cycle_id: str) -> Mapping[str, Candidate]:
    with reading() as session:
        is_steward = overseeing.guards(session, cycle_id, account())
        return proposing.candidates(session, cycle_id, by_steward=is_steward)


def _form(
    form: ActionForm,
    chain_id: str,
    cycle_id: str,
    *,
    finding: Found | None = None,
    line: Overseen | None = None,
) -> str:
    form.offer(_people(cycle_id).values())
    return render_template(
        "improvement/action_form.html",
        form=form,
        chain_id=chain_id,
        finding=finding,
        line=line,
        is_steward=_guards(cycle_id),
    )
