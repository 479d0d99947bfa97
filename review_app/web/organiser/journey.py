"""The way from a spreadsheet to a report as a task list: what is done, what is next and whose turn it is."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from review_app.clock import now
from review_app.languages import N_, current, day, moment
from review_app.services.cycles import Cycle
from review_app.web import steps
from review_app.web.steps import Step
from surveys.cycle import CycleState, KeyMode

_ORDER = list(CycleState)
_IMPORT_HINT = N_("A spreadsheet with one row for each person who may be asked.")
_DRAFT_HINT = N_("What is reviewed, until when, and in which groups.")
_CHECK_HINT = N_("Who reviews whom, and how long it takes.")
_PREFLIGHT_HINT = N_("How many answers it takes, and for whom.")


def first_steps(draft_address: str) -> tuple[Step, ...]:
    """The whole way, when there is no review yet. ``draft_address``: "" while there is no chain either."""
    importing = url_for("organiser.import_chain")
    has_chain = bool(draft_address)
    return (
        steps.done(_("Import a chain"), importing)
        if has_chain
        else steps.now(_("Import a chain"), importing, _(_IMPORT_HINT)),
        steps.now(_("Draft a review"), draft_address, _(_DRAFT_HINT))
        if has_chain
        else steps.later(_("Draft a review"), _(_DRAFT_HINT)),
        steps.later(_("Check who is asked"), _(_CHECK_HINT)),
        steps.later(_("Check what a report could show"), _(_PREFLIGHT_HINT)),
        steps.later(
            _("The steward approves"), _("A person independent of the prime looks at the same page.")
        ),
        steps.later(_("Launch"), _("Everybody gets a mail with a link of their own.")),
        steps.later(_("Answers come in"), _("You see one number, rounded down.")),
        steps.later(
            _("Read the report"),
            _("You can reply to it first. On the day fixed by the launch everybody gets it."),
        ),
    )


def steps_of(cycle: Cycle) -> tuple[Step, ...]:
    """The way of one review, from its draft on."""
    address = url_for("organiser.cycle", cycle_id=cycle.id)
    is_draft = cycle.state is CycleState.DRAFT
    preview = url_for("organiser.preview", cycle_id=cycle.id)
    preflight = url_for("organiser.preflight", cycle_id=cycle.id)
    editing = url_for("organiser.edit_cycle", cycle_id=cycle.id) if is_draft else ""
    return (
        steps.done(_("Draft the review"), editing, _("For %(chain)s.", chain=cycle.chain_name)),
        (steps.look if is_draft else steps.done)(_("Check who is asked"), preview, _(_CHECK_HINT)),
        *(
            (steps.look(_("Check what a report could show"), preflight, _(_PREFLIGHT_HINT)),)
            if is_draft
            else ()
        ),
        _approval(cycle),
        _launch(cycle),
        _answers(cycle, address),
        *((_checking(cycle, address), _replying(cycle)) if cycle.timetable else ()),
        _report(cycle, address),
    )


def next_step(cycle: Cycle) -> str:
    """What a review waits for, as one short sentence."""
    steward = cycle.steward_name
    if cycle.state is CycleState.DRAFT:
        return (
            _("Ready to launch.")
            if cycle.is_approved
            else _("%(steward)s approves it next.", steward=steward)
        )
    if cycle.state is CycleState.CLOSING:
        return (
            _("%(steward)s brings the key.", steward=steward)
            if cycle.key_mode is KeyMode.TWO_KEY
            else _("It is being counted.")
        )
    if cycle.waiting is not None:
        if not cycle.waiting.takes_replies(now()):
            on = moment(cycle.waiting.publishes_at, current())
            return _("Everybody gets the reports on %(moment)s.", moment=on)
        return _("Replies until %(moment)s.", moment=moment(cycle.waiting.replies_until, current()))
    return {
        CycleState.OPEN: _("Open until %(closing)s.", closing=moment(cycle.closes_at, current())),
        CycleState.CLOSED: _("%(steward)s checks the comments.", steward=steward),
        CycleState.PUBLISHED: _("The report is published."),
    }[cycle.state]


def _approval(cycle: Cycle) -> Step:
    title = _("%(steward)s approves", steward=cycle.steward_name)
    hint = _("The steward does this, signed in with their own account.")
    if cycle.key_mode is KeyMode.TWO_KEY:
        hint = _("The steward makes the key file and approves, signed in with their own account.")
    if cycle.is_approved or cycle.state is not CycleState.DRAFT:
        return steps.done(title, "", hint)
    return steps.waiting(title, "", hint, _("Waiting for the steward"))


def _launch(cycle: Cycle) -> Step:
    hint = _("Everybody gets a mail with a link of their own.")
    if cycle.state is not CycleState.DRAFT:
        return steps.done(_("Launch"), "", hint)
    if cycle.is_approved:
        return steps.now(_("Launch"), url_for("organiser.launch", cycle_id=cycle.id), hint)
    return steps.later(_("Launch"), hint)


def _answers(cycle: Cycle, address: str) -> Step:
    title = _("Answers come in")
    hint = _("Until %(closing)s.", closing=moment(cycle.closes_at, current()))
    place = _ORDER.index(cycle.state)
    if place < _ORDER.index(CycleState.OPEN):
        return steps.later(title, hint)
    if cycle.state is CycleState.OPEN:
        return steps.waiting(title, address, hint, _("In progress"))
    return steps.done(title, address, hint)


def _checking(cycle: Cycle, address: str) -> Step:
    title = _("%(steward)s checks the comments", steward=cycle.steward_name)
    if cycle.made_at is not None:
        return steps.done(title, "", _("The reports are made."))
    by = cycle.timetable.reports_by if cycle.timetable else cycle.closes_at
    hint = _("By %(moment)s. Then the reports are made.", moment=moment(by, current()))
    if cycle.state is CycleState.CLOSED:
        return steps.waiting(title, address, hint, _("Waiting for the steward"))
    return steps.later(title, hint)


def _replying(cycle: Cycle) -> Step:
    title = _("Reply to the report")
    if cycle.state is CycleState.PUBLISHED:
        return steps.done(title, "", _("The replies stand beside the findings."))
    if cycle.waiting is None:
        return steps.later(title, _("You and each partner read it first, and have 14 days."))
    address = url_for("organiser.replies", cycle_id=cycle.id)
    if not cycle.waiting.takes_replies(now()):
        return steps.done(title, address, _("The time for replies is over. The steward looks at them."))
    hint = _("Until %(moment)s.", moment=moment(cycle.waiting.replies_until, current()))
    return steps.now(title, address, hint)


def _report(cycle: Cycle, address: str) -> Step:
    title = _("Read the report")
    if cycle.state is CycleState.PUBLISHED:
        return steps.now(title, url_for("reading.report", cycle_id=cycle.id), "")
    if cycle.timetable:
        on = day(cycle.timetable.publishes_at, current())
        hint = _("On %(day)s, whatever it says.", day=on)
        return steps.later(_("Everybody gets the report"), hint)
    hint = next_step(cycle) if cycle.state in {CycleState.CLOSING, CycleState.CLOSED} else ""
    if cycle.state is CycleState.CLOSED:
        return steps.waiting(title, address, hint, _("Waiting for the steward"))
    return steps.later(title, hint)
