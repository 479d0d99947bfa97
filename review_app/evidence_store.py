"""The files of evidence: under random names, in a folder of their own that is outside whatever is served."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{40}")


class EvidenceStore:
    """A folder of files whose names say nothing; what each is stands in the database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, content: bytes) -> str:
        """The random name of a file that is durably written, before any row can name it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = secrets.token_hex(20)
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._sync()
        return name

    def path(self, name: str) -> Path | None:
        """Where a file is; None where there is none, or where the name is not one of this folder's."""
        path = self.folder / name
        return path if _NAME.fullmatch(name) and path.is_file() else None

    def remove(self, name: str) -> None:
        """Removes a file, if it is there."""
        if path := self.path(name):
            path.unlink(missing_ok=True)
            self._sync()

    def older_than(self, moment: datetime) -> Iterator[str]:
        """The names of the files that were written before a moment."""
        if not self.folder.is_dir():
            return
        for entry in os.scandir(self.folder):
            written_at = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
            if _NAME.fullmatch(entry.name) and written_at < moment:
                yield entry.name

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
