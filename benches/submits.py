"""S1: submits per second over HTTP, beside a bare Flask-and-SQLAlchemy insert on the same server and database."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.demo.browsing import Browser, FormReader
from review_app.factory import create_app
from review_app.models import db
from review_app.services import accounts, answering, approving, chains, cycles, launching
from review_app.services.accounts import AccountRole
from review_app.services.designs import Design
from review_app.state import state
from surveys import library, sealing
from surveys.answers import Answers
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.matrix import Plan
from surveys.subjects import USUAL
from tests.conftest import links_of
from tests.processes import kill, start, wait_until_up
from tests.servers import free_port

CLIENTS = 8
ROUNDS = 5
PER_ROUND = 80
CHECK = "/r/reviews/{}/check"
Request = tuple[str, dict[str, str], str]


def lines() -> Iterator[str]:
    """The printed result."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        environ = environ_of(Path(folder))
        requests, size = _prepare(environ)
        ours = stack.enter_context(_running(start(environ, "serve"), environ["ROUNDTABLE_PORT"]))
        bare_port = str(free_port())
        bare = subprocess.Popen(
            [sys.executable, "-m", "benches.bare_app"],
            env={
                **os.environ,
                "BENCH_PORT": bare_port,
                "BENCH_BLOB_BYTES": str(size),
                "BENCH_URL": f"sqlite:///{folder}/bare.sqlite3",
            },
            start_new_session=True,
        )
        stack.enter_context(_running(bare, bare_port))
        del ours
        signed_in = _sign_in(f"http://127.0.0.1:{environ['ROUNDTABLE_PORT']}", requests)
        results: dict[str, list[float]] = {"ours": [], "bare": []}
        for number in range(ROUNDS):
            batch = signed_in[number * PER_ROUND : (number + 1) * PER_ROUND]
            results["ours"].append(_per_second(environ["ROUNDTABLE_PORT"], batch))
            results["bare"].append(_per_second(bare_port, [("/submit", {}, body) for _, _, body in batch]))
    ours_rate, bare_rate = median(results["ours"]), median(results["bare"])
    yield f"S1 submits over HTTP, {CLIENTS} clients, {ROUNDS} interleaved rounds of {PER_ROUND}, SQLite, FULL"
    yield f"   Roundtable {ours_rate:7.0f}/s   bare insert of {size} bytes {bare_rate:7.0f}/s"
    yield f"   ratio {ours_rate / bare_rate:.2f} (target: 0.5 or more)"


def environ_of(folder: Path) -> dict[str, str]:
    """The environment of a demo installation in a folder, at a free port."""
    port = free_port()
    return {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_PORT": str(port),
        "ROUNDTABLE_BASE_URL": f"http://127.0.0.1:{port}",
        "ROUNDTABLE_SECRET_KEY": "b" * 40,
    }


def _prepare(environ: dict[str, str]) -> tuple[list[tuple[str, str]], int]:
    """Each review's code and path, all of them drafted; and the bytes of a ballot."""
    application = create_app(Settings.from_env(environ))
    found, size = [], 0
    with application.app_context():
        migrate()
        with transaction() as session:
            chain = chains.load(session, chains.keep(session, clock.now(), _chain()))
            organiser, steward = (
                accounts.create(
                    session,
                    clock.now(),
                    email=f"{role.value}@bench.example",
                    name="B",
                    role=role,
                    password="b" * 12,
                )
                for role in AccountRole
            )
            design = Design(
                title="Bench",
                instrument=library.latest(library.FIRST_CHOICE),
                plan=Plan(
                    suggest_groups(chain, DisclosurePolicy()),
                    USUAL,
                ),
                k=5,
                closes_at=clock.now() + timedelta(days=9),
                key_mode=KeyMode.ONE_HOST,
                steward_id=steward.id,
            )
            cycle_id = cycles.draft(
                session,
                clock.now(),
                chain_id=chain.id,
                organiser_id=organiser.id,
                design=design,
                shortest=timedelta(days=1),
            )
            approving.approve(session, cycle_id, steward.id, opening_key=None)
            launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=timedelta(days=1))
        for secret in links_of(state(), cycle_id).values():
            with reading() as session:
                respondent = answering.find(session, clock.now(), secret)
            if respondent is None:
                raise RuntimeError("A link does not open its review.")
            size = respondent.sealed_size
            for review in respondent.reviews:
                sections = respondent.instrument.sections_for(review.voice)
                ratings = {q.id: 4 for section in sections for q in section.questions_for(review.voice)}
                with transaction() as session:
                    answering.save_draft(session, clock.now(), respondent, review, Answers(ratings, {}))
                found.append((sealing.code_of(secret), CHECK.format(review.reference)))
        db.engine.dispose()
    return found, size + sealing.SEAL_OVERHEAD


def _chain() -> Chain:
    prime = Party("p", "The Prime", Role.PRIME, Sector.PRIVATE, 0, "", (), (_contact(0),))
    partners = tuple(
        Party(
            f"s{n}",
            f"Partner {n}",
            Role.SUBCONTRACTOR,
            Sector.VCS,
            1,
            "",
            ("p",),
            tuple(_contact(n * 10 + i) for i in range(1, 5)),
        )
        for n in range(1, 52)
    )
    return Chain("c", "Bench chain", (prime, *partners))


def _contact(number: int) -> Contact:
    return Contact(f"c{number}", f"Person {number}", "", f"person{number}@bench.example")


def _sign_in(address: str, requests: list[tuple[str, str]]) -> list[Request]:
    """Opens each link and each last page before the clock runs; gives what a browser would then post."""

    def one(entry: tuple[str, str]) -> Request:
        code, path = entry
        browser = Browser(address)
        browser.post("/r", {**FormReader(browser.get("/r")).hidden, "code": code})
        hidden = FormReader(browser.get(path)).hidden
        return path, {"Cookie": browser.cookie_header(), "Origin": address}, urlencode(hidden)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, requests[: ROUNDS * PER_ROUND]))


def _per_second(port: str, batch: list[Request]) -> float:
    turn = count()
    started = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
        while (index := next(turn)) < len(batch):
            path, headers, body = batch[index]
            connection.request(
                "POST", path, body, {**headers, "Content-Type": "application/x-www-form-urlencoded"}
            )
            answer = connection.getresponse()
            answer.read()
            if answer.status not in {200, 302, 303} or "/check" in (answer.headers.get("Location") or ""):
                raise RuntimeError(f"A submit was not taken: {answer.status}")
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        for future in [pool.submit(client) for _ in range(CLIENTS)]:
            future.result()
    return len(batch) / (time.perf_counter() - started)


@contextlib.contextmanager
def _running(process: subprocess.Popen[bytes], port: str) -> Iterator[None]:
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process)
        yield
    finally:
        kill(process)
