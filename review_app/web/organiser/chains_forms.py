"""The forms that change a chain. Fields are called as the columns of a sheet, so that a fault finds its field."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from review_app.services.chains_editing import Merged
from review_app.web.contact_form import NAMED, addressed
from review_app.web.fields import tidy, tidy_postal
from review_app.web.words import ROLES
from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.chain_changes import LikelyRename
from surveys.entries import LONGEST_TEXT
from surveys.mail_hours import DAY_NAMES, MIDNIGHT, MailHours, hour_words

SAME, OTHER = "same", "other"
SECTORS = {
    Sector.PUBLIC: later("Public sector"),
    Sector.PRIVATE: later("Private sector"),
    Sector.VCS: later("Voluntary sector"),
}
STANDINGS = {
    Standing.PRESENT: later("It works in the chain now"),
    Standing.PAST: later("It worked in the chain once"),
    Standing.POTENTIAL: later("It bid with the chain, and has no work yet"),
}


class ChainNameForm(FlaskForm):
    """The name of a chain."""

    name = StringField(
        later("Name of the chain"),
        filters=[tidy],
        validators=[
            DataRequired(later("Enter a name for the chain, such as its contract")),
            Length(
                max=LONGEST_TEXT,
                message=later("Use %(most)s characters or fewer for the name", most=LONGEST_TEXT),
            ),
        ],
    )


class MailHoursForm(FlaskForm):
    """The days and hours in which the mail of a chain is sent."""

    days = SelectMultipleField(
        later("Days"),
        choices=[SelectChoice(str(number), name) for number, name in enumerate(DAY_NAMES, start=1)],
        validators=[DataRequired(later("Choose at least one day"))],
    )
    start = SelectField(
        later("From"), choices=[SelectChoice(str(hour), hour_words(hour)) for hour in range(MIDNIGHT)]
    )
    end = SelectField(
        later("Until"), choices=[SelectChoice(str(hour), hour_words(hour)) for hour in range(1, MIDNIGHT + 1)]
    )

    @property
    def hours(self) -> MailHours:
        """The days and hours of a form that was validated."""
        return MailHours(frozenset(map(int, self.days.data or ())), int(self.start.data), int(self.end.data))

    def validate_end(self, field: SelectField) -> None:
        """Refuses hours that end before they begin. Raises ValidationError."""
        typed = (field.data or "", self.start.data or "")
        if all(map(str.isdigit, typed)) and int(typed[0]) <= int(typed[1]):
            raise ValidationError(_("Choose an hour after the first"))


class PartyForm(FlaskForm):
    """An organisation, in the words of its kinds."""

    organisation = StringField(
        later("Name of the organisation"),
        filters=[tidy],
        validators=[DataRequired(later("Enter the name of the organisation"))],
    )
    role = RadioField(
        later("What it does in the chain"),
        choices=[SelectChoice(role.value, ROLES[role][0]) for role in Role],
        validators=[InputRequired(later("Choose what it does in the chain"))],
    )
    sector = RadioField(
        later("Sector"),
        choices=[SelectChoice(sector.value, SECTORS[sector]) for sector in Sector],
        validators=[InputRequired(later("Choose a sector"))],
    )
    standing = RadioField(
        later("Does it work in the chain?"),
        choices=[SelectChoice(standing.value, words) for standing, words in STANDINGS.items()],
        validators=[InputRequired(later("Choose whether it works in the chain"))],
    )
    services = StringField(later("What it provides (optional)"), filters=[tidy])
    contracts_with = SelectMultipleField(later("Whom it works for"), validate_choice=False)

    def offer_buyers(self, chain: Chain, but: str) -> None:
        """Offers every other organisation of the chain as a buyer."""
        self.contracts_with.choices = [
            SelectChoice(party.id, party.name) for party in chain.parties if party.id != but
        ]

    def party(self, party_id: str, contacts: tuple[Contact, ...]) -> Party:
        """What was typed and chosen; buyers that are gone meanwhile are left out."""
        offered = {choice.value for choice in self.contracts_with.choices}
        chosen = dict.fromkeys(self.contracts_with.data or ())
        return Party(
            id=party_id,
            name=self.organisation.data,
            role=Role(self.role.data),
            sector=Sector(self.sector.data),
            tier=None,
            services=self.services.data,
            buyers=tuple(buyer for buyer in chosen if buyer in offered),
            contacts=contacts,
            standing=Standing(self.standing.data),
        )


class NewPartyForm(PartyForm):
    """A new organisation comes with the first person who may be asked, as in a spreadsheet."""

    contact_name = StringField(later("Name"), filters=[tidy], validators=[NAMED])
    job_title = StringField(later("Job title (optional)"), filters=[tidy])
    email = StringField(later("Email address"), filters=[tidy], validators=[addressed])
    postal_address = TextAreaField(later("Postal address (optional)"), filters=[tidy_postal])

    def first_contact(self) -> Contact:
        """The person that was typed."""
        return Contact(
            "", self.contact_name.data, self.job_title.data, self.email.data, self.postal_address.data
        )


class RemoveForm(FlaskForm):
    """Asks once more: it has no field of its own."""


class MergeForm(FlaskForm):
    """Two organisations that are one."""

    stays = SelectField(later("The organisation that stays"), validate_choice=False)
    goes = SelectField(later("The one that is the same, and goes"), validate_choice=False)

    def offer(self, chain: Chain) -> None:
        """Offers every organisation of the chain, by name."""
        parties = sorted(chain.parties, key=lambda party: party.name.casefold())
        choices = [SelectChoice("", _("Choose")), *(SelectChoice(party.id, party.name) for party in parties)]
        self.stays.choices = self.goes.choices = choices


class ConfirmMergeForm(FlaskForm):
    """The preview of a merge on its way back."""

    stays = HiddenField()
    goes = HiddenField()
    digest = HiddenField()

    @classmethod
    def of(cls, merged: Merged) -> ConfirmMergeForm:
        """The form for a preview."""
        return cls(formdata=None, stays=merged.stays.id, goes=merged.goes.id, digest=merged.digest)


class ImportAgainForm(FlaskForm):
    """A newer spreadsheet of a chain."""

    file = FileField(
        later("Spreadsheet"), validators=[FileRequired(later("Choose a spreadsheet, as XLSX or CSV"))]
    )


class ApplyForm(FlaskForm):
    """The preview of an import on its way back; ``apply_form`` adds a question for each likely rename."""

    checked = HiddenField()
    digest = HiddenField()
    questions: tuple[tuple[str, LikelyRename], ...] = ()

    def same(self) -> dict[str, str]:
        """From the ids in the sheet to those in the chain, of the organisations that only have a new name."""
        return {rename.added.id: rename.gone.id for name, rename in self.questions if self[name].data == SAME}


def apply_form(renames: tuple[LikelyRename, ...]) -> type[ApplyForm]:
    """The form with a question for each organisation that may only have a new name."""

    class OfImport(ApplyForm):
        questions = tuple((f"same_{number}", rename) for number, rename in enumerate(renames, 1))

    for name, rename in OfImport.questions:
        setattr(OfImport, name, _same_field(rename))
    return OfImport


def _same_field(rename: LikelyRename) -> RadioField:
    # Translated here and not later: a lazy text is drawn as it stands, and these have names that somebody typed.
    names = {"new": rename.added.name, "old": rename.gone.name}
    return RadioField(
        _("Is %(new)s the organisation that was called %(old)s?", **names),
        choices=[
            SelectChoice(SAME, _("Yes, it has a new name: %(new)s", new=rename.added.name)),
            SelectChoice(OTHER, _("No, %(old)s is gone and %(new)s is new", **names)),
        ],
        validators=[InputRequired(_("Say whether %(new)s was called %(old)s before", **names))],
    )
