"""The organiser's page of the links: which arrived, which came back with the mend, and nothing about later mails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from review_app.database import transaction
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailDelivery, MailRecord
from review_app.services import bounces
from review_app.services.accounts import Account
from tests.conftest import OpenCycle
from tests.pages import PageClient
from tests.web.organisers import main_of, rows_of_table

GONE = "the mailbox does not exist (5.1.1)"


@pytest.fixture
def client(client: PageClient, sign_in: Callable[[Account], None], organiser: Account) -> PageClient:
    """The organiser's browser."""
    sign_in(organiser)
    return client


@pytest.fixture
def tokens(app: Flask, open_cycle: OpenCycle, send: Callable[..., int]) -> list[str]:
    """The tokens of the invitations, which have all been sent."""
    assert send() == len(open_cycle.links)
    with app.app_context(), transaction() as session:
        return list(session.scalars(select(MailRecord.return_token).join(InvitationRecord)))


def report(app: Flask, token: str, delivery: MailDelivery, problem: str = "") -> None:
    with app.app_context(), transaction() as session:
        assert bounces.record(session, bounces.Report(token, delivery, problem))


def test_a_link_that_came_back_stands_first_with_what_to_do(
    app: Flask, client: PageClient, open_cycle: OpenCycle, tokens: list[str]
) -> None:
    report(app, tokens[0], MailDelivery.BOUNCED, GONE)
    report(app, tokens[1], MailDelivery.DELIVERED)
    page = client.get(f"/organiser/reviews/{open_cycle.id}/links").text
    summary = f"1 delivered; 1 came back; {len(tokens) - 2} sent, no report."
    assert summary in main_of(page)
    first = rows_of_table(page)[0]
    assert first[1] == f"Came back: {GONE}"
    assert "correct the address, and a new link is sent" in first[2]
    assert len(rows_of_table(page)) == 1 + len(tokens)
    overview = main_of(client.get(f"/organiser/reviews/{open_cycle.id}").text)
    assert summary in overview and GONE in overview


def test_before_the_launch_there_is_no_such_page(client: PageClient, draft_cycle: str) -> None:
    answer = client.get(f"/organiser/reviews/{draft_cycle}/links")
    assert (answer.status_code, answer.location) == (303, f"/organiser/reviews/{draft_cycle}")
