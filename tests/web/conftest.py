"""Installations at rest, made once, and one application that each test puts a fresh copy of one into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from review_app import posting
from review_app.state import State, state
from surveys.cycle import KeyMode
from tests.conftest import launch_cycle
from tests.pages import PageClient
from tests.servers import SmtpSink
from tests.web.improving import ImprovedAtRest, improved_review
from tests.web.key_files import TwoKeys, two_key_reviews
from tests.web.organisers import path_of
from tests.web.readers import Made, made_review
from tests.web.stewards import Guarded, counted_review, new_draft, restore, running, signed_in

At = Callable[[Guarded], PageClient]


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """A draft with one host."""
    with new_draft(tmp_path_factory.mktemp("drafted"), KeyMode.ONE_HOST) as (_, guarded):
        return guarded


@pytest.fixture(scope="session")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """An open review with one host, that closes in 21 days; its invitations wait to be sent."""
    with new_draft(tmp_path_factory.mktemp("launched"), KeyMode.ONE_HOST) as (app, guarded):
        launch_cycle(app, guarded.cycle_id, guarded.steward)
        return guarded


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """A counted review, with comments of every kind."""
    return counted_review(tmp_path_factory.mktemp("counted"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A review whose reports wait for replies, with findings and partners."""
    return made_review(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def improved(tmp_path_factory: pytest.TempPathFactory) -> ImprovedAtRest:
    """A published review with a recorded workshop and actions in every state."""
    return improved_review(tmp_path_factory.mktemp("improved"))


@pytest.fixture(scope="session")
def two_keys(tmp_path_factory: pytest.TempPathFactory) -> TwoKeys:
    """A draft with its key file, and the same review waiting to be counted."""
    return two_key_reviews(tmp_path_factory.mktemp("two-keys"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all of these tests: making it takes longer than most of them."""
    with running(tmp_path_factory.mktemp("site")) as application:
        yield application


@pytest.fixture
def stewards_at(site: Flask) -> At:
    """Puts an installation at rest in place; the browser of its steward."""

    def put(guarded: Guarded) -> PageClient:
        restore(site, guarded)
        return signed_in(site, guarded.steward)

    return put


@pytest.fixture
def organisers_at(site: Flask) -> At:
    """Puts an installation at rest in place; the browser of its organiser."""

    def put(guarded: Guarded) -> PageClient:
        restore(site, guarded)
        return signed_in(site, guarded.organiser)

    return put


@pytest.fixture
def path(launched: Guarded) -> str:
    """The address of the open review's page, for its organiser."""
    return path_of(launched)


@pytest.fixture
def send(app: Flask, sink: SmtpSink) -> Callable[..., int]:
    """Sends what is owed through the real mail server, which gives ``replies`` instead of taking the first mails."""

    def through(*replies: str) -> int:
        sink.replies = list(replies)
        with app.app_context():
            own: State = state()
            return posting.send_due(replace(own, settings=replace(own.settings, smtp_url=sink.url)))

    return through
