"""Migration 0004 with the rows that an installation has: what was planned, asked, said and published goes with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, MetaData, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from reports.serial import report_to_bytes
from review_app import clock
from review_app.config import Settings
from review_app.database import alembic_config, migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import ballots_table, drafts_table
from review_app.services import answering, comments, cycles, previews, publishing
from surveys import library, sealing
from surveys.chain import Role, Sector
from surveys.cycle import CycleState
from surveys.matrix import HIGHEST_CAP, PartyKind
from surveys.subjects import USUAL, Subject
from tests.report_samples import DIGEST, northern_bridge

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATES = ("draft", "open", "closing", "closed", "published")
LAUNCHED = STATES[1:]
LINK_KEY = b"k" * 32
# As 0001 kept it: kinds without a standing, "subjects" for perspectives, no cap.
OLD_PLAN = {
    "groups": [
        {"id": "prime", "title": "Órla Bridge", "is_attributed": True, "kinds": [["prime", "private"]]},
        {
            "id": "partners",
            "title": "Subcontractors",
            "is_attributed": False,
            "kinds": [["subcontractor", "private"], ["subcontractor", "vcs"]],
        },
    ],
    "subjects": ["chain", "prime"],
}


@pytest.fixture
def empty_app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """An application whose database has no tables, of either kind."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        yield application
        db.engine.dispose()


@pytest.fixture
def filled(empty_app: Flask) -> Flask:
    """The same with the tables of 0001 and a cycle in every state."""
    migrate("0001")
    with db.engine.begin() as connection:
        _fill(connection)
    return empty_app


def _fill(connection: Connection) -> None:
    kept = MetaData()
    kept.reflect(connection)

    def add(table: str, **values: object) -> None:
        connection.execute(insert(kept.tables[table]).values(values))

    for role in ("organiser", "steward"):
        add(
            "accounts", id=role, email=f"{role}@b.example", email_key=f"{role}@b.example", name=role.title(),
            role=role, password_hash="x", session_id=role, created_at=NOW,
        )  # fmt: skip
    add("chains", id="the-chain", name="Pathways Ynys Môn", created_at=NOW)
    parties = [("p", "Órla Bridge", "prime", "private"), ("s1", "Craft", "subcontractor", "vcs")]
    parties += [("s2", "Łódź Ltd", "subcontractor", "private")]
    # Not in the order of the names or ids: the position says it.
    for position, (id_, name, role, sector) in enumerate(parties):
        add(
            "parties", id=id_, chain_id="the-chain", position=position, name=name, name_key=name.casefold(),
            role=role, sector=sector, tier=1, services="",
        )  # fmt: skip
        add(
            "contacts", id=f"{id_}-1", party_id=id_, position=0, name=f"Person of {name}", job_title="",
            email=f"{id_}@{id_}.example",
        )  # fmt: skip
    for buyer in ("s1", "s2"):
        add("contracts", supplier_id=buyer, buyer_id="p")
    for state in STATES:
        _fill_cycle(add, state)


def _fill_cycle(add: Any, state: str) -> None:
    is_launched = state in LAUNCHED
    add(
        "cycles", id=state, chain_id="the-chain", title=f"Review {state}", state=state,
        instrument_id="review-and-commitment", instrument_version=1, instrument=_old_instrument(),
        plan=json.dumps(OLD_PLAN, sort_keys=True, ensure_ascii=False), k=5, closes_at=clock.now() + timedelta(days=9),
        key_mode="one_host", organiser_id="organiser", steward_id="steward", too_soon_reason="",
        approval="a" * 64, created_at=NOW, asked=6, received_shown=5,
        **({"opened_at": NOW, "storage": f"tag{state}", "sealed_size": 4096, "sealing_key": b"k" * 32,
            "received_on": NOW.date()} if is_launched else {}),
        **({"closed_at": NOW} if state in ("closed", "published") else {}),
    )  # fmt: skip
    if not is_launched:
        return
    for party, group in (("p", "prime"), ("s1", "partners"), ("s2", "partners")):
        invitation = f"{state}-{party}"
        verifier = sealing.verifier(sealing.link_secret(LINK_KEY, invitation, 0))
        add(
            "invitations", id=invitation, cycle_id=state, contact_id=f"{party}-1", party_id=party, group_id=group,
            verifier=verifier,
        )  # fmt: skip
        for position, subject in enumerate(("prime", "chain")):
            voice = "anyone_on_chain" if subject == "chain" else "partner_on_prime"
            voice = "prime_on_itself" if (party, subject) == ("p", "prime") else voice
            add(
                "assignments", id=f"{invitation}-{subject}"[:22], invitation_id=invitation, position=position,
                subject=subject, voice=voice,
            )  # fmt: skip
    if state in ("closed", "published"):
        add("releases", cycle_id=state, content=b"release")
        for number, subject in enumerate(("prime", "chain")):
            add(
                "comments", id=f"{state}-{number}", cycle_id=state, subject=subject, section_id="2a", pool_id="all",
                pool_title="All", choice="verbatim", text="Diolch — 谢谢", verdict="quoted", released_text="Diolch",
            )  # fmt: skip
            add(
                "summaries", cycle_id=state, subject=subject, section_id="2a", pool_id="all", pool_title="All",
                text=f"Said of the {subject}",
            )  # fmt: skip
    if state == "published":
        content = report_to_bytes(northern_bridge())
        add("reports", cycle_id=state, content=content, digest=DIGEST, published_at=NOW)


def _old_instrument() -> str:
    """The shipped questionnaire as a launch kept it before statements had Merlin elements and reasons."""
    mapping = library.to_mapping(library.latest(library.FIRST_CHOICE))
    for section in mapping["sections"]:
        for question in section["questions"]:
            del question["merlin"], question["reason"]
    return json.dumps(mapping, ensure_ascii=False)


def _rows(query: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _down_to(revision: str) -> None:
    with db.engine.connect() as connection:
        command.downgrade(alembic_config(connection), revision)
        connection.commit()


def _before_0004() -> str:
    with db.engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection)).get_revision("0004")
    assert isinstance(script.down_revision, str)
    return script.down_revision


@pytest.mark.usefixtures("filled")
def test_plans_are_kept_in_the_new_words() -> None:
    migrate("0004")
    plans = [json.loads(plan) for (plan,) in _rows("select plan from cycles")]
    assert len(plans) == len(STATES)
    for plan in plans:
        assert plan["perspectives"] == ["chain", "prime"] and plan["cap"] == HIGHEST_CAP
        assert plan["groups"][1]["kinds"] == [
            ["subcontractor", "private", "present"],
            ["subcontractor", "vcs", "present"],
        ]
        assert [group["title"] for group in plan["groups"]] == ["Órla Bridge", "Subcontractors"]


@pytest.mark.usefixtures("filled")
def test_each_review_is_counted_in_the_group_that_its_person_was_invited_in() -> None:
    migrate("0004")
    rows = _rows(
        "select i.party_id, a.subject, a.group_id, a.about_id from assignments a"
        " join invitations i on i.id = a.invitation_id where i.cycle_id = 'open' order by 1, a.position"
    )
    assert rows == [
        (party, subject, "prime" if party == "p" else "partners", "")
        for party in ("p", "s1", "s2")
        for subject in ("prime", "chain")
    ]
    assert len(_rows("select id from assignments")) == 6 * len(LAUNCHED)


@pytest.mark.usefixtures("filled")
def test_what_was_launched_keeps_the_names_and_a_draft_is_approved_anew() -> None:
    migrate("0004")
    for state, roster, approval, code in _rows("select state, roster, approval, roster_code from cycles"):
        if state == "draft":
            assert (roster, approval) == ("{}", None) and len(code) == 22
        else:
            assert approval == "a" * 64 and code is None
            kept = json.loads(roster)
            assert (kept["chain"], kept["prime"]) == ("Pathways Ynys Môn", "p")
            assert list(kept["parties"].items()) == [
                ("p", "Órla Bridge"),
                ("s1", "Craft"),
                ("s2", "Łódź Ltd"),
            ]


@pytest.mark.usefixtures("filled")
def test_comments_summaries_and_reports_stay_as_they_were() -> None:
    tables = ("comments", "summaries")
    before = [_rows(f"select * from {table} order by 1, 2, 3") for table in tables]
    report = _rows("select cycle_id, content, digest from reports")
    migrate("0004")
    assert [_rows(f"select * from {table} order by 1, 2, 3") for table in tables] == before
    assert _rows("select cycle_id, content, digest from reports") == report
    assert _rows("select cycle_id, subject from reports") == [("published", "")]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("is_down_again", [False, True])
def test_the_tables_still_refuse_what_they_refused(is_down_again: bool) -> None:
    migrate("0004")
    if is_down_again:
        _down_to("0001")
    for statement in (
        "update comments set verdict = 'published'",
        "update comments set cycle_id = 'nowhere'",
        "update summaries set cycle_id = 'nowhere'",
        "update reports set cycle_id = 'nowhere'",
        "update assignments set invitation_id = 'nowhere'",
        "update assignments set subject = 'prime'",
        "update cycles set state = 'lost' where id = 'draft'",
        "update cycles set k = 4 where id = 'draft'",
        (
            "insert into reports (cycle_id, content, digest, published_at)"
            " select 'closed', content, digest, published_at from reports"
        ),
    ):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.usefixtures("filled")
def test_one_cycle_may_have_a_report_on_each_partner_and_one_of_each() -> None:
    migrate("0004")
    add = text(
        "insert into reports (cycle_id, subject, content, digest, published_at)"
        " select cycle_id, 'partner:s1', content, :digest, published_at from reports where subject = ''"
    )
    with db.engine.begin() as connection:
        connection.execute(add, {"digest": "1" * 64})
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(add, {"digest": "2" * 64})


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("either_database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("revision", ["0004", "0001"])
def test_the_order_of_comments_tells_nothing_on_sqlite(revision: str) -> None:
    migrate("0004")
    if revision == "0001":
        _down_to(revision)
    made = dict(_rows("select name, sql from sqlite_master where type = 'table'"))
    names = {"comments", "summaries"} | ({"roster_requests"} if revision == "0004" else set())
    assert {name for name, sql in made.items() if "WITHOUT ROWID" in sql} >= names


@pytest.mark.usefixtures("filled")
def test_an_older_installation_goes_on_with_the_newest_tables() -> None:
    migrate()
    with transaction() as session:
        for storage in ("tagopen", "tagclosing"):
            for table in (ballots_table(storage), drafts_table(storage)):
                table.create(session.connection())
    with reading() as session:
        for state in STATES:
            cycle = cycles.load(session, state)
            assert cycle.state == CycleState(state) and cycle.plan.perspectives == USUAL
            assert cycle.plan.groups[1].kinds == {
                PartyKind(Role.SUBCONTRACTOR, sector) for sector in (Sector.VCS, Sector.PRIVATE)
            }
        found = answering.find(session, clock.now(), sealing.link_secret(LINK_KEY, "open-s2", 0))
        assert found is not None and found.party_name == "Łódź Ltd"
        assert [(review.subject, review.group.id) for review in found.reviews] == [
            (Subject.PRIME, "partners"),
            (Subject.CHAIN, "partners"),
        ]
        assert found.reviews[0].names == {"prime": "Órla Bridge", "chain": "Pathways Ynys Môn"}
        pools = comments.pools(session, "published", "steward")
        assert {pool.subject_title for pool in pools} == {"Órla Bridge", "Pathways Ynys Môn as a whole"}
        assert publishing.load(session, "published").report == northern_bridge()
        assert publishing.partner_reports(session, "published") == ()
        assert not previews.preview(session, "draft").is_reportable


@pytest.mark.usefixtures("filled")
def test_going_back_gives_the_old_words_and_loses_the_reviews_of_partners_alone() -> None:
    before = {
        table: _rows(f"select * from {table} order by 1, 2, 3")
        for table in ("comments", "summaries", "reports", "assignments", "invitations")
    }
    migrate("0004")
    with db.engine.begin() as connection:
        for statement in (
            (
                "insert into assignments (id, invitation_id, position, subject, voice, group_id, about_id)"
                " values ('new', 'open-p', 2, 'partner:s1', 'prime_on_partner', 'prime', 's1')"
            ),
            (
                "insert into comments (id, cycle_id, subject, section_id, pool_id, pool_title, choice, text, verdict,"
                " released_text) values ('new', 'closed', 'partner:s1', '2a', 'own:s1', 'Craft', 'verbatim', 'x',"
                " 'waiting', '')"
            ),
            (
                "insert into summaries (cycle_id, subject, section_id, pool_id, pool_title, text)"
                " values ('closed', 'buyers', '2a', 'all', 'All', 'x')"
            ),
            (
                "insert into reports (cycle_id, subject, content, digest, published_at)"
                " select cycle_id, 'partner:s1', content, 'other', published_at from reports"
            ),
        ):
            connection.execute(text(statement))
        plan = json.loads(connection.scalar(text("select plan from cycles where id = 'draft'")) or "")
        plan["perspectives"] = ["chain", "partners", "prime"]
        plan["groups"][1]["kinds"].append(["subcontractor", "vcs", "past"])
        connection.execute(
            text("update cycles set plan = :plan where id = 'draft'"),
            {"plan": json.dumps(plan, sort_keys=True, ensure_ascii=False)},
        )
    _down_to("0001")
    after = {table: _rows(f"select * from {table} order by 1, 2, 3") for table in before}
    assert after == before
    kept = json.dumps(OLD_PLAN, sort_keys=True, ensure_ascii=False)
    assert set(_rows("select plan from cycles")) == {(kept,)}
    with db.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        columns = {column["name"] for column in inspect(connection).get_columns("cycles")}
    assert not {"roster_challenges", "roster_requests"} & set(tables)
    assert not {"roster", "roster_code", "cloned_from", "long_reason"} & columns
    migrate("0004")
    with db.engine.connect() as connection:
        kept_plans = connection.scalars(select(text("plan")).select_from(text("cycles"))).all()
    assert all(json.loads(plan)["cap"] == HIGHEST_CAP for plan in kept_plans)


@pytest.mark.usefixtures("empty_app")
def test_it_goes_down_to_the_one_before_it_when_there_is_nothing() -> None:
    migrate("0004")
    _down_to(_before_0004())
    assert "roster_requests" not in inspect(db.engine).get_table_names()
