"""Makes the PDFs that are wanted, several at once in processes of their own where the settings allow it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import datetime
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for

from sqlalchemy.orm import Session

from reports.kinds import FileKind, pdf_kinds
from review_app.sealing_pdf import seal_of
from review_app.services import publishing
from review_app.services.report_printing import Printing, pdf_path, print_one
from review_app.state import State

# What a report can be printed as, by its digest: it never changes, and reading every report once a second would cost.
_kinds_by_digest: dict[str, tuple[FileKind, ...]] = {}


def wanted(
    session: Session, state: State, now: datetime, cycle_id: str | None = None
) -> tuple[Printing, ...]:
    """The PDFs that are not there yet: of every report the full ones first, then the other variants.

    ``cycle_id``: of one cycle alone; None for all.
    """
    folder = state.settings.report_dir
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    missing: list[tuple[int, int, Printing]] = []
    for order, (found_id, subject, digest) in enumerate(publishing.digests(session)):
        if cycle_id not in {None, found_id}:
            continue
        if digest not in _kinds_by_digest:
            _kinds_by_digest[digest] = pdf_kinds(publishing.load(session, found_id, subject).report)
        lacking = [
            (rank, kind)
            for rank, kind in enumerate(_kinds_by_digest[digest])
            if pdf_path(folder, digest, kind).name not in there
        ]
        if lacking:
            published = publishing.load(session, found_id, subject)
            seal = seal_of(state.settings, now)
            missing += [(rank, order, Printing(published, kind, folder, seal)) for rank, kind in lacking]
    return tuple(printing for *_, printing in sorted(missing, key=lambda one: one[:2]))


class Press:
    """Processes that make PDFs; they start when there is more than one to make, and end when there is none."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def print_all(
        self, printings: Sequence[Printing], *, processes: int, seconds: float | None = None
    ) -> Iterator[Printing]:
        """Makes one after the other, or several at once, and yields each that is there.

        ``seconds``: after so many no other is begun; None: all are made. One that fails does not keep the others from
        being made; its error is raised at the end.
        """
        end = None if seconds is None else time.monotonic() + seconds
        errors: list[BaseException] = []
        if processes > 1 and len(printings) > 1:
            yield from self._at_once(printings, processes, end, errors)
        else:
            yield from _one_by_one(printings, end, errors)
        if not printings:
            self.stop()
        if errors:
            raise errors[0]

    def stop(self) -> None:
        """Ends the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _at_once(
        self,
        printings: Sequence[Printing],
        processes: int,
        end: float | None,
        errors: list[BaseException],
    ) -> Iterator[Printing]:
        if self._pool is None:
            # Not forked: a copy of this process would hold its database connections.
            context = get_context("spawn")
            self._pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin)
        left = iter(printings)
        running: dict[Future[bool], Printing] = {}
        is_over = False
        while not is_over or running:
            while not is_over and len(running) < processes:
                printing = None if _is_past(end) else next(left, None)
                is_over = printing is None
                if printing is not None:
                    running[self._pool.submit(print_one, printing)] = printing
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                printing = running.pop(future)
                error = future.exception()
                if error is not None:
                    errors.append(error)
                elif future.result():
                    yield printing
        if errors:
            # A pool of which a process died takes no more work.
            self.stop()


def _one_by_one(
    printings: Sequence[Printing], end: float | None, errors: list[BaseException]
) -> Iterator[Printing]:
    for printing in printings:
        if _is_past(end):
            return
        try:
            is_there = print_one(printing)
        except Exception as error:  # noqa: BLE001
            errors.append(error)
            continue
        if is_there:
            yield printing


def _is_past(end: float | None) -> bool:
    return end is not None and time.monotonic() > end


def _begin() -> None:
    """Of a process that makes PDFs: it ends with the one that started it, however that ends, and with nothing else."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        # Nobody waits for the PDF any more, and its lock goes with this process.
        os._exit(1)
