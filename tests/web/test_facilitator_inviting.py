"""Who is invited to a workshop, on the pages: boxes, the last look, and each seat after that."""

from __future__ import annotations

from collections.abc import Callable

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select, update

from review_app.database import reading, transaction
from review_app.models.chains import ContactRecord
from review_app.models.outbox import MailRecord
from review_app.models.workshops import TopicRecord, WorkshopRecord
from review_app.services import workshops
from review_app.services.workshops import Workshop
from review_app.state import state
from surveys import sealing
from surveys.workshop import WorkshopState
from tests.pages import PageClient
from tests.web.conftest import At
from tests.web.stewards import faults
from tests.workshops import EVERYBODY, GatheredAtRest, mail_states

Load = Callable[[], Workshop]
BIDDER, MILL = "0@bidder.example", "0@mill.example"


@pytest.fixture
def client(organisers_at: At, planned_workshop: GatheredAtRest) -> PageClient:
    """The organiser at a workshop that is planned."""
    return organisers_at(planned_workshop)


@pytest.fixture
def base(planned_workshop: GatheredAtRest) -> str:
    return f"/workshops/{planned_workshop.workshop_id}"


@pytest.fixture
def host(stewards_at: At, invited_workshop: GatheredAtRest) -> PageClient:
    """The steward at a workshop whose people are invited."""
    return stewards_at(invited_workshop)


@pytest.fixture
def at(invited_workshop: GatheredAtRest) -> str:
    return f"/workshops/{invited_workshop.workshop_id}"


def load(site: Flask, of: GatheredAtRest) -> Workshop:
    with site.app_context(), reading() as session:
        return workshops.load(session, of.workshop_id)


def states(site: Flask, of: GatheredAtRest) -> dict[tuple[str, str, int], str]:
    with site.app_context():
        return mail_states(of.workshop_id)


def ids(site: Flask, *emails: str) -> list[str]:
    with site.app_context(), reading() as session:
        query = select(ContactRecord.id).where(ContactRecord.email.in_(emails))
        return list(session.scalars(query))


def ticked(html: str) -> set[str]:
    """The people whose boxes are ticked."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return {
        box.get("value") or ""
        for box in root.iter("input")
        if box.get("name") == "people" and "checked" in box.attrib
    }


def opens(site: Flask, code: str) -> bool:
    secret = sealing.secret_of(code)
    assert secret is not None
    with site.app_context(), reading() as session:
        return workshops.find_seat(session, secret) is not None


def test_boxes_show_who_is_chosen_and_keep_who_will_be(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    page = client.get(f"{base}/people").text
    assert len(ticked(page)) == len(EVERYBODY) and "Everybody is ticked" not in page
    two = ids(site, MILL, BIDDER)
    answer = client.send(f"{base}/people", {"people": two})
    assert (answer.status_code, answer.location) == (303, base)
    page = client.get(base).text
    assert "2 people are chosen. Nobody is told until you invite them." in page
    assert "2 people of 2 organisations." in page
    assert ticked(client.get(f"{base}/people").text) == set(two)
    assert states(site, planned_workshop) == {}
    client.send(f"{base}/people", {})
    page = client.get(f"{base}/people").text
    assert len(ticked(page)) == len(EVERYBODY) + 1 and "Everybody is ticked to begin with." in page


def test_somebody_without_an_email_address_cannot_be_ticked(
    site: Flask, client: PageClient, base: str
) -> None:
    [mill] = ids(site, MILL)
    with site.app_context(), transaction() as session:
        session.execute(
            update(ContactRecord)
            .where(ContactRecord.id == mill)
            .values(email="", postal_address="1 High Street")
        )
    page = client.get(f"{base}/people").text
    assert "Has no email address, so no link can be sent." in page and mill not in ticked(page)
    answer = client.send(f"{base}/people", {"people": [mill]})
    assert answer.status_code == 409 and "Have one added to the chain first." in answer.text
    assert client.send(f"{base}/people", {"people": ["nobody"]}).status_code == 404


def test_the_last_look_names_everybody_and_a_second_click_invites_nobody(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    page = " ".join(client.get(f"{base}/invite").text.split())
    assert f"{len(EVERYBODY)} people get a mail with a link of their own" in page
    assert "Mill Ltd: Person 0 at mill, Person 1 at mill" in page and "no vote can be shown" not in page
    assert client.send(f"{base}/invite").location == base
    page = client.get(base).text
    assert f"The invitations are on their way. {len(EVERYBODY)} people get a mail within minutes." in page
    assert load(site, planned_workshop).state is WorkshopState.INVITED
    assert set(states(site, planned_workshop).values()) == {"queued"}
    token = {"csrf_token": client.csrf(f"{base}/change")}
    assert client.post(f"{base}/invite", data=token).status_code == 303
    assert len(states(site, planned_workshop)) == len(EVERYBODY)
    assert client.get(f"{base}/invite").location == f"{base}/people"


def test_too_few_organisations_for_a_vote_are_warned_of_and_not_forbidden(
    site: Flask, client: PageClient, base: str, planned_workshop: GatheredAtRest
) -> None:
    few = [f"0@{id_}.example" for id_ in ("council", "prime", "mill", "weaver", "dyer", "ash")]
    client.send(f"{base}/people", {"people": ids(site, *few)})
    said = "4 organisations that are paid are invited. With fewer than 5 no vote can be shown"
    unshown = (
        "Notes cannot be shown to the room: that takes at least 5 people of 3 organisations that are paid"
    )
    page = client.get(f"{base}/invite").text
    assert said in page and unshown in page
    assert client.send(f"{base}/invite").status_code == 303
    page = client.get(f"{base}/people").text
    assert said in page and unshown in page
    client.send(f"{base}/people/add", {"person": ids(site, "0@birch.example")}, page=f"{base}/people")
    page = client.get(f"{base}/people").text
    assert "no vote can be shown" not in page and unshown not in page
    assert load(site, planned_workshop).state is WorkshopState.INVITED


def test_an_invitation_that_lacks_something_is_refused_with_what_to_do(
    site: Flask, client: PageClient, base: str
) -> None:
    client.send(f"{base}/people", {})
    answer = client.send(f"{base}/invite")
    assert answer.status_code == 422 and "<title>Error: Invite them" in answer.text
    assert faults(answer.text) == ["Nobody is chosen yet. Choose who is invited, then invite them."]
    with site.app_context(), transaction() as session:
        for topic in session.scalars(select(TopicRecord)):
            session.delete(topic)
    assert faults(client.send(f"{base}/invite").text) == [
        "There is nothing on the agenda. Put a topic on it, then invite people."
    ]
    assert "There is nothing on it yet." in client.get(base).text


def test_the_steward_sees_who_is_invited_and_nothing_about_what_they_did(
    site: Flask, host: PageClient, at: str, invited_workshop: GatheredAtRest
) -> None:
    with site.app_context(), transaction() as session:
        mails = session.scalars(select(MailRecord).where(MailRecord.about_id == invited_workshop.workshop_id))
        for place, mail in enumerate(mails):
            mail.state = ("sent", "failed", "queued")[min(place, 2)]
            mail.problem = ("", "refused by the mail server", "the mail server cannot be reached")[
                min(place, 2)
            ]
    page = host.get(f"{at}/people").text
    for said in (
        "Sent",
        "Could not be sent: refused by the mail server",
        "Waits: the mail server cannot be reached",
        "Nobody sees who opened it or sent any thoughts.",
    ):
        assert said in page
    assert page.count("/new-link") == len(EVERYBODY)
    assert not [code for code in invited_workshop.codes.values() if code in page]


def test_a_new_link_kills_the_old_one(
    site: Flask, host: PageClient, at: str, invited_workshop: GatheredAtRest
) -> None:
    code = invited_workshop.codes[MILL]
    assert opens(site, code)
    seat = invited_workshop.seats[MILL]
    answer = host.send(f"{at}/people/{seat}/new-link", page=f"{at}/people")
    assert answer.location == f"{at}/people" and not opens(site, code)
    assert (
        "Person 0 at mill gets a new link. The old one opens nothing any more."
        in host.get(f"{at}/people").text
    )
    assert states(site, invited_workshop)[MILL, "workshop", 2] == "queued"
    assert opens(site, invited_workshop.codes["1@mill.example"])


def test_a_seat_is_taken_away_after_a_second_look_and_can_be_given_back(
    site: Flask, host: PageClient, at: str, invited_workshop: GatheredAtRest
) -> None:
    seat, code = invited_workshop.seats[MILL], invited_workshop.codes[MILL]
    page = " ".join(host.get(f"{at}/people/{seat}/take-away").text.split())
    assert "Take the seat away from Person 0 at mill" in page and "please tell them yourself" in page
    assert host.send(f"{at}/people/{seat}/take-away").location == f"{at}/people"
    assert not opens(site, code) and states(site, invited_workshop)[MILL, "workshop", 1] == "cancelled"
    page = host.get(f"{at}/people").text
    assert f"/people/{seat}/take-away" not in page and "Person 0 at mill, Mill Ltd" in page
    host.send(f"{at}/people/add", {"person": ids(site, MILL)}, page=f"{at}/people")
    assert f"/people/{seat}/take-away" in host.get(f"{at}/people").text and not opens(site, code)


def test_a_wrong_person_or_seat_is_not_there(host: PageClient, at: str) -> None:
    for step in ("x/new-link", "x/take-away"):
        assert host.send(f"{at}/people/{step}", page=f"{at}/people").status_code == 404
    for person in ("", "x"):
        assert host.send(f"{at}/people/add", {"person": person}, page=f"{at}/people").status_code == 404


def test_a_lost_key_is_said_with_the_mend(
    site: Flask, host: PageClient, at: str, invited_workshop: GatheredAtRest
) -> None:
    with site.app_context():
        (state().keys.folder / f"{invited_workshop.workshop_id}.workshop-key").unlink()
    seat = invited_workshop.seats[MILL]
    answer = host.send(f"{at}/people/{seat}/new-link", page=f"{at}/people")
    assert answer.status_code == 409 and "put the folder of keys back" in answer.text
    assert opens(site, invited_workshop.codes[MILL])


def test_once_it_is_over_the_list_is_only_read(
    site: Flask, host: PageClient, at: str, invited_workshop: GatheredAtRest
) -> None:
    with site.app_context(), transaction() as session:
        session.execute(update(WorkshopRecord).values(state="ended"))
    page = host.get(f"{at}/people").text
    assert "Person 0 at mill" in page and "/new-link" not in page and "Invite somebody else" not in page
    seat = invited_workshop.seats[MILL]
    assert host.send(f"{at}/people/{seat}/take-away").status_code == 409
