"""PDFs of pages other than reports: asked for by a page, made by the worker, known by the digest of what they show.

A web process renders none: the source lies in a folder until the worker has printed it. Nothing is kept in the
database, so that a folder that is lost is filled again by the next who asks. After a week without being asked for, a
paper is removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from reports.pdf import REPORT_STYLES, write_pdf
from review_app.services.report_printing import assets
from review_app.services.whole_files import make_whole

DAYS_KEPT = 7
# With the page that says that one is being made: the browser asks again by itself, without script.
LOOK_AGAIN = {"Refresh": "3"}
_SOURCE, _PAPER = ".source.json", ".pdf"
_SECONDS_KEPT = DAYS_KEPT * 86_400


def asked(folder: Path, html: str, styles: Sequence[str] = REPORT_STYLES) -> Path | None:
    """The PDF of a page of HTML with the names of its style sheets; None while the worker makes it, within seconds.

    ``folder``: the settings' ``paper_dir``. The same source gives the same PDF, which is made once.
    """
    source = _source(html, styles)
    name = hashlib.sha256(source).hexdigest()
    paper = folder / (name + _PAPER)
    if paper.exists():
        os.utime(paper)
        return paper
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_whole(folder / (name + _SOURCE), lambda: source, is_waiting=True)
    return None


def made(folder: Path, html: str, styles: Sequence[str] = REPORT_STYLES) -> Path | None:
    """The same PDF where it is there; None where it is not, and nothing is written anywhere.

    For pages whose readers nobody shall see: somebody else asks for theirs beforehand.
    """
    paper = folder / (hashlib.sha256(_source(html, styles)).hexdigest() + _PAPER)
    return paper if paper.exists() else None


def print_waiting(folder: Path, *, seconds: float | None = None) -> int:
    """How many papers were made. ``seconds``: after so many no other is begun; None: all that wait are made.

    One that fails does not keep the others from being made; its error is raised at the end, and it is made no more
    until somebody asks for it again.
    """
    end = None if seconds is None else time.monotonic() + seconds
    made, errors = 0, []
    for source in _waiting(folder):
        if end is not None and time.monotonic() >= end:
            break
        try:
            made += _print(source)
        except Exception as error:  # noqa: BLE001 - a page that cannot be printed must not keep the others waiting
            errors.append(error)
            source.unlink(missing_ok=True)
    if errors:
        raise errors[0]
    return made


def forget_old(folder: Path, now: float) -> None:
    """Removes what nobody has asked for in a week. ``now``: seconds since 1970, as files are dated."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if now - path.stat().st_mtime > _SECONDS_KEPT:
            path.unlink(missing_ok=True)


def _source(html: str, styles: Sequence[str]) -> bytes:
    return json.dumps({"html": html, "styles": list(styles)}, ensure_ascii=False).encode()


def _waiting(folder: Path) -> Iterator[Path]:
    found = folder.glob("*" + _SOURCE) if folder.is_dir() else ()
    return iter(sorted(found, key=lambda path: path.stat().st_mtime))


def _print(source: Path) -> bool:
    asked_for = json.loads(source.read_bytes())
    paper = source.with_name(source.name.removesuffix(_SOURCE) + _PAPER)
    is_made = make_whole(
        paper, lambda: write_pdf(asked_for["html"], assets(), asked_for["styles"]), is_waiting=False
    )
    if is_made:
        source.unlink(missing_ok=True)
    return is_made
