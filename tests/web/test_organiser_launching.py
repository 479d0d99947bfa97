"""From the draft to the launch: two reviews of the same people, the preview, changes, and no launch unapproved."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from review_app.database import reading, transaction
from review_app.services import approving, chains
from surveys.cycle import KeyMode
from surveys.matrix import PartyKind
from tests.pages import PageClient
from tests.web.organisers import (
    HOME,
    approve,
    day,
    form_of,
    import_chain,
    in_days,
    main_of,
    new_path,
    of_location,
    review,
    sample_rows,
    send_form,
    sent,
    whole,
)
from tests.web.stewards import (
    Guarded,
    cycle_of,
    cycle_row,
    faults,
    folder_of,
    new_draft,
)
from tests.web.tables import every_row, statements

PEOPLE = 40
RATES = ("3 in 10", "half", "7 in 10", "everybody")
At = Callable[[Guarded], PageClient]


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """A draft with one host that its steward has approved."""
    with new_draft(tmp_path_factory.mktemp("approved"), KeyMode.ONE_HOST) as (app, guarded):
        approve(app, guarded)
        return guarded


@pytest.fixture
def at(organisers_at: At) -> At:
    """Puts an installation at rest in place; the browser of its organiser."""
    return organisers_at


# Two reviews of the same people


def test_two_reviews_of_one_chain_within_ninety_days_need_a_reason(
    site: Flask, at: At, launched: Guarded
) -> None:
    client = at(launched)
    path = new_path(site, launched)
    before = every_row(site)
    # The day that the form suggests is near the open review's, so the page asks for the reason at once.
    assert "too_soon_reason" in form_of(client.get(path).text)
    answer = send_form(client, path, whole(launched))
    assert answer.status_code == 422
    (fault,) = faults(answer.text)
    assert fault.startswith("Another review of this chain closes within 90 days of this one.")
    assert 'href="#too_soon_reason"' in answer.text
    assert send_form(client, path, whole(launched, too_soon_reason=[" \n "])).status_code == 422
    assert every_row(site) == before

    agreed = send_form(client, path, whole(launched, too_soon_reason=["Agreed with the steward."]))
    assert agreed.status_code == 303
    assert cycle_of(site, of_location(agreed.location)).too_soon_reason == "Agreed with the steward."


@pytest.mark.parametrize(("days", "status"), [(-20, 422), (88, 422), (91, 303)])
def test_ninety_days_count_in_both_directions(
    site: Flask, at: At, launched: Guarded, days: int, status: int
) -> None:
    client = at(launched)
    when = cycle_of(site, launched.cycle_id).closes_at + timedelta(days=days)
    changes = whole(launched, closes_at=day(when))
    assert send_form(client, new_path(site, launched), changes).status_code == status


@pytest.mark.parametrize(("shared", "is_kin"), [(3, True), (2, False)])
def test_a_chain_of_the_same_people_under_another_name_needs_the_reason_too(
    site: Flask, at: At, launched: Guarded, shared: int, is_kin: bool
) -> None:
    client = at(launched)
    headings, *rows = sample_rows()
    rows = [
        [*row[:8], row[8].upper() if number < shared else f"n{number}@elsewhere.example"]
        for number, row in enumerate(rows)
    ]
    path = f"/organiser/chains/{import_chain(client, [headings, *rows])}/reviews/new"
    assert ("too_soon_reason" in form_of(client.get(path).text)) is is_kin
    assert send_form(client, path, whole(launched)).status_code == (422 if is_kin else 303)


def test_of_two_drafts_the_second_cannot_be_launched_without_a_reason(
    site: Flask, at: At, approved: Guarded
) -> None:
    client = at(approved)
    answer = send_form(client, new_path(site, approved), whole(approved))
    second = of_location(answer.location)
    with site.app_context(), transaction() as session:
        approving.approve(session, second, approved.steward.id, opening_key=None)
    assert send_form(client, review(approved, "/launch")).status_code == 303
    before = every_row(site)
    refused = send_form(client, f"{answer.location}/launch")
    assert refused.status_code == 422
    assert "Another review of this chain closes within 90 days" in faults(refused.text)[0]
    assert f'href="{answer.location}/edit"' in refused.text
    assert every_row(site) == before


# Looking


def test_the_preview_writes_nothing_and_shows_four_rates(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    before = every_row(site)
    page = client.get(review(drafted, "/preview")).text
    assert client.head(review(drafted, "/preview")).status_code == 200
    assert every_row(site) == before
    words = main_of(page)
    assert f"{PEOPLE} people would be asked. The steward sees the same before approving." in words
    outlook = main_of(client.get(review(drafted, "/preflight")).text)
    assert every_row(site) == before
    for subject in ("A report on Northern Bridge Employment Ltd", "A report on Pathways North as a whole"):
        rows = outlook.partition(subject)[2].partition("A report on")[0]
        assert all(f"If {rate} answer" in rows for rate in RATES)
    for row in sample_rows()[1:]:
        assert row[8] in words


def test_a_group_that_is_large_enough_and_joined_all_the_same_says_why(at: At, drafted: Guarded) -> None:
    words = main_of(at(drafted).get(review(drafted, "/preflight")).text)
    of_spot_providers = words.partition("Spot providers 5 people of 5 organisations")[2]
    assert of_spot_providers.startswith(
        " Its answers count, joined with others; it is never shown on its own."
    )
    assert "It is large enough by itself, but a smaller group has to be joined with it." in of_spot_providers


def test_the_preview_shows_the_same_every_time(at: At, drafted: Guarded) -> None:
    client = at(drafted)
    for page in ("/preview", "/preflight"):
        assert len({main_of(client.get(review(drafted, page)).text) for _ in range(3)}) == 1


def test_looking_at_a_bigger_chain_asks_the_database_no_more(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    headings, *rows = sample_rows()
    extra = [
        [f"More {n}", "subcontractor", "1", "vcs", rows[2][4], "", f"P {n}", "", f"p{n}@more.example"]
        for n in range(60)
    ]
    prime = next(row for row in rows if row[1] == "prime")
    for row in extra:
        row[4] = prime[0]
    chain_id = import_chain(client, [headings, *rows, *extra])
    bigger = send_form(client, f"/organiser/chains/{chain_id}/reviews/new", whole(drafted)).location or ""
    for end in ("", "/preview", "/preflight", "/edit"):
        counts = []
        for path in (review(drafted, end), bigger + end):
            with statements(site) as seen:
                assert client.get(path).status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1], end


# Changing


def test_what_is_kept_unchanged_is_the_same_design(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    send_form(client, review(drafted, "/edit"))
    first = cycle_row(site, drafted.cycle_id)
    send_form(client, review(drafted, "/edit"))
    assert cycle_row(site, drafted.cycle_id) == first
    with site.app_context(), reading() as session:
        chain = chains.load(session, str(first["chain_id"]))
    assert {kind for group in cycle_of(site, drafted.cycle_id).plan.groups for kind in group.kinds} == {
        PartyKind(party.role, party.sector) for party in chain.parties
    }


def test_a_changed_draft_has_to_be_approved_again(site: Flask, at: At, approved: Guarded) -> None:
    client = at(approved)
    page = client.get(review(approved, "/edit")).text
    assert "The steward has approved this draft. If you change it, it has to be approved again." in main_of(
        page
    )
    answer = send_form(client, review(approved, "/edit"), {"k": ["6"]})
    assert (answer.status_code, answer.location) == (303, review(approved))
    words = main_of(client.get(review(approved)).text)
    assert "The changed draft is kept. The steward has to approve it as it is now." in words
    assert not cycle_of(site, approved.cycle_id).is_approved
    assert client.get(review(approved, "/launch")).location == review(approved)


def test_a_refused_change_leaves_the_draft_and_its_approval(site: Flask, at: At, approved: Guarded) -> None:
    client = at(approved)
    before = every_row(site)
    assert send_form(client, review(approved, "/edit"), {"k": ["4"]}).status_code == 422
    assert send_form(client, review(approved, "/edit"), {"title": [""]}).status_code == 422
    assert every_row(site) == before
    assert cycle_of(site, approved.cycle_id).is_approved


def test_a_launched_design_is_fixed(site: Flask, at: At, launched: Guarded) -> None:
    client = at(launched)
    before = every_row(site)
    fields = whole(launched, closes_at=day(in_days(2)), k=["20"], csrf_token=[client.csrf(HOME)])
    for answer in (
        client.get(review(launched, "/edit")),
        client.post(review(launched, "/edit"), data=fields),
    ):
        assert answer.status_code == 409
        assert "This review was launched. Its design is fixed." in main_of(answer.text)
    assert every_row(site) == before


# Launching


def test_without_the_approval_nothing_is_launched_and_the_page_says_what_is_missing(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    before = every_row(site)
    assert client.get(review(drafted, "/launch")).location == review(drafted)
    assert "The steward is next: ask them to sign in and approve." in main_of(
        client.get(review(drafted)).text
    )
    answer = client.send(review(drafted, "/launch"), page=HOME)
    assert answer.status_code == 422
    assert faults(answer.text) == ["The steward has not approved this review as it is now."]
    assert "Launch and mail" not in main_of(answer.text)
    assert every_row(site) == before


def test_a_launch_without_its_token_launches_nothing(site: Flask, at: At, approved: Guarded) -> None:
    client = at(approved)
    before = every_row(site)
    for data in ({}, {"csrf_token": "x"}):
        answer = client.post(review(approved, "/launch"), data=data)
        assert answer.status_code == 400
        assert "Go back and try again." in main_of(answer.text)
    assert client.head(review(approved, "/launch")).status_code == 200
    assert every_row(site) == before


def test_the_page_of_the_launch_says_what_becomes_fixed(at: At, approved: Guarded) -> None:
    words = main_of(at(approved).get(review(approved, "/launch")).text)
    assert f"{PEOPLE} people get a mail with a link of their own" in words
    assert "nobody can close it earlier, and only The steward can give more time" in words


def test_launching_twice_is_launching_once(site: Flask, at: At, approved: Guarded) -> None:
    client = at(approved)
    path = review(approved, "/launch")
    page = client.get(path).text
    fields = {"csrf_token": form_of(page)["csrf_token"]}
    first = client.post(path, data=fields)
    assert (first.status_code, first.location) == (303, review(approved))
    assert f"Launched. {PEOPLE} people will get a mail within minutes." in main_of(
        client.get(review(approved)).text
    )
    before = every_row(site)
    again = client.post(path, data=fields)
    assert (again.status_code, again.location) == (303, review(approved))
    assert client.get(path).location == review(approved)
    assert every_row(site) == before
    assert sent(site, approved.cycle_id) == (PEOPLE, PEOPLE)


def test_launches_at_the_same_moment_are_one_launch(site: Flask, at: At, approved: Guarded) -> None:
    client = at(approved)
    token = client.csrf(review(approved, "/launch"))
    cookie = client.get_cookie("session")
    assert cookie is not None
    clients = [site.test_client() for _ in range(4)]
    for one in clients:
        one.set_cookie("session", cookie.value)
    with ThreadPoolExecutor(len(clients)) as pool:
        posts = [
            pool.submit(one.post, review(approved, "/launch"), data={"csrf_token": token}) for one in clients
        ]
        codes = sorted(post.result().status_code for post in posts)
    assert codes[0] == 303 and set(codes) <= {303, 409}
    assert sent(site, approved.cycle_id) == (PEOPLE, PEOPLE)
    keys = [path for path in (folder_of(site) / "keys").rglob("*") if path.is_file()]
    assert len({path.name for path in keys}) == len(keys)


def test_a_review_of_which_nothing_could_be_shown_is_not_launched(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    headings, *rows = sample_rows()
    few = [row for row in rows if row[1] == "prime"] + [row for row in rows if row[1] == "subcontractor"][:2]
    rows_of_few = [headings, *([*row[:4], "" if row[1] == "prime" else few[0][0], *row[5:]] for row in few)]
    chain_id = import_chain(client, rows_of_few)
    answer = send_form(client, f"/organiser/chains/{chain_id}/reviews/new", whole(drafted))
    assert "This stops the launch" in main_of(client.get(f"{answer.location}/preflight").text)
    cycle_id = of_location(answer.location)
    with site.app_context(), transaction() as session:
        approving.approve(session, cycle_id, drafted.steward.id, opening_key=None)
    before = every_row(site)
    refused = send_form(client, f"{answer.location}/launch")
    assert refused.status_code == 422
    assert faults(refused.text)[0].startswith("Nothing could be reported")
    assert every_row(site) == before


def test_a_review_or_a_chain_that_is_not_there_is_not_found(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    data = {"csrf_token": client.csrf(HOME)}
    before = every_row(site)
    for end in ("", "/edit", "/preview", "/launch", "/remind"):
        assert client.get(f"/organiser/reviews/nothing{end}").status_code == 404
    for end in ("/edit", "/launch", "/remind", "/mail/x/retry"):
        assert client.post(f"/organiser/reviews/nothing{end}", data=data).status_code == 404
    assert client.get("/organiser/chains/nothing").status_code == 404
    assert client.post("/organiser/chains/nothing/reviews/new", data=data).status_code == 404
    assert every_row(site) == before
