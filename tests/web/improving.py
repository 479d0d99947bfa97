"""A review of which something came, at rest, as the pages of its actions find it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.improvement_made import improved
from tests.web.readers import ASH, COUNCIL, MILL, PRIME
from tests.web.stewards import Guarded


@dataclass(frozen=True)
class ImprovedAtRest(Guarded):
    """An installation at rest with a recorded workshop and five actions. ``secrets``: of links to reports."""

    chain_id: str
    workshop_id: str
    actions: dict[str, str]
    parties: dict[str, str]
    secrets: dict[str, bytes]

    @property
    def board(self) -> str:
        """The address of the board."""
        return f"/chains/{self.chain_id}/actions"

    def page_of(self, name: str) -> str:
        """The address of an action."""
        return f"/actions/{self.actions[name]}"


def improved_review(folder: Path, **changes: object) -> ImprovedAtRest:
    """The review, made in a folder. ``changes``: of its design."""
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
    }
    with improved(environ, **changes) as made:
        return ImprovedAtRest(
            folder=folder,
            cycle_id=made.of.cycle.id,
            organiser=made.of.organiser,
            steward=made.of.steward,
            chain_id=made.chain_id,
            workshop_id=made.workshop_id,
            actions=made.actions,
            parties=made.of.parties,
            secrets={address: made.of.secret(address) for address in (MILL, ASH, PRIME, COUNCIL)},
        )
