"""Chains that are kept: changed in place on both databases, with what is gone still there and everything told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from review_app import clock, counting, posting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.chains import ChainChangeRecord, ContactRecord, ContractRecord, PartyRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.services import (
    answering,
    approving,
    chains,
    chains_editing,
    chains_elsewhere,
    chains_history,
    closing,
    cycles,
    launching,
    leasing,
)
from review_app.services.accounts import Account, AccountRole
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import Author
from review_app.services.errors import ChainChangedError, NotFoundError, NotYetError
from review_app.services.invited import invited_of_cycle
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys.answers import Answers
from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.chain_changes import Changes
from surveys.chain_rules import chain_digest
from surveys.cycle import CycleState
from surveys.errors import ChainFaultsError
from tests import mail_rows
from tests.conftest import SAMPLE, OpenCycle, draft_on, launch_cycle, make_account, pass_the_closing_time

# After the import of the sample, which happens when the test runs.
NOW = clock.now() + timedelta(hours=1)
TYNE, DEBT = "Tyne Steps", "Lighthouse Debt Advice"


@pytest.fixture
def app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """The application on an empty database of either kind."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        migrate()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def sian(app: Flask) -> Author:
    """An organiser, as the history names her."""
    account = make_account(app, "sian@prime.example", AccountRole.ORGANISER)
    return Author("Sian Prosser", account.id)


@pytest.fixture
def edit(app: Flask, northern_bridge: str, sian: Author) -> Edit:
    """Sian's edit of the sample's chain."""
    return Edit(northern_bridge, NOW, sian)


def load(edit: Edit) -> Chain:
    with reading() as session:
        return chains.load(session, edit.chain_id)


def called(chain: Chain, name: str) -> Party:
    return next(party for party in chain.parties if party.name == name)


def person(chain: Chain, name: str) -> Contact:
    return next(one for party in chain.parties for one in party.contacts if one.name == name)


def import_sheet(edit: Edit, sheet: Chain, same: dict[str, str] | None = None, digest: str = "") -> Changes:
    with transaction() as session:
        known = digest or chain_digest(chains.load(session, edit.chain_id))
        return chains_editing.import_again(session, edit, sheet, same=same or {}, digest=known)


def sample(*, without: str = "\0", **replaced: str) -> Chain:
    """The sample's sheet without the rows that hold a text, and with others replaced."""
    lines = [line for line in SAMPLE.read_text("utf-8").splitlines() if without not in line]
    text = "\n".join(lines)
    for old, new in replaced.items():
        text = text.replace(old.replace("_", " "), new)
    return read_chain(text.encode(), "roster.csv", "Whatever")


def sentences(edit: Edit) -> list[str]:
    with reading() as session:
        return [line.sentence for line in chains_history.history(session, edit.chain_id, 1).lines]


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def plain(chain: Chain) -> object:
    names = {party.id: party.name for party in chain.parties}
    return {
        party.name: (
            replace(party, id="", buyers=(), contacts=()),
            {names[buyer] for buyer in party.buyers},
            [replace(contact, id="") for contact in party.contacts],
        )
        for party in chain.parties
    }


# Importing again


def test_the_same_sheet_again_writes_nothing(app: Flask, edit: Edit) -> None:
    with app.app_context():
        before, lines = load(edit), sentences(edit)
        assert not import_sheet(edit, sample())
        assert load(edit) == before and sentences(edit) == lines


def test_another_sheet_makes_the_chain_what_it_says_and_whoever_stays_keeps_their_id(
    app: Flask, edit: Edit
) -> None:
    with app.app_context():
        before = load(edit)
        sheet = sample(without="Workwear Bank", Gary_Laidlaw="Gary Laidlaw-Smith", Tom_Wexley="Tomasz Wexley")
        import_sheet(edit, sheet)
        after = load(edit)
        assert plain(after) == plain(sheet)
        assert after.name == "Pathways North"
        ids = {party.name: party.id for party in before.parties}
        assert all(ids[party.name] == party.id for party in after.parties)
        assert person(after, "Gary Laidlaw-Smith").id == person(before, "Gary Laidlaw").id
        assert sentences(edit)[:4] == [
            "Sian Prosser imported Pathways North again: 2 changed, 1 gone.",
            "Sian Prosser removed Workwear Bank with Gloria Mensah.",
            "Sian Prosser changed the name of Tom Wexley of Department for Skills and Work to Tomasz Wexley.",
            "Sian Prosser changed the name of Gary Laidlaw of Tyne Steps to Gary Laidlaw-Smith.",
        ]


def test_standing_is_kept_and_read_back(app: Flask, edit: Edit) -> None:
    with app.app_context():
        sheet = sample()
        tyne = replace(called(sheet, "Workwear Bank"), standing=Standing.POTENTIAL, buyers=())
        parties = tuple(tyne if party.id == tyne.id else party for party in sheet.parties)
        import_sheet(edit, replace(sheet, parties=parties))
        assert called(load(edit), "Workwear Bank").standing is Standing.POTENTIAL
        assert called(load(edit), TYNE).standing is Standing.PRESENT


def test_what_is_gone_stays_in_its_table_and_comes_back_with_its_id(app: Flask, edit: Edit) -> None:
    with app.app_context():
        before = load(edit)
        rows = count(PartyRecord), count(ContactRecord)
        import_sheet(edit, sample(without="Workwear Bank"))
        assert (count(PartyRecord), count(ContactRecord)) == rows
        assert "Workwear Bank" not in {party.name for party in load(edit).parties}
        with reading() as session:
            (summary,) = chains.summaries(session)
        assert (summary.parties, summary.contacts) == (21, 39)
        import_sheet(edit, sample())
        assert load(edit) == before
        assert (count(PartyRecord), count(ContactRecord)) == rows


def test_a_confirmed_rename_keeps_the_organisation_and_another_does_not(app: Flask, edit: Edit) -> None:
    with app.app_context():
        before = load(edit)
        sheet = sample(Tyne_Steps="Northumbria Works")
        tyne = called(before, TYNE)
        import_sheet(edit, sheet, {"northumbria works": tyne.id})
        after = load(edit)
        assert called(after, "Northumbria Works").id == tyne.id
        assert called(after, DEBT).buyers == (tyne.id,)
        # Under its old name again, and this time it is said to be another one: its people move.
        import_sheet(edit, sample())
        again = load(edit)
        assert called(again, TYNE).id != tyne.id
        assert [one.id for one in called(again, TYNE).contacts] == [one.id for one in tyne.contacts]


def test_two_organisations_may_exchange_their_names(app: Flask, edit: Edit) -> None:
    with app.app_context():
        before = load(edit)
        tyne, debt = called(before, TYNE), called(before, DEBT)
        with transaction() as session:
            chains_editing.save_party(session, edit, replace(debt, name="For a moment"))
        with transaction() as session:
            chains_editing.save_party(session, edit, replace(tyne, name=DEBT))
        with transaction() as session:
            chains_editing.save_party(session, edit, replace(debt, name=TYNE))
        after = load(edit)
        assert called(after, DEBT).id == tyne.id and called(after, TYNE).id == debt.id
        swapped = {"tyne steps": tyne.id, "lighthouse debt advice": debt.id}
        import_sheet(edit, sample(), swapped)
        assert plain(load(edit)) == plain(sample())


def test_an_organisation_may_take_the_name_of_one_that_is_gone(app: Flask, edit: Edit) -> None:
    with app.app_context():
        import_sheet(edit, sample(without="Workwear Bank"))
        cscs = called(load(edit), "CSCS Express")
        with transaction() as session:
            chains_editing.save_party(session, edit, replace(cscs, name="Workwear Bank"))
        assert called(load(edit), "Workwear Bank").id == cscs.id


def test_an_import_is_refused_when_the_chain_changed_since_its_preview(app: Flask, edit: Edit) -> None:
    with app.app_context():
        digest = chain_digest(load(edit))
        with transaction() as session:
            chains_editing.rename(session, edit, "Pathways South")
        before, lines = load(edit), sentences(edit)
        with pytest.raises(ChainChangedError):
            import_sheet(edit, sample(without="Workwear Bank"), digest=digest)
        assert load(edit) == before and sentences(edit) == lines


# By hand


def test_an_organisation_is_added_changed_and_removed(app: Flask, edit: Edit) -> None:
    with app.app_context():
        tyne = called(load(edit), TYNE)
        new = Party(
            id="",
            name="Łódź Praca",
            role=Role.SPECIALIST,
            sector=Sector.PRIVATE,
            tier=None,
            services="Jobs",
            buyers=(tyne.id,),
            contacts=(Contact("", "Wacław Żuk", "", "w.zuk@lodz.example"),),
            standing=Standing.PRESENT,
        )
        with transaction() as session:
            chains_editing.save_party(session, edit, new)
        kept = called(load(edit), "Łódź Praca")
        assert replace(kept, id="", contacts=()) == replace(new, contacts=())
        with transaction() as session:
            chains_editing.save_party(session, edit, replace(kept, sector=Sector.VCS, contacts=()))
        assert called(load(edit), "Łódź Praca").contacts == kept.contacts
        with transaction() as session:
            chains_editing.remove_party(session, edit, kept.id)
        assert len(load(edit).parties) == 22
        assert sentences(edit)[:3].count("Sian Prosser removed Łódź Praca with Wacław Żuk.") == 1
        assert (
            "Sian Prosser changed the sector of Łódź Praca from private sector to voluntary sector."
            in sentences(edit)
        )


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"buyers": ()}, "contracts_with"),
        ({"name": "CSCS Express"}, "organisation"),
        ({"role": Role.PRIME}, "role"),
        ({"name": " "}, "organisation"),
    ],
)
def test_an_edit_that_breaks_a_rule_is_refused_beside_its_field_and_writes_nothing(
    app: Flask, edit: Edit, changes: dict[str, object], place: str
) -> None:
    with app.app_context():
        before, lines = load(edit), sentences(edit)
        broken = replace(called(before, DEBT), **changes)  # type: ignore[arg-type]
        broken = replace(broken, name=broken.name.strip())
        with pytest.raises(ChainFaultsError) as caught, transaction() as session:
            chains_editing.save_party(session, edit, broken)
        assert place in {fault.place for fault in caught.value.faults}
        assert load(edit) == before and sentences(edit) == lines


def test_removing_who_pays_another_is_refused_with_the_others_name(app: Flask, edit: Edit) -> None:
    with app.app_context():
        tyne = called(load(edit), TYNE)
        with pytest.raises(ChainFaultsError, match=DEBT), transaction() as session:
            chains_editing.remove_party(session, edit, tyne.id)


def test_people_are_added_changed_moved_and_removed_and_nobody_is_left_without_one(
    app: Flask, edit: Edit
) -> None:
    with app.app_context():
        tyne, debt = called(load(edit), TYNE), called(load(edit), DEBT)
        beth = Contact("", "Beth Ramsden-Jones", "Chair", "beth@new.example")
        with transaction() as session:
            chains_editing.save_contact(session, edit, debt.id, beth)
        kept = person(load(edit), "Beth Ramsden-Jones")
        with transaction() as session:
            chains_editing.save_contact(session, edit, tyne.id, replace(kept, job_title="Trustee"))
        moved = person(load(edit), "Beth Ramsden-Jones")
        assert moved.id == kept.id and moved in called(load(edit), TYNE).contacts
        with transaction() as session:
            chains_editing.remove_contact(session, edit, kept.id)
        found = set(sentences(edit))
        assert {
            f"Sian Prosser added Beth Ramsden-Jones to {DEBT}.",
            f"Sian Prosser moved Beth Ramsden-Jones from {DEBT} to {TYNE}.",
            f"Sian Prosser removed Beth Ramsden-Jones from {TYNE}.",
        } <= found
        with pytest.raises(ChainFaultsError, match="nobody who can be asked"), transaction() as session:
            chains_editing.remove_contact(session, edit, debt.contacts[0].id)
        with pytest.raises(ChainFaultsError) as caught, transaction() as session:
            chains_editing.save_contact(session, edit, debt.id, replace(beth, email=tyne.contacts[0].email))
        assert [fault.place for fault in caught.value.faults if fault.place] == ["email"]


def test_merging_moves_people_and_contracts_and_keeps_the_row_that_went(app: Flask, edit: Edit) -> None:
    with app.app_context():
        before = load(edit)
        calder, tyne = called(before, "Calder Valley Training CIC"), called(before, TYNE)
        with reading() as session:
            merged = chains_editing.preview_merge(session, edit.chain_id, calder.id, tyne.id)
        assert merged.faults == ()
        with transaction() as session:
            chains_editing.merge(session, edit, stays=calder.id, goes=tyne.id, digest=merged.digest)
        after = load(edit)
        assert called(after, DEBT).buyers == (calder.id,)
        assert [one.id for one in called(after, calder.name).contacts] == [
            one.id for one in (*calder.contacts, *tyne.contacts)
        ]
        assert sentences(edit)[0] == f"Sian Prosser merged {TYNE} into {calder.name}."
        assert count(PartyRecord) == 22
        with pytest.raises(ChainChangedError), transaction() as session:
            chains_editing.merge(
                session, edit, stays=calder.id, goes=called(before, DEBT).id, digest=merged.digest
            )


def test_a_name_that_another_chain_has_is_refused(app: Flask, edit: Edit) -> None:
    with app.app_context():
        with transaction() as session:
            chains.keep(session, NOW, replace(sample(), name="Pathways South"))
        with pytest.raises(ChainFaultsError, match="already"), transaction() as session:
            chains_editing.rename(session, edit, "Pathways South")


def test_what_is_not_in_the_chain_is_not_found(app: Flask, edit: Edit) -> None:
    with app.app_context():
        for change in (
            lambda session: chains_editing.remove_party(session, edit, "nothing"),
            lambda session: chains_editing.remove_contact(session, edit, "nothing"),
            lambda session: chains_editing.rename(session, replace(edit, chain_id="nothing"), "X"),
            lambda session: chains_editing.preview_merge(session, edit.chain_id, "nothing", "nothing"),
        ):
            with pytest.raises(NotFoundError), transaction() as session:
                change(session)


# History


def test_a_change_without_an_account_keeps_the_day_and_not_the_hour(app: Flask, edit: Edit) -> None:
    with app.app_context():
        steward = replace(edit, by=Author("The steward", None))
        debt = called(load(edit), DEBT)
        with transaction() as session:
            chains_editing.save_contact(
                session, steward, debt.id, Contact("", "New Person", "", "new@debt.example")
            )
            chains_editing.remove_contact(session, steward, debt.contacts[0].id)
        with reading() as session:
            lines = chains_history.history(session, edit.chain_id, 1).lines
            rows = session.scalars(select(ChainChangeRecord)).all()
            moments = [*(row.changed_at for row in rows), *session.scalars(select(ContactRecord.gone_at))]
        told = [line for line in lines if line.sentence.startswith("The steward")]
        assert {line.sentence for line in told} == {
            f"The steward added New Person to {DEBT}.",
            f"The steward removed Rosalind Ng from {DEBT}.",
        }
        assert all(line.is_day for line in told)
        assert not [moment for moment in moments if moment and (moment.hour, moment.minute) == (15, 42)]


def test_the_history_comes_by_pages_the_newest_first(app: Flask, edit: Edit) -> None:
    with app.app_context():
        for number in range(60):
            at = replace(edit, now=NOW + timedelta(minutes=number))
            with transaction() as session:
                chains_editing.rename(session, at, f"Name {number}")
        with reading() as session:
            first, second, beyond = (
                chains_history.history(session, edit.chain_id, page) for page in (1, 2, 99)
            )
        assert (first.pages, len(first.lines), len(second.lines)) == (2, 50, 11)
        assert first.lines[0].sentence.endswith("to Name 59.")
        assert "imported Pathways North: 22 organisations, 40 people." in second.lines[-1].sentence
        assert beyond == second


# Elsewhere


def test_an_organisation_of_many_chains_and_an_address_say_where_else_they_stand(
    app: Flask, edit: Edit
) -> None:
    with app.app_context():
        with transaction() as session:
            sheet = sample(without="Workwear Bank")
            south = chains.keep(session, NOW, replace(sheet, name="Pathways South"))
        with reading() as session:
            also_in = chains_elsewhere.also_in(session, edit.chain_id)
            places = chains_elsewhere.address_elsewhere(
                session, edit.chain_id, "GARY.Laidlaw@tynesteps.example"
            )
        chain = load(edit)
        assert [other.name for other in also_in[called(chain, TYNE).id]] == ["Pathways South"]
        assert called(chain, "Workwear Bank").id not in also_in
        assert [(place.chain_id, place.party_name) for place in places] == [(south, TYNE)]
        with transaction() as session:
            other = replace(edit, chain_id=south)
            chains_editing.remove_contact(session, other, person(load(other), "Gary Laidlaw").id)
        with reading() as session:
            assert chains_elsewhere.address_elsewhere(session, edit.chain_id, places[0].contact_name) == ()
            assert not chains_elsewhere.address_elsewhere(
                session, edit.chain_id, "gary.laidlaw@tynesteps.example"
            )


# While a review is under way


@pytest.fixture
def open_cycle(app: Flask, edit: Edit, steward: Account) -> OpenCycle:
    """An open review of the sample's chain."""
    organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    return launch_cycle(app, draft_on(app, edit.chain_id, organiser, steward), steward)


def respondent(cycle: OpenCycle, email: str) -> answering.Respondent:
    with reading() as session:
        found = answering.find(session, clock.now(), cycle.links[email])
    assert found is not None
    return found


def test_whoever_was_invited_still_gets_in_and_is_counted_after_they_left_the_chain(
    app: Flask, edit: Edit, open_cycle: OpenCycle
) -> None:
    with app.app_context():
        before = {email: respondent(open_cycle, email) for email in open_cycle.links}
        import_sheet(edit, sample(without="Deaf Action North", Tyne_Steps="Northumbria Works"))
        bank = called(load(edit), "Workwear Bank")
        with transaction() as session:
            chains_editing.remove_party(session, edit, bank.id)
        for email, was in before.items():
            now = respondent(open_cycle, email)
            assert now.reviews == was.reviews and now.group == was.group
            assert now.prime_name == was.prime_name and now.party_id == was.party_id
        with transaction() as session:
            assert cycles.remind(session, clock.now(), open_cycle.id) == 40
            assert (
                len(leasing.lease(session, clock.now() + timedelta(days=1), 200, posting.terms_of(state())))
                == 80
            )
        with reading() as session:
            assert len(mail_rows.statuses(session, open_cycle.id)) == 80
        for email in open_cycle.links:
            who = respondent(open_cycle, email)
            for review in who.reviews:
                ratings = {
                    question.id: 3
                    for section in who.instrument.sections_for(review.voice)
                    for question in section.questions_for(review.voice)
                }
                with transaction() as session:
                    answering.submit(session, clock.now(), who, review, Answers(ratings, {}))
        pass_the_closing_time(open_cycle.id)
        counting.begin_due()
        keys = state().keys
        with reading() as session:
            counted = closing.read(
                session,
                open_cycle.id,
                opening_key=keys.opening_key(open_cycle.id),
                link_key=keys.link_key(open_cycle.id),
                shuffle=random.Random(1),
            )
        assert counted.unreadable == 0


def test_a_new_address_never_leads_the_mail_of_an_open_review_to_somebody_else(
    app: Flask, edit: Edit, open_cycle: OpenCycle
) -> None:
    with app.app_context():
        gary = person(load(edit), "Gary Laidlaw")
        tyne = called(load(edit), TYNE)
        with transaction() as session:
            chains_editing.save_contact(session, edit, tyne.id, replace(gary, email="boss@prime.example"))
        assert person(load(edit), "Gary Laidlaw").email == "boss@prime.example"
        assert sentences(edit)[0] == (
            "Sian Prosser changed the address of Gary Laidlaw of Tyne Steps"
            " from gary.laidlaw@tynesteps.example to boss@prime.example."
        )
        with transaction() as session:
            cycles.remind(session, clock.now(), open_cycle.id)
            mails = leasing.lease(session, clock.now() + timedelta(days=1), 200, posting.terms_of(state()))
        addresses = {mail.to_address for mail in mails}
        assert "boss@prime.example" not in addresses and "gary.laidlaw@tynesteps.example" in addresses


def test_whom_a_review_invited_stays_known_whatever_becomes_of_the_chain(
    app: Flask, edit: Edit, open_cycle: OpenCycle
) -> None:
    with app.app_context():
        with reading() as session:
            invited = invited_of_cycle(session, open_cycle.id)
            kin = chains.kin(session, edit.chain_id)
        import_sheet(
            edit, sample(**{"caldervalleytr.example": "calder.example", "tynesteps.example": "tyne.example"})
        )
        with reading() as session:
            assert invited_of_cycle(session, open_cycle.id) == invited
            assert chains.kin(session, edit.chain_id) == kin


def test_two_chains_stay_kin_when_the_people_they_share_are_taken_out_of_one(app: Flask, edit: Edit) -> None:
    with app.app_context():
        with transaction() as session:
            again = chains.keep(session, NOW, replace(sample(), name="Again"))
        sheet = sample(example="test")
        import_sheet(edit, sheet)
        with reading() as session:
            assert again in chains.kin(session, edit.chain_id)


def test_the_prime_stays_while_a_review_is_under_way(app: Flask, edit: Edit, open_cycle: OpenCycle) -> None:
    with app.app_context():
        sheet = sample(Northern_Bridge_Employment_Ltd="Another Prime")
        with pytest.raises(ChainFaultsError, match="under way"):
            import_sheet(edit, sheet)
        prime = load(edit).prime
        import_sheet(edit, sheet, {"another prime": prime.id})
        assert load(edit).prime.id == prime.id
        # An open review keeps the names of its launch.
        assert respondent(open_cycle, next(iter(open_cycle.links))).prime_name == prime.name


def test_a_change_of_who_is_asked_voids_the_approval_of_a_draft_and_a_job_title_does_not(
    app: Flask, edit: Edit, steward: Account
) -> None:
    organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    cycle_id = draft_on(app, edit.chain_id, organiser, steward)
    with app.app_context():
        gary, tyne = person(load(edit), "Gary Laidlaw"), called(load(edit), TYNE)
        with transaction() as session:
            approving.approve(session, cycle_id, steward.id, opening_key=None)
        with transaction() as session:
            chains_editing.save_contact(session, edit, tyne.id, replace(gary, job_title="Chair"))
        with reading() as session:
            assert cycles.load(session, cycle_id).is_approved
        with transaction() as session:
            chains_editing.remove_contact(session, edit, gary.id)
        with reading() as session:
            assert not cycles.load(session, cycle_id).is_approved
        with pytest.raises(NotYetError), transaction() as session:
            launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=timedelta(seconds=1))


def test_who_is_gone_is_not_asked_in_the_next_review(app: Flask, edit: Edit, steward: Account) -> None:
    organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    with app.app_context():
        import_sheet(edit, sample(without="Workwear Bank"))
    cycle = launch_cycle(app, draft_on(app, edit.chain_id, organiser, steward), steward)
    assert len(cycle.links) == 39
    with app.app_context(), reading() as session:
        assert session.scalar(select(CycleRecord.state)) == CycleState.OPEN
        assert session.scalar(select(func.count()).select_from(InvitationRecord)) == 39
        assert session.scalar(select(func.count()).select_from(ContractRecord)) == 20


def test_names_that_left_the_chain_are_still_known_to_who_looks_for_names(app: Flask, edit: Edit) -> None:
    with app.app_context():
        import_sheet(edit, sample(without="Workwear Bank"))
        tyne = called(load(edit), TYNE)
        with transaction() as session:
            chains_editing.remove_contact(session, edit, tyne.contacts[0].id)
        with reading() as session:
            ever = chains.load_with_gone(session, edit.chain_id)
        assert len(ever.parties) == 22 and sum(len(party.contacts) for party in ever.parties) == 40
        assert person(ever, "Gloria Mensah") in called(ever, "Workwear Bank").contacts
        assert person(ever, "Gary Laidlaw") in called(ever, TYNE).contacts
        assert ever.prime == load(edit).prime
