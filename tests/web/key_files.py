"""The steward's key file: reviews that have one, and every file that is not the right one."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from review_app import counting
from review_app.models import db
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.subjects import Subject
from tests.conftest import pass_the_closing_time
from tests.pages import PageClient
from tests.web.stewards import (
    PASSPHRASE,
    Guarded,
    answer,
    bring,
    launched,
    new_draft,
    signed_in,
)

NOT_TOGETHER = "This key file and this passphrase do not belong together, or the file is damaged."
NO_KEY_FILE = "This is not a Roundtable key file."
TYPE_AGAIN = "Choose the file and type its passphrase again."


@dataclass(frozen=True)
class TwoKeys:
    """Reviews with two keys at rest, as a draft with a key and waiting to be counted, and the key file of both."""

    draft: Guarded
    closing: Guarded
    key_file: bytes

    @property
    def opening_key(self) -> bytes:
        """The key in the file."""
        return sealing.open_key_file(self.key_file, PASSPHRASE)


def two_key_reviews(folder: Path) -> TwoKeys:
    """One review, twice: with its key file made, and launched, answered by fourteen people and closed."""
    with new_draft(folder / "work", KeyMode.TWO_KEY) as (app, guarded):
        client = signed_in(app, guarded.steward)
        key_file = make_key_file(client, guarded)
        with app.app_context():
            db.engine.dispose()
        shutil.copytree(folder / "work", folder / "draft")
        assert bring(client, f"{guarded.path}/approve", key_file).status_code == 303
        cycle = launched(app, guarded.cycle_id)
        with app.app_context():
            for email in sorted(cycle.links)[:14]:
                answer(cycle, email, Subject.PRIME)
            pass_the_closing_time(cycle.id)
            assert counting.begin_due() == 1
    return TwoKeys(
        replace(guarded, folder=folder / "draft"), replace(guarded, folder=folder / "work"), key_file
    )


def make_key_file(client: PageClient, guarded: Guarded) -> bytes:
    """The key file that the page gives as a download."""
    made = client.send(f"{guarded.path}/key", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert made.status_code == 200
    content: bytes = made.data
    return content


def damaged(key_file: bytes) -> bytes:
    """The file with one letter of its sealed key changed."""
    middle = len(key_file) - 20
    letter = b"A" if key_file[middle : middle + 1] != b"A" else b"B"
    return key_file[:middle] + letter + key_file[middle + 1 :]


def spellings(key: bytes) -> list[bytes]:
    """Every way in which a key could lie about."""
    return [key, key.hex().encode(), key.hex().upper().encode(), base64.b64encode(key), base64.b32encode(key),
            base64.urlsafe_b64encode(key)]  # fmt: skip


def keys_in(folder: Path) -> dict[str, bytes]:
    """The files of an installation's key folder."""
    return {str(path): path.read_bytes() for path in (folder / "keys").rglob("*") if path.is_file()}


WRONG_FILES: dict[str, tuple[Callable[[bytes], bytes | None], str]] = {
    "none": (lambda _: None, "Choose the key file"),
    "empty": (lambda _: b"", f"{NO_KEY_FILE} {TYPE_AGAIN}"),
    "another file": (lambda _: b"organisation,role,tier\n", f"{NO_KEY_FILE} {TYPE_AGAIN}"),
    "too large": (lambda key_file: key_file + b"x" * 300_000, f"{NO_KEY_FILE} {TYPE_AGAIN}"),
    "cut off": (lambda key_file: key_file[:40], f"{NOT_TOGETHER} {TYPE_AGAIN}"),
    "damaged": (damaged, f"{NOT_TOGETHER} {TYPE_AGAIN}"),
    "not letters": (
        lambda key_file: key_file.partition(b"\n")[0] + b"\n\xff\x00\n",
        f"{NOT_TOGETHER} {TYPE_AGAIN}",
    ),
    "no key in it": (
        lambda _: sealing.seal_key_file(b"short", PASSPHRASE),
        f"{NOT_TOGETHER} {TYPE_AGAIN}",
    ),
    "another review's": (
        lambda _: sealing.seal_key_file(sealing.new_key_pair().opening, PASSPHRASE),
        "This is the key file of another review",
    ),
}
