"""All the reports of a cycle as one batch: how far their PDFs are, and one archive of them when all are there.

The files are the truth: whoever looks counts what is there, and whoever is killed leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from reports.bundle import packed
from reports.kinds import FileKind, filename, pdf_kinds, plain
from reports.variants import Variant
from review_app.services import publishing
from review_app.services.errors import NotFoundError
from review_app.services.report_files import ReportFile
from review_app.services.report_printing import pdf_path
from review_app.services.whole_files import make_whole

# The digests of the cycles whose archives were seen: looking into every report once a second would cost.
_packed: set[tuple[str, ...]] = set()
# Large print is for single readers, who find it on the report's page.
VARIANTS = frozenset({Variant.FULL, Variant.TWO_PAGES})


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One PDF of a batch: where it is kept once it is made, and what it is called in the archive."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The PDFs of all published reports of a cycle. ``archive``: where the archive of them is kept."""

    cycle_id: str
    title: str
    reports: int
    files: tuple[BatchFile, ...]
    archive: Path

    @property
    def made(self) -> int:
        """How many of the PDFs are there."""
        return sum(file.path.exists() for file in self.files)

    @property
    def is_complete(self) -> bool:
        """Whether all of them are."""
        return all(file.path.exists() for file in self.files)

    @property
    def is_packed(self) -> bool:
        """Whether the archive is there."""
        return self.archive.exists()


def batch(session: Session, cycle_id: str, folder: Path) -> Batch:
    """The batch of a cycle. Raises NotFoundError where nothing is published."""
    subjects = [subject for found, subject, _ in publishing.digests(session) if found == cycle_id]
    if not subjects:
        raise NotFoundError("There is no published report of this review.")
    reports = [publishing.load(session, cycle_id, subject) for subject in subjects]
    files = tuple(
        BatchFile(
            pdf_path(folder, published.digest, kind), filename(published.report, published.digest, kind)
        )
        for published in reports
        for kind in pdf_kinds(published.report)
        if is_in_batch(kind)
    )
    named = sha256("\n".join(file.name for file in files).encode()).hexdigest()
    facts = reports[0].report.facts
    return Batch(cycle_id, facts.title, len(reports), files, folder / f"batch.{named}.zip")


def is_in_batch(kind: FileKind) -> bool:
    """Whether a PDF of this kind belongs to a batch."""
    return kind.variant in VARIANTS


def unpacked(session: Session, folder: Path) -> tuple[Batch, ...]:
    """The batches of which all PDFs are there and the archive is not. Only of cycles with reports on partners."""
    digests: dict[str, list[tuple[str, str]]] = {}
    for cycle_id, subject, digest in publishing.digests(session):
        digests.setdefault(cycle_id, []).append((subject, digest))
    found = []
    for cycle_id, reports in digests.items():
        key = (str(folder), *(digest for _, digest in reports))
        if key in _packed or not any(subject for subject, _ in reports):
            continue
        one = batch(session, cycle_id, folder)
        if one.is_packed:
            _packed.add(key)
        elif one.is_complete:
            found.append(one)
    return tuple(found)


def pack(one: Batch) -> None:
    """Makes the archive unless it is there, or another process is making it. It appears when it is whole."""
    if one.is_packed or not one.is_complete:
        return
    make_whole(one.archive, lambda: packed(dict(_contents(one))), is_waiting=False)


def archive(session: Session, cycle_id: str, folder: Path) -> ReportFile | None:
    """The archive as a file to hand out; None while it is being made. Raises NotFoundError."""
    one = batch(session, cycle_id, folder)
    if not one.is_packed:
        return None
    return ReportFile(f"{plain(one.title)}-reports.zip", "application/zip", one.archive.read_bytes())


def _contents(one: Batch) -> Iterator[tuple[str, bytes]]:
    for file in one.files:
        yield file.name, file.path.read_bytes()
