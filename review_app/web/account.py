"""Signing in and out. Every failed sign-in gets one answer, whatever was wrong."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from review_app import access
from review_app.database import reading
from review_app.languages import N_
from review_app.services import accounts
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.homes import home_of, local_path
from surveys.texts import clean_line

blueprint = Blueprint("account", __name__)

# Beyond these nothing can match, and hashing a longer text would only cost time.
LONGEST_EMAIL = 320
LONGEST_PASSWORD = 1000
NO_MATCH = N_("The email address and the password do not match. Check both and type the password again.")


class SignInForm(FlaskForm):
    """The way in for organisers and stewards."""

    # Cut before it is tidied, and one letter later than is allowed: too long must stay too long.
    email = StringField(
        later("Email address"), filters=[lambda text: clean_line((text or "")[: LONGEST_EMAIL + 1])]
    )
    password = PasswordField(later("Password"))


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The page to sign in on."""
    if current_user.is_authenticated:
        return redirect(_target(), SEE_OTHER)
    return render_template("account/sign_in.html", form=SignInForm())


@blueprint.post("/sign-in")
def check_sign_in() -> ResponseReturnValue:
    """Signs an account in and leads on to where it wanted to go."""
    form = SignInForm()
    email, password = form.email.data or "", form.password.data or ""
    account = None
    if len(email) <= LONGEST_EMAIL and len(password) <= LONGEST_PASSWORD:
        with reading() as database:
            account = accounts.authenticate(database, email, password)
    if account is None:
        refuse(form, "email", _(NO_MATCH))
        return render_template("account/sign_in.html", form=form), REFUSED
    # What a visitor's session held before must not become the account's.
    session.clear()
    access.sign_in(account)
    return redirect(_target(), SEE_OTHER)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Signs out, on every browser: a cookie that was copied is worth nothing after this."""
    access.sign_out()
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("public.index"), SEE_OTHER)


def _target() -> str:
    return local_path(request.args.get("next", "")) or home_of(current_user.account.role)
