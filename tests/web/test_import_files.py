"""Files that users really have, and files that were made to do harm, through the page that takes them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from review_app.database import reading
from review_app.services import chains
from surveys.chain import Chain
from tests.conftest import PASSWORD
from tests.pages import PageClient
from tests.services import hostile_files
from tests.web.organisers import checked, main_of, save, upload
from tests.web.stewards import Guarded, faults, folder_of, restore, signed_in
from tests.web.tables import every_row

ROOT = Path(__file__).parents[2]
Line = Sequence[object]
HEADINGS: Line = ("Organisation name", "Role", "Sector", "Contracts with", "Contact name", "E-mail address")
PRIME: Line = ("Prime Ltd", "Prime contractor", "private sector", None, "Ann Lee", "ann@prime.example")
# What Excel on Windows writes as CSV holds these letters and no others.
WESTERN: Line = ("Craft – Zoë’s CIC", "sub", "Charity", "Prime Ltd", "Siân Ó Brien", "sian@craft.example")
WELSH: Line = ("Canolfan Gŵyr a Dŵr", "sub", "VCSE", "Prime Ltd", "Llŷr ap Rhŷs", "llyr@canolfan.example")
POLISH: Line = ("Łódzka Spółdzielnia", "specialist", "vcs", "Prime Ltd", "Świętosława Żółć", "s@lodz.example")
ARABIC: Line = ("مركز النور للتدريب", "spot provider", "vcs", "Prime Ltd", "ليلى حدّاد", "layla@nur.example")
WORLD = (HEADINGS, PRIME, WELSH, POLISH, ARABIC)


def csv_text(lines: Sequence[Line], separator: str) -> str:
    return "".join(separator.join("" if c is None else str(c) for c in line) + "\r\n" for line in lines)


def workbook_of(*lines: Line, merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    for line in lines:
        page.append(list(line))
    for cells in merged:
        page.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def windows_1252() -> bytes:
    return csv_text((HEADINGS, PRIME, WESTERN), ";").encode("cp1252")


def semicolons_below_a_title() -> bytes:
    title: Line = ("Our supply chain, autumn 2026",)
    blank: Line = (None,) * 6
    return csv_text((title, blank, *WORLD[:3], blank, *WORLD[3:], blank), ";").encode("utf-8-sig")


def unicode_text() -> bytes:
    return csv_text(WORLD, "\t").encode("utf-16")


def merged_workbook() -> bytes:
    title: Line = ("Our supply chain", None)
    second: Line = (None, None, None, None, "Fatima Nowak", "f@nur.example")
    blank: Line = (None,)
    lines = (title, blank, *WORLD, second)
    return workbook_of(*lines, merged=("A1:F1", *(f"{column}7:{column}8" for column in "ABCD")))


@pytest.fixture
def app(site: Flask, drafted: Guarded) -> Flask:
    """The application on a fresh copy of that installation."""
    restore(site, drafted)
    return site


@pytest.fixture
def client(app: Flask, drafted: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, drafted.organiser)


def imported(app: Flask, client: PageClient, content: bytes, filename: str) -> Chain:
    """The chain that a file gives, through the dry run and the saving."""
    page = upload(client, content, name="The World", filename=filename)
    assert page.status_code == 200, main_of(page.text)[:500]
    answer = save(client, checked(page.text))
    assert answer.status_code == 303
    with app.app_context(), reading() as session:
        return chains.load(session, (answer.location or "").rpartition("/")[2])


@pytest.mark.parametrize(
    ("make", "filename", "expected"),
    [
        (windows_1252, "roster.csv", (PRIME, WESTERN)),
        (semicolons_below_a_title, "roster.csv", WORLD[1:]),
        (unicode_text, "roster.txt", WORLD[1:]),
        (merged_workbook, "roster.xlsx", WORLD[1:]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_file_that_users_really_have_becomes_its_chain(
    app: Flask, client: PageClient, make: Callable[[], bytes], filename: str, expected: Sequence[Line]
) -> None:
    chain = imported(app, client, make(), filename)
    assert [(party.name, party.contacts[0].name) for party in chain.parties] == [
        (line[0], line[4]) for line in expected
    ]
    page = client.get(f"/organiser/chains/{chain.id}").text
    assert all(str(line[0]) in page and str(line[4]) in page for line in expected)


def test_rows_below_a_merged_organisation_are_its_people(app: Flask, client: PageClient) -> None:
    chain = imported(app, client, merged_workbook(), "roster.xlsx")
    assert [one.name for one in chain.parties[-1].contacts] == ["ليلى حدّاد", "Fatima Nowak"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_five_thousand_rows_are_imported_and_imported_again(
    app: Flask, client: PageClient, kind: str
) -> None:
    lines: list[Line] = [
        (f"Organisation {n // 5}", "sub", "vcs", "Prime Ltd", f"Person {n}", f"p{n}@o.example")
        for n in range(4_999)
    ]

    def content(lines: Sequence[Line]) -> bytes:
        rows = (HEADINGS, PRIME, *lines)
        return workbook_of(*rows) if kind == "xlsx" else csv_text(rows, ",").encode()

    chain = imported(app, client, content(lines), f"roster.{kind}")
    assert sum(len(party.contacts) for party in chain.parties) == 5_000
    again = f"/organiser/chains/{chain.id}/import"
    fields = {"file": (io.BytesIO(content(lines[:-9])), f"newer.{kind}")}
    page = client.send(again, fields, content_type="multipart/form-data", buffered=True)
    assert "Gone: 2" in main_of(page.text)
    assert "Organisation 998 with 5 people" in main_of(page.text)


def test_formulas_and_climbing_names_stay_words(app: Flask, client: PageClient) -> None:
    formula = '=HYPERLINK("http://x.example","Click")'
    line = (formula, "sub", "vcs", "Prime Ltd", "+1+1", "x@x.example")
    text = csv_text((HEADINGS, PRIME), ";") + ";".join(
        f'"{str(c).replace(chr(34), chr(34) * 2)}"' for c in line
    )
    page = upload(client, text.encode(), name="Formulas", filename="../../etc/passwd\\..\\x.csv")
    assert page.status_code == 200
    assert formula in main_of(page.text) and "../../etc/passwd" in main_of(page.text)
    assert save(client, checked(page.text)).status_code == 303


# The web application in a process of its own, and what the system says that each file took.
MEASURED = """
import io, json, os, pathlib, re, sys, time
from review_app.config import Settings
from review_app.factory import create_app
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

def token(path):
    return re.search('name="csrf_token" value="([^"]+)"', client.get(path).text)[1]

client = create_app(Settings.from_env(os.environ)).test_client()
account = {"email": sys.argv[2], "password": sys.argv[3]}
client.post("/sign-in", data={**account, "csrf_token": token("/sign-in")})
found = {}
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    sheet = FileStorage(io.BytesIO(file.read_bytes()), "../../" + file.name + ".xlsx")
    path = "/organiser/chains/new"
    boundary, body = encode_multipart({"csrf_token": token(path), "name": "Harm", "file": sheet})
    started = time.process_time()
    answer = client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
    found[file.name] = [answer.status_code, answer.text, time.process_time() - started]
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
peak = int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
print(json.dumps({"found": found, "megabytes": peak}))
"""


@pytest.mark.slow
def test_the_page_refuses_every_hostile_file_soon_in_little_memory_and_in_words(
    app: Flask, drafted: Guarded, tmp_path: Path
) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    for maker in hostile_files.MAKERS:
        (folder / maker.__name__).write_bytes(maker())
    before = every_row(app)
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder_of(app) / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder_of(app) / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
    }
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, folder, drafted.organiser.email, PASSWORD],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    result = json.loads(done.stdout)
    assert set(result["found"]) == {maker.__name__ for maker in hostile_files.MAKERS}
    for name, (status, page, seconds) in result["found"].items():
        assert status == 422, name
        assert seconds < 5, (name, seconds)
        # Every message is ours: it says what is wrong, names a way to mend it, and quotes nothing of the machine.
        assert faults(page), name
        assert not any(word in page for word in ("Traceback", "openpyxl", "root:", str(tmp_path))), name
    # Of all of them together, and with everything that the application itself holds.
    assert result["megabytes"] < 300
    assert every_row(app) == before
