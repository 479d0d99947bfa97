"""Instruments as files that are written: what is read back is what was there."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from surveys import library
from surveys.instrument import Instrument, MerlinElement
from surveys.instrument_draft import question_of, with_question, with_section
from surveys.language import ENGLISH_ONLY

SHIPPED = list(library.shipped().values())


def small() -> Instrument:
    """The first shipped instrument in English, with its first part alone."""
    first = library.latest(library.FIRST_CHOICE).only_in(ENGLISH_ONLY)
    return replace(first, sections=first.sections[:1])


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: f"{one.id}-{one.version}")
def test_every_shipped_instrument_is_read_back_as_it_was_written(instrument: Instrument) -> None:
    assert library.load(library.to_yaml(instrument), "copy") == instrument


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: f"{one.id}-{one.version}")
def test_a_file_has_the_keys_in_the_order_of_the_shipped_ones(instrument: Instrument) -> None:
    value = yaml.safe_load(library.to_yaml(instrument))
    keys = ["id", "version", "title", "purpose", "scale", "voices", "sections", "translations"]
    assert list(value) == [key for key in keys if key in value] and len(value) >= len(keys) - 1
    for section in value["sections"]:
        keys = ["id", "element", "title", "introduction", "comment_prompt", "questions"]
        assert list(section) == [key for key in keys if key in section]


def test_a_file_keeps_to_the_form_of_the_shipped_ones() -> None:
    text = library.to_yaml(small())
    assert "purpose: >-\n  " in text
    assert "        practices: [P2a.1]\n        wording:\n" in text
    assert '          partner_on_prime: "{prime} shows us' in text
    assert "  points:\n    1: Never\n" in text
    assert "reason" not in text and "merlin" not in text
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_a_reason_and_an_element_that_is_not_the_practices_own_are_written() -> None:
    question = small().sections[0].questions[0]
    other = next(element for element in MerlinElement if element is not question.merlin)
    changed = with_question(small(), "2a", replace(question, merlin=other))
    changed = with_question(
        changed, "2a", replace(question, id="own", practices=(), reason="Our board: asks it", merlin=other)
    )
    text = library.to_yaml(changed)
    assert 'reason: "Our board: asks it"' in text
    assert text.count("merlin: ") == 2
    assert library.load(text, "copy") == changed


@given(st.text(min_size=1, max_size=120))
def test_any_text_that_an_instrument_may_hold_is_read_back(text: str) -> None:
    tidy = " ".join(text.split())
    if not tidy or not tidy.isprintable() or set("{}") & set(tidy):
        tidy = "# no: [comment] 'here' \\ and “there” – 1"
    section = replace(small().sections[0], title=tidy, introduction=tidy, comment_prompt=tidy)
    changed = with_section(replace(small(), title=tidy, purpose=f"{tidy} {tidy}"), section)
    question = changed.sections[0].questions[0]
    voice = next(iter(question.wording))
    changed = with_question(changed, "2a", replace(question, wording={voice: tidy}))
    assert library.load(library.to_yaml(changed), "copy") == replace(changed)


def test_a_draft_with_faults_is_written_too_and_its_file_tells_them() -> None:
    draft = replace(small(), purpose="", sections=(replace(small().sections[0], questions=()),))
    assert question_of(draft, "open-contracts") is None
    value = yaml.safe_load(library.to_yaml(draft))
    assert value["purpose"] == "" and value["sections"][0]["questions"] == []
