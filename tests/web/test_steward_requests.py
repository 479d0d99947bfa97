"""The steward's pages of an open review: what people asked for, a corrected address, mails that are stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from review_app.database import reading
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.services import addresses
from review_app.services.accounts import Account
from review_app.services.addresses import Invited
from review_app.state import state
from surveys import sealing
from tests.conftest import OpenCycle, links_of
from tests.pages import PageClient
from tests.web.respondents import OTHER_VCS_PARTNER, VCS_PARTNER, open_link, words
from tests.web.tables import every_row, statements

NEW = "b.ramsden@calder-valley.example"


@pytest.fixture
def signed_in(client: PageClient, sign_in: Callable[[Account], None], steward: Account) -> PageClient:
    """The steward's browser."""
    sign_in(steward)
    return client


def person(app: Flask, cycle: OpenCycle, steward: Account, email: str = VCS_PARTNER) -> Invited:
    with app.app_context(), reading() as session:
        key = state().keys.link_key(cycle.id)
        found = addresses.invited(session, cycle.id, steward.id, key)
    return next(one for one in found if one.email == email)


def ask(app: Flask, cycle: OpenCycle, email: str = VCS_PARTNER) -> None:
    fields = {
        "known": "known",
        "contact_name": "Noor <Aziz>",
        "email": "noor@calder.example",
        "text": "I left.",
    }
    assert open_link(app, cycle.links[email]).send("/r/help/right-person", fields).status_code == 303


def base(cycle: OpenCycle) -> str:
    return f"/steward/reviews/{cycle.id}"


def test_the_steward_sees_deals_with_and_deletes_a_request(
    app: Flask, open_cycle: OpenCycle, signed_in: PageClient, steward: Account
) -> None:
    assert "Nothing waits for you" in signed_in.get(base(open_cycle)).text
    assert "Nothing waits for you" in signed_in.get(f"{base(open_cycle)}/requests").text
    ask(app, open_cycle)
    assert "1 request waits for you" in words(signed_in.get(base(open_cycle)).text)
    assert "1 request waits for you." in signed_in.get("/steward").text
    page = signed_in.get(f"{base(open_cycle)}/requests").text
    for text in (
        "Beth Ramsden is not the right person",
        "Noor &lt;Aziz&gt;",
        "noor@calder.example",
        "I left.",
    ):
        assert text in page
    address = f"{base(open_cycle)}/people/{person(app, open_cycle, steward).id}"
    assert f'href="{address}"' in page
    action = page.split('<form method="post" action="')[-1].split('"')[0]
    assert signed_in.send(action, page=f"{base(open_cycle)}/requests").status_code == 303
    assert "Nothing waits for you" in signed_in.get(base(open_cycle)).text
    assert signed_in.send(action, page=f"{base(open_cycle)}/requests").status_code == 404


def test_the_organiser_sees_no_sign_of_a_request(
    app: Flask,
    open_cycle: OpenCycle,
    client: PageClient,
    sign_in: Callable[[Account], None],
    organiser: Account,
) -> None:
    sign_in(organiser)
    pages = (
        "/organiser",
        f"/organiser/reviews/{open_cycle.id}",
        f"/organiser/reviews/{open_cycle.id}/preview",
    )
    before = [_without_tokens(client.get(path).data) for path in pages]
    ask(app, open_cycle)
    open_link(app, open_cycle.links[OTHER_VCS_PARTNER]).send("/r/help/leave-out", {"who": "leave_us_out"})
    assert [_without_tokens(client.get(path).data) for path in pages] == before


def _without_tokens(page: bytes) -> bytes:
    return b"\n".join(line for line in page.split(b"\n") if b"csrf_token" not in line)


def test_a_corrected_address_gets_a_new_link(
    app: Flask, open_cycle: OpenCycle, signed_in: PageClient, steward: Account
) -> None:
    one = person(app, open_cycle, steward)
    listed = signed_in.get(f"{base(open_cycle)}/people").text
    assert f'href="{base(open_cycle)}/people/{one.id}"' in listed
    fields = {"contact_name": one.name, "job_title": one.job_title, "email": NEW}
    done = signed_in.send(f"{base(open_cycle)}/people/{one.id}", fields)
    assert (done.status_code, done.location) == (303, f"{base(open_cycle)}/people")
    page = signed_in.get(f"{base(open_cycle)}/people").text
    assert "gets a new link by mail" in page and NEW in page and VCS_PARTNER not in page
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    assert app.test_client().post("/r", data={"code": code}).status_code == 200
    with app.app_context():
        new = links_of(state(), open_cycle.id)[NEW]
        with reading() as session:
            mail = session.query(MailRecord).filter_by(kind=MailKind.NEW_LINK.value).one()
            assert mail.invitation_id == one.id
    assert "Calder Valley Training CIC" in open_link(app, new).get("/r/reviews").text


@pytest.mark.parametrize(
    "wrong",
    [
        ({"email": OTHER_VCS_PARTNER}, "is asked at this address already"),
        ({"email": "steward@independent.example"}, "your own address"),
        ({"email": "nonsense"}, "@"),
        ({"email": ""}, "Enter an email address, or a postal address"),
        ({"contact_name": ""}, "Enter the name"),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused(
    app: Flask,
    open_cycle: OpenCycle,
    signed_in: PageClient,
    steward: Account,
    wrong: tuple[dict[str, str], str],
) -> None:
    fields, fault = wrong
    one = person(app, open_cycle, steward)
    before = every_row(app)
    typed = {"contact_name": one.name, "job_title": one.job_title, "email": NEW, **fields}
    refused = signed_in.send(f"{base(open_cycle)}/people/{one.id}", typed)
    assert refused.status_code == 422 and fault in refused.text
    assert every_row(app) == before


def test_mails_are_stopped_and_sent_again(
    app: Flask, open_cycle: OpenCycle, signed_in: PageClient, steward: Account
) -> None:
    one = person(app, open_cycle, steward)
    page = f"{base(open_cycle)}/people/{one.id}"
    assert signed_in.send(f"{page}/stop", page=page).status_code == 303
    assert "Gets no more mail" in signed_in.get(f"{base(open_cycle)}/people").text
    assert signed_in.send(f"{page}/resume", page=page).status_code == 303
    assert "Gets no more mail" not in signed_in.get(f"{base(open_cycle)}/people").text
    assert signed_in.send(f"{page}/stop-all", page=page).status_code == 303
    listed = signed_in.get(f"{base(open_cycle)}/people").text
    with app.app_context(), reading() as session:
        colleagues = session.query(InvitationRecord).filter_by(cycle_id=open_cycle.id, party_id=one.party_id)
        assert listed.count("Gets no more mail") == colleagues.count() >= 1


def test_a_stopped_mail_shows_nowhere_but_to_the_steward(
    app: Flask, open_cycle: OpenCycle, signed_in: PageClient, steward: Account, organiser: Account
) -> None:
    one = person(app, open_cycle, steward)
    organisers = app.test_client()
    assert isinstance(organisers, PageClient)
    organisers.send("/sign-in", {"email": organiser.email, "password": "a long enough password"})
    path = f"/organiser/reviews/{open_cycle.id}"
    before, rows = _without_tokens(organisers.get(path).data), every_row(app)
    page = f"{base(open_cycle)}/people/{one.id}"
    signed_in.send(f"{page}/stop", page=page)
    assert _without_tokens(organisers.get(path).data) == before
    after = every_row(app)
    assert {table for table in rows if rows[table] != after[table]} == {"silences"}


def test_the_lists_ask_the_database_the_same_number_of_questions_for_any_number_of_people(
    app: Flask, open_cycle: OpenCycle, signed_in: PageClient
) -> None:
    def asked(path: str) -> int:
        with statements(app) as seen:
            signed_in.get(path)
        return len(seen)

    paths = (base(open_cycle), f"{base(open_cycle)}/requests", f"{base(open_cycle)}/people", "/steward")
    before = [asked(path) for path in paths]
    for email in (VCS_PARTNER, OTHER_VCS_PARTNER):
        ask(app, open_cycle, email)
    assert [asked(path) for path in paths] == before
    # The account, the review and its guard, the mail that came back, who is silent and who is asked.
    assert max(before) <= 9


def test_a_draft_has_neither_requests_nor_links_to_correct(signed_in: PageClient, draft_cycle: str) -> None:
    for path in ("requests", "people"):
        assert (
            signed_in.get(f"/steward/reviews/{draft_cycle}/{path}").location
            == f"/steward/reviews/{draft_cycle}"
        )
    assert signed_in.get(f"/steward/reviews/{draft_cycle}/people/x").status_code == 409
