"""The linkage attack on pulses: no order that a database offers says better than chance who gave which answer."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest
from sqlalchemy import text

from review_app.database import reading, transaction
from review_app.models import db
from surveys import sealing
from tests.pulses import NO, YES, add_action, links_of_pulse, open_pulse, ready, say, storage_of

pytestmark = pytest.mark.slow
# No two of them say the same: a pulse on each can be opened at once.
PROMISES = (
    *("invoices", "answers", "forecasts", "audits", "bonuses", "contracts"),
    *("templates", "budgets", "volunteers", "keys", "queries", "deposits"),
)
ROUNDS = len(PROMISES)


def test_no_order_in_the_database_links_better_than_chance(either_environ: dict[str, str]) -> None:
    hits: Counter[str] = Counter()
    with ready(either_environ) as of:
        for number in range(ROUNDS):
            with transaction() as session:
                action_id = add_action(session, of.cycle_id, title=PROMISES[number])
            pulse_id = open_pulse(of, action_id=action_id)
            links = links_of_pulse(pulse_id)
            answering = random.sample(sorted(links), len(links) - 2)
            for address in answering:
                say(links[address], random.choice((YES, NO)))
                say(links[address], random.choice((YES, NO)))
            truth = {sealing.ballot_id(links[address], pulse_id): address for address in answering}
            for name, guess in guesses(pulse_id, answering).items():
                hits[name] += sum(truth[row] == person for row, person in guess)
    # By chance one is right in each round, with a variance of one: this bound is five deviations away.
    bound = ROUNDS + 5 * ROUNDS**0.5
    assert len(hits) >= 12
    assert {name: count for name, count in hits.items() if count > bound} == {}


def guesses(pulse_id: str, answering: list[str]) -> dict[str, list[tuple[bytes, str]]]:
    """Every way to lay the sealed rows beside the people that the database offers."""
    row_orders = {"the table": "", "ids": "ORDER BY id", "blobs": "ORDER BY blob"}
    person_orders = {
        "invitations": "ORDER BY i.id",
        "verifiers": "ORDER BY i.verifier",
        "mail": "ORDER BY o.id",
        "contacts": "ORDER BY c.id",
    }
    if db.engine.dialect.name == "postgresql":
        row_orders |= {"xmin": "ORDER BY xmin::text::bigint", "ctid": "ORDER BY ctid"}
        person_orders |= {"person ctid": "ORDER BY i.ctid"}
    else:
        person_orders |= {"person rowid": "ORDER BY i.rowid", "outbox rowid": "ORDER BY o.rowid"}
    join = (
        "SELECT c.email FROM pulse_invitations i JOIN contacts c ON c.id = i.contact_id"
        " JOIN outbox o ON o.contact_id = c.id AND o.about_id = i.pulse_id WHERE i.pulse_id = :pulse "
    )
    found = {}
    with reading() as session:
        for (r, row_order), (p, person_order) in itertools.product(row_orders.items(), person_orders.items()):
            rows = session.scalars(text(f"SELECT id FROM pulse_answers_{storage_of(pulse_id)} {row_order}"))
            ids = [bytes(row) for row in rows]
            people = [
                email
                for email in session.scalars(text(join + person_order), {"pulse": pulse_id})
                if email in answering
            ]
            found[f"{r} x {p}"] = list(zip(ids, people, strict=True))
    return found
