"""What the person who answers is told, and that it is true for their group and for who holds the key."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from review_app import clock, languages
from review_app.database import reading, transaction
from review_app.services import approving, chains, cycles, launching
from review_app.services.accounts import Account
from review_app.state import state
from surveys import library
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.language import BILINGUAL, Language
from surveys.matrix import Plan
from surveys.publication import CountedBy, PublicationRule
from surveys.subjects import USUAL, Perspective
from tests.conftest import OpenCycle, draft_on, launch_cycle, links_of
from tests.web.respondents import PRIME_DIRECTOR, VCS_PARTNER, answer_whole, open_link, review_of, words

COMMISSIONER = "harriet.okafor@departmentfors.example"


def overview(app: Flask, cycle: OpenCycle, email: str) -> str:
    return words(open_link(app, cycle.links[email]).get("/r/reviews").text)


@pytest.fixture
def open_two_key_cycle(app: Flask, northern_bridge: str, organiser: Account, steward: Account) -> OpenCycle:
    cycle_id = draft_on(app, northern_bridge, organiser, steward, key_mode=KeyMode.TWO_KEY)
    with app.app_context():
        with transaction() as session:
            opening_key = approving.make_key(session, cycle_id, steward.id)
            approving.approve(session, cycle_id, steward.id, opening_key=opening_key)
            launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=timedelta(seconds=1))
        return OpenCycle(cycle_id, links_of(state(), cycle_id))


def test_the_page_greets_by_organisation_and_not_by_name(app: Flask, open_cycle: OpenCycle) -> None:
    page = overview(app, open_cycle, VCS_PARTNER)
    assert "You are answering for <strong>Calder Valley Training CIC</strong>." in page
    assert "Beth" not in page and VCS_PARTNER not in page


def test_the_page_says_how_long_it_takes_and_until_when(app: Flask, open_cycle: OpenCycle) -> None:
    page = overview(app, open_cycle, VCS_PARTNER)
    assert re.search(r"It takes about \d+ minutes\.", page)
    closing = re.search(r"The review closes on <strong>(\d+ \w+ \d{4}, \d+:\d\d[ap]m)</strong>", page)
    assert closing is not None
    assert f"The review closes on {closing[1]}. Answers are then counted and destroyed" in page


def test_a_pooled_group_is_told_its_size_its_line_and_what_becomes_of_small_ones(
    app: Flask, open_cycle: OpenCycle
) -> None:
    page = overview(app, open_cycle, VCS_PARTNER)
    with app.app_context(), reading() as session:
        chain = chains.load(session, cycles.load(session, open_cycle.id).chain_id)
    group = [party for party in chain.parties if (party.role, party.sector) == ("subcontractor", "vcs")]
    people = sum(len(party.contacts) for party in group)
    assert "<strong>Voluntary-sector subcontractors</strong>" in page
    assert f"Asked in it: {people} people from {len(group)} organisations." in page
    assert "at least 5 people from at least 3 organisations answered" in page
    assert "Leaving out any one organisation, at least 4 of these people must remain." in page
    assert "shown as “Other parties”" in page
    assert "confidential until the review closes, and anonymous after" in page


def test_a_group_that_is_too_small_is_told_that_it_will_be_joined(app: Flask, open_cycle: OpenCycle) -> None:
    page = overview(app, open_cycle, COMMISSIONER)
    assert "This group is too small to be shown alone" in page


def test_one_host_says_what_the_host_could_see(app: Flask, open_cycle: OpenCycle) -> None:
    page = overview(app, open_cycle, VCS_PARTNER)
    assert "could technically open your answers" in page
    assert "has the key" not in page and "only key" not in page


def test_two_keys_says_who_has_the_key_and_what_is_left_to_the_host(
    app: Flask, open_two_key_cycle: OpenCycle
) -> None:
    page = overview(app, open_two_key_cycle, VCS_PARTNER)
    assert "only The steward, the steward, has the key" in page
    assert "could technically open your answers" not in page
    assert "or open a draft that you have not sent yet" in page
    assert "They wait, sealed, until The steward has brought the key." in page


@pytest.mark.parametrize(
    "fact",
    [
        "who approved the list of people asked and checks the comments",
        "Comments are passed on only if at least 8 people from at least 3 organisations answered.",
        "unless your group alone has at least 10 answers",
        "Answers are then counted and destroyed, together with all drafts and keys.",
        "Comments as they were written are destroyed 30 days after the report comes out",
        "rounded down to a multiple of five and updated once a day",
        "Somebody who reads your mail and uses your link.",
        "Somebody who secretly changes the program on this server.",
        "your own way of writing",
    ],
)
def test_the_page_says_the_rest_in_plain_words(app: Flask, open_cycle: OpenCycle, fact: str) -> None:
    assert fact in overview(app, open_cycle, VCS_PARTNER)


def test_an_attributed_group_is_told_so_on_every_page(app: Flask, open_cycle: OpenCycle) -> None:
    secret = open_cycle.links[PRIME_DIRECTOR]
    client = open_link(app, secret)
    review = review_of(app, secret, Voice.PRIME_ON_ITSELF)
    told = "Your answers will be shown under the name of Northern Bridge Employment Ltd."
    check = answer_whole(client, review)
    client.send(check)
    for path in ("/r/reviews", f"/r/reviews/{review.reference}/received"):
        page = words(client.get(path).text)
        assert told in page
        assert "anonymous after" not in page and "The report shows groups, not people." not in page
    other = review_of(app, secret, Voice.ANYONE_ON_CHAIN)
    assert told in words(client.get(f"/r/reviews/{other.reference}/1").text)


def test_the_only_person_of_an_attributed_group_is_told_that_the_answers_are_known_to_be_theirs(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account
) -> None:
    with app.app_context():
        with reading() as session:
            chain = chains.load(session, northern_bridge)
        parties = tuple(
            replace(party, contacts=party.contacts[:1]) if party.role == "commissioner" else party
            for party in chain.parties
        )
        groups = tuple(
            replace(group, is_attributed=True) if group.id == "commissioners" else group
            for group in suggest_groups(chain, DisclosurePolicy())
        )
        with transaction() as session:
            alone = chains.keep(session, clock.now(), replace(chain, name="Alone", parties=parties))
    cycle_id = draft_on(
        app,
        alone,
        organiser,
        steward,
        plan=Plan(groups, USUAL),
    )
    page = overview(app, launch_cycle(app, cycle_id, steward), COMMISSIONER)
    assert "You are the only person who is asked in this group" in page
    assert "will be shown under the name of Department for Skills and Work" in page


@pytest.mark.parametrize(
    ("email", "voice", "expected"),
    [
        (
            VCS_PARTNER,
            Voice.PARTNER_ON_PRIME,
            "and is not told who wrote it. Northern Bridge Employment Ltd sees only what the steward passes on.",
        ),
        (
            PRIME_DIRECTOR,
            Voice.PRIME_ON_ITSELF,
            "What the steward passes on is shown under the name of Northern Bridge Employment Ltd.",
        ),
    ],
)
def test_one_line_above_the_comment_says_who_reads_it(
    app: Flask, open_cycle: OpenCycle, email: str, voice: Voice, expected: str
) -> None:
    secret = open_cycle.links[email]
    review = review_of(app, secret, voice)
    page = words(open_link(app, secret).get(f"/r/reviews/{review.reference}/1").text)
    assert "The steward, the steward, reads this after the review closes" in page
    assert expected in page
    assert page.index(expected) < page.index("<textarea")
    assert "destroyed 30 days after the report comes out" in page[: page.index("<textarea")]
    is_pooled = voice is not Voice.PRIME_ON_ITSELF
    assert ("unless at least 8 people from 3 organisations answer" in page) is is_pooled
    assert 'value="summarise" aria-describedby="v-2a-hint" checked' in page


@pytest.mark.parametrize("rule", list(PublicationRule))
def test_people_are_told_when_and_to_whom_the_report_goes(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account, rule: PublicationRule
) -> None:
    with app.app_context(), reading() as session:
        chain = chains.load(session, northern_bridge)
    cycle_id = draft_on(
        app,
        northern_bridge,
        organiser,
        steward,
        plan=Plan(suggest_groups(chain, DisclosurePolicy()), USUAL | {Perspective.ON_ITSELF}),
        languages=BILINGUAL,
        publish_after_days=28,
        publication=rule,
        counted_by=CountedBy.ORGANISATION,
        instrument=library.latest("partnership"),
    )
    cycle = launch_cycle(app, cycle_id, steward)
    with app.app_context(), reading() as session:
        publishes_at = cycles.load(session, cycle_id).closes_at + timedelta(days=28)
    client = open_link(app, cycle.links[VCS_PARTNER])
    page = words(client.get("/r/reviews").text)
    on = languages.day(publishes_at, Language.ENGLISH)
    assert f"Everybody in Pathways North gets the report on {on}, whatever it says." in page
    assert "In them each organisation has one voice, however many of its people answer." in page
    to_all = "goes to that organisation, to Northern Bridge Employment Ltd and to the commissioners."
    to_both = "goes to that organisation and to Northern Bridge Employment Ltd, to nobody else."
    assert (to_all in page, to_both in page) == (rule is PublicationRule.OPEN, rule is PublicationRule.USUAL)
    client.set_cookie("language", "cy")
    page = words(client.get("/r/reviews").text)
    on = languages.day(publishes_at, Language.WELSH)
    assert f"Bydd pawb yng nghadwyn Pathways North yn cael yr adroddiad ar {on}, beth bynnag" in page


def test_without_a_day_people_are_told_that_the_steward_releases_the_report(
    app: Flask, open_cycle: OpenCycle
) -> None:
    page = overview(app, open_cycle, VCS_PARTNER)
    assert "gets the report as soon as the steward has checked the comments." in page
    assert "A report on one single organisation" not in page
