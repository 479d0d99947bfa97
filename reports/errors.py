"""Every error that counting, releasing, writing and reading back a report raises, as one tree.

::

    ReportsError
    ├── CountError                       ballots or groups that cannot be counted: a bug or a forged ballot
    ├── SolverError                      the solver gave no answer, so that nothing may be published
    ├── PdfLibraryMissingError           a native library that WeasyPrint needs is not installed
    └── DocumentError                    bytes that cannot be read back
        ├── UnknownSchemaVersionError    written by another version of this software
        └── MalformedDocumentError       not a release or a report at all
"""

from __future__ import annotations


class ReportsError(Exception):
    """The root of the tree."""


class CountError(ReportsError):
    """What was handed in cannot be counted. The message holds no answer."""


class SolverError(ReportsError):
    """The solver did not say whether a release is safe; a release of which that is not known is not published."""


class PdfLibraryMissingError(ReportsError):
    """WeasyPrint cannot find its native libraries; the message says how to install them."""

    def __init__(self) -> None:
        super().__init__(
            "A PDF needs the library Pango, which is not installed. On Debian or Ubuntu: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. On macOS: brew install pango."
        )


class DocumentError(ReportsError):
    """Bytes that cannot be read back as a release or a report."""


class UnknownSchemaVersionError(DocumentError):
    """The document was written with a schema that this version does not know; ``found`` is what it says."""

    def __init__(self, found: object, known: tuple[int, ...]) -> None:
        self.found = found
        self.known = known
        *others, last = map(str, known)
        readable = f"{', '.join(others)} and {last}"
        super().__init__(
            f"The document has schema version {found!r}; this software reads versions {readable} only."
        )


class MalformedDocumentError(DocumentError):
    """The bytes are not canonical JSON of the expected shape; ``place`` says where they stop being it."""

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"{place}: {reason}")
