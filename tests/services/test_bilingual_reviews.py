"""Reviews in English and Welsh in the database: their design, what an approval covers, and the gate at the launch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest
from flask import Flask

from review_app import clock, posting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.services import approving, chains, cycles, launching, repeating
from review_app.services.accounts import Account, AccountRole
from review_app.services.designs import Design
from review_app.services.translating import language_faults
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys.cycle import CycleState, KeyMode
from surveys.errors import CycleFaultsError
from surveys.grouping import suggest_groups, welsh_title
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.language import BILINGUAL, ENGLISH_ONLY, Language
from surveys.matrix import Group, Plan
from tests.bilingual import IN_BOTH, without
from tests.conftest import SAMPLE, draft_on, launch_cycle, make_account

CY = Language.WELSH
PLACE = "sections.talking.questions.shares-figures.partner_on_prime"
SHORTEST = timedelta(seconds=1)


@pytest.fixture
def either_app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """The application on an empty database of each kind."""
    app = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with app.app_context():
        migrate()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def people(either_app: Flask) -> tuple[Account, Account]:
    """An organiser and a steward."""
    return (
        make_account(either_app, "organiser@prime.example", AccountRole.ORGANISER),
        make_account(either_app, "steward@independent.example", AccountRole.STEWARD),
    )


@pytest.fixture
def chain_id(either_app: Flask) -> str:
    """The sample's chain."""
    with either_app.app_context(), transaction() as session:
        return chains.keep(
            session, clock.now(), read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        )


def test_a_bilingual_design_is_kept_launched_and_repeated(
    either_app: Flask, chain_id: str, people: tuple[Account, Account]
) -> None:
    cycle_id = draft_on(
        either_app,
        chain_id,
        *people,
        instrument=IN_BOTH,
        languages=BILINGUAL,
        long_reason="Much  to tell",
        long_reason_welsh="Llawer  i’w ddweud",
    )
    launch_cycle(either_app, cycle_id, people[1])
    with either_app.app_context(), transaction() as session:
        cycle = cycles.load(session, cycle_id)
        assert (cycle.state, cycle.languages, cycle.is_bilingual) == (CycleState.OPEN, BILINGUAL, True)
        assert cycle.instrument == IN_BOTH
        assert cycle.long_reason_welsh == "Llawer i’w ddweud"
        assert {group.title_in(CY) for group in cycle.plan.groups} >= {"Arbenigwyr", "Comisiynwyr"}
        again = repeating.repeat(session, clock.now(), cycle_id, organiser_id=people[0].id, shortest=SHORTEST)
        clone = cycles.load(session, again)
        assert (clone.languages, clone.instrument, clone.plan) == (BILINGUAL, IN_BOTH, cycle.plan)
        assert clone.long_reason_welsh == cycle.long_reason_welsh


def test_an_approval_covers_the_languages_and_whatever_is_said_in_welsh(
    either_app: Flask, chain_id: str, people: tuple[Account, Account]
) -> None:
    cycle_id = draft_on(either_app, chain_id, *people, instrument=IN_BOTH, languages=BILINGUAL)

    def digest(**changes: object) -> str:
        with either_app.app_context(), reading() as session:
            record = cycles.editable(session, cycle_id)
            design = replace(cycles.design_of(record), **changes)  # type: ignore[arg-type]
            cycles.redesign(session, clock.now(), cycle_id, design=design, shortest=SHORTEST)
            return approving.approval_digest(record, chains.load(session, chain_id))

    changed = replace(IN_BOTH.translations[CY], texts={**IN_BOTH.translations[CY].texts, "title": "Arall"})
    with either_app.app_context(), reading() as session:
        plan = cycles.load(session, cycle_id).plan
    groups = tuple(
        group if group.is_attributed else replace(group, welsh_title=f"{group.welsh_title} i gyd")
        for group in plan.groups
    )
    digests = [
        digest(),
        digest(languages=ENGLISH_ONLY),
        digest(long_reason_welsh="Llawer"),
        digest(instrument=replace(IN_BOTH, translations={CY: changed})),
        digest(plan=replace(plan, groups=groups)),
    ]
    assert len(set(digests)) == len(digests)
    assert digest() == digests[0]


def test_a_review_in_english_is_approved_as_it_was_before_there_was_welsh(
    app: Flask, northern_bridge: str, organiser: Account, steward: Account
) -> None:
    """The Welsh of a questionnaire, added later to the same version, changes no text that was approved."""
    closes_at = clock.now() + timedelta(days=21)
    digests = set()
    for instrument in (replace(IN_BOTH, translations={}), IN_BOTH):
        cycle_id = draft_on(
            app, northern_bridge, organiser, steward, instrument=instrument, closes_at=closes_at
        )
        with app.app_context(), reading() as session:
            record = cycles.editable(session, cycle_id)
            digests.add(approving.approval_digest(record, chains.load(session, northern_bridge)))
    assert len(digests) == 1


def test_the_launch_is_refused_with_everything_that_has_no_welsh(
    either_app: Flask, chain_id: str, people: tuple[Account, Account]
) -> None:
    cycle_id = draft_on(
        either_app,
        chain_id,
        *people,
        instrument=without(PLACE, "purpose"),
        languages=BILINGUAL,
        long_reason="Much to tell",
    )
    with either_app.app_context():
        with transaction() as session:
            approving.approve(session, cycle_id, people[1].id, opening_key=None)
        with pytest.raises(CycleFaultsError) as caught, transaction() as session:
            launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=SHORTEST)
        assert [fault.place for fault in caught.value.faults] == [
            "instrument",
            "instrument",
            "long_reason_welsh",
        ]
        assert all(fault.mend for fault in caught.value.faults)
        with reading() as session:
            assert cycles.load(session, cycle_id).state is CycleState.DRAFT


def test_our_own_pages_are_part_of_the_gate() -> None:
    design = Design(
        title="Spring",
        instrument=IN_BOTH,
        plan=_plan(),
        k=5,
        closes_at=clock.now(),
        key_mode=KeyMode.ONE_HOST,
        steward_id="",
        languages=BILINGUAL,
    )
    voices = frozenset(Voice)
    assert language_faults(design, voices, ()) == ()
    (fault,) = language_faults(design, voices, ("Send your answers",))
    assert (fault.place, fault.message) == ("languages", "Roundtable has no Welsh for “Send your answers”.")
    assert language_faults(replace(design, languages=ENGLISH_ONLY), voices, ("Send your answers",)) == ()


def _plan() -> Plan:
    return Plan((Group("partners", "Partners", False, frozenset(), "Partneriaid"),), frozenset())


def test_every_suggested_group_has_its_welsh(app: Flask, northern_bridge: str) -> None:
    with app.app_context(), reading() as session:
        groups = suggest_groups(chains.load(session, northern_bridge), DisclosurePolicy())
    pooled = [group for group in groups if not group.is_attributed]
    assert pooled and all(group.welsh_title == welsh_title(group.title) != "" for group in pooled)
    assert welsh_title("specialists") == "Arbenigwyr" and welsh_title("Charities") == ""


def test_its_mails_are_in_welsh_and_then_in_english(
    either_app: Flask, chain_id: str, people: tuple[Account, Account]
) -> None:
    draft = draft_on(either_app, chain_id, *people, instrument=IN_BOTH, languages=BILINGUAL)
    cycle = launch_cycle(either_app, draft, people[1])
    with either_app.app_context():
        assert posting.send_due(state()) == len(cycle.links)
        folder = state().settings.mailbox_dir / cycle.id
    mails = [message_from_bytes(path.read_bytes()) for path in folder.glob("*.eml")]
    assert len(mails) == len(cycle.links)
    assert {mail["Content-Language"] for mail in mails} == {"cy, en"}
