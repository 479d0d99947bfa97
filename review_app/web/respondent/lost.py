"""My link does not work: the address is taken in alike for everybody, and looked up later by the worker."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Regexp

from review_app.database import transaction
from review_app.services import lost_links
from review_app.state import state
from review_app.web.fields import tidy
from review_app.web.respondent.audience import LANGUAGES, SEE_OTHER, blueprint
from review_app.web.respondent.questionnaire import REFUSED

LONGEST_ADDRESS = 254


class LostForm(FlaskForm):
    """The address that the mails go to. Only its form is looked at, so that every refusal is the same for all."""

    email = StringField(
        later("Your email address"),
        filters=[tidy],
        validators=[
            DataRequired(later("Enter the address that our mails come to")),
            Length(
                max=LONGEST_ADDRESS, message=later("Use %(most)s characters or fewer", most=LONGEST_ADDRESS)
            ),
            Regexp(
                r"[^@\s]+@[^@\s]+\Z",
                message=later("Enter a whole address, such as jo.bell@organisation.example"),
            ),
        ],
    )


@blueprint.get("/r/lost")
def lost() -> str:
    """The page that asks for the address."""
    return render_template("respondent/lost.html", form=LostForm(formdata=None), languages=LANGUAGES)


@blueprint.post("/r/lost")
def ask_again() -> ResponseReturnValue:
    """Takes the address in: the same work and the same answer, whoever it belongs to."""
    form = LostForm()
    if not form.validate():
        return render_template("respondent/lost.html", form=form, languages=LANGUAGES), REFUSED
    key = lost_links.key_of(state().settings.secret_key)
    with transaction() as session:
        lost_links.ask(session, key, form.email.data)
    return redirect(url_for("respondent.asked_again"), SEE_OTHER)


@blueprint.get("/r/lost/asked")
def asked_again() -> str:
    """What everybody reads who has asked."""
    return render_template("respondent/asked_again.html", languages=LANGUAGES)
