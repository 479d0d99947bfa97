"""A report's PDFs: each is made, signed and kept once, whichever of several processes comes to it first.

What is there is the truth: a PDF stands under its name only when it is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reports.kinds import FULL_PDF, FileKind
from reports.render import Assets
from reports.variants import document
from review_app.languages import tongue
from review_app.layout import report_font_folder, static_folder, template_folder
from review_app.sealing_pdf import Seal
from review_app.services.publishing import Published
from review_app.services.whole_files import make_whole


@dataclass(frozen=True, slots=True)
class Printing:
    """One PDF that is wanted: of which report, which kind, kept in which folder, signed with what."""

    published: Published
    kind: FileKind
    folder: Path
    seal: Seal

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return pdf_path(self.folder, self.published.digest, self.kind)


def pdf_path(folder: Path, digest: str, kind: FileKind = FULL_PDF) -> Path:
    """Where a report's PDF is kept."""
    return folder / f"{digest}.{kind.key}"


def make_pdf(published: Published, folder: Path, seal: Seal, kind: FileKind = FULL_PDF) -> Path:
    """The signed PDF of a report, made now unless it is there; waits for a process that is making it.

    Raises PdfLibraryMissingError and SealError.
    """
    printing = Printing(published, kind, folder, seal)
    print_one(printing, is_waiting=True)
    return printing.path


def print_one(printing: Printing, *, is_waiting: bool = False) -> bool:
    """Makes the PDF unless it is there; false where another process is making it and this one shall not wait."""
    path = printing.path
    if path.exists():
        return True
    printing.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return make_whole(path, lambda: _signed(printing), is_waiting=is_waiting)


def _signed(printing: Printing) -> bytes:
    published, kind = printing.published, printing.kind
    content = document(
        published.report,
        published.digest,
        kind.variant,
        tongue(kind.language),
        templates=template_folder(),
        assets=assets(),
    )
    return printing.seal.sign(content, published.digest)


def assets() -> Assets:
    """Where a report's dress is."""
    return Assets(static=static_folder(), fonts=report_font_folder())
