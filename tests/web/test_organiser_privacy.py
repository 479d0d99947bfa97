"""Nobody sees who has answered: the organiser's pages are the same before and after, but for one figure a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from review_app import clock, posting, worker
from review_app.state import State, state
from surveys.cycle import KeyMode
from surveys.matrix import SubjectKind
from tests.conftest import OpenCycle, launch_cycle, links_of
from tests.pages import PageClient
from tests.servers import SmtpSink
from tests.web.organisers import (
    HOME,
    main_of,
    without_token,
)
from tests.web.stewards import (
    Guarded,
    answer,
    cycle_of,
    new_draft,
    restore,
    running,
    signed_in,
)

PEOPLE = 40


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """An open review whose invitations wait to be sent."""
    with new_draft(tmp_path_factory.mktemp("launched"), KeyMode.ONE_HOST) as (app, guarded):
        launch_cycle(app, guarded.cycle_id, guarded.steward)
        return guarded


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all of these tests."""
    with running(tmp_path_factory.mktemp("site")) as app:
        yield app


@pytest.fixture
def app(site: Flask, launched: Guarded) -> Flask:
    """The application on a fresh copy of the open review."""
    restore(site, launched)
    return site


@pytest.fixture
def client(app: Flask, launched: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, launched.organiser)


@pytest.fixture
def send(app: Flask, sink: SmtpSink) -> Callable[..., int]:
    """Sends what is owed through the real mail server, which gives ``replies`` instead of taking the first mails."""

    def through(*replies: str) -> int:
        sink.replies = list(replies)
        with app.app_context():
            own: State = state()
            return posting.send_due(replace(own, settings=replace(own.settings, smtp_url=sink.url)))

    return through


@pytest.fixture
def path(launched: Guarded) -> str:
    """The address of the review's page."""
    return path_of(launched)


def path_of(launched: Guarded) -> str:
    return f"/organiser/reviews/{launched.cycle_id}"


def opened(app: Flask, launched: Guarded) -> OpenCycle:
    """The review with the secrets of its links."""
    with app.app_context():
        return OpenCycle(launched.cycle_id, links_of(state(), launched.cycle_id))


def answer_some(app: Flask, launched: Guarded, people: int, subject: SubjectKind = SubjectKind.CHAIN) -> None:
    """The first people by their addresses send one review each."""
    review = opened(app, launched)
    with app.app_context():
        for email in sorted(review.links)[:people]:
            answer(review, email, subject)


def pages_of(client: PageClient, app: Flask, launched: Guarded) -> dict[str, tuple[int, str, str]]:
    """Every page of the organiser, with its status and headers."""
    chain = f"/organiser/chains/{cycle_of(app, launched.cycle_id).chain_id}"
    review = f"/organiser/reviews/{launched.cycle_id}"
    found = {}
    for address in (
        HOME,
        chain,
        f"{chain}/reviews/new",
        review,
        *(f"{review}/{end}" for end in ("preview", "remind", "launch", "edit")),
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
        answer_some(app, launched, 1, SubjectKind.PRIME)
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
