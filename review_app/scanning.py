"""Evidence and the operator's scanner: each file that waits is shown to it once, and what it refuses is removed.

The scanner is a program that is run with the path of one file, by no shell. Its words go nowhere: a report of a scanner
may quote the file. Files that no row names any more are swept away.
"""

from __future__ import annotations

import logging
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from review_app import clock
from review_app.database import reading, transaction
from review_app.evidence_store import EvidenceStore
from review_app.services import evidence_files
from review_app.services.evidence_files import Stored
from review_app.state import State

LONGEST_SCAN = timedelta(minutes=1)
BETWEEN_TRIES = timedelta(minutes=5)
BETWEEN_SWEEPS = timedelta(minutes=10)
# An upload is written before its row, and never takes that long.
OLDEST_ORPHAN = timedelta(hours=1)
# So many in one look: mail and closes must not wait for long.
MOST_AT_ONCE = 5
_PASSED, _REFUSED = 0, 1
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Scanner:
    """What a worker remembers between its looks: which files to try again when, and when to sweep. In memory alone."""

    again: dict[str, datetime] = field(default_factory=dict)
    sweep_due: datetime | None = None

    def look(self, state: State) -> None:
        """Shows the scanner what waits, and sweeps now and then."""
        now, store = clock.now(), EvidenceStore(state.settings.evidence_dir)
        with reading() as session:
            waiting = evidence_files.waiting(session)
        due = [one for one in waiting if self.again.get(one.id, now) <= now]
        for one in due[:MOST_AT_ONCE]:
            self._scan(state, store, one, now)
        if self.sweep_due is None or self.sweep_due <= now:
            self.sweep_due = now + BETWEEN_SWEEPS
            sweep(store, now)

    def _scan(self, state: State, store: EvidenceStore, one: Stored, now: datetime) -> None:
        verdict = _verdict(state.settings.scan_command, store.path(one.stored_as))
        if verdict is None:
            self.again[one.id] = now + BETWEEN_TRIES
            logger.warning("The scanner gave no answer; the file waits and is shown to it again.")
            return
        with transaction() as session:
            evidence_files.record_scan(session, clock.now(), one.id, passed=verdict)
        self.again.pop(one.id, None)
        if not verdict:
            # After the row says so: whatever dies in between, nobody gets the file, and the sweep takes it.
            store.remove(one.stored_as)


def sweep(store: EvidenceStore, now: datetime) -> int:
    """How many files were removed that no row needs: of uploads that broke off, and of refusals."""
    old = tuple(store.older_than(now - OLDEST_ORPHAN))
    with reading() as session:
        needed = evidence_files.named(session, old)
    orphans = [name for name in old if name not in needed]
    for name in orphans:
        store.remove(name)
    return len(orphans)


def _verdict(command: Path | None, path: Path | None) -> bool | None:
    """Whether a file passed; None where it is not known."""
    if path is None:
        # Its file is gone: nothing that anybody could get.
        return False
    if command is None:
        # It came while there was a scanner, and there is none now.
        return True
    try:
        done = subprocess.run(
            [str(command), str(path)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_SCAN.total_seconds(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {_PASSED: True, _REFUSED: False}.get(done.returncode)
