"""The library of questionnaires: its pages, what they cover, and the reading copy on paper."""

from __future__ import annotations

from collections.abc import Callable

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from review_app.services import questionnaires
from review_app.services.accounts import Account
from review_app.web.organiser.coverage import short_marks
from review_app.web.organiser.library import newest
from surveys import library
from surveys.coverage import coverage, reasons
from surveys.instrument import Voice
from surveys.practices import practices
from surveys.voices import SPEAKERS, STAND_INS
from tests.web.organisers import main_of

LIBRARY = "/organiser/instruments"
COVERAGE = "/organiser/instruments/coverage"
ONE = "/organiser/instruments/shipped/review-and-commitment"
PAPER = f"{ONE}/partner_on_prime.pdf"


@pytest.fixture
def organisers(client: FlaskClient, organiser: Account, sign_in: Callable[[Account], None]) -> FlaskClient:
    """The browser of an organiser."""
    sign_in(organiser)
    return client


def test_the_first_page_leads_to_the_questionnaires(organisers: FlaskClient) -> None:
    home = organisers.get("/organiser").text
    assert f'href="{LIBRARY}"' in home
    assert "what each one asks, and copies of your own" in main_of(home)


def test_the_library_says_of_each_questionnaire_what_it_is_and_what_it_costs(organisers: FlaskClient) -> None:
    page = organisers.get(LIBRARY).text
    words = main_of(page)
    for instrument in newest():
        assert instrument.title in words and instrument.purpose in words
        assert f"{len(instrument.questions())} statement" in words
        assert f'href="/organiser/instruments/shipped/{instrument.id}"' in page
    assert "A partner on the prime" in words and "8 minutes" in words
    assert "Commitment: 17 of 17 practices" in words


def test_a_questionnaire_shows_every_sentence_of_every_voice(organisers: FlaskClient) -> None:
    words = main_of(organisers.get(ONE).text)
    instrument = library.latest(library.FIRST_CHOICE)
    for voice in instrument.voices:
        assert SPEAKERS[voice] in words
        for question in instrument.questions():
            if voice in question.wording:
                sentence = question.worded(voice, STAND_INS)
                assert sentence[0].upper() + sentence[1:] in words
    assert "{" not in words
    for section in instrument.sections:
        assert section.introduction in words and section.comment_prompt in words
    assert "Stands for P2a.1 Contracts are open. Merlin: Contract." in words


def test_a_questionnaire_can_be_read_in_one_voice(organisers: FlaskClient) -> None:
    words = main_of(organisers.get(f"{ONE}?voice=spot_provider_on_prime").text)
    assert "The prime tells us what it improved because of concerns that we raised." in words
    assert "because of concerns that partners raised" not in words
    assert "Fair contracts and payments" in words
    assert "Stands for P2c.1" not in words


def test_a_voice_that_nobody_knows_shows_every_voice(organisers: FlaskClient) -> None:
    strange = organisers.get(f"{ONE}?voice=%3Cscript%3E")
    assert strange.status_code == 200
    assert main_of(strange.text) == main_of(organisers.get(ONE).text)


def test_each_voice_has_its_reading_copy(organisers: FlaskClient) -> None:
    page = organisers.get(ONE).text
    for voice in library.latest(library.FIRST_CHOICE).voices:
        assert f'href="{ONE}/{voice.value}.pdf"' in page
    answer = organisers.get(PAPER)
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=review-and-commitment-2-partner-on-prime.pdf"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/organiser/instruments/shipped/no-such-thing",
        "/organiser/instruments/shipped/no-such-thing/partner_on_prime.pdf",
        "/organiser/instruments/shipped/pulse/prime_on_partner.pdf",
        f"{ONE}/nonsense.pdf",
    ],
)
def test_what_is_not_there_is_not_found(organisers: FlaskClient, path: str) -> None:
    assert organisers.get(path).status_code == 404


@pytest.mark.parametrize("path", [LIBRARY, COVERAGE, ONE, PAPER])
def test_nothing_is_rendered_for_somebody_who_is_not_an_organiser(
    path: str,
    client: FlaskClient,
    steward: Account,
    sign_in: Callable[[Account], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def printing(*_: object, **__: object) -> None:
        raise AssertionError("A PDF was made.")

    monkeypatch.setattr(questionnaires, "questionnaire_pdf", printing)
    assert client.get(path).status_code == 302
    sign_in(steward)
    assert client.get(path).status_code == 403


def test_the_coverage_shows_every_practice_and_who_asks_it(organisers: FlaskClient) -> None:
    table = cells_of(organisers.get(COVERAGE).text)
    assert list(table) == list(practices())
    shown = {voice for instrument in newest() for voice in instrument.voices}
    for row in coverage(newest()):
        cells = table[row.practice.id]
        assert set(cells) == {SPEAKERS[voice] for voice in shown}
        for voice in shown:
            found = cells[SPEAKERS[voice]]
            for instrument in newest():
                assert (instrument.title in found) == (instrument in row.asked.get(voice, ()))
            if voice not in row.asked:
                left_out = voice in reasons().get(row.practice.id, {})
                assert found == ("Left out" if left_out else "Not asked")


def test_the_coverage_gives_the_text_the_merlin_element_and_the_reasons(organisers: FlaskClient) -> None:
    words = main_of(organisers.get(COVERAGE).text)
    for practice in practices().values():
        assert f"{practice.id} {practice.text}" in words
        assert practice.element in words and practice.principle in words
    assert "Merlin: Funding" in words
    for of_practice in reasons().values():
        for reason in of_practice.values():
            assert reason in words


def test_one_voice_has_its_reasons_in_its_cells(organisers: FlaskClient) -> None:
    voice = Voice.SPOT_PROVIDER_ON_PRIME
    table = cells_of(organisers.get(f"{COVERAGE}?voice={voice.value}").text)
    for row in coverage(newest()):
        [(head, found)] = table[row.practice.id].items()
        assert head == SPEAKERS[voice]
        if voice not in row.asked and voice in row.left_out:
            assert found == f"Left out: {row.left_out[voice]}"


def test_one_questionnaire_shows_its_own_voices_alone(organisers: FlaskClient) -> None:
    instrument = newest()[0]
    page = organisers.get(f"{COVERAGE}?instrument={instrument.id}").text
    assert f'<option value="{instrument.id}" selected>' in page
    for id_, cells in cells_of(page).items():
        assert set(cells) == {SPEAKERS[voice] for voice in instrument.voices}
        asked = library.coverage(instrument).get(id_, frozenset())
        for voice in instrument.voices:
            assert (instrument.title in cells[SPEAKERS[voice]]) == (voice in asked)


def test_a_filter_that_nobody_knows_shows_everything(organisers: FlaskClient) -> None:
    strange = organisers.get(f"{COVERAGE}?voice=nonsense&instrument=%22%3E%3Cscript%3E")
    assert strange.status_code == 200
    assert cells_of(strange.text) == cells_of(organisers.get(COVERAGE).text)


def test_the_marks_of_questionnaires_are_short_and_differ() -> None:
    titles = [
        "Review and Commitment",
        "The whole Code",
        "Partnership",
        "Pulse",
        "Parties",
        "Red Chain",
        "The",
    ]
    assert short_marks(titles) == ("RC", "WC", "Pa", "Pu", "Pa2", "RC2", "Th")


def test_a_steward_finds_no_way_to_the_questionnaires(
    app: Flask, client: FlaskClient, steward: Account, sign_in: Callable[[Account], None]
) -> None:
    sign_in(steward)
    assert LIBRARY not in client.get("/steward").text


def cells_of(html: str) -> dict[str, dict[str, str]]:
    """What each cell of the coverage says, by practice id and voice."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    found = {}
    for row in root.iter("tr"):
        cells = [cell for cell in row if cell.tag == "td"]
        if cells:
            id_ = next(next(cell for cell in row if cell.tag == "th").iter("strong")).text or ""
            found[id_] = {
                cell.get("data-label") or "": " ".join("".join(cell.itertext()).split()) for cell in cells
            }
    return found
