"""Sixty people in one workshop, and a server that is killed twice: nothing kept is lost, nothing is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from benches import workshop

pytestmark = pytest.mark.slow
SECONDS = 30.0


def test_sixty_people_and_two_kills_lose_and_double_nothing(tmp_path: Path, either_database_url: str) -> None:
    result = workshop.run(tmp_path, SECONDS, either_database_url)
    assert result.faults == []
    assert result.topics == 1 and result.counts["restarts"] == workshop.RESTARTS
    # It really was that many people, and they really were cut off.
    assert result.notes > 60 and result.votes >= 15 and result.counts["cut off"] > 0
    assert result.counts["events"] > 60
