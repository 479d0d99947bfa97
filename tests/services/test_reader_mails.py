"""The mails with a link to reports, through a real mail server: to everybody once, each with the own link alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from review_app import clock, posting
from review_app.database import reading, transaction
from review_app.models.chains import ContactRecord
from review_app.models.outbox import MailRecord
from review_app.models.readers import ReaderRecord
from review_app.services import publishing, readers
from review_app.state import State, state
from surveys import sealing
from tests.publications import BIDDER, PARTNERS, Reviewed, counted, make, move_into_the_past
from tests.servers import SmtpSink

_LINK = re.compile(r"/report#([A-Z2-7-]{39})")
PEOPLE = 18


@pytest.fixture
def reviewed(environ: dict[str, str]) -> Iterator[Reviewed]:
    """A review whose reports wait for replies, and whose mails about them wait to be sent."""
    with counted(environ) as found:
        make(found)
        yield found


@pytest.fixture
def by_smtp(reviewed: Reviewed, sink: SmtpSink) -> State:
    """The application's state with the sink as its mail server."""
    return replace(state(), settings=replace(state().settings, smtp_url=sink.url))


def publish(of: Reviewed) -> None:
    move_into_the_past(of.cycle.id, timedelta(days=28))
    with transaction() as session:
        publishing.advance(session, clock.now(), of.cycle.id)


def codes(sink: SmtpSink) -> dict[str, str]:
    """The code of each mail with a link to reports, by its address."""
    found = {}
    for mail in sink.mails:
        body = mail.get_body(("plain",))
        if match := _LINK.search(str(body.get_content()) if body else ""):
            found[mail["To"].addresses[0].addr_spec] = match.group(1)
            head = "\n".join(f"{name}: {value}" for name, value in mail.items())
            assert match.group(1) not in head
    return found


def reader_of(code: str) -> str:
    """What a code opens: the party's name."""
    secret = sealing.secret_of(code)
    assert secret is not None
    with reading() as session:
        found = readers.find(session, secret)
    assert found is not None
    return found.party_name


def test_everybody_gets_one_link_which_is_the_same_in_both_mails(
    reviewed: Reviewed, by_smtp: State, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    ready = codes(sink)
    assert set(ready) == {f"{n}@{id_}.example" for id_ in ("prime", *PARTNERS) for n in (0, 1)}
    assert all(reader_of(code).split()[0].lower() in address for address, code in ready.items())
    sink.mails.clear()
    publish(reviewed)
    posting.send_due(by_smtp)
    out = codes(sink)
    assert len(out) == len(set(out.values())) == PEOPLE and f"0@{BIDDER}.example" in out
    assert {address: out[address] for address in ready} == ready
    assert posting.send_due(by_smtp) == 0


def test_what_is_sent_again_after_a_crash_has_the_same_link_and_message_id(
    reviewed: Reviewed, by_smtp: State, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    first = {(mail["To"], mail["Message-ID"]) for mail in sink.mails if "/report#" in mail.as_string()}
    before = codes(sink)
    with transaction() as session:
        session.execute(update(MailRecord).where(MailRecord.kind == "report_ready").values(state="queued"))
    sink.mails.clear()
    posting.send_due(by_smtp)
    assert codes(sink) == before
    assert {(mail["To"], mail["Message-ID"]) for mail in sink.mails} == first


def test_a_lost_reading_key_is_said_and_kills_no_link_that_was_sent(
    reviewed: Reviewed, by_smtp: State, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    before = codes(sink)
    (by_smtp.keys.folder / f"{reviewed.cycle.id}.reading-key").unlink()
    publish(reviewed)
    assert posting.send_due(by_smtp) == 0
    with reading() as session:
        waiting = select(MailRecord.problem).where(MailRecord.kind == "published")
        assert set(session.scalars(waiting)) == {"the reading key is missing"}
    assert {reader_of(code) for code in before.values()}


def test_a_key_whose_links_were_never_kept_is_made_anew(reviewed: Reviewed) -> None:
    keys = state().keys
    # As after a process that died between the key and the end of its transaction.
    keys.keep_reading_key(reviewed.cycle.id, b"x" * 32)
    with transaction() as session:
        key = readers.reading_key(session, reviewed.cycle.id, keys)
    assert key == keys.reading_key(reviewed.cycle.id) != b"x" * 32
    with transaction() as session:
        assert readers.reading_key(session, reviewed.cycle.id, keys) == key
        rows = session.execute(select(ReaderRecord.id, ReaderRecord.verifier)).all()
    assert len(rows) == PEOPLE
    assert all(row[1] == sealing.verifier(sealing.reader_secret(key, row[0])) for row in rows)


def test_whoever_has_no_address_gets_no_mail(environ: dict[str, str], sink: SmtpSink) -> None:
    with counted(environ) as reviewed:
        with transaction() as session:
            row = session.scalars(select(ContactRecord).where(ContactRecord.email == "0@mill.example")).one()
            row.email, row.postal_address = "", "1 High Street"
        make(reviewed)
        posting.send_due(replace(state(), settings=replace(state().settings, smtp_url=sink.url)))
        assert "1@mill.example" in codes(sink) and "0@mill.example" not in codes(sink)
