"""The development mailbox: it is there in a demo alone, shows a mail without running it, and leads to nothing else."""

from __future__ import annotations

import shutil
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from review_app import clock, counting, posting
from review_app.config import Settings
from review_app.database import migrate, transaction
from review_app.factory import create_app
from review_app.mail.mailbox import MailboxTransport
from review_app.mail.returns import WayBack
from review_app.models import db
from review_app.services import cycles
from review_app.state import state
from surveys import sealing
from surveys.cycle import KeyMode
from tests.conftest import launch_cycle, links_of, pass_the_closing_time
from tests.pages import PageClient
from tests.web.respondents import VCS_PARTNER, words
from tests.web.stewards import Guarded, folder_of, new_draft, restore, signed_in

PEOPLE = 40
BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """An open review whose forty invitations lie in the mailbox."""
    with new_draft(tmp_path_factory.mktemp("mailed"), KeyMode.ONE_HOST) as (app, guarded):
        launch_cycle(app, guarded.cycle_id, guarded.steward)
        with app.app_context():
            assert posting.send_due(state()) == PEOPLE
        return guarded


@pytest.fixture
def app(site: Flask, mailed: Guarded) -> Flask:
    """The application with those mails."""
    restore(site, mailed)
    return site


def code_of(app: Flask, mailed: Guarded, address: str) -> str:
    with app.app_context():
        return sealing.code_of(links_of(state(), mailed.cycle_id)[address])


def mail_paths(html: str) -> list[str]:
    """The addresses of the mails that a page of the mailbox lists."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    links = [link.get("href") or "" for link in root.iter("a")]
    return [href for href in links if href.startswith("/mailbox/")]


def path_of(client: FlaskClient, address: str) -> str:
    """The page of somebody's one mail."""
    (found,) = mail_paths(client.get("/mailbox", query_string={"q": address}).text)
    return found


def framed(app: Flask, path: str) -> tuple[str, str]:
    """A mail as a page, and its policy. Mails are laid out as mail programs want it, so no page's rules are checked."""
    answer = FlaskClient(app, app.response_class).get(f"{path}/html")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer.text, answer.headers["Content-Security-Policy"]


def put(app: Flask, cycle_id: str, token: str, message: EmailMessage) -> str:
    """Sends a mail into the mailbox, as the worker does; the address of its page."""
    message["Message-ID"] = f"<{token}@roundtable.invalid>"
    with app.app_context(), MailboxTransport(state().keys) as transport:
        transport.send(message, cycle_id, WayBack("0" * 32, asks_success=True))
    return f"/mailbox/{cycle_id}/{token}"


def written(
    subject: str = "Hello", *, text: str = "Hello", html: str = "", to: str = "a@b.example"
) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "Roundtable <r@b.example>", to
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_before_anything_is_sent_the_mailbox_says_what_will_be_there(client: PageClient, app: Flask) -> None:
    shutil.rmtree(folder_of(app) / "keys" / "mailbox")
    page = client.get("/mailbox")
    assert page.status_code == 200
    assert "The mails of a review will be listed here once it is launched." in page.text


def test_every_mail_is_listed_once_with_its_person_and_its_subject(client: PageClient, app: Flask) -> None:
    page = client.get("/mailbox").text
    assert len(mail_paths(page)) == len(set(mail_paths(page))) == PEOPLE
    for shown in ("Beth Ramsden", VCS_PARTNER, "Piotr Zieliński", "Zoë Farnsworth"):
        assert page.count(shown) == 1
    assert "Pathways North: tell us how the partnership works" in page
    assert 'href="/mailbox"' in client.get("/").text


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (VCS_PARTNER, 1),
        ("BETH ramsden", 1),
        ("ramsden beth", 1),
        ("zoë", 1),
        ("caldervalleytr", 3),
        ("partnership works", PEOPLE),
        ("  ", PEOPLE),
        ("nobody at all", 0),
        ("<script>alert(1)</script>", 0),
        ("%00../%", 0),
        pytest.param("x" * 5000, 0, id="endless"),
    ],
)
def test_searching_narrows_the_list_to_what_holds_every_word(
    client: PageClient, app: Flask, sought: str, found: int
) -> None:
    page = client.get("/mailbox", query_string={"q": sought})
    assert page.status_code == 200
    assert len(mail_paths(page.text)) == found
    if sought.strip():
        assert f"{found} of {PEOPLE} mails hold" in words(page.text)


def test_a_long_list_comes_in_pages_that_keep_the_search(
    client: PageClient, app: Flask, mailed: Guarded
) -> None:
    # A mail's date knows no parts of a second.
    with app.app_context(), time_machine.travel(clock.now() + timedelta(minutes=1)):
        with transaction() as session:
            cycles.remind(session, clock.now(), mailed.cycle_id)
        assert posting.send_due(state()) == PEOPLE
    first, second = (
        client.get("/mailbox", query_string={"page": page, "q": "example"}).text for page in (1, 2)
    )
    assert len(mail_paths(first)) == 50 and len(mail_paths(second)) == 2 * PEOPLE - 50
    assert len({*mail_paths(first), *mail_paths(second)}) == 2 * PEOPLE
    assert 'href="/mailbox?q=example&amp;page=2"' in first and 'rel="prev"' not in first
    assert 'href="/mailbox?q=example&amp;page=1"' in second and 'rel="next"' not in second
    # The newest mails come first.
    assert "your view still counts" in first and "your view still counts" not in second
    for page in ("0", "-3", "99999999999999999999", "two", "2.5", "\0", "../2"):
        assert client.get("/mailbox", query_string={"page": page}).status_code == 200


def test_a_mail_shows_its_text_with_the_link_to_the_entrance(
    client: PageClient, app: Flask, mailed: Guarded
) -> None:
    page = client.get(path_of(client, VCS_PARTNER)).text
    code = code_of(app, mailed, VCS_PARTNER)
    assert "Dear Beth Ramsden," in page and f"Beth Ramsden &lt;{VCS_PARTNER}&gt;" in page
    assert f'href="{BASE}/r#{code}"' in page and f'href="{BASE}/promise"' in page
    # The page itself knows no link: what is behind the # is for the browser alone.
    link = urlsplit(f"{BASE}/r#{code}")
    assert (link.path, client.get(link.path).status_code) == ("/r", 200)
    entered = client.post("/r", data={"code": link.fragment})
    assert (entered.status_code, entered.location) == (303, "/r/reviews")


def test_the_calendar_file_of_a_mail_is_listed_and_can_be_kept(
    client: PageClient, app: Flask, mailed: Guarded
) -> None:
    path = path_of(client, VCS_PARTNER)
    assert f'href="{path}/files/closing-time.ics"' in client.get(path).text
    answer = client.get(f"{path}/files/closing-time.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Content-Disposition"] == "attachment; filename=closing-time.ics"
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n") and b"Pathways North" in answer.data
    assert code_of(app, mailed, VCS_PARTNER).encode() not in answer.data.replace(b"\r\n ", b"")
    for name in ("other.ics", "..", "%2e%2e%2fsecret"):
        assert client.get(f"{path}/files/{name}").status_code in {404, 308}


def test_a_file_of_another_kind_is_given_as_bytes_alone(
    client: PageClient, app: Flask, mailed: Guarded
) -> None:
    message = written()
    message.add_attachment("<script>alert(1)</script>", subtype="html", filename="page.html")
    path = put(app, mailed.cycle_id, "with-a-page", message)
    answer = client.get(f"{path}/files/page.html")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename=page.html"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_mail_is_shown_as_a_page_in_a_frame_that_runs_nothing(
    client: PageClient, app: Flask, mailed: Guarded
) -> None:
    path = path_of(client, VCS_PARTNER)
    page = client.get(path).text
    root = html5lib.parse(page, namespaceHTMLElements=False)
    (frame,) = root.iter("iframe")
    assert frame.get("src") == f"{path}/html"
    assert frame.get("sandbox") == "allow-top-navigation-by-user-activation"
    html, policy = framed(app, path)
    allowed = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    # Scripts are named nowhere, so the rule for everything else forbids them; and so does the sandbox.
    assert allowed["default-src"] == "'none'" and "script-src" not in allowed and "connect-src" not in allowed
    assert allowed["sandbox"] == "allow-top-navigation-by-user-activation"
    assert allowed["frame-ancestors"] == "'self'" and allowed["form-action"] == "'none'"
    assert allowed["img-src"] == "data:"
    assert "<script" not in html
    # A link in the frame opens in the whole window, at the entrance.
    assert '<head><base target="_top">' in html
    assert f'href="{BASE}/r#{code_of(app, mailed, VCS_PARTNER)}"' in html


def test_hostile_words_in_a_mail_stay_words(client: PageClient, app: Flask, mailed: Guarded) -> None:
    hostile = '<script>alert(1)</script></pre></iframe><img src=x onerror="alert(2)">'
    message = written(
        f"Re: {hostile}",
        text=f"{hostile}\njavascript:alert(3) http://127.0.0.1:8000.evil.example/r https://evil.example/r"
        f" http://127.0.0.1:80001/r {BASE}@evil.example/ {BASE}/r#ABC.",
        html=f"<html><head></head><body>{hostile}</body></html>",
        to='"</h1><script>" <hostile@b.example>',
    )
    path = put(app, mailed.cycle_id, "hostile", message)
    # The client refuses a page with a script or a handler in it.
    page = client.get(path).text
    assert client.get("/mailbox", query_string={"q": "hostile@b.example"}).text.count("/hostile") == 1
    assert "&lt;script&gt;alert(1)" in page
    root = html5lib.parse(page, namespaceHTMLElements=False)
    (text,) = root.iter("pre")
    assert [link.get("href") for link in text.iter("a")] == [f"{BASE}/r#ABC"]
    _, policy = framed(app, path)
    assert "script-src" not in policy and "sandbox allow-top-navigation-by-user-activation" in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy


def test_a_mail_of_one_part_or_of_none_is_shown_for_what_it_is(
    client: PageClient, app: Flask, mailed: Guarded
) -> None:
    path = put(app, mailed.cycle_id, "text-only", written("Only text"))
    assert "<iframe" not in client.get(path).text
    assert framed(app, path)[0] == ""
    folder = folder_of(app) / "keys" / "mailbox" / mailed.cycle_id
    (folder / "empty.eml").write_bytes(b"")
    (folder / "noise.eml").write_text("no mail at all", encoding="ascii")
    (folder / "half.part").write_bytes(b"Subject: not whole yet\n\n")
    listed = client.get("/mailbox").text
    assert len(mail_paths(listed)) == PEOPLE + 3
    assert "(no subject)" in listed and "not whole yet" not in listed
    for name in ("empty", "noise"):
        assert client.get(f"/mailbox/{mailed.cycle_id}/{name}").status_code == 200
    assert client.get(f"/mailbox/{mailed.cycle_id}/half").status_code == 404


@pytest.mark.parametrize(
    "part",
    [
        "..",
        ".",
        "%2e%2e",
        "..%2f..",
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "..%5csecret",
        "%2fetc%2fpasswd",
        "%252e%252e%252fsecret",
        "/etc/passwd",
        "%00",
        "secret%00",
        "secret.eml",
        "secret%0a",
        "~",
        "*",
        "s%C3%A9cret",
        pytest.param("x" * 300, id="long"),
    ],
)
def test_no_parameter_leads_out_of_the_mailbox(
    client: PageClient, app: Flask, mailed: Guarded, part: str
) -> None:
    # Mails of whoever attacks, beside the mailbox and above it, under the names that are asked for.
    keys = folder_of(app) / "keys"
    for folder in (keys, keys / "mailbox", keys.parent, keys / "mailbox" / "other"):
        folder.mkdir(exist_ok=True)
        (folder / "secret.eml").write_bytes(bytes(written("A stolen subject", html="<p>A stolen text</p>")))
    genuine = mail_paths(client.get("/mailbox").text)[0].rpartition("/")[2]
    raw = FlaskClient(app, app.response_class)
    for path in (
        f"/mailbox/{part}/{genuine}",
        f"/mailbox/{part}/secret",
        f"/mailbox/{mailed.cycle_id}/{part}",
        f"/mailbox/{part}/{part}",
    ):
        for ending in ("", "/html"):
            answer = raw.get(f"{path}{ending}")
            assert answer.status_code in {404, 308}, path
            assert "stolen" not in answer.text
            if answer.status_code == 308:
                # Doubled slashes are put right first, and then there is nothing either.
                assert raw.get(answer.location or "").status_code == 404


def test_an_unknown_mail_of_a_known_review_is_not_found(
    client: PageClient, app: Flask, mailed: Guarded
) -> None:
    for path in (
        f"/mailbox/{mailed.cycle_id}",
        f"/mailbox/{mailed.cycle_id}/unknown",
        "/mailbox/unknown/unknown",
    ):
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/html").status_code == 404


def test_the_mailbox_can_be_read_and_nothing_else(client: PageClient, app: Flask) -> None:
    path = path_of(client, VCS_PARTNER)
    before = {file: file.read_bytes() for file in folder_of(app).joinpath("keys").rglob("*.eml")}
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        for address in ("/mailbox", path, f"{path}/html"):
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                assert client.open(address, method=method).status_code == 405
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert {file: file.read_bytes() for file in folder_of(app).joinpath("keys").rglob("*.eml")} == before


def test_no_page_of_the_mailbox_is_kept_by_a_browser(client: PageClient, app: Flask) -> None:
    path = path_of(client, VCS_PARTNER)
    raw = FlaskClient(app, app.response_class)
    for address in ("/mailbox", "/mailbox?q=beth", path, f"{path}/html", "/mailbox/x/y"):
        headers = raw.get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_mails_go_when_the_review_is_counted(client: PageClient, app: Flask, mailed: Guarded) -> None:
    path = path_of(client, VCS_PARTNER)
    code = code_of(app, mailed, VCS_PARTNER)
    with app.app_context():
        pass_the_closing_time(mailed.cycle_id)
        counting.begin_due()
        counting.count_waiting(state().keys)
    assert client.get(path).status_code == 404
    assert mail_paths(client.get("/mailbox").text) == []
    assert not [
        file for file in folder_of(app).rglob("*") if file.is_file() and code.encode() in file.read_bytes()
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"ROUNDTABLE_MODE": "production", "ROUNDTABLE_SMTP_URL": "smtp://127.0.0.1:2525",
         "ROUNDTABLE_MAIL_FROM": "Roundtable <review@charity.example>"},
        {"ROUNDTABLE_SMTP_URL": "smtp://127.0.0.1:2525"},
    ],
    ids=["production", "a demo with a mail server"],
)  # fmt: skip
def test_where_mails_are_sent_there_is_no_mailbox(
    mailed: Guarded, environ: dict[str, str], tmp_path: Path, changes: dict[str, str]
) -> None:
    shutil.copytree(mailed.folder / "keys", tmp_path / "keys")
    mails = sorted((tmp_path / "keys" / "mailbox" / mailed.cycle_id).glob("*.eml"))
    assert len(mails) == PEOPLE
    app = create_app(Settings.from_env({**environ, **changes}))
    app.test_client_class = PageClient
    with app.app_context():
        migrate()
    client = app.test_client()
    for path in (
        "/mailbox",
        "/mailbox?q=beth",
        f"/mailbox/{mailed.cycle_id}/{mails[0].stem}",
        f"/mailbox/{mailed.cycle_id}/{mails[0].stem}/html",
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "example" not in answer.text
    assert "/mailbox" not in client.get("/").text
    with app.app_context():
        db.engine.dispose()


def test_a_signed_in_account_sees_the_same_mailbox_as_everybody(app: Flask, mailed: Guarded) -> None:
    anybody = app.test_client().get("/mailbox").text
    for account in (mailed.organiser, mailed.steward):
        assert mail_paths(signed_in(app, account).get("/mailbox").text) == mail_paths(anybody)
