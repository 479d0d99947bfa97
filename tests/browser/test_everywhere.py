"""The whole journey of a respondent, wherever they sit: nine people meet every pair of what can differ about it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import combinations

import pytest
from playwright.sync_api import Browser

from surveys.instrument import Voice
from surveys.language import Language
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.journey import CHAIN, PRIME, Mouse
from tests.browser.respondent import Respondent
from tests.browser.visitor import Keyboard
from tests.browser.words import assert_in_welsh, instrument

SWITCHED = "switched"
HEIGHT = 900


@dataclass(frozen=True)
class Seating:
    """How somebody sits before their window.

    ``width``: of the window at a zoom of 100 %, in CSS pixels; at 200 % half of them are left. ``colours``: whether the
    system forces its own. ``language``: what they answer in; "switched": English first, Welsh from the second page on.
    """

    width: int
    scripts: bool
    hands: type[Keyboard] | type[Mouse]
    colours: str
    zoom: int
    language: str

    def __str__(self) -> str:
        scripts = "script" if self.scripts else "bare"
        return (
            f"{self.width}-{scripts}-{self.hands.__name__}-{self.colours}-{self.zoom}-{self.language}".lower()
        )


# Who, in which voice about the prime, and where.
CASES = (
    (
        "gloria.mensah@workwearbank.example",
        Voice.SPOT_PROVIDER_ON_PRIME,
        Seating(320, False, Keyboard, "none", 2, "en"),
    ),
    (
        "beth.ramsden@caldervalleytr.example",
        Voice.PARTNER_ON_PRIME,
        Seating(320, True, Mouse, "active", 1, "cy"),
    ),
    (
        "mandy.lowe@cscsexpress.example",
        Voice.SPOT_PROVIDER_ON_PRIME,
        Seating(320, True, Mouse, "active", 1, SWITCHED),
    ),
    (
        "tom.wexley@departmentfors.example",
        Voice.COMMISSIONER_ON_PRIME,
        Seating(375, True, Mouse, "active", 1, "en"),
    ),
    (
        "dawn.pickles@riversidenurse.example",
        Voice.SPOT_PROVIDER_ON_PRIME,
        Seating(375, True, Keyboard, "none", 2, "cy"),
    ),
    (
        "paul.skerritt@driverightlice.example",
        Voice.SPOT_PROVIDER_ON_PRIME,
        Seating(375, False, Keyboard, "none", 1, SWITCHED),
    ),
    (
        "olivia.marsh@horizonworkslt.example",
        Voice.PARTNER_ON_PRIME,
        Seating(1280, True, Mouse, "none", 1, "en"),
    ),
    (
        "aisha.bakare@secondchancepa.example",
        Voice.PARTNER_ON_PRIME,
        Seating(1280, False, Mouse, "active", 2, "cy"),
    ),
    (
        "dr.elin.jrgensen@northerndyslex.example",
        Voice.SPOT_PROVIDER_ON_PRIME,
        Seating(1280, True, Keyboard, "active", 2, SWITCHED),
    ),
)


def test_the_cases_meet_every_pair() -> None:
    names = [field.name for field in fields(Seating)]
    seatings = [seating for _, _, seating in CASES]
    for one, other in combinations(names, 2):
        met = {(getattr(seating, one), getattr(seating, other)) for seating in seatings}
        values = [{getattr(seating, name) for seating in seatings} for name in (one, other)]
        assert len(met) == len(values[0]) * len(values[1]), (one, other)


@pytest.mark.browser
@pytest.mark.parametrize(
    "english",
    [
        "<p>Every statement has an answer.</p>",
        "<p>Caiff eich atebion eu selio. You can <strong>leave it out</strong>.</p>",
        '<p><span class="govuk-visually-hidden">Error:</span> Nodwch tan pryd</p>',
        "<button>Leave</button>",
        '<nav aria-label="Way back"></nav>',
        "<label>Rarely</label>",
    ],
)
def test_english_on_a_welsh_page_is_found(browser: Browser, english: str) -> None:
    page = browser.new_page()
    welsh = '<html lang="cy"><title>Eich adolygiadau</title><p>Eich adolygiadau</p><b lang="en">English</b>'
    page.set_content(welsh)
    assert_in_welsh(page)
    page.set_content(welsh + english)
    with pytest.raises(AssertionError, match="not all in Welsh"):
        assert_in_welsh(page)
    page.context.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("person", "voice", "seating"), CASES, ids=[str(case[2]) for case in CASES])
def test_a_respondents_whole_journey(
    person: str, voice: Voice, seating: Seating, seat: Seat, bilingual_review: Installation
) -> None:
    visitor = seat(
        bilingual_review.address,
        str(seating),
        width=seating.width // seating.zoom,
        height=HEIGHT // seating.zoom,
        scripts=seating.scripts,
        forced_colors=seating.colours,
        device_scale_factor=seating.zoom,
    )
    is_switched = seating.language == SWITCHED
    language = Language.ENGLISH if is_switched else Language(seating.language)
    respondent = Respondent(
        visitor, seating.hands(visitor.page), switches_to=Language.WELSH if is_switched else None
    )

    respondent.open_link(person, bilingual_review.codes()[person], scripts=seating.scripts)
    respondent.choose_language(language)
    respondent.follow_button("Start")
    respondent.answer(voice)
    respondent.receive(is_last=False)
    respondent.answer(Voice.ANYONE_ON_CHAIN, seen=True)
    respondent.receive(is_last=True)
    respondent.say_how_it_was()

    title = instrument(respondent.language).title_for(voice, {"prime": PRIME, "chain": CHAIN})
    if seating.hands is Keyboard:
        respondent.begin_anew(title)
    else:
        respondent.take_back(title)
    respondent.ask_for_more_time()
    respondent.leave()
