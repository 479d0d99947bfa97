"""The close: what is counted, what is released, and that nothing sealed is left."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from reports.model import GroupKind, Shown
from reports.serial import release_from_bytes
from review_app import clock, counting
from review_app.database import reading, transaction
from review_app.models import db
from review_app.models.ballots import ballots_table
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.models.releases import CommentRecord, ReleaseRecord
from review_app.services import answering, chains, closing, comments, cycles, previews, publishing
from review_app.services.accounts import Account
from review_app.services.comments import CommentVerdict, Ruling
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from review_app.services.invited import invited_of_cycle
from review_app.services.previews import Invited, groups_to_merge
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys import sealing
from surveys.answers import Answers, Comment, CommentChoice
from surveys.cycle import CycleState
from surveys.errors import CycleFaultsError
from surveys.preflight import CautionKind
from surveys.subjects import Subject
from tests.conftest import SAMPLE, OpenCycle, draft_on, pass_the_closing_time

SECRET_WORDS = "a sentence that only one person would write"


def answer_all(cycle: OpenCycle, *, level: int = 3, people: int | None = None) -> None:
    """Everybody (or the first ``people``) submits both reviews."""
    chance = random.Random(7)
    for secret in cycle.link_list[:people]:
        with reading() as session:
            respondent = answering.find(session, clock.now(), secret)
        assert respondent is not None
        for review in respondent.reviews:
            sections = respondent.instrument.sections_for(review.voice)
            ratings = {
                question.id: min(5, max(1, level + chance.choice((-1, 0, 0, 1))))
                for section in sections
                for question in section.questions_for(review.voice)
            }
            said = {sections[0].id: Comment(SECRET_WORDS, CommentChoice.VERBATIM)}
            with transaction() as session:
                answering.submit(session, clock.now(), respondent, review, Answers(ratings, said))


def close(cycle: OpenCycle) -> None:
    pass_the_closing_time(cycle.id)
    counting.begin_due()
    counting.count_waiting(state().keys)


def files_with(folder: Path, needle: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def test_a_close_releases_figures_and_leaves_nothing_sealed(
    app: Flask, open_cycle: OpenCycle, tmp_path: Path
) -> None:
    with app.app_context():
        answer_all(open_cycle)
        with reading() as session:
            storage = session.scalars(select(CycleRecord.storage)).one()
        close(open_cycle)
        with reading() as session:
            cycle = cycles.load(session, open_cycle.id)
            release = release_from_bytes(session.scalars(select(ReleaseRecord.content)).one())
        assert cycle.state is CycleState.CLOSED and cycle.purged_at is not None
        assert not [name for name in inspect(db.engine).get_table_names() if storage and storage in name]
    assert [part.subject for part in release.parts] == ["prime", "chain"]
    assert release.audit.holds
    shown = [
        value for part in release.parts for s in part.sections for i in s.items for value in i.values.values()
    ]
    assert any(isinstance(value, Shown) for value in shown)
    assert list((tmp_path / "keys").glob("*key")) == []
    for secret in open_cycle.link_list:
        code = sealing.code_of(secret).encode()
        for needle in (secret, code, code.replace(b"-", b""), secret.hex().encode()):
            assert files_with(tmp_path, needle) == []


def test_each_step_of_a_close_can_be_done_again(app: Flask, open_cycle: OpenCycle) -> None:
    with app.app_context():
        answer_all(open_cycle)
        pass_the_closing_time(open_cycle.id)
        assert counting.begin_due() == 1 and counting.begin_due() == 0
        keys = state().keys
        with reading() as session:
            counted = closing.read(
                session,
                open_cycle.id,
                opening_key=keys.opening_key(open_cycle.id),
                link_key=keys.link_key(open_cycle.id),
                shuffle=random.Random(1),
            )
        for expected in (True, False, False):
            with transaction() as session:
                assert closing.settle(session, clock.now(), open_cycle.id, counted) is expected
        assert counting.purge_closed(keys) == 1 and counting.purge_closed(keys) == 0
        with reading() as session:
            assert len(session.scalars(select(ReleaseRecord)).all()) == 1


def test_rows_that_are_no_ballots_of_the_cycle_are_left_out(app: Flask, open_cycle: OpenCycle) -> None:
    with app.app_context():
        answer_all(open_cycle)
        keys = state().keys
        with transaction() as session:
            record = session.get(CycleRecord, open_cycle.id)
            assert record and record.storage and record.sealing_key and record.sealed_size
            table = ballots_table(record.storage)
            genuine = session.execute(select(table)).first()
            assert genuine is not None
            forged = sealing.seal_ballot(record.sealing_key, b'{"subject":"prime"}', record.sealed_size)
            # A ballot copied under another id, and one that was made up for a person who answered nothing.
            session.execute(table.insert().values(id=b"x" * 32, blob=genuine.blob))
            session.execute(table.update().where(table.c.id == genuine.id).values(blob=forged))
        pass_the_closing_time(open_cycle.id)
        counting.begin_due()
        with reading() as session:
            counted = closing.read(
                session,
                open_cycle.id,
                opening_key=keys.opening_key(open_cycle.id),
                link_key=keys.link_key(open_cycle.id),
                shuffle=random.Random(1),
            )
    assert counted.unreadable == 2


def test_fewer_than_five_answers_give_no_report(app: Flask, open_cycle: OpenCycle, steward: Account) -> None:
    with app.app_context():
        answer_all(open_cycle, people=4)
        close(open_cycle)
        with transaction() as session:
            publishing.publish(session, clock.now(), open_cycle.id, steward.id)
        with reading() as session:
            report = publishing.load(session, open_cycle.id).report
            texts = session.scalars(select(CommentRecord)).all()
        with reading() as session:
            told = session.scalars(
                select(MailRecord).where(MailRecord.kind == MailKind.PUBLISHED.value)
            ).all()
            asked = set(session.scalars(select(InvitationRecord.contact_id)))
    # Everybody who was asked is told, and nothing says who has answered.
    assert {mail.contact_id for mail in told} == asked and len(told) == len(asked) == 40
    assert not report.is_reportable
    assert all(not part.received for part in report.parts)
    assert texts and all(text.pool_id == "" for text in texts)
    assert all(group.kind is GroupKind.ATTRIBUTED for part in report.parts for group in part.groups)


def test_the_steward_decides_on_comments_before_the_report_exists(
    app: Flask, open_cycle: OpenCycle, steward: Account, organiser: Account
) -> None:
    with app.app_context():
        answer_all(open_cycle)
        close(open_cycle)
        with pytest.raises(NotFoundError), reading() as session:
            comments.pools(session, open_cycle.id, organiser.id)
        with pytest.raises(NotYetError, match="wait for your decision"), transaction() as session:
            publishing.publish(session, clock.now(), open_cycle.id, steward.id)
        with transaction() as session:
            pools = comments.pools(session, open_cycle.id, steward.id)
            first, *others = (comment.id for pool in pools for comment in pool.comments)
            rulings = dict.fromkeys(others, Ruling(CommentVerdict.KEPT_BACK))
            rulings[first] = Ruling(CommentVerdict.QUOTED, "A sentence without its writer.")
            comments.decide(session, open_cycle.id, steward.id, rulings)
            place = (pools[0].subject, pools[0].section_id, pools[0].pool_id)
            comments.summarise(
                session, open_cycle.id, steward.id, place=place, text="Most wrote one sentence."
            )
            publishing.publish(session, clock.now(), open_cycle.id, steward.id)
        with reading() as session:
            published = publishing.load(session, open_cycle.id)
        with pytest.raises(NotAllowedError), transaction() as session:
            comments.summarise(session, open_cycle.id, steward.id, place=place, text="Later thoughts.")
    text = published.content.decode()
    assert "A sentence without its writer." in text and "Most wrote one sentence." in text
    assert SECRET_WORDS not in text


def test_originals_of_comments_are_destroyed_thirty_days_after_the_report(
    app: Flask, open_cycle: OpenCycle, steward: Account, tmp_path: Path
) -> None:
    with app.app_context():
        answer_all(open_cycle)
        close(open_cycle)
        with transaction() as session:
            pools = comments.pools(session, open_cycle.id, steward.id)
            ids = (comment.id for pool in pools for comment in pool.comments)
            comments.decide(
                session, open_cycle.id, steward.id, dict.fromkeys(ids, Ruling(CommentVerdict.KEPT_BACK))
            )
            publishing.publish(session, clock.now(), open_cycle.id, steward.id)
        assert files_with(tmp_path, SECRET_WORDS.encode())
        later = clock.now() + timedelta(days=30, seconds=1)
        with transaction() as session:
            assert comments.has_originals_due(session, later)
            comments.forget_originals(session, later)
        counting.wipe_residue()
        assert files_with(tmp_path, SECRET_WORDS.encode()) == []


def test_a_group_that_changed_by_a_few_people_is_pooled(app: Flask, open_cycle: OpenCycle) -> None:
    with app.app_context():
        answer_all(open_cycle)
        close(open_cycle)
        with reading() as session:
            invited = invited_of_cycle(session, open_cycle.id)
            cell = (Subject.PRIME, "vcs-subcontractors")
            smaller = frozenset(list(invited[cell])[2:])
            record = session.get(CycleRecord, open_cycle.id)
            assert record is not None
            session.add(next_cycle := _copy(record))
            session.flush()

            def merged(now: Invited) -> frozenset[str]:
                return groups_to_merge(session, next_cycle.id, now, chain_id=next_cycle.chain_id)

            assert merged({**invited, cell: smaller}) == {"vcs-subcontractors"}
            assert merged({(Subject.PRIME, "the-others"): smaller}) == {"the-others"}
            assert merged(invited) == frozenset()
            # On another subject there is nothing that it could be held against.
            assert merged({(Subject.BUYERS, "suppliers:somebody"): smaller}) == frozenset()


def test_importing_the_chain_again_under_another_name_undoes_no_rule(
    app: Flask, open_cycle: OpenCycle, organiser: Account, steward: Account
) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    without_two = "\n".join(line for line in lines if "tynesteps" not in line and "Tyne Steps" not in line)
    with app.app_context():
        answer_all(open_cycle)
        close(open_cycle)
        with transaction() as session:
            again = read_chain(without_two.encode(), "again.csv", "Another name")
            again_id = chains.keep(session, clock.now(), again)
        with pytest.raises(CycleFaultsError, match="90 days"):
            draft_on(app, again_id, organiser, steward)
        later = clock.now() + timedelta(days=120)
        cycle_id = draft_on(app, again_id, organiser, steward, closes_at=later)
        with reading() as session:
            cautions = previews.preview(session, cycle_id).preflight.cautions
    merged = {caution.group_id for caution in cautions if caution.kind is CautionKind.MERGED_FIRST}
    assert "vcs-subcontractors" in merged


def _copy(record: CycleRecord) -> CycleRecord:
    names = ("chain_id", "title", "instrument_id", "instrument_version", "instrument", "plan", "k", "closes_at",
             "key_mode", "organiser_id", "steward_id", "created_at")  # fmt: skip
    copied = CycleRecord(id="the next cycle", state="draft", too_soon_reason="", asked=0, received_shown=0)
    for name in names:
        setattr(copied, name, getattr(record, name))
    return copied


def test_the_shown_figure_says_nothing_on_the_first_day_and_is_rounded_down_later(
    app: Flask, open_cycle: OpenCycle
) -> None:
    with app.app_context():
        answer_all(open_cycle, people=6)
        for days, expected in ((0, 0), (1, 10), (1, 10), (2, 10)):
            with transaction() as session:
                cycles.refresh_received(session, clock.now() + timedelta(days=days))
            with reading() as session:
                assert cycles.load(session, open_cycle.id).received_shown == expected


def test_subjects_are_released_apart(app: Flask, open_cycle: OpenCycle) -> None:
    with app.app_context():
        answer_all(open_cycle)
        close(open_cycle)
        with reading() as session:
            release = release_from_bytes(session.scalars(select(ReleaseRecord.content)).one())
    own = {part.subject: [group for group in part.groups if group.is_self] for part in release.parts}
    assert len(own[Subject.PRIME]) == 1 and own[Subject.CHAIN] == []
