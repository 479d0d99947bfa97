"""Evidence over HTTP: what may be uploaded, to whom a file is handed out, and how; and stopping links to actions."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from review_app.database import reading
from review_app.services import actions
from review_app.services.accounts import AccountRole
from review_app.services.actions import Action
from surveys.improvement import ActionState
from tests.actions_made import ASH, MILL, PRIME
from tests.conftest import make_account
from tests.pages import PageClient
from tests.unit.test_evidence_documents import RELATIONS, related, word
from tests.unit.test_evidence_kinds import A_JPEG, A_PDF
from tests.web.owners import Acted, came_to_act, hidden, made_actions, post
from tests.web.respondents import words
from tests.web.stewards import faults, folder_of, restore, running, signed_in


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> Acted:
    """The review, made once."""
    return made_actions(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application that all tests of this module ask."""
    with running(tmp_path_factory.mktemp("site")) as app:
        yield app


@pytest.fixture
def app(site: Flask, acted: Acted) -> Flask:
    """The application on a fresh copy of the review."""
    restore(site, acted)
    return site


@pytest.fixture
def prime(app: Flask, acted: Acted) -> PageClient:
    """The browser of the owner."""
    return came_to_act(app, acted, PRIME)


def load(app: Flask, acted: Acted) -> Action:
    with app.app_context(), reading() as session:
        return actions.load(session, acted.ids[ActionState.IN_PROGRESS])


def upload(client: PageClient, path: str, name: str, content: bytes, **fields: str) -> str:
    """Where the browser goes after an upload, or the faults of its page."""
    form = hidden(client, f"{path}/evidence")
    sent = FileStorage(io.BytesIO(content), name)
    # As bytes: the client would leave a file of its own open for a large form.
    boundary, body = encode_multipart({**form, "file": sent, **fields})
    answer = client.post(
        f"{path}/evidence", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    return answer.location or " ".join(faults(answer.text))


def kept_files(app: Flask) -> int:
    folder = folder_of(app) / "data" / "evidence"
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_a_file_goes_up_and_comes_down_as_an_attachment_to_those_alone_who_may_have_it(
    app: Flask, acted: Acted, prime: PageClient
) -> None:
    path = acted.path(ActionState.IN_PROGRESS)
    assert upload(prime, path, "../../Tr\u0177 terms.pdf", A_PDF) == f"{path}?notice=evidence#evidence"
    (piece,) = load(app, acted).evidence
    assert piece.name == "Tr\u0177 terms.pdf"
    address = f"{path}/evidence/{piece.id}"
    assert address in prime.get(path).text
    for client in (prime, came_to_act(app, acted, MILL)):
        answer = client.get(address)
        assert answer.status_code == 200 and answer.data == A_PDF
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers
    ash = came_to_act(app, acted, ASH)
    for other in (address, f"/a/{acted.joint}/evidence/{piece.id}"):
        assert ash.get(other).status_code == 404
    assert prime.get(f"{acted.path(ActionState.DONE)}/evidence/{piece.id}").status_code == 404
    assert app.test_client().get(address).location == "/a"
    for account in (acted.organiser, acted.steward):
        assert signed_in(app, account).get(f"/actions/evidence/{piece.id}").data == A_PDF
    stranger = make_account(app, "other@independent.example", AccountRole.STEWARD)
    assert signed_in(app, stranger).get(f"/actions/evidence/{piece.id}").status_code == 404
    assert app.test_client().get(f"/actions/evidence/{piece.id}").status_code in {302, 303}
    assert prime.get(f"/actions/evidence/{piece.id}").status_code in {302, 303}


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (("a.pdf", A_JPEG), "does not fit what is in it"),
        (("a.txt", b"<svg onload=alert(1)>"), "can act by itself"),
        (("a.txt", b""), "is empty"),
        (("a.exe", b"MZ\x90\x00"), "cannot be kept"),
        (("a.pdf", A_PDF[:20]), "is damaged"),
        (("a.pdf", b"%PDF-1.7\n1 0 obj\n<< /J#53(x) >>\n%%EOF"), "another file. Print it to a new PDF"),
        (("a.pdf", b"%PDF-1.7\ntrailer << /Encrypt 1 0 R >>\n%%EOF"), "is locked"),
        (
            ("a.pdf", b"%PDF-1.7\n1 0 obj << /N 1 /First 4 >> stream\n%%EOF"),
            "Parts of this PDF cannot be read",
        ),
        (("a.docx", word(**{RELATIONS: related("image")})), "fetches something from elsewhere"),
        (("a.csv", b"name,days\nMill,=1+1\n"), "In line 2 of this file a cell begins with"),
        (("a.txt", b"x" * (5 * 1024 * 1024 + 1)), "larger than 5 MB"),
    ],
)
def test_what_may_not_be_kept_is_refused_with_its_mend_and_leaves_no_file(
    app: Flask, acted: Acted, prime: PageClient, file: tuple[str, bytes], says: str
) -> None:
    path = acted.path(ActionState.IN_PROGRESS)
    assert says in upload(prime, path, *file, address="https://www.example.org/kept")
    assert load(app, acted).evidence == () and kept_files(app) == 0


def test_far_too_much_is_refused_before_it_is_read(acted: Acted, app: Flask, prime: PageClient) -> None:
    path = acted.path(ActionState.IN_PROGRESS)
    answer = prime.post(
        f"{path}/evidence", data=b"x" * 9_000_000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413 and kept_files(app) == 0
    assert "up to 5 MB" in answer.text and f'href="{path}/evidence">Back to the form' in answer.text


def test_a_link_shows_its_host_and_gives_nothing_away(app: Flask, acted: Acted, prime: PageClient) -> None:
    path = acted.path(ActionState.IN_PROGRESS)
    answer = post(prime, f"{path}/evidence", address="javascript:alert(1)", name="Look")
    assert answer.status_code == 422 and "javascript:alert(1)" in answer.text and "Look" in answer.text
    for bad, says in (
        ("https://good.example@evil.example/", "Leave out the @"),
        ("https:\\\\www.example.org", "There is a backslash"),
        ("https://www.example.org/a b", "a space or an invisible sign"),
        ("https://www.example.org/" + "x" * 1000, "too long"),
    ):
        assert says in faults(post(prime, f"{path}/evidence", address=bad).text)[0]
    assert faults(post(prime, f"{path}/evidence", address="").text) == ["Choose a file, or write a link."]
    assert post(prime, f"{path}/evidence", address="https://www.example.org/t", name="").status_code == 303
    page = prime.get(path).text
    assert 'href="https://www.example.org/t" rel="noopener noreferrer nofollow"' in page
    assert "A link to www.example.org" in words(page)


def test_whoever_oversees_the_chain_stops_and_replaces_links(app: Flask, acted: Acted) -> None:
    address = f"/chains/{acted.chain_id}/actions/people"
    with signed_in(app, acted.steward) as client:
        page = client.get(address).text
        assert "Person 0 at prime" in page and "The link works." in page
        stop = page.partition(f'action="{address}/')[2].partition("/")[0]
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = {"csrf_token": token}
        assert client.post(f"{address}/{stop}/stop", data=data).location == address
        assert "The link was stopped." in client.get(address).text
        assert client.post(f"{address}/{stop}/replace", data=data).location == address
        assert "The link was stopped." not in client.get(address).text
        assert client.post(f"{address}/nobody/stop", data=data).status_code == 404
    stranger = make_account(app, "other@independent.example", AccountRole.STEWARD)
    with signed_in(app, stranger) as client:
        assert client.get(address).status_code == 404


def test_a_file_that_is_refused_or_there_already_leaves_nothing_on_the_disk(
    app: Flask, acted: Acted, prime: PageClient
) -> None:
    path = acted.path(ActionState.IN_PROGRESS)
    for _ in range(2):
        assert "notice=evidence" in upload(prime, path, "terms.pdf", A_PDF)
    assert kept_files(app) == 1
    refused = upload(prime, path, "photo.jpg", A_JPEG, address="no link at all")
    assert "This is not a link to a page." in refused
    assert kept_files(app) == 1 and len(load(app, acted).evidence) == 1
