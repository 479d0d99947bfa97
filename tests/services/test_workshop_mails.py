"""The mails about a workshop through a real mail server: each with the own link alone, and a calendar that follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from icalendar import Calendar, Event
from sqlalchemy import select, update

from review_app import clock, posting, workshop_keys
from review_app.database import reading, transaction
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailRecord
from review_app.models.workshops import WorkshopRecord
from review_app.services import planning, seating, workshops
from review_app.state import State, state
from surveys import sealing
from tests.mail_samples import files, part
from tests.servers import SmtpSink
from tests.workshops import EVERYBODY, PAID, PRIME, Gathered, invited_workshop, mail_states, meeting

MILL = PAID[0]
CALL = "https://call.example/threads"
_LINK = re.compile(r"http://127\.0\.0\.1:8000/w#([A-Z2-7-]{39})")


@pytest.fixture
def invited(environ: dict[str, str]) -> Iterator[Gathered]:
    """A workshop whose invitations wait to be sent."""
    with invited_workshop(environ, call_link=CALL) as found:
        yield found


@pytest.fixture
def by_smtp(invited: Gathered, sink: SmtpSink) -> State:
    """The application's state with the sink as its mail server; the mails about the reports are gone already."""
    with transaction() as session:
        session.execute(update(MailRecord).where(MailRecord.about_id == "").values(state="sent"))
    return replace(state(), settings=replace(state().settings, smtp_url=sink.url))


def send(by_smtp: State, sink: SmtpSink) -> dict[str, EmailMessage]:
    """The mails that leave now, by their addresses."""
    sink.mails.clear()
    posting.send_due(by_smtp)
    found = {mail["To"].addresses[0].addr_spec: mail for mail in sink.mails}
    assert len(found) == len(sink.mails)
    return found


def code_in(mail: EmailMessage) -> str:
    (code,) = set(_LINK.findall(part(mail, "plain")))
    return str(code)


def event_of(mail: EmailMessage) -> Event:
    (content,) = files(mail).values()
    (event,) = Calendar.from_ical(content).events
    return event


def sequence(mail: EmailMessage) -> int:
    return int(str(event_of(mail)["SEQUENCE"]))


def test_everybody_gets_the_link_of_their_own_seat_and_the_entry_for_the_calendar(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    mails = send(by_smtp, sink)
    assert set(mails) == set(EVERYBODY)
    codes = {address: code_in(mail) for address, mail in mails.items()}
    assert len(set(codes.values())) == len(EVERYBODY)
    for address, code in codes.items():
        secret = sealing.secret_of(code)
        assert secret is not None
        with reading() as session:
            seat = workshops.find_seat(session, secret)
        assert seat is not None and seat.id == invited.seats[address]
        mail = mails[address]
        raw = mail.as_string()
        assert code not in "\n".join(f"{name}: {value}" for name, value in mail.items())
        others = set(codes.values()) - {code}
        assert not [other for other in others if other in raw or other.replace("-", "") in raw]
        ((_, entry),) = files(mail).items()
        unfolded = entry.decode().replace("\r\n ", "")
        assert code not in unfolded and "/w" not in unfolded and CALL in unfolded
    event = event_of(mails[MILL])
    assert sequence(mails[MILL]) == 0 and event.start == meeting().begins_at
    assert str(event["UID"]) == f"{invited.id}@roundtable.invalid"
    assert "The organiser invites you to a workshop." in part(mails[MILL], "plain")
    assert send(by_smtp, sink) == {}


def test_a_change_moves_the_entry_of_everybody_and_the_link_stays(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    first = send(by_smtp, sink)
    moved = meeting(begins_at=meeting().begins_at + timedelta(days=7), place="The Mill", call_link=CALL)
    with transaction() as session:
        planning.change(session, clock.now(), invited.id, moved)
    second = send(by_smtp, sink)
    assert set(second) == set(first)
    for address in second:
        assert code_in(second[address]) == code_in(first[address])
        assert sequence(second[address]) == sequence(first[address]) + 1
        assert second[address]["Message-ID"] != first[address]["Message-ID"]
    before, after = event_of(first[MILL]), event_of(second[MILL])
    assert str(after["UID"]) == str(before["UID"]) and after.start == moved.begins_at
    assert str(after["LOCATION"]) == f"The Mill; {CALL}"
    # The subject and the first line say that it changed; a first invitation says no such thing.
    assert "changed, workshop now on" in str(second[MILL]["Subject"])
    assert "The workshop that you are invited to has changed" in " ".join(part(second[MILL], "plain").split())
    assert "changed" not in str(first[MILL]["Subject"])
    assert "this one replaces it" not in part(first[MILL], "plain")


def test_two_changes_before_the_mail_leaves_are_one_mail(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    for place in ("The Mill", "The Hall"):
        with transaction() as session:
            planning.change(session, clock.now(), invited.id, meeting(place=place))
    mails = send(by_smtp, sink)
    assert set(mails) == set(EVERYBODY)
    assert sequence(mails[MILL]) == 2 and str(event_of(mails[MILL])["LOCATION"]) == "The Hall"


def test_what_is_called_off_goes_out_of_the_calendars(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    first = send(by_smtp, sink)
    with transaction() as session:
        planning.cancel(session, clock.now(), invited.id)
    workshop_keys.forget(by_smtp.keys)
    mails = send(by_smtp, sink)
    assert set(mails) == set(EVERYBODY)
    event = event_of(mails[MILL])
    assert str(event["UID"]) == str(event_of(first[MILL])["UID"]) and sequence(mails[MILL]) == 1
    assert str(event["STATUS"]) == "CANCELLED"
    assert not _LINK.search(mails[MILL].as_string())
    assert code_in(first[MILL]) not in mails[MILL].as_string()


def test_a_mail_to_a_seat_that_is_taken_away_never_leaves(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    with transaction() as session:
        seating.take_away(session, invited.id, invited.seats[MILL])
    # As one that a worker had taken up when the seat was taken away.
    with transaction() as session:
        session.execute(update(MailRecord).where(MailRecord.state == "cancelled").values(state="queued"))
    assert set(send(by_smtp, sink)) == set(EVERYBODY) - {MILL}
    assert mail_states(invited.id)[MILL, "workshop", 1] == "cancelled"
    assert send(by_smtp, sink) == {}


@pytest.mark.parametrize("state_now", ["ended", "recorded", "cancelled"])
def test_nobody_is_invited_to_what_is_over(
    invited: Gathered, by_smtp: State, sink: SmtpSink, state_now: str
) -> None:
    with transaction() as session:
        session.execute(update(WorkshopRecord).values(state=state_now))
    assert send(by_smtp, sink) == {}
    assert set(mail_states(invited.id).values()) == {"cancelled"}


def test_a_lost_key_is_said_and_the_mails_wait_for_it(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    invited.secret(PRIME)
    key = by_smtp.keys.folder / f"{invited.id}.workshop-key"
    kept = key.read_bytes()
    key.unlink()
    assert send(by_smtp, sink) == {}
    with reading() as session:
        problems = select(MailRecord.problem).where(MailRecord.about_id == invited.id)
        assert set(session.scalars(problems)) == {"the key of its link is missing"}
    key.write_bytes(kept)
    with transaction() as session:
        session.execute(update(MailRecord).where(MailRecord.state == "queued").values(due_at=clock.now()))
    assert set(send(by_smtp, sink)) == set(EVERYBODY)


def test_a_new_link_comes_by_mail_and_the_old_one_is_dead(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    old = code_in(send(by_smtp, sink)[MILL])
    with transaction() as session:
        seating.replace_link(session, clock.now(), invited.id, invited.seats[MILL], by_smtp.keys)
    mails = send(by_smtp, sink)
    assert set(mails) == {MILL}
    new = code_in(mails[MILL])
    with reading() as session:
        found = {code: workshops.find_seat(session, sealing.secret_of(code) or b"") for code in (old, new)}
    assert found[old] is None and found[new] is not None
    # Its entry in the calendar is the same as before.
    assert sequence(mails[MILL]) == 0


def test_what_is_sent_again_after_a_crash_has_the_same_link_and_message_id(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    first = {address: (mail["Message-ID"], code_in(mail)) for address, mail in send(by_smtp, sink).items()}
    with transaction() as session:
        session.execute(update(MailRecord).where(MailRecord.about_id == invited.id).values(state="queued"))
    again = {address: (mail["Message-ID"], code_in(mail)) for address, mail in send(by_smtp, sink).items()}
    assert again == first


def test_in_a_review_of_both_languages_the_mail_is_in_both(
    invited: Gathered, by_smtp: State, sink: SmtpSink
) -> None:
    with transaction() as session:
        session.get_one(CycleRecord, invited.of.cycle.id).languages = "en,cy"
    mail = send(by_smtp, sink)[MILL]
    text = part(mail, "plain")
    assert "Cyn y diwrnod" in text and "Before the day" in text
    assert str(mail["Content-Language"]) == "cy, en" and len(set(_LINK.findall(text))) == 1


def test_no_link_and_no_address_is_logged(
    invited: Gathered, by_smtp: State, sink: SmtpSink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    codes = [code_in(mail) for mail in send(by_smtp, sink).values()]
    with transaction() as session:
        planning.cancel(session, clock.now(), invited.id)
    workshop_keys.forget(by_smtp.keys)
    send(by_smtp, sink)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("review_app"))
    assert not [code for code in codes if code in ours]
    assert not [address for address in EVERYBODY if address in ours]
