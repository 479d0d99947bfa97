"""Nothing on the identity side can say that somebody opened, drafted or answered."""

from __future__ import annotations

import re

from review_app.models import Base
from review_app.models.ballots import ballots_table, drafts_table, pulse_answers_table
from review_app.models.cycles import AssignmentRecord, InvitationRecord
from review_app.models.pulses import PulseInvitationRecord
from review_app.models.readers import ReaderRecord

_TELLING = re.compile(r"answer|open|start|seen|draft|submit|respon|click|visit|agent|ip|last", re.IGNORECASE)


def test_an_invitation_holds_exactly_what_the_rules_allow() -> None:
    assert set(InvitationRecord.__table__.columns.keys()) == {
        "id", "cycle_id", "contact_id", "party_id", "group_id", "verifier", "link_number",
    }  # fmt: skip
    assert set(AssignmentRecord.__table__.columns.keys()) == {
        "id",
        "invitation_id",
        "position",
        "subject",
        "voice",
        "group_id",
        "about_id",
    }


def test_somebody_who_is_asked_in_a_pulse_is_an_invitation_and_nothing_more() -> None:
    assert set(PulseInvitationRecord.__table__.columns.keys()) == {
        "id", "pulse_id", "contact_id", "party_id", "verifier",
    }  # fmt: skip


def test_a_reader_holds_what_is_theirs_and_never_whether_they_have_read_it() -> None:
    assert set(ReaderRecord.__table__.columns.keys()) == {
        "id", "cycle_id", "contact_id", "party_id", "reads_partners", "verifier",
    }  # fmt: skip


def test_no_table_about_people_has_a_telling_column() -> None:
    for name in (
        "contacts",
        "invitations",
        "assignments",
        "outbox",
        "readers",
        "pulse_invitations",
        "workshop_seats",
    ):
        table = Base.metadata.tables[name]
        assert [column for column in table.columns if _TELLING.search(column.name)] == []


def test_sealed_tables_are_an_id_and_a_blob_and_nothing_else() -> None:
    for table in (ballots_table("x"), drafts_table("x"), pulse_answers_table("x")):
        assert list(table.columns.keys()) == ["id", "blob"]
        assert not table.foreign_keys and not table.indexes
        assert table.dialect_options["sqlite"]["with_rowid"] is False


def test_what_is_written_in_a_workshop_has_no_key_to_its_writer_and_no_time() -> None:
    tables = Base.metadata.tables
    assert list(tables["workshop_sealed"].columns.keys()) == ["id", "workshop_id", "blob"]
    assert set(tables["workshop_notes"].columns.keys()) == {"id", "topic_id", "group_id", "text"}
    assert set(tables["workshop_groups"].columns.keys()) == {
        "id", "topic_id", "position", "title", "band", "place",
    }  # fmt: skip
    for name in ("workshop_sealed", "workshop_notes"):
        assert tables[name].dialect_options["sqlite"]["with_rowid"] is False


def test_comments_have_no_key_to_their_writer() -> None:
    columns = set(Base.metadata.tables["comments"].columns.keys())
    assert not columns & {
        "invitation_id",
        "contact_id",
        "party_id",
        "assignment_id",
        "ballot_id",
        "created_at",
    }
