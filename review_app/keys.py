"""The key folder: each cycle's link key, and its opening key in one-host mode. Outside the database and its backups.

Both go at the close. What comes later, and stays, is the reading key, from which the links to the reports are derived,
a workshop's key until its minutes have gone out, and the key of the links to a chain's actions.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from surveys.sealing import KEY_BYTES


class KeyMissingError(Exception):
    """A key that is needed is not in the key folder (any more)."""


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """The folder of ``ROUNDTABLE_KEYS_DIR``; every file in it is readable by its owner alone."""

    folder: Path

    def keep_link_key(self, cycle_id: str, key: bytes) -> None:
        """Writes K durably, before anything depends on it."""
        self._write(self._link_key(cycle_id), key)

    def keep_opening_key(self, cycle_id: str, key: bytes) -> None:
        """Writes SK durably (one-host mode only)."""
        self._write(self._opening_key(cycle_id), key)

    def keep_reading_key(self, cycle_id: str, key: bytes) -> None:
        """Writes the reading key durably, before any link is derived from it."""
        self._write(self._reading_key(cycle_id), key)

    def reading_key(self, cycle_id: str) -> bytes:
        """The key of the links to the reports. Raises KeyMissingError."""
        return self._read(self._reading_key(cycle_id))

    def keep_workshop_key(self, workshop_id: str, key: bytes) -> None:
        """Writes a workshop's key durably, before any link or seal is derived from it."""
        self._write(self._workshop_key(workshop_id), key)

    def workshop_key(self, workshop_id: str) -> bytes:
        """The key of a workshop's links and seals. Raises KeyMissingError."""
        return self._read(self._workshop_key(workshop_id))

    def workshops(self) -> tuple[str, ...]:
        """The ids of the workshops whose key is here."""
        found = self.folder.glob("*.workshop-key") if self.folder.is_dir() else ()
        return tuple(sorted(path.name.removesuffix(".workshop-key") for path in found))

    def destroy_workshop_key(self, workshop_id: str) -> None:
        """Removes a workshop's key: its links open nothing any more, and what was sealed stays so."""
        path = self._workshop_key(workshop_id)
        if path.exists():
            self._write_in_place(path, os.urandom(KEY_BYTES))
            path.unlink()
            _sync_folder(self.folder)

    def keep_action_key(self, chain_id: str, key: bytes) -> None:
        """Writes the key of the links to a chain's actions durably, before any link is derived from it."""
        self._write(self._action_key(chain_id), key)

    def action_key(self, chain_id: str) -> bytes:
        """The key of the links to a chain's actions. Raises KeyMissingError."""
        return self._read(self._action_key(chain_id))

    def link_key(self, cycle_id: str) -> bytes:
        """K. Raises KeyMissingError."""
        return self._read(self._link_key(cycle_id))

    def opening_key(self, cycle_id: str) -> bytes:
        """SK in one-host mode. Raises KeyMissingError."""
        return self._read(self._opening_key(cycle_id))

    def has_opening_key(self, cycle_id: str) -> bool:
        """Whether this host can open the cycle's ballots by itself."""
        return self._opening_key(cycle_id).exists()

    def destroy(self, cycle_id: str) -> bool:
        """Removes everything by which answers could be found, and the mailbox; true when nothing is left of it."""
        paths = (self._link_key(cycle_id), self._opening_key(cycle_id))
        for path in paths:
            if path.exists():
                self._write_in_place(path, os.urandom(KEY_BYTES))
                path.unlink()
        mailbox = self.mailbox(cycle_id)
        shutil.rmtree(mailbox, ignore_errors=True)
        if self.folder.exists():
            _sync_folder(self.folder)
        return not any(path.exists() for path in (*paths, mailbox))

    def mailbox(self, cycle_id: str) -> Path:
        """The cycle's folder of the development mailbox. It lies here because every mail holds a link."""
        return self.folder / "mailbox" / cycle_id

    def _link_key(self, cycle_id: str) -> Path:
        return self.folder / f"{cycle_id}.link-key"

    def _opening_key(self, cycle_id: str) -> Path:
        return self.folder / f"{cycle_id}.opening-key"

    def _reading_key(self, cycle_id: str) -> Path:
        return self.folder / f"{cycle_id}.reading-key"

    def _workshop_key(self, workshop_id: str) -> Path:
        return self.folder / f"{workshop_id}.workshop-key"

    def _action_key(self, chain_id: str) -> Path:
        return self.folder / f"{chain_id}.action-key"

    def _write(self, path: Path, key: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write_in_place(path, key)
        _sync_folder(self.folder)

    def _write_in_place(self, path: Path, key: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())

    def _read(self, path: Path) -> bytes:
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyMissingError(
                f"The key folder does not hold {path.suffix.removeprefix('.')} of this review."
            )
        return key


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
