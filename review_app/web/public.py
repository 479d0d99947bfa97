"""What everybody may read: what Roundtable is, the promise to the people who answer, and that the server is well."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from review_app import clock, languages
from review_app.database import reading, transaction
from review_app.sealing_pdf import seal_of
from review_app.security import csrf
from review_app.services import accounts, confirming, report_files
from review_app.services.confirming import LONGEST_ABOUT, LONGEST_TEXT
from review_app.services.errors import NotAllowedError
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.homes import home_of, local_path
from surveys.groups import DisclosurePolicy
from surveys.language import Language
from surveys.texts import clean_line, clean_text

blueprint = Blueprint("public", __name__)
LANGUAGES = tuple(Language)


@blueprint.before_request
def _speak() -> None:
    languages.use_one_of(LANGUAGES)


@blueprint.post("/language")
@csrf.exempt  # It changes nothing but the words of a page, and must work where there is no session.
def choose_language() -> ResponseReturnValue:
    """Keeps the chosen language on this browser and goes back to the page."""
    chosen = request.form.get("language", "")
    response = redirect(local_path(request.form.get("back", "")) or url_for("public.index"), SEE_OTHER)
    if chosen in set(Language):
        languages.remember(response, Language(chosen))  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What this is, and the two ways in; for somebody who is signed in, their home."""
    if current_user.is_authenticated:
        return redirect(home_of(current_user.account.role), SEE_OTHER)
    return render_template("public/index.html", languages=LANGUAGES)


@blueprint.get("/promise")
def promise() -> str:
    """The promise to the people who answer, with the rules that hold in every review."""
    return render_template("public/promise.html", policy=DisclosurePolicy(), languages=LANGUAGES)


class CorrectionForm(FlaskForm):
    """What a partner asks the steward to correct. It asks for no name: nobody can then find out who asked."""

    organisation = StringField(
        later("Which organisation is it about?"),
        filters=[lambda text: clean_line((text or "")[: 2 * LONGEST_ABOUT])],
        validators=[
            DataRequired(later("Enter the name of the organisation")),
            Length(
                max=LONGEST_ABOUT,
                message=later("Use %(most)s characters or fewer for the organisation", most=LONGEST_ABOUT),
            ),
        ],
    )
    text = TextAreaField(
        later("Who should be added, changed or taken out?"),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(later("Write who should be added, changed or taken out")),
            Length(max=LONGEST_TEXT, message=later("Use %(most)s characters or fewer", most=LONGEST_TEXT)),
        ],
    )


@blueprint.get("/list/<string:code>")
def correct_list(code: str) -> str:
    """The page where a partner asks the steward to correct who will be asked. It shows nobody's entry."""
    return _correction_page(code, CorrectionForm(formdata=None))


@blueprint.post("/list/<string:code>")
def ask_for_correction(code: str) -> ResponseReturnValue:
    """Passes the correction on to the steward, with nothing about who asked."""
    form = CorrectionForm()
    if not form.validate():
        return _correction_page(code, form), REFUSED
    try:
        with transaction() as session:
            confirming.ask(session, code, organisation=form.organisation.data, text=form.text.data)
    except NotAllowedError:
        refuse(form, "text", _("Very many corrections were asked for already. Write to the steward instead."))
        return _correction_page(code, form), REFUSED
    flash(_("The steward has it now. The prime does not see it."), "success")
    return redirect(url_for("public.correct_list", code=code), SEE_OTHER)


def _correction_page(code: str, form: CorrectionForm) -> str:
    with reading() as session:
        asked = confirming.asked_at(session, code)
    return render_template("public/correct_list.html", asked=asked, form=form, languages=LANGUAGES)


@blueprint.get("/signing")
def signing() -> str:
    """Who signs the PDFs of this installation: a reader compares the fingerprint with that of a file."""
    certificate = seal_of(state().settings, clock.now()).certificate()
    return render_template("public/signing.html", certificate=certificate, languages=LANGUAGES)


@blueprint.get("/signing.pem")
def signing_certificate() -> Response:
    """The certificate itself, for programs."""
    certificate = seal_of(state().settings, clock.now()).certificate()
    return Response(certificate.pem, mimetype="application/x-pem-file")


@blueprint.get("/schema/report-<int:version>.json")
def report_schema(version: int) -> Response:
    """What the JSON of a report looks like."""
    schema = report_files.schema(version)
    return Response(schema.content, content_type=schema.mimetype)


@blueprint.get("/healthz")
def healthz() -> Response:
    """That the server answers and its database can be read."""
    with reading() as session:
        accounts.signed_in(session, "")
    return Response("ok\n", mimetype="text/plain")
