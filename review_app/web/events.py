"""Tells a browser that a workshop changed: server-sent events that carry its version and never what changed.

Where there is no place to wait, the same address answers at once and asks the browser to come back in two seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from review_app.watching import SIGN_OF_LIFE, Watcher, come_back, event, watcher


def tell(workshop_id: str, version: int) -> Response:
    """The version of a workshop now and, where there is a place to wait, each newer one."""
    watching = watcher()
    first = come_back(version)
    if request.method == "HEAD" or not watching.enter(workshop_id):
        return _response(iter((first,)))
    response = _response(_stream(watching, workshop_id, version, first))
    # Also where nobody came to read the first line.
    response.call_on_close(lambda: watching.leave(workshop_id))
    return response


def _stream(watching: Watcher, workshop_id: str, version: int, first: str) -> Iterator[str]:
    yield first
    for fresh in watching.follow(workshop_id, version):
        yield SIGN_OF_LIFE if fresh is None else event(fresh)


def _response(lines: Iterator[str]) -> Response:
    # A proxy that gathered an answer before passing it on would hold the events back.
    return Response(lines, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
