"""The pages of a pulse: by one's own link one answers until the close, and nothing is written beside a name."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from review_app import pulse_counting
from review_app.database import reading, transaction
from review_app.models.ballots import pulse_answers_table
from review_app.state import state
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.language import BILINGUAL
from surveys.pulse import Answered, Aspect, Reply, from_envelope
from tests.conftest import links_of
from tests.pages import PageClient, token_of
from tests.pulses import (
    FOR_WHOM,
    TITLE,
    Ready,
    add_action,
    asked_by,
    links_of_pulse,
    open_pulse,
    pass_closing_time,
    ready,
    storage_of,
)
from tests.web.respondents import words

ASH, BIRCH = "1@ash.example", "1@birch.example"
WRONG = ("", "nonsense", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "x" * 5000, "\0", "Ω" * 39)


@pytest.fixture
def of(environ: dict[str, str]) -> Iterator[Ready]:
    """A review with an action that is done."""
    with ready(environ) as made:
        yield made


@pytest.fixture
def pulse_id(of: Ready) -> str:
    """An open pulse on it."""
    return open_pulse(of)


def came_by(of: Ready, secret: bytes) -> PageClient:
    """A new browser in which a link is open."""
    client = of.app.test_client()
    assert isinstance(client, PageClient)
    answer = client.post("/p", data={"code": sealing.code_of(secret)})
    assert (answer.status_code, answer.location) == (303, "/p/answer"), answer.text
    return client


def link(page: str) -> str:
    found = re.search(r'name="link" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def send(client: PageClient, **fields: str) -> object:
    page = client.get("/p/answer").text
    return client.post("/p/answer", data={"csrf_token": token_of(page), "link": link(page), **fields})


def sealed(pulse_id: str) -> dict[bytes, bytes]:
    with reading() as session:
        rows = session.execute(select(pulse_answers_table(storage_of(pulse_id))))
        return {bytes(row.id): bytes(row.blob) for row in rows}


def opened(pulse_id: str, secret: bytes) -> Answered:
    blob = sealed(pulse_id)[sealing.ballot_id(secret, pulse_id)]
    content = sealing.open_ballot(state().keys.opening_key(pulse_id), blob)
    return from_envelope(content, pulse_id, asked_by(secret).party_id)


def everything() -> dict[str, str]:
    """A fingerprint of every file that the application keeps, the lock of the database apart."""
    folder = state().settings.data_dir.parent
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.endswith((".lock", "-shm"))]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_page_says_what_it_is_about_and_what_is_promised(of: Ready, pulse_id: str) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    said = words(client.get("/p/answer").text)
    for part in (TITLE, FOR_WHOM, "Prime Ltd", "Have you noticed that this has changed?"):
        assert part in said
    assert "Asked: 14 people from 8 organisations." in said
    assert "only if at least 5 people from at least 3 organisations answered yes or no" in said
    assert "at least 4 of them remain when any one organisation is left out" in said
    assert "whoever runs this server could technically read them" in said
    assert "Person" not in said


def test_with_two_keys_the_page_names_who_has_the_key(environ: dict[str, str]) -> None:
    with ready(environ, KeyMode.TWO_KEY) as of:
        pulse_id = open_pulse(of, sealing.new_key_pair().opening)
        said = words(came_by(of, links_of_pulse(pulse_id)[ASH]).get("/p/answer").text)
    assert "only The steward, the independent steward, holds the key" in said
    assert "technically" not in said


def test_an_answer_is_sealed_and_never_shown_again(of: Ready, pulse_id: str) -> None:
    secret = links_of_pulse(pulse_id)[ASH]
    client = came_by(of, secret)
    answer = send(client, noticed="yes", agreed="cannot_tell")
    assert (answer.status_code, answer.location) == (303, "/p/answer")  # type: ignore[attr-defined]
    assert opened(pulse_id, secret).replies == {
        Aspect.NOTICED: Reply.YES,
        Aspect.AGREED: Reply.CANNOT_TELL,
    }
    page = client.get("/p/answer").text
    assert "We have received your answers" in page and " checked" not in page
    another = came_by(of, secret).get("/p/answer").text
    assert "We have received your answers" in another and " checked" not in another


def test_one_question_may_be_left_out_and_a_second_answer_replaces_the_first(
    of: Ready, pulse_id: str
) -> None:
    secret = links_of_pulse(pulse_id)[ASH]
    client = came_by(of, secret)
    send(client, noticed="yes", agreed="yes")
    send(client, noticed="no")
    assert opened(pulse_id, secret).replies == {Aspect.NOTICED: Reply.NO}
    assert len(sealed(pulse_id)) == 1


def test_what_is_taken_back_is_gone(of: Ready, pulse_id: str) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    send(client, noticed="yes")
    page = client.get("/p/answer").text
    answer = client.post("/p/take-back", data={"csrf_token": token_of(page), "link": link(page)})
    assert answer.status_code == 303 and sealed(pulse_id) == {}
    after = client.get(answer.location).text
    assert "What you sent is deleted." in after and "Has this changed for you?" in after
    # An address alone can say nothing that is not so.
    send(client, noticed="no")
    assert "What you sent is deleted." not in client.get(answer.location).text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Choose an answer to one of the questions at least."),
        ({"noticed": "perhaps", "agreed": "yes"}, "This is not one of the answers."),
    ],
)
def test_nothing_and_nonsense_are_refused_and_keep_what_was_chosen(
    of: Ready, pulse_id: str, fields: dict[str, str], fault: str
) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    answer = send(client, **fields)
    assert answer.status_code == 422 and fault in answer.text  # type: ignore[attr-defined]
    assert ('value="yes" checked' in answer.text) is ("agreed" in fields)  # type: ignore[attr-defined]
    assert sealed(pulse_id) == {}


def test_every_failure_is_the_same_page_after_the_same_time(of: Ready, pulse_id: str) -> None:
    closed = open_pulse(of, action_id=_other_action(of))
    over = links_of_pulse(closed)[ASH]
    pass_closing_time(closed)
    client = of.app.test_client()
    assert isinstance(client, PageClient)
    mine = sealing.code_of(links_of_pulse(pulse_id)[ASH])
    codes = (*WRONG, sealing.code_of(over), sealing.code_of(sealing.link_secret(b"k" * 32, "i", 0)))
    pages = set()
    for code in codes:
        began = time.monotonic()
        answer = client.post("/p", data={"code": code})
        assert time.monotonic() - began >= 0.03
        assert answer.status_code == 200 and answer.headers.getlist("Set-Cookie") == []
        pages.add(answer.text)
    foreign = client.post("/p", data={"code": mine}, headers={"Sec-Fetch-Site": "cross-site"})
    pages.add(foreign.text)
    assert len(pages) == 1 and foreign.headers.getlist("Set-Cookie") == []
    pulse_counting.look(state().keys)
    assert client.post("/p", data={"code": sealing.code_of(over)}).text in pages


def _other_action(of: Ready) -> str:
    with transaction() as session:
        return add_action(session, of.cycle_id, title="Fewer forms")


def test_the_links_of_reviews_and_of_pulses_open_nothing_of_each_other(of: Ready, pulse_id: str) -> None:

    review = links_of(state(), of.cycle_id)[ASH]
    pulse = links_of_pulse(pulse_id)[ASH]
    client = of.app.test_client()
    assert "does not open anything" in client.post("/p", data={"code": sealing.code_of(review)}).text
    assert "does not open anything" in client.post("/r", data={"code": sealing.code_of(pulse)}).text
    assert "does not open anything" in client.post("/report", data={"code": sealing.code_of(pulse)}).text


def test_the_page_of_the_link_is_inert_and_the_same_for_everybody(of: Ready, pulse_id: str) -> None:
    client = of.app.test_client()
    before = everything()
    page = client.get("/p")
    assert page.headers.getlist("Set-Cookie") == []
    assert client.head("/p").status_code == 200
    opened_ = came_by(of, links_of_pulse(pulse_id)[ASH])
    assert opened_.get("/p").text == page.text
    for _ in range(2):
        opened_.get("/p/answer")
        opened_.head("/p/answer")
    # What a scanner does: blank forms, posted without the page that holds them.
    client.post("/p")
    client.post("/p/answer", data={})
    assert everything() == before


def test_only_the_sealed_table_changes_and_nothing_is_logged(
    of: Ready, pulse_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = links_of_pulse(pulse_id)[ASH]
    with caplog.at_level(logging.DEBUG):
        client = came_by(of, secret)
        send(client, noticed="yes")
    told = "\n".join(record.getMessage() for record in caplog.records if record.name != "werkzeug")
    for needle in (sealing.code_of(secret), secret.hex(), ASH, "noticed", pulse_id):
        assert needle not in told
    folder = state().settings.data_dir
    for path in (p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert secret not in content and sealing.code_of(secret).encode() not in content, path


def test_without_a_link_every_page_leads_to_the_entrance(of: Ready, pulse_id: str) -> None:
    client = of.app.test_client()
    client.set_cookie("pulse", "made up")
    answer = client.get("/p/answer")
    assert (answer.status_code, answer.location) == (303, "/p")
    assert "pulse=;" in answer.headers["Set-Cookie"]


def test_the_cookies_of_other_links_open_no_pulse(of: Ready, pulse_id: str) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    cookie = client.get_cookie("pulse")
    assert cookie is not None
    other = of.app.test_client()
    for name in ("r", "report", "workshop", "actions"):
        other.set_cookie(name, cookie.value)
    assert other.get("/p/answer").location == "/p"
    assert other.get("/r/reviews").location == "/r"


def test_a_page_of_another_link_is_sent_in_nobodys_name(of: Ready, pulse_id: str) -> None:
    links = links_of_pulse(pulse_id)
    client = came_by(of, links[ASH])
    page = client.get("/p/answer").text
    client.post("/p", data={"code": sealing.code_of(links[BIRCH])})
    for path in ("/p/answer", "/p/take-back"):
        fields = {"csrf_token": token_of(page), "link": link(page), "noticed": "yes"}
        answer = client.post(path, data=fields)
        assert answer.status_code == 409 and "Your answers were not sent" in answer.text
    assert sealed(pulse_id) == {}


def test_a_page_that_was_open_too_long_says_that_it_came_too_late(of: Ready, pulse_id: str) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    page = client.get("/p/answer").text
    pass_closing_time(pulse_id)
    fields = {"csrf_token": token_of(page), "link": link(page), "noticed": "yes"}
    late = client.post("/p/answer", data=fields)
    assert late.status_code == 409 and "came too late and were not taken" in late.text
    assert client.get("/p/answer").status_code == 409
    assert sealed(pulse_id) == {}


def test_a_form_without_its_token_is_refused(of: Ready, pulse_id: str) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    assert client.post("/p/answer", data={"noticed": "yes"}).status_code == 400
    assert sealed(pulse_id) == {}


def test_leaving_forgets_the_link(of: Ready, pulse_id: str) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    client.send("/p/leave", page="/p/answer")
    assert client.get("/p/answer").location == "/p"


def test_a_review_in_welsh_has_its_pulse_in_welsh(environ: dict[str, str]) -> None:
    with ready(environ, languages=BILINGUAL, long_reason_welsh="Rheswm") as of:
        pulse_id = open_pulse(of)
        client = came_by(of, links_of_pulse(pulse_id)[ASH])
        client.post("/language", data={"language": "cy", "back": "/p/answer"})
        said = words(client.get("/p/answer").text)
    assert "Ydych chi wedi sylwi bod hyn wedi newid?" in said
    assert "Nac ydw" in said and "Nage" in said


def test_a_link_that_was_opened_does_not_outlive_its_pulse(of: Ready, pulse_id: str) -> None:
    client = came_by(of, links_of_pulse(pulse_id)[ASH])
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    assert "This has closed" in client.get("/p/answer").text
    assert not list(Path(state().settings.data_dir.parent / "keys").glob(f"{pulse_id}*"))
