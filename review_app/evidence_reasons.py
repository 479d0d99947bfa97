"""Why a file of evidence is refused."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    ACTIVE = "active"
    OUTSIDE = "outside"
    LOCKED = "locked"
    UNREADABLE = "unreadable"
    FORMULA = "formula"
    DAMAGED = "damaged"
    WRONG_NAME = "wrong_name"


class EvidenceRefusedError(Exception):
    """A file may not be kept.

    ``endings``: with which its name may end, where that alone is wrong. ``line``: of a table, from 1.
    """

    def __init__(self, reason: Reason, endings: tuple[str, ...] = (), line: int = 0) -> None:
        self.reason = reason
        self.endings = endings
        self.line = line
        super().__init__(reason.value)
