"""A review in English and Welsh as its respondents meet it; one in English alone; and what is kept of the choice."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from review_app import clock, counting
from review_app.database import reading
from review_app.languages import COOKIE
from review_app.models.releases import ReleaseRecord
from review_app.services import chains
from review_app.state import state
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.language import BILINGUAL, Language
from surveys.matrix import Plan
from surveys.subjects import USUAL, Perspective
from tests.bilingual import IN_BOTH
from tests.conftest import OpenCycle, draft_on, launch_cycle, pass_the_closing_time
from tests.pages import PageClient
from tests.web.organisers import main_of, opened
from tests.web.respondents import VCS_PARTNER, answer_whole, as_respondent, open_link, review_of, send, words
from tests.web.stewards import Guarded, cycle_of, new_draft, restore

PARTNER = Voice.PARTNER_ON_PRIME
# Words that only a page in English has.
ENGLISH = re.compile(r"\b(the|your|you|and|of|with|What|How|answer|answers|Save|Send|Page)\b")


@pytest.fixture(scope="session")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """An open review in both languages, in which tier-1 partners and their subcontractors review each other too."""
    with new_draft(tmp_path_factory.mktemp("bilingual"), KeyMode.ONE_HOST) as (app, drafted):
        chain_id = cycle_of(app, drafted.cycle_id).chain_id
        cycle_id = draft_on(
            app,
            chain_id,
            drafted.organiser,
            drafted.steward,
            instrument=IN_BOTH,
            languages=BILINGUAL,
            too_soon_reason="Another draft of the tests",
        )
        launch_cycle(app, cycle_id, drafted.steward)
        return replace(drafted, cycle_id=cycle_id)


@pytest.fixture
def review(site: Flask, bilingual: Guarded) -> OpenCycle:
    """That review in place, with its links."""
    restore(site, bilingual)
    return opened(site, bilingual)


def welsh_browser(app: Flask, secret: bytes) -> PageClient:
    client = open_link(app, secret)
    client.post("/language", data={"language": "cy", "back": "/r/reviews"})
    return client


def test_every_page_of_a_review_in_welsh_is_in_welsh(site: Flask, review: OpenCycle) -> None:
    secret = review.links[VCS_PARTNER]
    client = welsh_browser(site, secret)
    asked = review_of(site, secret, PARTNER)
    path = f"/r/reviews/{asked.reference}"
    respondent = as_respondent(site, secret)
    prime = respondent.prime_name
    overview = client.get("/r/reviews").text
    assert f"Sut mae {prime} yn gweithio gyda chi" in overview
    assert "Isgontractwyr y sector gwirfoddol" in overview
    page = client.get(f"{path}/1").text
    for text in (
        f"Mae {prime} yn rhannu ffigurau perfformiad gyda ni.",
        "Siarad",
        "Mae’r rhan hon am siarad.",
        "Beth fyddai’n helpu?",
        "Bob amser",
        "Doedden ni ddim yn gallu gweld",
    ):
        assert text in page
    answer_whole(client, asked, {"c-talking": "Da iawn."})
    check = client.get(f"{path}/check").text
    assert "Fel arfer" in check and f"Mae {prime} yn gweithredu ar ein pryderon." in check
    send(client, asked)
    for text in (
        overview,
        page,
        check,
        client.get(f"{path}/received").text,
        client.get(f"{path}/withdraw").text,
    ):
        assert '<html lang="cy"' in text
        said = main_of(text)
        # Names of the chain, its organisations and the steward are left as they are.
        for name in (prime, respondent.chain_name, respondent.party_name, respondent.steward_name):
            said = said.replace(name, "")
        assert ENGLISH.findall(said) == [], said


def test_the_switch_is_on_every_page_and_on_the_questions_it_keeps_what_was_typed(
    site: Flask, review: OpenCycle
) -> None:
    secret = review.links[VCS_PARTNER]
    client = open_link(site, secret)
    asked = review_of(site, secret, PARTNER)
    path = f"/r/reviews/{asked.reference}/1"
    page = client.get(path).text
    assert "Cymraeg</button>" in page and "works with you" in page
    typed = {"q-shares-figures": "2", "c-talking": "Not\nyet", "c-talking-choice": "verbatim"}
    fields = {name: value for name, value in typed.items() if f'name="{name}"' in page}
    answer = client.post(path, data={"csrf_token": client.csrf(path), **fields, "language": "cy"})
    assert answer.status_code == 303 and (answer.location or "").startswith(path)
    welsh = client.get(path).text
    assert '<html lang="cy"' in welsh and "Not\nyet</textarea>" in welsh
    assert re.search(r'name="q-shares-figures" value="2"\s+checked', welsh)


def test_a_review_in_english_alone_offers_no_other_language(site: Flask, launched: Guarded) -> None:
    restore(site, launched)
    secret = opened(site, launched).links[VCS_PARTNER]
    client = welsh_browser(site, secret)
    asked = review_of(site, secret, PARTNER)
    # Before anybody knows who comes, the entrance speaks the language of the browser.
    assert '<html lang="cy"' in client.get("/r").text
    for path in ("/r/reviews", f"/r/reviews/{asked.reference}/1", "/r/help"):
        page = client.get(path).text
        assert '<html lang="en"' in page and "Cymraeg" not in page
    path = f"/r/reviews/{asked.reference}/1"
    answer = client.post(path, data={"csrf_token": client.csrf(path), "language": "cy"})
    assert answer.status_code == 303 and "Set-Cookie" not in answer.headers


def test_the_counters_words_come_in_the_language_with_all_forms_of_its_numbers(
    site: Flask, review: OpenCycle
) -> None:
    secret = review.links[VCS_PARTNER]
    path = f"/r/reviews/{review_of(site, secret, PARTNER).reference}/1"

    def told(client: PageClient, name: str) -> dict[str, str]:
        found = re.search(rf"data-{name}='([^']+)'", client.get(path).text)
        assert found
        words: dict[str, str] = json.loads(found[1])
        return words

    english = told(open_link(site, secret), "left")
    assert english["one"] == "{} character left." and english["other"] == "{} characters left."
    left, over = (told(welsh_browser(site, secret), name) for name in ("left", "over"))
    assert set(left) == set(over) == {"zero", "one", "two", "few", "many", "other"}
    assert left["few"] == "{} nod ar ôl." and left["other"] == "{} o nodau ar ôl."
    assert over["one"] == "{} nod yn ormod."


def test_a_group_that_follows_from_a_contract_is_named_in_welsh(site: Flask, launched: Guarded) -> None:
    restore(site, launched)
    chain_id = cycle_of(site, launched.cycle_id).chain_id
    wording = {Voice.SUBCONTRACTOR_ON_TIER_ONE: "{partner} shares figures with us."}
    with site.app_context(), reading() as session:
        chain = chains.load(session, chain_id)
    question = replace(IN_BOTH.questions()[0], wording={**IN_BOTH.questions()[0].wording, **wording})
    section = replace(IN_BOTH.sections[0], questions=(question, IN_BOTH.questions()[1]))
    voices = {**IN_BOTH.voices, Voice.SUBCONTRACTOR_ON_TIER_ONE: "How {partner} works with you"}
    welsh = IN_BOTH.translations[Language.WELSH]
    place = "sections.talking.questions.shares-figures.subcontractor_on_tier1"
    texts = {
        **welsh.texts,
        place: "Mae {partner} yn rhannu ffigurau gyda ni.",
        "voices.subcontractor_on_tier1": "Sut mae {partner} yn gweithio gyda chi",
    }
    instrument = replace(
        IN_BOTH,
        sections=(section,),
        voices=voices,
        translations={Language.WELSH: replace(welsh, texts=texts)},
    )
    cycle_id = draft_on(
        site,
        chain_id,
        launched.organiser,
        launched.steward,
        instrument=instrument,
        languages=BILINGUAL,
        plan=Plan(suggest_groups(chain, DisclosurePolicy()), USUAL | {Perspective.BETWEEN_TIERS}),
        too_soon_reason="Another review of the tests",
    )
    review = launch_cycle(site, cycle_id, launched.steward)
    secret = next(
        secret
        for secret in review.link_list
        if any(one.voice is Voice.SUBCONTRACTOR_ON_TIER_ONE for one in as_respondent(site, secret).reviews)
    )
    buyer = review_of(site, secret, Voice.SUBCONTRACTOR_ON_TIER_ONE).names["partner"]
    assert f"Isgontractwyr {buyer}" in words(welsh_browser(site, secret).get("/r/reviews").text)
    assert f"Subcontractors of {buyer}" in words(open_link(site, secret).get("/r/reviews").text)


def test_answers_in_both_languages_are_pooled_and_nothing_tells_who_read_what(
    site: Flask, bilingual: Guarded
) -> None:
    """The same people answer the same, once all in English and once every other one in Welsh: one release."""
    releases = []
    for with_welsh in (False, True):
        restore(site, bilingual)
        review = opened(site, bilingual)
        for number, secret in enumerate(review.link_list[:24]):
            reads_welsh = with_welsh and number % 2 == 0
            client = welsh_browser(site, secret) if reads_welsh else open_link(site, secret)
            for asked in as_respondent(site, secret).reviews:
                answer_whole(client, asked, rating=str(2 + number % 4))
                assert send(client, asked).status_code == 303
        with site.app_context():
            pass_the_closing_time(review.id)
            counting.begin_due()
            counting.count_cycle(review.id, state().keys.opening_key(review.id), state().keys)
            with reading() as session:
                releases.append(session.scalars(select(ReleaseRecord.content)).one())
    assert releases[0] == releases[1]


def test_the_choice_lies_in_a_cookie_of_the_browser_and_in_no_answer(site: Flask, review: OpenCycle) -> None:
    secret = review.links[VCS_PARTNER]
    client = welsh_browser(site, secret)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None and cookie.value == "cy" and cookie.max_age is None
    asked = review_of(site, secret, PARTNER)
    answer_whole(client, asked)
    draft = as_respondent(site, secret)
    assert draft.instrument.title == "In both"
    assert clock.now() < draft.closes_at
