"""Before reports are made, their steward sees the actions that they name, and can still do something about them."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask

from review_app.database import transaction
from review_app.models.actions import ActionRecord
from review_app.web.faults import REFUSED
from surveys.improvement import ActionState
from tests.improvement_made import bring
from tests.publications import count_one, move_into_the_past, quote_everything
from tests.web.improving import ImprovedAtRest
from tests.web.respondents import words
from tests.web.stewards import faults, field, restore, signed_in


def test_the_steward_sees_which_actions_the_reports_name_and_what_in_them_points_at_people(
    site: Flask, improved: ImprovedAtRest
) -> None:
    restore(site, improved)
    action_id = improved.actions["verified"]
    with site.app_context():
        bring(action_id, ActionState.IN_PROGRESS)
        rename(action_id, "Mill Ltd is paid within 14 days")
        move_into_the_past(improved.cycle_id, timedelta(days=200))
        second = count_one(site, improved.chain_id, improved.organiser, improved.steward, title="Again")
        quote_everything(second)
    guard = signed_in(site, improved.steward)
    path = f"/steward/reviews/{second.cycle.id}/publish"
    page = guard.get(path).text
    said = words(re.sub("<[^>]*>", " ", page))
    assert "1: Mill Ltd is paid within 14 days In progress, by Prime Ltd" in said
    assert "this holds an organisation (Mill Ltd)" in said and "In the main report" in said
    assert f'href="{improved.page_of("verified")}"' in page, "where it can be changed or declined"
    assert "A meeting each month" not in said and "One office for everybody" not in said
    assert "Change" in (guard.get(improved.page_of("verified")).text)

    with site.app_context():
        rename(action_id, "Everybody is paid within 14 days")
    answer = guard.send(path, {"seen": field(page, "seen")})
    assert answer.status_code == REFUSED
    assert faults(answer.text) and "has changed since you opened this page" in words(answer.text)

    with site.app_context():
        bring(action_id, ActionState.VERIFIED)
    page = guard.get(path).text
    assert "It is settled, so that its words cannot change any more." in words(page)
    assert guard.send(path, {"seen": field(page, "seen")}).status_code == 303


def rename(action_id: str, title: str) -> None:
    """Gives an action other words, as only a test may."""
    with transaction() as session:
        session.get_one(ActionRecord, action_id).title = title
