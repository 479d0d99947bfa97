"""What mails say: the same words in both forms and all languages, and nothing of anybody's where it could be seen."""

from __future__ import annotations

import email
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from xml.etree.ElementTree import Element

import html5lib
import pytest
from icalendar import Calendar, Event

from review_app.mail.notify import body_of
from review_app.mail.rendering import LONGEST_CHAIN, short_name
from review_app.services.occasions import ActionNews
from review_app.services.outbox import MailKind
from surveys.language import Language
from tests.mail_samples import (
    ACTION_SECRET,
    ACTIONS,
    BASE,
    BOTH,
    CLOSES_AT,
    ENGLISH,
    KINDS,
    LINKED,
    REPORTING,
    SEAT_SECRET,
    action_code,
    files,
    mail_of,
    part,
    reading_code,
    seat_code,
    secret_code,
)
from tests.pages import faults_of

LANGUAGES = pytest.mark.parametrize(
    "languages", [ENGLISH, (Language.WELSH,), BOTH], ids=["en", "cy", "cy+en"]
)
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
ADDRESS = re.compile(r"https?://\S+")
HOSTILE = "Eve\r\nBcc: all@evil.example\n\"<script>alert(1)</script>, & 'Co' " + "🦊 " * 60
# Gmail cuts off what is longer.
GMAIL = 102 * 1024


def visible_words(html: str) -> list[str]:
    """The words of a page as its reader sees them."""
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    assert body is not None
    return re.findall(r"[\w’]+", " ".join(_seen(body)))


def _seen(element: Element) -> list[str]:
    # What html5lib calls a comment has a function for a tag.
    if not isinstance(element.tag, str) or "display:none" in (element.get("style") or ""):
        return [element.tail or ""]
    return [element.text or "", *(text for child in element for text in _seen(child)), element.tail or ""]


def text_words(text: str) -> list[str]:
    """The words of a plain text without the lines that are links, whose words stand in front of them."""
    kept = [line for line in text.splitlines() if not ADDRESS.fullmatch(line)]
    return re.findall(r"[\w’]+", "\n".join(kept))


def event_of(mail: EmailMessage) -> Event:
    ((_, content),) = files(mail).items()
    (event,) = Calendar.from_ical(content).events
    return event


@EVERY_KIND
@LANGUAGES
def test_both_forms_say_the_same_words(kind: MailKind, languages: Sequence[Language]) -> None:
    mail = mail_of(kind, languages)
    words = visible_words(part(mail, "html"))
    assert words == text_words(part(mail, "plain"))
    assert len(words) > 30


@EVERY_KIND
@LANGUAGES
def test_a_mail_is_good_html_with_one_heading_first(kind: MailKind, languages: Sequence[Language]) -> None:
    html = part(mail_of(kind, languages), "html")
    faults = [fault for fault in faults_of(html) if not fault.startswith("inline ")]
    assert faults == []
    root = html5lib.parse(html, namespaceHTMLElements=False)
    headings = [element.tag for element in root.iter() if str(element.tag) in {"h1", "h2", "h3"}]
    assert headings[0] == "h1" and headings.count("h1") == 1
    assert all(table.get("role") == "presentation" for table in root.iter("table"))
    assert root.get("lang") == languages[0].value
    parts = [element.get("lang") for element in root.iter("div") if element.get("lang")]
    assert parts == [language.value for language in languages]


@EVERY_KIND
@LANGUAGES
def test_every_link_is_our_own_and_nothing_is_fetched(kind: MailKind, languages: Sequence[Language]) -> None:
    html = part(mail_of(kind, languages), "html")
    root = html5lib.parse(html, namespaceHTMLElements=False)
    hrefs = [link.get("href") or "" for link in root.iter("a")]
    assert all(href.startswith(f"{BASE}/") for href in hrefs)
    assert hrefs
    assert not [element for element in root.iter() if element.get("src") or element.get("background")]
    assert not re.search(r"<(img|script|link|iframe|form|object|video|audio)\b|url\(|@import", html)
    assert len(html.encode()) < GMAIL / 4


@EVERY_KIND
def test_links_in_the_text_stand_alone_on_their_lines(kind: MailKind) -> None:
    mail = mail_of(kind)
    root = html5lib.parse(part(mail, "html"), namespaceHTMLElements=False)
    alone = [line for line in part(mail, "plain").splitlines() if ADDRESS.fullmatch(line)]
    named = [
        link.get("href") for link in root.iter("a") if link.get("href") != "".join(link.itertext()).strip()
    ]
    assert alone == named


@EVERY_KIND
@LANGUAGES
def test_a_subject_is_short_and_says_the_chain_first(kind: MailKind, languages: Sequence[Language]) -> None:
    subject = str(mail_of(kind, languages)["Subject"])
    assert subject.startswith("Pathways North: ")
    assert len(subject) <= 100
    name = "The South Yorkshire and Humber Partnership for Specialist Employability Support"
    long = str(mail_of(kind, languages, chain_name=name)["Subject"])
    assert long.startswith("The South Yorkshire and…: ")
    assert long.partition(": ")[2] == subject.partition(": ")[2]


def test_the_subject_of_an_invitation_says_minutes_and_day_and_counts_them_right() -> None:
    said = "Pathways North: tell us how the partnership works ({}, by 12 December)"
    assert str(mail_of(MailKind.INVITATION)["Subject"]) == said.format("9 minutes")
    assert str(mail_of(MailKind.INVITATION, minutes=1)["Subject"]) == said.format("1 minute")
    welsh = str(mail_of(MailKind.INVITATION, (Language.WELSH,), minutes=2)["Subject"])
    assert welsh == "Pathways North: dywedwch sut mae’r bartneriaeth yn gweithio (2 funud, erbyn 12 Rhagfyr)"
    both = str(mail_of(MailKind.INVITATION, BOTH)["Subject"])
    assert both == "Pathways North: eich barn, 9 munud / your view, 9 minutes"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Pathways North", "Pathways North"),
        ("x" * LONGEST_CHAIN, "x" * LONGEST_CHAIN),
        ("x" * 60, "x" * 23 + "…"),
        ("Work and Health, Programme of the North", "Work and Health…"),
        ("Work and Health Programme", "Work and Health…"),
        ("Two\nlines\tand spaces", "Two lines and spaces"),
    ],
)
def test_a_long_name_is_cut_after_a_word(name: str, short: str) -> None:
    assert short_name(name) == short


@EVERY_KIND
def test_a_mail_in_two_languages_says_so_in_both_and_welsh_comes_first(kind: MailKind) -> None:
    text = part(mail_of(kind, BOTH), "plain")
    first, second, *_ = text.splitlines()
    assert first == "Mae’r e-bost hwn yn Gymraeg yn gyntaf, ac yna yn Saesneg."
    assert second == "This mail is in Welsh first, and then in English."
    welsh, english = text.split("\n---\n")
    assert "Annwyl Beth Ramsden," in welsh and "Dear " not in welsh
    assert "Dear Beth Ramsden," in english and "Annwyl " not in english
    assert part(mail_of(kind), "plain").strip() == english.strip()
    assert str(mail_of(kind, BOTH)["Content-Language"]) == "cy, en"
    assert "Welsh" not in part(mail_of(kind), "plain")


@EVERY_KIND
@LANGUAGES
def test_hostile_names_stay_names(kind: MailKind, languages: Sequence[Language]) -> None:
    names = dict.fromkeys(
        ("chain_name", "prime_name", "party_name", "steward_name", "organiser_name", "title", "place"),
        HOSTILE,
    )
    mail = mail_of(
        kind, languages, to_name=HOSTILE, leader=HOSTILE, owner=HOSTILE, long_reason=HOSTILE, **names
    )
    assert mail["Bcc"] is None
    read = email.message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert read.keys() == mail.keys()
    assert [address.addr_spec for address in read["To"].addresses] == ["beth.ramsden@caldervalley.example"]
    assert len(str(read["Subject"])) <= 100
    html = part(mail, "html")
    root = html5lib.parse(html, namespaceHTMLElements=False)
    assert not list(root.iter("script")) and "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    text = part(mail, "plain")
    # As it is typed, without signs for HTML; and no name begins a line of its own.
    assert "<script>alert(1)</script>, & 'Co'" in text and "&lt;" not in text
    assert not [line for line in text.splitlines() if line.startswith("Bcc:")]
    assert visible_words(html) == text_words(text)


@pytest.mark.parametrize("kind", LINKED)
def test_a_mail_with_a_link_brings_link_code_and_the_way_out(kind: MailKind) -> None:
    mail = mail_of(kind)
    code = secret_code()
    lines = part(mail, "plain").splitlines()
    assert re.fullmatch(r"([A-Z2-7]{4}-){7}[A-Z2-7]{4}", code)
    assert {f"{BASE}/r#{code}", code, f"{BASE}/r/leave-out#{code}", f"{BASE}/promise"} <= set(lines)
    # A mail that comes back brings its head along: the secret is not in it.
    head = "\n".join(f"{name}: {value}" for name, value in mail.items())
    assert code not in head and code.replace("-", "") not in head
    assert str(mail["List-Unsubscribe"]) == f"<{BASE}/r/leave-out>"
    assert mail["List-Unsubscribe-Post"] is None


@EVERY_KIND
def test_only_a_mail_with_a_link_holds_a_code(kind: MailKind) -> None:
    assert (secret_code() in part(mail_of(kind), "plain")) is (kind in LINKED)


def test_mails_without_a_link_offer_the_page_that_fits_or_none() -> None:
    assert str(mail_of(MailKind.ROSTER_CHECK)["List-Unsubscribe"]) == f"<{BASE}/list/abcDEF>"
    assert f"{BASE}/list/abcDEF" in part(mail_of(MailKind.ROSTER_CHECK), "plain").splitlines()
    for kind in (MailKind.PUBLISHED, MailKind.WORKSHOP, MailKind.WORKSHOP_OFF, MailKind.MINUTES, *ACTIONS):
        assert mail_of(kind)["List-Unsubscribe"] is None


@pytest.mark.parametrize("kind", [MailKind.REMINDER, MailKind.CLOSING_SOON, MailKind.EXTENDED])
def test_what_goes_to_everyone_says_that_nobody_sees_who_has_answered(kind: MailKind) -> None:
    assert "This goes to everyone: we cannot see who has answered. If you have, thank you" in part(
        mail_of(kind), "plain"
    )


@pytest.mark.parametrize("kind", LINKED)
@LANGUAGES
def test_the_entry_for_the_calendar_holds_no_secret_and_invites_nobody(
    kind: MailKind, languages: Sequence[Language]
) -> None:
    mail = mail_of(kind, languages)
    ((name, content),) = files(mail).items()
    assert name == "closing-time.ics" and b"\r\n" in content
    attached = next(mail.iter_attachments())
    assert attached.get_content_type() == "text/calendar" and attached.get_param("method") == "PUBLISH"
    unfolded = content.decode().replace("\r\n ", "")
    assert secret_code() not in unfolded and secret_code().replace("-", "") not in unfolded
    assert "/r" not in unfolded and BASE not in unfolded
    assert not re.search(r"^(ATTENDEE|ORGANIZER|URL|ATTACH)\b", unfolded, flags=re.MULTILINE)
    assert "Pathways North" in unfolded and "CLASS:PRIVATE" in unfolded
    calendar = Calendar.from_ical(content)
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert [zone.tz_name for zone in calendar.timezones] == ["Europe/London"]
    (event,) = calendar.events
    assert event.end == CLOSES_AT and event.end - event.start == timedelta(minutes=30)
    assert "DTEND;TZID=Europe/London:20261212T170000" in unfolded
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(days=-1)


def test_a_later_closing_time_moves_the_same_entry() -> None:
    first = event_of(mail_of(MailKind.INVITATION))
    again = event_of(mail_of(MailKind.REMINDER))
    later = event_of(mail_of(MailKind.EXTENDED, closes_at=CLOSES_AT + timedelta(days=7)))
    assert {str(event["UID"]) for event in (first, again, later)} == {str(first["UID"])}
    numbers = [int(str(event["SEQUENCE"])) for event in (first, again, later)]
    assert numbers[0] == numbers[1] < numbers[2] < 2**31
    assert later.end == CLOSES_AT + timedelta(days=7)


def test_the_title_of_an_entry_is_in_every_language_of_the_mail() -> None:
    title = str(event_of(mail_of(MailKind.INVITATION, BOTH))["SUMMARY"])
    assert title == (
        "Pathways North: cyfle olaf i ddweud sut mae’n gweithio / Pathways North: last chance to say how it works"
    )


@pytest.mark.parametrize("kind", [MailKind.INVITATION, MailKind.WORKSHOP])
def test_the_time_zone_of_an_entry_has_its_rules_for_summer_and_winter(kind: MailKind) -> None:
    ((_, content),) = files(mail_of(kind)).items()
    (zone,) = Calendar.from_ical(content).timezones
    assert {rule.name for rule in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_a_title_that_somebody_typed_stands_once_in_an_entry_of_two_languages() -> None:
    event = event_of(mail_of(MailKind.WORKSHOP, BOTH))
    assert str(event["SUMMARY"]) == "Pathways North: Reading the report together"


@LANGUAGES
def test_a_workshop_comes_with_its_entry(languages: Sequence[Language]) -> None:
    mail = mail_of(MailKind.WORKSHOP, languages)
    ((name, content),) = files(mail).items()
    event = event_of(mail)
    assert name == "workshop.ics"
    assert event.start == datetime(2027, 6, 12, 9, 0, tzinfo=UTC) and event.end - event.start == timedelta(
        hours=2.5
    )
    assert "DTSTART;TZID=Europe/London:20270612T100000" in content.decode()
    where = "Town Hall, Halifax; room 3; https://call.example/halifax"
    assert (str(event["LOCATION"]), str(event["SEQUENCE"])) == (where, "2")
    assert str(event["STATUS"]) == "CONFIRMED" and event.walk("VALARM")


@pytest.mark.parametrize("kind", [MailKind.WORKSHOP, MailKind.WORKSHOP_OFF])
@LANGUAGES
def test_neither_the_head_nor_the_entry_of_a_workshop_holds_the_link(
    kind: MailKind, languages: Sequence[Language]
) -> None:
    mail = mail_of(kind, languages)
    head = "\n".join(f"{name}: {value}" for name, value in mail.items())
    ((_, content),) = files(mail).items()
    unfolded = content.decode().replace("\r\n ", "")
    for shown in (head, unfolded):
        assert seat_code() not in shown and seat_code().replace("-", "") not in shown
        assert SEAT_SECRET.hex() not in shown and f"{BASE}/" not in shown
    assert not re.search(r"^(ATTENDEE|ORGANIZER|URL|ATTACH)\b", unfolded, flags=re.MULTILINE)
    assert str(Calendar.from_ical(content)["METHOD"]) == "PUBLISH" and "CLASS:PRIVATE" in unfolded


def test_an_invitation_to_a_workshop_brings_the_seats_own_link_and_says_what_becomes_of_thoughts() -> None:
    text = part(mail_of(MailKind.WORKSHOP), "plain")
    for said in (
        "Jo Lee invites you to a workshop.",
        "Begins: 12 June 2027, 10:00am",
        "Ends: 12 June 2027, 12:30pm",
        "Where: Town Hall, Halifax; room 3; https://call.example/halifax",
        "It takes 150 minutes, and Jo Lee leads it.",
        "until the thoughts of all are revealed together, without a name",
        "Link and code are yours alone.",
    ):
        assert said in text
    assert {f"{BASE}/w#{seat_code()}", seat_code()} <= set(text.splitlines())
    assert "this one replaces it" not in text
    again = part(mail_of(MailKind.WORKSHOP, is_again=True), "plain")
    assert "If you have a mail about this workshop already, this one replaces it." in again


def test_what_is_called_off_goes_out_of_the_calendar_and_brings_no_link() -> None:
    before, mail = event_of(mail_of(MailKind.WORKSHOP)), mail_of(MailKind.WORKSHOP_OFF)
    event = event_of(mail)
    assert str(event["UID"]) == str(before["UID"])
    assert int(str(event["SEQUENCE"])) == int(str(before["SEQUENCE"])) + 1
    assert str(event["STATUS"]) == "CANCELLED" and not event.walk("VALARM")
    text = part(mail, "plain")
    assert "Jo Lee has called off the workshop" in text and "It was to begin: 12 June 2027, 10:00am" in text
    assert seat_code() not in text and f"{BASE}/w" not in text


def test_an_action_says_what_it_is_about_and_why_its_owner_hears_of_it() -> None:
    def said(**changes: object) -> str:
        return part(mail_of(MailKind.ACTION, ENGLISH, to_name="Beth Ramsden", **changes), "plain")

    proposed = said()
    for words in (
        "In Pathways North an action was agreed that stands in the name of Northern Bridge:",
        "Action: Pay invoices within 14 days",
        "For whom: Every subcontractor",
        "Due on: 1 February 2027",
        "Who says whether it is done: Beth Ramsden (Calder Valley Trust)",
        "everybody in the chain can read the reason",
    ):
        assert words in proposed
    assert {f"{BASE}/a#{action_code()}", action_code()} <= set(proposed.splitlines())
    assert "both owners" not in proposed and "both owners" in said(is_joint=True)
    assert "asks for more" in said(news=ActionNews.MORE)
    assert "do not notice it yet" in said(news=ActionNews.NOT_FELT)
    assert "has written to you about an action" in said(news=ActionNews.ANSWER)
    changed = said(news=ActionNews.CHANGED)
    assert "was changed" in changed and "Accept or decline" not in changed


def test_a_reminder_says_whether_the_day_is_past_and_comes_with_its_entry() -> None:
    before, after = mail_of(MailKind.ACTION_DUE), mail_of(MailKind.ACTION_DUE, days=1)
    assert str(before["Subject"]) == "Pathways North: your action is due on 1 February"
    assert str(after["Subject"]) == "Pathways North: your action was due on 1 February"
    assert "nobody has said yet that it is done" in part(after, "plain")
    event, other = event_of(before), event_of(mail_of(MailKind.ACTION))
    assert str(event["UID"]) == str(other["UID"]) and str(event["SUMMARY"]) == (
        "Pathways North: Pay invoices within 14 days"
    )
    assert event.start == datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


def test_a_digest_has_what_is_open_under_what_it_asks_and_leaves_out_what_is_empty() -> None:
    text = part(mail_of(MailKind.ACTION_DIGEST), "plain")
    order = [
        "wait for your answer",
        "Action 4: Publish",
        "are overdue",
        "Action 3: Pay",
        "still have time",
        "Action 5:",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    text = part(mail_of(MailKind.ACTION_DIGEST, overdue=(), is_new_link=True), "plain")
    assert "overdue" not in text and "The one that you had opens nothing any more." in text


@pytest.mark.parametrize("kind", ACTIONS)
@LANGUAGES
def test_neither_the_head_nor_the_entry_of_a_mail_about_actions_holds_the_link(
    kind: MailKind, languages: Sequence[Language]
) -> None:
    mail = mail_of(kind, languages)
    head = "\n".join(f"{name}: {value}" for name, value in mail.items())
    shown = head + "".join(content.decode().replace("\r\n ", "") for content in files(mail).values())
    assert action_code() in part(mail, "plain")
    assert action_code() not in shown and action_code().replace("-", "") not in shown
    assert ACTION_SECRET.hex() not in shown and f"{BASE}/" not in shown
    assert not re.search(r"^(ATTENDEE|ORGANIZER|URL|ATTACH)\b", shown, flags=re.MULTILINE)


def test_the_mail_about_the_report_brings_its_readers_link() -> None:
    text = part(mail_of(MailKind.PUBLISHED), "plain")
    assert {f"{BASE}/report#{reading_code()}", reading_code(), f"{BASE}/report"} <= set(re.split(r"\s", text))
    assert "Nobody sees whether you use them." in text and "and so were the keys" in text
    unsure = part(mail_of(MailKind.PUBLISHED, is_purged=False), "plain")
    assert "still checking that the keys are gone" in unsure and "so were the keys" not in unsure


def test_a_mail_about_the_report_that_was_queued_before_there_were_links_names_whom_to_ask() -> None:
    text = part(mail_of(MailKind.PUBLISHED, has_link=False), "plain")
    assert "ask Sam Hill, who organised the review for Northern Bridge" in text
    assert "http" not in text and reading_code() not in text


def test_those_whom_a_report_is_about_learn_until_when_they_can_reply_and_who_gets_it() -> None:
    partner = part(mail_of(MailKind.REPORT_READY), "plain")
    assert "The report on Calder Valley Trust in Pathways North is ready." in partner
    assert "Until 7 January 2027, 5:00pm you can reply to each finding" in partner
    assert "The steward may hold back a reply that points at people who may have answered" in partner
    assert (
        "Calder Valley Trust and Northern Bridge get it on 9 January 2027, whatever it says, with your replies or"
        " without." in partner
    )
    assert f"{BASE}/report#{reading_code()}" in partner.splitlines()
    assert "and the commissioners get it" in part(mail_of(MailKind.REPORT_READY, is_open=True), "plain")
    prime = part(mail_of(MailKind.REPORT_READY, party_name="Northern Bridge"), "plain")
    assert "Everybody in Pathways North gets it on 9 January 2027, whatever it says" in prime


@pytest.mark.parametrize("kind", REPORTING)
@LANGUAGES
def test_the_head_of_a_mail_with_a_link_to_reports_holds_no_secret(
    kind: MailKind, languages: Sequence[Language]
) -> None:
    mail = mail_of(kind, languages)
    head = "\n".join(f"{name}: {value}" for name, value in mail.items())
    assert reading_code() not in head and reading_code().replace("-", "") not in head
    assert not files(mail)


@pytest.mark.parametrize("has_named", [False, True])
@pytest.mark.parametrize("is_attributed", [False, True])
def test_the_promise_is_the_one_that_holds_for_this_person(is_attributed: bool, has_named: bool) -> None:
    text = part(
        mail_of(MailKind.INVITATION, is_attributed=is_attributed, has_named_reviews=has_named), "plain"
    )
    assert ("They are not anonymous." in text) is is_attributed
    assert ("Your answers are pooled" in text) is not is_attributed
    assert ("What you are asked about single organisations" in text) is (has_named and not is_attributed)
    one_host = part(mail_of(MailKind.INVITATION, is_two_key=False), "plain")
    assert "could technically read them" in one_host and "holds the key" not in one_host


def test_notify_gets_the_plain_text_with_headings_that_it_knows() -> None:
    mail = mail_of(MailKind.WORKSHOP, BOTH)
    body = body_of(mail)
    assert body == part(mail, "plain").strip()
    assert "BEGIN:VCALENDAR" not in body
    assert "\n# Workshop: Reading the report together\n" in body and "\n* Begins: " in body


@EVERY_KIND
def test_the_message_id_is_the_same_at_every_attempt_and_tells_no_id(kind: MailKind) -> None:
    first, second = (str(mail_of(kind)["Message-ID"]) for _ in range(2))
    assert first == second
    assert re.fullmatch(r"<[0-9a-f]{40}@roundtable\.invalid>", first)
    assert len({str(mail_of(other)["Message-ID"]) for other in KINDS}) == len(KINDS)


def test_the_reason_for_a_long_review_is_said_in_the_language_of_each_part() -> None:
    mail = mail_of(
        MailKind.INVITATION, BOTH, long_reason="It is the first.", long_reason_welsh="Dyma’r cyntaf."
    )
    welsh, english = _halves(part(mail, "plain"))
    assert "Dyma’r cyntaf." in welsh and "It is the first." not in welsh
    assert "It is the first." in english and "Dyma’r cyntaf." not in english


def _halves(text: str) -> tuple[str, str]:
    """What stands before and after the beginning of the English letter."""
    welsh, _, english = text.partition("\nDear ")
    return welsh, english
