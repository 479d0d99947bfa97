"""Reviews in all nine voices from the launch to the reports, on both databases."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select, update

from reports.model import AVERAGE_OWN_TITLE, AVERAGE_PRIME_TITLE, GroupKind, Part, Report
from review_app import clock, counting, posting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import ballots_table, drafts_table
from review_app.models.chains import ChainRecord, ContactRecord, PartyRecord
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.models.releases import CommentRecord
from review_app.sealing_pdf import seal_of
from review_app.services import answering, chains, comments, cycles, leasing, publishing, report_files
from review_app.services.accounts import AccountRole
from review_app.services.comments import CommentVerdict, Ruling
from review_app.services.report_files import Format
from review_app.services.report_printing import make_pdf
from review_app.state import state
from surveys.answers import LONGEST_COMMENT, Answers, Comment, CommentChoice
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.matrix import Plan
from surveys.subjects import Perspective, Subject
from tests.conftest import PASSWORD, OpenCycle, draft_on, launch_cycle, make_account, pass_the_closing_time
from tests.nine_voices import nine_voices
from tests.pages import PageClient

# Who says what in this chain, so that every figure shows whose it is.
SAYS = {
    Voice.PRIME_ON_ITSELF: 5,
    Voice.PARTNER_ON_PRIME: 3,
    Voice.COMMISSIONER_ON_PRIME: 3,
    Voice.SPOT_PROVIDER_ON_PRIME: 3,
    Voice.ANYONE_ON_CHAIN: 3,
    Voice.PARTNER_ON_ITSELF: 5,
    Voice.PRIME_ON_PARTNER: 2,
    Voice.TIER_ONE_ON_SUBCONTRACTOR: 1,
    Voice.SUBCONTRACTOR_ON_TIER_ONE: 3,
}
SILENT = "weaver"
# What is typed costs most in this letter: it is escaped twice on its way into a ballot.
COMMENT = "“Words” on it"


def _party(id_: str, role: Role, people: int, *buyers: str) -> Party:
    contacts = tuple(
        Contact(f"{id_}{place}", f"Person {place} at {id_}", "", f"{place}@{id_}.example")
        for place in range(people)
    )
    return Party(id_, f"{id_.title()} Ltd", role, Sector.VCS, None, "", buyers, contacts)


def _chain() -> Chain:
    """Three tier-1s: those of the mill and the weaver can be shown, those of the dyer only with others."""
    under = {
        "mill": ("ash", "birch", "cedar", "dogwood"),
        "weaver": ("elm", "fir", "gorse"),
        "dyer": ("hazel",),
    }
    return Chain(
        "threads",
        "Threads",
        (
            _party("council", Role.COMMISSIONER, 1),
            _party("prime", Role.PRIME, 3, "council"),
            *(_party(id_, Role.SUBCONTRACTOR, 2, "prime") for id_ in under),
            *(_party(id_, Role.SPECIALIST, 2, buyer) for buyer, ids in under.items() for id_ in ids),
        ),
    )


@dataclass(frozen=True)
class Reviewed:
    """A launched cycle with the database's ids of its parties, by the names that this module gives them."""

    app: Flask
    cycle: OpenCycle
    steward_id: str
    parties: dict[str, str]

    def on(self, party: str) -> Subject:
        """The subject of a party."""
        return Subject.partner(self.parties[party])


@pytest.fixture
def opened(environ: dict[str, str], either_database_url: str) -> Iterator[Reviewed]:
    """The cycle, launched, inside an application context."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    application.test_client_class = PageClient
    with application.app_context():
        migrate()
        with transaction() as session:
            chain_id = chains.keep(session, clock.now(), _chain())
            chain = chains.load(session, chain_id)
        organiser = make_account(application, "organiser@office.example", AccountRole.ORGANISER)
        steward = make_account(application, "steward@independent.example", AccountRole.STEWARD)
        cycle_id = draft_on(
            application,
            chain_id,
            organiser,
            steward,
            instrument=nine_voices(),
            plan=Plan(suggest_groups(chain, DisclosurePolicy()), frozenset(Perspective)),
            long_reason="The prime reviews every partner.",
        )
        cycle = launch_cycle(application, cycle_id, steward)
        parties = {party.name.split()[0].lower(): party.id for party in chain.parties}
        yield Reviewed(application, cycle, steward.id, parties)
        db.engine.dispose()


def respondents(opened: Reviewed) -> Iterator[answering.Respondent]:
    for secret in opened.cycle.link_list:
        with reading() as session:
            found = answering.find(session, clock.now(), secret)
        assert found is not None
        yield found


def answer(opened: Reviewed) -> Counter[tuple[str, str]]:
    """Everybody but one organisation answers everything. Gives the number of reviews per subject and group."""
    given: Counter[tuple[str, str]] = Counter()
    for respondent in respondents(opened):
        if respondent.party_id == opened.parties[SILENT]:
            continue
        for review in respondent.reviews:
            sections = respondent.instrument.sections_for(review.voice)
            ratings = {
                question.id: SAYS[review.voice]
                for section in sections
                for question in section.questions_for(review.voice)
            }
            said = {sections[0].id: Comment(f"{COMMENT} {review.voice.value}", CommentChoice.VERBATIM)}
            with transaction() as session:
                answering.submit(session, clock.now(), respondent, review, Answers(ratings, said))
            given[review.subject, review.group.id] += 1
    return given


def rename_everything(opened: Reviewed) -> None:
    """What an organiser may do while a review is open."""
    with transaction() as session:
        session.execute(update(PartyRecord).values(name=PartyRecord.name + " (renamed)"))
        session.execute(update(ChainRecord).values(name="Renamed"))
        session.execute(update(ContactRecord).values(name="Somebody else"))


def close_and_publish(opened: Reviewed) -> dict[str, Report]:
    """The reports by their subject, every comment quoted as it is."""
    pass_the_closing_time(opened.cycle.id)
    counting.begin_due()
    assert counting.count_waiting(state().keys) == 1
    with transaction() as session:
        found = comments.pools(session, opened.cycle.id, opened.steward_id)
        rulings = {
            comment.id: Ruling(CommentVerdict.QUOTED, comment.text)
            for pool in found
            for comment in pool.comments
            if pool.may_be_released
        }
        comments.decide(session, opened.cycle.id, opened.steward_id, rulings)
        publishing.publish(session, clock.now(), opened.cycle.id, opened.steward_id)
    with reading() as session:
        subjects = [subject for _, subject, _ in publishing.digests(session)]
        return {subject: publishing.load(session, opened.cycle.id, subject).report for subject in subjects}


def figures(part: Part) -> dict[str, set[str]]:
    """The figures of each column, by its title."""
    return {
        group.title: {item.values[group.id].text for section in part.sections for item in section.items}
        for group in part.groups
    }


def test_names_are_those_of_the_launch_and_every_partner_has_its_report(opened: Reviewed) -> None:
    given = answer(opened)
    rename_everything(opened)
    for respondent in respondents(opened):
        assert "renamed" not in f"{respondent.party_name}{respondent.prime_name}".lower()
        assert respondent.chain_name == "Threads"
        for review in respondent.reviews:
            assert "renamed" not in f"{review.names}{review.group.title}".lower()
    with transaction() as session:
        mails = leasing.lease(session, clock.now(), 100, posting.terms_of(state()))
    assert {mail.chain_name for mail in mails} == {"Threads"}
    assert {mail.party_name for mail in mails} == {f"{party.title()} Ltd" for party in opened.parties}
    reports = close_and_publish(opened)
    partners = set(opened.parties) - {"council", "prime"}
    assert set(reports) == {"", *(opened.on(party) for party in partners)}
    assert "enamed" not in "".join(map(str, reports.values()))
    main = {part.subject: part for part in reports[""].parts}
    assert list(main) == [Subject.PRIME, Subject.CHAIN, Subject.BUYERS]
    for part in main.values():
        protected = [group for group in part.groups if group.kind is not GroupKind.ATTRIBUTED]
        assert part.received == sum(group.answers or 0 for group in protected)
    came = sum(count for (subject, group), count in given.items() if subject == "prime" and group != "prime")
    assert (main[Subject.PRIME].received, main[Subject.PRIME].asked) == (came, came + 2) == (21, 23)
    assert main[Subject.PRIME].groups[0].title == "Prime Ltd"
    with reading() as session:
        named = publishing.partner_reports(session, opened.cycle.id)
    assert [(found.name, found.party_id) for found in named] == [
        (f"{party.title()} Ltd", opened.parties[party]) for party in sorted(partners)
    ]


def test_every_figure_is_of_those_who_gave_it(opened: Reviewed) -> None:
    answer(opened)
    reports = close_and_publish(opened)
    not_shown = "Not shown, to protect the people who answered"
    (ash,) = reports[opened.on("ash")].parts
    averages = {AVERAGE_OWN_TITLE: {"4.0 or above"}, AVERAGE_PRIME_TITLE: {"2.0 or below"}}
    assert figures(ash) == {"Ash Ltd": {"5.0"}, "Prime Ltd": {"2.0"}, "Mill Ltd": {"1.0"}, **averages}
    (elm,) = reports[opened.on("elm")].parts
    assert figures(elm) == {"Elm Ltd": {"5.0"}, "Prime Ltd": {"2.0"}, "Weaver Ltd": {not_shown}, **averages}
    (weaver,) = reports[opened.on(SILENT)].parts
    assert figures(weaver) == {"Weaver Ltd": {not_shown}, "Prime Ltd": {"2.0"}, **averages}
    kinds = {group.kind for part in (ash, elm, weaver) for group in part.groups}
    assert kinds == {GroupKind.ATTRIBUTED, GroupKind.AVERAGE}
    _, mirror = reports[opened.on("mill")].parts
    assert figures(mirror) == {"Subcontractors of Mill Ltd": {"3.0"}}
    buyers = reports[""].parts[2]
    assert figures(buyers) == {"Subcontractors of Mill Ltd": {"3.0"}, "Other parties": {"3.0"}}
    assert [group.answers for group in buyers.groups] == [8, 8]
    assert buyers.groups[1].includes == ("Subcontractors of Weaver Ltd", "Subcontractors of Dyer Ltd")
    assert (buyers.received, buyers.asked) == (16, 16)


def test_comments_go_to_the_pool_of_who_speaks(opened: Reviewed) -> None:
    answer(opened)
    reports = close_and_publish(opened)
    (ash,) = reports[opened.on("ash")].parts
    said = {block.pool: set(block.quotes) for block in ash.comments}
    assert said == {
        "Ash Ltd": {f"{COMMENT} partner_on_itself"},
        "Prime Ltd": {f"{COMMENT} prime_on_partner"},
        "Mill Ltd": {f"{COMMENT} tier1_on_subcontractor"},
    }
    assert {block.pool for block in reports[""].parts[2].comments} == {"All partners together"}
    assert not any(
        "partner_on_itself" in quote
        for part in reports[""].parts
        for b in part.comments
        for quote in b.quotes
    )
    with reading() as session:
        pools = session.execute(select(CommentRecord.subject, CommentRecord.pool_id)).all()
    on_partners = {pool.partition(":")[0] for subject, pool in pools if Subject(subject).is_partner}
    assert on_partners == {"own", "prime", "buyer"}


def test_a_report_on_a_partner_is_a_page_a_pdf_and_a_table(opened: Reviewed) -> None:
    answer(opened)
    close_and_publish(opened)
    folder = state().settings.report_dir
    with reading() as session:
        published = publishing.load(session, opened.cycle.id, opened.on("ash"))
        path = make_pdf(published, folder, seal_of(state().settings, clock.now()))
        pdf = report_files.export(session, opened.cycle.id, Format.PDF, folder, subject=opened.on("ash"))
    assert pdf is not None and pdf.content == path.read_bytes() and pdf.content.startswith(b"%PDF")
    client = opened.app.test_client()
    client.send("/sign-in", {"email": "organiser@office.example", "password": PASSWORD})  # type: ignore[attr-defined]
    address = f"/reports/{opened.cycle.id}/partners/{opened.parties['ash']}"
    main = client.get(f"/reports/{opened.cycle.id}").get_data(as_text=True)
    assert f'href="{address}"' in main
    page = client.get(address).get_data(as_text=True)
    assert "How Ash Ltd works with its partners" in page
    assert "Prime on partner says Ash Ltd does" in page
    table = client.get(f"{address}.csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(table)))
    assert {(row["part"], row["group"], row["figure"]) for row in rows} == {
        ("Ash Ltd", "Ash Ltd", "5.0"),
        ("Ash Ltd", "Prime Ltd", "2.0"),
        ("Ash Ltd", "Mill Ltd", "1.0"),
        ("Ash Ltd", AVERAGE_OWN_TITLE, "4.0 or above"),
        ("Ash Ltd", AVERAGE_PRIME_TITLE, "2.0 or below"),
    }
    assert client.get(f"{address}.pdf").get_data() == pdf.content
    assert client.get(f"/reports/{opened.cycle.id}/partners/{opened.parties['prime']}").status_code == 404


def test_no_report_holds_an_id_an_address_or_a_name_of_a_person(opened: Reviewed) -> None:
    answer(opened)
    with reading() as session:
        secret = [
            *session.scalars(select(ContactRecord.id)),
            *session.scalars(select(InvitationRecord.id)),
            *session.scalars(select(AssignmentRecord.id)),
            *session.scalars(select(ContactRecord.name)),
            *session.scalars(select(ContactRecord.email)),
        ]
    close_and_publish(opened)
    with reading() as session:
        found = [
            report_files.export(session, opened.cycle.id, kind, state().settings.report_dir, subject=subject)
            for _, subject, _ in publishing.digests(session)
            for kind in (Format.HTML, Format.CSV, Format.JSON)
        ]
        left = [value for row in session.execute(select(CommentRecord.__table__)) for value in row]
    texts = [file.content.decode() for file in found if file is not None]
    assert len(texts) == 3 * 12
    for text in (*texts, json.dumps(left, default=str)):
        assert not [value for value in secret if value in text]


def test_everything_sealed_has_one_size_whatever_it_is_about(opened: Reviewed) -> None:
    """The longest names of groups and subjects, and the costliest comments, leave no trace in the size."""
    sizes: dict[str, set[int]] = {"ballots": set(), "drafts": set()}
    asked = list(respondents(opened))
    for number, respondent in enumerate(asked[::2]):
        for review in respondent.reviews:
            sections = respondent.instrument.sections_for(review.voice)
            longest = Comment('"' * LONGEST_COMMENT, CommentChoice.STEWARD_ONLY)
            answers = (
                Answers({}, {section.id: longest for section in sections}) if number % 2 else Answers.empty()
            )
            with transaction() as session:
                answering.submit(session, clock.now(), respondent, review, answers)
                answering.save_draft(session, clock.now(), respondent, review, answers)
    with reading() as session:
        for kind, table in (
            ("ballots", ballots_table(asked[0].storage)),
            ("drafts", drafts_table(asked[0].storage)),
        ):
            sizes[kind] |= {len(blob) for blob in session.scalars(select(table.c.blob))}
    assert [len(found) for found in sizes.values()] == [1, 1]


def test_the_one_figure_of_an_open_review_counts_reviews_and_not_people_or_subjects(opened: Reviewed) -> None:
    given = answer(opened)
    with transaction() as session:
        cycles.refresh_received(session, clock.now() + timedelta(days=1))
    with reading() as session:
        cycle = cycles.load(session, opened.cycle.id)
        storage = session.scalars(select(CycleRecord.storage)).one()
        assert storage is not None
        ids = list(session.scalars(select(ballots_table(storage).c.id)))
    assert cycle.received_shown == sum(given.values()) // 5 * 5
    assert cycle.asked == len(list(_assignments())) > sum(given.values())
    assert len(set(ids)) == sum(given.values())


def _assignments() -> Iterator[str]:
    with reading() as session:
        yield from session.scalars(select(AssignmentRecord.id))
