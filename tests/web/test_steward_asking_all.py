"""The steward reads the mail to everybody on the list, sends it, and sees when it was sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from review_app import clock
from review_app.database import reading
from review_app.languages import day
from review_app.models.outbox import MailKind, MailRecord
from surveys.cycle import KeyMode
from surveys.language import Language
from tests.conftest import launch_cycle
from tests.web.respondents import words
from tests.web.stewards import Guarded, new_draft, restore, signed_in

PEOPLE = 40


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """A draft in one-host mode."""
    folder: Path = tmp_path_factory.mktemp("drafted")
    with new_draft(folder, KeyMode.ONE_HOST) as (_, guarded):
        return guarded


@pytest.fixture
def app(site: Flask, drafted: Guarded) -> Flask:
    """The application with that draft."""
    restore(site, drafted)
    return site


def queued(app: Flask) -> list[int]:
    """The rounds of the mails that were queued."""
    with app.app_context(), reading() as session:
        return list(
            session.scalars(select(MailRecord.number).where(MailRecord.kind == MailKind.ROSTER_CHECK.value))
        )


def test_the_steward_reads_the_mail_before_it_is_sent_and_the_day_after(app: Flask, drafted: Guarded) -> None:
    steward = signed_in(app, drafted.steward)
    listed, page = (f"/steward/reviews/{drafted.cycle_id}/{path}" for path in ("list", "list/mail"))
    before = steward.get(listed).text
    assert f'href="{page}"' in before and "Ask everybody by mail" in before
    shown = steward.get(page).text
    assert "Send the mail to 40 people" in shown and queued(app) == []
    assert "<strong>Pathways North: are you the right person to ask? (1 minute)</strong>" in shown
    assert "On the list of those who will be asked you stand as" in words(shown)
    answer = steward.send(page, {"round": "1"})
    assert (answer.status_code, answer.location) == (303, f"{listed}#corrections")
    assert queued(app) == [1] * PEOPLE
    after = words(steward.get(listed).text)
    assert "40 mails will be sent." in after
    assert f"You asked everybody by mail on {day(clock.now(), Language.ENGLISH)}." in after


def test_after_the_second_time_there_is_no_way_to_a_third(app: Flask, drafted: Guarded) -> None:
    steward = signed_in(app, drafted.steward)
    listed, page = (f"/steward/reviews/{drafted.cycle_id}/{path}" for path in ("list", "list/mail"))
    steward.send(page, {"round": "1"})
    assert "This is the second and last time." in steward.get(page).text
    # A button that is pressed twice sends once.
    for _ in range(2):
        steward.send(page, {"round": "2"}, page=listed)
    assert sorted(queued(app)) == [1] * PEOPLE + [2] * PEOPLE
    assert steward.get(page).status_code == 303
    last = steward.get(listed).text
    assert page not in last
    assert f"You asked everybody twice by mail on {day(clock.now(), Language.ENGLISH)}." in words(last)
    steward.send(page, {"round": "3"}, page=listed)
    steward.send(page, {"round": "no number"}, page=listed)
    assert len(queued(app)) == 2 * PEOPLE


def test_neither_the_organiser_nor_a_launched_review_gets_there(app: Flask, drafted: Guarded) -> None:
    page = f"/steward/reviews/{drafted.cycle_id}/list/mail"
    organiser = signed_in(app, drafted.organiser)
    assert organiser.get(page).status_code in {403, 404}
    launch_cycle(app, drafted.cycle_id, drafted.steward)
    steward = signed_in(app, drafted.steward)
    answer = steward.get(page)
    assert (answer.status_code, answer.location) == (303, f"/steward/reviews/{drafted.cycle_id}")
