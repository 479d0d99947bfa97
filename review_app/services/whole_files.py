"""Files that take long to make: each stands under its name only when it is whole, and is made by one process at a time.

Whoever makes one holds a lock that the system takes away from a process that dies, so that nothing is made twice and
nothing is left undone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_WHILE_MAKING = ".part"
_LOCK = ".lock"


def make_whole(path: Path, make: Callable[[], bytes], *, is_waiting: bool) -> bool:
    """Makes the file unless it is there; false where another process is making it and this one shall not wait."""
    with _claimed(path, is_waiting=is_waiting) as is_mine:
        if is_mine and not path.exists():
            _write(path, make())
        return is_mine


def _write(path: Path, content: bytes) -> None:
    # Only whoever holds the lock writes: what an earlier process left behind when it died has no owner.
    part = path.with_name(path.name + _WHILE_MAKING)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def _claimed(path: Path, *, is_waiting: bool) -> Iterator[bool]:
    """Whether this process may make the file; the lock goes with the process, however that ends."""
    lock = path.with_name(path.name + _LOCK)
    with lock.open("wb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
        if path.exists():
            # Nobody makes it any more: whoever still waits for this lock finds the file.
            lock.unlink(missing_ok=True)
