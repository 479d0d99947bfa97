"""A letter in two languages is two sheets, printed on both sides, whichever people and words it has in it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from review_app.letters.drawing import Printing, draw, letters_pdf
from review_app.services.letters import GroupText, LetterText, Recipient
from surveys.groups import DisclosurePolicy
from surveys.language import Language

CODE = "2ZXD-7DAE-HPYA-VBLI-DU4J-JJV2-JIL7-LZGM"
PRINTING = Printing(
    now=datetime(2026, 11, 27, 9, tzinfo=UTC),
    base_url="https://review.charity.example",
    languages=(Language.WELSH, Language.ENGLISH),
    is_reminder=False,
    is_large=False,
    reach="0113 496 0000, on weekdays from 9 to 5",
)
TEXT = LetterText(
    recipient=Recipient(
        invitation_id="i",
        link_number=0,
        name="Col. James Hartley (retd)",
        party_name="Veterans’ Link Yorkshire and the Humber",
        has_email=False,
        postal_address="Unit 3, The Old Mill\nMill Lane\nHalifax\nHX1 2AB",
        is_silenced=False,
    ),
    prime_name="Northern Bridge Employment Ltd",
    chain_name="Pathways North",
    steward_name="Morag Lindqvist",
    minutes=11,
    long_reason="",
    long_reason_welsh="",
    closes_at=datetime(2026, 12, 19, 17, tzinfo=UTC),
    publishes_at=datetime(2027, 1, 16, 17, tzinfo=UTC),
    group=GroupText(
        "Voluntary-sector subcontractors", "Isgontractwyr y sector gwirfoddol", False, 9, 4, False
    ),
    has_named_reviews=True,
    is_two_key=True,
    policy=DisclosurePolicy(),
)


@pytest.mark.parametrize("is_reminder", [False, True])
def test_a_letter_in_both_languages_takes_two_sheets(is_reminder: bool, tmp_path: Path) -> None:
    letter = draw(TEXT, CODE, PRINTING.base_url)
    file = tmp_path / "letter.pdf"
    file.write_bytes(letters_pdf([letter], replace(PRINTING, is_reminder=is_reminder)))
    run = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True, text=True)
    pages = run.stdout.rstrip("\f").split("\f")
    assert len(pages) == 4
    fronts, backs = pages[::2], pages[1::2]
    assert all("2ZXD" in page for page in fronts)
    for page, words in zip(backs, ("Pwy sy’n gweld eich atebion", "Who sees your answers"), strict=True):
        assert words in page
