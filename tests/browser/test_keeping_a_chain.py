"""An organiser keeps a chain: edits it, merges an organisation that stands in it twice, and imports a newer sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD, SAMPLE

DOUBLE = "Tyne-Steps"
MERGED = "Tyne Steps Trust"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, False)])
def test_a_chain_is_edited_merged_and_imported_again(
    seat: Seat, installation: Installation, tmp_path: Path, width: int, scripts: bool
) -> None:
    sian = seat(installation.address, "sian", width=width, scripts=scripts)
    sian.go("/sign-in", to="Sign in")
    sian.fill({"Email address": installation.organiser.email, "Password": PASSWORD})
    sian.press("Sign in", to="What to do next")
    _import(sian)
    _edit(sian)
    _merge(sian)
    _import_again(sian, tmp_path)
    sian.follow("What was changed, and by whom", to="What was changed")
    sian.says(
        "Sian Prosser imported Pathways North again: 1 changed, 1 gone.",
        f"Sian Prosser merged {DOUBLE} into Tyne Steps.",
        "Sian Prosser added Beth Ramsden-Jones to Tyne-Steps.",
    )


def _import(sian: Visitor) -> None:
    sian.follow("Import a chain", to="Import a chain")
    sian.fill({"Name of the chain": "Pathways North"})
    sian.page.get_by_label("Spreadsheet").set_input_files(SAMPLE)
    sian.press("Check the file", to="Check the chain")
    sian.press("Save this chain", to="Pathways North")


def _edit(sian: Visitor) -> None:
    sian.follow("Add an organisation", to="Add an organisation")
    sian.press("Add the organisation", to="Add an organisation", error=True)
    sian.fill(
        {"Name of the organisation": DOUBLE, "Name": "Gary Laidlaw", "Email address": "gary@tyne.example"}
    )
    sian.choose("Specialist", "Voluntary sector", "Northern Bridge Employment Ltd")
    sian.press("Add the organisation", to="Pathways North")
    sian.follow(DOUBLE, to=DOUBLE)
    sian.follow("Change this organisation", to=f"Change {DOUBLE}")
    sian.fill({"What it provides (optional)": "Skills"})
    sian.press("Save", to=DOUBLE)
    sian.follow("Add a person", to="Add a person")
    sian.fill({"Name": "Beth Ramsden-Jones", "Email address": "no address"})
    sian.press("Add the person", to="Add a person", error=True)
    sian.fill({"Email address": "beth@tyne.example"})
    sian.press("Add the person", to=DOUBLE)
    sian.follow("Change Beth Ramsden-Jones", to="Change Beth Ramsden-Jones")
    sian.fill({"Job title (optional)": "Chair"})
    sian.press("Save", to=DOUBLE)
    sian.follow("remove Gary Laidlaw", to="Remove Gary Laidlaw")
    sian.press("Remove Gary Laidlaw", to=DOUBLE)


def _merge(sian: Visitor) -> None:
    sian.follow("Merge it with another entry of the same organisation", to="Merge two organisations")
    sian.page.get_by_label("The organisation that stays").select_option("Tyne Steps")
    sian.page.get_by_label("The one that is the same, and goes").select_option(DOUBLE)
    sian.press("Show what changes", to="Check the merge")
    sian.says("Beth Ramsden-Jones from Tyne-Steps to Tyne Steps")
    sian.press("Merge them", to="Tyne Steps")
    sian.says("The two organisations are one now.")
    sian.follow("Pathways North", to="Pathways North")


def _import_again(sian: Visitor, folder: Path) -> None:
    newer = folder / "newer.csv"
    newer.write_text(SAMPLE.read_text("utf-8").replace("Tyne Steps", MERGED), "utf-8")
    sian.follow("Import a newer spreadsheet", to="Import a newer spreadsheet")
    sian.press("Check the file", to="Import a newer spreadsheet", error=True)
    sian.page.get_by_label("Spreadsheet").set_input_files(newer)
    sian.press("Check the file", to="Check what changes")
    sian.press("Apply these changes", to="Check what changes", error=True)
    sian.choose(f"Yes, it has a new name: {MERGED}")
    sian.press("Apply these changes", to="Pathways North")
    sian.says(MERGED)
