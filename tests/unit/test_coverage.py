"""Practice by voice by instrument, with the reason of every voice that is left out."""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib import resources

from surveys import library
from surveys.coverage import coverage, reasons, reasons_of
from surveys.instrument import Voice
from surveys.practices import practices
from surveys.voices import SPEAKERS


def test_every_practice_of_the_code_is_there_in_its_order() -> None:
    assert [row.practice for row in coverage([])] == list(practices().values())
    assert not any(row.asked for row in coverage([]))


def test_a_practice_names_the_instruments_that_ask_each_voice() -> None:
    shipped = library.latest(library.FIRST_CHOICE)
    short = replace(shipped, id="short", sections=shipped.sections[:1])
    rows = {row.practice.id: row for row in coverage([shipped, short])}
    assert rows["P2a.2"].asked[Voice.PARTNER_ON_PRIME] == (shipped, short)
    assert Voice.SPOT_PROVIDER_ON_PRIME not in rows["P2a.2"].asked
    assert rows["P2b.1"].asked[Voice.PARTNER_ON_PRIME] == (shipped,)


def test_what_is_asked_is_what_the_library_says_of_each_instrument() -> None:
    shipped = list(library.shipped().values())
    for row in coverage(shipped):
        for instrument in shipped:
            asked = {voice for voice, askers in row.asked.items() if instrument in askers}
            assert asked == library.coverage(instrument).get(row.practice.id, frozenset())


def test_every_voice_that_a_practice_does_not_concern_has_its_reason() -> None:
    text = resources.files("surveys").joinpath("concerns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        left_out = {voice for voice in Voice if row.get(voice.value) == "no"}
        assert set(reasons()[row["practice_id"]]) == left_out, row
        assert "".join(reasons()[row["practice_id"]].values()).casefold().count(":") == 0


def test_a_cell_of_reasons_is_taken_apart_by_voice() -> None:
    found = reasons_of("Commissioner: is away. It hears later. Spot provider: paid by order. Chain: no duty.")
    assert found == {
        Voice.COMMISSIONER_ON_PRIME: "Is away. It hears later.",
        Voice.SPOT_PROVIDER_ON_PRIME: "Paid by order.",
        Voice.ANYONE_ON_CHAIN: "No duty.",
    }
    assert reasons_of("") == {}


def test_every_voice_is_called_by_a_name_of_its_own() -> None:
    assert set(SPEAKERS) == set(Voice)
    assert len(set(SPEAKERS.values())) == len(Voice)
