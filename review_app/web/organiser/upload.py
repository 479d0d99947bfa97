"""A checked upload, carried by the page between the dry run and the saving: sealed, so that nobody can alter it.

The server keeps nothing of a dry run. What is saved is read again from the very bytes that were checked.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

from review_app.spreadsheet import STANDARD_LIMITS
from surveys import sealing
from surveys.errors import BrokenSealError

_PURPOSE = "checked-upload"


@dataclass(frozen=True, slots=True)
class Upload:
    """A spreadsheet as it was uploaded, and the name that its chain is to have."""

    name: str
    filename: str
    content: bytes


def sealed(upload: Upload, secret_key: str) -> str:
    """The upload as text for a hidden field."""
    head = json.dumps([upload.name, upload.filename]).encode()
    value = len(head).to_bytes(4, "big") + head + zlib.compress(upload.content)
    return sealing.seal_text(sealing.box_key(secret_key, _PURPOSE), value)


def opened(text: str, secret_key: str) -> Upload | None:
    """The upload of a hidden field; None when this server did not seal it."""
    try:
        value = sealing.open_text(sealing.box_key(secret_key, _PURPOSE), text)
    except (BrokenSealError, UnicodeEncodeError):
        return None
    end = 4 + int.from_bytes(value[:4], "big")
    name, filename = json.loads(value[4:end])
    content = zlib.decompressobj().decompress(value[end:], STANDARD_LIMITS.size)
    return Upload(name, filename, content)
