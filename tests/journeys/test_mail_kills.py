"""kill -9 on the worker while it sends: no mail is lost, and a kill doubles at most one, the same to the letter.

``KILLED_MAILS=10000 pytest tests/journeys/test_mail_kills.py`` does it with ten thousand mails.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from review_app import clock, worker
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.outbox import MailRecord
from review_app.state import state
from surveys import sealing
from tests import large_reviews
from tests.conftest import links_of
from tests.servers import SmtpSink, wait_for

pytestmark = pytest.mark.slow
KILLS = 20
MAILS = int(os.environ.get("KILLED_MAILS", "400"))


# Real processes of their own, from a server that has imported everything once: each start takes a fraction of a second.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["review_app.factory", "review_app.worker", "tests.journeys.test_mail_kills"]
)


def work(environ: dict[str, str]) -> None:
    """What ``roundtable worker`` does."""
    with create_app(Settings.from_env(environ)).app_context():
        worker.run(state())


@dataclass
class Review:
    """An open review whose mail is owed. ``links``: the code of everybody's link by address."""

    environ: dict[str, str]
    links: dict[str, str]


@pytest.fixture
def review(environ: dict[str, str], either_database_url: str, sink: SmtpSink) -> Iterator[Review]:
    """The review on either database, its mail to the sink, inside an application context."""
    environ |= {"ROUNDTABLE_DATABASE_URL": either_database_url, "ROUNDTABLE_SMTP_URL": sink.url}
    with create_app(Settings.from_env(environ)).app_context():
        migrate()
        cycle_id = large_reviews.approved(MAILS)
        large_reviews.launch(cycle_id)
        codes = {address: sealing.code_of(s) for address, s in links_of(state(), cycle_id).items()}
        yield Review(environ, codes)
        db.engine.dispose()


def states() -> set[str]:
    with reading() as session:
        return set(session.scalars(select(MailRecord.state).distinct()))


def test_killing_the_sender_loses_no_mail_and_doubles_at_most_one_a_kill(
    review: Review, sink: SmtpSink
) -> None:
    chance, kills = random.Random(), 0
    a_round = MAILS // (KILLS + 2)
    while kills < KILLS:
        wanted = len(sink.mails) + chance.randint(1, a_round)
        process = PROCESSES.Process(target=work, args=(review.environ,))
        process.start()
        end = time.monotonic() + 60
        while len(sink.mails) < wanted and time.monotonic() < end:
            time.sleep(chance.uniform(0, 0.004))
        assert len(sink.mails) >= wanted
        process.kill()
        process.join()
        kills += 1
        with transaction() as session:
            # What some minutes would do: the dead worker's leases have run out.
            session.execute(
                update(MailRecord).where(MailRecord.state == "sending").values(leased_until=clock.now())
            )
    last = PROCESSES.Process(target=work, args=(review.environ,))
    last.start()
    wait_for(lambda: states() == {"sent"}, seconds=60 + MAILS / 10)
    last.terminate()
    last.join()
    assert last.exitcode == 0
    assert len(review.links) == MAILS
    seen: dict[str, set[tuple[str, str]]] = {}
    for mail in sink.mails:
        body = mail.get_body(("plain",))
        assert body is not None
        address = mail["To"].addresses[0].addr_spec
        text = body.get_content()
        assert f"/r#{review.links[address]}" in text
        seen.setdefault(address, set()).add((mail["Message-ID"], text))
    assert seen.keys() == review.links.keys()
    # The doubles are the same mail, and different people's are different ones.
    assert {len(variants) for variants in seen.values()} == {1}
    assert len({id_ for ((id_, _),) in seen.values()}) == MAILS
    doubles = len(sink.mails) - MAILS
    assert doubles <= kills, f"{doubles} doubles of {kills} kills"
