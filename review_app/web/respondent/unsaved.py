"""What was posted and could not be saved: why not, and everything that was typed given back to be saved after all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf

from review_app import errors
from review_app.database import UNAVAILABLE
from review_app.security import forget_respondent
from review_app.services.errors import CycleNotOpenError, NotFoundError
from review_app.web.origins import is_from_our_page
from review_app.web.respondent.audience import SEE_OTHER, LinkLostError, OtherLinkError, blueprint
from review_app.web.respondent.saving import is_by_script, told

CLOSED = "closed"
LINK_LOST = "link_lost"
OTHER_LINK = "other_link"
ALREADY_SENT = "already_sent"
EXPIRED = "expired"
UNREACHED = "unavailable"
_STATUS = {EXPIRED: 400, UNREACHED: 503}
_CONFLICT = 409
_FOR_EVER = frozenset({CLOSED, ALREADY_SENT})
# A comment, and what somebody writes to the steward.
_COMMENT, _TEXT = "c-", "text"
# The doors: what is typed there is a code, which no page repeats.
_DOORS = frozenset({"open_link", "open_to_leave_out", "ask_again"})

_REASONS: dict[type[Exception], str] = {
    LinkLostError: LINK_LOST,
    CycleNotOpenError: CLOSED,
    NotFoundError: OTHER_LINK,
    OtherLinkError: OTHER_LINK,
    **dict.fromkeys(UNAVAILABLE, UNREACHED),
}

ShowAgain = Callable[..., str | None]
_shown_again: dict[str, ShowAgain] = {}


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What the page shows that says why nothing was saved.

    ``texts`` and ``fields``: (name, value) of what was posted, what the person wrote apart from the rest. ``target``:
    where to post it again, "" where that can never help. ``go_on``: the address to go on from, or "".
    """

    reason: str
    texts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    target: str
    go_on: str


def shows_again(endpoint: str) -> Callable[[ShowAgain], ShowAgain]:
    """Marks what draws the page of an endpoint again with everything that was posted to it.

    It is called with the reason and the values of the address; None: it cannot be drawn.
    """

    def mark(function: ShowAgain) -> ShowAgain:
        _shown_again[f"{blueprint.name}.{endpoint}"] = function
        return function

    return mark


def not_saved(reason: str, *, go_on: str = "") -> ResponseReturnValue:
    """The page that says kindly why nothing was saved, and holds everything that was posted."""
    status, headers = _STATUS.get(reason, _CONFLICT), _headers(reason)
    if is_by_script():
        token = {"token": generate_csrf()} if reason == EXPIRED else {}
        return told(reason, words=_words(reason), **token), status, headers
    posted = [(name, text) for name, text in request.form.items() if name != "csrf_token"]
    texts = tuple((name, text) for name, text in posted if _is_written(name) and text.strip())
    view = Unsaved(
        reason=reason,
        texts=texts,
        fields=tuple(field for field in posted if field not in texts),
        target=request.full_path.rstrip("?") if _may_be_tried_again(reason) else "",
        go_on=go_on,
    )
    return render_template("respondent/not_saved.html", view=view), status, headers


@blueprint.errorhandler(LinkLostError)
def _link_lost(_error: LinkLostError) -> ResponseReturnValue:
    return not_saved(LINK_LOST) if request.method == "POST" else _back_to_the_entrance()


@blueprint.errorhandler(OtherLinkError)
def _other_link(_error: OtherLinkError) -> ResponseReturnValue:
    return not_saved(OTHER_LINK)


@blueprint.errorhandler(CycleNotOpenError)
def _closed(_error: CycleNotOpenError) -> ResponseReturnValue:
    return not_saved(CLOSED) if request.method == "POST" else _back_to_the_entrance()


@blueprint.errorhandler(NotFoundError)
def _not_found(error: NotFoundError) -> ResponseReturnValue:
    # Only a page that this server gave to this browser knows such an address: another link was opened since.
    is_answer = request.method == "POST" and "review_id" in (request.view_args or {})
    return not_saved(OTHER_LINK) if is_answer else errors.refused(error)


@blueprint.errorhandler(CSRFError)
def _expired(error: CSRFError) -> ResponseReturnValue:
    return errors.expired(error) if _is_door() else _given_back(EXPIRED)


def _unavailable(error: Exception) -> ResponseReturnValue:
    if request.method != "POST" or _is_door():
        return errors.unavailable(error)
    errors.log_unavailable(error)
    return _given_back(UNREACHED)


for _kind in UNAVAILABLE:
    blueprint.register_error_handler(_kind, _unavailable)


def _given_back(reason: str) -> ResponseReturnValue:
    """The page itself with all that was posted, if it can still be drawn; else one that holds it."""
    show_again = _shown_again.get(request.endpoint or "")
    page = None
    if show_again is not None and not is_by_script():
        try:
            page = show_again(reason, **(request.view_args or {}))
        except tuple(_REASONS) as error:
            reason = next(why for kind, why in _REASONS.items() if isinstance(error, kind))
    return not_saved(reason) if page is None else (page, _STATUS[reason], _headers(reason))


def _headers(reason: str) -> dict[str, str]:
    return {"Retry-After": str(errors.SECONDS_TO_WAIT)} if reason == UNREACHED else {}


def _back_to_the_entrance() -> ResponseReturnValue:
    response = redirect(url_for("respondent.enter"), SEE_OTHER)
    forget_respondent(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def _may_be_tried_again(reason: str) -> bool:
    # Without a token that holds, a foreign page may have made the post: with a button it would be one click from done.
    return reason not in _FOR_EVER and (reason != EXPIRED or is_from_our_page())


def _is_door() -> bool:
    return (request.endpoint or "").removeprefix(f"{blueprint.name}.") in _DOORS


def _is_written(name: str) -> bool:
    return name.startswith(_COMMENT) or name == _TEXT


def _words(reason: str) -> str:
    """The line that our script puts on the page, which still holds everything."""
    return {
        CLOSED: _(
            "Not saved: this review has closed. Your text is still here; copy it if you want to keep it."
        ),
        LINK_LOST: _(
            "Not saved yet: this browser does not know your link any more. Your text is still here. Open your link in"
            " another tab, then come back to this one."
        ),
        OTHER_LINK: _(
            "Not saved yet: somebody else’s link is open in this browser now. Your text is still here. Open your own"
            " link in another tab, then come back to this one."
        ),
        ALREADY_SENT: _("Not saved: you have sent this review already. What you have sent counts."),
        EXPIRED: _("Not saved yet. Your text is still here. Save it once more."),
        UNREACHED: _(
            "Not saved yet: the server cannot save just now. Your text is still here. We keep trying."
        ),
    }[reason]
