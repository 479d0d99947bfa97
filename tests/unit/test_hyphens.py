"""Where a long word may break at the head of a narrow column."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.hyphens import SOFT_HYPHEN, with_soft_hyphens


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Isgontractwyr preifat a chyhoeddus", "Isgon-tract-wyr preifat a chy-hoe-ddus"),
        ("Arbenigwyr", "Arbe-nig-wyr"),
        ("Department for Skills", "Depart-ment for Skills"),
        ("Llangollen a’r sefydliadau", "Lla-ngo-llen a’r sefyd-lia-dau"),
        ("gwirfoddol", "gwir-fo-ddol"),
        ("Abertawe", "Abertawe"),
    ],
)
def test_a_word_breaks_between_syllables_and_never_inside_a_letter(text: str, broken: str) -> None:
    assert with_soft_hyphens(text).replace(SOFT_HYPHEN, "-") == broken


@given(st.text())
@example("AAAABABUA")
@example("datganiadau")
def test_nothing_is_lost_and_three_letters_stay_together_at_either_end_of_a_word(text: str) -> None:
    text = text.replace(SOFT_HYPHEN, "")
    broken = with_soft_hyphens(text)
    assert broken.replace(SOFT_HYPHEN, "") == text
    # Within a word a syllable may be shorter, as in "dat-ga-niad-au": what looks odd is a short end of a line.
    letters = re.compile(rf"[^\W\d_{SOFT_HYPHEN}]*")
    for place in (found.start() for found in re.finditer(SOFT_HYPHEN, broken)):
        before, after = broken[:place].replace(SOFT_HYPHEN, ""), broken[place:].replace(SOFT_HYPHEN, "")
        assert len(_run(letters, before[::-1])) >= 3 and len(_run(letters, after)) >= 3


def _run(letters: re.Pattern[str], text: str) -> str:
    found = letters.match(text)
    return found[0] if found else ""
