"""Makes the demo by the real path, from the accounts and the import to the close and the report."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from review_app import clock
from review_app.database import reading, transaction
from review_app.demo import improving
from review_app.demo.browsing import answer_everything, codes_in
from review_app.demo.story import Person, answers
from review_app.services import (
    accounts,
    approving,
    chains,
    comments,
    cycles,
    launching,
    outbox,
    publishing,
    report_files,
)
from review_app.services.accounts import Account, AccountRole
from review_app.services.comments import CommentPool, CommentVerdict, Ruling
from review_app.services.designs import Design
from review_app.services.errors import NotFoundError
from review_app.services.outbox import MailState
from review_app.spreadsheet import read_chain
from review_app.state import State
from surveys import library
from surveys.chain import Chain, Role
from surveys.cycle import BETWEEN_CLOSES, CycleState, KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import LOWEST_K, DisclosurePolicy
from surveys.language import BILINGUAL
from surveys.matrix import Group, Plan
from surveys.publication import USUAL_DAYS
from surveys.subjects import USUAL

CHAIN = "Pathways North"
PASSWORD = "round-table-demo"  # noqa: S105 - printed at every start; the demo listens on loopback only
ORGANISER = ("sian.prosser@northernbridge.example", "Sian Prosser")
STEWARD = ("steward@fairdealing.example", "Morag Lindqvist")
FIRST_TITLE = "First review"
SECOND_TITLE = "Second review"
SECONDS_OPEN = 60
THREADS = 4
SEED = 2026
Say = Callable[[str], None]


def is_loaded() -> bool:
    """Whether both cycles of the demo are there."""
    with reading() as session:
        try:
            found = cycles.of_chain(session, chains.by_name(session, CHAIN))
        except NotFoundError:
            return False
    states = {cycle.title: cycle.state for cycle in found}
    first = next((cycle for cycle in found if cycle.title == FIRST_TITLE), None)
    return (
        first is not None
        and states[FIRST_TITLE] is CycleState.PUBLISHED
        and improving.is_improved(first.id)
        and states.get(SECOND_TITLE, CycleState.DRAFT) is not CycleState.DRAFT
    )


def load(state: State, base_url: str, say: Say) -> None:
    """Makes what is missing of the demo. The web server and the worker must be running."""
    people = _people()
    chain = _chain(say)
    first = _cycle(chain, FIRST_TITLE)
    if first is None or first.state is CycleState.DRAFT:
        say(
            f"Launching a review that is open for {SECONDS_OPEN} seconds, so that you can see a whole one ..."
        )
        closes_in = timedelta(seconds=SECONDS_OPEN)
        _launch(state, chain, FIRST_TITLE, people, closes_in=closes_in, earlier=first)
        first = _cycle(chain, FIRST_TITLE)
    if first is None:
        raise RuntimeError("The demo's review is missing.")
    if first.state is CycleState.OPEN:
        _wait_for_mail(first.id, say)
        _answer(state.keys.mailbox(first.id), base_url, chain, say)
        _wait_for_close(first, say)
    _wait(
        lambda: _state(first.id) not in {CycleState.OPEN, CycleState.CLOSING},
        120,
        "The review was not counted.",
    )
    if _state(first.id) is CycleState.CLOSED:
        say("Closed and counted; ballots and keys are destroyed. The steward checks the comments ...")
        _publish(first.id, people[1])
    if not improving.is_improved(first.id):
        say("Holding a workshop on the report, and letting its actions come some way ...")
        improving.improve(state, first.id, people[0], SEED)
    say("Making the report's PDF ...")
    _wait(lambda: _has_pdf(state, first.id), 180, "The PDF was not made.")
    second = _cycle(chain, SECOND_TITLE)
    if second is None or second.state is CycleState.DRAFT:
        say("Launching a second review, which waits for you in the mailbox ...")
        # Two closes of one chain are ninety days apart, in a demo too.
        closes_in = BETWEEN_CLOSES + timedelta(days=1)
        _launch(state, chain, SECOND_TITLE, people, closes_in=closes_in, earlier=second)
        second = _cycle(chain, SECOND_TITLE)
    if second is not None:
        _wait_for_mail(second.id, say)


def _people() -> tuple[Account, Account]:
    return (
        _account(ORGANISER, AccountRole.ORGANISER),
        _account(STEWARD, AccountRole.STEWARD),
    )


def _account(who: tuple[str, str], role: AccountRole) -> Account:
    email, name = who
    with transaction() as session:
        try:
            return accounts.by_email(session, email)
        except NotFoundError:
            return accounts.create(session, clock.now(), email=email, name=name, role=role, password=PASSWORD)


def _chain(say: Say) -> Chain:
    with transaction() as session:
        try:
            chain_id = chains.by_name(session, CHAIN)
        except NotFoundError:
            say("Importing Northern Bridge's spreadsheet ...")
            file = Path(__file__).with_name("northern-bridge.csv")
            chain_id = chains.keep(session, clock.now(), read_chain(file.read_bytes(), file.name, CHAIN))
        return chains.load(session, chain_id)


def _cycle(chain: Chain, title: str) -> cycles.Cycle | None:
    with reading() as session:
        return next((cycle for cycle in cycles.of_chain(session, chain.id) if cycle.title == title), None)


def _state(cycle_id: str) -> CycleState:
    with reading() as session:
        return cycles.load(session, cycle_id).state


def _launch(
    state: State,
    chain: Chain,
    title: str,
    people: tuple[Account, Account],
    *,
    closes_in: timedelta,
    earlier: cycles.Cycle | None,
) -> None:
    organiser, steward = people
    now = clock.now()
    shortest = state.settings.shortest_cycle
    design = Design(
        title=title,
        instrument=library.latest(library.FIRST_CHOICE),
        plan=Plan(_groups(chain), USUAL),
        k=LOWEST_K,
        closes_at=now + closes_in,
        key_mode=KeyMode.ONE_HOST,
        steward_id=steward.id,
        languages=BILINGUAL,
        # Nobody waits four weeks in front of a demo: the report of its first review is out at once.
        publish_after_days=0 if title == FIRST_TITLE else USUAL_DAYS,
    )
    with transaction() as session:
        if earlier is None:
            cycle_id = cycles.draft(
                session, now, chain_id=chain.id, organiser_id=organiser.id, design=design, shortest=shortest
            )
        else:
            cycle_id = earlier.id
            cycles.redesign(session, now, cycle_id, design=design, shortest=shortest)
        approving.approve(session, cycle_id, steward.id, opening_key=None)
        launching.launch(session, now, cycle_id, keys=state.keys, shortest=shortest)


def _groups(chain: Chain) -> tuple[Group, ...]:
    # The department is a sole commissioner and, in this story, agrees to be shown under its name.
    name = next(party.name for party in chain.parties if party.role is Role.COMMISSIONER)
    return tuple(
        Group(group.id, name, True, group.kinds) if group.id == "commissioners" else group
        for group in suggest_groups(chain, DisclosurePolicy())
    )


def _wait_for_mail(cycle_id: str, say: Say) -> None:
    say("Sending the invitations ...")

    def is_sent() -> bool:
        with reading() as session:
            counts = outbox.counts(session, cycle_id)
        return not counts[MailState.QUEUED] and not counts[MailState.SENDING]

    _wait(is_sent, 60, "The invitations were not sent.")


def _answer(mailbox: Path, base_url: str, chain: Chain, say: Say) -> None:
    codes = codes_in(mailbox)
    practices = {
        question.id: question.practices[0] for question in library.latest(library.FIRST_CHOICE).questions()
    }
    chance = random.Random(SEED)
    people = [Person(contact.email, party) for party in chain.parties for contact in party.contacts]
    willing = [person for person in people if answers(person, chance)]
    chance.shuffle(willing)
    with ThreadPoolExecutor(THREADS) as pool:
        running = [
            pool.submit(
                answer_everything,
                base_url,
                codes[person.email],
                person,
                practices.__getitem__,
                random.Random(f"{SEED} {person.email}"),
            )
            for person in willing
        ]
        for done, future in enumerate(as_completed(running), start=1):
            future.result()
            if done % 5 == 0 or done == len(running):
                say(f"  {done} of {len(running)} simulated people have answered, over HTTP")


def _wait_for_close(cycle: cycles.Cycle, say: Say) -> None:
    left = (cycle.closes_at - clock.now()).total_seconds()
    if left > 1:
        say(f"The review closes in {int(left)} seconds. Nobody can shorten it, so we wait ...")
        time.sleep(left)


def _publish(cycle_id: str, steward: Account) -> None:
    with transaction() as session:
        for pool in comments.pools(session, cycle_id, steward.id):
            if pool.may_be_released:
                _release(session, cycle_id, steward, pool)
        publishing.publish(session, clock.now(), cycle_id, steward.id)


def _release(session: Session, cycle_id: str, steward: Account, pool: CommentPool) -> None:
    seen: set[str] = set()
    rulings = {}
    for comment in pool.comments:
        if comment.may_be_quoted:
            is_new = comment.text not in seen
            rulings[comment.id] = (
                Ruling(CommentVerdict.QUOTED, comment.text) if is_new else Ruling(CommentVerdict.KEPT_BACK)
            )
            seen.add(comment.text)
    comments.decide(session, cycle_id, steward.id, rulings)


def _has_pdf(state: State, cycle_id: str) -> bool:
    with reading() as session:
        digest = publishing.load(session, cycle_id).digest
    return report_files.pdf_path(state.settings.report_dir, digest).exists()


def _wait(condition: Callable[[], bool], seconds: float, failure: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(failure)
        time.sleep(0.2)
