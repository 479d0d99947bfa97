"""The forms of what a respondent asks of the steward. A blank one is never sent: programs that read mail post those."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length

from review_app.services.steward_requests import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_UNTIL,
    Request,
    RequestKind,
)
from review_app.web.fields import tidy
from surveys.texts import clean_text

KNOWN, UNKNOWN = "known", "unknown"
_LONGEST_POST = 4 * LONGEST_TEXT


def _at_most(count: int) -> Length:
    return Length(max=count, message=later("Use %(most)s characters or fewer", most=count))


def _several_lines(text: str | None) -> str:
    return clean_text((text or "")[:_LONGEST_POST])


class RightPersonForm(FlaskForm):
    """Somebody who is not the right person, and who is, if they know."""

    known = RadioField(
        later("Do you know who should answer instead?"),
        choices=[
            SelectChoice(KNOWN, later("Yes, and I say who")),
            SelectChoice(UNKNOWN, later("No")),
        ],
        validate_choice=False,
        validators=[AnyOf((KNOWN, UNKNOWN), message=later("Choose whether you know who should answer"))],
    )
    contact_name = StringField(later("Their name"), filters=[tidy], validators=[_at_most(LONGEST_NAME)])
    email = StringField(
        later("Their work email address (optional)"), filters=[tidy], validators=[_at_most(LONGEST_ADDRESS)]
    )
    text = TextAreaField(
        later("Anything else for the steward (optional)"),
        filters=[_several_lines],
        validators=[_at_most(LONGEST_TEXT)],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it can be sent: who says that they know somebody names them."""
        is_valid: bool = super().validate(extra_validators)
        if self.known.data == KNOWN and not self.contact_name.data and not self.contact_name.errors:
            self.contact_name.errors = [later("Enter their name, or choose “No”")]
            return False
        return is_valid

    def request(self) -> Request:
        """What is asked."""
        if self.known.data == UNKNOWN:
            return Request(RequestKind.WRONG_PERSON, self.text.data)
        return Request(RequestKind.WRONG_PERSON, self.text.data, self.contact_name.data, self.email.data)


class LeaveOutForm(FlaskForm):
    """Somebody who wants to be left out. Nothing is chosen beforehand."""

    who = RadioField(
        later("Who should be left out?"),
        choices=[
            SelectChoice(RequestKind.LEAVE_ME_OUT.value, later("Only me")),
            SelectChoice(RequestKind.LEAVE_US_OUT.value, later("My organisation")),
        ],
        validate_choice=False,
        validators=[
            AnyOf(
                (RequestKind.LEAVE_ME_OUT.value, RequestKind.LEAVE_US_OUT.value),
                message=later("Choose who should be left out"),
            )
        ],
    )
    text = TextAreaField(
        later("Why, if you want to say (optional)"),
        filters=[_several_lines],
        validators=[_at_most(LONGEST_TEXT)],
    )

    def request(self) -> Request:
        """What is asked."""
        return Request(RequestKind(self.who.data), self.text.data)


class MoreTimeForm(FlaskForm):
    """Somebody who needs more time."""

    until = StringField(
        later("Until when?"),
        filters=[tidy],
        validators=[DataRequired(later("Enter until when you need time")), _at_most(LONGEST_UNTIL)],
    )
    text = TextAreaField(
        later("Why, if you want to say (optional)"),
        filters=[_several_lines],
        validators=[_at_most(LONGEST_TEXT)],
    )

    def request(self) -> Request:
        """What is asked."""
        return Request(RequestKind.MORE_TIME, self.text.data, until=self.until.data)


class MessageForm(FlaskForm):
    """Anything else for the steward."""

    text = TextAreaField(
        later("Your message"),
        filters=[_several_lines],
        validators=[DataRequired(later("Write your message to the steward")), _at_most(LONGEST_TEXT)],
    )

    def request(self) -> Request:
        """What is asked."""
        return Request(RequestKind.SOMETHING_ELSE, self.text.data)
