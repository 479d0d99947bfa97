"""A review is drafted: its design typed, checked with all faults at once, and kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field
from wtforms.fields import SelectChoice

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import ZONE
from review_app.services import accounts, chains, cycles, instruments, previews
from review_app.services.cycles import Cycle
from review_app.services.designs import Design, design_faults, languages_to_text
from review_app.services.errors import NotAllowedError
from review_app.state import state
from review_app.web import words
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.organiser.audience import blueprint, current_organiser
from review_app.web.organiser.forms import CycleForm, cycle_form, perspective_choices
from review_app.web.organiser.grouping import (
    groups_of,
    has_agreed_commissioner,
    sole_commissioner,
    typed_titles,
)
from surveys import library
from surveys.chain import Chain
from surveys.cycle import CycleState, KeyMode
from surveys.errors import CycleFaultsError, Fault
from surveys.grouping import suggest_groups, welsh_title
from surveys.groups import LOWEST_K, DisclosurePolicy
from surveys.instrument import Instrument, Voice
from surveys.language import BILINGUAL, ENGLISH_ONLY, Language
from surveys.matrix import Plan
from surveys.publication import MOST_DAYS, CountedBy, PublicationRule, least_days, usual_days
from surveys.subjects import USUAL, Perspective
from surveys.timing import minutes

DAYS_OPEN = 21
CLOSING_HOUR = 17
SUGGESTED_CAP = 6


@blueprint.get("/organiser/chains/<string:chain_id>/reviews/new")
def new_cycle(chain_id: str) -> str:
    """The form of a new review, filled in with what suits most chains."""
    with reading() as session:
        chain = chains.load(session, chain_id)
    return _page(chain, _form(chain, data=_suggested(chain)))


@blueprint.post("/organiser/chains/<string:chain_id>/reviews/new")
def draft_cycle(chain_id: str) -> ResponseReturnValue:
    """Keeps a new review as a draft."""
    with reading() as session:
        chain = chains.load(session, chain_id)
    form = _form(chain)
    design = _checked_design(form, chain)
    if design is None:
        return _page(chain, form), REFUSED
    try:
        with transaction() as session:
            cycle_id = cycles.draft(
                session,
                now(),
                chain_id=chain_id,
                organiser_id=current_organiser().id,
                design=design,
                shortest=state().settings.shortest_cycle,
            )
    except CycleFaultsError as error:
        _place(form, error.faults)
        return _page(chain, form), REFUSED
    flash(_("The draft is kept. Nobody has been asked yet."), "success")
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)


@blueprint.get("/organiser/reviews/<string:cycle_id>/edit")
def edit_cycle(cycle_id: str) -> str:
    """The form of a draft."""
    chain, cycle = _editable(cycle_id)
    return _page(chain, _form(chain, cycle, data=_typed(chain, cycle)), cycle)


@blueprint.post("/organiser/reviews/<string:cycle_id>/edit")
def redesign_cycle(cycle_id: str) -> ResponseReturnValue:
    """Keeps a changed draft; the steward approves it anew."""
    chain, cycle = _editable(cycle_id)
    form = _form(chain, cycle)
    design = _checked_design(form, chain, cycle)
    if design is None:
        return _page(chain, form, cycle), REFUSED
    try:
        with transaction() as session:
            cycles.redesign(session, now(), cycle_id, design=design, shortest=state().settings.shortest_cycle)
    except CycleFaultsError as error:
        _place(form, error.faults)
        return _page(chain, form, cycle), REFUSED
    steward = cycle.steward_name
    flash(
        _("The changed draft is kept. %(steward)s has to approve it as it is now.", steward=steward),
        "success",
    )
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)


def _editable(cycle_id: str) -> tuple[Chain, Cycle]:
    with reading() as session:
        cycle = cycles.load(session, cycle_id)
        chain = chains.load(session, cycle.chain_id)
    if cycle.state is not CycleState.DRAFT:
        raise NotAllowedError(_("This review was launched. Its design is fixed."))
    return chain, cycle


def _form(chain: Chain, cycle: Cycle | None = None, data: dict[str, Any] | None = None) -> CycleForm:
    form = cycle_form(chain)(data=data)
    with reading() as session:
        stewards = accounts.stewards(session)
    offered = _offered(cycle)
    form.instrument.choices = [SelectChoice(_key(found), _title(found)) for found in offered]
    form.perspectives.choices = perspective_choices(chain)
    form.steward_id.choices = [
        SelectChoice("", _("Choose a steward")),
        *(SelectChoice(steward.id, steward.name) for steward in stewards),
    ]
    return form


def _page(chain: Chain, form: CycleForm, cycle: Cycle | None = None) -> str:
    closing_time = form.closing_time
    with reading() as session:
        is_too_soon = closing_time is not None and cycles.closes_near(
            session, chain.id, closing_time, other_than=cycle.id if cycle else None
        )
        is_too_long = cycle is not None and not previews.preview(session, cycle.id).budget.is_kept
    offered = _offered(cycle)
    return render_template(
        "organiser/cycle_form.html",
        form=form,
        chain=chain,
        cycle=cycle,
        commissioner=sole_commissioner(chain),
        asks_reason=is_too_soon or bool(form.too_soon_reason.data),
        welsh_names={
            row.welsh_field: welsh_title(form[row.field].data or "") for row in form.rows if row.field in form
        },
        asks_long_reason=is_too_long or bool(form.long_reason.data) or bool(form.long_reason.errors),
        least_days=least_days(state().settings.shortest_cycle),
        most_days=MOST_DAYS,
        purposes={_key(found): _purpose(found) for found in offered},
    )


def _suggested(chain: Chain) -> dict[str, Any]:
    closing = (now() + timedelta(days=DAYS_OPEN)).astimezone(ZONE)
    return {
        "instrument": _key(library.latest(library.FIRST_CHOICE)),
        "perspectives": [perspective.value for perspective in Perspective if perspective in USUAL],
        "cap": SUGGESTED_CAP,
        "closes_at": closing.date(),
        "closes_time": closing.replace(hour=CLOSING_HOUR, minute=0).time(),
        "k": LOWEST_K,
        "languages": languages_to_text(ENGLISH_ONLY),
        "publish_after_days": usual_days(state().settings.shortest_cycle),
        "publication": PublicationRule.USUAL.value,
        "counted_by": CountedBy.PERSON.value,
        "key_mode": state().settings.key_mode.value,
        **typed_titles(chain, suggest_groups(chain, DisclosurePolicy())),
    }


def _typed(chain: Chain, cycle: Cycle) -> dict[str, Any]:
    closing, days = cycle.closes_at.astimezone(ZONE), cycle.publish_after_days
    return {
        "title": cycle.title,
        "instrument": _key(cycle.instrument),
        "perspectives": [perspective.value for perspective in cycle.plan.perspectives],
        "cap": cycle.plan.cap,
        "languages": languages_to_text(cycle.languages),
        "long_reason": cycle.long_reason,
        "long_reason_welsh": cycle.long_reason_welsh,
        "steward_id": cycle.steward_id,
        "closes_at": closing.date(),
        "closes_time": closing.time(),
        "k": cycle.k,
        "publish_after_days": usual_days(state().settings.shortest_cycle) if days is None else days,
        "publication": cycle.publication.value,
        "counted_by": cycle.counted_by.value,
        "key_mode": cycle.key_mode.value,
        "commissioner_agrees": has_agreed_commissioner(cycle.plan.groups),
        "too_soon_reason": cycle.too_soon_reason,
        **typed_titles(chain, cycle.plan.groups),
    }


def _checked_design(form: CycleForm, chain: Chain, cycle: Cycle | None = None) -> Design | None:
    """The design that was typed; None when some of it cannot be read, with all faults placed that can be told yet."""
    is_readable = form.validate()
    design = _design(form, chain, cycle)
    if is_readable:
        return design
    faults = design_faults(design, chain, now(), shortest=state().settings.shortest_cycle)
    _place(form, [fault for fault in faults if not _has_errors(form, fault.place)])
    return None


def _design(form: CycleForm, chain: Chain, cycle: Cycle | None) -> Design:
    groups = groups_of(chain, form.titles, commissioner_agrees=form.commissioner_agrees.data)
    wanted = {_key(found): found for found in _offered(cycle)}
    chosen = form.perspectives.data or []
    perspectives = frozenset(perspective for perspective in Perspective if perspective.value in chosen)
    k, cap, days = form.k.data, form.cap.data, form.publish_after_days.data
    return Design(
        title=form.title.data or "",
        # What cannot be read has its own fault by now, so what stands in for it is never kept.
        instrument=wanted.get(form.instrument.data) or next(iter(wanted.values())),
        plan=Plan(groups, perspectives, SUGGESTED_CAP if cap is None else cap),
        k=LOWEST_K if k is None else k,
        closes_at=form.closing_time or _somewhen(),
        key_mode=KeyMode(_chosen(form.key_mode) or KeyMode.TWO_KEY),
        steward_id=form.steward_id.data or "",
        too_soon_reason=(form.too_soon_reason.data or "").strip(),
        long_reason=form.long_reason.data or "",
        languages=BILINGUAL if form.is_bilingual else ENGLISH_ONLY,
        long_reason_welsh=form.long_reason_welsh.data or "",
        publish_after_days=usual_days(state().settings.shortest_cycle) if days is None else days,
        publication=PublicationRule(_chosen(form.publication) or PublicationRule.USUAL),
        counted_by=CountedBy(_chosen(form.counted_by) or CountedBy.PERSON),
    )


def _chosen(field: Field) -> str:
    """What was chosen; "" where that cannot be read, and the field says so."""
    return "" if field.errors else str(field.data)


def _offered(cycle: Cycle | None) -> tuple[Instrument, ...]:
    """The questionnaires to choose from; a draft may keep the version that it has."""
    with reading() as session:
        found = instruments.available(session)
        if cycle is None:
            return found
        own = instruments.with_its_translations(session, cycle.instrument)
    return found if own in found else (own, *found)


def _title(instrument: Instrument) -> str:
    if instrument.version == 1:
        return instrument.title
    return _("%(title)s, version %(version)s", title=instrument.title, version=instrument.version)


def _purpose(instrument: Instrument) -> str:
    """What it is for, and how long a partner takes for the prime and the whole chain."""
    voices = [
        voice for voice in (Voice.PARTNER_ON_PRIME, Voice.ANYONE_ON_CHAIN) if voice in instrument.voices
    ]
    needed = words.minutes(minutes(instrument, voices))
    told = [instrument.purpose, _("A partner takes about %(minutes)s.", minutes=needed)]
    if instrument.translations:
        is_whole = not instrument.untranslated(Language.WELSH)
        told.append(_("In English and Welsh.") if is_whole else _("Some of its Welsh is missing."))
    return " ".join(told)


def _somewhen() -> datetime:
    return now() + timedelta(days=DAYS_OPEN)


def _place(form: CycleForm, faults: list[Fault] | tuple[Fault, ...]) -> None:
    # The domain speaks of the groups together; their first field is where a reader is taken.
    first = form.rows[0] if form.rows else None
    places = {"groups": first.field, "groups_welsh": first.welsh_field} if first else {}
    place_faults(
        form,
        [Fault(places.get(fault.place, fault.place), fault.message, fault.mend) for fault in faults],
    )


def _has_errors(form: CycleForm, place: str) -> bool:
    return place in form and bool(form[place].errors)


def _key(instrument: Instrument) -> str:
    return f"{instrument.id}@{instrument.version}"
