"""The files of one report, as its page lists them; for every page that shows a report, whoever its readers are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Response

from review_app import languages
from review_app.services.report_files import ListedFile, ReportFile


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a report. ``href`` None: it is still being made. ``language``: the file's, where there are several.

    ``is_first``: one of the few that most people want, in the language of the page; the others stand behind a fold.
    """

    href: str | None
    text: str
    language: str
    native_name: str
    is_first: bool


# The beginnings of the keys of what most people want: the report, and its two pages.
_FIRST = ("report.", "two-pages.")


def downloads(files: Iterable[ListedFile], address: Callable[[str], str]) -> tuple[Download, ...]:
    """The files as links, those that are being made without one. ``address``: of the file with a key."""
    return tuple(
        Download(
            href=address(file.key) if file.is_ready else None,
            text=file.title,
            language=file.language.value if file.native_name else "",
            native_name=file.native_name,
            is_first=file.key.startswith(_FIRST)
            and file.key.endswith(".pdf")
            and file.language is languages.current(),
        )
        for file in files
    )


def handed_out(file: ReportFile) -> Response:
    """A file as something to keep and not to show."""
    response = Response(file.content, content_type=file.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=file.filename)
    return response
