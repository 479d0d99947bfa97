"""The catalogues of translated texts: extracted from where they stand, and compiled for use.

There are three: what respondents, partners and readers of mails and letters read, what readers of reports read, and
what organisers and stewards read. ``python -m tools.catalogues`` brings the template of each and its translations up to
date with the texts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.steps import BIN, ROOT, run, when_changed

FOLDER = ROOT / "review_app" / "translations"
RESPONDENT, REPORT, ORGANISER = "respondent", "report", "organiser"
DOMAINS = (RESPONDENT, REPORT, ORGANISER)
# gettext and ngettext are known to Babel; these are our names for the others.
MARKS = ("_", "N_", "later", "lazy_gettext")
WELSH = FOLDER / "cy" / "LC_MESSAGES" / f"{RESPONDENT}.po"
UNWANTED = tuple(
    f'"{name}:'
    for name in (
        *("Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date"),
        *("Last-Translator", "Language-Team", "Generated-By"),
    )
)
PYBABEL = str(BIN / "pybabel")


def ensure_catalogues() -> None:
    """Every catalogue is compiled and belongs to its source."""
    sources = [source for domain in DOMAINS for source in translations_of(domain)]
    compiled = [source.with_suffix(".mo") for source in sources]
    when_changed("catalogues", sources, compiled, lambda: _compile(sources))


def update() -> None:
    """The templates and the translations hold exactly the texts that stand in the code and the pages."""
    for domain in DOMAINS:
        template = template_of(domain)
        run(f"Collecting the texts of the {domain}", extraction(domain, str(template)))
        for source in translations_of(domain):
            command = [PYBABEL, "update", f"--input-file={template}", f"--output-file={source}"]
            # A guess from a similar text would go out as a translation that nobody made.
            options = ["--no-fuzzy-matching", "--ignore-obsolete", "--width=110"]
            name = source.relative_to(FOLDER)
            run(f"Bringing {name} up to date", [*command, f"--locale={_locale(source)}", *options])
            _tidy_head(source)


def template_of(domain: str) -> Path:
    """Where the texts of a domain stand untranslated."""
    return FOLDER / f"{domain}.pot"


def translations_of(domain: str) -> list[Path]:
    """The translations of a domain, in the order of their languages; of the organiser's there may be none."""
    return sorted(FOLDER.glob(f"*/LC_MESSAGES/{domain}.po"))


def extraction(domain: str, target: str) -> list[str]:
    """The command that writes the template of all texts of a domain."""
    return [
        *(PYBABEL, "extract", f"--mapping={FOLDER / f'{domain}.cfg'}", f"--output-file={target}"),
        *("--width=110", "--sort-by-file", "--no-location", "--omit-header"),
        *(f"--keywords={mark}" for mark in MARKS),
        ".",
    ]


def _compile(sources: list[Path]) -> None:
    for source in sources:
        command = [PYBABEL, "compile", f"--input-file={source}", f"--output-file={source.with_suffix('.mo')}"]
        run(f"Compiling {source.relative_to(FOLDER)}", [*command, f"--locale={_locale(source)}"])


def _locale(source: Path) -> str:
    return source.parents[1].name


def _tidy_head(source: Path) -> None:
    """Takes out of the head what Babel fills with dates and placeholders, so that only texts change the file."""
    lines = source.read_text("utf-8").splitlines(keepends=True)
    source.write_text("".join(line for line in lines if not line.startswith(UNWANTED)), "utf-8")


if __name__ == "__main__":
    update()
    ensure_catalogues()
    sys.exit(0)
