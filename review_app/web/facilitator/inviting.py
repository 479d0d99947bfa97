"""Who is invited to a workshop: choosing, inviting, and each seat and its link after that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.services import cycles, planning, seating
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from review_app.services.outbox import MailState
from review_app.services.seating import Organisation, Person, SeatMail
from review_app.services.workshops import Workshop
from review_app.state import state
from review_app.web.facilitator.agenda import too_long
from review_app.web.facilitator.audience import blueprint, leader, led
from review_app.web.facilitator.words import WorkshopLine, by_mail, title_with_state
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.words import ROLES, figure
from surveys.groups import DisclosurePolicy, is_safe
from surveys.workshop import PAYING_ROLES, WorkshopState
from surveys.workshop_plan import LEAST_PAID_ORGANISATIONS


@dataclass(frozen=True, slots=True)
class Box:
    """Somebody who may be chosen. ``may``: has an address that a link can be mailed to."""

    person: Person
    is_chosen: bool
    may: bool


@dataclass(frozen=True, slots=True)
class Boxes:
    """An organisation with its people."""

    party_id: str
    name: str
    role: str
    people: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class SeatLine:
    """Somebody who is invited. ``mail``: what is known of the last mail with the link."""

    person: Person
    party: str
    mail: str


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Who is invited. ``absent``: who may still be, with their organisations; ``warnings``: what follows."""

    line: WorkshopLine
    seats: tuple[SeatLine, ...]
    absent: tuple[SeatLine, ...]
    warnings: tuple[str, ...]
    may_change: bool


@blueprint.get("/workshops/<string:workshop_id>/people")
def people(workshop_id: str) -> str:
    """Who is invited; before the invitation, boxes to tick."""
    found = led(workshop_id)
    organisations = _organisations(found)
    if found.state is not WorkshopState.PLANNED:
        return _seats_page(found, organisations)
    chosen = {person.contact_id for one in organisations for person in one.seated}
    # Everybody to begin with: it is quicker to take somebody out than to find them all.
    wanted = chosen or {person.contact_id for one in organisations for person in one.people}
    boxes = tuple(_boxes(one, wanted) for one in organisations)
    return render_template(
        "facilitator/choose.html",
        workshop=found,
        boxes=boxes,
        is_first=not chosen,
        is_steward=leader().is_steward,
    )


@blueprint.post("/workshops/<string:workshop_id>/people")
def choose_people(workshop_id: str) -> ResponseReturnValue:
    """Keeps who is chosen. Nobody is told yet."""
    led(workshop_id)
    chosen = set(request.form.getlist("people"))
    with transaction() as session:
        seating.choose(session, workshop_id, chosen, by_steward=leader().is_steward)
    if chosen:
        words = ngettext(
            "%(count)s person is chosen. Nobody is told until you invite them.",
            "%(count)s people are chosen. Nobody is told until you invite them.",
            len(chosen),
            count=figure(len(chosen)),
        )
        flash(words, "success")
    else:
        flash(_("Nobody is chosen."), "info")
    return redirect(url_for("facilitator.workshop", workshop_id=workshop_id), SEE_OTHER)


@blueprint.get("/workshops/<string:workshop_id>/invite")
def invite(workshop_id: str) -> ResponseReturnValue:
    """Asks once more before the mails go out."""
    found = led(workshop_id)
    if found.state is not WorkshopState.PLANNED:
        return redirect(url_for("facilitator.people", workshop_id=workshop_id), SEE_OTHER)
    return _invite_page(found, ())


@blueprint.post("/workshops/<string:workshop_id>/invite")
def send_invitations(workshop_id: str) -> ResponseReturnValue:
    """Invites everybody who has a seat. A second click invites nobody again."""
    found = led(workshop_id)
    try:
        with transaction() as session:
            told = planning.invite(session, now(), workshop_id)
    except NotYetError as error:
        return _invite_page(found, (str(error),)), REFUSED
    if told:
        flash(_("The invitations are on their way. %(mail)s", mail=by_mail(found.cycle_id, told)), "success")
    return redirect(url_for("facilitator.workshop", workshop_id=workshop_id), SEE_OTHER)


@blueprint.post("/workshops/<string:workshop_id>/people/add")
def add_person(workshop_id: str) -> ResponseReturnValue:
    """Invites one person more."""
    found = led(workshop_id)
    person = _person(found, lambda one: one.contact_id == request.form.get("person"))
    with _with_keys(), transaction() as session:
        seating.add(
            session,
            now(),
            workshop_id,
            person.contact_id,
            state().keys,
            by_steward=leader().is_steward,
        )
    words = _("%(name)s is invited. %(mail)s", name=person.name, mail=by_mail(found.cycle_id, 1))
    flash(words, "success")
    return _back(workshop_id)


@blueprint.post("/workshops/<string:workshop_id>/people/<string:seat_id>/new-link")
def replace_link(workshop_id: str, seat_id: str) -> ResponseReturnValue:
    """Gives somebody another link."""
    found = led(workshop_id)
    person = _person(found, lambda one: one.seat_id == seat_id)
    with _with_keys(), transaction() as session:
        seating.replace_link(session, now(), workshop_id, seat_id, state().keys)
    words = _(
        "%(name)s gets a new link. The old one opens nothing any more. %(mail)s",
        name=person.name,
        mail=by_mail(found.cycle_id, 1),
    )
    flash(words, "success")
    return _back(workshop_id)


@blueprint.get("/workshops/<string:workshop_id>/people/<string:seat_id>/take-away")
def ask_take_away(workshop_id: str, seat_id: str) -> str:
    """Asks once more, and says what becomes of the link."""
    found = led(workshop_id)
    person = _person(found, lambda one: one.seat_id == seat_id)
    return render_template("facilitator/take_away.html", workshop=found, person=person)


@blueprint.post("/workshops/<string:workshop_id>/people/<string:seat_id>/take-away")
def take_away(workshop_id: str, seat_id: str) -> ResponseReturnValue:
    """Takes somebody's seat away. A second click finds it done."""
    found = led(workshop_id)
    with transaction() as session:
        seating.take_away(session, workshop_id, seat_id)
    flash(_("The seat is taken away. Its link opens nothing any more."), "success")
    return _back(found.id)


def warnings_of(organisations: Sequence[Organisation], policy: DisclosurePolicy) -> tuple[str, ...]:
    """What cannot be shown to the room with who is invited; empty where their notes and votes could be."""
    found = []
    paid = {
        one.party_id: len(one.seated) for one in organisations if one.seated and one.role not in PAYING_ROLES
    }
    if not is_safe(paid, policy):
        found.append(
            _(
                "Notes cannot be shown to the room: that takes at least %(least)s people of %(parties)s organisations"
                " that are paid, and %(left)s of them without any one organisation. Invite more of them, or talk"
                " instead.",
                least=policy.k,
                parties=policy.min_organisations,
                left=policy.min_without_any_organisation,
            )
        )
    if len(paid) < LEAST_PAID_ORGANISATIONS:
        found.append(
            ngettext(
                "%(count)s organisation that is paid is invited. With fewer than %(least)s no vote can be shown,"
                " because it could tell how one of them voted. Everything else works.",
                "%(count)s organisations that are paid are invited. With fewer than %(least)s no vote can be shown,"
                " because it could tell how one of them voted. Everything else works.",
                len(paid),
                count=len(paid),
                least=LEAST_PAID_ORGANISATIONS,
            )
        )
    return tuple(found)


@contextmanager
def _with_keys() -> Iterator[None]:
    """Says a lost key of links in words that name the mend. Raises NotAllowedError."""
    try:
        yield
    except KeyMissingError as error:
        words = _(
            "The key of this workshop’s links is not on the server. Ask whoever runs it to put the folder of keys back."
            " The links that were sent still open. If it is lost for good, call this workshop off and plan another."
        )
        raise NotAllowedError(words) from error


def _organisations(found: Workshop) -> tuple[Organisation, ...]:
    with reading() as session:
        return seating.organisations(session, found.id, by_steward=leader().is_steward)


def _policy(found: Workshop) -> DisclosurePolicy:
    with reading() as session:
        return cycles.load(session, found.cycle_id).policy


def _person(found: Workshop, is_meant: Callable[[Person], bool]) -> Person:
    listed = (person for one in _organisations(found) for person in one.people)
    person = next(filter(is_meant, listed), None)
    if person is None:
        raise NotFoundError(_("There is no such person in this chain."))
    return person


def _back(workshop_id: str) -> ResponseReturnValue:
    return redirect(url_for("facilitator.people", workshop_id=workshop_id), SEE_OTHER)


def _boxes(one: Organisation, wanted: set[str]) -> Boxes:
    people = tuple(
        Box(person, person.contact_id in wanted and bool(person.email), bool(person.email))
        for person in one.people
    )
    return Boxes(one.party_id, one.name, str(ROLES[one.role][0]), people)


def _seats_page(found: Workshop, organisations: Sequence[Organisation]) -> str:
    with reading() as session:
        mails = seating.mails(session, found.id)
    everybody = [(one, person) for one in organisations for person in one.people]
    view = PeopleView(
        line=title_with_state(found),
        seats=tuple(
            SeatLine(person, one.name, _mail_words(mails.get(person.contact_id)))
            for one, person in everybody
            if person.seat_id is not None
        ),
        absent=tuple(
            SeatLine(person, one.name, "")
            for one, person in everybody
            if person.seat_id is None and person.email
        ),
        warnings=warnings_of(organisations, _policy(found)),
        may_change=found.state in seating.OPEN,
    )
    return render_template("facilitator/people.html", view=view, is_steward=leader().is_steward)


def _mail_words(mail: SeatMail | None) -> str:
    if mail is None:
        return _("No mail")
    if mail.state is MailState.FAILED:
        return _("Could not be sent: %(problem)s", problem=mail.problem)
    if mail.state is MailState.SENT:
        return _("Sent")
    if mail.problem:
        return _("Waits: %(problem)s", problem=mail.problem)
    return _("Waits to be sent")


def _invite_page(found: Workshop, faults: tuple[str, ...]) -> str:
    organisations = _organisations(found)
    seated = [one for one in organisations if one.seated]
    return render_template(
        "facilitator/invite.html",
        line=title_with_state(found),
        people=sum(len(one.seated) for one in seated),
        organisations=tuple(seated),
        warnings=(*filter(None, (too_long(found),)), *warnings_of(organisations, _policy(found))),
        faults=faults,
    )
