"""Importing a chain: a dry run that writes nothing, every fault in its place, and a saving of what was checked."""

from __future__ import annotations

import io
import os
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from review_app.database import reading
from review_app.models.chains import ChainRecord
from review_app.services import chains
from review_app.sheet_limits import MEGABYTE, STANDARD_LIMITS
from review_app.spreadsheet import read_chain
from review_app.web.organiser.upload import Upload, sealed
from surveys.chain import Chain
from tests.conftest import SAMPLE
from tests.pages import PageClient
from tests.web.organisers import (
    HOME,
    IMPORT,
    SAVE,
    bigger_chain,
    checked,
    main_of,
    rows_of_table,
    sample_rows,
    save,
    sheet,
    upload,
    workbook,
)
from tests.web.stewards import Guarded, faults, field, folder_of, restore, signed_in
from tests.web.tables import every_row, statements

NAME = "The North"
TAKEN = "Pathways North"
HEADINGS = ["organisation", "role", "sector", "contracts_with", "contact_name", "email"]
PRIME = ["Prime Ltd", "prime", "private", "", "Ann Lee", "ann@prime.example"]
CRAFT = ["Craft CIC", "subcontractor", "vcs", "Prime Ltd", "Zoë Day", "zoe@craft.example"]
NOT_WHOLE = "The file that was checked did not arrive whole. Choose it again."


@pytest.fixture
def app(site: Flask, drafted: Guarded) -> Flask:
    """The application on a fresh copy of that installation."""
    restore(site, drafted)
    return site


@pytest.fixture
def client(app: Flask, drafted: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, drafted.organiser)


def plain(chain: Chain) -> tuple[object, ...]:
    """A chain without ids, to compare what was saved with what a file says."""
    names = {party.id: party.name for party in chain.parties}
    return chain.name, [
        (
            party.name,
            party.role,
            party.sector,
            party.tier,
            party.services,
            sorted(names[buyer] for buyer in party.buyers),
            [(contact.name, contact.job_title, contact.email) for contact in party.contacts],
        )
        for party in chain.parties
    ]


def saved_chain(app: Flask, name: str) -> Chain:
    with app.app_context(), reading() as session:
        return chains.load(session, chains.by_name(session, name))


def files_of(app: Flask) -> list[str]:
    """The files below the installation's folder, the database's own apart."""
    found = [path.name for path in folder_of(app).rglob("*") if path.is_file()]
    return sorted(name for name in found if not name.startswith("roundtable.sqlite3"))


# The dry run


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_dry_run_writes_nothing_and_what_is_confirmed_is_what_was_checked(
    app: Flask, client: PageClient, kind: str
) -> None:
    content = SAMPLE.read_bytes() if kind == "csv" else workbook(sample_rows())
    before, files = every_row(app), files_of(app)
    page = upload(client, content, name=NAME, filename=f"roster.{kind}")
    assert page.status_code == 200
    assert (every_row(app), files_of(app)) == (before, files)
    assert "The file has no faults: 22 organisations, 40 people. Nothing is saved yet." in main_of(page.text)

    answer = save(client, checked(page.text))
    assert answer.status_code == 303
    assert f"{NAME} is imported." in main_of(client.get(answer.location or "").text)
    expected = read_chain(content, f"roster.{kind}", NAME)
    assert plain(saved_chain(app, NAME)) == plain(expected)
    after = every_row(app)
    assert {name for name in after if after[name] != before[name]} == {
        "chain_changes",
        "chains",
        "parties",
        "contacts",
        "contracts",
    }


def test_the_dry_run_shows_every_organisation_and_every_person(client: PageClient) -> None:
    page = main_of(upload(client, SAMPLE.read_bytes()).text)
    for row in sample_rows()[1:]:
        assert row[0] in page and row[6] in page and row[8] in page


def test_every_fault_is_listed_by_its_row_and_its_column(app: Flask, client: PageClient) -> None:
    rows = [
        HEADINGS,
        PRIME,
        ["Craft CIC", "partner", "vcs", "Prime Ltd", "Zoë Day", "zoe@craft.example"],
        ["Tyne Steps", "subcontractor", "lunar", "Prime Ltd", "Gary Laidlaw", "gary@tyne.example"],
        ["Horizon", "subcontractor", "private", "Southern Ltd", "Olivia Marsh", "olivia@horizon.example"],
        ["Signpost", "specialist", "vcs", "Prime Ltd", "", "claire at signpost.example"],
        ["Signpost", "specialist", "vcs", "Prime Ltd", "Ann Lee", "ANN@prime.example"],
        ["Second", "prime", "private", "", "Bo Day", "bo@second.example"],
    ]
    before = every_row(app)
    answer = upload(client, sheet(rows))
    assert answer.status_code == 422
    table = rows_of_table(answer.text)
    places = {(row, column) for row, column, *_ in table}
    assert {
        ("Row 3", "role"),
        ("Row 4", "sector"),
        ("Row 5", "contracts_with"),
        ("Row 6", "contact_name"),
        ("Row 6", "email"),
        ("Row 7", "email"),
    } <= places
    assert [row for row in table if row[0] in {"Row 2", "Row 8"} and row[1] == "role"]
    assert all(message and mend for _, _, message, mend in table)
    assert faults(answer.text) == [f"The file has {len(table)} faults. Nothing was saved"]
    assert every_row(app) == before and checked(answer.text) == ""
    assert field(answer.text, "name") == NAME


def test_two_hundred_faults_are_shown_and_the_others_counted(client: PageClient) -> None:
    rows = [["Craft CIC", "subcontractor", "vcs", "Prime Ltd", f"P {n}", f"p {n}"] for n in range(260)]
    answer = upload(client, sheet([HEADINGS, PRIME, *rows]))
    assert len(rows_of_table(answer.text)) == 200
    assert "There are 60 more." in main_of(answer.text)


def test_a_file_without_a_name_is_checked_all_the_same(client: PageClient) -> None:
    bad = sheet([HEADINGS, PRIME, ["Craft CIC", "partner", "vcs", "Prime Ltd", "Zoë", "zoe@craft.example"]])
    answer = upload(client, bad, name="  ")
    assert faults(answer.text) == ["Enter a name for the chain, such as its contract"]
    assert rows_of_table(answer.text)[0][:2] == ["Row 3", "role"]
    good = upload(client, sheet([HEADINGS, PRIME, CRAFT]), name="")
    assert good.status_code == 422 and checked(good.text) == ""


@pytest.mark.parametrize("name", ["\x00", "\u200b\u2060", "\u3164", "x" * 201, "e" + "\u0301" * 60_000])
def test_a_name_that_cannot_be_kept_is_told_in_the_dry_run_beside_the_name(
    client: PageClient, name: str
) -> None:
    answer = upload(client, SAMPLE.read_bytes(), name=name)
    assert answer.status_code == 422 and checked(answer.text) == ""
    assert 'href="#name"' in answer.text
    assert "chain" in faults(answer.text)[0] or "for the name" in faults(answer.text)[0]


def test_a_name_is_kept_without_what_draws_nothing(app: Flask, client: PageClient) -> None:
    page = upload(client, SAMPLE.read_bytes(), name="  The\x00\u200b \t North ")
    save(client, checked(page.text))
    assert saved_chain(app, "The North").name == "The North"


def test_without_a_file_the_page_asks_for_one_and_keeps_the_name(client: PageClient) -> None:
    answer = client.send(IMPORT, {"name": NAME}, content_type="multipart/form-data")
    assert faults(answer.text) == ["Choose a spreadsheet, as XLSX or CSV"]
    assert field(answer.text, "name") == NAME


@pytest.mark.parametrize(
    "content",
    [
        b"\n\n ",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old",
        b"PK\x03\x04no zip",
        b"\x00\x01",
        b"name,age\n1,2\n",
    ],
)
def test_a_file_that_is_no_roster_is_told_with_a_mend(app: Flask, client: PageClient, content: bytes) -> None:
    before = every_row(app)
    answer = upload(client, content)
    assert answer.status_code == 422
    assert "<h1" in answer.text and (faults(answer.text) or rows_of_table(answer.text))
    assert checked(answer.text) == "" and every_row(app) == before


@pytest.mark.parametrize(
    ("megabytes", "status", "words"),
    [
        (5.001, 422, "The file is larger than 5 MB."),
        (7.5, 422, "The file is larger than 5 MB."),
        (9.0, 413, "That file is too large"),
    ],
)
def test_a_file_that_is_too_large_is_refused_in_words(
    app: Flask, client: PageClient, megabytes: float, status: int, words: str
) -> None:
    before = every_row(app)
    answer = upload(client, b"x" * int(megabytes * MEGABYTE))
    assert answer.status_code == status
    assert words in main_of(answer.text) and "5 MB" in main_of(answer.text)
    assert every_row(app) == before


def test_the_largest_file_that_is_allowed_also_reaches_the_saving(app: Flask, client: PageClient) -> None:
    out = io.BytesIO(workbook(sample_rows()))
    with ZipFile(out, "a") as archive:
        # The page carries the file back, and has a limit of its own: so this part is one that nothing makes smaller.
        archive.writestr("xl/media/map.bin", os.urandom(STANDARD_LIMITS.size - len(out.getvalue()) - 1000))
    content = out.getvalue()
    assert STANDARD_LIMITS.size - 1000 < len(content) <= STANDARD_LIMITS.size
    page = upload(client, content, filename="roster.xlsx")
    assert save(client, checked(page.text)).status_code == 303
    assert plain(saved_chain(app, NAME)) == plain(read_chain(SAMPLE.read_bytes(), SAMPLE.name, NAME))


def test_a_file_name_is_shown_as_text(client: PageClient) -> None:
    name = "<script>alert(1)</script>\u202e.csv"
    for content in (SAMPLE.read_bytes(), b"a,b\n"):
        page = upload(client, content, filename=name)
        assert "<script>alert" not in page.text


# The saving


def test_a_confirmation_that_was_forged_or_damaged_saves_nothing(app: Flask, client: PageClient) -> None:
    carried = checked(upload(client, SAMPLE.read_bytes()).text)
    middle = len(carried) // 2
    swapped = carried[:middle] + ("A" if carried[middle] != "A" else "B") + carried[middle + 1 :]
    before = every_row(app)
    for forged in ("", "x", "AAAA", "é", swapped, carried[:-8], carried[8:], carried + carried, "=" * 9):
        answer = save(client, forged)
        assert (answer.status_code, faults(answer.text)) == (422, [NOT_WHOLE]), forged[:20]
        assert 'type="file"' in answer.text
    assert every_row(app) == before


@pytest.mark.parametrize("secret_key", ["t" * 40, ""])
def test_a_confirmation_that_another_server_sealed_saves_nothing(
    app: Flask, client: PageClient, secret_key: str
) -> None:
    # So it is too when the server's own secret was changed since the dry run.
    foreign = sealed(Upload(NAME, "roster.csv", SAMPLE.read_bytes()), secret_key)
    before = every_row(app)
    assert faults(save(client, foreign).text) == [NOT_WHOLE]
    assert every_row(app) == before


def test_a_file_that_is_changed_after_the_dry_run_is_saved_as_it_was_checked(
    app: Flask, client: PageClient
) -> None:
    first = checked(upload(client, sheet([HEADINGS, PRIME, CRAFT])).text)
    upload(client, SAMPLE.read_bytes())
    save(client, first)
    assert [party.name for party in saved_chain(app, NAME).parties] == ["Prime Ltd", "Craft CIC"]


def test_confirming_needs_a_sign_in_and_a_token(app: Flask, client: PageClient) -> None:
    carried = checked(upload(client, SAMPLE.read_bytes()).text)
    before = every_row(app)
    assert client.post(SAVE, data={"checked": carried}).status_code == 400
    stranger = app.test_client()
    assert isinstance(stranger, PageClient)
    token = stranger.csrf("/sign-in")
    assert stranger.post(SAVE, data={"checked": carried, "csrf_token": token}).location == "/sign-in"
    assert client.get(SAVE).status_code == 405
    assert every_row(app) == before


# Names, and the same file twice


def test_a_name_that_is_taken_is_refused_in_the_dry_run(app: Flask, client: PageClient) -> None:
    for name in (TAKEN, f" {TAKEN.replace(' ', '   ')} "):
        answer = upload(client, SAMPLE.read_bytes(), name=name)
        assert faults(answer.text) == [
            f"There is a chain called {TAKEN} already. Give this one another name."
        ]
        assert checked(answer.text) == ""


def test_confirming_twice_saves_once(app: Flask, client: PageClient) -> None:
    carried = checked(upload(client, SAMPLE.read_bytes()).text)
    assert save(client, carried).status_code == 303
    before = every_row(app)
    again = save(client, carried)
    assert again.status_code == 422
    assert faults(again.text) == [f"There is a chain called {NAME} already. Give this one another name."]
    assert field(again.text, "name") == NAME
    assert every_row(app) == before


def test_the_same_file_makes_another_chain_under_another_name(app: Flask, client: PageClient) -> None:
    for name in ("One", "Two"):
        assert save(client, checked(upload(client, SAMPLE.read_bytes(), name=name).text)).status_code == 303
    one, two = saved_chain(app, "One"), saved_chain(app, "Two")
    assert plain(one)[1] == plain(two)[1]
    assert not {party.id for party in one.parties} & {party.id for party in two.parties}


def test_a_name_that_was_taken_since_the_dry_run_saves_nothing(app: Flask, client: PageClient) -> None:
    waiting = checked(upload(client, SAMPLE.read_bytes()).text)
    save(client, checked(upload(client, sheet([HEADINGS, PRIME, CRAFT])).text))
    before = every_row(app)
    assert save(client, waiting).status_code == 422
    assert every_row(app) == before


# The pages of a chain


def test_the_page_of_a_chain_shows_its_roles_its_people_and_its_reviews(
    app: Flask, client: PageClient, drafted: Guarded
) -> None:
    with app.app_context(), reading() as session:
        chain_id = session.scalars(select(ChainRecord.id)).one()
    page = client.get(f"/organiser/chains/{chain_id}")
    words = main_of(page.text)
    assert "22 organisations, 40 people. The prime is Northern Bridge Employment Ltd." in words
    assert f'href="/organiser/reviews/{drafted.cycle_id}"' in page.text
    assert "beth.ramsden@caldervalleytr.example" in words


def test_no_page_asks_more_of_the_database_for_a_bigger_chain(
    app: Flask, client: PageClient, drafted: Guarded
) -> None:
    def asked() -> dict[str, int]:
        with app.app_context(), reading() as session:
            ids = dict(session.execute(select(ChainRecord.name, ChainRecord.id)).all())
        counts = {}
        for path in (
            HOME,
            *(f"/organiser/chains/{id_}{end}" for id_ in ids.values() for end in ("", "/reviews/new")),
        ):
            with statements(app) as seen:
                assert client.get(path).status_code == 200
            counts[path] = len(seen)
        return counts

    small = asked()
    answer = save(client, checked(upload(client, bigger_chain(8), name="Big").text))
    big = asked()
    assert big[HOME] == small[HOME] <= 6
    for end in ("", "/reviews/new"):
        path = f"{answer.location}{end}"
        (other,) = (known for known in small if known.endswith(end) and known.count("/") == path.count("/"))
        # The sample's page lists a review, which costs nothing more: it comes with the others in one statement.
        assert big[path] == small[other] == big[other]
