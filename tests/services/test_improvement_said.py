"""What a whole chain reads of what came of its reviews, on both databases: all that is theirs, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pdfua
import pikepdf
import pytest
from sqlalchemy import select

from reports.conclusions import ActionVerdict
from reports.said import Origin
from reports.verify import verify
from reports.you_said import YouSaid
from review_app import clock, improvement_papers, papers
from review_app.database import reading, transaction
from review_app.languages import tongue
from review_app.models.cycles import CycleRecord
from review_app.services import improvement_said, publishing
from review_app.services.designs import languages_to_text
from review_app.state import state
from review_app.verifying_pdf import read_seal
from surveys.improvement import ActionState
from surveys.language import BILINGUAL, Language
from surveys.workshop import Outcome, WorkshopState
from tests.actions_made import propose
from tests.improvement_made import (
    BECAUSE,
    DECISION,
    REASON,
    Improved,
    add_topic,
    bring,
    hold_workshop,
    improved,
    set_workshop,
)
from tests.publications import count_one, finding_ids, move_into_the_past, quote_everything
from tests.web.tables import statements

ENGLISH = tongue(Language.ENGLISH)


@pytest.fixture
def made(either_environ: dict[str, str]) -> Iterator[Improved]:
    with improved(either_environ) as found:
        yield found


def said(made: Improved, until: datetime | None = None) -> YouSaid:
    with reading() as session:
        return improvement_said.of_chain(session, clock.now().date(), made.chain_id, ENGLISH, until)


def text_of(made: Improved, until: datetime | None = None) -> str:
    return improvement_said.source(said(made, until), ENGLISH)


def has_begun(made: Improved) -> bool:
    with reading() as session:
        return improvement_said.has_begun(session, made.chain_id)


def on_partner(made: Improved) -> dict[str, str]:
    """The origin of what the report on one partner says."""
    (finding, *_others) = finding_ids(made.of.cycle.id, made.of.on("ash"))
    assert Origin(finding, made.of.on("ash")).is_on_partner
    return {"finding_id": finding, "subject": made.of.on("ash"), "question_id": finding.rpartition(":")[2]}


def on_prime(made: Improved) -> dict[str, str]:
    """The origin of what the main report says of the prime."""
    found = next(id_ for id_ in finding_ids(made.of.cycle.id) if id_.split(":")[1] == "prime")
    return {"finding_id": found, "subject": "prime", "question_id": found.split(":")[2]}


def test_a_chain_reads_what_was_decided_done_not_felt_declined_and_left_open(made: Improved) -> None:
    page = text_of(made)
    for text in (
        DECISION,
        BECAUSE,
        REASON,
        "Mill Ltd verified it.",
        "1 file and 1 link",
        "A joint newsletter",
    ):
        assert text in page, text
    assert "All partners together say" in page
    for name in ("Person 0", "Person 1", "Payments of", "Our terms", "prime.example", "The organiser"):
        assert name not in page, name
    assert has_begun(made)


def test_nothing_from_the_report_on_one_partner_and_nothing_of_an_open_workshop_is_told(
    made: Improved,
) -> None:
    origin = on_partner(made)
    propose(made.of, title="Of one partner alone", **origin)
    topic = add_topic(made.workshop_id, 9, Outcome.WONT, "Ash in particular", because="Of Ash.", **origin)
    propose(made.of, title="From the topic on Ash", workshop_id=made.workshop_id, topic_id=topic)
    room = hold_workshop(made.of, WorkshopState.ENDED)
    add_topic(room, 1, Outcome.DECIDED, "Not checked yet", decision="Nobody reads this yet.")
    waiting = propose(made.of, title="Waits for its minutes", workshop_id=room)
    page = text_of(made)
    hidden = (
        "Of one partner alone",
        "Ash in particular",
        "From the topic on Ash",
        "Not checked yet",
        "Waits for",
    )
    for text in hidden:
        assert text not in page, text
    bring(waiting, ActionState.ACCEPTED)
    assert "Waits for its minutes" in text_of(made)
    set_workshop(room, WorkshopState.RECORDED)
    assert "Nobody reads this yet." in text_of(made)


def test_it_begins_with_recorded_minutes_or_an_action_beyond_its_proposal(made: Improved) -> None:
    set_workshop(made.workshop_id, WorkshopState.ENDED)
    assert has_begun(made)
    for action_id in made.actions.values():
        bring(action_id, ActionState.PROPOSED)
    assert not has_begun(made)
    set_workshop(made.workshop_id, WorkshopState.RECORDED)
    assert has_begun(made)


def test_whoever_reads_by_the_link_of_one_review_reads_of_none_that_came_after(made: Improved) -> None:
    closed_at = closed(made.of.cycle.id)
    assert said(made, closed_at) == said(made)
    before = said(made, closed_at - timedelta(seconds=1))
    assert before.is_empty and before.summary == ()


def test_the_number_of_queries_does_not_grow(made: Improved) -> None:
    with statements(made.of.app) as few:
        said(made)
    for number in range(6):
        propose(made.of, title=f"Another {number}", workshop_id=made.workshop_id)
        add_topic(made.workshop_id, 10 + number, Outcome.PARKED, f"Topic {number}")
    with statements(made.of.app) as many:
        said(made)
    assert len(many) == len(few) <= 14


def closed(cycle_id: str) -> datetime:
    with reading() as session:
        found = session.scalars(select(CycleRecord.closed_at).where(CycleRecord.id == cycle_id)).one()
    assert found is not None
    return found


def test_the_pdf_is_made_by_the_worker_before_anybody_asks_and_is_tagged(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with improved(environ) as made:
        speak_welsh_too(made.of.cycle.id)
        folder = state().settings.paper_dir
        editions = improvement_papers.Editions()
        source = text_of(made)
        assert papers.made(folder, source, improvement_said.STYLES) is None and not folder.exists()
        editions.ask(state(), clock.now())
        assert papers.print_waiting(folder) == 2, "one in each language"
        path = papers.made(folder, source, improvement_said.STYLES)
        assert path is not None and caplog.records == []
        assert [finding.message for finding in pdfua.validate(str(path)).findings] == []
        with pikepdf.open(path) as document:
            assert str(document.Root.Lang) == "en-GB"
            assert document.docinfo["/Title"] == "You said, we did: Threads"
        before = path.stat().st_mtime_ns
        assert papers.made(folder, source, improvement_said.STYLES) == path
        assert path.stat().st_mtime_ns == before, "whoever reads leaves no trace"
        editions.ask(state(), clock.now())
        assert papers.print_waiting(folder) == 0
        bring(made.actions["proposed"], ActionState.ACCEPTED)
        editions.ask(state(), clock.now())
        assert papers.print_waiting(folder) == 2
        tomorrow = clock.now() + timedelta(days=1)
        editions.ask(state(), tomorrow)
        assert papers.print_waiting(folder) == 2


def speak_welsh_too(cycle_id: str) -> None:
    """Lets a review have been asked in both languages, as only a test may."""
    with transaction() as session:
        session.get_one(CycleRecord, cycle_id).languages = languages_to_text(BILINGUAL)


def test_the_next_report_shows_each_action_beside_the_change_of_its_statement(made: Improved) -> None:
    move_into_the_past(made.of.cycle.id, timedelta(days=200))
    bring(propose(made.of, title="Of one partner alone", **on_partner(made)), ActionState.ACCEPTED)
    of = made.of
    second = count_one(of.app, made.chain_id, of.organiser, of.steward, title="Autumn review", rating=4)
    quote_everything(second)
    with reading() as session:
        coming = publishing.actions_to_print(session, second.cycle.id)
    with transaction() as session:
        publishing.publish(session, clock.now(), second.cycle.id, of.steward.id)
    with reading() as session:
        main = publishing.load(session, second.cycle.id)
        partner = publishing.load(session, second.cycle.id, second.on("ash"))
        mill = publishing.load(session, second.cycle.id, second.on("mill"))
        first = publishing.load(session, of.cycle.id)
    (paid,) = main.report.actions
    assert (paid.number, paid.state, paid.owners) == (1, ActionState.VERIFIED, ("Prime Ltd",))
    item = main.report.parts[0].sections[0].items[0]
    assert (paid.question_id, paid.now, paid.before) == (
        item.question_id,
        item.everyone,
        item.before["everyone"],
    )
    assert paid.verdict is ActionVerdict.BETTER
    assert [one.action.number for one in coming if not one.subject] == [paid.number], "as the steward saw it"
    assert [action.title for action in partner.report.actions] == ["Of one partner alone"]
    assert mill.report.actions == first.report.actions == ()
    (found, _) = verify([("report.json", main.content), ("previous.json", first.content)], read_seal)
    assert found.holds, [line.text for line in found.lines if not line.holds]


def test_the_next_report_names_no_action_that_is_not_out_not_accepted_or_made_after_it_opened(
    made: Improved,
) -> None:
    move_into_the_past(made.of.cycle.id, timedelta(days=200))
    of, origin = made.of, on_prime(made)
    rooms = {one: hold_workshop(of, one) for one in (WorkshopState.RUNNING, WorkshopState.CANCELLED)}
    for one, room in rooms.items():
        propose(of, title=f"Proposed, {one.value}", workshop_id=room, **origin)
    propose(of, title="Proposed by the organiser", **origin)
    topic = add_topic(rooms[WorkshopState.RUNNING], 1, Outcome.DECIDED, "On Ash", **on_partner(made))
    from_ash = propose(
        of, title="From the topic on Ash", workshop_id=rooms[WorkshopState.RUNNING], topic_id=topic, **origin
    )
    bring(from_ash, ActionState.ACCEPTED)
    bring(propose(of, title="Declined, with a reason", **origin), ActionState.DECLINED, reason=REASON)
    second = count_one(of.app, made.chain_id, of.organiser, of.steward, title="Autumn review", rating=4)
    bring(propose(of, title="Made after the answers", **origin), ActionState.VERIFIED)
    quote_everything(second)
    with reading() as session:
        coming = publishing.actions_to_print(session, second.cycle.id)
    with transaction() as session:
        publishing.publish(session, clock.now(), second.cycle.id, of.steward.id)
    with reading() as session:
        named = publishing.load(session, second.cycle.id).report.actions
        seen = publishing.actions_to_print(session, second.cycle.id)
    titles = ["Invoices are paid within 14 days", "Declined, with a reason"]
    assert [action.title for action in named] == titles
    assert [(one.action, one.may_change) for one in coming] == [(action, False) for action in named]
    assert seen == coming
    assert "From the topic on Ash" not in text_of(made)
