"""Where a long word may break at the head of a narrow column."""

from __future__ import annotations

import pytest
from hypothesis import given
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
def test_nothing_is_lost_and_every_piece_has_three_letters(text: str) -> None:
    text = text.replace(SOFT_HYPHEN, "")
    broken = with_soft_hyphens(text)
    assert broken.replace(SOFT_HYPHEN, "") == text
    assert all(len(piece) >= 3 for piece in broken.split(SOFT_HYPHEN)[1:])
