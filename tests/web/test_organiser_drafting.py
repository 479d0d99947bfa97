"""Drafting a review: a form that keeps what was typed, and a design that is refused with all its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from reports.model import ALL_TITLE, OTHER_TITLE, REST_TITLE
from review_app import clock
from review_app.config import Settings
from review_app.factory import create_app
from review_app.models import db
from review_app.services.accounts import AccountRole
from surveys.chain import Role, Sector
from surveys.cycle import CycleState
from surveys.matrix import Group, PartyKind
from tests.conftest import make_account
from tests.pages import PageClient
from tests.web.organisers import (
    TITLE,
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
    typed,
    whole,
)
from tests.web.stewards import (
    Guarded,
    cycle_of,
    faults,
    restore,
    signed_in,
)
from tests.web.tables import every_row

At = Callable[[Guarded], PageClient]


@pytest.fixture
def at(organisers_at: At) -> At:
    """Puts an installation at rest in place; the browser of its organiser."""
    return organisers_at


@pytest.fixture
def in_production(tmp_path_factory: pytest.TempPathFactory, drafted: Guarded) -> Iterator[Flask]:
    """An application for real use on a copy of the draft: its reviews are open for five days at least."""
    folder = tmp_path_factory.mktemp("production")
    settings = Settings.from_env(
        {
            "ROUNDTABLE_MODE": "production",
            "ROUNDTABLE_DATA_DIR": str(folder / "data"),
            "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
            "ROUNDTABLE_SECRET_KEY": "s" * 40,
            "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
            "ROUNDTABLE_SMTP_URL": "smtp://127.0.0.1:25",
            "ROUNDTABLE_MAIL_FROM": "Roundtable <review@charity.example>",
        }
    )
    app = create_app(settings)
    app.test_client_class = PageClient
    restore(app, drafted)
    yield app
    with app.app_context():
        db.engine.dispose()


# The form


def test_the_form_as_offered_needs_a_title_and_a_steward_and_asks_nobody_anything(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    before = every_row(site)
    answer = send_form(client, new_path(site, drafted), whole(drafted))
    assert answer.status_code == 303
    kept = cycle_of(site, of_location(answer.location))
    assert (kept.title, kept.state, kept.k, kept.is_approved) == (TITLE, CycleState.DRAFT, 5, False)
    assert kept.closes_at.hour == 17 and 20 < (kept.closes_at - clock.now()) / timedelta(days=1) < 22
    assert "The draft is kept. Nobody has been asked yet." in main_of(client.get(answer.location or "").text)
    after = every_row(site)
    assert {name for name in after if after[name] != before[name]} == {"cycles"}
    assert sent(site, kept.id) == (0, 0)


def test_a_refused_draft_keeps_everything_that_was_typed(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    path = new_path(site, drafted)
    before = every_row(site)
    changes = {
        "title": ["x" * 121],
        "perspectives": ["chain"],
        "steward_id": [""],
        "closes_at": ["31", "2", "2027"],
        "closes_time": ["half past five"],
        "key_mode": ["two_key"],
        "commissioner_agrees": ["y"],
        "group_subcontractor_vcs": ['Ours & "theirs" <b>'],
        "group_specialist_vcs": ["y" * 61],
        "group_spot_provider_vcs": [""],
        "k": ["four"],
        "too_soon_reason": ["\nFirst line\n</textarea>second, <i>"],
    }
    page = client.get(path).text
    posted = typed(page, changes)
    answer = client.post(path, data={**posted, "csrf_token": client.csrf(path)})
    assert answer.status_code == 422
    shown = typed(answer.text)
    assert shown.pop("too_soon_reason") == ["First line\n</textarea>second, <i>"]
    assert shown == {name: values for name, values in posted.items() if name != "too_soon_reason"}
    told = faults(answer.text)
    for words in (
        "title of up to 120",
        "Choose a steward",
        "Enter a day that exists",
        "Enter a time",
        "60 characters or fewer",
        "whole number from 5 to 20",
    ):
        assert [fault for fault in told if words in fault], words
    assert len(told) == 6
    assert every_row(site) == before


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (-1, "A review must be open for 5 days at least. Choose a later closing date."),
        (-36_500, "A review must be open for 5 days at least."),
        (4, "A review must be open for 5 days at least."),
        (181, "A review may be open for 180 days at most. Choose an earlier closing date."),
        (36_500, "A review may be open for 180 days at most."),
    ],
)
def test_a_closing_time_that_is_too_soon_or_too_far_is_refused(
    in_production: Flask, drafted: Guarded, moment: float, words: str
) -> None:
    client = signed_in(in_production, drafted.organiser)
    before = every_row(in_production)
    when = in_days(moment)
    answer = send_form(client, new_path(in_production, drafted), whole(drafted, closes_at=day(when)))
    assert answer.status_code == 422
    assert faults(answer.text)[0].startswith(words)
    assert form_of(answer.text)["closes_at"] == day(when)
    assert every_row(in_production) == before


def test_five_days_are_enough(in_production: Flask, drafted: Guarded) -> None:
    client = signed_in(in_production, drafted.organiser)
    closes_at = in_days(5) + timedelta(minutes=2)
    changes = whole(drafted, closes_at=day(closes_at), closes_time=[f"{closes_at:%H:%M}"])
    assert send_form(client, new_path(in_production, drafted), changes).status_code == 303


def test_a_draft_that_waited_too_long_has_to_be_changed_before_it_is_launched(
    in_production: Flask, drafted: Guarded
) -> None:
    client = signed_in(in_production, drafted.organiser)
    approve(in_production, drafted)
    before = every_row(in_production)
    with time_machine.travel(in_days(17)):
        answer = send_form(client, review(drafted, "/launch"))
        assert answer.status_code == 422
        told = "A review must be open for 5 days at least. Choose a later closing date."
        assert faults(answer.text) == [told]
        assert f'href="{review(drafted, "/edit")}"' in answer.text
    assert every_row(in_production) == before


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["31", "2", "2027"], "Enter a day that exists"),
        (["1", "13", "2027"], "Enter a day that exists"),
        (["1", "1", "0"], "Enter a day that exists"),
        (["1", "1", ""], "Enter a day, a month and a year"),
        (["", "", ""], "Enter the day on which the review closes"),
        (["<b>", "1", "2027"], "Enter a day, a month and a year"),
    ],
)
def test_a_day_that_cannot_be_read_is_told(
    site: Flask, at: At, drafted: Guarded, parts: list[str], words: str
) -> None:
    answer = send_form(at(drafted), new_path(site, drafted), whole(drafted, closes_at=parts))
    assert answer.status_code == 422
    (fault,) = faults(answer.text)
    assert words in fault
    assert form_of(answer.text)["closes_at"] == parts


@pytest.mark.parametrize("time", ["24:00", "17", "five", "17:0", "1700", ""])
def test_a_time_that_cannot_be_read_is_told_with_an_example(
    site: Flask, at: At, drafted: Guarded, time: str
) -> None:
    answer = send_form(at(drafted), new_path(site, drafted), whole(drafted, closes_time=[time]))
    assert answer.status_code == 422
    assert faults(answer.text) == ["Enter a time as hours and minutes, for example 17:00"]
    assert form_of(answer.text)["closes_time"] == [time]


@pytest.mark.parametrize("k", ["4", "0", "-5", "21", "9" * 30, "9" * 5000, "5.5", "five", ""])
def test_the_smallest_group_is_never_smaller_than_five(site: Flask, at: At, drafted: Guarded, k: str) -> None:
    client = at(drafted)
    before = every_row(site)
    answer = send_form(client, new_path(site, drafted), whole(drafted, k=[k]))
    assert answer.status_code == 422
    (fault,) = faults(answer.text)
    assert "from 5 to 20" in fault
    assert form_of(answer.text)["k"] == [k]
    assert every_row(site) == before


@pytest.mark.parametrize("k", ["5", "20", " 7 "])
def test_the_smallest_group_can_be_raised_to_twenty(site: Flask, at: At, drafted: Guarded, k: str) -> None:
    answer = send_form(at(drafted), new_path(site, drafted), whole(drafted, k=[k]))
    assert cycle_of(site, of_location(answer.location)).k == int(k)


@pytest.mark.parametrize("days", ["-1", "91", "four weeks", ""])
def test_a_day_of_publication_that_is_none_is_told(site: Flask, at: At, drafted: Guarded, days: str) -> None:
    client = at(drafted)
    answer = send_form(client, new_path(site, drafted), {**whole(drafted), "publish_after_days": [days]})
    assert answer.status_code == 422
    assert any("90" in told for told in faults(answer.text)) and typed(answer.text)["publish_after_days"] == [
        days
    ]


def test_a_real_review_leaves_three_weeks_for_comments_and_replies(
    in_production: Flask, drafted: Guarded
) -> None:
    client = signed_in(in_production, drafted.organiser)
    path = new_path(in_production, drafted)
    assert typed(client.get(path).text)["publish_after_days"] == ["28"]
    refused = send_form(client, path, {**whole(drafted), "publish_after_days": ["22"]})
    assert faults(refused.text) == [
        "Everybody gets the report 23 to 90 days after the close. Type a number from 23 to 90."
    ]
    kept = cycle_of(in_production, of_location(send_form(client, path, whole(drafted)).location))
    assert kept.publish_after_days == 28


def test_the_day_the_rule_and_the_voices_are_kept_shown_and_repeated(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    fixed = {"publish_after_days": ["35"], "publication": ["open"], "counted_by": ["organisation"]}
    answer = send_form(client, new_path(site, drafted), {**whole(drafted), **fixed})
    kept = cycle_of(site, of_location(answer.location))
    assert (kept.publish_after_days, kept.publication, kept.counted_by) == (35, "open", "organisation")
    assert kept.timetable is not None
    assert kept.timetable.publishes_at - kept.closes_at == timedelta(days=35)
    page = main_of(client.get(answer.location or "").text)
    assert "Replies until" in page and "the prime and the commissioners" in page
    assert "each organisation has one voice" in page
    edited = typed(client.get(f"{answer.location}/edit").text)
    assert {name: edited[name] for name in fixed} == fixed


@pytest.mark.parametrize("who", ["nobody", "the organiser", "somebody made up"])
def test_a_review_needs_a_steward(site: Flask, at: At, drafted: Guarded, who: str) -> None:
    client = at(drafted)
    before = every_row(site)
    ids = {"nobody": "", "the organiser": drafted.organiser.id, "somebody made up": "x" * 22}
    answer = send_form(client, new_path(site, drafted), whole(drafted, steward_id=[ids[who]]))
    assert answer.status_code == 422
    assert 'href="#steward_id"' in answer.text and len(faults(answer.text)) == 1
    assert every_row(site) == before


def test_a_contact_of_the_chain_cannot_be_its_steward(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    partial = make_account(site, "Beth.Ramsden@CalderValleyTR.example", AccountRole.STEWARD)
    changes = whole(drafted, steward_id=[partial.id])
    for path in (new_path(site, drafted), review(drafted, "/edit")):
        answer = send_form(client, path, changes)
        assert answer.status_code == 422
        told = "The steward is a contact of this chain. Choose a steward who is independent."
        assert faults(answer.text) == [told]
        assert form_of(answer.text)["steward_id"] == [partial.id]
    # Of another chain that person may be the steward.
    rows = [row for row in sample_rows() if "ramsden" not in row[8]]
    path = f"/organiser/chains/{import_chain(client, rows)}/reviews/new"
    assert send_form(client, path, changes).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"instrument": ["made-up@1"]},
        {"instrument": []},
        {"key_mode": ["no_key"]},
        {"key_mode": []},
        {"perspectives": []},
        {"perspectives": ["prime", "made up"]},
        {"title": ["\u200b \x00"]},
    ],
)
def test_a_form_that_no_page_offers_keeps_nothing(
    site: Flask, at: At, drafted: Guarded, changes: dict[str, list[str]]
) -> None:
    client = at(drafted)
    before = every_row(site)
    answer = send_form(client, new_path(site, drafted), whole(drafted, **changes))
    assert answer.status_code == 422
    assert len(faults(answer.text)) == 1 and f'href="#{next(iter(changes))}"' in answer.text
    assert every_row(site) == before


def test_names_are_kept_without_what_draws_nothing_and_shown_as_text(
    site: Flask, at: At, drafted: Guarded
) -> None:
    client = at(drafted)
    title = "Spring\x00 \u200breview\u202e <script>alert(1)</script>"
    changes = whole(drafted, title=[title], group_subcontractor_vcs=["Ours\x00 <i>"])
    answer = send_form(client, new_path(site, drafted), changes)
    kept = cycle_of(site, of_location(answer.location))
    assert kept.title == "Spring review <script>alert(1)</script>"
    assert "Ours <i>" in {group.title for group in kept.plan.groups}
    for end in ("", "/edit", "/preview"):
        page = client.get(f"/organiser/reviews/{kept.id}{end}").text
        assert "<script>alert" not in page and "Ours <i>" not in page


# The groups


def test_one_name_makes_one_group_and_a_blank_one_asks_nobody(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    changes = whole(
        drafted,
        group_subcontractor_vcs=["Doers"],
        group_subcontractor_private=["  doers "],
        group_subcontractor_public=["DOERS"],
        group_spot_provider_vcs=[""],
        group_spot_provider_private=[""],
    )
    answer = send_form(client, new_path(site, drafted), changes)
    kept = cycle_of(site, of_location(answer.location))
    doers = next(group for group in kept.plan.groups if group.title == "Doers")
    assert doers.kinds == frozenset(PartyKind(Role.SUBCONTRACTOR, sector) for sector in Sector)
    page = main_of(client.get(f"{answer.location}/preview").text)
    assert "Not asked, because no group takes them: " in page and "Workwear Bank" in page
    # What is edited later begins with what was kept.
    form = form_of(client.get(f"{answer.location}/edit").text)
    assert form["group_subcontractor_public"] == ["Doers"] and form["group_spot_provider_vcs"] == [""]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        *(
            (title, "A report uses the name")
            for title in (ALL_TITLE, OTHER_TITLE.upper(), f" {REST_TITLE}\u200b ")
        ),
        ("Northern Bridge Employment Ltd", "Every group needs a name of its own."),
        ("NORTHERN  BRIDGE EMPLOYMENT LTD", "Every group needs a name of its own."),
    ],
)
def test_a_group_cannot_have_a_name_that_means_something_else(
    site: Flask, at: At, drafted: Guarded, title: str, words: str
) -> None:
    changes = whole(drafted, group_subcontractor_vcs=[title])
    answer = send_form(at(drafted), new_path(site, drafted), changes)
    assert answer.status_code == 422
    assert words in faults(answer.text)[0]


def test_without_a_group_no_partner_is_asked(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)
    path = new_path(site, drafted)
    fields = form_of(client.get(path).text)
    blank = {name: [""] for name in fields if name.startswith("group_")}
    answer = send_form(client, path, whole(drafted, **blank))
    assert faults(answer.text) == ["No partner is asked. Name a group for at least one kind of organisation."]


def test_a_commissioner_is_shown_by_name_only_when_it_agreed(site: Flask, at: At, drafted: Guarded) -> None:
    client = at(drafted)

    def commissioners(changes: dict[str, list[str]]) -> list[Group]:
        answer = send_form(client, new_path(site, drafted), changes)
        groups = cycle_of(site, of_location(answer.location)).plan.groups
        return [group for group in groups if any(kind.role is Role.COMMISSIONER for kind in group.kinds)]

    (pooled,) = commissioners(whole(drafted))
    (apart,) = commissioners(whole(drafted, commissioner_agrees=["y"]))
    assert (pooled.is_attributed, apart.is_attributed) == (False, True)
    assert apart.title == "Department for Skills and Work"
