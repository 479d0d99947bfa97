"""The way from a spreadsheet to a report as a task list: what is done, what is next and whose turn it is."""

from __future__ import annotations

from flask import url_for

from review_app.languages import current, moment
from review_app.services.cycles import Cycle
from review_app.web import steps
from review_app.web.steps import Step
from surveys.cycle import CycleState, KeyMode

_ORDER = list(CycleState)
_IMPORT_HINT = "A spreadsheet with one row for each person who may be asked."
_DRAFT_HINT = "What is reviewed, until when, and in which groups."
_CHECK_HINT = "Who reviews whom, and how long it takes."
_PREFLIGHT_HINT = "How many answers it takes, and for whom."


def first_steps(draft_address: str) -> tuple[Step, ...]:
    """The whole way, when there is no review yet. ``draft_address``: "" while there is no chain either."""
    importing = url_for("organiser.import_chain")
    has_chain = bool(draft_address)
    return (
        steps.done("Import a chain", importing)
        if has_chain
        else steps.now("Import a chain", importing, _IMPORT_HINT),
        steps.now("Draft a review", draft_address, _DRAFT_HINT)
        if has_chain
        else steps.later("Draft a review", _DRAFT_HINT),
        steps.later("Check who is asked", _CHECK_HINT),
        steps.later("Check what a report could show", _PREFLIGHT_HINT),
        steps.later("The steward approves", "A person independent of the prime looks at the same page."),
        steps.later("Launch", "Everybody gets a mail with a link of their own."),
        steps.later("Answers come in", "You see one number, rounded down."),
        steps.later("Read the report", "The steward publishes it after checking the comments."),
    )


def steps_of(cycle: Cycle) -> tuple[Step, ...]:
    """The way of one review, from its draft on."""
    address = url_for("organiser.cycle", cycle_id=cycle.id)
    is_draft = cycle.state is CycleState.DRAFT
    preview = url_for("organiser.preview", cycle_id=cycle.id)
    preflight = url_for("organiser.preflight", cycle_id=cycle.id)
    editing = url_for("organiser.edit_cycle", cycle_id=cycle.id) if is_draft else ""
    return (
        steps.done("Draft the review", editing, f"For {cycle.chain_name}."),
        (steps.look if is_draft else steps.done)("Check who is asked", preview, _CHECK_HINT),
        *((steps.look("Check what a report could show", preflight, _PREFLIGHT_HINT),) if is_draft else ()),
        _approval(cycle),
        _launch(cycle),
        _answers(cycle, address),
        _report(cycle, address),
    )


def next_step(cycle: Cycle) -> str:
    """What a review waits for, as one short sentence."""
    steward = cycle.steward_name
    if cycle.state is CycleState.DRAFT:
        return "Ready to launch." if cycle.is_approved else f"{steward} approves it next."
    if cycle.state is CycleState.CLOSING:
        return f"{steward} brings the key." if cycle.key_mode is KeyMode.TWO_KEY else "It is being counted."
    return {
        CycleState.OPEN: f"Open until {moment(cycle.closes_at, current())}.",
        CycleState.CLOSED: f"{steward} checks the comments, then publishes.",
        CycleState.PUBLISHED: "The report is published.",
    }[cycle.state]


def _approval(cycle: Cycle) -> Step:
    title = f"{cycle.steward_name} approves"
    hint = "The steward does this, signed in with their own account."
    if cycle.key_mode is KeyMode.TWO_KEY:
        hint = "The steward makes the key file and approves, signed in with their own account."
    if cycle.is_approved or cycle.state is not CycleState.DRAFT:
        return steps.done(title, "", hint)
    return steps.waiting(title, "", hint, "Waiting for the steward")


def _launch(cycle: Cycle) -> Step:
    hint = "Everybody gets a mail with a link of their own."
    if cycle.state is not CycleState.DRAFT:
        return steps.done("Launch", "", hint)
    if cycle.is_approved:
        return steps.now("Launch", url_for("organiser.launch", cycle_id=cycle.id), hint)
    return steps.later("Launch", hint)


def _answers(cycle: Cycle, address: str) -> Step:
    title = "Answers come in"
    hint = f"Until {moment(cycle.closes_at, current())}."
    place = _ORDER.index(cycle.state)
    if place < _ORDER.index(CycleState.OPEN):
        return steps.later(title, hint)
    if cycle.state is CycleState.OPEN:
        return steps.waiting(title, address, hint, "In progress")
    return steps.done(title, address, hint)


def _report(cycle: Cycle, address: str) -> Step:
    title = "Read the report"
    hint = next_step(cycle) if cycle.state in {CycleState.CLOSING, CycleState.CLOSED} else ""
    if cycle.state is CycleState.PUBLISHED:
        return steps.now(title, url_for("reading.report", cycle_id=cycle.id), "")
    if cycle.state is CycleState.CLOSED:
        return steps.waiting(title, address, hint, "Waiting for the steward")
    return steps.later(title, hint)
