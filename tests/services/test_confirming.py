"""The roster is confirmed: who may ask, answer, settle and read what, and until when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from review_app import clock
from review_app.database import reading, transaction
from review_app.models import db
from review_app.models.cycles import CycleRecord
from review_app.models.rosters import RosterRequestRecord
from review_app.services import approving, confirming, cycles
from review_app.services.accounts import Account, AccountRole
from review_app.services.confirming import (
    LONGEST_ABOUT,
    LONGEST_TEXT,
    MOST_CHALLENGES,
    MOST_REQUESTS,
    Challenge,
    Request,
)
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from tests.conftest import OpenCycle, draft_on, launch_cycle, make_account

WHOLE = "The whole list"


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def another(app: Flask) -> Account:
    """A steward of no review."""
    return make_account(app, "another@independent.example", AccountRole.STEWARD)


@pytest.fixture
def other_review(app: Flask, northern_bridge: str, organiser: Account, another: Account) -> str:
    """A second draft on the same chain, whose steward is somebody else."""
    return draft_on(app, northern_bridge, organiser, another, title="Another review")


def challenge(cycle_id: str, steward: Account, about: str = WHOLE, text: str = "Is it complete?") -> None:
    with transaction() as session:
        confirming.challenge(session, clock.now(), cycle_id, steward.id, about=about, text=text)


def challenges(cycle_id: str) -> tuple[Challenge, ...]:
    with reading() as session:
        return confirming.challenges(session, cycle_id)


def reply(cycle_id: str, challenge_id: str, text: str = "It is.") -> None:
    with transaction() as session:
        confirming.reply(session, cycle_id, challenge_id, text)


def settle(cycle_id: str, steward: Account, challenge_id: str) -> None:
    with transaction() as session:
        confirming.settle(session, cycle_id, steward.id, challenge_id)


def ask(code: str, organisation: str = "Tyne Steps", text: str = "Ask Beth instead of Tom.") -> None:
    with transaction() as session:
        confirming.ask(session, code, organisation=organisation, text=text)


def requests(cycle_id: str, steward: Account) -> tuple[Request, ...]:
    with reading() as session:
        return confirming.requests(session, cycle_id, steward.id)


def finish(cycle_id: str, steward: Account, request_id: str) -> None:
    with transaction() as session:
        confirming.finish(session, cycle_id, steward.id, request_id)


def approve(cycle_id: str, steward: Account) -> None:
    with transaction() as session:
        approving.approve(session, cycle_id, steward.id, opening_key=None)


def is_approved(cycle_id: str) -> bool:
    with reading() as session:
        return cycles.load(session, cycle_id).is_approved


def code_of(cycle_id: str) -> str:
    with reading() as session:
        code = session.scalars(select(CycleRecord.roster_code).where(CycleRecord.id == cycle_id)).one()
    assert code
    return code


# Questions of the steward


def test_a_question_is_asked_answered_and_settled(draft_cycle: str, steward: Account) -> None:
    challenge(draft_cycle, steward, "Tyne Steps", "  Who is Tom?\n")
    (asked,) = challenges(draft_cycle)
    assert (asked.about, asked.text, asked.reply, asked.is_settled) == (
        "Tyne Steps",
        "Who is Tom?",
        "",
        False,
    )
    reply(draft_cycle, asked.id, " Their manager. ")
    reply(draft_cycle, asked.id, "Their new manager.")
    assert challenges(draft_cycle)[0].reply == "Their new manager."
    settle(draft_cycle, steward, asked.id)
    assert challenges(draft_cycle)[0].is_settled


def test_open_questions_come_first_then_in_the_order_they_were_asked(
    draft_cycle: str, steward: Account
) -> None:
    for text in ("First", "Second", "Third"):
        challenge(draft_cycle, steward, text=text)
    settle(draft_cycle, steward, challenges(draft_cycle)[0].id)
    assert [asked.text for asked in challenges(draft_cycle)] == ["Second", "Third", "First"]


def test_a_settled_question_takes_no_other_reply(draft_cycle: str, steward: Account) -> None:
    challenge(draft_cycle, steward)
    (asked,) = challenges(draft_cycle)
    reply(draft_cycle, asked.id, "The answer that the steward was content with.")
    settle(draft_cycle, steward, asked.id)
    with pytest.raises(NotAllowedError, match="settled"):
        reply(draft_cycle, asked.id, "Something else.")
    assert challenges(draft_cycle)[0].reply == "The answer that the steward was content with."


def test_only_the_steward_of_a_review_asks_and_settles(
    draft_cycle: str, steward: Account, another: Account, organiser: Account
) -> None:
    challenge(draft_cycle, steward)
    (asked,) = challenges(draft_cycle)
    for account in (another, organiser):
        with pytest.raises(NotFoundError):
            challenge(draft_cycle, account)
        with pytest.raises(NotFoundError):
            settle(draft_cycle, account, asked.id)
    assert challenges(draft_cycle) == (asked,)


def test_a_question_of_another_review_is_not_found(
    draft_cycle: str, other_review: str, steward: Account, another: Account
) -> None:
    challenge(draft_cycle, steward)
    (asked,) = challenges(draft_cycle)
    for attempt in (
        lambda: reply(other_review, asked.id),
        lambda: settle(other_review, another, asked.id),
        lambda: reply(draft_cycle, "nothing"),
        lambda: settle(draft_cycle, steward, "nothing"),
        lambda: challenge("nothing", steward),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert challenges(draft_cycle) == (asked,) and challenges(other_review) == ()


@pytest.mark.parametrize(
    ("about", "text"),
    [
        ("", "Who?"),
        (" ", "Who?"),
        ("x" * (LONGEST_ABOUT + 1), "Who?"),
        (WHOLE, ""),
        (WHOLE, " \n"),
        (WHOLE, "x" * (LONGEST_TEXT + 1)),
    ],
)
def test_an_empty_or_a_very_long_question_is_refused(
    draft_cycle: str, steward: Account, about: str, text: str
) -> None:
    with pytest.raises(NotAllowedError, match="characters"):
        challenge(draft_cycle, steward, about, text)
    with pytest.raises(NotAllowedError, match="characters"):
        ask(code_of(draft_cycle), about, text)
    assert challenges(draft_cycle) == () and requests(draft_cycle, steward) == ()


def test_the_longest_texts_are_kept_whole(draft_cycle: str, steward: Account) -> None:
    challenge(draft_cycle, steward, "ł" * LONGEST_ABOUT, "ł" * LONGEST_TEXT)
    reply(draft_cycle, challenges(draft_cycle)[0].id, "ł" * LONGEST_TEXT)
    ask(code_of(draft_cycle), "ł" * LONGEST_ABOUT, "ł" * LONGEST_TEXT)
    (asked,), (request,) = challenges(draft_cycle), requests(draft_cycle, steward)
    assert [len(text) for text in (asked.about, asked.text, asked.reply)] == [200, 1000, 1000]
    assert [len(text) for text in (request.organisation, request.text)] == [200, 1000]


def test_a_review_takes_two_hundred_questions_and_no_more(draft_cycle: str, steward: Account) -> None:
    with transaction() as session:
        for _ in range(MOST_CHALLENGES):
            confirming.challenge(session, clock.now(), draft_cycle, steward.id, about=WHOLE, text="Why?")
    with pytest.raises(NotAllowedError, match="very many"):
        challenge(draft_cycle, steward)
    assert len(challenges(draft_cycle)) == MOST_CHALLENGES


# Corrections that partners ask for


def test_a_correction_reaches_the_steward_and_is_dealt_with(draft_cycle: str, steward: Account) -> None:
    ask(code_of(draft_cycle), " Tyne Steps ", " Ask Beth. ")
    (request,) = requests(draft_cycle, steward)
    assert (request.organisation, request.text, request.is_done) == ("Tyne Steps", "Ask Beth.", False)
    ask(code_of(draft_cycle), "Calder House")
    finish(draft_cycle, steward, request.id)
    assert [(found.organisation, found.is_done) for found in requests(draft_cycle, steward)] == [
        ("Calder House", False),
        ("Tyne Steps", True),
    ]


def test_nobody_but_the_steward_of_the_review_reads_or_finishes_a_correction(
    draft_cycle: str, steward: Account, another: Account, organiser: Account
) -> None:
    ask(code_of(draft_cycle))
    (request,) = requests(draft_cycle, steward)
    for account in (another, organiser):
        for attempt in (
            lambda account=account: requests(draft_cycle, account),
            lambda account=account: finish(draft_cycle, account, request.id),
        ):
            with pytest.raises(NotFoundError):
                attempt()
        with pytest.raises(NotFoundError), reading() as session:
            confirming.page_code(session, draft_cycle, account.id)
    assert requests(draft_cycle, steward) == (request,)


def test_a_correction_of_another_review_is_not_found(
    draft_cycle: str, other_review: str, steward: Account, another: Account
) -> None:
    ask(code_of(draft_cycle))
    (request,) = requests(draft_cycle, steward)
    with pytest.raises(NotFoundError):
        finish(other_review, another, request.id)
    with pytest.raises(NotFoundError):
        finish(draft_cycle, steward, "nothing")
    assert requests(other_review, another) == () and not requests(draft_cycle, steward)[0].is_done


def test_a_kept_correction_says_nothing_about_who_asked_or_when(draft_cycle: str) -> None:
    columns = {column["name"] for column in inspect(db.engine).get_columns("roster_requests")}
    assert columns == {"id", "cycle_id", "organisation", "text", "is_done"}
    for number in range(12):
        ask(code_of(draft_cycle), text=f"{number:02d}")
    with reading() as session:
        # As they lie in the database: no hidden number may tell which came first.
        lying = [text for (text,) in session.execute(select(RosterRequestRecord.text))]
        ids = [id_ for (id_,) in session.execute(select(RosterRequestRecord.id))]
    assert ids == sorted(ids) and lying != sorted(lying)


def test_a_review_takes_five_hundred_corrections_and_no_more(draft_cycle: str, steward: Account) -> None:
    code = code_of(draft_cycle)
    with transaction() as session:
        session.add_all(
            RosterRequestRecord(cycle_id=draft_cycle, organisation="Spam", text="Spam")
            for _ in range(MOST_REQUESTS)
        )
    with pytest.raises(NotAllowedError, match="Write to the steward"):
        ask(code)
    assert len(requests(draft_cycle, steward)) == MOST_REQUESTS


def test_a_code_is_long_random_and_of_one_review(
    draft_cycle: str, other_review: str, steward: Account
) -> None:
    codes = {code_of(draft_cycle), code_of(other_review)}
    assert len(codes) == 2 and all(len(code) >= 22 for code in codes)
    assert not codes & {draft_cycle, other_review}
    with reading() as session:
        assert confirming.page_code(session, draft_cycle, steward.id) == code_of(draft_cycle)
        asked = confirming.asked_at(session, code_of(draft_cycle))
    assert (asked.chain_name, asked.steward_name) == ("Pathways North", "The steward")


# Until the launch


def test_an_approval_waits_until_nothing_is_open(draft_cycle: str, steward: Account) -> None:
    challenge(draft_cycle, steward)
    ask(code_of(draft_cycle))
    with pytest.raises(NotYetError, match="2 points of the list wait"):
        approve(draft_cycle, steward)
    settle(draft_cycle, steward, challenges(draft_cycle)[0].id)
    with pytest.raises(NotYetError, match="1 point of the list waits"):
        approve(draft_cycle, steward)
    finish(draft_cycle, steward, requests(draft_cycle, steward)[0].id)
    approve(draft_cycle, steward)
    assert is_approved(draft_cycle)


def test_points_of_another_review_hold_nothing_up(
    draft_cycle: str, other_review: str, steward: Account, another: Account
) -> None:
    challenge(other_review, another)
    ask(code_of(other_review))
    approve(draft_cycle, steward)
    assert is_approved(draft_cycle)


def test_a_question_after_the_approval_voids_it(draft_cycle: str, steward: Account) -> None:
    approve(draft_cycle, steward)
    challenge(draft_cycle, steward)
    assert not is_approved(draft_cycle)


def test_a_stranger_cannot_void_an_approval(draft_cycle: str, steward: Account) -> None:
    approve(draft_cycle, steward)
    ask(code_of(draft_cycle))
    assert is_approved(draft_cycle)


def test_after_the_launch_nothing_can_be_asked_any_more(
    app: Flask, draft_cycle: str, steward: Account
) -> None:
    challenge(draft_cycle, steward)
    ask(code_of(draft_cycle))
    (asked,), (request,) = challenges(draft_cycle), requests(draft_cycle, steward)
    settle(draft_cycle, steward, asked.id)
    finish(draft_cycle, steward, request.id)
    code = code_of(draft_cycle)
    cycle: OpenCycle = launch_cycle(app, draft_cycle, steward)
    for attempt in (
        lambda: challenge(cycle.id, steward),
        lambda: reply(cycle.id, asked.id),
        lambda: settle(cycle.id, steward, asked.id),
        lambda: finish(cycle.id, steward, request.id),
    ):
        with pytest.raises(NotAllowedError, match="launched"):
            attempt()
    # To a stranger the code is as unknown as one that never was.
    errors = []
    for tried in (code, "never-was"):
        with pytest.raises(NotFoundError) as raised:
            ask(tried)
        errors.append(str(raised.value))
        with pytest.raises(NotFoundError) as raised, reading() as session:
            confirming.asked_at(session, tried)
        errors.append(str(raised.value))
    assert len(set(errors)) == 1
