"""Pulses: whom they ask and when they refuse to, what is counted, and what is left, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, update

from review_app import clock, pulse_counting, worker
from review_app.database import reading, transaction
from review_app.mailbox import list_mails, read_mail
from review_app.models import db
from review_app.models.actions import ActionEntryRecord, ActionRecord
from review_app.models.ballots import pulse_answers_table
from review_app.models.chains import ContactRecord
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import actions, pulse_answering, pulse_closing, pulse_opening
from review_app.services.errors import (
    ChangedMeanwhileError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
    PulseNotOpenError,
)
from review_app.state import state
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.errors import PulseFaultsError
from surveys.improvement import ActionState, Actor, EntryKind
from surveys.pulse import Answered, Aspect, Outcome, PulseState
from tests.publications import BIDDER, PARTNERS
from tests.pulses import (
    CANNOT_TELL,
    NO,
    TITLE,
    YES,
    Ready,
    add_action,
    asked_by,
    links_of_pulse,
    open_pulse,
    opening_of,
    pass_closing_time,
    pulse_of,
    ready,
    say,
    say_all,
    set_pulse_time,
    storage_of,
)


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Ready]:
    """A review with an action that is done, on either database."""
    with ready(either_environ) as made:
        yield made


@pytest.fixture
def on_sqlite(environ: dict[str, str]) -> Iterator[Ready]:
    """The same on SQLite."""
    with ready(environ) as made:
        yield made


def close(pulse_id: str) -> None:
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)


def rows(pulse_id: str) -> dict[bytes, bytes]:
    with reading() as session:
        found = session.execute(select(pulse_answers_table(storage_of(pulse_id))))
        return {bytes(row.id): bytes(row.blob) for row in found}


def history(action_id: str) -> list[actions.Entry]:
    with reading() as session:
        return list(actions.load(session, action_id).entries)


def state_of(action_id: str) -> ActionState:
    with reading() as session:
        return actions.load(session, action_id).state


def bring(action_id: str, to: ActionState) -> None:
    with transaction() as session:
        session.execute(update(ActionRecord).where(ActionRecord.id == action_id).values(state=to.value))


def test_everybody_is_asked_but_owners_those_who_pay_and_the_verifier(of: Ready) -> None:
    pulse_id = open_pulse(of)
    everybody = {f"{place}@{party}.example" for party in PARTNERS for place in (0, 1)}
    expected = everybody - {"0@mill.example"} | {f"0@{BIDDER}.example"}
    assert set(links_of_pulse(pulse_id)) == expected
    with reading() as session:
        mails = session.scalars(select(MailRecord).where(MailRecord.kind == MailKind.PULSE.value)).all()
    assert len(mails) == len(expected) == pulse_of(pulse_id).asked
    assert {mail.about_id for mail in mails} == {pulse_id}
    assert all(mail.invitation_id is None for mail in mails)


def test_a_partner_that_owns_an_action_is_not_asked_about_it(on_sqlite: Ready) -> None:
    with transaction() as session:
        action_id = add_action(session, on_sqlite.cycle_id, owners=("prime", "mill"), verifier="ash")
    pulse_id = open_pulse(on_sqlite, action_id=action_id)
    assert not [email for email in links_of_pulse(pulse_id) if "mill" in email or "0@ash" in email]
    assert "1@ash.example" in links_of_pulse(pulse_id)


def test_somebody_without_email_is_not_asked(on_sqlite: Ready) -> None:
    with transaction() as session:
        session.execute(
            update(ContactRecord)
            .where(ContactRecord.email == "1@dyer.example")
            .values(email="", postal_address="1 High Street")
        )
    assert "1@dyer.example" not in links_of_pulse(open_pulse(on_sqlite))


def test_only_the_steward_of_the_review_opens_one(on_sqlite: Ready) -> None:
    with pytest.raises(NotFoundError):
        open_pulse(on_sqlite, steward_id=on_sqlite.organiser.id)


def test_what_could_not_be_shown_is_not_asked(on_sqlite: Ready) -> None:
    with transaction() as session:
        # Of seven organisations two are left, however many people they have.
        owners = ("prime", *PARTNERS[:5])
        action_id = add_action(session, on_sqlite.cycle_id, owners=owners, verifier="dogwood")
    with pytest.raises(PulseFaultsError) as refused:
        open_pulse(on_sqlite, action_id=action_id)
    (fault,) = refused.value.faults
    assert fault.place == "groups" and "5 people from 3 organisations" in fault.message and fault.mend
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(PulseRecord)) == 0


def test_no_group_and_an_unknown_one_are_refused(on_sqlite: Ready) -> None:
    for groups in ((), ("nobody",)):
        with pytest.raises(PulseFaultsError):
            open_pulse(on_sqlite, group_ids=groups)


@pytest.mark.parametrize("days", [0, 61])
def test_it_is_open_for_some_days_and_for_two_months_at_most(on_sqlite: Ready, days: int) -> None:
    with pytest.raises(PulseFaultsError) as refused:
        open_pulse(on_sqlite, closes_at=clock.now() + timedelta(days=days))
    assert {fault.place for fault in refused.value.faults} == {"closes_at"}


@pytest.mark.parametrize(
    "state_", [ActionState.PROPOSED, ActionState.ACCEPTED, ActionState.IN_PROGRESS, ActionState.DECLINED]
)
def test_an_action_that_is_not_done_cannot_be_felt(on_sqlite: Ready, state_: ActionState) -> None:
    with transaction() as session:
        record = session.get_one(ActionRecord, on_sqlite.action_id)
        record.state, record.reason = state_.value, "Because."
    with pytest.raises(NotAllowedError):
        open_pulse(on_sqlite)


def test_a_second_pulse_waits_for_the_first_and_then_for_ninety_days(of: Ready) -> None:
    first = open_pulse(of)
    with pytest.raises(NotAllowedError):
        open_pulse(of)
    close(first)
    with pytest.raises(PulseFaultsError) as refused:
        open_pulse(of)
    assert [fault.place for fault in refused.value.faults] == ["closes_at"]
    set_pulse_time(first, clock.now() - timedelta(days=84))
    second = open_pulse(of)
    assert second != first


def test_another_action_that_says_the_same_waits_too(on_sqlite: Ready) -> None:
    open_pulse(on_sqlite)
    with transaction() as session:
        same = add_action(session, on_sqlite.cycle_id, title="invoices are  paid within 14 DAYS")
        other = add_action(session, on_sqlite.cycle_id, title="Fewer forms")
    with pytest.raises(PulseFaultsError):
        open_pulse(on_sqlite, action_id=same)
    assert open_pulse(on_sqlite, action_id=other)


def test_another_name_for_the_action_changes_neither_the_question_nor_the_rule(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    with transaction() as session:
        session.get_one(ActionRecord, on_sqlite.action_id).title = "Everybody is delighted"
    secret = links_of_pulse(pulse_id)["1@ash.example"]
    assert asked_by(secret).title == TITLE == pulse_of(pulse_id).title
    with transaction() as session:
        same = add_action(session, on_sqlite.cycle_id)
    with pytest.raises(PulseFaultsError):
        open_pulse(on_sqlite, action_id=same)
    close(pulse_id)
    with pytest.raises(PulseFaultsError):
        open_pulse(on_sqlite)


def test_other_groups_may_not_differ_by_a_few_people(on_sqlite: Ready) -> None:
    first = open_pulse(on_sqlite)
    close(first)
    set_pulse_time(first, clock.now() - timedelta(days=90))
    with reading() as session:
        view = pulse_opening.outlook(session, on_sqlite.action_id, on_sqlite.steward.id)
    sizes = {audience.group_id: len(audience.people) for audience in view.audiences}
    assert len(sizes) > 1
    smallest = min(sizes, key=lambda id_: sizes[id_])
    with transaction() as session:
        # As if the first had asked all but two of them: whoever adds the group again would see the two.
        asked = session.scalars(
            select(PulseInvitationRecord).where(
                PulseInvitationRecord.contact_id.in_(
                    [
                        person.contact_id
                        for audience in view.audiences
                        if audience.group_id == smallest
                        for person in audience.people[:2]
                    ]
                )
            )
        ).all()
        for invitation in asked:
            session.delete(invitation)
    # Whether other groups were chosen or the same makes no difference: both can be brought about.
    with pytest.raises(PulseFaultsError) as refused:
        open_pulse(on_sqlite)
    assert [fault.place for fault in refused.value.faults] == ["groups"]


def test_nobody_is_slipped_in_after_the_steward_has_looked(on_sqlite: Ready) -> None:
    decided = opening_of(on_sqlite)
    with transaction() as session:
        session.execute(
            update(ContactRecord)
            .where(ContactRecord.email == "1@ash.example")
            .values(email="friend@elsewhere.example")
        )
    with pytest.raises(ChangedMeanwhileError), transaction() as session:
        pulse_opening.open_one(
            session, clock.now(), decided, keys=state().keys, opening_key=None, shortest=timedelta(seconds=1)
        )


def test_what_looks_like_one_organisation_is_pointed_out(on_sqlite: Ready) -> None:
    with transaction() as session:
        session.execute(
            update(ContactRecord)
            .where(ContactRecord.email == "1@ash.example")
            .values(email="friend@prime.example")
        )
    with reading() as session:
        view = pulse_opening.outlook(session, on_sqlite.action_id, on_sqlite.steward.id)
    assert any("Ash Ltd" in oddity for oddity in view.oddities)


def test_answering_again_replaces_and_taking_back_leaves_nothing(of: Ready) -> None:
    pulse_id = open_pulse(of)
    secret = links_of_pulse(pulse_id)["1@ash.example"]
    say(secret, YES, YES)
    (first,) = rows(pulse_id).items()
    say(secret, NO)
    (second,) = rows(pulse_id).items()
    assert first[0] == second[0] == sealing.ballot_id(secret, pulse_id)
    assert len(first[1]) == len(second[1]) and first[1] != second[1]
    with transaction() as session:
        assert pulse_answering.is_received(session, asked_by(secret))
        pulse_answering.take_back(session, clock.now(), asked_by(secret))
    with transaction() as session:
        pulse_answering.take_back(session, clock.now(), asked_by(secret))
    assert rows(pulse_id) == {}


def test_every_answer_has_one_size(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    said = [(YES, YES), (CANNOT_TELL, CANNOT_TELL), (NO, None), (None, YES)]
    for secret, replies in zip(links_of_pulse(pulse_id).values(), said, strict=False):
        say(secret, *replies)
    assert len({len(blob) for blob in rows(pulse_id).values()}) == 1 and len(rows(pulse_id)) == 4


def test_nothing_is_taken_after_the_closing_time(of: Ready) -> None:
    pulse_id = open_pulse(of)
    asked = asked_by(links_of_pulse(pulse_id)["1@ash.example"])
    late = asked.closes_at
    with pytest.raises(PulseNotOpenError), transaction() as session:
        pulse_answering.send(session, late, asked, Answered({Aspect.NOTICED: YES}))
    with pytest.raises(PulseNotOpenError), transaction() as session:
        pulse_answering.take_back(session, late, asked)
    with reading() as session:
        assert pulse_answering.find(session, late, asked.secret) is None
    assert rows(pulse_id) == {}


def test_a_change_that_is_felt_leaves_the_action_where_it_is(of: Ready) -> None:
    pulse_id = open_pulse(of)
    say_all(pulse_id, [YES] * 8 + [NO] + [None] * 4)
    close(pulse_id)
    found = pulse_of(pulse_id)
    assert (found.outcome, found.noticed, found.agreed) == (Outcome.FELT, "60-100", "60-100")
    assert state_of(of.action_id) is ActionState.DONE
    (entry,) = history(of.action_id)
    assert (entry.kind, entry.actor) == (EntryKind.NOTE, Actor.GROUP)
    assert "6 in 10 or more said yes." in entry.text


@pytest.mark.parametrize("before", [ActionState.DONE, ActionState.VERIFIED])
def test_a_change_that_is_not_felt_opens_the_action_again(of: Ready, before: ActionState) -> None:
    bring(of.action_id, before)
    pulse_id = open_pulse(of)
    say_all(pulse_id, [NO] * 7 + [YES] * 3)
    close(pulse_id)
    assert pulse_of(pulse_id).outcome is Outcome.NOT_FELT
    assert state_of(of.action_id) is ActionState.NOT_FELT
    (entry,) = history(of.action_id)
    assert (entry.before, entry.after, entry.actor) == (before, ActionState.NOT_FELT, Actor.GROUP)
    assert entry.kind is EntryKind.MOVED
    assert entry.text == (
        "A pulse asked those whom this is for. “Have you noticed that this has changed?” 4 in 10 or fewer said yes."
        " “Is it what was agreed?” 4 in 10 or fewer said yes."
    )


def test_the_owners_learn_by_mail_that_it_is_not_felt(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    say_all(pulse_id, [NO] * 10)
    pass_closing_time(pulse_id)
    assert worker.look(state())
    folder = state().keys.mailbox(on_sqlite.cycle_id)
    (told,) = [head for head in list_mails(folder.parent) if "your action" in head.subject]
    assert told.address == "0@prime.example"
    mail = read_mail(folder.parent, told.cycle_id, told.id)
    assert mail is not None and TITLE in mail.text
    assert "4 in 10" not in mail.text and "14 people" not in mail.text


def test_nobody_is_told_by_mail_that_it_is_felt(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    say_all(pulse_id, [YES] * 10)
    close(pulse_id)
    with reading() as session:
        assert not session.scalars(select(MailRecord).where(MailRecord.kind == MailKind.ACTION.value)).all()


def test_an_action_that_somebody_works_on_again_is_only_told(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    say_all(pulse_id, [NO] * 10)
    bring(on_sqlite.action_id, ActionState.IN_PROGRESS)
    close(pulse_id)
    assert pulse_of(pulse_id).outcome is Outcome.NOT_FELT
    assert state_of(on_sqlite.action_id) is ActionState.IN_PROGRESS
    assert [entry.kind for entry in history(on_sqlite.action_id)] == [EntryKind.NOTE]


def test_too_few_answers_are_not_shown_and_move_nothing(of: Ready) -> None:
    pulse_id = open_pulse(of)
    # Those who cannot tell count for nothing.
    say_all(pulse_id, [NO] * 4 + [CANNOT_TELL] * 9)
    close(pulse_id)
    found = pulse_of(pulse_id)
    assert (found.outcome, found.noticed, found.agreed) == (Outcome.NOT_SHOWN, "", "")
    assert state_of(of.action_id) is ActionState.DONE
    (entry,) = history(of.action_id)
    assert entry.text.endswith("not shown, to protect the people who answered.")


def test_answers_of_two_organisations_are_not_shown(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    with transaction() as session:
        # As if all who answer worked for two.
        ids = list(session.scalars(select(PulseInvitationRecord.party_id).distinct()))[:2]
        for place, invitation in enumerate(session.scalars(select(PulseInvitationRecord)).all()):
            invitation.party_id = ids[place % 2]
    say_all(pulse_id, [NO] * 10)
    close(pulse_id)
    assert pulse_of(pulse_id).outcome is Outcome.NOT_SHOWN
    assert state_of(on_sqlite.action_id) is ActionState.DONE


def test_rows_that_nobody_was_asked_for_are_left_out(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    say_all(pulse_id, [YES] * 5)
    table = pulse_answers_table(storage_of(pulse_id))
    with transaction() as session:
        genuine = session.execute(select(table)).first()
        assert genuine is not None
        session.execute(table.insert().values(id=b"x" * 32, blob=genuine.blob))
        made_up = sealing.seal_ballot(
            session.get_one(PulseRecord, pulse_id).sealing_key, b'{"noticed":"yes"}', 1024
        )
        secret = links_of_pulse(pulse_id)["1@weaver.example"]
        session.execute(table.insert().values(id=sealing.ballot_id(secret, pulse_id), blob=made_up))
        # Somebody's genuine answer in somebody else's place.
        other = links_of_pulse(pulse_id)["0@weaver.example"]
        session.execute(table.insert().values(id=sealing.ballot_id(other, pulse_id), blob=genuine.blob))
    pass_closing_time(pulse_id)
    pulse_counting.begin_due()
    keys = state().keys
    with reading() as session:
        counted = pulse_closing.read(
            session, pulse_id, opening_key=keys.opening_key(pulse_id), link_key=keys.link_key(pulse_id)
        )
    assert counted.unreadable == 3
    assert counted.result.outcome is Outcome.FELT


def test_each_step_of_a_close_can_be_done_again(of: Ready) -> None:
    pulse_id = open_pulse(of)
    say_all(pulse_id, [NO] * 10)
    pass_closing_time(pulse_id)
    assert pulse_counting.begin_due() == 1 and pulse_counting.begin_due() == 0
    keys = state().keys
    with reading() as session:
        counted = pulse_closing.read(
            session, pulse_id, opening_key=keys.opening_key(pulse_id), link_key=keys.link_key(pulse_id)
        )
    for expected in (True, False, False):
        with transaction() as session:
            assert pulse_closing.settle(session, clock.now(), pulse_id, counted) is expected
    assert pulse_counting.purge_closed(keys) == 1 and pulse_counting.purge_closed(keys) == 0
    assert len(history(of.action_id)) == 1
    with pytest.raises(NotAllowedError), reading() as session:
        pulse_closing.read(session, pulse_id, opening_key=b"k" * 32, link_key=b"k" * 32)


def test_a_close_leaves_nothing_sealed_in_any_file(on_sqlite: Ready, tmp_path: Path) -> None:
    pulse_id = open_pulse(on_sqlite)
    say_all(pulse_id, [YES] * 10)
    kept, storage = rows(pulse_id), storage_of(pulse_id)
    secrets = list(links_of_pulse(pulse_id).values())
    keys = state().keys
    needles = [*kept, *kept.values(), keys.link_key(pulse_id), keys.opening_key(pulse_id), *secrets]
    needles += [spelling for s in secrets for spelling in (s.hex().encode(), sealing.code_of(s).encode())]
    assert any(files_with(tmp_path, id_) for id_ in kept)
    close(pulse_id)
    assert pulse_of(pulse_id).purged_at is not None
    assert not [name for name in inspect(db.engine).get_table_names() if storage in name]
    assert [needle for needle in needles if files_with(tmp_path, needle)] == []
    assert not [path for path in (tmp_path / "keys").rglob("*") if pulse_id in path.name]


def files_with(folder: Path, needle: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def test_nothing_changes_beside_a_name_when_somebody_answers(of: Ready) -> None:
    pulse_id = open_pulse(of)

    def everything() -> dict[str, list[tuple[object, ...]]]:
        tables = [name for name in inspect(db.engine).get_table_names() if "pulse_answers" not in name]
        with db.engine.connect() as connection:
            return {
                name: sorted(map(tuple, connection.exec_driver_sql(f'select * from "{name}"')), key=repr)
                for name in tables
            }

    before = everything()
    links = links_of_pulse(pulse_id)
    say(links["1@ash.example"], YES, NO)
    say(links["0@ash.example"], NO)
    with transaction() as session:
        pulse_answering.take_back(session, clock.now(), asked_by(links["0@ash.example"]))
    assert everything() == before


def test_mails_that_are_still_owed_are_called_off_by_the_close(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    pass_closing_time(pulse_id)
    pulse_counting.begin_due()
    with reading() as session:
        states = set(session.scalars(select(MailRecord.state).where(MailRecord.kind == MailKind.PULSE.value)))
    assert states == {MailState.CANCELLED.value}


def test_with_two_keys_the_server_alone_counts_nothing(either_environ: dict[str, str]) -> None:
    with ready(either_environ, KeyMode.TWO_KEY) as of:
        with pytest.raises(NotYetError):
            open_pulse(of)
        pair = sealing.new_key_pair()
        pulse_id = open_pulse(of, pair.opening)
        keys = state().keys
        assert not keys.has_opening_key(pulse_id)
        say_all(pulse_id, [YES] * 10)
        close(pulse_id)
        assert pulse_of(pulse_id).state is PulseState.CLOSING and len(rows(pulse_id)) == 10
        with pytest.raises(NotAllowedError):
            pulse_counting.count_pulse(pulse_id, sealing.new_key_pair().opening, keys)
        pulse_counting.count_pulse(pulse_id, pair.opening, keys)
        assert pulse_of(pulse_id).outcome is Outcome.FELT and pulse_of(pulse_id).purged_at is not None


def test_a_pulse_whose_keys_are_lost_keeps_no_other_from_its_close(on_sqlite: Ready) -> None:
    lost = open_pulse(on_sqlite)
    with transaction() as session:
        other = add_action(session, on_sqlite.cycle_id, title="Fewer forms")
    kept = open_pulse(on_sqlite, action_id=other)
    say_all(kept, [YES] * 10)
    (state().keys.folder / f"{lost}.link-key").unlink()
    for pulse_id in (lost, kept):
        pass_closing_time(pulse_id)
    assert not worker.look(state())
    assert pulse_of(kept).outcome is Outcome.FELT and pulse_of(kept).purged_at is not None
    assert pulse_of(lost).state is PulseState.CLOSING


def test_a_key_file_is_for_one_pulse(environ: dict[str, str]) -> None:
    with ready(environ, KeyMode.TWO_KEY) as of:
        pair = sealing.new_key_pair()
        open_pulse(of, pair.opening)
        with transaction() as session:
            other = add_action(session, of.cycle_id, title="Fewer forms")
        with pytest.raises(NotAllowedError, match="used before"):
            open_pulse(of, pair.opening, action_id=other)


def test_history_entries_cannot_be_changed(on_sqlite: Ready) -> None:
    pulse_id = open_pulse(on_sqlite)
    say_all(pulse_id, [NO] * 10)
    close(pulse_id)
    with pytest.raises(Exception, match="never changed"), transaction() as session:
        session.execute(update(ActionEntryRecord).values(text="Everybody is delighted."))


def test_a_decision_names_what_it_was_made_on(on_sqlite: Ready) -> None:
    decided = opening_of(on_sqlite)
    assert decided.seen and replace(decided, seen="") != decided
