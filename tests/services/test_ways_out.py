"""The ways out: what people ask of the steward, links that are lost or replaced, and mail that is stopped."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import MetaData, delete, event, func, select

from review_app import clock, counting, links_again, posting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import Base, db
from review_app.models.ballots import ballots_table, drafts_table
from review_app.models.chains import ChainChangeRecord, ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.models.requests import LinkRequestRecord, SilenceRecord, StewardRequestRecord
from review_app.services import (
    addresses,
    answering,
    chains,
    chains_editing,
    closing,
    cycles,
    lost_links,
    steward_requests,
)
from review_app.services.accounts import Account, AccountRole
from review_app.services.addresses import Invited
from review_app.services.answering import Respondent
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import BY_COMMAND
from review_app.services.closing import Counted
from review_app.services.errors import CycleNotOpenError, NotAllowedError, NotFoundError
from review_app.services.lost_links import MOST_A_DAY, Tally
from review_app.services.steward_requests import MOST_WAITING, Request, RequestKind
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys import sealing
from surveys.answers import Answers, Comment, CommentChoice
from surveys.chain import Contact
from surveys.errors import ChainFaultsError
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
GARY = "gary.laidlaw@tynesteps.example"
PRIME = "sian.prosser@northernbridge.example"
NEW = "b.ramsden@calder-valley.example"
WORDS = "I left the organisation in March"
ASKED = Request(RequestKind.WRONG_PERSON, WORDS, "Noor Aziz", "noor.aziz@calder-valley.example", "")


@pytest.fixture
def either_cycle(environ: dict[str, str], either_database_url: str) -> Iterator[OpenCycle]:
    """An open review on either database, in an application context."""
    app = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with app.app_context():
        migrate()
        yield launched(app)
        db.engine.dispose()


@pytest.fixture
def cycle(app: Flask, open_cycle: OpenCycle) -> Iterator[OpenCycle]:
    """An open review on SQLite, in an application context."""
    with app.app_context():
        yield open_cycle


def launched(app: Flask) -> OpenCycle:
    with transaction() as session:
        chain_id = chains.keep(
            session, clock.now(), read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        )
    organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    steward = make_account(app, "steward@independent.example", AccountRole.STEWARD)
    return launch_cycle(app, draft_on(app, chain_id, organiser, steward), steward)


def steward_of(cycle: OpenCycle) -> str:
    with reading() as session:
        return session.get_one(CycleRecord, cycle.id).steward_id


def key_of(cycle: OpenCycle) -> bytes:
    return state().keys.link_key(cycle.id)


def opened(secret: bytes) -> Respondent:
    with reading() as session:
        found = answering.find(session, clock.now(), secret)
    assert found is not None
    return found


def ask(cycle: OpenCycle, secret: bytes, request: Request = ASKED) -> bool:
    respondent = opened(secret)
    with transaction() as session:
        return steward_requests.ask(session, clock.now(), respondent, key_of(cycle), request)


def read_requests(cycle: OpenCycle) -> steward_requests.Requests:
    with reading() as session:
        return steward_requests.requests(session, cycle.id, steward_of(cycle), key_of(cycle))


def people(cycle: OpenCycle) -> dict[str, Invited]:
    with reading() as session:
        found = addresses.invited(session, cycle.id, steward_of(cycle), key_of(cycle))
    return {person.email: person for person in found}


def correct(cycle: OpenCycle, email: str, *, new: str = NEW, name: str = "", steward_id: str = "") -> bytes:
    """The secret of the new link."""
    person = people(cycle)[email]
    right = Contact(person.id, name or person.name, person.job_title, new)
    with transaction() as session:
        addresses.correct(
            session,
            clock.now(),
            cycle.id,
            steward_id or steward_of(cycle),
            person=right,
            link_key=key_of(cycle),
        )
    return links_of(state(), cycle.id)[new]


def submit(secret: bytes, rating: int = 4) -> None:
    respondent = opened(secret)
    review = respondent.reviews[0]
    section = respondent.instrument.sections_for(review.voice)[0]
    question = section.questions_for(review.voice)[0]
    answers = Answers({question.id: rating}, {section.id: Comment(f"rated {rating}", CommentChoice.VERBATIM)})
    with transaction() as session:
        answering.submit(session, clock.now(), respondent, review, answers)


def withdraw(secret: bytes) -> None:
    respondent = opened(secret)
    with transaction() as session:
        answering.withdraw(session, clock.now(), respondent, respondent.reviews[0])


def count(cycle: OpenCycle) -> Counted:
    keys = state().keys
    pass_the_closing_time(cycle.id)
    counting.begin_due()
    with reading() as session:
        return closing.read(
            session,
            cycle.id,
            opening_key=keys.opening_key(cycle.id),
            link_key=keys.link_key(cycle.id),
            shuffle=random.Random(1),
        )


def said(counted: Counted) -> list[str]:
    return sorted(comment.text for comment in counted.comments)


def everything() -> bytes:
    """Every value of every table that the database has."""
    found = MetaData()
    found.reflect(db.engine)
    with reading() as session:
        rows = [tuple(row) for table in found.sorted_tables for row in session.execute(select(table))]
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)


def mails_to(cycle: OpenCycle, invitation_id: str) -> list[str]:
    with reading() as session:
        query = select(MailRecord.kind).where(MailRecord.invitation_id == invitation_id)
        return sorted(session.scalars(query))


def test_the_steward_reads_who_asks_for_what(cycle: OpenCycle) -> None:
    assert ask(cycle, cycle.links[BETH])
    (sent,) = read_requests(cycle).sent
    assert (sent.contact_name, sent.party_name) == ("Beth Ramsden", "Calder Valley Training CIC")
    assert sent.request == ASKED
    assert sent.invitation_id == people(cycle)[BETH].id


def test_nothing_of_a_request_or_a_lost_link_is_in_the_database_in_plain_text(
    either_cycle: OpenCycle,
) -> None:
    assert ask(either_cycle, either_cycle.links[BETH])
    key = lost_links.key_of("s" * 40)
    with transaction() as session:
        lost_links.ask(session, key, "somebody.else@lost.example")
        person = people(either_cycle)[GARY]
        addresses.silence(
            session,
            clock.now(),
            either_cycle.id,
            steward_of(either_cycle),
            invitation_id=person.id,
            link_key=key_of(either_cycle),
        )
    dump = everything()
    for needle in (
        WORDS,
        "Noor",
        "noor.aziz",
        "calder-valley",
        "wrong_person",
        "somebody.else",
        "lost.example",
    ):
        assert needle.encode() not in dump
    with reading() as session:
        silence = session.scalars(select(SilenceRecord)).one()
    # Who it is cannot be told from what else the tables hold.
    assert person.id not in silence.id
    assert read_requests(either_cycle).sent and people(either_cycle)[GARY].is_silenced


def test_every_request_has_one_size_and_stands_in_no_order(cycle: OpenCycle) -> None:
    longest = Request(RequestKind.SOMETHING_ELSE, "😀" * 1000, "😀" * 200, "😀" * 254, "😀" * 100)
    for secret, request in zip(
        cycle.link_list, (ASKED, longest, Request(RequestKind.LEAVE_ME_OUT)), strict=False
    ):
        assert ask(cycle, secret, request)
    with reading() as session:
        rows = session.scalars(select(StewardRequestRecord)).all()
    assert len(rows) == 3
    assert len({len(row.blob) for row in rows}) == 1
    assert {column.name for column in StewardRequestRecord.__table__.columns} == {"id", "cycle_id", "blob"}
    for name in ("steward_requests", "silences", "link_requests"):
        assert Base.metadata.tables[name].dialect_options["sqlite"]["with_rowid"] is False
    assert len(read_requests(cycle).sent) == 3


def test_one_person_cannot_fill_the_stewards_page(either_cycle: OpenCycle) -> None:
    results = [ask(either_cycle, either_cycle.links[BETH]) for _ in range(MOST_WAITING + 2)]
    assert results == [True] * MOST_WAITING + [False] * 2
    assert ask(either_cycle, either_cycle.links[GARY])
    first = next(one for one in read_requests(either_cycle).sent if one.contact_name == "Beth Ramsden")
    with transaction() as session:
        steward_requests.finish(session, either_cycle.id, steward_of(either_cycle), first.id)
    assert ask(either_cycle, either_cycle.links[BETH])


def test_a_request_that_is_dealt_with_is_gone(cycle: OpenCycle) -> None:
    ask(cycle, cycle.links[BETH])
    (sent,) = read_requests(cycle).sent
    with transaction() as session:
        steward_requests.finish(session, cycle.id, steward_of(cycle), sent.id)
        assert steward_requests.waiting(session, cycle.id, steward_of(cycle)) == 0
    with pytest.raises(NotFoundError), transaction() as session:
        steward_requests.finish(session, cycle.id, steward_of(cycle), sent.id)


def test_nobody_but_the_reviews_own_steward_gets_at_requests_and_people(
    app: Flask, cycle: OpenCycle, organiser: Account
) -> None:
    ask(cycle, cycle.links[BETH])
    (sent,) = read_requests(cycle).sent
    person = people(cycle)[BETH]
    other = make_account(app, "another@independent.example", AccountRole.STEWARD)
    right = Contact(person.id, "Puppet", "", "puppet@northernbridge.example")
    key = key_of(cycle)
    for account in (organiser, other):
        attempts = (
            lambda s, id_: steward_requests.requests(s, cycle.id, id_, key),
            lambda s, id_: steward_requests.waiting(s, cycle.id, id_),
            lambda s, id_: steward_requests.finish(s, cycle.id, id_, sent.id),
            lambda s, id_: addresses.invited(s, cycle.id, id_, key),
            lambda s, id_: addresses.correct(s, clock.now(), cycle.id, id_, person=right, link_key=key),
            lambda s, id_: addresses.silence(
                s, clock.now(), cycle.id, id_, invitation_id=person.id, link_key=key
            ),
            lambda s, id_: addresses.silence_organisation(
                s, clock.now(), cycle.id, id_, invitation_id=person.id, link_key=key
            ),
            lambda s, id_: addresses.resume(
                s, clock.now(), cycle.id, id_, invitation_id=person.id, link_key=key
            ),
        )
        for attempt in attempts:
            with pytest.raises(NotFoundError), transaction() as session:
                attempt(session, account.id)
    assert len(read_requests(cycle).sent) == 1
    assert people(cycle)[BETH] == person


def test_a_steward_cannot_reach_into_another_review_through_their_own(
    app: Flask, cycle: OpenCycle, organiser: Account, northern_bridge: str
) -> None:
    other = make_account(app, "another@independent.example", AccountRole.STEWARD)
    own = launch_cycle(
        app, draft_on(app, northern_bridge, organiser, other, too_soon_reason="Agreed."), other
    )
    ask(cycle, cycle.links[BETH])
    (sent,) = read_requests(cycle).sent
    person = people(cycle)[BETH]
    right = Contact(person.id, "Puppet", "", "puppet@northernbridge.example")
    with pytest.raises(NotFoundError), transaction() as session:
        steward_requests.finish(session, own.id, other.id, sent.id)
    with pytest.raises(NotFoundError), transaction() as session:
        addresses.correct(session, clock.now(), own.id, other.id, person=right, link_key=key_of(own))
    assert opened(cycle.links[BETH]).contact_name == "Beth Ramsden"


def test_requests_end_with_the_review(cycle: OpenCycle) -> None:
    respondent = opened(cycle.links[BETH])
    ask(cycle, cycle.links[BETH])
    key = key_of(cycle)
    submit(cycle.links[BETH])
    pass_the_closing_time(cycle.id)
    with pytest.raises(CycleNotOpenError), transaction() as session:
        steward_requests.ask(session, clock.now(), respondent, key, ASKED)
    counting.begin_due()
    # Until it is counted the steward can still read them.
    assert len(read_requests(cycle).sent) == 1
    counting.count_waiting(state().keys)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(StewardRequestRecord)) == 0
        assert session.scalar(select(func.count()).select_from(SilenceRecord)) == 0


def test_who_asked_for_their_link_again_is_forgotten_with_the_review(cycle: OpenCycle) -> None:
    asked = select(func.count()).select_from(MailRecord).where(MailRecord.kind == MailKind.LINK_AGAIN.value)
    lose(BETH)
    links_again.answer(state(), Tally())
    with reading() as session:
        assert session.scalar(asked) == 1
    pass_the_closing_time(cycle.id)
    counting.begin_due()
    counting.count_waiting(state().keys)
    with reading() as session:
        assert session.scalar(asked) == 0


def test_a_request_says_nothing_about_answers(cycle: OpenCycle) -> None:
    submit(cycle.links[BETH])
    for secret in (cycle.links[BETH], cycle.links[GARY]):
        ask(cycle, secret)
    answered, silent = read_requests(cycle).sent
    assert answered.request == silent.request


def test_a_corrected_address_kills_the_old_link_and_keeps_group_and_reviews(either_cycle: OpenCycle) -> None:
    before = opened(either_cycle.links[BETH])
    new = correct(either_cycle, BETH)
    with reading() as session:
        assert answering.find(session, clock.now(), either_cycle.links[BETH]) is None
    after = opened(new)
    assert (after.group, after.group_people, after.party_id) == (
        before.group,
        before.group_people,
        before.party_id,
    )
    assert [review.assignment_id for review in after.reviews] == [r.assignment_id for r in before.reviews]
    assert mails_to(either_cycle, after.invitation_id) == ["invitation", "new_link"]
    # The other links are as they were.
    assert opened(either_cycle.links[GARY]).contact_name == "Gary Laidlaw"


def test_a_draft_of_the_old_link_is_out_of_reach(cycle: OpenCycle) -> None:
    respondent = opened(cycle.links[BETH])
    review = respondent.reviews[0]
    question = respondent.instrument.questions()[0]
    with transaction() as session:
        answering.save_draft(session, clock.now(), respondent, review, Answers({question.id: 2}, {}))
    after = opened(correct(cycle, BETH))
    assert not any(review.has_draft or review.is_received for review in after.reviews)
    with reading() as session:
        assert answering.draft(session, after, after.reviews[0]) == Answers.empty()


def test_another_person_is_another_row_and_the_old_one_is_gone(cycle: OpenCycle) -> None:
    correct(cycle, BETH, new="noor.aziz@caldervalleytr.example", name="Noor Aziz")
    with reading() as session:
        pair = (BETH, "noor.aziz@caldervalleytr.example")
        rows = session.scalars(select(ContactRecord).where(ContactRecord.email.in_(pair))).all()
        chain_id = session.get_one(CycleRecord, cycle.id).chain_id
        names = {c.name for party in chains.load(session, chain_id).parties for c in party.contacts}
        edits = session.scalars(select(ChainChangeRecord).where(ChainChangeRecord.kind == "edit")).all()
        history = sorted(edit.sentence for edit in edits)
        moments = [edit.changed_at for edit in edits]
    assert {row.name: row.gone_at is None for row in rows} == {"Beth Ramsden": False, "Noor Aziz": True}
    assert "Noor Aziz" in names and "Beth Ramsden" not in names
    assert history == [
        "The steward added Noor Aziz to Calder Valley Training CIC.",
        "The steward removed Beth Ramsden from Calder Valley Training CIC.",
    ]
    assert all((moment.hour, moment.minute, moment.second) == (0, 0, 0) for moment in moments)


def test_the_same_address_may_get_a_new_link(cycle: OpenCycle) -> None:
    before = people(cycle)[BETH]
    new = correct(cycle, BETH, new=BETH)
    assert new != cycle.links[BETH]
    assert people(cycle)[BETH] == before
    second = correct(cycle, BETH, new=BETH, name="Elizabeth Ramsden")
    assert opened(second).contact_name == "Elizabeth Ramsden"
    with reading() as session:
        assert answering.find(session, clock.now(), new) is None


def test_a_person_who_left_the_chain_meanwhile_can_still_be_corrected(cycle: OpenCycle) -> None:
    with transaction() as session:
        chain_id = session.get_one(CycleRecord, cycle.id).chain_id
        edit = Edit(chain_id, clock.now(), BY_COMMAND)
        chain = chains.load(session, chain_id)
        party, beth = next((p, c) for p in chain.parties for c in p.contacts if c.email == BETH)
        chains_editing.save_contact(
            session, edit, party.id, Contact("", "Noor Aziz", "", "noor@calder.example")
        )
        chains_editing.remove_contact(session, edit, beth.id)
    # The organiser's new contact is taken as it is, and somebody new can be named too.
    assert (
        opened(correct(cycle, BETH, new="noor@calder.example", name="Noor Aziz")).contact_name == "Noor Aziz"
    )
    assert opened(correct(cycle, "noor@calder.example", new=NEW, name="Third")).contact_name == "Third"


def test_the_person_of_an_organisation_that_left_the_chain_can_still_be_corrected(cycle: OpenCycle) -> None:
    with transaction() as session:
        chain_id = session.get_one(CycleRecord, cycle.id).chain_id
        parties = chains.load(session, chain_id).parties
        buyers = {buyer for party in parties for buyer in party.buyers}
        leaf = next(party for party in parties if party.buyers and party.id not in buyers and party.contacts)
        chains_editing.remove_party(session, Edit(chain_id, clock.now(), BY_COMMAND), leaf.id)
    person = leaf.contacts[0]
    assert opened(correct(cycle, person.email)).contact_name == person.name
    with pytest.raises(ChainFaultsError):
        correct(cycle, NEW, new="not an address")
    with reading() as session:
        assert NEW not in {c.email for p in chains.load(session, chain_id).parties for c in p.contacts}


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (GARY, "is asked at this address already"),
        (GARY.upper(), "is asked at this address already"),
        ("steward@independent.example", "your own address"),
        ("no address", "@"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(cycle: OpenCycle, new: str, words: str) -> None:
    before = people(cycle)
    with pytest.raises(ChainFaultsError, match=words):
        correct(cycle, BETH, new=new)
    assert people(cycle) == before
    assert opened(cycle.links[BETH]).contact_name == "Beth Ramsden"


def test_nothing_is_corrected_once_the_closing_time_has_come(cycle: OpenCycle) -> None:
    pass_the_closing_time(cycle.id)
    with pytest.raises(NotAllowedError):
        correct(cycle, BETH)


def test_correcting_reads_and_writes_nothing_sealed(cycle: OpenCycle) -> None:
    submit(cycle.links[BETH])
    seen: list[str] = []
    with reading() as session:
        storage = session.get_one(CycleRecord, cycle.id).storage or ""

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        answered = correct(cycle, BETH)
        first, seen[:] = list(seen), []
        silent = correct(cycle, GARY, new="g.laidlaw@tyne.example")
        second = list(seen)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert answered != silent
    for name in (ballots_table(storage).name, drafts_table(storage).name):
        assert not any(name in statement for statement in (*first, *second))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (("old",), ["rated 2"]),
        (("new",), ["rated 5"]),
        (("old", "new"), ["rated 5"]),
        (("old", "new", "newest"), ["rated 3"]),
        (("old", "newest"), ["rated 3"]),
        (("old", "withdrawn"), []),
        (("old", "new", "withdrawn"), []),
        (("withdrawn", "new"), ["rated 5"]),
        ((), []),
    ],
)
def test_a_voice_under_several_links_counts_once_and_the_newest_counts(
    cycle: OpenCycle, sent: tuple[str, ...], expected: list[str]
) -> None:
    submit(cycle.links[GARY], 1)
    if "old" in sent:
        submit(cycle.links[BETH], 2)
    new = correct(cycle, BETH)
    for step in sent:
        if step == "new":
            submit(new, 5)
        elif step == "withdrawn":
            withdraw(new)
    if "newest" in sent:
        submit(correct(cycle, NEW, new=BETH), 3)
    counted = count(cycle)
    assert said(counted) == sorted([*expected, "rated 1"])
    assert counted.unreadable == 0


def test_taking_back_under_a_later_link_looks_like_another_version(cycle: OpenCycle) -> None:
    secret = correct(cycle, BETH)
    with reading() as session:
        table = ballots_table(session.get_one(CycleRecord, cycle.id).storage or "")

    def rows() -> dict[bytes, bytes]:
        with reading() as session:
            return {bytes(row.id): bytes(row.blob) for row in session.execute(select(table))}

    submit(secret)
    before = rows()
    withdraw(secret)
    after = rows()
    assert set(before) == set(after) and before != after
    assert {len(blob) for blob in before.values()} == {len(blob) for blob in after.values()}


def test_a_ballot_under_a_link_that_was_never_given_is_left_out(cycle: OpenCycle) -> None:
    submit(cycle.links[GARY], 1)
    submit(cycle.links[BETH], 2)
    respondent = opened(cycle.links[BETH])
    future = sealing.link_secret(key_of(cycle), respondent.invitation_id, 1)
    with transaction() as session:
        table = ballots_table(respondent.storage)
        forged = sealing.ballot_id(future, respondent.reviews[0].assignment_id)
        genuine = sealing.ballot_id(respondent.secret, respondent.reviews[0].assignment_id)
        blob = session.scalar(select(table.c.blob).where(table.c.id == genuine))
        session.execute(table.insert().values(id=forged, blob=blob))
    counted = count(cycle)
    assert said(counted) == ["rated 1", "rated 2"] and counted.unreadable == 1


def test_the_figure_of_an_open_review_never_exceeds_what_was_asked(cycle: OpenCycle) -> None:
    for number, email in enumerate(sorted(cycle.links)[:6]):
        secret = cycle.links[email]
        submit(secret)
        submit(correct(cycle, email, new=f"person{number}@other.example"))
    with transaction() as session:
        record = session.get_one(CycleRecord, cycle.id)
        record.asked = 7
        later = clock.now() + timedelta(days=1)
        cycles.refresh_received(session, later)
        assert record.received_shown == 5


def test_a_silenced_person_gets_no_more_mail_and_nothing_shows_it(app: Flask, cycle: OpenCycle) -> None:
    posting.send_due(state())
    person, other = people(cycle)[BETH], people(cycle)[GARY]
    with transaction() as session:
        addresses.silence(
            session,
            clock.now(),
            cycle.id,
            steward_of(cycle),
            invitation_id=person.id,
            link_key=key_of(cycle),
        )
    before = opened(cycle.links[GARY])
    remind(cycle)
    with reading() as session:
        query = select(MailRecord.kind, MailRecord.state, MailRecord.attempts, MailRecord.problem)
        rows = {
            one.email: sorted(map(tuple, session.execute(query.where(MailRecord.invitation_id == one.id))))
            for one in (person, other)
        }
    assert rows[BETH] == rows[GARY] and len(rows[BETH]) == 2
    assert len(mailed(cycle, BETH)) == 1 and len(mailed(cycle, GARY)) == 2
    # The link works, the group is as large as it was.
    assert opened(cycle.links[BETH]).group_people == before.group_people
    submit(cycle.links[BETH], 5)
    with transaction() as session:
        addresses.resume(
            session,
            clock.now(),
            cycle.id,
            steward_of(cycle),
            invitation_id=person.id,
            link_key=key_of(cycle),
        )
    remind(cycle)
    assert len(mailed(cycle, BETH)) == 2
    assert said(count(cycle)) == ["rated 5"]


def test_a_whole_organisation_can_be_silenced_and_a_new_link_begins_anew(cycle: OpenCycle) -> None:
    person = people(cycle)[BETH]
    for _ in range(2):
        with transaction() as session:
            addresses.silence_organisation(
                session,
                clock.now(),
                cycle.id,
                steward_of(cycle),
                invitation_id=person.id,
                link_key=key_of(cycle),
            )
    assert {one.party_id for one in people(cycle).values() if one.is_silenced} == {person.party_id}
    correct(cycle, BETH)
    assert not people(cycle)[NEW].is_silenced


def remind(cycle: OpenCycle) -> None:
    with transaction() as session:
        cycles.remind(session, clock.now(), cycle.id)
    posting.send_due(state())


def mailed(cycle: OpenCycle, address: str) -> list[str]:
    folder = state().keys.mailbox(cycle.id)
    return [text for path in folder.glob("*.eml") if f"<{address}>" in (text := path.read_text())]


def lose(typed: str) -> None:
    with transaction() as session:
        lost_links.ask(session, lost_links.key_of(state().settings.secret_key), typed)


def again(cycle: OpenCycle) -> list[str]:
    """Who is owed the link again; what is owed is forgotten, as if it was sent."""
    with transaction() as session:
        query = (
            select(ContactRecord.email)
            .join(InvitationRecord, InvitationRecord.contact_id == ContactRecord.id)
            .join(MailRecord, MailRecord.invitation_id == InvitationRecord.id)
            .where(MailRecord.kind == MailKind.LINK_AGAIN.value)
        )
        found = sorted(session.scalars(query))
        session.execute(delete(MailRecord).where(MailRecord.kind == MailKind.LINK_AGAIN.value))
    return found


def waiting() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(LinkRequestRecord)) or 0


def test_a_lost_link_goes_to_whoever_is_asked_at_that_address(either_cycle: OpenCycle) -> None:
    for typed in (f"  {BETH.upper()} ", "nobody@nowhere.example", "no address", "", "\x00😀" * 900, BETH):
        lose(typed)
    assert waiting() == 6
    links_again.answer(state(), Tally())
    assert waiting() == 0
    assert again(either_cycle) == [BETH]


def test_an_address_gets_its_link_three_times_a_day_at_most(cycle: OpenCycle) -> None:
    tally = Tally()
    owed = []
    for _ in range(MOST_A_DAY + 2):
        lose(BETH)
        links_again.answer(state(), tally)
        owed += again(cycle)
    assert owed == [BETH] * MOST_A_DAY
    assert tally.allows(clock.now().date() + timedelta(days=1), BETH)


def test_a_closed_review_sends_no_link_again(cycle: OpenCycle) -> None:
    lose(BETH)
    pass_the_closing_time(cycle.id)
    links_again.answer(state(), Tally())
    assert (waiting(), again(cycle)) == (0, [])


def test_a_flood_of_lost_links_is_dropped_in_silence(
    cycle: OpenCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_links, "MOST_WAITING", 3)
    for _ in range(10):
        lose("flood@nowhere.example")
    assert waiting() == 3
    with reading() as session:
        assert len({len(row.blob) for row in session.scalars(select(LinkRequestRecord))}) == 1


def test_an_address_that_another_secret_sealed_is_forgotten(cycle: OpenCycle) -> None:
    with transaction() as session:
        lost_links.ask(session, lost_links.key_of("another" * 6), BETH)
    links_again.answer(state(), Tally())
    assert (waiting(), again(cycle)) == (0, [])


def test_the_tables_of_the_ways_out_name_nobody() -> None:
    for model in (StewardRequestRecord, SilenceRecord, LinkRequestRecord):
        targets = {key.column.table.name for key in model.__table__.foreign_keys}
        assert targets <= {"cycles"}
