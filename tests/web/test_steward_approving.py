"""Approving, and the key file: what the steward alone can do before the launch, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from review_app import clock
from review_app.database import transaction
from review_app.models.cycles import CycleRecord
from review_app.services import cycles
from review_app.services.errors import NotYetError
from review_app.state import state
from surveys import sealing
from surveys.cycle import CycleState, KeyMode
from surveys.errors import WrongPassphraseError
from tests.pages import PageClient
from tests.web.key_files import (
    NOT_TOGETHER,
    TYPE_AGAIN,
    WRONG_FILES,
    TwoKeys,
    keys_in,
    make_key_file,
    spellings,
)
from tests.web.respondents import words
from tests.web.stewards import (
    PASSPHRASE,
    Guarded,
    bring,
    cycle_of,
    cycle_row,
    faults,
    files_with,
    folder_of,
    launched,
    new_draft,
)
from tests.web.tables import every_row


@pytest.fixture(scope="module")
def no_key_yet(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """A draft with two keys, before its key file is made."""
    with new_draft(tmp_path_factory.mktemp("no-key-yet"), KeyMode.TWO_KEY) as (_, guarded):
        return guarded


@pytest.fixture
def at(stewards_at: Callable[[Guarded], PageClient]) -> Callable[[Guarded], PageClient]:
    """Puts an installation at rest in place; the browser of its steward."""
    return stewards_at


# One host


def test_one_click_approves_with_one_host(
    site: Flask, at: Callable[[Guarded], PageClient], drafted: Guarded
) -> None:
    client = at(drafted)
    page = client.get(f"{drafted.path}/approve").text
    assert "that a group is shown from 5 people on" in page and 'type="password"' not in page
    done = client.send(f"{drafted.path}/approve")
    assert (done.status_code, done.location) == (303, drafted.path)
    assert "You have approved this review." in client.get(drafted.path).text
    assert cycle_of(site, drafted.cycle_id).is_approved
    assert "The organiser launches it next." in client.get("/steward").text


def test_approving_twice_is_approving_once(
    site: Flask, at: Callable[[Guarded], PageClient], drafted: Guarded
) -> None:
    client = at(drafted)
    client.send(f"{drafted.path}/approve")
    before = every_row(site)
    assert client.send(f"{drafted.path}/approve").status_code == 303
    assert every_row(site) == before


def test_a_draft_that_is_changed_has_to_be_approved_again(
    site: Flask, at: Callable[[Guarded], PageClient], drafted: Guarded
) -> None:
    client = at(drafted)
    client.send(f"{drafted.path}/approve")
    with site.app_context(), transaction() as session:
        record = session.get(CycleRecord, drafted.cycle_id)
        assert record is not None
        design = replace(cycles.design_of(record), k=6)
        cycles.redesign(session, clock.now(), drafted.cycle_id, design=design, shortest=timedelta(1))
    assert not cycle_of(site, drafted.cycle_id).is_approved
    assert "Check who is asked, and approve." in client.get("/steward").text
    with pytest.raises(NotYetError, match="has not approved"):
        launched(site, drafted.cycle_id)
    assert cycle_of(site, drafted.cycle_id).state is CycleState.DRAFT
    client.send(f"{drafted.path}/approve")
    launched(site, drafted.cycle_id)
    assert cycle_of(site, drafted.cycle_id).state is CycleState.OPEN


def test_a_launched_review_cannot_be_approved_again(
    site: Flask, at: Callable[[Guarded], PageClient], drafted: Guarded
) -> None:
    client = at(drafted)
    client.send(f"{drafted.path}/approve")
    launched(site, drafted.cycle_id)
    assert client.get(f"{drafted.path}/approve").location == drafted.path
    before = every_row(site)
    refused = client.send(f"{drafted.path}/approve", page=f"{drafted.path}/extend")
    assert refused.status_code == 409 and "This review was launched." in refused.text
    assert every_row(site) == before


def test_with_one_host_there_is_no_key_file_to_make(
    site: Flask, at: Callable[[Guarded], PageClient], drafted: Guarded
) -> None:
    client = at(drafted)
    assert client.get(f"{drafted.path}/key").location == drafted.path
    fields = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert client.send(f"{drafted.path}/key", fields, page=f"{drafted.path}/approve").status_code == 409
    assert not cycle_of(site, drafted.cycle_id).has_key


# The key file


@pytest.mark.parametrize(
    ("typed", "mends"),
    [
        (("", ""), ["Enter a passphrase", "Enter the passphrase a second time"]),
        (("fifteen letters", "fifteen letters"), ["Use 16 characters or more, such as four words"]),
        ((PASSPHRASE, PASSPHRASE.upper()), ["The two passphrases differ. Type both again"]),
        ((PASSPHRASE, ""), ["Enter the passphrase a second time"]),
        (("x" * 1001, "x" * 1001), ["Use 1,000 characters or fewer"]),
    ],
)
def test_a_passphrase_that_will_not_do_makes_no_key(
    site: Flask,
    at: Callable[[Guarded], PageClient],
    no_key_yet: Guarded,
    typed: tuple[str, str],
    mends: list[str],
) -> None:
    client = at(no_key_yet)
    before = every_row(site)
    refused = client.send(f"{no_key_yet.path}/key", dict(zip(("passphrase", "again"), typed, strict=True)))
    assert refused.status_code == 422
    assert faults(refused.text) == mends
    assert every_row(site) == before
    for passphrase in {*typed} - {""}:
        assert passphrase not in refused.text


def test_the_key_file_is_a_download_that_only_its_passphrase_opens(
    site: Flask,
    at: Callable[[Guarded], PageClient],
    no_key_yet: Guarded,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = at(no_key_yet)
    with caplog.at_level(0):
        made = client.send(f"{no_key_yet.path}/key", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    headers = made.headers
    assert headers["Content-Disposition"] == "attachment; filename=roundtable-spring-review.key"
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("application/octet-stream", "no-store")
    opening_key = sealing.open_key_file(made.data, PASSPHRASE)
    for wrong in (PASSPHRASE.upper(), f"{PASSPHRASE} ", ""):
        with pytest.raises(WrongPassphraseError):
            sealing.open_key_file(made.data, wrong)
    sealed = base64.decodebytes(made.data.partition(b"\n")[2])
    for spelling in spellings(opening_key):
        assert spelling not in made.data and spelling not in sealed
        assert files_with(folder_of(site), spelling) == []
    assert files_with(folder_of(site), PASSPHRASE.encode()) == []
    assert PASSPHRASE not in caplog.text and opening_key.hex() not in caplog.text
    # What the server keeps can seal, and no more.
    assert cycle_row(site, no_key_yet.cycle_id)["sealing_key"] == sealing.sealing_key_of(opening_key)
    assert not cycle_of(site, no_key_yet.cycle_id).is_approved


def test_a_second_key_file_makes_the_first_one_useless_and_asks_for_approval_again(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys
) -> None:
    guarded = two_keys.draft
    client = at(guarded)
    bring(client, f"{guarded.path}/approve", two_keys.key_file)
    assert cycle_of(site, guarded.cycle_id).is_approved
    assert "If you make another, the earlier one opens nothing." in words(
        client.get(f"{guarded.path}/key").text
    )
    second = make_key_file(client, guarded)
    assert sealing.open_key_file(second, PASSPHRASE) != two_keys.opening_key
    assert not cycle_of(site, guarded.cycle_id).is_approved
    refused = bring(client, f"{guarded.path}/approve", two_keys.key_file)
    assert (refused.status_code, faults(refused.text)) == (
        422,
        ["This is the key file of another review, or an older one. Use the newest file."],
    )
    assert bring(client, f"{guarded.path}/approve", second).status_code == 303
    assert cycle_of(site, guarded.cycle_id).is_approved


def test_without_a_key_file_there_is_nothing_to_approve(
    site: Flask, at: Callable[[Guarded], PageClient], no_key_yet: Guarded
) -> None:
    client = at(no_key_yet)
    assert client.get(f"{no_key_yet.path}/approve").location == no_key_yet.path
    other = sealing.seal_key_file(sealing.new_key_pair().opening, PASSPHRASE)
    refused = bring(client, f"{no_key_yet.path}/approve", other, page=f"{no_key_yet.path}/key")
    assert (refused.status_code, faults(refused.text)) == (
        422,
        ["There is no key yet. Make the key file first."],
    )
    assert not cycle_of(site, no_key_yet.cycle_id).is_approved


@pytest.mark.parametrize("kind", WRONG_FILES)
def test_a_wrong_key_file_approves_nothing_and_the_page_says_what_to_do(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys, kind: str
) -> None:
    guarded = two_keys.draft
    client = at(guarded)
    before = every_row(site)
    spoil, mend = WRONG_FILES[kind]
    refused = bring(client, f"{guarded.path}/approve", spoil(two_keys.key_file))
    assert refused.status_code == 422
    (fault,) = faults(refused.text)
    assert fault.startswith(mend)
    assert PASSPHRASE not in refused.text
    assert every_row(site) == before


@pytest.mark.parametrize(
    ("passphrase", "mend"),
    [
        ("", "Enter the passphrase of the key file"),
        (PASSPHRASE.title(), f"{NOT_TOGETHER} {TYPE_AGAIN}"),
        pytest.param("y" * 100_000, f"{NOT_TOGETHER} {TYPE_AGAIN}", id="endless"),
    ],
)
def test_a_wrong_passphrase_approves_nothing(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys, passphrase: str, mend: str
) -> None:
    guarded = two_keys.draft
    client = at(guarded)
    before = every_row(site)
    refused = bring(client, f"{guarded.path}/approve", two_keys.key_file, passphrase)
    assert (refused.status_code, faults(refused.text)) == (422, [mend])
    assert not passphrase or passphrase not in refused.text
    assert every_row(site) == before


def test_an_upload_that_no_page_takes_is_refused_whole(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys
) -> None:
    guarded = two_keys.draft
    client = at(guarded)
    refused = client.post(
        f"{guarded.path}/approve",
        data=b"x" * (9 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
    )
    assert refused.status_code == 413 and "That file is too large" in refused.text
    assert not cycle_of(site, guarded.cycle_id).is_approved


def test_the_server_never_keeps_the_opening_key_or_the_passphrase(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys
) -> None:
    guarded = two_keys.draft
    client = at(guarded)
    key = two_keys.opening_key

    def assert_nothing_kept() -> None:
        for needle in (*spellings(key), PASSPHRASE.encode(), two_keys.key_file[30:80]):
            assert files_with(folder_of(site), needle) == []

    assert bring(client, f"{guarded.path}/approve", two_keys.key_file).status_code == 303
    assert_nothing_kept()
    launched(site, guarded.cycle_id)
    assert_nothing_kept()
    assert [Path(name).suffix for name in keys_in(folder_of(site))] == [".link-key"]
    with site.app_context():
        assert not state().keys.has_opening_key(guarded.cycle_id)
