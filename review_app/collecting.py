"""Fetches what mail servers report: mails in a maildir, one mail of a pipe, the states that GOV.UK Notify keeps.

Nothing here is logged but numbers: a report names the address that it is about.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from review_app import clock
from review_app.database import transaction
from review_app.delivery_settings import NotifySettings
from review_app.mail import bounces as reading_bounces
from review_app.mail.bounces import MOST_BYTES, NoNotice, Notice
from review_app.mail.errors import MailError
from review_app.services import bounces
from review_app.services.bounces import Report
from review_app.state import State

# Beside new/ and cur/, as mail programs name a folder of a maildir: it can be opened with one.
SET_ASIDE = ".set-aside"
_SEEN = ":2,S"
BETWEEN_MAILDIRS = timedelta(seconds=10)
BETWEEN_POLLS = timedelta(minutes=5)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Collected:
    """How many mails were reports on ours, automatic answers, and set aside for a person to look at."""

    reports: int = 0
    automatic: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class Collector:
    """What a worker remembers between its looks: when the next is due, and what Notify has told already.

    In memory alone: the next worker asks for all of it again.
    """

    maildir_due: datetime | None = None
    poll_due: datetime | None = None
    told: set[Report] = field(default_factory=set)

    def look(self, state: State) -> None:
        """Fetches what is due by the settings."""
        now = clock.now()
        delivery = state.settings.delivery
        if delivery.bounce_maildir and _is_due(self.maildir_due, now):
            # When it fails, the next look is later, and the log stays short.
            self.maildir_due = now + BETWEEN_POLLS
            collect(delivery.bounce_maildir, is_removing=True)
            self.maildir_due = now + BETWEEN_MAILDIRS
        if delivery.notify is not None and _is_due(self.poll_due, now):
            self.poll_due = now + BETWEEN_POLLS
            self._poll(delivery.notify)

    def _poll(self, notify: NotifySettings) -> None:
        from review_app.mail.notify import reports  # here, because Notify's client is an extra

        try:
            for page in reports(notify):
                news = [report for report in page if report not in self.told]
                if news:
                    keep_reports(news)
                self.told.update(news)
        except MailError as error:
            logger.warning("What became of the mails is not known: %s. %s", error.problem, error.mend)


def take(content: bytes, arrived_at: str = "") -> bool:
    """Keeps what one mail reports; false when it is no report on a mail of ours."""
    found = reading_bounces.read(content, arrived_at)
    return isinstance(found, Notice) and _keep(found)


def collect(folder: Path, *, is_removing: bool = False) -> Collected:
    """Keeps what the new mails of a maildir report. Each then moves to cur/ (or goes), or is set aside.

    A mail moves after what it reports was kept: one that was read when the process died is read again, which changes
    nothing. Raises FileNotFoundError when there is no such maildir.
    """
    counts = {"reports": 0, "automatic": 0, "set_aside": 0}
    for path in sorted((folder / "new").iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        kind = _sort(path)
        counts[kind] += 1
        if kind == "set_aside":
            _move(path, _made(folder / SET_ASIDE) / "new" / path.name)
        elif is_removing:
            path.unlink(missing_ok=True)
        else:
            _move(path, folder / "cur" / f"{path.name}{_SEEN}")
    return Collected(**counts)


def keep_reports(reports: Iterable[Report]) -> int:
    """How many reports were on mails of ours."""
    with transaction() as session:
        return sum(bounces.record(session, report) for report in reports)


def _is_due(due: datetime | None, now: datetime) -> bool:
    return due is None or due <= now


def _sort(path: Path) -> str:
    try:
        with path.open("rb") as file:
            # One more than is read tells that there is more.
            content = file.read(MOST_BYTES + 1)
    except OSError:
        return "set_aside"
    found = reading_bounces.read(content)
    if found is NoNotice.AUTOMATIC:
        return "automatic"
    return "reports" if isinstance(found, Notice) and _keep(found) else "set_aside"


def _keep(notice: Notice) -> bool:
    report = bounces.report_of(notice)
    return report is None or keep_reports([report]) == 1


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True, mode=0o700)
    # Another collector may have been quicker.
    with suppress(FileNotFoundError):
        path.replace(target)


def _made(folder: Path) -> Path:
    """A folder of a maildir, as mail programs expect it."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "maildirfolder").touch(mode=0o600)
    return folder
