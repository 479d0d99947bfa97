"""Nobody sees who has answered: the organiser's pages are the same before and after, but for one figure a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from review_app import clock, worker
from review_app.state import state
from surveys.subjects import Subject
from tests.pages import PageClient
from tests.web.organisers import HOME, answer_some, main_of, path_of, without_token
from tests.web.stewards import (
    Guarded,
    cycle_of,
    restore,
    signed_in,
)

PEOPLE = 40


@pytest.fixture
def app(site: Flask, launched: Guarded) -> Flask:
    """The application on a fresh copy of the open review."""
    restore(site, launched)
    return site


@pytest.fixture
def client(app: Flask, launched: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, launched.organiser)


def pages_of(client: PageClient, app: Flask, launched: Guarded) -> dict[str, tuple[int, str, str]]:
    """Every page of the organiser, with its status and headers."""
    chain = f"/organiser/chains/{cycle_of(app, launched.cycle_id).chain_id}"
    review = f"/organiser/reviews/{launched.cycle_id}"
    found = {}
    for address in (
        HOME,
        chain,
        f"{chain}/reviews/new",
        f"{chain}/hours",
        review,
        *(f"{review}/{end}" for end in ("preview", "remind", "launch", "edit", "links")),
        *(f"/reports/{launched.cycle_id}{ending}" for ending in ("", ".pdf", ".csv", ".json")),
    ):
        page = client.get(address)
        headers = [(name, value) for name, value in page.headers if name not in {"Date", "Set-Cookie"}]
        found[address] = page.status_code, str(headers), without_token(page.text)
    return found


def test_no_page_of_the_organiser_changes_when_somebody_answers(
    app: Flask, client: PageClient, send: Callable[..., int], launched: Guarded
) -> None:
    send()
    client.get(f"/organiser/reviews/{launched.cycle_id}")
    before = pages_of(client, app, launched)
    answer_some(app, launched, 1)
    assert pages_of(client, app, launched) == before
    answer_some(app, launched, PEOPLE)
    assert pages_of(client, app, launched) == before


def test_no_page_changes_on_a_later_day_either_until_the_count_of_the_day(
    app: Flask, client: PageClient, launched: Guarded, path: str
) -> None:
    def words() -> str:
        return main_of(client.get(path).text)

    answer_some(app, launched, 4)
    assert "The first count of " in words() and "is made tomorrow." in words()
    with time_machine.travel(clock.now() + timedelta(days=1)) as travel:
        look(app)
        assert "Fewer than 5 of " in words()
        before = pages_of(client, app, launched)
        answer_some(app, launched, 13)
        look(app)
        assert pages_of(client, app, launched) == before
        travel.shift(timedelta(days=1))
        look(app)
        asked = cycle_of(app, launched.cycle_id).asked
        assert f"At least 10 of {asked} reviews." in words()
        assert "13" not in words().replace(f"of {asked}", "")
        # Nine more of the same people say no more about them than the figure for all.
        answer_some(app, launched, 1, Subject.PRIME)
        travel.shift(timedelta(days=1))
        look(app)
        assert f"At least 10 of {asked} reviews." in words()


def look(app: Flask) -> None:
    """The worker does what is owed, the mails apart: the day's count."""
    with app.app_context():
        worker.look(state())


def test_no_page_counts_by_group_by_organisation_or_by_person(
    app: Flask, client: PageClient, send: Callable[..., int], launched: Guarded
) -> None:
    send()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        look(app)
        before = pages_of(client, app, launched)
        answer_some(app, launched, 30)
        with time_machine.travel(clock.now() + timedelta(days=1)):
            look(app)
            after = pages_of(client, app, launched)
    # The form of a new review suggests a day, which moves on with the calendar.
    (address,) = (
        address
        for address in before
        if before[address] != after[address] and not address.endswith("/reviews/new")
    )
    assert address == path_of(launched)
    lines = [
        (old, new)
        for old, new in zip(before[address][2].splitlines(), after[address][2].splitlines(), strict=True)
        if old != new
    ]
    assert len(lines) == 1
    assert "Fewer than 5 of" in lines[0][0] and "At least 30 of" in lines[0][1]
