"""Reviews as their stewards find them: whole installations that are made once and copied for each test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from review_app import clock, counting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.cycles import CycleRecord
from review_app.models.releases import CommentRecord
from review_app.services import answering, chains, cycles, launching
from review_app.services.accounts import Account, AccountRole
from review_app.services.cycles import Cycle
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys.answers import Answers, Comment, CommentChoice
from surveys.chain import Role
from surveys.cycle import KeyMode
from surveys.subjects import Subject
from tests.conftest import (
    PASSWORD,
    SAMPLE,
    OpenCycle,
    draft_on,
    launch_cycle,
    links_of,
    make_account,
    pass_the_closing_time,
)
from tests.pages import PageClient

PASSPHRASE = "lantern orchard velvet thimble"

# What subcontractors wrote about the prime, on its first element and, where it may be quoted, on its second.
REVEALING = (
    "Beth Ramsden of Tyne Steps waits for £45,000. Write to beth@tynesteps.example or ring 01422 555 0142."
)
HOSTILE = "They write </textarea><script>alert(1)</script> in their newsletter."
QUOTABLE = (
    REVEALING,
    HOSTILE,
    *(f"Quotable remark {number:02d} about the books." for number in range(2, 10)),
)
TO_SUM_UP = tuple(f"Remark {number:02d} that is only for a summary." for number in range(4))
PRIVATE = tuple(f"Remark {number:02d} for nobody but the steward." for number in range(4))
# What every specialist wrote: a pool of which nothing may leave.
SPECIALISTS_PRIVATE = "A specialist's word for nobody but the steward."
# Quotable by its writers' choice, from so few people that no comment may be shown.
TOO_FEW = tuple(f"One of too few remarks {number:02d} on the chain." for number in range(6))
NEVER_QUOTED = (*TO_SUM_UP, *PRIVATE, SPECIALISTS_PRIVATE, *TOO_FEW)


@dataclass(frozen=True)
class Guarded:
    """An installation at rest in a folder (data/ and keys/ below it), and its one review."""

    folder: Path
    cycle_id: str
    organiser: Account
    steward: Account

    @property
    def path(self) -> str:
        """The address of the review's page."""
        return f"/steward/reviews/{self.cycle_id}"


@dataclass(frozen=True)
class Card:
    """A comment that may be quoted, as its page offers it."""

    id: str
    text: str
    verdict: str
    clues: str


@contextmanager
def running(folder: Path) -> Iterator[Flask]:
    """The application on a folder's data and keys. Its database is one whole file again at the end."""
    settings = Settings.from_env(
        {
            "ROUNDTABLE_MODE": "demo",
            "ROUNDTABLE_DATA_DIR": str(folder / "data"),
            "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
            "ROUNDTABLE_SECRET_KEY": "s" * 40,
            "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
        }
    )
    app = create_app(settings)
    app.test_client_class = PageClient
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def restore(app: Flask, guarded: Guarded) -> None:
    """Puts an installation at rest in the place of whatever the application worked on."""
    with app.app_context():
        db.engine.dispose()
    for part in ("data", "keys"):
        shutil.rmtree(folder_of(app) / part, ignore_errors=True)
        if (guarded.folder / part).exists():
            shutil.copytree(guarded.folder / part, folder_of(app) / part)


def folder_of(app: Flask) -> Path:
    """The folder that holds the application's data/ and keys/."""
    with app.app_context():
        return state().settings.data_dir.parent


@contextmanager
def new_draft(folder: Path, key_mode: KeyMode) -> Iterator[tuple[Flask, Guarded]]:
    """A new installation with a draft on the sample's chain."""
    with running(folder) as app:
        with app.app_context():
            migrate()
        organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
        steward = make_account(app, "steward@independent.example", AccountRole.STEWARD)
        with app.app_context(), transaction() as session:
            chain_id = chains.keep(
                session, clock.now(), read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
            )
        cycle_id = draft_on(app, chain_id, organiser, steward, key_mode=key_mode)
        yield app, Guarded(folder, cycle_id, organiser, steward)


def counted_review(folder: Path) -> Guarded:
    """A review with one host that is counted: comments of every kind wait for the steward."""
    with new_draft(folder, KeyMode.ONE_HOST) as (app, guarded):
        cycle = launch_cycle(app, guarded.cycle_id, guarded.steward)
        with app.app_context():
            answer_with_comments(cycle)
            pass_the_closing_time(cycle.id)
            counting.begin_due()
            counting.count_waiting(state().keys)
    return guarded


def answer_with_comments(cycle: OpenCycle) -> None:
    """Everybody answers on the prime, six subcontractors on the chain; comments come in the order of addresses."""
    with reading() as session:
        chain = chains.load(session, cycles.load(session, cycle.id).chain_id)
    roles = {contact.email: party.role for party in chain.parties for contact in party.contacts}
    subcontractors = [email for email in sorted(roles) if roles[email] is Role.SUBCONTRACTOR]
    for email in sorted(roles):
        number = subcontractors.index(email) if email in subcontractors else None
        if number is not None:
            answer(cycle, email, Subject.PRIME, _on_the_prime(number))
        elif roles[email] is Role.SPECIALIST:
            said = Comment(SPECIALISTS_PRIVATE, CommentChoice.STEWARD_ONLY)
            answer(cycle, email, Subject.PRIME, (said,))
        else:
            answer(cycle, email, Subject.PRIME)
        if number is not None and number < len(TOO_FEW):
            answer(cycle, email, Subject.CHAIN, (Comment(TOO_FEW[number], CommentChoice.VERBATIM),))


def answer(cycle: OpenCycle, email: str, subject: Subject, comments: tuple[Comment, ...] = ()) -> None:
    """One person sends one review, with a comment on each of its first elements."""
    with reading() as session:
        respondent = answering.find(session, clock.now(), cycle.links[email])
    assert respondent is not None
    review = next(review for review in respondent.reviews if review.subject == subject)
    sections = respondent.instrument.sections_for(review.voice)
    ratings = {
        question.id: 3 + len(email) % 3
        for section in sections
        for question in section.questions_for(review.voice)
    }
    said = {section.id: comment for section, comment in zip(sections, comments, strict=False)}
    with transaction() as session:
        answering.submit(session, clock.now(), respondent, review, Answers(ratings, said))


def launched(app: Flask, cycle_id: str) -> OpenCycle:
    """The approved draft, launched."""
    with app.app_context():
        with transaction() as session:
            launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=timedelta(seconds=1))
        return OpenCycle(cycle_id, links_of(state(), cycle_id))


def signed_in(app: Flask, account: Account) -> PageClient:
    """A new browser in which an account is signed in. The page is used once per account: its door is throttled."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    sessions: dict[str, str] = app.extensions.setdefault("sessions of the tests", {})
    if account.id not in sessions:
        # Today, whatever time a test is in: the session is for the tests after it too.
        is_moved = time_machine.escape_hatch.is_travelling()
        today = time_machine.escape_hatch.datetime.datetime.now(UTC) if is_moved else datetime.now(UTC)
        with time_machine.travel(today, tick=True):
            answer = client.send("/sign-in", {"email": account.email, "password": PASSWORD})
        assert answer.status_code in {302, 303}, answer.text
        cookie = client.get_cookie("session")
        assert cookie is not None
        sessions[account.id] = cookie.value
    client.set_cookie("session", sessions[account.id])
    return client


def cycle_of(app: Flask, cycle_id: str) -> Cycle:
    """How a review stands."""
    with app.app_context(), reading() as session:
        return cycles.load(session, cycle_id)


def cycle_row(app: Flask, cycle_id: str) -> dict[str, object]:
    """Everything that the database keeps of a review itself."""
    with app.app_context(), reading() as session:
        return dict(session.execute(select(CycleRecord.__table__).filter_by(id=cycle_id)).mappings().one())


def comment_rows(app: Flask) -> list[CommentRecord]:
    """Every comment that the database keeps."""
    with app.app_context(), reading() as session:
        return list(session.scalars(select(CommentRecord).order_by(CommentRecord.id)))


def bring(
    client: PageClient,
    path: str,
    content: bytes | None,
    passphrase: str = PASSPHRASE,
    *,
    page: str | None = None,
) -> TestResponse:
    """Posts a key file (None: no file was chosen) with its passphrase."""
    fields: dict[str, object] = {"passphrase": passphrase}
    if content is not None:
        fields["key_file"] = (BytesIO(content), "roundtable.key")
    return client.send(path, fields, page=page, content_type="multipart/form-data")


def pool_paths(client: PageClient, guarded: Guarded) -> list[str]:
    """The pages of the comments, in their order."""
    page = client.get(f"{guarded.path}/comments").text
    return re.findall(rf'href="({re.escape(guarded.path)}/comments/\d+)"', page)


def page_holding(client: PageClient, guarded: Guarded, words: str) -> str:
    """The first page of comments that holds some words."""
    return next(path for path in pool_paths(client, guarded) if words in client.get(path).text)


def cards(html: str) -> list[Card]:
    """The comments that a page offers to quote, in its order."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    found = []
    for area in root.iter("textarea"):
        name = area.get("name") or ""
        if not name.startswith("text-"):
            continue
        id_ = name.removeprefix("text-")
        radios = [radio for radio in root.iter("input") if radio.get("name") == f"verdict-{id_}"]
        verdict = next((radio.get("value") for radio in radios if "checked" in radio.attrib), None)
        clues = by_id.get(f"text-{id_}-clues")
        found.append(
            Card(id_, "".join(area.itertext()), verdict or "", _text(clues) if clues is not None else "")
        )
    return found


def quotes(html: str) -> list[str]:
    """The texts that a page shows as quotations."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return ["".join(element.itertext()) for element in root.iter("blockquote")]


def faults(html: str) -> list[str]:
    """What the summary of errors at the top of a page says."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    for element in root.iter("div"):
        if "govuk-error-summary" in (element.get("class") or "").split():
            return [_text(item) for item in element.iter("li")]
    return []


def decide(
    client: PageClient,
    path: str,
    verdict: str,
    changes: Mapping[str, str] | None = None,
    *,
    summary: str = "",
) -> TestResponse:
    """Posts a page of comments with one verdict for all; ``changes``: other texts, by the text as it stands."""
    fields = {"summary": summary}
    for card in cards(client.get(path).text):
        fields[f"verdict-{card.id}"] = verdict
        fields[f"text-{card.id}"] = (changes or {}).get(card.text, card.text)
    return client.send(path, fields)


def keep_all_back(client: PageClient, guarded: Guarded) -> None:
    """Keeps every comment back."""
    for path in pool_paths(client, guarded):
        decide(client, path, "kept_back")


def field(html: str, name: str) -> str:
    """The value of a page's first input of a name; "" without one."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return next((e.get("value") or "" for e in root.iter("input") if e.get("name") == name), "")


def files_with(folder: Path, needle: bytes) -> list[Path]:
    """The files below a folder that hold some bytes."""
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def _on_the_prime(number: int) -> tuple[Comment, ...]:
    if number < len(QUOTABLE):
        said = Comment(QUOTABLE[number], CommentChoice.VERBATIM)
        return (said, Comment(f"Quotable second remark {number:02d}.", CommentChoice.VERBATIM))
    number -= len(QUOTABLE)
    if number < len(TO_SUM_UP):
        return (Comment(TO_SUM_UP[number], CommentChoice.SUMMARISE),)
    return (Comment(PRIVATE[number - len(TO_SUM_UP)], CommentChoice.STEWARD_ONLY),)


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
