"""The steward's first page and the page of a review: what only the steward can do next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import ZONE, current, moment
from review_app.services import approving, comments, cycles, previews, pulses, steward_requests
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError
from review_app.web import steps
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.previewing import preview_view
from review_app.web.steps import Step
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.steward.forms import ExtendForm
from review_app.web.words import figure
from surveys.cycle import CycleState, KeyMode
from surveys.errors import CycleFaultsError


@dataclass(frozen=True, slots=True)
class Task:
    """What a review asks of its steward now. ``href`` "": there is nothing to do but wait."""

    cycle: Cycle
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """A review's page. ``steps``: what its steward does now; ``may_extend``: it still takes answers.

    ``requests``: how many requests of respondents wait.
    """

    cycle: Cycle
    task: Task
    is_two_key: bool
    steps: tuple[Step, ...]
    may_extend: bool
    requests: int


@blueprint.get("/steward")
def home() -> str:
    """The reviews that this steward guards, those with something to do first."""
    with reading() as session:
        found = cycles.for_steward(session, steward_id())
        requests = steward_requests.waiting_for(session, steward_id())
        uncounted = pulses.waiting_for_key(session, steward_id())
    tasks = sorted(
        (
            _task_of_pulses(cycle) if cycle.id in uncounted else task_of(cycle, requests.get(cycle.id, 0))
            for cycle in found
        ),
        key=lambda task: not task.href,
    )
    return render_template("steward/home.html", tasks=tasks)


@blueprint.get("/steward/reviews/<string:cycle_id>")
def cycle(cycle_id: str) -> str:
    """How a review stands, and what its steward does next."""
    found = own_cycle(cycle_id)
    waiting = 0
    with reading() as session:
        requests = steward_requests.waiting(session, cycle_id, steward_id())
        if found.state is CycleState.DRAFT:
            waiting = approving.open_points(session, cycle_id)
        if found.state is CycleState.CLOSED:
            waiting = sum(pool.waiting for pool in comments.pools(session, cycle_id, steward_id()))
    view = Guarded(
        cycle=found,
        task=task_of(found, requests),
        is_two_key=found.key_mode is KeyMode.TWO_KEY,
        steps=_steps(found, waiting),
        may_extend=takes_answers(found),
        requests=requests,
    )
    return render_template("steward/cycle.html", view=view)


@blueprint.get("/steward/reviews/<string:cycle_id>/preview")
def preview(cycle_id: str) -> str:
    """Who is asked what, and what a report could show: the same as the organiser sees."""
    found = own_cycle(cycle_id)
    with reading() as session:
        view = preview_view(found, previews.preview(session, cycle_id))
    return render_template("steward/preview.html", cycle=found, view=view)


@blueprint.get("/steward/reviews/<string:cycle_id>/extend")
def extend(cycle_id: str) -> ResponseReturnValue:
    """The form for a later closing time."""
    found = own_cycle(cycle_id)
    if not takes_answers(found):
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    form = ExtendForm(data={"closes_time": found.closes_at.astimezone(ZONE).time()})
    return render_template("steward/extend.html", cycle=found, form=form)


@blueprint.post("/steward/reviews/<string:cycle_id>/extend")
def extend_cycle(cycle_id: str) -> ResponseReturnValue:
    """Gives everybody more time, and tells them by mail."""
    found = own_cycle(cycle_id)
    form = ExtendForm()
    later = form.closing_time if form.validate() else None
    if later is None:
        return render_template("steward/extend.html", cycle=found, form=form), REFUSED
    try:
        with transaction() as session:
            cycles.extend(session, now(), cycle_id, steward_id(), later)
    except NotAllowedError as error:
        closing = moment(found.closes_at, current())
        text = _("%(fault)s Choose a day after %(closing)s.", fault=error, closing=closing)
        refuse(form, "closes_at", text)
    except CycleFaultsError as error:
        place_faults(form, error.faults)
    if form.errors:
        return render_template("steward/extend.html", cycle=found, form=form), REFUSED
    flash(
        _(
            "The review now closes on %(closing)s. Everybody will get a mail about it.",
            closing=moment(later, current()),
        ),
        "success",
    )
    return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)


def task_of(cycle: Cycle, requests: int) -> Task:
    """What a review asks of its steward now. ``requests``: how many of its respondents' requests wait."""
    is_two_key = cycle.key_mode is KeyMode.TWO_KEY
    if cycle.state is CycleState.OPEN and requests:
        text = ngettext(
            "%(count)s request waits for you.",
            "%(count)s requests wait for you.",
            requests,
            count=figure(requests),
        )
        return Task(cycle, text, url_for("steward.requests", cycle_id=cycle.id))
    text, endpoint = {
        CycleState.DRAFT: _draft_task(cycle, is_two_key=is_two_key),
        CycleState.OPEN: (
            _(
                "Open until %(closing)s. There is nothing to do until then.",
                closing=moment(cycle.closes_at, current()),
            ),
            "",
        ),
        CycleState.CLOSING: (_("Bring the key file, so that it can be counted."), "steward.count")
        if is_two_key
        else (_("It is being counted. This takes a minute."), ""),
        CycleState.CLOSED: _closed_task(cycle),
        CycleState.PUBLISHED: (_("The report is published."), ""),
    }[cycle.state]
    return Task(cycle, text, url_for(endpoint, cycle_id=cycle.id) if endpoint else "")


def _task_of_pulses(cycle: Cycle) -> Task:
    text = _("A pulse has closed. Bring its key file, so that it can be counted.")
    return Task(cycle, text, url_for("steward.cycle_pulses", cycle_id=cycle.id))


def _steps(cycle: Cycle, waiting: int) -> tuple[Step, ...]:
    if cycle.state is CycleState.DRAFT:
        return _draft_steps(cycle, waiting)
    if cycle.state is not CycleState.CLOSED or cycle.is_awaiting_replies:
        return ()
    comments_address = url_for("steward.comment_pools", cycle_id=cycle.id)
    publish_address = url_for("steward.publish", cycle_id=cycle.id)
    publish_title = _("Make the reports") if cycle.timetable else _("Publish the report")
    publish_hint = _("You see every word once more. After that the report is fixed.")
    if cycle.timetable:
        by = moment(cycle.timetable.reports_by, current())
        publish_hint = _("By %(moment)s. You see every word once more.", moment=by)
    if waiting:
        hint = ngettext(
            "%(count)s comment waits for your decision.",
            "%(count)s comments wait for your decision.",
            waiting,
            count=figure(waiting),
        )
        return (
            steps.now(_("Check the comments"), comments_address, hint),
            steps.later(publish_title, publish_hint),
        )
    hint = _("Quote, keep back or sum up. None waits for you.")
    return (
        steps.look(_("Check the comments"), comments_address, hint),
        steps.now(publish_title, publish_address, publish_hint),
    )


def _draft_steps(cycle: Cycle, waiting: int) -> tuple[Step, ...]:
    list_address = url_for("steward.roster", cycle_id=cycle.id)
    preview_address = url_for("steward.preview", cycle_id=cycle.id)
    questionnaire_address = url_for("steward.questionnaire", cycle_id=cycle.id)
    key_address = url_for("steward.key_file", cycle_id=cycle.id)
    approve_address = url_for("steward.approve", cycle_id=cycle.id)
    points = ngettext(
        "%(count)s point waits to be settled.",
        "%(count)s points wait to be settled.",
        waiting,
        count=figure(waiting),
    )
    list_hint = points if waiting else _("Is somebody missing, or listed who should not be?")
    found = [
        (steps.now if waiting else steps.look)(_("Check the list"), list_address, list_hint),
        steps.look(
            _("Check the plan"), preview_address, _("Who reviews whom, and what a report could show.")
        ),
        steps.look(_("Read the questionnaire"), questionnaire_address, _("Every statement, word for word.")),
    ]
    is_two_key = cycle.key_mode is KeyMode.TWO_KEY
    has_key = cycle.has_key or not is_two_key
    if is_two_key:
        title, hint = (
            _("Make the key file"),
            _("A file that only you have, and that alone can open the answers."),
        )
        found.append(steps.done(title, "", hint) if has_key else steps.now(title, key_address, hint))
    title, hint = _("Approve"), _("Then the organiser can launch it.")
    if cycle.is_approved:
        found.append(steps.done(title, "", hint))
    else:
        may_approve = has_key and not waiting
        found.append(steps.now(title, approve_address, hint) if may_approve else steps.later(title, hint))
    return tuple(found)


def _closed_task(cycle: Cycle) -> tuple[str, str]:
    if cycle.waiting is not None:
        by = moment(cycle.waiting.publishes_at, current())
        if not cycle.waiting.takes_replies(now()):
            return _(
                "Look at the replies. Everybody gets the reports on %(moment)s.", moment=by
            ), "steward.replies"
        until = moment(cycle.waiting.replies_until, current())
        return _("Replies until %(until)s. Look at them by %(by)s.", until=until, by=by), ""
    if cycle.timetable is None:
        return _("Check the comments, then publish."), "steward.comment_pools"
    by = moment(cycle.timetable.reports_by, current())
    return _("Check the comments and make the reports, by %(moment)s.", moment=by), "steward.comment_pools"


def _draft_task(cycle: Cycle, *, is_two_key: bool) -> tuple[str, str]:
    if cycle.is_approved:
        return _("You have approved it. The organiser launches it next."), ""
    if is_two_key and not cycle.has_key:
        return _("Check who is asked, make the key file and approve."), "steward.cycle"
    return _("Check who is asked, and approve."), "steward.cycle"


def takes_answers(cycle: Cycle) -> bool:
    """Whether a review is open and its closing time has not come."""
    return cycle.state is CycleState.OPEN and now() < cycle.closes_at
