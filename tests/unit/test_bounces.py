"""What comes back by mail is read whatever server wrote it, and nothing but a server's report is believed."""

from __future__ import annotations

import base64
import re
from email import message_from_bytes
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review_app.mail.bounces import MOST_BYTES, Action, NoNotice, Notice, read
from review_app.mail.statuses import problem_in, problem_of, told
from tests import dsn_samples as samples
from tests.dsn_samples import TO, TOKEN

OTHER = "f" * 32


@pytest.mark.parametrize(
    ("mail", "action", "status"),
    [
        (samples.POSTFIX, Action.FAILED, "5.1.1"),
        (samples.POSTFIX_DELAYED, Action.DELAYED, "4.4.1"),
        (samples.POSTFIX_DELIVERED, Action.DELIVERED, "2.1.5"),
        (samples.POSTFIX_RELAYED, Action.RELAYED, "2.0.0"),
        (samples.EXCHANGE, Action.FAILED, "5.1.10"),
        (samples.EXIM, Action.FAILED, "5.2.2"),
        (samples.GMAIL, Action.FAILED, "5.2.1"),
        (samples.SENDMAIL_SPAM, Action.FAILED, "5.7.1"),
        (samples.INTERNATIONAL, Action.FAILED, "5.1.2"),
        (samples.OLD_EXIM, Action.FAILED, "5.1.1"),
        (samples.QMAIL, Action.FAILED, "5.1.1"),
    ],
)
def test_a_report_is_read_whatever_server_wrote_it(mail: bytes, action: Action, status: str) -> None:
    assert read(mail) == Notice(TOKEN, action, status)
    # With the line ends that a pipe brings, and with those of the wire.
    assert read(mail.replace(b"\r\n", b"\n")) == Notice(TOKEN, action, status)


@pytest.mark.parametrize(
    "mail",
    [samples.OUT_OF_OFFICE, samples.VACATION_WITHOUT_MARKS, samples.READ_RECEIPT, samples.COMPLAINT],
)
def test_what_a_machine_answers_by_itself_is_no_bounce(mail: bytes) -> None:
    assert read(mail) is NoNotice.AUTOMATIC


def test_a_person_who_writes_is_left_to_a_person() -> None:
    assert read(samples.A_PERSON) is NoNotice.UNCLEAR


@pytest.mark.parametrize("name", ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"])
def test_the_token_is_found_where_the_mail_arrived(name: str) -> None:
    mail = samples.report(STATUS, to="bounces@prime.example", returned="", head=f"{name}: <{TO}>\n")
    assert read(mail) == Notice(TOKEN, Action.FAILED, "5.1.1")


STATUS = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"


@pytest.mark.parametrize("sign", ["+", "-", "="])
def test_a_server_may_write_the_extension_in_its_own_way_and_in_capitals(sign: str) -> None:
    mail = samples.report(STATUS, to=TO.replace("+", sign).upper(), returned="")
    assert read(mail) == Notice(TOKEN, Action.FAILED, "5.1.1")


def test_the_token_is_found_in_what_came_back_where_the_address_lost_it() -> None:
    by_head = samples.report(STATUS, to="bounces@prime.example")
    by_path = samples.report(
        STATUS, to="bounces@prime.example", returned=f"Return-Path: <{TO}>\nSubject: x\n"
    )
    by_envelope = samples.report(
        f"Original-Envelope-Id: {TOKEN}\n{STATUS}", to="bounces@prime.example", returned=""
    )
    for mail in (by_head, by_path, by_envelope):
        assert read(mail) == Notice(TOKEN, Action.FAILED, "5.1.1")


def test_where_the_report_came_to_counts_more_than_what_it_quotes() -> None:
    mail = samples.report(STATUS, to="bounces@prime.example", returned=f"X-Return-Token: {OTHER}\n")
    assert read(mail, TO) == Notice(TOKEN, Action.FAILED, "5.1.1")


def test_a_report_without_a_token_is_left_to_a_person() -> None:
    assert (
        read(samples.report(STATUS, to="bounces@prime.example", returned="Subject: x\n")) is NoNotice.UNCLEAR
    )


def test_a_report_inside_a_forwarded_mail_reports_nothing() -> None:
    forwarded = (
        f"From: a@b.example\nTo: {TO}\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n".encode()
        + samples.POSTFIX.replace(b"\r\n", b"\n")
    )
    assert read(forwarded) is NoNotice.UNCLEAR


@pytest.mark.parametrize("status", ["2.1.5", "5", "", "nonsense", "5.1", "999.1.1"])
def test_a_code_that_contradicts_or_is_none_explains_nothing(status: str) -> None:
    mail = samples.report(STATUS.replace("5.1.1", status))
    assert read(mail) == Notice(TOKEN, Action.FAILED, "")


@pytest.mark.parametrize("word", ["", "opened", "failed delayed"])
def test_an_action_that_the_standard_does_not_know_is_left_to_a_person(word: str) -> None:
    assert read(samples.report(STATUS.replace("failed", word))) is NoNotice.UNCLEAR


def test_a_status_that_was_encoded_against_the_rules_is_read() -> None:
    encoded = base64.encodebytes(STATUS.encode()).decode()
    mail = samples.report(encoded, status_type="message/delivery-status\nContent-Transfer-Encoding: base64")
    assert read(mail) == Notice(TOKEN, Action.FAILED, "5.1.1")


def test_a_report_with_a_huge_mail_behind_it_is_read_in_no_time() -> None:
    huge = samples.report(STATUS, returned="X-Filler: " + "x" * 20_000_000)
    begun = monotonic()
    assert read(huge) == Notice(TOKEN, Action.FAILED, "5.1.1")
    assert monotonic() - begun < 2


def test_what_stands_behind_the_limit_is_not_read() -> None:
    late = samples.report(STATUS, intro="x\n" * MOST_BYTES)
    assert read(late) is NoNotice.UNCLEAR


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe" * 500,
        b"Content-Type: multipart/report; boundary=\n\n--\n",
        b'Content-Type: multipart/mixed; boundary="a"\n\n'
        + b'--a\nContent-Type: multipart/mixed; boundary="a"\n\n' * 5000,
        b"To: " + b"<" * 100_000,
        b"Content-Type: message/delivery-status\n\n" * 3000,
        samples.POSTFIX.replace(b"us-ascii", b"no-such-charset"),
        samples.POSTFIX.replace(b"report-type", b"report-type*0*=x''%ff; report-type"),
    ],
)
def test_a_broken_mail_raises_nothing(mail: bytes) -> None:
    assert isinstance(read(mail), (Notice, NoNotice))


_ALL = [value for name, value in vars(samples).items() if name.isupper() and isinstance(value, bytes)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_ALL), st.data())
def test_no_damage_to_a_mail_raises_anything_or_invents_a_token(mail: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(mail)))
    end = data.draw(st.integers(start, min(len(mail), start + 400)))
    damaged = mail[:start] + data.draw(st.binary(max_size=60)) + mail[end:]
    found = read(damaged)
    assert isinstance(found, NoNotice) or found.token.encode() in damaged.lower()


def test_nothing_of_a_persons_mail_is_in_what_is_read() -> None:
    for mail in _ALL:
        found = read(mail)
        if isinstance(found, Notice):
            people = re.findall(r"[\w.]+@[\w.]+", str(message_from_bytes(mail)))
            kept = f"{found.action} {told(problem_of(found.status), found.status)}"
            assert people and not [person for person in people if person in kept]


# Status codes


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("5.1.1", "no such mailbox"),
        ("5.1.10", "no such mailbox"),
        ("5.1.2", "no mail server for this address"),
        ("5.2.1", "mailbox closed"),
        ("5.2.2", "mailbox full"),
        ("4.2.2", "mailbox full"),
        ("4.4.1", "their mail server did not answer"),
        ("5.4.310", "no mail server for this address"),
        ("5.7.1", "refused as spam or by their rules"),
        ("5.7.26", "refused: our domain is not proven to them"),
        ("5.0.0", "refused by their mail server"),
        ("", "refused by their mail server"),
    ],
)
def test_a_code_is_said_in_words_that_can_be_taken_back(code: str, problem: str) -> None:
    assert problem_of(code) == problem
    assert problem_in(told(problem_of(code), code)) == problem
    assert len(told(problem_of(code), "5.999.999")) <= 100
