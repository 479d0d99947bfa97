"""Repeating a review, and the time that a review may take of anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from review_app import clock, posting
from review_app.database import transaction
from review_app.mail.messages import compose
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.services import cycles, leasing, occasions
from review_app.services.occasions import Request
from review_app.state import state
from surveys.instrument import Instrument
from surveys.timing import MOST_MINUTES
from tests.mail_samples import DESK, ENGLISH, LINKED, part
from tests.pages import PageClient
from tests.web.organisers import HOME, approve, main_of, of_location, review, send_form
from tests.web.stewards import Guarded, cycle_of, faults, launched
from tests.web.tables import every_row, statements

At = Callable[[Guarded], PageClient]
REASON = "It is the first review of a new & large chain, so we ask about <all> of it."


@pytest.fixture
def at(organisers_at: At) -> At:
    """Puts an installation at rest in place; the browser of its organiser."""
    return organisers_at


def change(site: Flask, guarded: Guarded, **values: object) -> None:
    """Changes columns of the review behind the pages."""
    with site.app_context(), transaction() as session:
        session.execute(update(CycleRecord).where(CycleRecord.id == guarded.cycle_id).values(values))


# Repeating


def test_the_page_of_a_launched_review_leads_to_its_repetition(at: At, launched: Guarded) -> None:
    client = at(launched)
    assert f'href="{review(launched, "/repeat")}"' in client.get(review(launched)).text
    words = main_of(client.get(review(launched, "/repeat")).text)
    assert "“Review and Commitment”, version 2" in words
    assert "The same organisations and the same people would be asked." in words
    assert "This one therefore closes on " in words
    assert "This time that holds for no group." in words


def test_every_difference_is_on_the_page(site: Flask, at: At, launched: Guarded) -> None:
    client = at(launched)
    with site.app_context(), transaction() as session:
        parties = session.scalars(select(PartyRecord).order_by(PartyRecord.position)).all()
        specialists = next(party for party in parties if party.role == "specialist")
        old, specialists.name = specialists.name, "A <new> name"
        session.add(
            ContactRecord(
                party_id=specialists.id, position=9, name="Nia N", job_title="", email="nia@new.example"
            )
        )
        gone = next(party for party in parties if party.role == "spot_provider")
        gone.role, gone.sector, missing = "specialist", "public", gone.name
    change(
        site, launched, state="published", closed_at=clock.now(), closes_at=clock.now() - timedelta(days=95)
    )
    words = main_of(client.get(review(launched, "/repeat")).text)
    assert f"{old} is now A <new> name" in words
    assert "Nia N, A <new> name" in words
    assert "Not asked, because no group takes them yet" in words and f", {missing}" in words
    assert "Nothing stands in the way now." in words
    assert (
        "This time that holds for Spot providers, Specialists." in words or "holds for Specialists" in words
    )


def test_repeating_makes_a_draft_and_asks_nobody(site: Flask, at: At, launched: Guarded) -> None:
    client = at(launched)
    before = every_row(site)
    client.get(review(launched, "/repeat"))
    assert every_row(site) == before
    answer = client.send(review(launched, "/repeat"))
    assert answer.status_code == 303
    again = cycle_of(site, of_location(answer.location))
    assert (again.title, again.cloned_from, again.is_approved) == (
        "Spring review (again)",
        launched.cycle_id,
        False,
    )
    assert "The draft is kept. Nobody has been asked yet." in main_of(client.get(answer.location or "").text)
    after = every_row(site)
    assert {name for name in after if after[name] != before[name]} == {"cycles"}
    for end in ("/edit", "/preview", "/preflight"):
        assert client.get(f"{answer.location}{end}").status_code == 200
    assert send_form(client, f"{answer.location}/edit").status_code == 303


def test_a_plan_that_does_not_fit_any_more_is_refused_on_the_page(
    site: Flask, at: At, launched: Guarded
) -> None:
    client = at(launched)
    with site.app_context(), transaction() as session:
        party = session.scalars(select(PartyRecord).where(PartyRecord.role == "specialist")).first()
        assert party is not None
        session.add(
            ContactRecord(party_id=party.id, position=9, name="S", job_title="", email=launched.steward.email)
        )
    before = every_row(site)
    answer = client.send(review(launched, "/repeat"))
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "The steward is a contact of this chain. Choose a steward who is independent."
    ]
    assert "<title>Error: Repeat Spring review" in answer.text
    assert every_row(site) == before


def test_a_draft_and_what_is_not_there_cannot_be_repeated(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    data = {"csrf_token": client.csrf(HOME)}
    before = every_row(site)
    for path, status in ((review(drafted, "/repeat"), 409), ("/organiser/reviews/nothing/repeat", 404)):
        assert client.get(path).status_code == status
        assert client.post(path, data=data).status_code == status
    assert f'href="{review(drafted, "/repeat")}"' not in client.get(review(drafted)).text
    assert client.post(review(drafted, "/repeat")).status_code == 400
    assert every_row(site) == before


def test_a_chain_with_more_reviews_and_people_asks_the_database_no_more(
    site: Flask, at: At, launched: Guarded
) -> None:
    client = at(launched)
    counts = []
    for _ in range(2):
        with statements(site) as seen:
            assert client.get(review(launched, "/repeat")).status_code == 200
        counts.append(len(seen))
        with site.app_context(), transaction() as session:
            for party in session.scalars(select(PartyRecord)).all():
                email = f"new@{party.id.lower()}.example"
                session.add(ContactRecord(party_id=party.id, position=9, name="N", job_title="", email=email))
        client.send(review(launched, "/repeat"))
    assert counts[0] == counts[1]


# The time that it takes


def longer(instrument: Instrument, times: int) -> Instrument:
    """The questionnaire with every section several times over."""
    return replace(
        instrument,
        sections=tuple(
            replace(
                section,
                id=f"{section.id}{number or ''}",
                questions=tuple(
                    replace(question, id=f"{question.id}-{number}" if number else question.id)
                    for question in section.questions
                ),
            )
            for number in range(times)
            for section in instrument.sections
        ),
    )


def redesign(site: Flask, guarded: Guarded, times: int, reason: str) -> None:
    with site.app_context(), transaction() as session:
        record = session.get_one(CycleRecord, guarded.cycle_id)
        design = cycles.design_of(record)
        changed = replace(design, instrument=longer(design.instrument, times), long_reason=reason)
        cycles.redesign(session, clock.now(), guarded.cycle_id, design=changed, shortest=timedelta(seconds=1))
    approve(site, guarded)


def test_more_than_twenty_minutes_without_a_reason_are_not_launched(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    redesign(site, drafted, 3, "")
    before = every_row(site)
    answer = client.send(review(drafted, "/launch"))
    assert answer.status_code == 422
    (fault,) = faults(answer.text)
    assert fault.startswith("Somebody is asked for about ") and f"{MOST_MINUTES} are the most" in fault
    assert "or give a reason" in fault
    assert every_row(site) == before
    words = main_of(client.get(review(drafted, "/preview")).text)
    assert "people are asked for more than 20 minutes." in words and "give a reason in the draft" in words


def test_with_a_reason_they_are_launched_and_everybody_concerned_reads_it(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    redesign(site, drafted, 3, REASON)
    assert f"“{REASON}”" in main_of(client.get(review(drafted, "/preview")).text)
    assert client.send(review(drafted, "/launch")).status_code == 303
    told = {}
    with site.app_context():
        with transaction() as session:
            setting = occasions.setting(session, drafted.cycle_id)
            mails = leasing.lease(session, clock.now(), 100, posting.terms_of(state()))
        for mail in mails:
            occasion = occasions.occasion(setting, mail)
            assert isinstance(occasion, Request)
            link_key = state().keys.link_key(drafted.cycle_id)
            message = compose(mail, occasion, DESK, languages=ENGLISH, link_key=link_key)
            told[mail.to_address] = (occasion.minutes, part(message, "plain"), part(message, "html"))
    assert len(told) == 40
    for minutes, text, html in told.values():
        is_long = minutes > MOST_MINUTES
        assert (f"Why so long: {REASON}" in " ".join(text.split())) is is_long
        assert ("Why so long: It is the first review of a new &amp; large chain" in html) is is_long
        assert "<all>" not in html
    # Spot providers are asked less; they are told no reason that is none of theirs.
    assert {minutes > MOST_MINUTES for minutes, *_ in told.values()} == {True, False}


def test_every_mail_with_a_link_tells_that_views_on_partners_are_named(
    site: Flask, at: At, launched: Guarded
) -> None:
    at(launched)
    with site.app_context():
        with transaction() as session:
            setting = occasions.setting(session, launched.cycle_id)
            mails = leasing.lease(session, clock.now(), 100, posting.terms_of(state()))
        asked = [(mail, occasions.occasion(setting, mail)) for mail in mails]
        link_key = state().keys.link_key(launched.cycle_id)
    mail, occasion = next(
        (mail, it) for mail, it in asked if isinstance(it, Request) and not it.is_attributed
    )
    assert isinstance(occasion, Request)
    words = f"is shown under the name of {mail.party_name}. Each page says which way it is."
    for has_named in (False, True):
        it = replace(occasion, has_named_reviews=has_named)
        for kind in LINKED:
            message = compose(replace(mail, kind=kind), it, DESK, languages=ENGLISH, link_key=link_key)
            assert [words in part(message, form) for form in ("plain", "html")] == [has_named] * 2


def test_twenty_minutes_and_less_need_no_reason(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    redesign(site, drafted, 1, "")
    assert "Nobody is asked for more than 11 minutes." in main_of(
        client.get(review(drafted, "/preview")).text
    )
    launched(site, drafted.cycle_id)
    assert "11 minutes" in main_of(client.get(review(drafted, "/preview")).text)


def test_a_reason_is_kept_as_it_was_typed_and_refused_when_it_is_very_long(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    before = every_row(site)
    refused = send_form(client, review(drafted, "/edit"), {"long_reason": ["y" * 301], "cap": ["21"]})
    assert refused.status_code == 422
    assert len(faults(refused.text)) == 2
    assert "y" * 301 in refused.text and 'value="21"' in refused.text
    assert every_row(site) == before
    assert send_form(client, review(drafted, "/edit"), {"long_reason": [REASON]}).status_code == 303
    assert cycle_of(site, drafted.cycle_id).long_reason == REASON
