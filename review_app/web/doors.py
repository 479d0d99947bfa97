"""The way in by a link: the same answer after the same time for every code that opens nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import request

from review_app.web.origins import is_from_our_page
from surveys import sealing

# A code has 39 characters, and a pasted link a few more.
LONGEST_CODE = 200
# Longer than the work ever takes on an idle server.
SECONDS_TO_REFUSE = 0.03
_NO_SECRET = bytes(sealing.SECRET_BYTES)


def knock(find: Callable[[bytes], object | None]) -> bytes | None:
    """The posted secret if it opens something; None, after a fixed time, for whatever opens nothing.

    ``find`` is asked in every case, so that no failure is quicker than another. A foreign page opens nothing.
    """
    began = time.monotonic()
    code = request.form.get("code", "")[:LONGEST_CODE].rpartition("#")[2]
    secret = sealing.secret_of(code) if is_from_our_page() else None
    found = find(secret or _NO_SECRET)
    if secret is None or found is None:
        time.sleep(max(0.0, began + SECONDS_TO_REFUSE - time.monotonic()))
        return None
    return secret
