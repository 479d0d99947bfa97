"""What everybody may read: what Roundtable is, the promise to the people who answer, and that the server is well."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from review_app.database import reading
from review_app.services import accounts
from review_app.web.faults import SEE_OTHER
from review_app.web.homes import home_of
from surveys.groups import DisclosurePolicy

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What this is, and the two ways in; for somebody who is signed in, their home."""
    if current_user.is_authenticated:
        return redirect(home_of(current_user.account.role), SEE_OTHER)
    return render_template("public/index.html")


@blueprint.get("/promise")
def promise() -> str:
    """The promise to the people who answer, with the rules that hold in every review."""
    return render_template("public/promise.html", policy=DisclosurePolicy())


@blueprint.get("/healthz")
def healthz() -> Response:
    """That the server answers and its database can be read."""
    with reading() as session:
        accounts.signed_in(session, "")
    return Response("ok\n", mimetype="text/plain")
