"""The files in which a report leaves the application: their formats, variants, languages, names and types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reports.language import N_, _
from reports.model import Report
from reports.translated import languages_of
from reports.variants import Variant
from surveys.language import Language

_LONGEST_NAME = 40
_SHORT_DIGEST = 8


class Format(StrEnum):
    """The forms in which a report leaves the application, by the ends of their names."""

    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    EVIDENCE = "zip"


TYPES = {
    Format.HTML: "text/html; charset=utf-8",
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
    Format.EVIDENCE: "application/zip",
}
# What a file is called besides its report; a PDF is called by its variant.
_STEMS = {
    Format.HTML: "report",
    Format.CSV: "figures",
    Format.XLSX: "figures",
    Format.JSON: "report",
    Format.EVIDENCE: "evidence",
}
_TITLES = {
    Variant.FULL: N_("The whole report (PDF)"),
    Variant.TWO_PAGES: N_("The summary on two pages (PDF)"),
    Variant.LARGE_PRINT: N_("The report in large print (PDF)"),
    Format.XLSX: N_("The figures as a spreadsheet (XLSX)"),
    Format.CSV: N_("The figures as CSV"),
    Format.HTML: N_("The report as one file for a browser (HTML)"),
    Format.JSON: N_("The report as data (JSON)"),
    Format.EVIDENCE: N_("Everything to check the report with (ZIP)"),
}
# As each language calls itself.
_NATIVE_NAMES = {Language.ENGLISH: "English", Language.WELSH: "Cymraeg"}
# These say everything in every language that the report has.
_OF_NO_LANGUAGE = frozenset({Format.JSON, Format.EVIDENCE})
# Figures as data keep one heading for every column, whoever reads them.
_ENGLISH_ALONE = frozenset({Format.CSV})


@dataclass(frozen=True, slots=True)
class FileKind:
    """One of the files of a report. ``variant`` is that of a PDF, and of everything else the full one."""

    format: Format
    variant: Variant = Variant.FULL
    language: Language = Language.ENGLISH

    @property
    def key(self) -> str:
        """What addresses and our own folders call it: "two-pages.cy.pdf", "evidence.zip"."""
        stem = self.variant.value if self.format is Format.PDF else _STEMS[self.format]
        language = () if self.format in _OF_NO_LANGUAGE else (self.language.value,)
        return ".".join((stem, *language, self.format.value))

    @property
    def title(self) -> str:
        """What readers call it, in the language of this rendering."""
        return _(_TITLES[self.variant if self.format is Format.PDF else self.format])

    @property
    def native_name(self) -> str:
        """What its language calls itself; "" where it is in no single language."""
        is_in_none = self.format in _OF_NO_LANGUAGE | _ENGLISH_ALONE
        return "" if is_in_none else _NATIVE_NAMES[self.language]

    @property
    def mimetype(self) -> str:
        """Its content type."""
        return TYPES[self.format]


FULL_PDF = FileKind(Format.PDF)


def kinds_of(report: Report) -> tuple[FileKind, ...]:
    """Every file that a report has, in the order in which they are listed and made."""
    return tuple(_kinds(languages_of(report)))


def pdf_kinds(report: Report) -> tuple[FileKind, ...]:
    """The PDFs of a report, the one that most people want first."""
    return tuple(kind for kind in kinds_of(report) if kind.format is Format.PDF)


def kind_of(key: str) -> FileKind | None:
    """The kind that has this key; None for none."""
    return next((kind for kind in _kinds(tuple(Language)) if kind.key == key), None)


def _kinds(languages: tuple[Language, ...]) -> Iterator[FileKind]:
    for variant in Variant:
        yield from (FileKind(Format.PDF, variant, language) for language in languages)
    for format_ in (Format.XLSX, Format.CSV, Format.HTML, Format.JSON, Format.EVIDENCE):
        is_in_one = format_ in _OF_NO_LANGUAGE | _ENGLISH_ALONE
        for language in (Language.ENGLISH,) if is_in_one else languages:
            yield FileKind(format_, Variant.FULL, language)


def filename(report: Report, digest: str, kind: FileKind) -> str:
    """What a file is called where somebody keeps it: whose it is, of which review, what it is, and which report.

    "pathways-north-2026-10-23-northern-bridge-two-pages-9f2c4be0.pdf". Plain letters, digits, points and hyphens.
    """
    facts = report.facts
    partner = next((part.title for part in report.parts if part.is_on_partner), "")
    stem, *language, end = kind.key.split(".")
    spoken = [code for code in language if code != Language.ENGLISH]
    words = [plain(facts.chain_name), facts.closed_on, plain(partner or facts.prime_name), stem, *spoken]
    return "-".join(word for word in (*words, digest[:_SHORT_DIGEST]) if word) + f".{end}"


def plain(text: str) -> str:
    """A name in lower-case letters, digits and hyphens, for files; "" where nothing of it is left."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", letters)[:_LONGEST_NAME].strip("-")
