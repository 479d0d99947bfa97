"""Ids of rows: random, and fit for an address and for a command line."""

from __future__ import annotations

import re

from review_app.models.base import new_id

MANY = 2_000


def test_no_id_looks_like_an_option_of_a_command() -> None:
    # One in sixty-four random ids would begin with a hyphen.
    found = {new_id() for _ in range(MANY)}
    assert len(found) == MANY
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", id_) for id_ in found)
