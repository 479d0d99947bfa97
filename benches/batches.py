"""P2: a batch of signed reports on partners, in one process and in as many as there are cores."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reports.kinds import FULL_PDF
from reports.serial import digest, report_to_bytes
from review_app import clock
from review_app.config import Settings
from review_app.printing import Press
from review_app.sealing_pdf import Seal, seal_of
from review_app.services.publishing import Published
from review_app.services.report_printing import Printing
from tests.conclusion_samples import on_a_partner

REPORTS = 100
MOST = 2


def lines(reports: int = REPORTS) -> Iterator[str]:
    """The printed result."""
    cores = min(MOST, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory() as folder:
        seal = _seal(Path(folder))
        alone = _seconds(reports, Path(folder) / "alone", seal, processes=1)
        together = _seconds(reports, Path(folder) / "together", seal, processes=cores)
    yield f"P2 a batch of {reports} signed reports on partners"
    yield f"   one process {alone:.1f} s ({alone / reports:.2f} s each)   {cores} processes {together:.1f} s"
    yield f"   {cores} processes to one {together / alone:.2f} (target: 0.6 or less on two cores that are free)"


def _seconds(reports: int, folder: Path, seal: Seal, *, processes: int) -> float:
    wanted = [Printing(_published(number), FULL_PDF, folder, seal) for number in range(reports)]
    press = Press()
    started = time.perf_counter()
    made = sum(1 for _ in press.print_all(wanted, processes=processes))
    seconds = time.perf_counter() - started
    press.stop()
    assert made == reports
    return seconds


def _published(number: int) -> Published:
    report = on_a_partner()
    report = replace(report, facts=replace(report.facts, title=f"Review {number}"))
    return Published(
        cycle_id="bench",
        subject=report.parts[0].subject,
        report=report,
        content=report_to_bytes(report),
        digest=digest(report),
        published_at=clock.now(),
    )


def _seal(folder: Path) -> Seal:
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
    }
    return seal_of(Settings.from_env(environ), clock.now())
