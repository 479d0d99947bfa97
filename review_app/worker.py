"""The worker: a process that sends mail, closes and counts cycles, wipes what closed ones leave, and makes PDFs.

Everything that it does is owed in the database, so it may die at any instant: the next one reads what is
owed and goes on. It looks once a second; several may run.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterable

from review_app import (
    clock,
    collecting,
    counting,
    improvement_papers,
    links_again,
    minutes_papers,
    papers,
    posting,
    printing,
    pulse_counting,
    scanning,
    workshop_keys,
)
from review_app.database import reading, transaction
from review_app.services import (
    chasing,
    closing_soon,
    comments,
    cycles,
    lost_links,
    publishing,
    report_batches,
)
from review_app.state import State

SECONDS_BETWEEN_LOOKS = 1.0
# A long round of mail must not keep a review from closing in time, nor the worker from stopping.
SECONDS_OF_MAIL = 10.0
# Nor may a hundred reports keep the mail waiting.
SECONDS_OF_PDFS = 10.0
logger = logging.getLogger(__name__)
# In this process's memory alone: who asked is written nowhere.
_links_sent_again = lost_links.Tally()
_collector = collecting.Collector()
_press = printing.Press()
_scanner = scanning.Scanner()
_editions = improvement_papers.Editions()
_minutes = minutes_papers.Editions()


def run(state: State) -> None:
    """Works until SIGTERM or SIGINT; what is under way is finished first."""
    # A plain list: an Event's lock may be held by this very thread when a signal comes, and would never be given back.
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stopped.append(received))
    logger.info("The worker is running.")
    while not stopped:
        look(state, mail_seconds=SECONDS_OF_MAIL, pdf_seconds=SECONDS_OF_PDFS)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    _press.stop()
    logger.info("The worker has stopped.")


def look(state: State, *, mail_seconds: float | None = None, pdf_seconds: float | None = None) -> bool:
    """Does everything that is owed now; false when some of it failed and is still owed.

    ``mail_seconds``: how long it goes on sending mail at most; None: until all that is due has left. ``pdf_seconds``:
    the same of making PDFs; what is under way is finished.
    """
    steps: tuple[Callable[[], object], ...] = (
        counting.begin_due,
        lambda: counting.count_waiting(state.keys),
        lambda: counting.purge_closed(state.keys),
        lambda: pulse_counting.look(state.keys),
        _refresh_received,
        _forget_comments,
        _tell_of_the_close,
        advance_reports,
        _chase_actions,
        lambda: links_again.answer(state, _links_sent_again),
        lambda: posting.send_due(state, seconds=mail_seconds),
        lambda: workshop_keys.forget(state.keys),
        lambda: _collector.look(state),
        lambda: _scanner.look(state),
        lambda: _make_reports(state, pdf_seconds),
        lambda: _pack_reports(state),
        lambda: _editions.ask(state, clock.now()),
        lambda: _minutes.ask(state, clock.now()),
        lambda: papers.print_waiting(state.settings.paper_dir, seconds=pdf_seconds),
        lambda: papers.forget_old(state.settings.paper_dir, clock.now().timestamp()),
    )
    # All of them are tried, whatever became of the ones before.
    results = [_attempt(step) for step in steps]
    return all(results)


def _attempt(step: Callable[[], object]) -> bool:
    try:
        step()
    except Exception as error:  # noqa: BLE001
        # One step's failure must not keep the others from their work; messages may quote people, so they stay out.
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        line = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown"
        logger.error("A step failed and will be tried again: %s at %s", type(error).__name__, line)
        return False
    return True


def _refresh_received() -> None:
    with reading() as session:
        is_stale = cycles.has_stale_figure(session, clock.now())
    if is_stale:
        with transaction() as session:
            cycles.refresh_received(session, clock.now())


def _forget_comments() -> None:
    with reading() as session:
        is_due = comments.has_originals_due(session, clock.now())
    if is_due:
        with transaction() as session:
            comments.forget_originals(session, clock.now())
        counting.wipe_residue()


def _tell_of_the_close() -> None:
    with reading() as session:
        due = closing_soon.due(session, clock.now())
    for cycle_id in due:
        with transaction() as session:
            closing_soon.queue(session, clock.now(), cycle_id)


def _chase_actions() -> None:
    with reading() as session:
        is_due = chasing.is_due(session, clock.now())
    if is_due:
        with transaction() as session:
            chasing.chase(session, clock.now())


def advance_reports() -> None:
    """Makes and publishes the reports whose moment has come, and takes off the disk what a publication has emptied."""
    with reading() as session:
        due = publishing.due(session, clock.now())
    try:
        _each(due, _advance)
    finally:
        # Also where one review's fault is raised: others may have been published.
        if due:
            counting.wipe_replies()


def _advance(cycle_id: str) -> None:
    with transaction() as session:
        publishing.advance(session, clock.now(), cycle_id)


def _each(cycle_ids: Iterable[str], step: Callable[[str], None]) -> None:
    """Takes the step for every cycle, whatever becomes of the others; then raises what the first that failed raised."""
    failed: list[Exception] = []
    for cycle_id in cycle_ids:
        try:
            step(cycle_id)
        except Exception as error:  # noqa: BLE001 - one review's fault must not keep another from its day
            failed.append(error)
    if failed:
        raise failed[0]


def _make_reports(state: State, seconds: float | None) -> None:
    with reading() as session:
        wanted = printing.wanted(session, state, clock.now())
    for _ in _press.print_all(wanted, processes=state.settings.pdf_processes, seconds=seconds):
        pass


def _pack_reports(state: State) -> None:
    with reading() as session:
        batches = report_batches.unpacked(session, state.settings.report_dir)
    for batch in batches:
        report_batches.pack(batch)
