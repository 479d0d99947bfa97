"""A published review of a chain, and actions on it: for whatever makes, moves, shows or counts them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from review_app import clock
from review_app.database import reading, transaction
from review_app.services import proposing, publishing
from review_app.services.proposing import Proposal
from surveys.mail_hours import ZONE
from tests.publications import DAYS, Reviewed, contact_id_of, counted, make, move_into_the_past

BY = "The organiser"
# People of the chain, by their addresses.
MILL, ASH, PRIME, COUNCIL = (f"0@{id_}.example" for id_ in ("mill", "ash", "prime", "council"))


@contextmanager
def published(environ: dict[str, str], **changes: object) -> Iterator[Reviewed]:
    """The review in an installation of its own, its reports published. ``changes``: of its design."""
    with counted(environ, **changes) as of:
        make(of)
        move_into_the_past(of.cycle.id, timedelta(days=DAYS + 1))
        with transaction() as session:
            publishing.advance(session, clock.now(), of.cycle.id)
        yield of


def contact_ids(*addresses: str) -> tuple[str, ...]:
    """The ids of the contacts with these addresses."""
    with reading() as session:
        return tuple(contact_id_of(session, address) for address in addresses)


def proposal(of: Reviewed, **changes: object) -> Proposal:
    """An action of the prime's that the mill verifies, due in sixty days. ``changes``: of its fields.

    ``owners``, ``verifier``: addresses.
    """
    owners, verifier = changes.pop("owners", (PRIME,)), changes.pop("verifier", MILL)
    assert isinstance(owners, tuple) and isinstance(verifier, str)
    it = Proposal(
        cycle_id=of.cycle.id,
        title="Invoices are paid within 14 days",
        for_whom="Every subcontractor",
        owner_ids=contact_ids(*owners),
        verifier_id=contact_ids(verifier)[0],
        due=(clock.now().astimezone(ZONE) + timedelta(days=60)).date(),
        measure="Days from invoice to payment",
        baseline="42 days",
        steps=("Agree a date of the month", "Tell everybody"),
    )
    return replace(it, **changes)  # type: ignore[arg-type]  # the caller's fields


def propose(of: Reviewed, **changes: object) -> str:
    """The id of an action that is proposed."""
    it = proposal(of, **changes)
    with transaction() as session:
        return proposing.propose(session, clock.now(), it, by=BY)
