"""The practices of the Code, as they are packaged."""

from __future__ import annotations

from collections import Counter

import pytest

from surveys.practices import Practice, practices


def test_every_practice_is_found_by_its_id_and_complete():
    found = practices()
    assert len(found) == 49
    for key, practice in found.items():
        assert key == practice.id
        assert practice.principle
        assert practice.element
        assert practice.text


def test_the_reviewed_elements_have_the_practices_of_the_code():
    elements = Counter(key.split(".")[0] for key in practices())
    assert {key: elements[key] for key in ("P2a", "P2b", "P2c", "P4a")} == {
        "P2a": 5,
        "P2b": 8,
        "P2c": 4,
        "P4a": 6,
    }


def test_a_practice_knows_its_principle_and_element():
    assert practices()["P4a.4"] == Practice(
        "P4a.4", "Review", "Supply chain review", "The chain uses 360 assessment to identify issues"
    )


def test_nobody_can_change_the_practices():
    with pytest.raises(TypeError):
        practices()["P9.9"] = practices()["P4a.4"]  # type: ignore[index]
