"""The forms of a workshop. What a plan or an agenda may be is the domain's to say; here is only what cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from review_app.languages import ZONE
from review_app.services.agendas import LONGEST_MINUTES
from review_app.services.workshops import Workshop
from review_app.web.closing_time import TimeField
from review_app.web.fields import DayField, WholeNumberField, tidy
from surveys.workshop_plan import LEAST_MINUTES, LEAST_TOPIC_MINUTES, MOST_MINUTES, Meeting


class MeetingForm(FlaskForm):
    """When and where. Named as the domain's faults name it, in the order of the page."""

    title = StringField(later("Title"), filters=[tidy])
    begins_on = DayField(later("Day"))
    begins_time = TimeField(later("It begins at"))
    minutes = WholeNumberField(later("How many minutes it lasts"), least=LEAST_MINUTES, most=MOST_MINUTES)
    place = StringField(later("Place"), filters=[tidy])
    call_link = StringField(later("Link of the video call"), filters=[tidy])

    def validate_begins_on(self, field: DayField) -> None:
        """Refuses a day that was not typed at all."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Enter the day of the workshop"))

    @property
    def meeting(self) -> Meeting | None:
        """What was typed; None while its day or its time cannot be read."""
        if self.begins_on.data is None or self.begins_time.data is None:
            return None
        begins_at = datetime.combine(self.begins_on.data, self.begins_time.data, ZONE).astimezone(UTC)
        return Meeting(
            title=self.title.data or "",
            begins_at=begins_at,
            minutes=self.minutes.data or 0,
            place=self.place.data or "",
            call_link=self.call_link.data or "",
        )


def meeting_form(workshop: Workshop) -> MeetingForm:
    """The form as a workshop is planned now."""
    local = workshop.begins_at.astimezone(ZONE)
    return MeetingForm(
        formdata=None,
        title=workshop.title,
        begins_on=local.date(),
        begins_time=local.time(),
        minutes=workshop.minutes,
        place=workshop.place,
        call_link=workshop.call_link,
    )


class TopicForm(FlaskForm):
    """A topic's title and time."""

    title = StringField(later("What it is about"), filters=[tidy])
    minutes = WholeNumberField(later("Minutes"), least=LEAST_TOPIC_MINUTES, most=LONGEST_MINUTES)
