"""Printed letters for people without email, and the script for whoever helps somebody by phone.

Only the steward prints: a letter holds its reader's code, and whoever has the code can answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from review_app.clock import now
from review_app.database import reading
from review_app.keys import KeyMissingError
from review_app.languages import NATIVE_NAMES
from review_app.letters.drawing import Printing, short_address
from review_app.letters.printing import printed
from review_app.letters.speaking import Spoken, spoken
from review_app.services import cycles, letters, questionnaires
from review_app.services.cycles import Cycle
from review_app.services.errors import NotFoundError
from review_app.services.letters import Recipient
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.fields import tidy
from review_app.web.statements import VoiceLine, voice_line
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.steward.home import takes_answers
from review_app.web.words import file_stem
from review_app.web.words import people as people_in_words
from surveys.cycle import CycleState
from surveys.instrument import Voice
from surveys.language import Language
from surveys.postal import in_one_line
from surveys.voices import SPEAKERS, STAND_INS, WELSH_STAND_INS

# A PDF of more takes longer than a person waits for a page.
MOST_LETTERS = 60
CONFLICT = 409
LONGEST_REACH = 120
FIRST, REMINDER = "first", "reminder"
USUAL, LARGE = "usual", "large"


class LettersForm(FlaskForm):
    """Who gets a letter, and what differs from one printing to the next. People are chosen by their invitations."""

    without_email = SelectMultipleField(later("Without email"), validate_choice=False)
    others = SelectMultipleField(later("With email"), validate_choice=False)
    kind = RadioField(
        later("Which letter?"),
        choices=[SelectChoice(FIRST, later("The invitation")), SelectChoice(REMINDER, later("A reminder"))],
        default=FIRST,
        validators=[InputRequired(later("Choose which letter"))],
    )
    size = RadioField(
        later("Size of the print"),
        choices=[
            SelectChoice(USUAL, later("Usual (12 point)")),
            SelectChoice(LARGE, later("Large print (18 point)")),
        ],
        default=USUAL,
        validators=[InputRequired(later("Choose a size"))],
    )
    reach = StringField(
        later("How people reach you (optional)"),
        filters=[tidy],
        validators=[
            Length(max=LONGEST_REACH, message=later("Use %(most)s characters or fewer", most=LONGEST_REACH))
        ],
    )

    def offer(self, found: tuple[Recipient, ...]) -> None:
        """Offers everybody who was invited."""
        for field, has_email in ((self.without_email, False), (self.others, True)):
            field.choices = [
                SelectChoice(person.invitation_id, f"{person.name}, {person.party_name}")
                for person in found
                if person.has_email is has_email
            ]

    def chosen(self) -> frozenset[str]:
        """The invitations that were ticked."""
        return frozenset((*(self.without_email.data or ()), *(self.others.data or ())))


@dataclass(frozen=True, slots=True)
class ReadVoice:
    """What one voice is asked, to read out. Shape of ``parts``: (title, introduction, statements, prompt)."""

    speaker: str
    title: str
    parts: tuple[tuple[str, str, tuple[str, ...], str], ...]


@dataclass(frozen=True, slots=True)
class PhoneView:
    """The script for the phone.

    ``spoken``: what is said, in the language of the call. ``papers``: what each voice is asked, with the address of
    its printed questionnaire; ``read``: the same to read from the screen. ``others``: the other languages to call in,
    as (name, address).
    """

    entrance: str
    prime_name: str
    spoken: Spoken
    papers: tuple[tuple[VoiceLine, str], ...]
    read: tuple[ReadVoice, ...]
    others: tuple[tuple[str, str], ...]


@blueprint.get("/steward/reviews/<string:cycle_id>/letters")
def choose_letters(cycle_id: str) -> ResponseReturnValue:
    """The page to choose whom letters are printed for, at first everybody without email; of a draft, who it will be."""
    found = own_cycle(cycle_id)
    if found.state is CycleState.DRAFT:
        with reading() as session:
            names = letters.unmailed(session, cycle_id)
        return render_template("steward/letters_later.html", cycle=found, names=names)
    if not takes_answers(found):
        return _back(cycle_id)
    people = _recipients(cycle_id)
    if people is None:
        return _missing_key(found)
    wanted = [one.invitation_id for one in people if not one.has_email and not one.is_silenced]
    return _page(found, people, LettersForm(formdata=None, without_email=wanted, kind=FIRST, size=USUAL))


@blueprint.post("/steward/reviews/<string:cycle_id>/letters")
def print_letters(cycle_id: str) -> ResponseReturnValue:
    """The letters as a PDF. It goes to the steward's browser and nowhere else, and nothing says that it was made."""
    found = own_cycle(cycle_id)
    if not takes_answers(found):
        return _back(cycle_id)
    people, form = _recipients(cycle_id), LettersForm()
    if people is None:
        return _missing_key(found)
    form.offer(people)
    chosen = form.chosen() & {person.invitation_id for person in people}
    if not _may_print(form, people, chosen):
        return _page(found, people, form), REFUSED
    content = printed(cycle_id, steward_id(), chosen, keys=state().keys, printing=_printing(form, found))
    response = Response(content, mimetype="application/pdf")
    filename = f"letters-{file_stem(found.title)}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/steward/reviews/<string:cycle_id>/phone")
def phone(cycle_id: str) -> ResponseReturnValue:
    """What somebody says and does who helps a person on the phone."""
    found = own_cycle(cycle_id)
    if not takes_answers(found):
        return _back(cycle_id)
    with reading() as session:
        names = {**STAND_INS, **cycles.roster(session, cycle_id).names_about("")}
        voices = letters.voices(session, cycle_id)
    language = _language_of_call(found)
    view = PhoneView(
        entrance=short_address(state().settings.base_url),
        prime_name=names["prime"],
        spoken=spoken(found, names["prime"], language),
        papers=tuple(
            (
                voice_line(found.instrument, voice, names),
                url_for(
                    "steward.phone_paper",
                    cycle_id=cycle_id,
                    voice=voice.value,
                    language=None if language is Language.ENGLISH else language.value,
                ),
            )
            for voice in voices
        ),
        read=tuple(_read(found, voice, names, language) for voice in voices),
        others=tuple(
            (NATIVE_NAMES[one], url_for("steward.phone", cycle_id=cycle_id, language=one.value))
            for one in found.languages
            if one is not language
        ),
    )
    return render_template("steward/phone.html", cycle=found, view=view)


def _language_of_call(found: Cycle) -> Language:
    wanted = request.args.get("language", "")
    return next((one for one in found.languages if one.value == wanted), Language.ENGLISH)


def _names_in(names: Mapping[str, str], language: Language) -> Mapping[str, str]:
    """The names in a wording; what stands in for one does so in this language."""
    if language is not Language.WELSH:
        return names
    return {key: WELSH_STAND_INS[key] if name == STAND_INS[key] else name for key, name in names.items()}


def _read(found: Cycle, voice: Voice, names: Mapping[str, str], language: Language) -> ReadVoice:
    instrument = found.instrument.in_language(language)
    names = _names_in(names, language)
    return ReadVoice(
        speaker=SPEAKERS[voice],
        title=instrument.title_for(voice, names),
        parts=tuple(
            (
                section.title,
                section.introduction,
                tuple(question.worded(voice, names) for question in section.questions_for(voice)),
                section.comment_prompt,
            )
            for section in instrument.sections_for(voice)
        ),
    )


@blueprint.get("/steward/reviews/<string:cycle_id>/phone/<string:voice>.pdf")
def phone_paper(cycle_id: str, voice: str) -> Response:
    """What one voice is asked in this review, on paper."""
    found = own_cycle(cycle_id)
    with reading() as session:
        names = {**STAND_INS, **cycles.roster(session, cycle_id).names_about("")}
        asked = letters.voices(session, cycle_id)
    wanted = next((one for one in asked if one.value == voice), None)
    if wanted is None:
        raise NotFoundError(_("This review asks that voice nothing."))
    language = _language_of_call(found)
    made = questionnaires.printed(found.instrument, wanted, _names_in(names, language), language)
    response = Response(made.content, content_type=made.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return response


def _recipients(cycle_id: str) -> tuple[Recipient, ...] | None:
    """Everybody who was invited; None where the links' key is gone, without which there are no codes."""
    try:
        key = state().keys.link_key(cycle_id)
    except KeyMissingError:
        return None
    with reading() as session:
        return letters.recipients(session, now(), cycle_id, steward_id(), key)


def _may_print(form: LettersForm, people: tuple[Recipient, ...], chosen: frozenset[str]) -> bool:
    form.validate()
    place = "others" if all(person.has_email for person in people) else "without_email"
    if not chosen:
        refuse(form, place, _("Choose at least one person"))
    if len(chosen) > MOST_LETTERS:
        most = people_in_words(MOST_LETTERS)
        refuse(form, place, _("Choose %(people)s or fewer, and print the others after that", people=most))
    return not form.errors


def _printing(form: LettersForm, found: Cycle) -> Printing:
    return Printing(
        now=now(),
        base_url=state().settings.base_url,
        languages=found.printed_in,
        is_reminder=form.kind.data == REMINDER,
        is_large=form.size.data == LARGE,
        reach=form.reach.data,
    )


def _page(found: Cycle, people: tuple[Recipient, ...], form: LettersForm) -> str:
    form.offer(people)
    hints = {person.invitation_id: _hint(person) for person in people}
    return render_template("steward/letters.html", cycle=found, form=form, hints=hints)


def _hint(person: Recipient) -> str:
    address = in_one_line(person.postal_address)
    if not person.is_silenced:
        return address
    if address:
        return _("%(address)s. You have stopped what is sent to them", address=address)
    return _("You have stopped what is sent to them")


def _missing_key(found: Cycle) -> ResponseReturnValue:
    return render_template("steward/letters_key_missing.html", cycle=found), CONFLICT


def _back(cycle_id: str) -> ResponseReturnValue:
    return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
