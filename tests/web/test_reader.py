"""By a link one reads what is one's own, before and after the publication, and nothing else; nothing is written."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path

import pytest
from flask import Flask

from review_app.services.accounts import AccountRole
from tests.conftest import make_account
from tests.pages import PageClient
from tests.web.readers import (
    ASH,
    BID,
    COUNCIL,
    MILL,
    PRIME,
    Made,
    after_the_publication,
    came_by,
    reply,
)
from tests.web.respondents import words
from tests.web.stewards import folder_of, restore, signed_in

WRONG = ("", "nonsense", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "x" * 5000, "\0", "Ω" * 39)


@pytest.fixture
def app(site: Flask, made: Made) -> Flask:
    """The application on a fresh copy of the review."""
    restore(site, made)
    return site


def links(client: PageClient) -> list[str]:
    """The reports that the list leads to."""
    page = client.get("/report/yours").text
    return re.findall(r'href="(/report/(?:main|partners/[^"]+))"', page)


def everything(app: Flask) -> dict[str, str]:
    """A fingerprint of every file that the application keeps, the lock of the database apart."""
    folder = folder_of(app)
    files = (
        path for path in folder.rglob("*") if path.is_file() and not path.name.endswith((".lock", "-shm"))
    )
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_link_opens_the_own_report_first_and_all_that_are_theirs_on_the_day(app: Flask, made: Made) -> None:
    mill, prime = came_by(app, made, MILL), came_by(app, made, PRIME)
    assert links(mill) == [made.partner_path("mill")]
    assert links(prime) == ["/report/main"]
    for code in (made.code(COUNCIL), made.code(BID)):
        refused = app.test_client().post("/report", data={"code": code})
        assert refused.status_code == 200 and "does not open anything" in refused.text
    page = mill.get(made.partner_path("mill")).text
    assert "Not published yet." in page and "The figures are final." in page
    assert ".csv" not in page and ".pdf" not in page
    with after_the_publication(app, made):
        everybody = {address: links(came_by(app, made, address)) for address in (PRIME, MILL, COUNCIL, BID)}
        assert len(everybody[PRIME]) == 8 and made.partner_path("ash") in everybody[PRIME]
        assert everybody[MILL] == ["/report/main", made.partner_path("mill")]
        assert everybody[COUNCIL] == everybody[BID] == ["/report/main"]
        bidder = came_by(app, made, BID)
        page = bidder.get("/report/main").text
        assert "Not published yet." not in page and 'href="/report/main/files/figures.en.csv"' in page
        for key in ("figures.en.csv", "figures.en.xlsx", "report.json", "evidence.zip"):
            file = bidder.get(f"/report/main/files/{key}")
            assert file.status_code == 200 and "attachment" in file.headers["Content-Disposition"]


def test_nobody_reads_what_is_anothers_whatever_is_asked_for(app: Flask, made: Made) -> None:
    mill = came_by(app, made, MILL)
    foreign = (
        "/report/main",
        "/report/main/files/report.json",
        made.partner_path("ash"),
        f"{made.partner_path('ash')}/files/report.json",
        f"{made.partner_path('mill')}/files/report.json",
        "/report/partners/nobody",
        "/report/partners/..%2f..%2fmain",
    )
    for path in foreign:
        answer = mill.get(path)
        assert answer.status_code == 404 and "Ash Ltd" not in answer.text, path
    with after_the_publication(app, made):
        mill = came_by(app, made, MILL)
        assert mill.get(f"{made.partner_path('mill')}/files/report.json").status_code == 200
        for path in (
            made.partner_path("ash"),
            f"{made.partner_path('ash')}/files/report.json",
            f"{made.partner_path('ash')}/files/report.en.pdf",
        ):
            assert mill.get(path).status_code == 404


def test_every_failure_is_the_same_page(app: Flask, made: Made) -> None:
    client = app.test_client()
    pages = {client.post("/report", data={"code": code}).text for code in (*WRONG, made.code(BID))}
    assert len(pages) == 1
    began = time.monotonic()
    client.post("/report", data={"code": "nonsense"})
    assert time.monotonic() - began >= 0.03
    foreign = client.post("/report", data={"code": made.code(MILL)}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.text in pages and foreign.headers.getlist("Set-Cookie") == []


def test_without_a_link_every_page_leads_to_the_entrance(app: Flask, made: Made) -> None:
    client = app.test_client()
    client.set_cookie("report", "made up")
    for path in (
        "/report/yours",
        "/report/main",
        made.partner_path("mill"),
        "/report/reply",
        "/report/reply/1",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (303, "/report"), path
    assert signed_in(app, made.organiser).get("/report/yours").location == "/report"


def test_the_link_of_an_answer_opens_no_report_and_the_other_way_round(app: Flask, made: Made) -> None:
    client = app.test_client()
    assert "does not open anything" in client.post("/r", data={"code": made.code(MILL)}).text
    mill = came_by(app, made, MILL)
    assert mill.get("/r/reviews").status_code != 200
    mill.post("/report/leave", data={"csrf_token": mill.csrf("/report/yours")})
    assert mill.get("/report/yours").location == "/report"


def test_opening_and_reading_write_nothing_anywhere(
    app: Flask, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    with after_the_publication(app, made):
        before = everything(app)
        for address in (MILL, ASH, PRIME, BID):
            client = came_by(app, made, address)
            for path in links(client):
                assert client.get(path).status_code == 200
                for key in ("report.json", "figures.en.xlsx", "evidence.zip"):
                    assert client.get(f"{path}/files/{key}").status_code == 200
            client.get("/report")
        app.test_client().post("/report", data={"code": "nonsense"})
        assert everything(app) == before
    assert made.code(MILL) not in caplog.text and MILL not in caplog.text


def test_no_file_holds_the_secret_of_a_link(app: Flask, made: Made) -> None:
    folder: Path = folder_of(app)
    for secret in made.secrets.values():
        spellings = (secret, secret.hex().encode(), made.code(MILL).encode())
        for path in (folder / "data").rglob("*"):
            if path.is_file():
                assert not any(spelling in path.read_bytes() for spelling in spellings), path


def test_those_who_are_signed_in_read_made_reports_only_where_they_are_theirs(app: Flask, made: Made) -> None:
    for account in (made.organiser, made.steward):
        client = signed_in(app, account)
        page = client.get(f"/reports/{made.cycle_id}").text
        assert "Not published yet." in page
        assert client.get(f"/reports/{made.cycle_id}/partners/{made.parties['mill']}").status_code == 200
        assert client.get(f"/reports/{made.cycle_id}.json").status_code == 303
    with app.app_context():
        other = make_account(app, "other@independent.example", AccountRole.STEWARD)
    stranger = signed_in(app, other)
    paths = (
        f"/reports/{made.cycle_id}",
        f"/reports/{made.cycle_id}.json",
        f"/reports/{made.cycle_id}/partners/{made.parties['mill']}",
    )
    assert [stranger.get(path).status_code for path in paths] == [404, 404, 404]
    with after_the_publication(app, made):
        read = signed_in(app, other).get(paths[0])
        assert read.status_code == 200 and "/partners/" not in read.text
        assert signed_in(app, other).get(paths[2]).status_code == 404
        assert signed_in(app, other).get(f"{paths[2]}/files/report.json").status_code == 404
        assert signed_in(app, made.steward).get(paths[2]).status_code == 200


def test_the_reply_stands_in_the_published_report(app: Flask, made: Made) -> None:
    reply(came_by(app, made, MILL), "/report/reply/1", "Ours to mend.", "By June.")
    with after_the_publication(app, made):
        client = came_by(app, made, MILL)
        assert "Ours to mend." in client.get(f"{made.partner_path('mill')}/files/report.json").text
        assert client.get("/report/reply").status_code == 404
        assert "Reply to the findings" not in words(client.get("/report/yours").text)
