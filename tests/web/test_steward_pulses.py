"""The steward opens pulses, brings the key file, and reads the result; nobody else does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from review_app import clock, pulse_counting
from review_app.config import Settings
from review_app.database import reading, transaction
from review_app.languages import ZONE
from review_app.models.actions import ActionRecord
from review_app.services import pulse_closing, pulse_opening, pulses
from review_app.services.accounts import AccountRole
from review_app.services.pulses import Pulse
from review_app.state import state
from surveys import sealing
from surveys.cycle import SHORTEST_IN_PRODUCTION, KeyMode
from surveys.improvement import ActionState
from surveys.pulse import Outcome, PulseState
from tests.conftest import make_account
from tests.pages import PageClient
from tests.publications import PARTNERS
from tests.pulses import (
    CANNOT_TELL,
    FOR_WHOM,
    NO,
    TITLE,
    YES,
    Ready,
    add_action,
    links_of_pulse,
    open_pulse,
    pass_closing_time,
    pulse_of,
    ready,
    say_all,
    set_pulse_time,
)
from tests.web.key_files import WRONG_FILES, spellings
from tests.web.organisers import without_token
from tests.web.respondents import words
from tests.web.stewards import PASSPHRASE, bring, field, signed_in


@pytest.fixture
def of(environ: dict[str, str]) -> Iterator[Ready]:
    """A review in one-host mode with an action that is done."""
    with ready(environ) as made:
        yield made


@pytest.fixture
def two_keys(environ: dict[str, str]) -> Iterator[Ready]:
    """The same with two keys."""
    with ready(environ, KeyMode.TWO_KEY) as made:
        yield made


def path(of: Ready) -> str:
    return f"/steward/actions/{of.action_id}/pulse"


def fields(client: PageClient, of: Ready, **changes: object) -> dict[str, object]:
    day = (clock.now() + timedelta(days=7)).astimezone(ZONE)
    page = client.get(path(of)).text
    return {
        "csrf_token": field(page, "csrf_token"),
        "seen": field(page, "seen"),
        "groups": list(of.groups),
        "closes_at": [str(day.day), str(day.month), str(day.year)],
        "closes_time": "17:00",
        **changes,
    }


def started(client: PageClient, of: Ready, **changes: object) -> TestResponse:
    return client.post(path(of), data=fields(client, of, **changes), content_type="multipart/form-data")


def only_pulse(of: Ready) -> Pulse:
    with reading() as session:
        (found,) = pulses.of_action(session, of.action_id)
    return found


def key_file_of(client: PageClient, of: Ready) -> bytes:
    made = client.send(f"{path(of)}/key", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert made.status_code == 200 and "attachment" in made.headers["Content-Disposition"]
    content: bytes = made.data
    return content


def with_key(content: bytes, passphrase: str = PASSPHRASE) -> dict[str, object]:
    return {"key_file": (BytesIO(content), "pulse.key"), "passphrase": passphrase}


def seen(client: PageClient, address: object) -> str:
    """A page as it is seen: the token of its form changes every second."""
    return words(without_token(client.get(str(address)).text))


def test_a_pulse_is_opened_counted_and_read(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    listed = client.get(f"/steward/reviews/{of.cycle_id}/pulses").text
    assert TITLE in listed and f'href="{path(of)}"' in listed
    page = client.get(path(of)).text
    said = words(page)
    assert "0@weaver.example" in said and "0@mill.example" not in said and "0@prime.example" not in said
    assert "whoever runs it could technically open the answers" in said
    assert "Person 0 at mill (Mill Ltd)" in said and "of nobody that they have" in said
    answer = started(client, of)
    assert answer.status_code == 303
    found = only_pulse(of)
    assert answer.location == f"/steward/pulses/{found.id}"
    assert "The pulse is open." in client.get(answer.location).text
    shown = seen(client, answer.location)
    assert "A pulse asks 14 people from 8 organisations until" in shown
    say_all(found.id, [NO] * 7 + [YES] * 3)
    # Nothing of it shows while it is open.
    assert seen(client, answer.location) == shown
    pass_closing_time(found.id)
    pulse_counting.look(state().keys)
    after = words(client.get(answer.location).text)
    assert (
        "The change is not felt: 4 in 10 or fewer have noticed it, and 4 in 10 or fewer say that it is what was agreed."
    ) in after
    assert "Done, but not felt" in after and "that they are gone is verified" in after


def test_too_few_answers_say_only_that_nothing_is_shown(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    pulse_id = open_pulse(of)
    say_all(pulse_id, [NO] * 4 + [CANNOT_TELL] * 9)
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    said = words(client.get(f"/steward/pulses/{pulse_id}").text)
    assert "The result is not shown, to protect the people who answered." in said
    assert "Done, but not felt" not in said


def test_two_keys_the_file_is_made_proved_and_brought_back(two_keys: Ready, tmp_path: Path) -> None:
    of = two_keys
    client = signed_in(of.app, of.steward)
    content = key_file_of(client, of)
    opening_key = sealing.open_key_file(content, PASSPHRASE)
    assert started(client, of, **with_key(content)).status_code == 303
    found = only_pulse(of)
    assert found.key_mode is KeyMode.TWO_KEY
    files = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert not [s for s in spellings(opening_key) for file in files if s in file]
    say_all(found.id, [YES] * 10)
    pass_closing_time(found.id)
    pulse_counting.look(state().keys)
    home = client.get("/steward").text
    assert "A pulse has closed. Bring its key file, so that it can be counted." in words(home)
    count = f"/steward/pulses/{found.id}/count"
    for wrong in (sealing.seal_key_file(sealing.new_key_pair().opening, PASSPHRASE), b"no key"):
        assert bring(client, count, wrong).status_code == 422
    assert bring(client, count, content, "another passphrase").status_code == 422
    assert pulse_of(found.id).state is PulseState.CLOSING
    assert bring(client, count, content).status_code == 303
    assert pulse_of(found.id).outcome is Outcome.FELT and pulse_of(found.id).purged_at is not None
    # A second click finds it counted.
    assert client.get(count).location == f"/steward/pulses/{found.id}"
    assert "The change is felt" in words(client.get(f"/steward/pulses/{found.id}").text)


@pytest.mark.parametrize("kind", sorted(set(WRONG_FILES) - {"another review's"}))
def test_a_pulse_opens_only_with_a_key_file_that_opens(two_keys: Ready, kind: str) -> None:
    client = signed_in(two_keys.app, two_keys.steward)
    spoil, fault = WRONG_FILES[kind]
    content = spoil(key_file_of(client, two_keys))
    brought = {"passphrase": PASSPHRASE} if content is None else with_key(content)
    answer = started(client, two_keys, **brought)
    assert answer.status_code == 422 and fault in words(answer.text)
    with reading() as session:
        assert pulses.of_action(session, two_keys.action_id) == ()


def test_the_key_file_of_another_pulse_is_refused(two_keys: Ready) -> None:
    client = signed_in(two_keys.app, two_keys.steward)
    content = key_file_of(client, two_keys)
    with transaction() as session:
        other = add_action(session, two_keys.cycle_id, title="Fewer forms")
    open_pulse(two_keys, sealing.open_key_file(content, PASSPHRASE), action_id=other)
    answer = started(client, two_keys, **with_key(content))
    assert answer.status_code == 422 and "was used before" in answer.text


def test_passphrases_that_differ_or_are_short_make_no_file(two_keys: Ready) -> None:
    client = signed_in(two_keys.app, two_keys.steward)
    for typed in (("short", "short"), (PASSPHRASE, f"{PASSPHRASE}!")):
        made = client.send(f"{path(two_keys)}/key", dict(zip(("passphrase", "again"), typed, strict=True)))
        assert made.status_code == 422


def test_one_host_has_no_key_file(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    assert client.get(f"{path(of)}/key").status_code == 303


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"groups": []}, "Choose at least one group"),
        ({"closes_at": ["", "", ""]}, "Enter the day on which the pulse closes"),
        ({"closes_at": ["1", "1", "2020"]}, "People need more time than that to answer."),
        ({"closes_at": ["1", "1", "2040"]}, "It may be open for 60 days at most."),
        ({"groups": ["nobody"]}, "nobody"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_chosen_stays(
    of: Ready, changes: dict[str, object], fault: str
) -> None:
    client = signed_in(of.app, of.steward)
    answer = started(client, of, closes_time="9:30", **changes)
    assert answer.status_code == 422 and fault in words(answer.text)
    assert 'value="09:30"' in answer.text or 'value="9:30"' in answer.text
    with reading() as session:
        assert pulses.of_action(session, of.action_id) == ()


def test_a_list_that_changed_meanwhile_is_shown_again(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    answer = started(client, of, seen="of yesterday")
    assert answer.status_code == 422 and "What is asked, or who is, has changed" in words(answer.text)
    again = {**fields(client, of), "seen": field(answer.text, "seen")}
    assert client.post(path(of), data=again).status_code == 303


def test_what_an_old_page_asks_is_not_what_is_asked_now(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    filled = fields(client, of, groups=list(of.groups)[:2], closes_time="9:30")
    with transaction() as session:
        session.get_one(ActionRecord, of.action_id).title = "Nobody complains any more"
    answer = client.post(path(of), data=filled, content_type="multipart/form-data")
    assert answer.status_code == 422
    said = words(answer.text)
    assert "What is asked, or who is, has changed since this page was drawn" in said
    assert "Nobody complains any more" in said and 'value="9:30"' in answer.text
    assert answer.text.count(" checked") == 2
    with reading() as session:
        assert pulses.of_action(session, of.action_id) == ()


def test_the_example_of_a_day_is_taken(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    found = re.search(r"For example (\d+) (\d+) (\d{4}), up to 60 days", words(client.get(path(of)).text))
    assert found is not None
    assert started(client, of, closes_at=list(found.groups())).status_code == 303


def test_outside_a_demo_a_pulse_is_open_for_seven_whole_days(
    of: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "shortest_cycle", SHORTEST_IN_PRODUCTION)
    client = signed_in(of.app, of.steward)
    found = re.search(
        r"For example (\d+) (\d+) (\d{4})\. From 7 whole days to 60 days from now",
        words(client.get(path(of)).text),
    )
    assert found is not None
    day = (clock.now() + timedelta(days=6)).astimezone(ZONE)
    short = started(client, of, closes_at=[str(day.day), str(day.month), str(day.year)], closes_time="23:59")
    assert short.status_code == 422
    assert "Choose a time that is 7 whole days or more from now." in words(short.text)
    assert started(client, of, closes_at=list(found.groups())).status_code == 303


def test_the_other_pulses_of_these_people_are_listed_for_the_steward_to_judge(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    assert "Other pulses of these people" not in client.get(path(of)).text
    with transaction() as session:
        other = add_action(session, of.cycle_id, title="Fewer forms")
    pulse_id = open_pulse(of, action_id=other)
    page = words(client.get(path(of)).text)
    listed = page[page.index('id="near"') :].partition("</section>")[0]
    for told in ("Other pulses of these people", "Fewer forms", FOR_WHOM, "Threads", "14"):
        assert told in listed, told
    set_pulse_time(pulse_id, clock.now() - timedelta(days=91))
    assert "Fewer forms" not in words(client.get(path(of)).text)


def test_so_few_that_a_result_would_prove_an_answer_are_not_asked(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    with transaction() as session:
        owners = ("prime", *PARTNERS[:4])
        action_id = add_action(session, of.cycle_id, title="Fewer forms", owners=owners, verifier="cedar")
        view = pulse_opening.outlook(session, action_id, of.steward.id)
    other = replace(of, action_id=action_id, groups=tuple(one.group_id for one in view.audiences))
    assert sum(len(one.people) for one in view.audiences) == 6
    answer = started(client, other)
    assert answer.status_code == 422 and "a result would show that somebody has answered" in words(
        answer.text
    )


def test_an_answer_stays_beside_the_words_that_it_is_about(of: Ready) -> None:
    pulse_id = open_pulse(of)
    say_all(pulse_id, [YES] * 10)
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    client, page = signed_in(of.app, of.organiser), f"/actions/{of.action_id}"
    assert "It asked about" not in client.get(page).text
    with transaction() as session:
        session.get_one(ActionRecord, of.action_id).title = "The prime is thanked by everybody"
    assert f"It asked about “{TITLE}”." in words(client.get(page).text)


def test_an_action_that_is_not_done_or_is_asked_about_leads_back_to_the_list(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    with transaction() as session:
        new = add_action(session, of.cycle_id, title="Fewer forms", state_=ActionState.ACCEPTED)
    listed = f"/steward/reviews/{of.cycle_id}/pulses"
    answer = client.get(f"/steward/actions/{new}/pulse")
    assert (answer.status_code, answer.location) == (303, listed)
    assert "This action is not done yet" in client.get(listed).text
    open_pulse(of)
    assert client.get(path(of)).location == listed
    assert client.post(path(of), data={"csrf_token": client.csrf(listed)}).location in {listed, None}


def test_a_lost_key_ends_in_nothing_shown_and_everything_destroyed(two_keys: Ready) -> None:
    client = signed_in(two_keys.app, two_keys.steward)
    pulse_id = open_pulse(two_keys, sealing.new_key_pair().opening)
    say_all(pulse_id, [NO] * 10)
    give_up = f"/steward/pulses/{pulse_id}/give-up"
    assert client.get(give_up).status_code == 303
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    assert client.send(give_up).status_code == 303
    found = pulse_of(pulse_id)
    assert found.outcome is Outcome.NOT_SHOWN and found.purged_at is not None
    with transaction() as session:
        assert not pulse_closing.give_up(session, clock.now(), pulse_id)


def test_nobody_but_the_reviews_steward_reaches_these_pages(two_keys: Ready) -> None:
    of = two_keys
    pulse_id = open_pulse(of, sealing.new_key_pair().opening)
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    stranger = make_account(of.app, "another@steward.example", AccountRole.STEWARD)
    pages = (
        f"/steward/reviews/{of.cycle_id}/pulses",
        path(of),
        f"{path(of)}/key",
        f"/steward/pulses/{pulse_id}",
        f"/steward/pulses/{pulse_id}/count",
        f"/steward/pulses/{pulse_id}/give-up",
    )
    for account, status in ((stranger, 404), (of.organiser, 403)):
        client = signed_in(of.app, account)
        token = client.csrf("/")
        for page in pages:
            assert client.get(page).status_code == status, page
            if not page.endswith(("/pulses", pulse_id)):
                assert client.post(page, data={"csrf_token": token}).status_code in {status, 400}, page
    assert pulse_of(pulse_id).state is PulseState.CLOSING


def test_no_page_changes_when_somebody_answers(of: Ready) -> None:
    pulse_id = open_pulse(of)
    client = signed_in(of.app, of.steward)
    pages = (f"/steward/reviews/{of.cycle_id}/pulses", f"/steward/pulses/{pulse_id}", "/steward")
    before = [seen(client, page) for page in pages]
    say_all(pulse_id, [YES] * len(links_of_pulse(pulse_id)))
    assert [seen(client, page) for page in pages] == before


def test_the_organiser_reads_the_result_beside_the_action(of: Ready) -> None:
    pulse_id = open_pulse(of)
    organiser = signed_in(of.app, of.organiser)
    page = f"/actions/{of.action_id}"
    before = seen(organiser, page)
    assert "A pulse asks 14 people from 8 organisations until" in before
    say_all(pulse_id, [NO] * 5 + [YES] * 5)
    assert seen(organiser, page) == before
    pass_closing_time(pulse_id)
    pulse_counting.begin_due()
    assert "A pulse has closed and is being counted." in organiser.get(page).text
    pulse_counting.look(state().keys)
    after = words(organiser.get(page).text)
    assert "Some feel the change: more than 4 and fewer than 6 in 10 have noticed it" in after


def test_the_list_says_when_the_next_pulse_can_close(of: Ready) -> None:
    client = signed_in(of.app, of.steward)
    pulse_id = open_pulse(of)
    listed = f"/steward/reviews/{of.cycle_id}/pulses"
    assert path(of) not in client.get(listed).text
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    page = words(client.get(listed).text)
    assert "Another pulse on it can close on" in page and path(of) not in page
    set_pulse_time(pulse_id, clock.now() - timedelta(days=40))
    assert path(of) in client.get(listed).text
