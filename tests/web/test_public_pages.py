"""What everybody may read, with and without a sign-in, and a published report in all its forms."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import jsonschema
import pytest
from flask import Flask

from reports.verify import verify
from review_app import clock, worker
from review_app.config import Settings
from review_app.database import migrate, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.services import publishing
from review_app.services.accounts import Account, AccountRole
from review_app.state import state
from review_app.verifying_pdf import certificate_of, read_seal
from tests.conftest import make_account
from tests.pages import PageClient
from tests.servers import new_postgres_database
from tests.web.organisers import main_of
from tests.web.stewards import Guarded, counted_review, keep_all_back, running, signed_in
from tests.web.tables import every_row, statements

ENDINGS = ("", ".pdf", ".csv", ".json")
KEYS = ("report.en.pdf", "figures.en.csv", "report.json")
PUBLIC = ("/", "/promise", "/healthz")


@dataclass(frozen=True)
class Published:
    """A running installation with a published report and its PDF."""

    app: Flask
    guarded: Guarded

    @property
    def path(self) -> str:
        """The address of the report."""
        return f"/reports/{self.guarded.cycle_id}"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A review whose report is out; the worker has made its PDF."""
    folder = tmp_path_factory.mktemp("published")
    guarded = counted_review(folder)
    with running(folder) as app:
        keep_all_back(signed_in(app, guarded.steward), guarded)
        with app.app_context():
            with transaction() as session:
                publishing.publish(session, clock.now(), guarded.cycle_id, guarded.steward.id)
            assert worker.look(state())
        yield Published(app, guarded)


# Everybody


def test_the_first_page_shows_both_ways_in(client: PageClient) -> None:
    page = client.get("/").text
    assert 'href="/sign-in"' in page and 'href="/r"' in page


@pytest.mark.parametrize("role", list(AccountRole))
def test_the_first_page_leads_somebody_who_is_signed_in_home(app: Flask, role: AccountRole) -> None:
    client = signed_in(app, make_account(app, "somebody@prime.example", role))
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (303, f"/{role.value}")
    assert client.get(f"/{role.value}").status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_gets_no_cookie_by_reading(client: PageClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers
    assert "Set-Cookie" not in client.head(path).headers


def test_the_promise_is_the_same_for_everybody_and_asks_the_database_nothing(
    app: Flask, client: PageClient, organiser: Account
) -> None:
    with statements(app) as seen:
        page = client.get("/promise")
    assert seen == []
    assert main_of(signed_in(app, organiser).get("/promise").text) == main_of(page.text)
    assert "at least 5 people from at least 3 organisations" in main_of(page.text)
    assert "rounded down to a multiple of five and updated once a day" in main_of(page.text)


@pytest.mark.parametrize("path", ["/no-such-page", "/organiser", "/reports/x", "/sign-out"])
def test_an_address_that_leads_nowhere_still_shows_a_way_on(client: PageClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert 'href="/"' in answer.text


@pytest.mark.parametrize("path", PUBLIC)
def test_reading_changes_nothing(app: Flask, client: PageClient, path: str) -> None:
    before = every_row(app)
    assert client.get(path).status_code == client.head(path).status_code == 200
    assert client.post(path).status_code in {400, 405}
    assert every_row(app) == before


def test_a_well_server_says_so_in_a_word(client: PageClient) -> None:
    answer = client.get("/healthz")
    assert (answer.data, answer.mimetype) == (b"ok\n", "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_server_whose_database_cannot_be_read_does_not_call_itself_well(settings: Settings) -> None:
    app = create_app(settings)
    assert app.test_client().get("/healthz").status_code == 503
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "path", ["/organiser/chains/{}", "/organiser/reviews/{}", "/organiser/reviews/{}/preview", "/reports/{}"]
)
@pytest.mark.parametrize("id_", ["x", "x%00y", "%FF", "'; --", "é" * 20, "x" * 3000])
def test_what_can_be_no_id_is_not_found(
    organised: tuple[Flask, Account], caplog: pytest.LogCaptureFixture, path: str, id_: str
) -> None:
    app, organiser = organised
    assert signed_in(app, organiser).get(path.format(id_)).status_code == 404
    assert not caplog.records


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres_address", marks=pytest.mark.postgres)]
)
def organised(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Account]]:
    """An installation on either kind of database, with an organiser."""
    folder = tmp_path_factory.mktemp("organised")
    url = f"sqlite:///{folder / 'data' / 'roundtable.sqlite3'}"
    if request.param != "sqlite":
        url = new_postgres_database(request.getfixturevalue(request.param), f"test_{secrets.token_hex(6)}")
    settings = Settings.from_env(
        {
            "ROUNDTABLE_MODE": "demo",
            "ROUNDTABLE_DATA_DIR": str(folder / "data"),
            "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
            "ROUNDTABLE_SECRET_KEY": "s" * 40,
            "ROUNDTABLE_DATABASE_URL": url,
        }
    )
    app = create_app(settings)
    app.test_client_class = PageClient
    with app.app_context():
        migrate()
    yield app, make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    with app.app_context():
        db.engine.dispose()


# The report


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_report_is_for_those_who_are_signed_in(published: Published, ending: str) -> None:
    client = published.app.test_client()
    answer = client.get(published.path + ending)
    assert (answer.status_code, answer.location) == (302, f"/sign-in?next={published.path}{ending}")
    assert "Northern Bridge" not in answer.text
    assert client.head(published.path + ending).location == "/sign-in"


@pytest.mark.parametrize("ending", ENDINGS)
def test_head_tells_of_a_report_what_get_would(published: Published, ending: str) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    whole, head = client.get(published.path + ending), client.head(published.path + ending)
    assert (whole.status_code, head.status_code, head.data) == (200, 200, b"")
    assert whole.data
    for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control"):
        assert head.headers.get(name) == whole.headers.get(name)
    assert head.headers["X-Content-Type-Options"] == "nosniff"
    assert head.headers["Cache-Control"] == "no-store"


def test_the_page_of_a_report_is_shown_and_its_files_are_taken_along(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    page = client.get(published.path)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Content-Disposition" not in page.headers
    for key in (*KEYS, "figures.en.xlsx", "two-pages.en.pdf", "large-print.en.pdf", "evidence.zip"):
        address = f"{published.path}/files/{key}"
        assert f'href="{address}"' in page.text
        assert client.get(address).headers["Content-Disposition"].startswith("attachment")
    for key in ("report.cy.pdf", "report.en.exe", "..", "report.en.pdf.lock"):
        assert client.get(f"{published.path}/files/{key}").status_code == 404


def test_organiser_and_steward_read_the_same_report(published: Published) -> None:
    guarded = published.guarded
    pages = {
        main_of(signed_in(published.app, who).get(published.path).text)
        for who in (guarded.organiser, guarded.steward)
    }
    assert len(pages) == 1
    assert "Northern Bridge Employment Ltd" in pages.pop()


def test_the_files_of_a_report_say_by_their_names_what_they_are(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    content = client.get(f"{published.path}.json").data
    closed_on = json.loads(content)["facts"]["closed_on"]
    start = f"pathways-north-{closed_on}-northern-bridge-employment-ltd"
    digest = hashlib.sha256(content).hexdigest()[:8]
    for ending, stem in zip(ENDINGS[1:], ("report", "figures", "report"), strict=True):
        disposition = client.get(published.path + ending).headers["Content-Disposition"]
        assert disposition == f"attachment; filename={start}-{stem}-{digest}{ending}"


def test_the_evidence_holds_and_the_schema_and_who_signs_are_public(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    content = client.get(f"{published.path}/files/evidence.zip").data
    [verdict] = verify([("evidence.zip", content)], read_seal)
    assert [line.text for line in verdict.lines if not line.holds] == []
    nobody = published.app.test_client()
    schema = json.loads(nobody.get("/schema/report-5.json").data)
    assert "held_for" not in nobody.get("/schema/report-3.json").text
    assert "held_for" in (before := nobody.get("/schema/report-4.json").text) and "actions" not in before
    assert (
        nobody.get("/schema/report-2.json").status_code
        == nobody.get("/schema/report-6.json").status_code
        == 404
    )
    report = json.loads(client.get(f"{published.path}.json").data)
    jsonschema.Draft202012Validator(schema).validate(report)
    page = nobody.get("/signing").text
    certificate = certificate_of(nobody.get("/signing.pem").data)
    assert certificate.fingerprint in page and "nobody else vouches for it" in page
    assert any(certificate.fingerprint in line.text for line in verdict.lines)
    assert verdict.heading == f"holds, signed with a certificate in the name of {certificate.subject}"


def test_the_fingerprint_that_is_printed_is_what_sha256sum_gives(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    content = client.get(f"{published.path}.json").data
    found = subprocess.run(["sha256sum"], input=content, capture_output=True, check=True)
    assert found.stdout.decode().split()[0] in client.get(published.path).text


def test_the_figures_are_tables_that_a_program_reads(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    table = client.get(f"{published.path}.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert len(rows) > 20 and len({len(row) for row in rows if row}) == 1
    assert json.loads(client.get(f"{published.path}.json").data)["facts"]["chain_name"] == "Pathways North"


def test_a_report_cannot_be_posted_to(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    token = client.csrf("/organiser")
    before = every_row(published.app)
    for ending in ENDINGS:
        assert client.post(published.path + ending, data={"csrf_token": token}).status_code == 405
    assert every_row(published.app) == before


def test_another_review_has_no_report(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    for ending in ENDINGS:
        for path in (f"/reports/{'x' * 22}{ending}", f"/reports/{ending}"):
            assert client.get(path).status_code == client.head(path).status_code == 404


def test_after_publication_the_reviews_page_leads_to_the_report_and_its_files(published: Published) -> None:
    client = signed_in(published.app, published.guarded.organiser)
    page = client.get(f"/organiser/reviews/{published.guarded.cycle_id}").text
    for ending in ENDINGS:
        assert f'href="{published.path}{ending}"' in page
    assert "Every review is finished." in main_of(client.get("/organiser").text)
