"""The form of a person of a chain, for the organiser and for the steward."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from review_app.web.fields import tidy, tidy_postal
from surveys.chain import Contact

NAMED = DataRequired(later("Enter the name of the person who may be asked"))


def addressed(form: FlaskForm, field: Field) -> None:
    """Raises ValidationError where neither a mail nor a letter could bring the link."""
    if not field.data and not form.postal_address.data:
        raise ValidationError(_("Enter an email address, or a postal address for a printed letter"))


class ContactForm(FlaskForm):
    """A person of an organisation. ``works_for`` is asked where it may be another one.

    Fields are called as the columns of a sheet, so that a fault finds its field.
    """

    contact_name = StringField(later("Name"), filters=[tidy], validators=[NAMED])
    job_title = StringField(later("Job title (optional)"), filters=[tidy])
    email = StringField(later("Email address"), filters=[tidy], validators=[addressed])
    postal_address = TextAreaField(later("Postal address (optional)"), filters=[tidy_postal])
    works_for = SelectField(later("Works for"), validate_choice=False)

    def contact(self, contact_id: str) -> Contact:
        """What was typed."""
        return Contact(
            contact_id,
            self.contact_name.data,
            self.job_title.data,
            self.email.data,
            self.postal_address.data,
        )
