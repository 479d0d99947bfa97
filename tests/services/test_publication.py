"""From the count to the publication on its day, on both databases: made in time, replied to, rewritten once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from reports.conclusions import Promise, Reply
from reports.serial import digest
from review_app import clock
from review_app.database import reading, transaction
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.models.releases import ReplyRecord, ReportRecord
from review_app.services import comments, cycles, publishing, readers, replies
from review_app.services.comments import CommentVerdict, Ruling
from review_app.services.errors import (
    ChangedMeanwhileError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from review_app.services.replies import NOTHING, Said
from review_app.state import state
from review_app.worker import look
from surveys.cycle import CycleState
from surveys.publication import CountedBy, PublicationRule
from surveys.subjects import USUAL
from tests.publications import (
    BIDDER,
    DAYS,
    HIDDEN,
    PARTNERS,
    QUOTE,
    Reviewed,
    count_one,
    counted,
    finding_ids,
    make,
    move_into_the_past,
)

PEOPLE = 18


@pytest.fixture
def reviewed(either_environ: dict[str, str]) -> Iterator[Reviewed]:
    """A counted review, published 28 days after its close."""
    with counted(either_environ) as found:
        yield found


def advance(of: Reviewed, now: datetime) -> list[str]:
    """What the worker does at a moment; the cycles that it found to be due."""
    with reading() as session:
        due = publishing.due(session, now)
    for cycle_id in due:
        with transaction() as session:
            publishing.advance(session, now, cycle_id)
    return list(due)


def state_of(of: Reviewed) -> CycleState:
    with reading() as session:
        return cycles.load(session, of.cycle.id).state


def rows(of: Reviewed) -> dict[str, tuple[bytes, str, bool]]:
    """Content, digest and whether it is published, by subject."""
    with reading() as session:
        return {
            made.subject: (made.content, made.digest, made.published_at is not None)
            for made in session.scalars(select(ReportRecord).where(ReportRecord.cycle_id == of.cycle.id))
        }


def told(of: Reviewed, kind: MailKind) -> list[str]:
    """To whom a mail of a kind is owed, by address."""
    query = (
        select(ContactRecord.email)
        .join(MailRecord, MailRecord.contact_id == ContactRecord.id)
        .where(MailRecord.cycle_id == of.cycle.id, MailRecord.kind == kind.value)
    )
    with reading() as session:
        return sorted(session.scalars(query))


def reply(of: Reviewed, said: Said, subject: str = "", place: int = 0) -> None:
    finding_id = finding_ids(of.cycle.id, subject)[place]
    with transaction() as session:
        right = replies.right(session, clock.now(), of.cycle.id, subject)
        seen = right.finding(finding_id).said.token
        replies.save(session, clock.now(), right, finding_id, said, seen=seen)


def test_made_reports_are_for_those_whom_they_are_about_until_the_day_comes(reviewed: Reviewed) -> None:
    make(reviewed)
    assert state_of(reviewed) is CycleState.CLOSED
    with reading() as session:
        cycle = cycles.load(session, reviewed.cycle.id)
        assert publishing.digests(session) == ()
    assert cycle.is_awaiting_replies and cycle.waiting is not None
    publishes_at = cycle.waiting.publishes_at
    assert publishes_at == reviewed.closes_at + timedelta(days=DAYS)
    assert publishes_at - cycle.waiting.replies_until == timedelta(days=2)
    assert set(rows(reviewed)) == {"", *(reviewed.on(partner) for partner in PARTNERS)}
    about = {"prime", *PARTNERS}
    assert told(reviewed, MailKind.REPORT_READY) == sorted(
        f"{n}@{id_}.example" for id_ in about for n in (0, 1)
    )
    assert told(reviewed, MailKind.PUBLISHED) == []
    assert advance(reviewed, publishes_at - timedelta(seconds=1)) == []
    assert advance(reviewed, publishes_at) == [reviewed.cycle.id]
    assert state_of(reviewed) is CycleState.PUBLISHED
    everybody = told(reviewed, MailKind.PUBLISHED)
    assert len(everybody) == PEOPLE and f"0@{BIDDER}.example" in everybody
    assert advance(reviewed, publishes_at + timedelta(days=1)) == []


def test_the_report_says_what_was_fixed_at_the_launch(either_environ: dict[str, str]) -> None:
    # The four who work for one buyer are too few organisations to be asked about buyers, each with one voice.
    fixed = {
        "publication": PublicationRule.OPEN,
        "counted_by": CountedBy.ORGANISATION,
        "perspectives": USUAL,
    }
    with counted(either_environ, **fixed) as reviewed:
        make(reviewed)
        with reading() as session:
            facts = publishing.load(session, reviewed.cycle.id).report.facts
    assert facts.published_on == (reviewed.closes_at + timedelta(days=DAYS)).date().isoformat()
    assert (facts.publication, facts.counted_by) == (PublicationRule.OPEN, CountedBy.ORGANISATION)


def test_replies_are_printed_once_and_nothing_else_changes(reviewed: Reviewed) -> None:
    make(reviewed)
    before = rows(reviewed)
    promise = "Open the books by 1 June."
    reply(reviewed, Said("A first try.", ""))
    reply(reviewed, Said("  We hear this.\r\nThank you. ", promise))
    reply(reviewed, Said("Ours to mend.", ""), subject=reviewed.on("mill"))
    reply(reviewed, Said("Taken back.", ""), subject=reviewed.on("ash"))
    reply(reviewed, NOTHING, subject=reviewed.on("ash"))
    assert rows(reviewed) == before
    day = reviewed.closes_at + timedelta(days=DAYS)
    advance(reviewed, day)
    after = rows(reviewed)
    assert all(is_published for _, _, is_published in after.values())
    changed = {subject for subject in after if after[subject][:2] != before[subject][:2]}
    assert changed == {"", reviewed.on("mill")}
    with reading() as session:
        main = publishing.load(session, reviewed.cycle.id)
        mill = publishing.load(session, reviewed.cycle.id, reviewed.on("mill")).report
    today = clock.now().date().isoformat()
    finding = finding_ids(reviewed.cycle.id)[0]
    assert main.report.replies == (Reply(finding, "Prime Ltd", "We hear this.\nThank you.", promise, today),)
    assert [(one.by, one.text) for one in mill.replies] == [("Mill Ltd", "Ours to mend.")]
    assert main.digest == digest(main.report) == after[""][1]
    # Whatever is tried again later finds it done.
    with transaction() as session:
        publishing.advance(session, day + timedelta(days=1), reviewed.cycle.id)
    assert rows(reviewed) == after
    with pytest.raises(NotFoundError), reading() as session:
        replies.right(session, day, reviewed.cycle.id)


def test_a_steward_who_does_nothing_keeps_nobody_waiting(reviewed: Reviewed) -> None:
    reports_by = reviewed.closes_at + timedelta(days=DAYS - 16)
    with transaction() as session:
        waiting, *others = (
            comment
            for pool in comments.pools(session, reviewed.cycle.id, reviewed.steward.id)
            for comment in pool.comments
            if pool.may_be_released and comment.may_be_quoted
        )
        ruling = Ruling(CommentVerdict.QUOTED, "The only sentence that was released.")
        comments.decide(session, reviewed.cycle.id, reviewed.steward.id, {others[0].id: ruling})
    assert advance(reviewed, reports_by - timedelta(seconds=1)) == []
    assert advance(reviewed, reports_by) == [reviewed.cycle.id]
    content = rows(reviewed)[""][0].decode()
    assert "The only sentence that was released." in content
    assert QUOTE not in content and HIDDEN not in content
    assert state_of(reviewed) is CycleState.CLOSED
    kept_back = {waiting.id: Ruling(CommentVerdict.QUOTED, QUOTE)}
    with pytest.raises(NotAllowedError, match="comments are fixed"), transaction() as session:
        comments.decide(session, reviewed.cycle.id, reviewed.steward.id, kept_back)
    with pytest.raises(NotAllowedError, match="only once"), transaction() as session:
        publishing.publish(session, reports_by, reviewed.cycle.id, reviewed.steward.id)
    assert advance(reviewed, reports_by + timedelta(days=16)) == [reviewed.cycle.id]
    assert state_of(reviewed) is CycleState.PUBLISHED


def test_replies_have_their_fourteen_days_however_late_the_reports_are_made(reviewed: Reviewed) -> None:
    move_into_the_past(reviewed.cycle.id, timedelta(days=25))
    made_at = clock.now()
    assert advance(reviewed, made_at) == [reviewed.cycle.id]
    with reading() as session:
        cycle = cycles.load(session, reviewed.cycle.id)
    assert cycle.waiting is not None
    assert cycle.waiting.replies_until == made_at + timedelta(days=14)
    assert cycle.waiting.publishes_at == made_at + timedelta(days=16) > reviewed.closes_at + timedelta(days=3)


def test_a_late_count_leaves_the_steward_six_days_for_the_comments(reviewed: Reviewed) -> None:
    counted_at = clock.now()
    move_into_the_past(reviewed.cycle.id, timedelta(days=40))
    with transaction() as session:
        session.get_one(CycleRecord, reviewed.cycle.id).closed_at = counted_at
    assert advance(reviewed, counted_at + timedelta(days=6, seconds=-1)) == []
    assert advance(reviewed, counted_at + timedelta(days=6)) == [reviewed.cycle.id]


@pytest.mark.parametrize("days", [0, None])
def test_without_time_for_replies_the_report_is_out_at_once(
    either_environ: dict[str, str], days: int | None
) -> None:
    with counted(either_environ, publish_after_days=days) as reviewed:
        with pytest.raises(NotYetError), transaction() as session:
            publishing.publish(session, clock.now(), reviewed.cycle.id, reviewed.steward.id)
        assert advance(reviewed, clock.now() + timedelta(days=100)) == []
        make(reviewed)
        assert state_of(reviewed) is CycleState.PUBLISHED
        assert len(told(reviewed, MailKind.PUBLISHED)) == PEOPLE
        assert told(reviewed, MailKind.REPORT_READY) == []
        with reading() as session:
            report = publishing.load(session, reviewed.cycle.id).report
            assert report.facts.published_on == ""
            assert not cycles.load(session, reviewed.cycle.id).is_awaiting_replies


def test_two_workers_at_once_make_and_publish_once(reviewed: Reviewed) -> None:
    for days in (30, 16):
        move_into_the_past(reviewed.cycle.id, timedelta(days=days))
        start = Barrier(4)

        def work(start: Barrier = start) -> None:
            with reviewed.app.app_context():
                start.wait()
                with transaction() as session:
                    publishing.advance(session, clock.now(), reviewed.cycle.id)

        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(work) for _ in range(4)]:
                done.result()
    assert state_of(reviewed) is CycleState.PUBLISHED
    assert len(rows(reviewed)) == 1 + len(PARTNERS)
    assert len(told(reviewed, MailKind.PUBLISHED)) == PEOPLE


def test_the_worker_makes_and_publishes_by_itself(reviewed: Reviewed) -> None:
    move_into_the_past(reviewed.cycle.id, timedelta(days=DAYS - 16))
    assert look(state())
    assert state_of(reviewed) is CycleState.CLOSED and len(rows(reviewed)) == 1 + len(PARTNERS)
    move_into_the_past(reviewed.cycle.id, timedelta(days=16))
    assert look(state())
    assert state_of(reviewed) is CycleState.PUBLISHED


def test_a_reply_is_refused_when_it_is_foreign_too_long_or_too_late(reviewed: Reviewed) -> None:
    make(reviewed)
    finding = finding_ids(reviewed.cycle.id)[0]
    until = reviewed.closes_at + timedelta(days=DAYS - 2)

    def save(finding_id: str, said: Said, subject: str = "", now: datetime | None = None) -> None:
        with transaction() as session:
            right = replies.right(session, clock.now(), reviewed.cycle.id, subject)
            replies.save(session, now or clock.now(), right, finding_id, said, seen=NOTHING.token)

    with pytest.raises(NotFoundError):
        save(finding, Said("On another's finding.", ""), reviewed.on("mill"))
    with pytest.raises(NotFoundError):
        save("strength:prime:made-up", Said("On nothing.", ""))
    with pytest.raises(NotAllowedError, match="600"):
        save(finding, Said("x" * 601, ""))
    with pytest.raises(NotAllowedError, match="300"):
        save(finding, Said("x", "x" * 301))
    with pytest.raises(NotAllowedError, match="Write the reply too"):
        save(finding, Said(" ", "We will."))
    with pytest.raises(NotAllowedError, match="over"):
        save(finding, Said("Too late.", ""), now=until)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReplyRecord)) == 0
    save(finding, Said("x" * 600, "x" * 300), now=until - timedelta(seconds=1))
    with pytest.raises(ChangedMeanwhileError):
        save(finding, Said("A colleague who has not seen that.", ""))


def test_the_next_report_knows_the_last_one_and_what_was_promised(reviewed: Reviewed) -> None:
    make(reviewed)
    reply(reviewed, Said("We hear this.", "Open the books by 1 June."))
    reply(reviewed, Said("No promise.", ""), place=1)
    reply(reviewed, Said("Ours.", "Answer within a week."), subject=reviewed.on("mill"))
    advance(reviewed, reviewed.closes_at + timedelta(days=DAYS))
    move_into_the_past(reviewed.cycle.id, timedelta(days=200))
    with reading() as session:
        chain_id = cycles.load(session, reviewed.cycle.id).chain_id
        first = publishing.load(session, reviewed.cycle.id)
    again = count_one(reviewed.app, chain_id, reviewed.organiser, reviewed.steward, title="Second")
    with reading() as session:
        coming = publishing.promises_to_repeat(session, again.cycle.id)
    assert [promise.text for promise in coming] == ["Open the books by 1 June.", "Answer within a week."]
    make(again)
    with reading() as session:
        main = publishing.load(session, again.cycle.id).report
        mill = publishing.load(session, again.cycle.id, again.on("mill")).report
        ash = publishing.load(session, again.cycle.id, again.on("ash")).report
    assert first.report.previous is None and first.report.promises == ()
    assert main.previous is not None
    assert (main.previous.reference, main.previous.digest) == (reviewed.cycle.id, first.digest)
    today = clock.now().date().isoformat()
    wording = first.report.parts[0].sections[0].items[0].wording
    assert main.promises == (Promise(wording, "Prime Ltd", "Open the books by 1 June.", today),)
    assert [promise.text for promise in mill.promises] == ["Answer within a week."]
    assert ash.previous is not None and ash.promises == ()


def test_a_link_opens_what_is_its_owners_by_the_rule_and_writes_nothing(reviewed: Reviewed) -> None:
    addresses = ("0@prime.example", "0@mill.example", "0@council.example", f"0@{BIDDER}.example")
    secrets = {address: reviewed.secret(address) for address in addresses}

    def opens() -> dict[str, set[str] | None]:
        with reading() as session:
            found = {address: readers.find(session, secrets[address]) for address in addresses}
        return {
            address.split("@")[1].split(".")[0]: set(one.subjects) if one else None
            for address, one in found.items()
        }

    assert set(opens().values()) == {None}
    make(reviewed)
    mill = reviewed.on("mill")
    assert opens() == {"prime": {""}, "mill": {mill}, "council": None, BIDDER: None}
    advance(reviewed, reviewed.closes_at + timedelta(days=DAYS))
    partners = {reviewed.on(partner) for partner in PARTNERS}
    assert opens() == {"prime": {"", *partners}, "mill": {"", mill}, "council": {""}, BIDDER: {""}}
    with reading() as session:
        assert readers.find(session, b"x" * 20) is None


def test_by_the_open_rule_the_commissioners_read_all(either_environ: dict[str, str]) -> None:
    with counted(either_environ, publication=PublicationRule.OPEN) as reviewed:
        make(reviewed)
        advance(reviewed, reviewed.closes_at + timedelta(days=DAYS))
        with reading() as session:
            council, mill = (
                readers.find(session, reviewed.secret(address))
                for address in ("0@council.example", "0@mill.example")
            )
    assert council is not None and len(council.subjects) == 1 + len(PARTNERS)
    assert mill is not None and set(mill.subjects) == {"", reviewed.on("mill")}
