"""Counting with the key file: not before the time, not with another file, and nothing is lost by trying."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import inspect

from review_app import counting
from review_app.models import db
from review_app.state import state
from surveys.cycle import CycleState
from surveys.subjects import Subject
from tests.pages import PageClient
from tests.web.key_files import (
    NOT_TOGETHER,
    TYPE_AGAIN,
    WRONG_FILES,
    TwoKeys,
    keys_in,
    spellings,
)
from tests.web.stewards import (
    PASSPHRASE,
    Guarded,
    answer,
    bring,
    cycle_of,
    faults,
    files_with,
    folder_of,
    launched,
)
from tests.web.tables import every_row, sealed_rows


@pytest.fixture
def at(stewards_at: Callable[[Guarded], PageClient]) -> Callable[[Guarded], PageClient]:
    """Puts an installation at rest in place; the browser of its steward."""
    return stewards_at


def test_before_the_closing_time_nothing_is_counted_and_nothing_can_be_read(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys
) -> None:
    guarded = two_keys.draft
    client = at(guarded)
    bring(client, f"{guarded.path}/approve", two_keys.key_file)
    cycle = launched(site, guarded.cycle_id)
    with site.app_context():
        answer(cycle, min(cycle.links), Subject.PRIME)
    before, sealed = every_row(site), sealed_rows(site, cycle.id)
    # A page that is open at that time gives its token, as one in another window would.
    extend = f"{guarded.path}/extend"
    for page in ("count", "comments", "comments/1", "publish"):
        assert client.get(f"{guarded.path}/{page}").location == guarded.path
    counted = bring(client, f"{guarded.path}/count", two_keys.key_file, page=extend)
    assert (counted.status_code, counted.location) == (303, guarded.path)
    assert client.send(f"{guarded.path}/comments/1", page=extend).status_code == 404
    assert client.send(f"{guarded.path}/publish", page=extend).status_code == 409
    assert (every_row(site), sealed_rows(site, cycle.id)) == (before, sealed)


def test_the_host_alone_cannot_count_a_review_with_two_keys(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys
) -> None:
    guarded = two_keys.closing
    client = at(guarded)
    before = sealed_rows(site, guarded.cycle_id)
    assert len(before["ballots"]) == 14
    with site.app_context():
        assert counting.count_waiting(state().keys) == 0
    assert cycle_of(site, guarded.cycle_id).state is CycleState.CLOSING
    assert sealed_rows(site, guarded.cycle_id) == before
    assert "Bring the key file, so that it can be counted." in client.get("/steward").text
    assert f'href="{guarded.path}/count"' in client.get(guarded.path).text


def test_counting_with_what_does_not_open_destroys_nothing_and_can_be_tried_again(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys
) -> None:
    guarded = two_keys.closing
    client = at(guarded)
    path = f"{guarded.path}/count"
    before = every_row(site), sealed_rows(site, guarded.cycle_id), keys_in(folder_of(site))
    tries = [(spoil(two_keys.key_file), PASSPHRASE, mend) for spoil, mend in WRONG_FILES.values()]
    tries.append((two_keys.key_file, PASSPHRASE.title(), f"{NOT_TOGETHER} {TYPE_AGAIN}"))
    for content, passphrase, mend in tries:
        refused = bring(client, path, content, passphrase)
        assert refused.status_code == 422
        (fault,) = faults(refused.text)
        assert fault.startswith(mend) and 'href="#key_file"' in refused.text
        assert passphrase not in refused.text
        assert (every_row(site), sealed_rows(site, guarded.cycle_id), keys_in(folder_of(site))) == before

    done = bring(client, path, two_keys.key_file)
    assert (done.status_code, done.location) == (303, guarded.path)
    assert (
        "The answers are counted, and the answers themselves are destroyed." in client.get(guarded.path).text
    )
    found = cycle_of(site, guarded.cycle_id)
    assert found.state is CycleState.CLOSED and found.purged_at is not None
    with site.app_context():
        assert not [name for name in inspect(db.engine).get_table_names() if name.startswith("ballots")]
    assert keys_in(folder_of(site)) == {}
    for spelling in spellings(two_keys.opening_key):
        assert files_with(folder_of(site), spelling) == []

    # A second click, or the page in another window, finds it counted.
    after = every_row(site)
    again = bring(client, path, two_keys.key_file, page=f"{guarded.path}/publish")
    assert (again.status_code, again.location) == (303, guarded.path)
    assert every_row(site) == after


def test_without_the_servers_own_key_the_count_waits_until_it_is_back(
    site: Flask, at: Callable[[Guarded], PageClient], two_keys: TwoKeys
) -> None:
    guarded = two_keys.closing
    client = at(guarded)
    before = sealed_rows(site, guarded.cycle_id)
    folder = folder_of(site)
    (folder / "keys").rename(folder / "taken away")
    try:
        refused = bring(client, f"{guarded.path}/count", two_keys.key_file)
    finally:
        shutil.rmtree(folder / "keys", ignore_errors=True)
        (folder / "taken away").rename(folder / "keys")
    assert refused.status_code == 422
    assert "Ask whoever runs the server to bring its key folder back, then try again." in refused.text
    assert sealed_rows(site, guarded.cycle_id) == before
    assert bring(client, f"{guarded.path}/count", two_keys.key_file).status_code == 303
    assert cycle_of(site, guarded.cycle_id).state is CycleState.CLOSED
