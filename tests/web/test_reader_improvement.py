"""“You said, we did” by a link to reports: of the own chain alone, up to the own review, and without a trace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from review_app import clock, improvement_papers, papers
from review_app.database import transaction
from review_app.models.readers import ReaderRecord
from review_app.services import chains, readers
from review_app.state import state
from surveys import sealing
from surveys.improvement import ActionState
from surveys.workshop import WorkshopState
from tests.improvement_made import bring, set_workshop
from tests.improvement_made import improved as improved_one
from tests.pages import PageClient
from tests.publications import chain_of_cloth, count_one, make
from tests.web.improving import ImprovedAtRest
from tests.web.readers import MILL
from tests.web.respondents import words
from tests.web.stewards import folder_of, restore

PATH, PDF = "/report/improvement", "/report/improvement.pdf"


@pytest.fixture
def app(site: Flask, improved: ImprovedAtRest) -> Flask:
    """The application on a fresh copy of the review."""
    restore(site, improved)
    return site


@pytest.fixture
def mill(app: Flask, improved: ImprovedAtRest) -> PageClient:
    """The browser of somebody at the mill."""
    return reading_by_link(app, improved.secrets[MILL])


def reading_by_link(app: Flask, secret: bytes) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    assert client.post("/report", data={"code": sealing.code_of(secret)}).location == "/report/yours"
    return client


def files(app: Flask) -> dict[str, tuple[str, int]]:
    """A fingerprint of every file that the application keeps, with the time of its last change."""
    paths = (path for path in folder_of(app).rglob("*") if path.is_file() and _counts(path))
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in paths
    }


def _counts(path: Path) -> bool:
    return not path.name.endswith((".lock", "-shm", "-wal"))


def test_a_reader_finds_it_among_the_reports_and_reads_no_person(mill: PageClient) -> None:
    assert f'href="{PATH}"' in mill.get("/report/yours").text
    page = words(mill.get(PATH).text)
    assert "You said, we did" in page and "Mill Ltd verified it." in page and "We won’t, because" in page
    assert "Person 0" not in page and "/actions" not in page


def test_it_is_not_there_before_anything_came_of_the_reports(
    app: Flask, improved: ImprovedAtRest, mill: PageClient
) -> None:
    with app.app_context():
        set_workshop(improved.workshop_id, WorkshopState.RUNNING)
        for action_id in improved.actions.values():
            bring(action_id, ActionState.PROPOSED)
    assert PATH not in mill.get("/report/yours").text
    assert mill.get(PATH).status_code == mill.get(PDF).status_code == 404
    nobody = app.test_client()
    assert nobody.get(PATH).location == nobody.get(PDF).location == "/report"


def test_reading_it_writes_nothing_anywhere_whether_its_pdf_is_there_or_not(
    app: Flask, mill: PageClient
) -> None:
    before = files(app)
    page = mill.get(PDF)
    assert "The PDF is being made" in page.text and page.headers["Refresh"] == "3"
    assert mill.get(PATH).status_code == 200
    assert files(app) == before
    with app.app_context():
        improvement_papers.Editions().ask(state(), clock.now())
        assert papers.print_waiting(state().settings.paper_dir) == 1
    before = files(app)
    answer = mill.get(PDF)
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert files(app) == before


@pytest.fixture
def two_chains(environ: dict[str, str]) -> Iterator[tuple[Flask, bytes]]:
    """An installation with a second chain, of whose review nothing came, and the link of its reader."""
    with improved_one(environ) as made:
        with transaction() as session:
            chain_id = chains.keep(session, clock.now(), replace(chain_of_cloth(), name="Wool"))
        second = count_one(
            made.of.app,
            chain_id,
            made.of.organiser,
            made.of.steward,
            publish_after_days=0,
            too_soon_reason="Another contract.",
        )
        make(second)
        with transaction() as session:
            key = readers.reading_key(session, second.cycle.id, state().keys)
            query = select(ReaderRecord.id).where(ReaderRecord.cycle_id == second.cycle.id)
            reader_id = session.scalars(query.order_by(ReaderRecord.id).limit(1)).one()
        yield made.of.app, sealing.reader_secret(key, reader_id)


def test_the_link_of_another_chain_shows_nothing_of_this_one(two_chains: tuple[Flask, bytes]) -> None:
    app, secret = two_chains
    stranger = reading_by_link(app, secret)
    assert PATH not in stranger.get("/report/yours").text
    assert stranger.get(PATH).status_code == stranger.get(PDF).status_code == 404
