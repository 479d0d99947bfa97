"""Prints letters: takes the link key, derives each code, and hands the PDF over. Nothing is written or kept."""

from __future__ import annotations

from collections.abc import Collection

from reports.errors import PdfLibraryMissingError
from review_app.database import reading
from review_app.keys import KeyFolder
from review_app.letters.drawing import Printing, draw, letters_pdf
from review_app.services import letters
from review_app.services.errors import NotYetError
from review_app.services.letters import Recipient
from surveys import sealing


def printed(
    cycle_id: str, steward_id: str, chosen: Collection[str], *, keys: KeyFolder, printing: Printing
) -> bytes:
    """The letters to the chosen people (ids of invitations) as one PDF.

    Raises NotFoundError, NotAllowedError unless the review is open, KeyMissingError, NotYetError where the server
    cannot make PDFs.
    """
    link_key = keys.link_key(cycle_id)
    with reading() as session:
        texts = letters.texts(session, printing.now, cycle_id, steward_id, chosen=chosen, link_key=link_key)
    drawn = [draw(text, _code(link_key, text.recipient), printing.base_url) for text in texts]
    try:
        return letters_pdf(drawn, printing)
    except PdfLibraryMissingError as error:
        raise NotYetError(str(error)) from error


def _code(link_key: bytes, person: Recipient) -> str:
    return sealing.code_of(sealing.link_secret(link_key, person.invitation_id, person.link_number))
