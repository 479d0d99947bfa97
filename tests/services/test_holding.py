"""The steward holds back a reply, openly: only that steward, only what was read, only until the publication."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from reports.conclusions import Reply
from reports.kinds import Format, kinds_of, pdf_kinds
from reports.serial import digest, report_from_bytes, report_to_bytes
from reports.variants import document
from review_app import clock, counting
from review_app.database import reading, transaction
from review_app.languages import tongue
from review_app.layout import template_folder
from review_app.models.releases import ReplyRecord, ReportRecord
from review_app.services import cycles, holding, publishing, replies, report_files
from review_app.services.accounts import AccountRole
from review_app.services.errors import (
    ChangedMeanwhileError,
    NotAllowedError,
    NotFoundError,
    ServiceError,
)
from review_app.services.holding import Decision
from review_app.services.replies import NOTHING, Right, Said
from review_app.services.report_printing import assets
from review_app.state import state
from surveys.cycle import CycleState
from surveys.publication import HoldReason
from tests.conftest import make_account
from tests.publications import (
    DAYS,
    Reviewed,
    count_one,
    counted,
    finding_ids,
    make,
    move_into_the_past,
)

THREAT = "We know who among you wrote this, and contracts end."
PROMISE = "We shall speak to each of them by 1 June."
HARSH = Said("We disagree. This is not true.", "")
THREATENING = Said(THREAT, PROMISE)


@pytest.fixture
def reviewed(either_environ: dict[str, str]) -> Iterator[Reviewed]:
    """A review whose reports wait for replies."""
    with counted(either_environ) as found:
        make(found)
        yield found


def right_of(of: Reviewed, subject: str = "") -> Right:
    with reading() as session:
        return replies.right(session, clock.now(), of.cycle.id, subject)


def write(of: Reviewed, said: Said, subject: str = "", now: datetime | None = None) -> None:
    """Somebody of the organisation saves a reply to the first finding."""
    finding_id = finding_ids(of.cycle.id, subject)[0]
    right = right_of(of, subject)
    with transaction() as session:
        replies.save(
            session, now or clock.now(), right, finding_id, said, seen=right.finding(finding_id).said.token
        )


def hold(
    of: Reviewed,
    said: Said = THREATENING,
    subject: str = "",
    *,
    held_for: HoldReason | None = HoldReason.PRESSES,
    steward_id: str = "",
) -> None:
    """The steward decides about the first finding's reply, having read ``said``."""
    right = right_of(of, subject)
    with transaction() as session:
        decision = Decision(held_for, said.token)
        finding_id = finding_ids(of.cycle.id, subject)[0]
        holding.decide(
            session, clock.now(), right, finding_id, decision, steward_id=steward_id or of.steward.id
        )


def held_for(of: Reviewed, subject: str = "") -> HoldReason | None:
    return right_of(of, subject).findings[0].held_for


def publish(of: Reviewed) -> None:
    day = of.closes_at + timedelta(days=DAYS)
    with transaction() as session:
        publishing.advance(session, day, of.cycle.id)
    with reading() as session:
        assert cycles.load(session, of.cycle.id).state is CycleState.PUBLISHED


def printed(of: Reviewed, subject: str = "") -> tuple[Reply, ...]:
    with reading() as session:
        return publishing.load(session, of.cycle.id, subject).report.replies


def everything_kept(of: Reviewed) -> str:
    """All reports and replies, as the database keeps them."""
    with reading() as session:
        reports = b"".join(
            session.scalars(select(ReportRecord.content).where(ReportRecord.cycle_id == of.cycle.id))
        )
        kept = session.execute(select(ReplyRecord.text, ReplyRecord.promise)).all()
    return reports.decode() + repr(kept)


@pytest.mark.parametrize("reason", HoldReason)
def test_what_is_held_back_is_nowhere_and_the_report_says_why(reviewed: Reviewed, reason: HoldReason) -> None:
    write(reviewed, THREATENING)
    hold(reviewed, held_for=reason)
    with reading() as session:
        before = publishing.load(session, reviewed.cycle.id).report
    publish(reviewed)
    [reply] = printed(reviewed)
    assert (reply.by, reply.text, reply.promise, reply.held_for) == ("Prime Ltd", "", "", reason)
    kept = everything_kept(reviewed)
    assert THREAT not in kept and PROMISE not in kept
    with reading() as session:
        made = publishing.load(session, reviewed.cycle.id)
    assert made.digest == digest(made.report)
    # It changes no figure.
    assert replace(made.report, replies=()) == before


def test_no_file_of_the_report_holds_it_and_every_one_that_prints_replies_says_why(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with counted(environ) as reviewed:
        make(reviewed)
        write(reviewed, THREATENING)
        hold(reviewed)
        publish(reviewed)
        folder = state().settings.report_dir
        with reading() as session:
            made = publishing.load(session, reviewed.cycle.id)
            files = {
                kind.key: report_files.export(session, reviewed.cycle.id, kind, folder)
                for kind in kinds_of(made.report)
                if kind.format is not Format.PDF
            }
        texts = {key: text_of(file.content) for key, file in files.items() if file}
        for kind in pdf_kinds(made.report):
            speech = tongue(kind.language)
            content = document(
                made.report, made.digest, kind.variant, speech, templates=template_folder(), assets=assets()
            )
            texts[kind.key] = text_of_pdf(content, tmp_path / kind.key)
    assert [key for key, text in texts.items() if THREAT in text or PROMISE in text] == []
    said = "The steward held back a reply by Prime Ltd, because it puts pressure on people for answering."
    assert {key for key, text in texts.items() if said in text} >= {
        kind.key for kind in kinds_of(made.report) if kind.format in {Format.PDF, Format.HTML, Format.XLSX}
    }
    assert '"held_for":"presses"' in texts["report.json"] and '"held_for":"presses"' in texts["evidence.zip"]


def text_of(content: bytes) -> str:
    """Everything in a file, also in one that is packed."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return " ".join(content.decode("utf-8", "replace").split())


def text_of_pdf(content: bytes, file: Path) -> str:
    file.write_bytes(content)
    run = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True, text=True)
    return " ".join(run.stdout.split())


def test_what_is_let_go_again_is_printed_as_it_was_written(reviewed: Reviewed) -> None:
    write(reviewed, THREATENING)
    hold(reviewed)
    assert held_for(reviewed) is HoldReason.PRESSES
    hold(reviewed, held_for=HoldReason.POINTS)
    assert held_for(reviewed) is HoldReason.POINTS
    hold(reviewed, held_for=None)
    publish(reviewed)
    [reply] = printed(reviewed)
    assert (reply.text, reply.promise, reply.held_for) == (THREAT, PROMISE, None)


def test_a_held_promise_is_not_repeated_in_the_next_report(reviewed: Reviewed) -> None:
    mill = reviewed.on("mill")
    write(reviewed, THREATENING)
    write(reviewed, Said("Ours to mend.", "Answer within a week."), mill)
    hold(reviewed)
    publish(reviewed)
    move_into_the_past(reviewed.cycle.id, timedelta(days=200))
    with reading() as session:
        chain_id = cycles.load(session, reviewed.cycle.id).chain_id
    again = count_one(reviewed.app, chain_id, reviewed.organiser, reviewed.steward, title="Second")
    make(again)
    with reading() as session:
        main = publishing.load(session, again.cycle.id).report
        on_mill = publishing.load(session, again.cycle.id, again.on("mill")).report
    assert main.previous is not None and main.promises == ()
    assert [promise.text for promise in on_mill.promises] == ["Answer within a week."]


def test_another_reply_is_looked_at_anew_and_the_same_one_is_not_another(reviewed: Reviewed) -> None:
    write(reviewed, THREATENING)
    hold(reviewed)
    write(reviewed, Said(f"  {THREAT} ", f"{PROMISE}\r\n"))
    assert held_for(reviewed) is HoldReason.PRESSES
    write(reviewed, Said(f"{THREAT} Truly.", PROMISE))
    assert held_for(reviewed) is None
    with pytest.raises(ChangedMeanwhileError):
        hold(reviewed)
    assert held_for(reviewed) is None


def test_a_held_reply_can_be_taken_back_and_written_again(reviewed: Reviewed) -> None:
    write(reviewed, THREATENING)
    hold(reviewed)
    write(reviewed, NOTHING)
    assert (right_of(reviewed).findings[0].said, held_for(reviewed)) == (NOTHING, None)
    with pytest.raises(NotFoundError, match="taken back"):
        hold(reviewed)
    with pytest.raises(NotFoundError, match="taken back"):
        hold(reviewed, NOTHING)
    # The same text once more, in the last second, is still held back.
    last = reviewed.closes_at + timedelta(days=DAYS - 2, seconds=-1)
    write(reviewed, THREATENING, now=last)
    assert held_for(reviewed) is HoldReason.PRESSES
    publish(reviewed)
    assert [reply.held_for for reply in printed(reviewed)] == [HoldReason.PRESSES]


@pytest.mark.parametrize(
    "disguised",
    [
        THREAT.replace("who", "w\u200cho"),
        THREAT.replace("who", "wh\u034fo"),
        THREAT + "\ufe0f",
        THREAT + "\U000e0041",
        THREAT.replace(" ", "  ", 1),
        THREAT.replace(" ", "\u00a0", 1),
        THREAT + "\n\n",
    ],
)
def test_signs_that_nobody_sees_let_no_held_reply_go(reviewed: Reviewed, disguised: str) -> None:
    write(reviewed, THREATENING)
    hold(reviewed)
    write(reviewed, replace(THREATENING, text=disguised))
    assert held_for(reviewed) is HoldReason.PRESSES
    write(reviewed, NOTHING)
    write(reviewed, replace(THREATENING, text=disguised))
    assert held_for(reviewed) is HoldReason.PRESSES


def test_other_words_in_the_place_of_a_held_reply_are_looked_at_anew_and_marked(reviewed: Reviewed) -> None:
    write(reviewed, THREATENING)
    hold(reviewed)
    write(reviewed, Said("We hear this.", ""))
    finding = right_of(reviewed).findings[0]
    assert (finding.held_for, finding.replaces_held) == (None, True)
    write(reviewed, THREATENING)
    assert held_for(reviewed) is HoldReason.PRESSES
    # What the steward let go is no longer one that was held.
    hold(reviewed, held_for=None)
    write(reviewed, Said("We hear this.", ""))
    assert not right_of(reviewed).findings[0].replaces_held


def test_a_held_reply_that_is_taken_back_for_good_leaves_nothing(reviewed: Reviewed) -> None:
    write(reviewed, THREATENING)
    hold(reviewed)
    write(reviewed, NOTHING)
    publish(reviewed)
    counting.wipe_replies()
    assert printed(reviewed) == ()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReplyRecord)) == 0


def test_nobody_slips_a_reply_in_once_the_steward_looks(reviewed: Reviewed) -> None:
    write(reviewed, HARSH)
    over = reviewed.closes_at + timedelta(days=DAYS - 2)
    with pytest.raises(NotAllowedError, match="over"):
        write(reviewed, THREATENING, now=over)
    with pytest.raises(NotAllowedError, match="over"):
        write(reviewed, NOTHING, now=over)
    # The steward still decides, to the last second.
    right = right_of(reviewed)
    with transaction() as session:
        decision = Decision(HoldReason.POINTS, HARSH.token)
        now = reviewed.closes_at + timedelta(days=DAYS, seconds=-1)
        holding.decide(session, now, right, right.findings[0].id, decision, steward_id=reviewed.steward.id)
    publish(reviewed)
    assert [reply.held_for for reply in printed(reviewed)] == [HoldReason.POINTS]


def test_the_main_report_and_a_partners_are_held_apart(reviewed: Reviewed) -> None:
    mill = reviewed.on("mill")
    write(reviewed, THREATENING)
    write(reviewed, THREATENING, mill)
    hold(reviewed, subject=mill)
    assert (held_for(reviewed), held_for(reviewed, mill)) == (None, HoldReason.PRESSES)
    publish(reviewed)
    assert [reply.text for reply in printed(reviewed)] == [THREAT]
    assert [(reply.by, reply.text, reply.held_for) for reply in printed(reviewed, mill)] == [
        ("Mill Ltd", "", HoldReason.PRESSES)
    ]


def test_only_the_reviews_own_steward_decides_and_not_after_the_publication(reviewed: Reviewed) -> None:
    write(reviewed, THREATENING)
    other = make_account(reviewed.app, "other@independent.example", AccountRole.STEWARD)
    for account in (other, reviewed.organiser):
        with pytest.raises(NotFoundError):
            hold(reviewed, steward_id=account.id)
    right, finding_id = right_of(reviewed), finding_ids(reviewed.cycle.id)[0]
    hold(reviewed)
    publish(reviewed)
    for reason in (None, HoldReason.POINTS):
        decision = Decision(reason, THREATENING.token)
        with pytest.raises(NotFoundError), transaction() as session:
            holding.decide(session, clock.now(), right, finding_id, decision, steward_id=reviewed.steward.id)
    assert [reply.held_for for reply in printed(reviewed)] == [HoldReason.PRESSES]


@pytest.mark.parametrize("days", [0, None])
def test_a_review_without_a_day_has_no_replies_to_hold(
    either_environ: dict[str, str], days: int | None
) -> None:
    with counted(either_environ, publish_after_days=days) as reviewed:
        make(reviewed)
        with pytest.raises(NotFoundError), reading() as session:
            holding.to_check(session, clock.now(), reviewed.cycle.id)


def test_two_workers_publish_once_while_the_steward_holds(reviewed: Reviewed) -> None:
    write(reviewed, THREATENING)
    right, finding_id = right_of(reviewed), finding_ids(reviewed.cycle.id)[0]
    move_into_the_past(reviewed.cycle.id, timedelta(days=DAYS))
    start = Barrier(3)

    def work() -> bool:
        with reviewed.app.app_context():
            start.wait()
            with transaction() as session:
                publishing.advance(session, clock.now(), reviewed.cycle.id)
        return False

    def decide() -> bool:
        with reviewed.app.app_context():
            start.wait()
            decision = Decision(HoldReason.PRESSES, THREATENING.token)
            try:
                with transaction() as session:
                    holding.decide(
                        session, clock.now(), right, finding_id, decision, steward_id=reviewed.steward.id
                    )
            except ServiceError:
                return False
            return True

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(work), pool.submit(decide), pool.submit(work)]
        was_held = done[1].result()
        assert not any(one.result() for one in (done[0], done[2]))
    [reply] = printed(reviewed)
    # Whoever came first: it is held back in the report, or the steward was told that it is too late.
    assert (reply.held_for is HoldReason.PRESSES, reply.text == "") == (was_held, was_held)
    assert (THREAT in everything_kept(reviewed)) is not was_held


def test_a_report_that_was_made_before_replies_could_be_held_says_it_too(reviewed: Reviewed) -> None:
    with transaction() as session:
        record = session.get_one(ReportRecord, (reviewed.cycle.id, ""))
        report = replace(report_from_bytes(record.content), schema_version=3)
        record.content, record.digest = report_to_bytes(report), digest(report)
    write(reviewed, THREATENING)
    hold(reviewed)
    publish(reviewed)
    with reading() as session:
        made = publishing.load(session, reviewed.cycle.id)
    assert [reply.held_for for reply in made.report.replies] == [HoldReason.PRESSES]
    assert made.digest == digest(made.report) and THREAT.encode() not in made.content


def test_the_steward_finds_every_reply_and_what_may_point_at_somebody(reviewed: Reviewed) -> None:
    mill = reviewed.on("mill")
    write(reviewed, HARSH)
    write(reviewed, Said("Ash Ltd wrote this on 3 March.", "By 1 June."), mill)
    with reading() as session:
        found = holding.to_check(session, clock.now(), reviewed.cycle.id)
    told = {
        report.right.subject: [(one.finding.said.text, one.telling) for one in report.replies]
        for report in found
        if report.replies
    }
    assert told == {
        "": [(HARSH.text, ())],
        mill: [("Ash Ltd wrote this on 3 March.", ("Ash Ltd", "3 March"))],
    }
