"""What people upload: Excel's own files in all their encodings, and files that were made to do harm."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from review_app.spreadsheet import STANDARD_LIMITS, check_address, read_chain, read_rows
from surveys.errors import ChainFaultsError, Fault
from surveys.roster import Row
from tests.services import hostile_files

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "review_app/demo/northern-bridge.csv"
HEADINGS = ("organisation", "role", "tier", "sector", "contracts_with", "contact_name", "email")
PRIME = ("Prime Ltd", "prime", 0, "private", None, "Ann Lee", "ann@prime.example")
CRAFT = ("Craft – Zoë’s CIC", "subcontractor", 1, "vcs", "Prime Ltd", "Zoë Day", "zoe@craft.example")


def text_of(separator: str = ",", lines: Sequence[Sequence[object]] = (HEADINGS, PRIME, CRAFT)) -> str:
    return "".join(
        separator.join("" if cell is None else str(cell) for cell in line) + "\r\n" for line in lines
    )


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(*lines: Sequence[object]) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in lines:
        sheet.append(list(line))
    return book, sheet


def rows_of(data: bytes, filename: str = "roster.csv") -> tuple[Row, ...]:
    return read_rows(data, filename, STANDARD_LIMITS)


def cells_of(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(data)]


def the_fault(data: bytes, filename: str = "roster.csv") -> Fault:
    with pytest.raises(ChainFaultsError) as caught:
        rows_of(data, filename)
    (fault,) = caught.value.faults
    assert fault.mend
    return fault


def assert_is_the_chain(data: bytes) -> None:
    chain = read_chain(data, "roster", "Test chain")
    assert [party.name for party in chain.parties] == ["Prime Ltd", "Craft – Zoë’s CIC"]
    assert chain.parties[1].contacts[0].name == "Zoë Day"
    assert chain.parties[1].tier == 1


# CSV


def test_the_sample_is_imported_whole() -> None:
    chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Northern Bridge")
    assert len(chain.parties) == 22
    assert sum(len(party.contacts) for party in chain.parties) == 40
    assert "Piotr Zieliński" in {contact.name for party in chain.parties for contact in party.contacts}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_excels_encodings_and_separators_are_told_by_the_content(encoding: str, separator: str) -> None:
    assert_is_the_chain(text_of(separator).encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_its_mark_and_refused_without(encoding: str) -> None:
    assert_is_the_chain(("\ufeff" + text_of("\t")).encode(encoding))
    assert "not text" in the_fault(text_of("\t").encode(encoding)).message


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_every_line_ending_is_read(ending: str) -> None:
    assert_is_the_chain(text_of().replace("\r\n", ending).encode())


@pytest.mark.parametrize("first", ["sep=|\r\n", "SEP=|\n", '"sep=|"\r\n'])
def test_a_separator_line_is_obeyed_and_is_no_row(first: str) -> None:
    rows = rows_of((first + text_of("|")).encode())
    assert rows[0] == Row(1, HEADINGS)
    assert_is_the_chain((first + text_of("|")).encode())


def test_separators_in_quoted_cells_do_not_mislead() -> None:
    line = '"Craft, of; Leeds",sub,1,vcs,Prime Ltd,"Zoë ""Zo"" Day",z@craft.example\r\n'
    rows = rows_of((text_of(lines=(HEADINGS, PRIME)) + line).encode())
    assert rows[2].cells[0] == "Craft, of; Leeds"
    assert rows[2].cells[5] == 'Zoë "Zo" Day'


def test_rows_are_numbered_as_a_spreadsheet_program_shows_them() -> None:
    data = b'organisation,role,email\n\n"two\nlines",prime,a@b.example\n,,\nx,sub,c@d.example\n'
    assert [row.number for row in rows_of(data)] == [1, 3, 5]


def test_text_that_looks_like_a_formula_is_kept_as_text() -> None:
    cells = ("=1+1", "+44", "-x", "@SUM(A1)")
    assert cells_of(",".join(cells).encode()) == [cells]


def test_titles_above_the_headings_do_not_hide_the_separator() -> None:
    assert_is_the_chain(("Our chain, in 2026\r\n\r\n" + text_of(";")).encode())


@pytest.mark.parametrize("data", [b"", b"  \r\n", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(ChainFaultsError):
        read_chain(data, "roster.csv", "Test chain")


def test_a_nul_in_the_text_is_refused() -> None:
    assert "not text" in the_fault(b"organisation,role\0,email\n").message


def test_an_open_quotation_mark_is_told_by_its_row() -> None:
    fault = the_fault(text_of().encode() + b'"Open,prime\n')
    assert fault.place == "row 4"
    assert "quotation mark" in fault.message


def test_bytes_in_no_known_encoding_are_refused() -> None:
    assert "encoding" in the_fault(b"organisation,role\x81\x8d,email\n").message


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook (.xls)"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"{\\rtf1", "a text document"),
        (b"\xef\xbb\xbf <HTML><table>", "a web page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML document"),
    ],
)
def test_other_kinds_of_files_are_named_whatever_they_are_called(start: bytes, words: str) -> None:
    fault = the_fault(start + b"rest", "roster.csv")
    assert fault.place == "file"
    assert words in fault.message
    assert ".xlsx" in fault.mend


def test_a_name_of_a_file_is_cut_in_messages() -> None:
    assert "x" * 61 not in str(the_fault(b"%PDF", "x" * 5_000))


def test_a_file_of_more_than_five_megabytes_is_refused_unread() -> None:
    fault = the_fault(b"x" * (5 * 1024 * 1024 + 1))
    assert fault.message == "The file is larger than 5 MB."


# Excel


def test_a_workbook_is_read_whatever_it_is_called() -> None:
    data = saved(sheet_of(HEADINGS, PRIME, CRAFT)[0])
    assert_is_the_chain(data)
    assert rows_of(data, "roster.csv") == rows_of(data, "roster.pdf")


def test_numbers_dates_and_truths_are_text() -> None:
    data = saved(sheet_of(("a", 2, 2.0, 2.5, True, date(2026, 11, 3), None, "end", None))[0])
    assert cells_of(data) == [("a", "2", "2", "2.5", "TRUE", "2026-11-03 00:00:00", "", "end")]


def test_a_formula_gives_its_stored_value_and_nothing_without_one() -> None:
    book, sheet = sheet_of(("plain", "=1+1"))
    data = saved(book)
    assert cells_of(data) == [("plain",)]
    stored = hostile_files.with_sheet(['<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'])
    assert cells_of(stored) == [("2",)]
    assert sheet["B1"].value == "=1+1"


def test_text_that_looks_like_a_formula_is_kept_in_a_workbook() -> None:
    book, sheet = sheet_of(("x",))
    cell = sheet["A1"]
    cell.value = "=HYPERLINK(1)"
    cell.data_type = "s"
    assert cells_of(saved(book)) == [("=HYPERLINK(1)",)]


def test_the_first_visible_sheet_with_headings_is_read() -> None:
    book, notes = sheet_of(("Notes for the organiser",))
    hidden = book.create_sheet("Old")
    for line in (HEADINGS, PRIME):
        hidden.append(line)
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")
    chain = book.create_sheet("Chain")
    for listed in (HEADINGS, PRIME, CRAFT):
        chain.append(listed)
    assert notes.title == "Sheet"
    assert_is_the_chain(saved(book))


def test_a_chart_sheet_is_no_sheet_to_read() -> None:
    book, _ = sheet_of(HEADINGS, PRIME, CRAFT)
    book.create_chartsheet("Chart", 0).add_chart(BarChart())
    assert_is_the_chain(saved(book))


def test_merged_titles_and_merged_organisations_are_tolerated() -> None:
    book, sheet = sheet_of(("Our chain",), (), HEADINGS, PRIME, CRAFT)
    sheet.append((None, None, None, None, None, "Di Fox", "di@craft.example"))
    sheet.merge_cells("A1:G1")
    for column in "ABCDE":
        sheet.merge_cells(f"{column}5:{column}6")
    chain = read_chain(saved(book), "roster.xlsx", "Test chain")
    assert [contact.name for contact in chain.parties[1].contacts] == ["Zoë Day", "Di Fox"]


def test_rows_left_out_of_a_workbook_keep_the_numbers_of_the_others() -> None:
    book, sheet = sheet_of()
    sheet["B3"] = "three"
    sheet["A900"] = "nine hundred"
    assert rows_of(saved(book)) == (Row(3, ("", "three")), Row(900, ("nine hundred",)))


@pytest.mark.filterwarnings("ignore:Data Validation extension is not supported:UserWarning")
def test_lists_to_choose_from_do_not_disturb() -> None:
    book, sheet = sheet_of(HEADINGS, PRIME, CRAFT)
    choices = DataValidation(type="list", formula1='"prime,subcontractor"')
    choices.add("B2:B500")
    sheet.add_data_validation(choices)
    assert_is_the_chain(saved(book))


def test_an_empty_workbook_is_refused() -> None:
    assert "empty" in the_fault(saved(Workbook())).message


def test_a_column_beyond_the_200th_is_refused() -> None:
    wide = ["x"] * 201
    for data in (saved(sheet_of(HEADINGS, wide)[0]), text_of(lines=(HEADINGS, wide)).encode()):
        assert the_fault(data).message == "Row 2 has more than 200 columns."


def test_blank_columns_beyond_the_200th_do_no_harm() -> None:
    padded = text_of(lines=[(*line, *[""] * 400) for line in (HEADINGS, PRIME, CRAFT)])
    assert_is_the_chain(padded.encode())


def test_more_rows_than_the_limit_are_refused() -> None:
    lines = [HEADINGS, *[PRIME] * 5_020]
    for data in (saved(sheet_of(*lines)[0]), text_of(lines=lines).encode()):
        assert "more than 5,020 rows" in the_fault(data).message


def test_the_largest_honest_workbook_is_read() -> None:
    lines = [
        (
            f"Organisation {n}",
            "subcontractor",
            n % 4,
            "vcs",
            "Prime Ltd",
            f"Person number {n}",
            f"p{n}@o.example",
        )
        for n in range(4_999)
    ]
    chain = read_chain(saved(sheet_of(HEADINGS, PRIME, *lines)[0]), "roster.xlsx", "Test chain")
    assert len(chain.parties) == 5_000


@pytest.mark.parametrize("cut", [10, 1_000, -30])
def test_a_damaged_workbook_is_refused(cut: int) -> None:
    data = saved(sheet_of(HEADINGS, PRIME, CRAFT)[0])[:cut]
    assert "damaged" in the_fault(data).message


def test_another_packed_file_is_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    fault = the_fault(out.getvalue(), "roster.ods")
    assert "not an Excel workbook" in fault.message
    assert ".xlsx" in fault.mend


def test_pictures_in_a_workbook_do_not_disturb() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    assert cells_of(hostile_files.workbook({"xl/media/image1.png": picture}))[0][0] == "organisation"


def test_a_part_in_an_encoding_that_hides_its_tags_is_refused() -> None:
    styles = '<?xml version="1.0" encoding="cp037"?><styleSheet/>'.encode("cp037")
    assert "damaged" in the_fault(hostile_files.workbook({"xl/styles.xml": styles})).message


def test_the_test_file_of_a_workbook_is_one_that_other_programs_read() -> None:
    assert load_workbook(io.BytesIO(hostile_files.workbook())).active is not None


# Files that were made to do harm

MEASURED = """
import json, pathlib, resource, sys, time
from review_app.spreadsheet import read_chain
from surveys.errors import ChainFaultsError

data = pathlib.Path(sys.argv[1]).read_bytes()
started, places, messages = time.process_time(), [], []
try:
    read_chain(data, "roster.xlsx", "Test chain")
except ChainFaultsError as error:
    places = [fault.place for fault in error.faults]
    messages = [fault.message + fault.mend for fault in error.faults]
seconds = time.process_time() - started
try:
    # Linux begins a child's ru_maxrss with what its parent used, and this parent is a whole test run.
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    megabytes = int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
except FileNotFoundError:
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
print(json.dumps({"places": places, "messages": messages[:3], "seconds": seconds, "megabytes": megabytes}))
"""


@pytest.mark.parametrize("maker", hostile_files.MAKERS, ids=lambda maker: maker.__name__)
def test_a_hostile_file_is_refused_soon_and_in_little_memory(
    maker: Callable[[], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(maker())
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    result = json.loads(done.stdout)
    assert result["places"]
    assert result["seconds"] < 5
    assert result["megabytes"] < 300
    # A file beyond the limits is named as a whole; only what could be read has rows and columns to name.
    if result["places"] == ["file"]:
        assert result["messages"][0].startswith(("The file", "The sheet", "The workbook", "No row", "Row "))


@pytest.mark.parametrize("name", [name for name in vars(hostile_files) if name.startswith("entity_")])
def test_entities_are_refused_wherever_they_hide(name: str) -> None:
    assert "document type or entities" in the_fault(getattr(hostile_files, name)()).message


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"sep=\x22\n1")
@example(b"PK\x03\x04")
def test_no_bytes_raise_anything_but_faults(data: bytes) -> None:
    with contextlib.suppress(ChainFaultsError):
        rows_of(data)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=6), st.sampled_from(["utf-8", "utf-16"]))
def test_no_text_in_a_csv_raises_anything_but_faults(lines: list[list[str]], encoding: str) -> None:
    data = text_of(lines=(HEADINGS, *lines)).encode(encoding)
    with pytest.raises(ChainFaultsError):
        read_chain(data, "roster.csv", "Test chain")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_no_broken_workbook_raises_anything_but_faults(place: int, noise: bytes) -> None:
    whole = hostile_files.workbook()
    place %= len(whole)
    with contextlib.suppress(ChainFaultsError):
        rows_of(whole[:place] + noise + whole[place + len(noise) :])


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"]), max_size=60))
def test_no_xml_in_a_sheet_raises_anything_but_faults(text: str) -> None:
    with contextlib.suppress(ChainFaultsError):
        rows_of(hostile_files.with_sheet([f'<row r="1"><c t="{text}" r="A1"><v>{text}</v></c>{text}</row>']))


# Addresses


@pytest.mark.parametrize(
    "address", ["jo@bell.example", "jo.o'neil+x@bell.test", "Jo@Bell.Example.com", "jo@xn--bcher-kva.example"]
)
def test_plain_addresses_are_accepted(address: str) -> None:
    assert check_address(address) is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("jo", "@-sign"),
        ("jo@", "after the @-sign"),
        ("@bell.example", "before the @-sign"),
        ("jo@localhost", "period"),
        ("jo@printer.local", "special-use"),
        ("jo..bell@bell.example", "two periods"),
        ("jo bell@bell.example", "SPACE"),
        ("Jo Bell <jo@bell.example>", "angle brackets"),
        ("jo@bell.example; al@bell.example", "invalid characters"),
        ('"jo bell"@bell.example', "Quoting"),
        ("jo@[127.0.0.1]", "IP address"),
        ("zoë@bell.example", "not every mail server"),
        ("ｊｏ@bell.example", "not every mail server"),
        ("jo@bücher.example", "xn--bcher-kva.example"),
        ("jo@bell.example\r\nBcc: al@bell.example", "invalid characters"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(address: str, words: str) -> None:
    reason = check_address(address)
    assert reason is not None
    assert words in reason


@settings(max_examples=200)
@given(st.text(max_size=40) | st.emails())
def test_a_reason_is_short_and_checking_never_fails(address: str) -> None:
    reason = check_address(address)
    assert reason is None or 0 < len(reason) <= 200
