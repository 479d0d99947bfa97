"""A close beside the last one of the same people, and with one voice per organisation, from real invitations on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from reports.certificate import certify
from reports.model import GroupKind, Part
from reports.release import Release, assemble_all
from reports.serial import release_from_bytes
from review_app import clock
from review_app.database import reading, transaction
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.models.releases import ReleaseRecord
from review_app.services import comparing, previews
from review_app.services.accounts import Account
from review_app.services.invited import invited_of_cycle
from surveys.publication import CountedBy
from surveys.subjects import Subject
from tests.conftest import OpenCycle, draft_on, launch_cycle
from tests.services.test_closing import answer_all, close
from tests.services.test_repeating import VCS, add_contact, closed_at, repeat, voluntary
from tests.unit.test_partner_release import FACTS

BOTH = (Subject.PRIME, Subject.CHAIN)


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def closed(open_cycle: OpenCycle) -> OpenCycle:
    """A review that everybody answered, counted four months ago."""
    answer_all(open_cycle)
    close(open_cycle)
    closed_at(open_cycle.id, clock.now() - timedelta(days=120))
    return open_cycle


def released(cycle_id: str) -> Release:
    with reading() as session:
        content = session.scalars(
            select(ReleaseRecord.content).where(ReleaseRecord.cycle_id == cycle_id)
        ).one()
    return release_from_bytes(content)


def again(app: Flask, cycle: OpenCycle, organiser: Account, steward: Account) -> Release:
    """The release of the same review once more, which everybody answers again."""
    following = launch_cycle(app, repeat(cycle.id, organiser).id, steward)
    answer_all(following, level=2)
    close(following)
    return released(following.id)


def titles(part: Part) -> list[str]:
    return [group.title for group in part.groups if group.kind is GroupKind.PROTECTED]


def test_the_same_people_have_the_same_columns_and_the_report_says_with_what_it_was_compared(
    app: Flask, closed: OpenCycle, organiser: Account, steward: Account
) -> None:
    release = again(app, closed, organiser, steward)
    assert release.audit.compared_with == closed.id
    assert (release.audit.holds, release.audit.merged) == (True, 0)
    assert [titles(part) for part in release.parts] == [titles(part) for part in released(closed.id).parts]
    assert VCS in titles(release.parts[0])


def test_a_group_that_two_people_joined_is_in_no_column_of_its_own_and_neither_is_what_shows_those_two(
    app: Flask, closed: OpenCycle, organiser: Account, steward: Account
) -> None:
    party = voluntary(closed.id)[-1]
    for number in range(2):
        add_contact(party, f"new{number}@{party.contacts[0].email.partition('@')[2]}")
    release = again(app, closed, organiser, steward)
    assert release.audit.holds
    with reading() as session:
        following = session.scalars(select(CycleRecord.id).where(CycleRecord.id != closed.id)).one()
        comparison = comparing.comparison(session, following, chain_id=_chain(closed.id))
    (earlier,) = comparison.earlier
    assert earlier.reference == closed.id
    for part in release.parts:
        assert VCS not in titles(part)
        assert sum(group.answers or 0 for group in part.groups if group.is_pooled) == part.received


def test_who_was_invited_is_known_by_the_same_keys_in_both(closed: OpenCycle) -> None:
    with reading() as session:
        comparison = comparing.comparison(session, closed.id, chain_id=_chain(closed.id))
        people = invited_of_cycle(session, closed.id)
    assert comparison.earlier == ()
    assert comparison.reference == ""
    assert {cell: invited.people for cell, invited in comparison.invited.items()} == {
        cell: found for cell, found in people.items() if cell in comparison.invited
    }
    assert not any(group_id == "prime" for _, group_id in comparison.invited)


@pytest.mark.parametrize("counted_by", CountedBy)
def test_a_close_counts_people_or_organisations_as_the_launch_fixed_it(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account, counted_by: CountedBy
) -> None:
    cycle_id = draft_on(app, northern_bridge, organiser, steward)
    with transaction() as session:
        session.execute(update(CycleRecord).values(counted_by=counted_by.value))
    cycle = launch_cycle(app, cycle_id, steward)
    answer_all(cycle)
    with reading() as session:
        attributed = {
            group.id for group in previews.preview(session, cycle_id).heat.groups if group.is_attributed
        }
        asked = [
            (subject, group_id, party_id)
            for subject, group_id, party_id in session.execute(
                select(AssignmentRecord.subject, AssignmentRecord.group_id, InvitationRecord.party_id).join(
                    InvitationRecord, InvitationRecord.id == AssignmentRecord.invitation_id
                )
            )
            if group_id not in attributed
        ]
        outlooks = {
            outlook.subject: outlook for outlook in previews.preview(session, cycle_id).preflight.subjects
        }
    close(cycle)
    release = released(cycle_id)
    for part in release.parts:
        voices = [entry for entry in asked if entry[0] == part.subject]
        number = len(voices) if counted_by is CountedBy.PERSON else len(set(voices))
        assert (part.asked, part.received) == (number, number)
        joined = outlooks[Subject(part.subject)].joined
        assert len(titles(part)) == len({group_id for _, group_id, _ in voices} - joined)
    assert {part.subject for part in release.parts} == set(BOTH)
    reports = assemble_all(replace(FACTS, counted_by=counted_by), release, {})
    assert certify(reports, software="1").findings == ()
    spread = any(item.distributions for part in release.parts for s in part.sections for item in s.items)
    assert spread is (counted_by is CountedBy.PERSON)


def _chain(cycle_id: str) -> str:
    with reading() as session:
        return session.scalars(select(CycleRecord.chain_id).where(CycleRecord.id == cycle_id)).one()
