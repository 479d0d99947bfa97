"""Where a post comes from: an own page, or a foreign one that would act in its reader's name."""

from __future__ import annotations

from flask import request

from review_app.state import state


def is_from_our_page() -> bool:
    """Whether a post comes from a page of this site, or from a tool that says nothing about it."""
    # A foreign page that posted its own code would have this person answer under a stranger's link. Browsers say
    # where a post comes from: the newer ones in Sec-Fetch-Site, all of them in Origin. A tool says neither.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin in {request.host_url.rstrip("/"), state().settings.base_url}
