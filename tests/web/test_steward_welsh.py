"""Letters and the script for the phone of a review in English and Welsh."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from surveys import library
from surveys.language import BILINGUAL
from tests.bilingual import IN_BOTH
from tests.conftest import OpenCycle, draft_on, launch_cycle
from tests.pages import PageClient
from tests.web.conftest import At
from tests.web.organisers import main_of
from tests.web.stewards import Guarded, cycle_of
from tests.web.test_steward_letters import choice_of, letters_page, text_of

REASON, WELSH_REASON = "There is a great deal to say.", "Mae llawer iawn i’w ddweud."


@pytest.fixture
def bilingual(site: Flask, drafted: Guarded, stewards_at: At) -> tuple[PageClient, OpenCycle]:
    """The steward's browser and an open review in both languages."""
    client = stewards_at(drafted)
    cycle_id = draft_on(
        site,
        cycle_of(site, drafted.cycle_id).chain_id,
        drafted.organiser,
        drafted.steward,
        instrument=IN_BOTH,
        languages=BILINGUAL,
        long_reason=REASON,
        long_reason_welsh=WELSH_REASON,
    )
    return client, launch_cycle(site, cycle_id, drafted.steward)


def test_a_letter_says_everything_in_welsh_and_then_in_english(
    bilingual: tuple[PageClient, OpenCycle], tmp_path: Path
) -> None:
    client, cycle = bilingual
    page = client.get(letters_page(cycle)).text
    assert "each letter is two sheets" in main_of(page)
    person = choice_of(page, "Beth Ramsden")
    answer = client.send(letters_page(cycle), {"others": person, "kind": "first", "size": "usual"})
    text = text_of(answer.data, tmp_path)
    sheets = text.split("\f")
    assert len(sheets) == 5
    assert "Annwyl" in sheets[0] and "Dear" in sheets[2]
    welsh, english = " ".join(sheets[:2]), " ".join(sheets[2:])
    assert "Isgontractwyr y sector gwirfoddol" in welsh and "Voluntary-sector" not in welsh
    assert "Voluntary-sector subcontractors" in english and "Isgontractwyr" not in english
    # It does not take this person long, so neither language gives a reason.
    assert WELSH_REASON not in welsh and REASON not in english


def test_the_script_for_the_phone_speaks_the_language_of_the_call(
    bilingual: tuple[PageClient, OpenCycle],
) -> None:
    client, cycle = bilingual
    path = f"/steward/reviews/{cycle.id}/phone"
    english = client.get(path).text
    assert "“Shall I send this?”" in english and 'href="' + f"{path}?language=cy" in english
    assert "shares performance figures with us." in english
    welsh = client.get(f"{path}?language=cy").text
    assert "“Ydych chi am i mi anfon hwn?”" in welsh
    assert "Byth, Anaml, Weithiau, Fel arfer, Bob amser" in welsh
    assert "yn rhannu ffigurau perfformiad gyda ni." in welsh
    assert "“Shall I send this?”" not in welsh and "shares performance figures" not in welsh
    # What the helper does stays in English, and says which words are not.
    assert "Before the call" in welsh and '<blockquote class="rt-say" lang="cy">' in welsh


def test_a_review_in_english_has_one_script_and_one_sheet(
    site: Flask, drafted: Guarded, stewards_at: At, tmp_path: Path
) -> None:
    client = stewards_at(drafted)
    chain_id = cycle_of(site, drafted.cycle_id).chain_id
    instrument = library.latest("pulse")
    cycle_id = draft_on(site, chain_id, drafted.organiser, drafted.steward, instrument=instrument)
    cycle = launch_cycle(site, cycle_id, drafted.steward)
    path = f"/steward/reviews/{cycle.id}/phone"
    assert client.get(f"{path}?language=cy").text.count('lang="cy"') == 0
    page = client.get(letters_page(cycle)).text
    assert "two sheets" not in main_of(page)
    person = choice_of(page, "Beth Ramsden")
    answer = client.send(letters_page(cycle), {"others": person, "kind": "first", "size": "usual"})
    assert text_of(answer.data, tmp_path).count("\f") == 2
