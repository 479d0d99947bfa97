"""L1 and L2: can a stranger tell by the time of an answer whether a code was ever one, or an address is invited?

Thousands of tries, mixed at random. Told as the chance that the answer to one kind takes longer than that to another:
a half is no difference.
"""

from __future__ import annotations

import re
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from flask.testing import FlaskClient
from numpy.typing import NDArray
from sqlalchemy import select, update

from benches.reviews import launched, settings
from review_app import clock
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.state import state
from surveys import sealing

TRIES = 5000
TRIES_OF_ADDRESSES = 2000
CHAIN = (24, 40)
# A machine may try so often a minute and no oftener, so the tries come from many.
TRIES_OF_A_MACHINE = 25
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Seconds = NDArray[np.float64]


class Door(NamedTuple):
    """A form that a stranger may try, and the status of its answer."""

    path: str
    field: str
    status: int


def lines() -> Iterator[str]:
    """The printed result."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings(Path(folder)))
        with app.app_context():
            migrate()
            cycle_id = launched(*CHAIN)
            addresses = _addresses(cycle_id)
        asked = _tries(app.test_client(), Door("/r/lost", "email", 303), addresses, TRIES_OF_ADDRESSES)
        with app.app_context():
            codes = _codes(cycle_id)
        tried = _tries(app.test_client(), Door("/r", "code", 200), codes, TRIES)
        with app.app_context():
            db.engine.dispose()
    yield f"L1 the time of the answer to a code that opens nothing, {TRIES:,} tries in mixed order"
    yield from _comparison(tried)
    yield f"L2 the time of the answer to who asks for the link again, {TRIES_OF_ADDRESSES:,} tries in mixed order"
    yield from _comparison(asked)


def _comparison(found: Mapping[str, Seconds]) -> Iterator[str]:
    for kind, seconds in found.items():
        yield f"   {kind:22} median {np.median(seconds) * 1000:.2f} ms"
    for (first, one), (second, other) in combinations(found.items(), 2):
        chance, error = _chance_of_longer(one, other)
        yield f"   {first} longer than {second} in {chance:.3f} of pairs (no difference: 0.500, error {error:.3f})"


def _addresses(cycle_id: str) -> dict[str, list[str]]:
    """Addresses that are invited, and as many that nobody has."""
    query = (
        select(ContactRecord.email)
        .join(InvitationRecord, InvitationRecord.contact_id == ContactRecord.id)
        .where(InvitationRecord.cycle_id == cycle_id)
    )
    with reading() as session:
        invited = list(session.scalars(query))
    unknown = [f"{secrets.token_hex(len(email) // 4)}@nobody.example" for email in invited]
    return {"an invited address": invited, "an unknown address": unknown}


def _codes(cycle_id: str) -> dict[str, list[str]]:
    """Codes that open nothing: real ones of a review that has closed, well-made ones, and mere letters."""
    with reading() as session:
        query = select(InvitationRecord.id, InvitationRecord.link_number).where(
            InvitationRecord.cycle_id == cycle_id
        )
        link_key = state().keys.link_key(cycle_id)
        closed = [
            sealing.code_of(sealing.link_secret(link_key, invitation, number))
            for invitation, number in session.execute(query)
        ]
    with transaction() as session:
        session.execute(update(CycleRecord).values(closes_at=clock.now() - timedelta(seconds=1)))
    unknown = [sealing.code_of(secrets.token_bytes(sealing.SECRET_BYTES)) for _ in closed]
    return {"a closed link": closed, "an unknown code": unknown, "no code": [code[:-1] for code in unknown]}


def _tries(client: FlaskClient, door: Door, kinds: Mapping[str, list[str]], count: int) -> dict[str, Seconds]:
    chance = Random(1)
    token = _TOKEN.search(client.get(door.path).text)
    always = {"csrf_token": token[1]} if token else {}
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(count):
        kind = chance.choice(sorted(kinds))
        machine = number // TRIES_OF_A_MACHINE
        environ = {"REMOTE_ADDR": f"10.0.{machine // 250}.{machine % 250 + 1}"}
        data = {**always, door.field: chance.choice(kinds[kind])}
        started = time.perf_counter()
        answer = client.post(door.path, data=data, environ_base=environ)
        found[kind].append(time.perf_counter() - started)
        if answer.status_code != door.status:
            raise RuntimeError(f"{kind} was answered with {answer.status_code}.")
    return {kind: np.array(seconds) for kind, seconds in found.items()}


def _chance_of_longer(one: Seconds, other: Seconds) -> tuple[float, float]:
    """How often a time of one is longer than a time of the other, and that share's standard error if they are alike.

    Source: Mann and Whitney 1947, the U statistic over its largest value.
    """
    order = np.argsort(np.concatenate([one, other]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    n, m = len(one), len(other)
    chance = (ranks[:n].sum() - n * (n + 1) / 2) / (n * m)
    return float(chance), float(np.sqrt((n + m + 1) / (12 * n * m)))
