"""Planning a workshop by its pages: who may, what the forms refuse, and what is done next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.workshops import WorkshopRecord
from review_app.services import workshops
from review_app.services.accounts import AccountRole
from review_app.services.workshops import Workshop
from surveys.workshop import WorkshopState
from tests.conftest import make_account
from tests.pages import PageClient
from tests.web.conftest import At
from tests.web.stewards import Guarded, faults, field, restore, signed_in
from tests.workshops import EVERYBODY, GatheredAtRest, mail_states

LIST = "/reviews/{0.cycle_id}/workshops"
DAY = (clock.now() + timedelta(days=30)).date()
TYPED: dict[str, object] = {
    "title": "Half a year later",
    "begins_on": [str(DAY.day), str(DAY.month), str(DAY.year)],
    "begins_time": "14:30",
    "minutes": "90",
    "place": "",
    "call_link": "https://call.example/threads",
}


def load(site: Flask, workshop_id: str) -> Workshop:
    with site.app_context(), reading() as session:
        return workshops.load(session, workshop_id)


def set_state(site: Flask, state: str) -> None:
    with site.app_context(), transaction() as session:
        session.execute(update(WorkshopRecord).values(state=state))


def pages_of(of: GatheredAtRest) -> list[str]:
    """Every page about a workshop and about a review's workshops."""
    base, topic = f"/workshops/{of.workshop_id}", of.topics[0]
    seat = next(iter(of.seats.values()))
    return [
        LIST.format(of),
        f"{LIST.format(of)}/new",
        base,
        *(f"{base}/{page}" for page in ("change", "call-off", "agenda", "people", "invite")),
        f"{base}/agenda/{topic}",
        f"{base}/agenda/{topic}/take-off",
        f"{base}/people/{seat}/take-away",
    ]


@pytest.mark.parametrize("role", ["organiser", "steward"])
def test_an_organiser_and_the_reviews_steward_come_to_every_page(
    site: Flask, planned_workshop: GatheredAtRest, role: str
) -> None:
    restore(site, planned_workshop)
    client = signed_in(site, getattr(planned_workshop, role))
    own = "steward" if role == "steward" else "organiser"
    page = client.get(f"/{own}/reviews/{planned_workshop.cycle_id}").text
    assert f'href="{LIST.format(planned_workshop)}"' in page
    assert (
        f'href="{LIST.format(planned_workshop)}"' in client.get(f"/reports/{planned_workshop.cycle_id}").text
    )
    for path in pages_of(planned_workshop):
        assert client.get(path).status_code == 200, path
    assert (
        f'href="/{own}/reviews/{planned_workshop.cycle_id}"' in client.get(LIST.format(planned_workshop)).text
    )


def test_another_steward_sees_and_changes_nothing(site: Flask, planned_workshop: GatheredAtRest) -> None:
    restore(site, planned_workshop)
    other = signed_in(site, make_account(site, "another@independent.example", AccountRole.STEWARD))
    base = f"/workshops/{planned_workshop.workshop_id}"
    token = {"csrf_token": other.csrf("/steward")}
    for path in pages_of(planned_workshop):
        answer = other.get(path)
        assert answer.status_code == 404 and "Threads" not in answer.text, path
    topic, seat = planned_workshop.topics[0], next(iter(planned_workshop.seats.values()))
    steps = (
        *(f"{base}/{step}" for step in ("change", "call-off", "invite", "people", "people/add")),
        *(
            f"{base}/agenda/{step}"
            for step in ("own", "proposed", "share-out", topic, f"{topic}/up", f"{topic}/take-off")
        ),
        *(f"{base}/people/{seat}/{step}" for step in ("new-link", "take-away")),
        f"{LIST.format(planned_workshop)}/new",
    )
    before = load(site, planned_workshop.workshop_id)
    for path in steps:
        assert other.post(path, data={**token, **TYPED, "place": "0"}).status_code == 404, path
    assert load(site, planned_workshop.workshop_id) == before
    with site.app_context():
        assert mail_states(planned_workshop.workshop_id) == {}
    assert "Workshops on the report" not in other.get(f"/reports/{planned_workshop.cycle_id}").text


def test_a_review_without_a_published_report_has_no_workshops(organisers_at: At, made: Guarded) -> None:
    client = organisers_at(made)
    for path in (LIST.format(made), f"{LIST.format(made)}/new"):
        answer = client.get(path)
        assert answer.status_code == 404 and "There is no published report" in answer.text
    answer = client.send(f"{LIST.format(made)}/new", TYPED, page="/organiser")
    assert answer.status_code == 404
    assert "Workshops on the report" not in client.get(f"/organiser/reviews/{made.cycle_id}").text
    assert "Workshops on the report" not in client.get(f"/reports/{made.cycle_id}").text


def test_a_workshop_is_planned_in_uk_time_with_an_agenda(
    site: Flask, organisers_at: At, planned_workshop: GatheredAtRest
) -> None:
    client = organisers_at(planned_workshop)
    answer = client.send(f"{LIST.format(planned_workshop)}/new", TYPED)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert ">Half a year later</h1>" in page and "2:30pm" in page and "until 4:00pm, UK time" in page
    assert "Nobody hears of it until you invite them." in page and "Nobody is chosen yet." in page
    made = load(site, answer.location.rpartition("/")[2])
    assert sum(topic.minutes for topic in made.topics) == 70 and made.call_link == TYPED["call_link"]
    assert "Half a year later" in client.get(LIST.format(planned_workshop)).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, ["The workshop has no title. Enter what it is about in a few words."]),
        ({"begins_on": ["", "", ""]}, ["Enter the day of the workshop"]),
        ({"begins_on": ["31", "2", "2027"]}, ["Enter a day that exists, for example 27 3 2027"]),
        ({"begins_on": ["1", "2", "2020"]}, ["This moment is past. Choose a later day or time."]),
        ({"begins_time": "half past"}, ["Enter a time as hours and minutes, for example 17:00"]),
        ({"minutes": "two hours"}, ["Enter a whole number from 35 to 480"]),
        (
            {"minutes": "20"},
            ["A workshop lasts from 35 minutes to 8 hours. Enter its length in minutes, for example 150."],
        ),
        ({"call_link": ""}, ["Nobody could find it. Enter a place, or the link of a video call."]),
        ({"call_link": "javascript:alert(1)", "place": "Hall"}, None),
    ],
)
def test_wrong_input_is_refused_with_the_mend_and_nothing_typed_is_lost(
    organisers_at: At, planned_workshop: GatheredAtRest, changes: dict[str, object], said: list[str] | None
) -> None:
    client = organisers_at(planned_workshop)
    answer = client.send(f"{LIST.format(planned_workshop)}/new", {**TYPED, **changes})
    assert answer.status_code == 422 and "<title>Error: Plan a workshop" in answer.text
    found = faults(answer.text)
    assert found == said if said else "begins with https://" in found[0]
    for name in ("title", "minutes", "call_link", "place", "begins_time"):
        assert field(answer.text, name) == str({**TYPED, **changes}[name]).strip()
    assert answer.text.count('name="begins_on"') == 3
    # None was planned.
    assert "Half a year later" not in client.get(LIST.format(planned_workshop)).text


def test_a_change_is_told_to_all_who_are_invited_and_says_so(
    site: Flask, organisers_at: At, invited_workshop: GatheredAtRest
) -> None:
    client, base = organisers_at(invited_workshop), f"/workshops/{invited_workshop.workshop_id}"
    page = client.get(f"{base}/change").text
    assert (
        "People are invited already." in page
        and field(page, "begins_time")
        and field(page, "minutes") == "150"
    )
    answer = client.send(f"{base}/change", TYPED)
    assert (answer.status_code, answer.location) == (303, base)
    page = client.get(base).text
    assert f"The workshop is changed. {len(EVERYBODY)} people get a mail within minutes." in page
    assert load(site, invited_workshop.workshop_id).revision == 1
    client.send(f"{base}/change", TYPED)
    assert "The workshop is saved." in client.get(base).text
    assert load(site, invited_workshop.workshop_id).revision == 1
    assert client.send(f"{base}/change", {**TYPED, "minutes": "0"}).status_code == 422


def test_calling_off_asks_once_more_and_says_what_is_lost(
    site: Flask, organisers_at: At, invited_workshop: GatheredAtRest
) -> None:
    client, base = organisers_at(invited_workshop), f"/workshops/{invited_workshop.workshop_id}"
    assert "the thoughts that people have sent are destroyed" in " ".join(
        client.get(f"{base}/call-off").text.split()
    )
    assert client.send(f"{base}/call-off").status_code == 303
    page = client.get(base).text
    assert (
        "The workshop is called off." in page and "It is called off. Its links open nothing any more" in page
    )
    assert load(site, invited_workshop.workshop_id).state is WorkshopState.CANCELLED
    # A second click, and what is not possible any more.
    token = {"csrf_token": client.csrf("/organiser")}
    assert client.post(f"{base}/call-off", data=token).status_code == 303
    for path in ("call-off", "change", "invite"):
        assert client.get(f"{base}/{path}").status_code == 303
    for path in pages_of(invited_workshop):
        assert client.get(path).status_code in {200, 303, 404}


@pytest.mark.parametrize("state", ["running", "ended", "recorded"])
def test_once_it_has_begun_its_day_stays(
    site: Flask, organisers_at: At, invited_workshop: GatheredAtRest, state: str
) -> None:
    client, base = organisers_at(invited_workshop), f"/workshops/{invited_workshop.workshop_id}"
    set_state(site, state)
    page = client.get(base).text
    assert "Change when and where it is" not in page and "Call it off" not in page
    assert client.get(f"{base}/change").status_code == client.get(f"{base}/call-off").status_code == 303
    answer = client.send(f"{base}/change", TYPED, page="/organiser")
    assert answer.status_code == 409 and "This workshop has begun." in answer.text


def test_nobody_gets_in_without_signing_in(site: Flask, planned_workshop: GatheredAtRest) -> None:
    restore(site, planned_workshop)
    client = site.test_client()
    assert isinstance(client, PageClient)
    for path in pages_of(planned_workshop):
        assert "/sign-in" in (client.get(path).location or "")


def test_an_unknown_workshop_is_not_there(organisers_at: At, planned_workshop: GatheredAtRest) -> None:
    client = organisers_at(planned_workshop)
    for path in ("/workshops/x", "/workshops/x/agenda", "/workshops/x/people", "/reviews/x/workshops"):
        assert client.get(path).status_code == 404
