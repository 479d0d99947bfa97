"""The two ways in which a page is saved: by the browser, which is led on, and by our script, which is told.

Both post the same form to the same address, so that nothing but the answer differs.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from review_app.web.respondent.audience import SEE_OTHER

SAVED = "saved"


def is_by_script() -> bool:
    """Whether the script of a page posts, which wants no page in return."""
    return request.headers.get("Accept") == "application/json"


def led_on(address: str, **facts: Sequence[str]) -> ResponseReturnValue:
    """The way on after something was saved. ``facts``: what our script is told beside."""
    return told(SAVED, next=address, **facts) if is_by_script() else redirect(address, SEE_OTHER)


def told(state: str, **facts: str | Sequence[str]) -> Response:
    """What our script is told. ``state``: "saved", or why it was not."""
    return jsonify(state=state, **facts)
