"""The steward's list of people, the page where partners ask for corrections, and the organiser's replies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from review_app import clock
from review_app.database import transaction
from review_app.models.cycles import CycleRecord
from review_app.models.rosters import RosterChallengeRecord, RosterRequestRecord
from review_app.security import limiter
from review_app.services.accounts import AccountRole
from review_app.services.confirming import LONGEST_TEXT, MOST_CHALLENGES, MOST_REQUESTS
from tests.conftest import make_account
from tests.pages import PageClient
from tests.web.organisers import HOME, approve, form_of, main_of, review, send_form
from tests.web.stewards import Guarded, cycle_of, cycle_row, faults, launched, signed_in
from tests.web.tables import every_row, statements

At = Callable[[Guarded], PageClient]
SECRET = "Please ask Beth, not Tom, who left in May."
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _unthrottled(site: Flask) -> None:
    with site.app_context():
        limiter.reset()


def listed(guarded: Guarded) -> str:
    return f"{guarded.path}/list"


def code_path(site: Flask, guarded: Guarded) -> str:
    return f"/list/{cycle_row(site, guarded.cycle_id)['roster_code']}"


def stranger(site: Flask) -> PageClient:
    client = site.test_client()
    assert isinstance(client, PageClient)
    return client


def question(
    client: PageClient, guarded: Guarded, text: str = "Who is Tom?", about: str = "The whole list"
) -> None:
    assert send_form(client, listed(guarded), {"about": [about], "text": [text]}).status_code == 303


def correction(site: Flask, guarded: Guarded, text: str = SECRET, organisation: str = "Tyne Steps") -> None:
    fields = {"organisation": organisation, "text": text}
    assert stranger(site).send(code_path(site, guarded), fields).status_code == 303


def id_in(page: str, part: str) -> str:
    """The id at the end of the first address of a kind on a page."""
    return page.partition(f"/{part}/")[2].partition('"')[0]


# The steward


def test_the_list_names_everybody_and_the_address_for_partners(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    client = stewards_at(drafted)
    before = every_row(site)
    page = client.get(listed(drafted)).text
    words = main_of(page)
    assert "40 people would be asked." in words and "Tyne Steps" in words
    assert f'href="http://127.0.0.1:8000{code_path(site, drafted)}"' in page
    assert every_row(site) == before
    assert f'href="{listed(drafted)}"' in client.get(drafted.path).text


def test_a_question_goes_to_the_organiser_and_back_and_is_settled(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    steward = stewards_at(drafted)
    question(steward, drafted, "Who is Tom?\nHe has no address of his own.", "Tyne Steps")
    words = main_of(steward.get(listed(drafted)).text)
    assert "The organiser sees your question" in words and "No reply yet." in words

    organiser = signed_in(site, drafted.organiser)
    assert "The steward asks" in main_of(organiser.get(review(drafted)).text)
    page = organiser.get(review(drafted)).text
    challenge_id = id_in(page, "questions")
    answer = organiser.send(
        review(drafted, f"/questions/{challenge_id}"),
        {"reply": f"Their {SCRIPT} manager."},
        page=review(drafted),
    )
    assert (answer.status_code, answer.location) == (303, review(drafted, "#questions"))

    page = steward.get(listed(drafted)).text
    assert f"Reply: Their {SCRIPT} manager." in main_of(page) and SCRIPT not in page
    settled = steward.send(f"{listed(drafted)}/questions/{challenge_id}", page=listed(drafted))
    assert (settled.status_code, settled.location) == (303, listed(drafted))
    assert "Settled" in main_of(steward.get(listed(drafted)).text)
    words = main_of(organiser.get(review(drafted)).text)
    assert "Tyne Steps (settled)" in words and "Change your reply" not in words


@pytest.mark.parametrize(
    ("typed", "mends"),
    [
        (("", "Who?"), ["Choose what it is about"]),
        (("Nobody's company", "Who?"), ["Not a valid choice"]),
        (("Tyne Steps", " \n "), ["Write your question"]),
        (("Tyne Steps", "x" * (LONGEST_TEXT + 1)), ["Use 1000 characters or fewer"]),
        (("", ""), ["Choose what it is about", "Write your question"]),
    ],
)
def test_a_refused_question_keeps_what_was_typed(
    site: Flask, stewards_at: At, drafted: Guarded, typed: tuple[str, str], mends: list[str]
) -> None:
    about, text = typed
    client = stewards_at(drafted)
    before = every_row(site)
    answer = send_form(client, listed(drafted), {"about": [about], "text": [text]})
    assert answer.status_code == 422
    told = faults(answer.text)
    assert len(told) == len(mends) and all(mend in fault for mend, fault in zip(mends, told, strict=True))
    kept = form_of(answer.text)
    assert kept["text"] == [text.strip()]
    assert kept["about"] == [about if about == "Tyne Steps" else ""]
    assert every_row(site) == before


def test_one_question_too_many_keeps_what_was_typed(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    client = stewards_at(drafted)
    question(client, drafted)
    with site.app_context(), transaction() as session:
        session.add_all(
            RosterChallengeRecord(
                cycle_id=drafted.cycle_id, about="x", text="x", is_settled=True, created_at=clock.now()
            )
            for _ in range(1, MOST_CHALLENGES)
        )
    answer = send_form(client, listed(drafted), {"about": ["Tyne Steps"], "text": ["One more"]})
    assert answer.status_code == 422
    assert faults(answer.text) == ["There are very many questions on this list. Talk to the organiser."]
    assert form_of(answer.text)["text"] == ["One more"]


def test_an_open_point_sends_the_steward_to_the_list_before_an_approval(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    client = stewards_at(drafted)
    correction(site, drafted)
    for answer in (
        client.get(f"{drafted.path}/approve"),
        client.send(f"{drafted.path}/approve", page=listed(drafted)),
    ):
        assert (answer.status_code, answer.location) == (303, listed(drafted))
    assert "Something on the list waits to be settled." in main_of(client.get(listed(drafted)).text)
    assert not cycle_of(site, drafted.cycle_id).is_approved
    request_id = id_in(client.get(listed(drafted)).text, "corrections")
    done = client.send(f"{listed(drafted)}/corrections/{request_id}", page=listed(drafted))
    assert (done.status_code, done.location) == (303, listed(drafted))
    assert client.send(f"{drafted.path}/approve").location == drafted.path
    assert cycle_of(site, drafted.cycle_id).is_approved


def test_a_question_after_the_approval_takes_the_launch_away(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    client = stewards_at(drafted)
    approve(site, drafted)
    question(client, drafted)
    organiser = signed_in(site, drafted.organiser)
    assert organiser.get(review(drafted, "/launch")).location == review(drafted)
    assert organiser.send(review(drafted, "/launch"), page=HOME).status_code == 422


def test_the_list_of_a_launched_review_is_closed(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    client = stewards_at(drafted)
    question(client, drafted)
    correction(site, drafted)
    page = client.get(listed(drafted)).text
    challenge_id, request_id = id_in(page, "questions"), id_in(page, "corrections")
    client.send(f"{listed(drafted)}/questions/{challenge_id}", page=listed(drafted))
    client.send(f"{listed(drafted)}/corrections/{request_id}", page=listed(drafted))
    approve(site, drafted)
    launched(site, drafted.cycle_id)
    assert client.get(listed(drafted)).location == drafted.path
    organiser = signed_in(site, drafted.organiser)
    token, his = client.csrf(f"{drafted.path}/extend"), organiser.csrf(HOME)
    before = every_row(site)
    for path in ("", f"/questions/{challenge_id}", f"/corrections/{request_id}"):
        assert client.post(listed(drafted) + path, data={"csrf_token": token}).status_code == 409
    data = {"csrf_token": his, "reply": "Too late."}
    assert organiser.post(review(drafted, f"/questions/{challenge_id}"), data=data).status_code == 409
    assert every_row(site) == before


def test_another_steward_and_the_organiser_see_nothing_of_the_list(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    steward = stewards_at(drafted)
    question(steward, drafted)
    correction(site, drafted)
    page = steward.get(listed(drafted)).text
    other = signed_in(site, make_account(site, "another@independent.example", AccountRole.STEWARD))
    organiser = signed_in(site, drafted.organiser)
    paths = [
        listed(drafted),
        f"{listed(drafted)}/questions/{id_in(page, 'questions')}",
        f"{listed(drafted)}/corrections/{id_in(page, 'corrections')}",
    ]
    before = every_row(site)
    for client, status in ((other, 404), (organiser, 403)):
        token = client.csrf("/promise") or client.csrf("/account")
        assert client.get(paths[0]).status_code == status
        for path in paths:
            answer = client.post(path, data={"csrf_token": token, "about": "The whole list", "text": "x"})
            assert answer.status_code == status and "Beth" not in answer.text
    assert every_row(site) == before


def test_no_page_of_the_organiser_shows_a_correction(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    steward = stewards_at(drafted)
    correction(site, drafted)
    assert SECRET in main_of(steward.get(listed(drafted)).text)
    organiser = signed_in(site, drafted.organiser)
    code = code_path(site, drafted)
    for path in (HOME, *(review(drafted, end) for end in ("", "/preview", "/preflight", "/edit"))):
        page = organiser.get(path).text
        assert "Beth, not Tom" not in page and code not in page, path


def test_a_longer_list_asks_the_database_no_more(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    client = stewards_at(drafted)
    counts = []
    for _ in range(2):
        with statements(site) as seen:
            client.get(listed(drafted))
        counts.append(len(seen))
        for number in range(3):
            question(client, drafted, f"Question {number}")
            correction(site, drafted, f"Correction {number}")
        client.get(listed(drafted))
    assert counts[0] == counts[1]


# The organiser's reply


@pytest.mark.parametrize(
    ("reply", "mend"),
    [("", "Write your reply"), (" \n", "Write your reply"), ("x" * 1001, "Use 1000 characters or fewer")],
)
def test_a_refused_reply_keeps_what_was_typed(
    site: Flask, stewards_at: At, drafted: Guarded, reply: str, mend: str
) -> None:
    question(stewards_at(drafted), drafted)
    client = signed_in(site, drafted.organiser)
    challenge_id = id_in(client.get(review(drafted)).text, "questions")
    before = every_row(site)
    answer = client.send(
        review(drafted, f"/questions/{challenge_id}"), {"reply": reply}, page=review(drafted)
    )
    assert answer.status_code == 422
    assert faults(answer.text) == [mend]
    assert f'href="#reply-{challenge_id}"' in answer.text
    assert form_of(answer.text)["reply"] == [reply.strip()]
    assert "<title>Error: " in answer.text
    assert every_row(site) == before


def test_a_reply_to_a_question_that_is_not_there_is_not_found(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    question(stewards_at(drafted), drafted)
    client = signed_in(site, drafted.organiser)
    for reply in ("", "Something"):
        answer = client.send(review(drafted, "/questions/nothing"), {"reply": reply}, page=review(drafted))
        assert answer.status_code == 404


# A stranger


def test_a_partner_asks_without_an_account_and_nothing_tells_who(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    steward = stewards_at(drafted)
    client = stranger(site)
    page = client.get(code_path(site, drafted)).text
    words = main_of(page)
    assert "Only The steward reads this. The prime does not" in words
    assert "@" not in words and "Tyne Steps" not in words
    before = every_row(site)
    answer = send_form(client, code_path(site, drafted), {"organisation": ["Tyne Steps"], "text": [SECRET]})
    assert (answer.status_code, answer.location) == (303, code_path(site, drafted))
    assert "The steward has it now. The prime does not see it." in main_of(
        client.get(answer.location or "").text
    )
    after = every_row(site)
    assert {name for name in after if after[name] != before[name]} == {"roster_requests"}
    assert SECRET in main_of(steward.get(listed(drafted)).text)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("", ""), ["Enter the name of the organisation", "Write who should be added, changed or taken out"]),
        (
            (" \u200b ", "\u200b"),
            ["Enter the name of the organisation", "Write who should be added, changed or taken out"],
        ),
        (("x" * 201, "Ask Beth."), ["Use 200 characters or fewer for the organisation"]),
        (("Tyne Steps", "x" * 1001), ["Use 1000 characters or fewer"]),
        (
            ("y" * 100_000, "x" * 1_000_000),
            ["Use 200 characters or fewer for the organisation", "Use 1000 characters or fewer"],
        ),
    ],
)
def test_a_refused_correction_keeps_what_was_typed(
    site: Flask, stewards_at: At, drafted: Guarded, typed: tuple[str, str], told: list[str]
) -> None:
    organisation, text = typed
    stewards_at(drafted)
    client = stranger(site)
    before = every_row(site)
    answer = send_form(client, code_path(site, drafted), {"organisation": [organisation], "text": [text]})
    assert (answer.status_code, faults(answer.text)) == (422, told)
    kept = form_of(answer.text)
    # Of a name that is longer than any other the beginning will do.
    assert kept["organisation"] == [organisation.strip(" \u200b")[:400]]
    assert kept["text"] == [text.strip("\u200b")]
    assert every_row(site) == before


def test_a_hostile_correction_is_only_words(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    steward = stewards_at(drafted)
    correction(
        site, drafted, f"</textarea>{SCRIPT}{{{{ 7 * 7 }}}}\u202eevil\x00", f'"><img src=x onerror=1>{SCRIPT}'
    )
    page = steward.get(listed(drafted)).text
    assert (
        SCRIPT not in page
        and "<img src=x" not in page
        and "49" not in main_of(page).partition("{{ 7 * 7 }}")[2][:4]
    )
    assert f"</textarea>{SCRIPT}{{{{ 7 * 7 }}}}evil" in main_of(page)


def test_a_code_that_is_unknown_reads_like_one_of_a_launched_review(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    stewards_at(drafted)
    path = code_path(site, drafted)
    client = stranger(site)
    token = client.csrf(path)
    approve(site, drafted)
    launched(site, drafted.cycle_id)
    before = every_row(site)
    pages = set()
    for tried in (path, "/list/never-was", f"/list/{drafted.cycle_id}", "/list/%27%20or%201=1"):
        pages.add((client.get(tried).status_code, client.get(tried).text))
        for fields in ({"organisation": "Tyne Steps", "text": SECRET}, {"organisation": "", "text": ""}):
            answer = client.post(tried, data={"csrf_token": token, **fields})
            pages.add((answer.status_code, answer.text))
    assert len(pages) == 1 and next(iter(pages))[0] == 404
    assert every_row(site) == before


def test_a_correction_without_its_token_is_refused(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    stewards_at(drafted)
    before = every_row(site)
    answer = stranger(site).post(code_path(site, drafted), data={"organisation": "x", "text": "x"})
    assert answer.status_code == 400
    assert every_row(site) == before


def test_somebody_who_sends_very_many_is_slowed_down(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    stewards_at(drafted)
    client = stranger(site)
    path = code_path(site, drafted)
    data = {"csrf_token": client.csrf(path), "organisation": "Spam", "text": "Spam"}
    answers = [client.post(path, data=data).status_code for _ in range(32)]
    assert answers == [303] * 30 + [429] * 2
    assert client.get(path).status_code == 200


def test_one_correction_too_many_keeps_what_was_typed(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    stewards_at(drafted)
    with site.app_context(), transaction() as session:
        session.add_all(
            RosterRequestRecord(cycle_id=drafted.cycle_id, organisation="Spam", text="Spam")
            for _ in range(MOST_REQUESTS)
        )
    answer = send_form(
        stranger(site), code_path(site, drafted), {"organisation": ["Tyne Steps"], "text": [SECRET]}
    )
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "Very many corrections were asked for already. Write to the steward instead."
    ]
    assert (form_of(answer.text)["organisation"], form_of(answer.text)["text"]) == (["Tyne Steps"], [SECRET])


def test_drafts_have_codes_of_their_own(site: Flask, stewards_at: At, drafted: Guarded) -> None:
    stewards_at(drafted)
    with site.app_context(), transaction() as session:
        codes = session.scalars(select(CycleRecord.roster_code)).all()
    assert all(codes) and drafted.cycle_id not in codes
