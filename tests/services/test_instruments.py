"""Own instruments: drafts that change, finished versions that never do, and files in and out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from review_app import clock
from review_app.database import reading, transaction
from review_app.services import instruments
from review_app.services.accounts import Account
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.instruments import InstrumentState
from surveys import library
from surveys.errors import InstrumentFaultsError
from surveys.instrument import Instrument
from surveys.instrument_draft import selected, without_section
from tests.conftest import draft_on

SOURCE = library.latest(library.FIRST_CHOICE)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session whose changes nobody else sees."""
    with app.app_context(), reading() as opened:
        yield opened


@pytest.fixture
def draft(session: Session, organiser: Account) -> str:
    """The row of a draft that is a copy of the first part of the shipped instrument."""
    kept = {question.id for question in SOURCE.sections[0].questions}
    return instruments.copy(session, clock.now(), selected(SOURCE, kept), "Our own way", organiser.id)


@pytest.fixture
def finished(session: Session, draft: str, organiser: Account) -> str:
    """The same, finished."""
    instruments.finish(session, clock.now(), draft, organiser.id)
    return draft


def content(session: Session, row_id: str) -> Instrument:
    return instruments.get(session, *instruments.place_of(session, row_id))


def faults_of(session: Session, organiser: Account, text: str) -> dict[str, str]:
    with pytest.raises(InstrumentFaultsError) as caught:
        instruments.import_yaml(session, clock.now(), text, organiser.id)
    assert instruments.summaries(session) == ()
    return {fault.place: fault.mend for fault in caught.value.faults}


def test_a_copy_is_a_draft_with_an_id_of_its_own(session: Session, draft: str) -> None:
    (line,) = instruments.summaries(session)
    assert (line.id, line.instrument_id, line.version) == (draft, "our-own-way", 1)
    assert (line.title, line.state, line.is_used) == ("Our own way", InstrumentState.DRAFT, False)
    assert line.copied_from == f"{SOURCE.id} {SOURCE.version}"
    assert content(session, draft).sections == SOURCE.sections[:1]


def test_copies_of_one_title_get_different_ids_and_never_a_shipped_one(
    session: Session, organiser: Account
) -> None:
    rows = [
        instruments.copy(session, clock.now(), SOURCE, title, organiser.id)
        for title in ("Review and commitment", "Review and commitment", "!")
    ]
    found = [instruments.place_of(session, row)[0] for row in rows]
    assert found == ["review-and-commitment-2", "review-and-commitment-3", "instrument"]


def test_a_draft_is_kept_with_its_faults_and_its_id_and_version_stay(
    session: Session, draft: str, organiser: Account
) -> None:
    later = clock.now() + timedelta(hours=1)
    broken = replace(content(session, draft), id="another", version=9, title="Renamed", sections=())
    instruments.save(session, later, draft, broken, organiser.id)
    (line,) = instruments.summaries(session)
    assert (line.instrument_id, line.version, line.title) == ("our-own-way", 1, "Renamed")
    assert line.changed_at == later
    assert content(session, draft).sections == ()


def test_a_draft_with_faults_cannot_be_finished_and_all_of_them_are_told(
    session: Session, draft: str, organiser: Account
) -> None:
    broken = replace(content(session, draft), purpose="", sections=())
    instruments.save(session, clock.now(), draft, broken, organiser.id)
    with pytest.raises(InstrumentFaultsError) as caught:
        instruments.finish(session, clock.now(), draft, organiser.id)
    assert {"purpose", "sections"} <= {fault.place for fault in caught.value.faults}
    assert instruments.summaries(session)[0].state is InstrumentState.DRAFT


def test_a_draft_cannot_be_used_and_a_finished_version_can(
    session: Session, draft: str, organiser: Account
) -> None:
    shipped = tuple(library.shipped().values())
    assert {one.id for one in instruments.available(session)} == {one.id for one in shipped}
    instruments.finish(session, clock.now(), draft, organiser.id)
    assert instruments.available(session)[-1] == content(session, draft)


def test_a_finished_version_never_changes(session: Session, finished: str, organiser: Account) -> None:
    before = content(session, finished)
    steps = (
        lambda: instruments.save(session, clock.now(), finished, without_section(before, "2a"), organiser.id),
        lambda: instruments.finish(session, clock.now(), finished, organiser.id),
        lambda: instruments.discard(session, finished),
        lambda: instruments.draft(session, before.id, before.version),
    )
    for step in steps:
        with pytest.raises(NotAllowedError, match="Make a new version"):
            step()
    assert content(session, finished) == before


def test_the_next_version_is_a_draft_of_the_same_id_and_a_second_click_finds_it(
    session: Session, finished: str, organiser: Account
) -> None:
    first = content(session, finished)
    row_id = instruments.next_version(session, clock.now(), finished, organiser.id)
    assert instruments.place_of(session, row_id) == (first.id, 2)
    assert content(session, row_id) == replace(first, version=2)
    assert instruments.next_version(session, clock.now(), finished, organiser.id) == row_id
    assert [line.version for line in instruments.summaries(session)] == [2, 1]

    changed = replace(content(session, row_id), title="Our better way")
    instruments.save(session, clock.now(), row_id, changed, organiser.id)
    assert content(session, finished) == first
    edition = instruments.edition(session, first.id, 2)
    assert edition.before == first and edition.is_draft and edition.copied_from == "our-own-way 1"


def test_a_cycle_may_use_the_latest_finished_version_alone(
    session: Session, finished: str, organiser: Account
) -> None:
    row_id = instruments.next_version(session, clock.now(), finished, organiser.id)
    own = [one.version for one in instruments.available(session) if one.id == "our-own-way"]
    assert own == [1]
    instruments.finish(session, clock.now(), row_id, organiser.id)
    own = [one.version for one in instruments.available(session) if one.id == "our-own-way"]
    assert own == [2]


def test_a_discarded_draft_is_gone(session: Session, draft: str) -> None:
    place = instruments.place_of(session, draft)
    instruments.discard(session, draft)
    assert instruments.summaries(session) == ()
    for miss in (
        lambda: instruments.get(session, *place),
        lambda: instruments.edition(session, *place),
        lambda: instruments.draft(session, *place),
        lambda: instruments.place_of(session, draft),
        lambda: instruments.discard(session, draft),
    ):
        with pytest.raises(NotFoundError):
            miss()


def test_a_version_that_a_review_was_drafted_with_is_told_to_be_used(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account
) -> None:
    with app.app_context(), transaction() as session:
        row_id = instruments.copy(session, clock.now(), SOURCE, "Used", organiser.id)
        instruments.finish(session, clock.now(), row_id, organiser.id)
        used = content(session, row_id)
    draft_on(app, northern_bridge, organiser, steward, instrument=used)
    with app.app_context(), reading() as session:
        later = instruments.next_version(session, clock.now(), row_id, organiser.id)
        assert [line.is_used for line in instruments.summaries(session)] == [False, True]
        assert instruments.edition(session, "used", 1).is_used
        assert not instruments.edition(session, "used", 2).is_used
        instruments.save(session, clock.now(), later, used, organiser.id)


def test_a_version_that_is_used_never_changes_not_even_a_draft(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account
) -> None:
    with app.app_context(), transaction() as session:
        row_id = instruments.copy(session, clock.now(), SOURCE, "Used", organiser.id)
        used = content(session, row_id)
    draft_on(app, northern_bridge, organiser, steward, instrument=used)
    with app.app_context(), reading() as session:
        for step in (
            lambda: instruments.save(session, clock.now(), row_id, replace(used, title="x"), organiser.id),
            lambda: instruments.discard(session, row_id),
        ):
            with pytest.raises(NotAllowedError, match="A review was drafted"):
                step()
        assert content(session, row_id) == used


def test_a_shipped_instrument_is_found_and_cannot_be_changed(session: Session) -> None:
    found = instruments.edition(session, SOURCE.id, SOURCE.version)
    assert found.instrument == SOURCE and found.state is InstrumentState.SHIPPED and found.id == ""
    assert instruments.get(session, SOURCE.id, SOURCE.version) is SOURCE
    with pytest.raises(NotAllowedError, match="Make a copy"):
        instruments.draft(session, SOURCE.id, SOURCE.version)
    with pytest.raises(NotFoundError):
        instruments.get(session, SOURCE.id, 9999)


def test_what_is_exported_can_be_imported_elsewhere_and_is_the_same(
    session: Session, finished: str, organiser: Account
) -> None:
    exported = instruments.export_yaml(content(session, finished)).replace("our-own-way", "their-way")
    row_id = instruments.import_yaml(session, clock.now(), exported, organiser.id)
    assert content(session, row_id) == replace(content(session, finished), id="their-way")
    assert instruments.edition(session, "their-way", 1).copied_from == ""


def test_importing_the_same_file_twice_finds_what_is_there(
    session: Session, finished: str, organiser: Account
) -> None:
    exported = instruments.export_yaml(content(session, finished))
    assert instruments.import_yaml(session, clock.now(), exported, organiser.id) == finished
    with pytest.raises(InstrumentFaultsError) as caught:
        instruments.import_yaml(session, clock.now(), exported.replace("Our own way", "Other"), organiser.id)
    (fault,) = caught.value.faults
    assert (fault.place, fault.mend) == ("the file, version", "Raise the version.")


def test_a_file_with_a_shipped_id_needs_one_of_its_own(session: Session, organiser: Account) -> None:
    for version in (1, 77):
        text = library.to_yaml(replace(SOURCE, version=version))
        assert faults_of(session, organiser, text) == {"the file, id": "Give it an id of its own."}


def test_all_faults_of_a_file_are_told_at_once(session: Session, organiser: Account) -> None:
    text = library.to_yaml(SOURCE)
    text = text.replace("P2a.1", "P9z.9").replace("  rather_not_say: Rather not say\n", "", 1)
    text = text.replace("title: Review and Commitment", 'title: ""')
    places = faults_of(session, organiser, text)
    assert set(places) == {
        "the file, title",
        "the file, scale.opt_outs.rather_not_say",
        "the file, sections.2a.questions.open-contracts.practices",
    }
