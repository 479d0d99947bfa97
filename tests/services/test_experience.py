"""The experience of a review: sent, sent again, taken back and counted, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from reports.model import NOT_SHOWN, ReportExperience, ShownShare
from reports.serial import release_from_bytes
from review_app import clock, counting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import ballots_table, experiences_table
from review_app.models.cycles import CycleRecord
from review_app.models.releases import ReleaseRecord
from review_app.services import (
    addresses,
    answering,
    chains,
    closing,
    comments,
    cycles,
    experiences,
    publishing,
)
from review_app.services.accounts import AccountRole
from review_app.services.answering import Respondent
from review_app.services.errors import CycleNotOpenError
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys import sealing
from surveys.answers import Answers
from surveys.chain import Contact
from surveys.experience import Aspect, Experience, envelope
from tests.conftest import (
    SAMPLE,
    OpenCycle,
    draft_on,
    launch_cycle,
    links_of,
    make_account,
    pass_the_closing_time,
)

BETH = "beth.ramsden@caldervalleytr.example"
PRIME = "sian.prosser@northernbridge.example"
NEW = "b.ramsden@calder-valley.example"
YES = Experience({Aspect.CLEAR: True, Aspect.SAFE: True})
NO = Experience({Aspect.CLEAR: True, Aspect.SAFE: False})


@pytest.fixture
def opened(environ: dict[str, str], either_database_url: str) -> Iterator[OpenCycle]:
    """An open review on either database, in an application context."""
    app = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with app.app_context():
        migrate()
        yield open_on(app)
        db.engine.dispose()


@pytest.fixture
def cycle(app: Flask, open_cycle: OpenCycle) -> Iterator[OpenCycle]:
    """An open review on SQLite, in an application context."""
    with app.app_context():
        yield open_cycle


def open_on(app: Flask) -> OpenCycle:
    with transaction() as session:
        chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        chain_id = chains.keep(session, clock.now(), chain)
    organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    steward = make_account(app, "steward@independent.example", AccountRole.STEWARD)
    return launch_cycle(app, draft_on(app, chain_id, organiser, steward), steward)


def respondent_of(secret: bytes) -> Respondent:
    with reading() as session:
        found = answering.find(session, clock.now(), secret)
    assert found is not None
    return found


def protected(cycle: OpenCycle) -> list[Respondent]:
    """Everybody who is asked about the review."""
    people = [respondent_of(secret) for secret in cycle.link_list]
    return [person for person in people if experiences.is_asked(person)]


def send(respondent: Respondent, said: Experience) -> None:
    with transaction() as session:
        experiences.send(session, clock.now(), respondent, said)


def take_back(respondent: Respondent) -> None:
    with transaction() as session:
        experiences.take_back(session, clock.now(), respondent)


def rows(respondent: Respondent) -> dict[bytes, bytes]:
    with reading() as session:
        found = session.execute(select(experiences_table(respondent.storage)))
        return {bytes(row.id): bytes(row.blob) for row in found}


def read(cycle: OpenCycle) -> experiences.Said:
    keys = state().keys
    with reading() as session:
        record = session.get_one(CycleRecord, cycle.id)
        return experiences.read(
            session,
            cycles.load(session, cycle.id),
            record.storage or "",
            opening_key=keys.opening_key(cycle.id),
            link_key=keys.link_key(cycle.id),
        )


def answer_all(people: Sequence[Respondent]) -> None:
    """Each sends every review, with one answer to everything."""
    for person in people:
        for review in person.reviews:
            sections = person.instrument.sections_for(review.voice)
            ratings = {q.id: 3 for section in sections for q in section.questions_for(review.voice)}
            with transaction() as session:
                answering.submit(session, clock.now(), person, review, Answers(ratings, {}))


def close(cycle: OpenCycle) -> None:
    pass_the_closing_time(cycle.id)
    counting.begin_due()
    counting.count_waiting(state().keys)


def released() -> ReportExperience:
    with reading() as session:
        release = release_from_bytes(session.scalars(select(ReleaseRecord.content)).one())
    assert release.audit.holds and release.experience is not None
    return release.experience


def correct(cycle: OpenCycle, email: str) -> bytes:
    """Gives a person another address, and so another link; its secret."""
    with transaction() as session:
        steward_id = session.get_one(CycleRecord, cycle.id).steward_id
        key = state().keys.link_key(cycle.id)
        invited = addresses.invited(session, cycle.id, steward_id, key)
        person = next(one for one in invited if one.email == email)
        right = Contact(person.id, person.name, person.job_title, NEW)
        addresses.correct(session, clock.now(), cycle.id, steward_id, person=right, link_key=key)
    return links_of(state(), cycle.id)[NEW]


def test_sending_twice_leaves_one_row_of_the_size_of_a_ballot_and_the_last_counts(opened: OpenCycle) -> None:
    person = respondent_of(opened.links[BETH])
    send(person, YES)
    (first,) = rows(person).items()
    send(person, NO)
    (second,) = rows(person).items()
    assert first[0] == second[0] == sealing.experience_id(person.secret)
    assert first[1] != second[1]
    answer_all([person])
    with reading() as session:
        assert experiences.is_received(session, person)
        ballots = session.scalars(select(ballots_table(person.storage).c.blob)).all()
    assert {len(bytes(blob)) for blob in ballots} == {len(first[1])} == {len(second[1])}
    (counted,) = read(opened).opened
    assert counted.answers == NO.answers


def test_every_answer_and_none_has_one_size(opened: OpenCycle) -> None:
    said = (YES, NO, Experience({Aspect.SAFE: True}), Experience.empty())
    people = protected(opened)[: len(said)]
    for person, one in zip(people, said, strict=True):
        send(person, one)
    assert len({len(blob) for blob in rows(people[0]).values()}) == 1


def test_what_is_taken_back_is_gone(opened: OpenCycle) -> None:
    person = respondent_of(opened.links[BETH])
    send(person, YES)
    take_back(person)
    assert rows(person) == {}
    with reading() as session:
        assert not experiences.is_received(session, person)
    take_back(person)
    assert read(opened).opened == ()


def test_nothing_is_taken_after_the_closing_time(opened: OpenCycle) -> None:
    person = respondent_of(opened.links[BETH])
    late = person.closes_at + timedelta(microseconds=1)
    for step in (
        lambda session: experiences.send(session, late, person, YES),
        lambda session: experiences.take_back(session, late, person),
    ):
        with pytest.raises(CycleNotOpenError), transaction() as session:
            step(session)
    assert rows(person) == {}


def test_the_number_of_reviews_received_does_not_move(opened: OpenCycle) -> None:
    people = protected(opened)
    answer_all(people[:4])
    for person in people[:9]:
        send(person, YES)
    with transaction() as session:
        cycles.refresh_received(session, clock.now() + timedelta(days=1))
    with reading() as session:
        # Eight reviews of four people, rounded down; nine more rows would have made it fifteen.
        assert cycles.load(session, opened.id).received_shown == 5


def test_the_close_counts_everybody_together_and_leaves_nothing_sealed(
    opened: OpenCycle, tmp_path: Path
) -> None:
    people = protected(opened)
    answer_all(people)
    for person in people[:20]:
        send(person, YES)
    for person in people[20:24]:
        send(person, Experience({Aspect.CLEAR: False}))
    ids = list(rows(people[0]))
    close(opened)
    built = released()
    assert (built.asked, built.answers) == (len(people), 24)
    # Twenty of 24 are more than eight in ten; twenty of twenty are all.
    assert [item.share for item in built.items] == [ShownShare(80, 100), ShownShare(80, 100)]
    assert not [name for name in inspect(db.engine).get_table_names() if people[0].storage in name]
    with reading() as session:
        assert session.get_one(CycleRecord, opened.id).purged_at is not None
    if db.engine.dialect.name == "sqlite":
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files and not [path for path in files for id_ in ids if id_ in path.read_bytes()]


def test_too_few_voices_are_not_shown_in_the_report(cycle: OpenCycle) -> None:
    people = protected(cycle)
    answer_all(people)
    for person in people[:4]:
        send(person, YES)
    close(cycle)
    with transaction() as session:
        steward_id = session.get_one(CycleRecord, cycle.id).steward_id
        assert not any(pool.waiting for pool in comments.pools(session, cycle.id, steward_id))
        publishing.publish(session, clock.now(), cycle.id, steward_id)
    with reading() as session:
        report = publishing.load(session, cycle.id).report
    assert report.experience == released()
    assert report.experience is not None
    assert report.experience.answers is None
    assert {item.share for item in report.experience.items} == {NOT_SHOWN}


def test_where_no_group_is_shown_the_experience_is_not_either(cycle: OpenCycle) -> None:
    people = protected(cycle)
    answer_all(people[:4])
    for person in people[:12]:
        send(person, YES)
    close(cycle)
    assert released().answers is None


def test_of_replaced_links_the_newest_counts_and_can_take_back_the_earlier(opened: OpenCycle) -> None:
    before = respondent_of(opened.links[BETH])
    send(before, NO)
    assert [one.answers for one in read(opened).opened] == [NO.answers]
    after = respondent_of(correct(opened, BETH))
    with reading() as session:
        assert not experiences.is_received(session, after)
    # Until the new link is used, what was sent with the earlier one counts.
    assert [one.answers for one in read(opened).opened] == [NO.answers]
    send(after, YES)
    said = read(opened)
    assert ([one.answers for one in said.opened], said.unreadable) == ([YES.answers], 0)
    take_back(after)
    assert len(rows(after)) == 2
    said = read(opened)
    assert (said.opened, said.unreadable) == ((), 0)


def test_rows_of_nobody_who_was_asked_are_left_out(cycle: OpenCycle) -> None:
    person, other = protected(cycle)[:2]
    prime = respondent_of(cycle.links[PRIME])
    send(person, YES)
    answer_all([other])
    # One who is shown apart is not asked, whatever reaches the table.
    send(prime, YES)
    table = experiences_table(person.storage)
    with transaction() as session:
        ballot = session.scalars(select(ballots_table(person.storage).c.blob)).first()
        copied = rows(person)[sealing.experience_id(person.secret)]
        forged = sealing.seal_ballot(person.sealing_key, envelope(NO, "elsewhere", ""), person.sealed_size)
        stranger = protected(cycle)[2]
        for key, blob in (
            (b"x" * 32, copied),
            (sealing.experience_id(other.secret), ballot),
            (sealing.experience_id(stranger.secret), forged),
        ):
            session.execute(table.insert().values(id=key, blob=blob))
    said = read(cycle)
    assert [one.answers for one in said.opened] == [YES.answers]
    assert said.unreadable == 4
    pass_the_closing_time(cycle.id)
    counting.begin_due()
    keys = state().keys
    with reading() as session:
        counted = closing.read(
            session,
            cycle.id,
            opening_key=keys.opening_key(cycle.id),
            link_key=keys.link_key(cycle.id),
            shuffle=random.Random(1),
        )
    assert counted.unreadable == 4


def test_only_people_of_protected_groups_are_asked(cycle: OpenCycle) -> None:
    assert experiences.is_asked(respondent_of(cycle.links[BETH]))
    assert not experiences.is_asked(respondent_of(cycle.links[PRIME]))
    assert read(cycle).asked == len(protected(cycle))


def test_one_can_speak_about_a_review_once_one_was_sent(cycle: OpenCycle) -> None:
    person = respondent_of(cycle.links[BETH])
    assert not experiences.has_sent_a_review(person)
    answer_all([person])
    assert experiences.has_sent_a_review(respondent_of(person.secret))


def test_a_purge_waits_for_this_table_too(cycle: OpenCycle) -> None:
    person = respondent_of(cycle.links[BETH])
    send(person, YES)
    close(cycle)
    table = experiences_table(person.storage)
    with transaction() as session:
        session.get_one(CycleRecord, cycle.id).purged_at = None
        table.create(session.connection())
        assert not closing.purge(session, clock.now(), cycle.id, state().keys)
        table.drop(session.connection())
        assert closing.purge(session, clock.now(), cycle.id, state().keys)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReleaseRecord)) == 1
