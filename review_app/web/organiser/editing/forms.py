"""The forms of the editor. What an instrument may be is the domain's to say; the names of fields are its places."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from surveys.instrument import Instrument, MerlinElement, OptOut, Voice
from surveys.instrument_reader import LONGEST_TEXT, POINTS
from surveys.practices import practices
from surveys.texts import clean_line
from surveys.voices import SPEAKERS

# Far more than a text may have, so that what is too long is told and not cut to a length that is allowed.
_MOST_READ = 5_000
OPT_OUTS = {
    OptOut.NOT_APPLICABLE: later("When it does not apply"),
    OptOut.NOT_SEEN: later("When they could not see it"),
    OptOut.RATHER_NOT: later("When they would rather not say"),
}
_TEXTS = {
    "title": later("Title"),
    "purpose": later("Purpose"),
    "introduction": later("Introduction"),
    "comment_prompt": later("Question for a comment"),
}
POINT_LABELS = (
    later("Lowest answer"),
    later("Second answer"),
    later("Middle answer"),
    later("Fourth answer"),
    later("Highest answer"),
)


def line(text: str | None) -> str:
    """A typed text as it is kept: on one line and without what draws nothing."""
    return clean_line((text or "")[:_MOST_READ])


class CopyForm(FlaskForm):
    """The name of a copy, and what it is to have."""

    title = StringField(
        later("Title of the copy"),
        filters=[line],
        validators=[
            DataRequired(later("Enter a title for the copy")),
            Length(
                max=LONGEST_TEXT,
                message=later("Use %(most)s characters or fewer for the title", most=LONGEST_TEXT),
            ),
        ],
    )
    parts = SelectMultipleField(later("Parts"))
    kept = SelectMultipleField(later("Statements"))


class PartForm(FlaskForm):
    """What stands around the statements of a part."""

    title = StringField(later("Title of this part"), filters=[line])
    introduction = TextAreaField(later("Introduction"), filters=[line])
    comment_prompt = StringField(later("Question for a comment"), filters=[line])


class BorrowForm(FlaskForm):
    """Statements of the instruments that come with Roundtable."""

    chosen = SelectMultipleField(later("Statements"))


class InstrumentFileForm(FlaskForm):
    """An instrument file."""

    file = FileField(later("Questionnaire file"))


class StatementForm(FlaskForm):
    """What a statement stands for; ``statement_form`` adds one wording per voice."""

    practices = SelectMultipleField(
        later("What it stands for"),
        choices=[SelectChoice(practice.id, practice.text) for practice in practices().values()],
    )
    reason = TextAreaField(later("Why it stands for no practice"), filters=[line])
    merlin = SelectField(
        later("Element of the Merlin Standard"),
        choices=[
            SelectChoice("", later("That of its first practice")),
            *(SelectChoice(element.value, element.value) for element in MerlinElement),
        ],
    )


class LabelsForm(FlaskForm):
    """Title, purpose and answers; ``labels_form`` adds a title for each voice that is asked."""

    title = StringField(later("Title"), filters=[line])
    purpose = TextAreaField(later("Purpose"), filters=[line])


class WelshForm(FlaskForm):
    """The Welsh of some texts; ``welsh_form`` adds a box for each, and one to tick that an old text still fits."""


def statement_form() -> type[StatementForm]:
    """The form of a statement."""

    class Worded(StatementForm):
        pass

    for voice, speaker in SPEAKERS.items():
        setattr(Worded, wording_field(voice), TextAreaField(speaker, filters=[line]))
    return Worded


def labels_form(voices: Iterable[Voice]) -> type[LabelsForm]:
    """The form of an instrument's labels, with a title for each of these voices."""

    class Labelled(LabelsForm):
        pass

    for point, label in zip(POINTS, POINT_LABELS, strict=True):
        setattr(Labelled, point_field(int(point)), StringField(label, filters=[line]))
    for opt_out, label in OPT_OUTS.items():
        setattr(Labelled, opt_out_field(opt_out), StringField(label, filters=[line]))
    for voice in voices:
        setattr(Labelled, voice_field(voice), StringField(SPEAKERS[voice], filters=[line]))
    return Labelled


def welsh_form(places: Iterable[str]) -> type[WelshForm]:
    """The form of the Welsh of these texts, by their places in the instrument."""

    class InWelsh(WelshForm):
        pass

    for place in places:
        setattr(InWelsh, text_field(place), TextAreaField(label_of(place), filters=[line]))
        setattr(
            InWelsh, fits_field(place), BooleanField(later("The Welsh still says the same as the English"))
        )
    return InWelsh


def labels_of(found: Instrument) -> dict[str, str]:
    """What the form of labels begins with."""
    return {
        "title": found.title,
        "purpose": found.purpose,
        **{point_field(point.value): point.label for point in found.scale.points},
        **{opt_out_field(opt_out): label for opt_out, label in found.scale.opt_outs.items()},
        **{voice_field(voice): title for voice, title in found.voices.items()},
    }


def wording_field(voice: Voice) -> str:
    """The field of a statement's wording for a voice."""
    return f"wording-{voice.value}"


def point_field(value: int) -> str:
    """The field of a point's label."""
    return f"scale-points-{value}"


def opt_out_field(opt_out: OptOut) -> str:
    """The field of an opt-out's label."""
    return f"scale-opt_outs-{opt_out.value}"


def voice_field(voice: Voice) -> str:
    """The field of a voice's title."""
    return f"voices-{voice.value}"


def text_field(place: str) -> str:
    """The field of the text that stands at a place of an instrument."""
    return place.replace(".", "-")


def fits_field(place: str) -> str:
    """The field to tick when what stands there in Welsh still holds."""
    return f"fits-{text_field(place)}"


def label_of(place: str) -> str:
    """What a text is, for the label of its box: "A partner on the prime", "Lowest answer", "Introduction"."""
    last = place.rpartition(".")[2]
    if place.startswith("scale.points."):
        return str(POINT_LABELS[int(last) - 1])
    if place.startswith("scale.opt_outs."):
        return str(OPT_OUTS[OptOut(last)])
    return SPEAKERS[Voice(last)] if last in set(Voice) else str(_TEXTS[last])
