"""Drafting, submitting and withdrawing, on both databases."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import ballots_table, drafts_table
from review_app.services import answering, chains
from review_app.services.accounts import AccountRole
from review_app.services.answering import Respondent, Review
from review_app.services.errors import CycleNotOpenError, NotFoundError
from review_app.spreadsheet import read_chain
from surveys.answers import Answers, Comment, CommentChoice
from surveys.instrument import OptOut
from surveys.subjects import Subject
from tests.conftest import SAMPLE, OpenCycle, draft_on, launch_cycle, make_account
from tests.servers import wait_for


@pytest.fixture
def opened(environ: dict[str, str], either_database_url: str) -> Iterator[OpenCycle]:
    """An open cycle on either database, inside an application context."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        migrate()
        cycle = open_on(application)
        yield cycle
        db.engine.dispose()


def open_on(application: Flask) -> OpenCycle:
    """A launched cycle of the sample's chain."""
    with transaction() as session:
        chain_id = chains.keep(
            session, clock.now(), read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        )
    organiser = make_account(application, "organiser@prime.example", AccountRole.ORGANISER)
    steward = make_account(application, "steward@independent.example", AccountRole.STEWARD)
    return launch_cycle(application, draft_on(application, chain_id, organiser, steward), steward)


def respondent_of(secret: bytes) -> Respondent:
    with reading() as session:
        found = answering.find(session, clock.now(), secret)
    assert found is not None
    return found


def some_answers(respondent: Respondent, review: Review, value: int = 4) -> Answers:
    questions = [q for s in respondent.instrument.sections for q in s.questions_for(review.voice)]
    ratings: dict[str, int | OptOut] = {question.id: value for question in questions[1:]}
    ratings[questions[0].id] = OptOut.NOT_SEEN
    section = respondent.instrument.sections_for(review.voice)[0]
    return Answers(ratings, {section.id: Comment("Ein Wort, и ещё — 谢谢.", CommentChoice.VERBATIM)})


def counts(respondent: Respondent) -> tuple[int, int]:
    with reading() as session:
        drafts = session.scalar(select(func.count()).select_from(drafts_table(respondent.storage)))
        ballots = session.scalar(select(func.count()).select_from(ballots_table(respondent.storage)))
    return drafts or 0, ballots or 0


def test_a_link_opens_every_review_of_its_person(opened: OpenCycle) -> None:
    respondent = respondent_of(opened.links["beth.ramsden@caldervalleytr.example"])
    assert [review.subject for review in respondent.reviews] == [Subject.PRIME, Subject.CHAIN]
    assert respondent.prime_name == "Northern Bridge Employment Ltd"
    assert (respondent.group_people, respondent.group_organisations) == (9, 4)


def test_an_unknown_link_opens_nothing(opened: OpenCycle) -> None:
    with reading() as session:
        assert answering.find(session, clock.now(), secrets.token_bytes(20)) is None


def test_a_draft_comes_back_with_the_same_link_and_opens_with_no_other(opened: OpenCycle) -> None:
    one, other = (respondent_of(secret) for secret in opened.link_list[:2])
    review = one.reviews[0]
    answers = some_answers(one, review)
    with transaction() as session:
        answering.save_draft(session, clock.now(), one, review, answers)
    again = respondent_of(one.secret)
    with reading() as session:
        assert answering.draft(session, again, again.reviews[0]) == answers
        assert answering.draft(session, other, other.reviews[0]) == Answers.empty()
    assert again.reviews[0].has_draft and not again.reviews[0].is_received
    with pytest.raises(NotFoundError):
        other.review(review.reference)


@pytest.mark.parametrize("is_begun", [True, False])
def test_two_pages_of_a_draft_that_are_saved_at_one_moment_are_both_kept(
    opened: OpenCycle, is_begun: bool
) -> None:
    respondent = respondent_of(opened.link_list[0])
    review = respondent.reviews[0]
    pages = respondent.instrument.pages(review.voice)
    posted = [Answers({question.id: 4 for question in page.questions}, {}) for page in pages[:2]]
    application = current_app._get_current_object()  # type: ignore[attr-defined]  # the one behind the proxy

    def save(session: Session, number: int) -> None:
        answering.save_page(
            session, clock.now(), respondent, review, page=pages[number], posted=posted[number]
        )

    def save_the_second() -> None:
        with application.app_context(), transaction() as session:
            save(session, 1)

    if is_begun:
        with transaction() as session:
            answering.save_draft(session, clock.now(), respondent, review, Answers.empty())
    with ThreadPoolExecutor(1) as other:
        with transaction() as session:
            save(session, 0)
            later = other.submit(save_the_second)
            wait_for(someone_waits)
        later.result()
    with reading() as session:
        kept = answering.draft(session, respondent, review)
    assert kept.ratings == {**posted[0].ratings, **posted[1].ratings}


def someone_waits() -> bool:
    """Whether another transaction waits for this one. On SQLite the second writer cannot even begin."""
    if db.engine.dialect.name == "sqlite":
        return True
    with reading() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_a_damaged_draft_counts_as_none_and_can_be_written_anew(opened: OpenCycle) -> None:
    respondent = respondent_of(opened.link_list[0])
    review = respondent.reviews[0]
    table = drafts_table(respondent.storage)
    with transaction() as session:
        answering.save_draft(session, clock.now(), respondent, review, some_answers(respondent, review))
        blob = session.scalars(select(table.c.blob)).one()
        session.execute(update(table).values(blob=blob[:-1] + bytes([blob[-1] ^ 1])))
    with reading() as session:
        assert answering.draft(session, respondent, review) == Answers.empty()
    with transaction() as session:
        answering.save_draft(session, clock.now(), respondent, review, some_answers(respondent, review))
    with reading() as session:
        assert answering.draft(session, respondent, review) == some_answers(respondent, review)


def test_submitting_twice_leaves_one_ballot_and_no_draft(opened: OpenCycle) -> None:
    respondent = respondent_of(opened.link_list[0])
    review = respondent.reviews[0]
    for value in (2, 5):
        with transaction() as session:
            answering.save_draft(
                session, clock.now(), respondent, review, some_answers(respondent, review, value)
            )
        with transaction() as session:
            answering.submit(
                session, clock.now(), respondent, review, some_answers(respondent, review, value)
            )
    assert counts(respondent) == (0, 1)
    again = respondent_of(respondent.secret)
    assert again.reviews[0].is_received and not again.reviews[0].has_draft
    with reading() as session:
        assert answering.draft(session, again, again.reviews[0]) == Answers.empty()


def test_withdrawing_takes_the_ballot_and_the_draft(opened: OpenCycle) -> None:
    respondent = respondent_of(opened.link_list[0])
    review = respondent.reviews[0]
    with transaction() as session:
        answering.submit(session, clock.now(), respondent, review, some_answers(respondent, review))
        answering.save_draft(session, clock.now(), respondent, review, some_answers(respondent, review))
    assert counts(respondent) == (1, 1)
    with transaction() as session:
        answering.withdraw(session, clock.now(), respondent, review)
    assert counts(respondent) == (0, 0)


def test_nothing_is_taken_after_the_closing_time_and_the_link_is_then_unknown(opened: OpenCycle) -> None:
    respondent = respondent_of(opened.link_list[0])
    review = respondent.reviews[0]
    late = respondent.closes_at + timedelta(microseconds=1)
    for step in (
        lambda session: answering.submit(session, late, respondent, review, some_answers(respondent, review)),
        lambda session: answering.save_draft(
            session, late, respondent, review, some_answers(respondent, review)
        ),
        lambda session: answering.withdraw(session, late, respondent, review),
    ):
        with pytest.raises(CycleNotOpenError), transaction() as session:
            step(session)
    assert counts(respondent) == (0, 0)
    with reading() as session:
        assert answering.find(session, late, respondent.secret) is None


def test_every_stored_blob_has_one_size(opened: OpenCycle) -> None:
    sizes: dict[str, set[int]] = {"drafts": set(), "ballots": set()}
    for secret in opened.link_list[:6]:
        respondent = respondent_of(secret)
        for review in respondent.reviews:
            with transaction() as session:
                answering.submit(session, clock.now(), respondent, review, some_answers(respondent, review))
                answering.save_draft(session, clock.now(), respondent, review, Answers.empty())
    with reading() as session:
        sizes["drafts"] = {
            len(blob) for blob in session.scalars(select(drafts_table(respondent.storage).c.blob))
        }
        sizes["ballots"] = {
            len(blob) for blob in session.scalars(select(ballots_table(respondent.storage).c.blob))
        }
    assert len(sizes["drafts"]) == len(sizes["ballots"]) == 1
