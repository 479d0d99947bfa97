"""More time: later only, told to everybody, and refused with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from review_app import clock, posting
from review_app.database import reading
from review_app.services import outbox
from review_app.services.outbox import MailState
from review_app.state import state
from surveys import sealing
from surveys.cycle import KeyMode
from tests.conftest import draft_on, launch_cycle, links_of
from tests.pages import PageClient
from tests.web.stewards import (
    Guarded,
    cycle_of,
    faults,
    field,
    folder_of,
    new_draft,
)
from tests.web.tables import every_row

PEOPLE = 40


@pytest.fixture(scope="module")
def open_review(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """A review with one host that takes answers, with its invitations sent."""
    with new_draft(tmp_path_factory.mktemp("open"), KeyMode.ONE_HOST) as (app, guarded):
        launch_cycle(app, guarded.cycle_id, guarded.steward)
        with app.app_context():
            assert posting.send_due(state()) == PEOPLE
        return guarded


@pytest.fixture
def at(stewards_at: Callable[[Guarded], PageClient]) -> Callable[[Guarded], PageClient]:
    """Puts an installation at rest in place; the browser of its steward."""
    return stewards_at


def day_fields(moment: datetime, time: str = "17:00") -> dict[str, object]:
    return {"closes_at": [str(moment.day), str(moment.month), str(moment.year)], "closes_time": time}


def mails(site: Flask, guarded: Guarded) -> dict[MailState, int]:
    with site.app_context(), reading() as session:
        return {kind: n for kind, n in outbox.counts(session, guarded.cycle_id).items() if n}


def test_more_time_is_told_to_everybody(
    site: Flask, at: Callable[[Guarded], PageClient], open_review: Guarded
) -> None:
    client = at(open_review)
    later = clock.now() + timedelta(days=40)
    done = client.send(f"{open_review.path}/extend", day_fields(later, "9.05"))
    assert (done.status_code, done.location) == (303, open_review.path)
    assert "Everybody will get a mail about it." in client.get(open_review.path).text
    closes_at = cycle_of(site, open_review.cycle_id).closes_at
    assert (closes_at.date(), f"{closes_at:%H:%M}") == (later.date(), "09:05")
    assert mails(site, open_review) == {MailState.QUEUED: PEOPLE, MailState.SENT: PEOPLE}
    with site.app_context():
        assert posting.send_due(state()) == PEOPLE
        links = links_of(state(), open_review.cycle_id)
    folder = folder_of(site) / "keys" / "mailbox" / open_review.cycle_id
    told = [
        path.read_text() for path in folder.glob("*.eml") if "more time for your view" in path.read_text()
    ]
    assert {address for address in links if any(f"<{address}>" in mail for mail in told)} == set(links)
    # The links are the ones that people have already.
    assert all(any(sealing.code_of(secret) in mail for mail in told) for secret in links.values())


def refused_days() -> dict[str, tuple[dict[str, object], str]]:
    now = clock.now()
    later, mend = "up to 180 days from today. Choose a day after", "Enter a day that exists"
    return {
        "earlier": (day_fields(now + timedelta(days=3)), later),
        "past": (day_fields(now - timedelta(days=3)), later),
        "too late": (day_fields(now + timedelta(days=182)), later),
        "no such day": ({"closes_at": ["31", "2", "2031"], "closes_time": "17:00"}, mend),
        "letters": ({"closes_at": ["1st", "May", "soon"], "closes_time": "17:00"}, "as figures"),
        "half a day": ({"closes_at": ["1", "5"], "closes_time": "17:00"}, "as figures"),
        "a far year": ({"closes_at": ["1", "5", "9999"], "closes_time": "17:00"}, later),
        "no day": ({"closes_at": ["", "", ""], "closes_time": "17:00"}, "Enter the day on which"),
        "no time": (day_fields(now + timedelta(days=30), ""), "Enter a time as hours and minutes"),
        "a wrong time": (day_fields(now + timedelta(days=30), "25:99"), "Enter a time as hours and minutes"),
    }


@pytest.mark.parametrize("kind", refused_days())
def test_a_closing_time_that_is_not_later_is_refused_with_what_was_typed(
    site: Flask, at: Callable[[Guarded], PageClient], open_review: Guarded, kind: str
) -> None:
    client = at(open_review)
    before = every_row(site)
    fields, mend = refused_days()[kind]
    refused = client.send(f"{open_review.path}/extend", fields)
    assert refused.status_code == 422
    (fault,) = faults(refused.text)
    assert mend in fault
    typed = fields["closes_at"]
    assert isinstance(typed, list)
    for part in filter(None, typed):
        assert f'value="{part}"' in refused.text
    assert field(refused.text, "closes_time") == fields["closes_time"]
    assert every_row(site) == before
    assert mails(site, open_review) == {MailState.SENT: PEOPLE}


def test_the_closing_time_itself_is_not_later_than_itself(
    site: Flask, at: Callable[[Guarded], PageClient], open_review: Guarded
) -> None:
    client = at(open_review)
    later = (clock.now() + timedelta(days=30)).replace(hour=17, minute=0)
    for status in (303, 422):
        assert client.send(f"{open_review.path}/extend", day_fields(later)).status_code == status
    assert mails(site, open_review) == {MailState.QUEUED: PEOPLE, MailState.SENT: PEOPLE}


def test_more_time_never_brings_two_reviews_of_a_chain_within_ninety_days(
    site: Flask, at: Callable[[Guarded], PageClient], open_review: Guarded
) -> None:
    client = at(open_review)
    far = clock.now() + timedelta(days=120)
    chain_id = cycle_of(site, open_review.cycle_id).chain_id
    other_id = draft_on(site, chain_id, open_review.organiser, open_review.steward, closes_at=far)
    launch_cycle(site, other_id, open_review.steward)
    before = cycle_of(site, open_review.cycle_id).closes_at
    refused = client.send(f"{open_review.path}/extend", day_fields(clock.now() + timedelta(days=100)))
    assert refused.status_code == 422
    (fault,) = faults(refused.text)
    assert "Another review of this chain closes within 90 days" in fault
    assert cycle_of(site, open_review.cycle_id).closes_at == before
    allowed = client.send(f"{open_review.path}/extend", day_fields(clock.now() + timedelta(days=25)))
    assert allowed.status_code == 303


def test_once_the_closing_time_has_come_nobody_gets_more(
    site: Flask, at: Callable[[Guarded], PageClient], open_review: Guarded
) -> None:
    client = at(open_review)
    form = client.csrf(f"{open_review.path}/extend")
    before = every_row(site)
    with time_machine.travel(clock.now() + timedelta(days=22)):
        assert client.get(f"{open_review.path}/extend").location == open_review.path
        later = {**day_fields(clock.now() + timedelta(days=9)), "csrf_token": form}
        refused = client.post(f"{open_review.path}/extend", data=later)
        assert refused.status_code == 422
    assert every_row(site) == before


def test_a_draft_has_no_closing_time_to_move(
    site: Flask, at: Callable[[Guarded], PageClient], drafted: Guarded
) -> None:
    client = at(drafted)
    assert client.get(f"{drafted.path}/extend").location == drafted.path
    before = every_row(site)
    later = day_fields(clock.now() + timedelta(days=40))
    refused = client.send(f"{drafted.path}/extend", later, page=f"{drafted.path}/approve")
    assert refused.status_code == 422
    assert every_row(site) == before
