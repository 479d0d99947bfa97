"""The catalogues of translated texts: extracted from where they stand, and compiled for use.

``python -m tools.catalogues`` brings the template and the Welsh catalogue up to date with the texts.
"""

from __future__ import annotations

import sys

from tools.steps import BIN, ROOT, run, when_changed

FOLDER = ROOT / "review_app" / "translations"
MAPPING = FOLDER / "respondent.cfg"
TEMPLATE = FOLDER / "respondent.pot"
WELSH = FOLDER / "cy" / "LC_MESSAGES" / "respondent.po"
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
    compiled = WELSH.with_suffix(".mo")
    command = [PYBABEL, "compile", f"--input-file={WELSH}", f"--output-file={compiled}", "--locale=cy"]
    when_changed("catalogues", [WELSH], [compiled], lambda: run("Compiling the Welsh texts", command))


def update() -> None:
    """The template and the Welsh catalogue hold exactly the texts that stand in the code and the templates."""
    run("Collecting the texts", extraction(str(TEMPLATE)))
    command = [PYBABEL, "update", f"--input-file={TEMPLATE}", f"--output-file={WELSH}", "--locale=cy"]
    # A guess from a similar text would go out as a translation that nobody made.
    options = ["--no-fuzzy-matching", "--ignore-obsolete", "--width=110"]
    run("Bringing the Welsh catalogue up to date", [*command, *options])
    _tidy_head()


def extraction(target: str) -> list[str]:
    """The command that writes the template of all texts of respondents' pages, mails and letters."""
    return [
        *(
            PYBABEL,
            "extract",
            f"--mapping={MAPPING}",
            f"--output-file={target}",
            "--width=110",
            "--sort-by-file",
        ),
        *("--no-location", "--omit-header", "--keywords=_", "--keywords=N_", "."),
    ]


def _tidy_head() -> None:
    """Takes out of the head what Babel fills with dates and placeholders, so that only texts change the file."""
    lines = WELSH.read_text("utf-8").splitlines(keepends=True)
    WELSH.write_text("".join(line for line in lines if not line.startswith(UNWANTED)), "utf-8")


if __name__ == "__main__":
    update()
    ensure_catalogues()
    sys.exit(0)
