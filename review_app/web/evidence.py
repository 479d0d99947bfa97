"""Evidence as pages show it, and the one way in which a file of it leaves: as an attachment, to whoever may have it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from flask_babel import gettext as _

from review_app.evidence_store import EvidenceStore
from review_app.services import evidence_files
from review_app.services.actions import Action
from review_app.services.errors import NotFoundError
from review_app.services.evidence_files import PASSED, REFUSED, Stored
from review_app.state import state
from surveys.errors import ActionFaultsError

# Nothing of a file may run, load or be framed, whatever a browser makes of it.
POLICY = "default-src 'none'; sandbox"
_KILO = 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence. ``address``, ``host``: of a link, "" for a file; ``says``: its size, or why it waits."""

    id: str
    name: str
    address: str
    host: str
    says: str
    is_ready: bool


def pieces(action: Action) -> tuple[Piece, ...]:
    """The evidence of an action, in the order in which it came."""
    return tuple(
        Piece(
            one.id, one.name, one.address, _host(one.address), _says(one.scan, one.size), one.scan == PASSED
        )
        for one in action.evidence
    )


def hand_out(file: Stored) -> Response:
    """A file as an attachment. Whoever calls this has checked who asks. Raises NotFoundError where it is gone."""
    path = EvidenceStore(state().settings.evidence_dir).path(file.stored_as)
    if path is None:
        raise NotFoundError("")
    # Five megabytes at most: whole, so that nothing of it is left open, and no part of it can be asked for.
    response = Response(path.read_bytes(), content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _host(address: str) -> str:
    try:
        return evidence_files.host_of(address) if address else ""
    except ActionFaultsError:
        return ""


def _says(scan: str, size: int) -> str:
    if scan == REFUSED:
        return _("The scanner refused this file, and it was removed.")
    if scan != PASSED:
        return _("This file is still being scanned.")
    return _("%(count)s KB", count=max(1, round(size / _KILO))) if size else ""
