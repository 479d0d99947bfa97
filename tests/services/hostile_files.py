"""Files that are made to hurt whoever reads them. Each maker gives the bytes of one."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
HEADINGS = "organisation,role,sector,contracts_with,contact_name,email"


def workbook(replaced: dict[str, str | bytes] | None = None, compression: int = ZIP_DEFLATED) -> bytes:
    """A small honest workbook, some of whose parts are replaced or added."""
    plain = Workbook()
    plain[plain.sheetnames[0]].append(HEADINGS.split(","))
    honest, made = io.BytesIO(), io.BytesIO()
    plain.save(honest)
    parts = dict(replaced or {})
    with ZipFile(honest) as source, ZipFile(made, "w", compression) as target:
        for name in source.namelist():
            target.writestr(name, parts.pop(name) if name in parts else source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return made.getvalue()


def with_sheet(rows: Iterable[str], before: str = "", after: str = "") -> bytes:
    """A workbook whose one sheet holds these rows of XML."""
    body = f"{before}<sheetData>{''.join(rows)}</sheetData>{after}"
    return workbook({SHEET: f'<worksheet xmlns="{MAIN}">{body}</worksheet>'})


def numbers(count: int) -> list[int]:
    """Numbers that do not compress well."""
    source = random.Random(1)
    return [source.randrange(100_000) for _ in range(count)]


def zip_bomb() -> bytes:
    return workbook({"xl/media/picture.png": bytes(60_000_000)})


def zip_bomb_in_lzma() -> bytes:
    return workbook({"xl/media/picture.png": bytes(60_000_000)}, ZIP_LZMA)


def lying_sizes() -> bytes:
    made = bytearray(zip_bomb())
    # The sizes in the directory at the end are what the file says about itself: 60,000,000 becomes 1,000.
    return bytes(made.replace((60_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")))


def many_parts() -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as target:
        for number in range(40_000):
            target.writestr(str(number), b"")
    return made.getvalue()


def same_part_twice() -> bytes:
    two = workbook({"xl/worksheets/sheet2.xml": "<worksheet/>"})
    return two.replace(b"xl/worksheets/sheet2.xml", SHEET.encode())


def million_rows() -> bytes:
    return with_sheet(f'<row r="{row}"><c><v>{row}</v></c></row>' for row in range(1, 1_000_001))


def hundred_thousand_rows() -> bytes:
    return with_sheet(
        f'<row r="{row}"><c><v>{value}</v></c></row>' for row, value in enumerate(numbers(120_000), 1)
    )


def last_row_only() -> bytes:
    return with_sheet(['<row r="1048576"><c><v>1</v></c></row>'])


def row_beyond_the_last() -> bytes:
    return with_sheet(['<row r="99999999999"><c><v>1</v></c></row>'])


def million_columns() -> bytes:
    cells = "".join(f"<c><v>{value}</v></c>" for value in numbers(1_000_000))
    return with_sheet([f'<row r="1">{cells}</row>'])


def sixteen_thousand_columns() -> bytes:
    return with_sheet([f'<row r="1">{"".join(f"<c><v>{value}</v></c>" for value in numbers(16_000))}</row>'])


def absurd_dimension() -> bytes:
    return with_sheet(['<row r="1"><c><v>1</v></c></row>'], before='<dimension ref="A1:XFD1048576"/>')


def sheet_read_a_thousand_times() -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n + 1}" r:id="rId1"/>' for n in range(1_000))
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheets}</sheets></workbook>'
    rows = "".join(f"<row><c><v>{value}</v></c></row>" for value in numbers(100_000))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return workbook({"xl/workbook.xml": book, SHEET: sheet})


def million_texts() -> bytes:
    texts = "".join(f"<si><t>{value}</t></si>" for value in numbers(700_000))
    return workbook({"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>'})


def huge_style_sheet() -> bytes:
    formats = "".join(f'<xf numFmtId="{value}" fontId="0"/>' for value in numbers(200_000))
    return workbook(
        {"xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>'}
    )


def tag_with_a_million_attributes() -> bytes:
    attributes = " ".join(f'a{n}="{value}"' for n, value in enumerate(numbers(500_000)))
    return with_sheet([f"<row {attributes}/>"])


def endless_text() -> bytes:
    text = "".join(map(str, numbers(1_500_000)))
    return with_sheet([f'<row r="1"><c t="inlineStr"><is><t>{text}</t></is></c></row>'])


def number_with_a_hundred_thousand_digits() -> bytes:
    return with_sheet([f"<row><c><v>{'9' * 100_000}</v></c></row>"])


def deep_nesting() -> bytes:
    return with_sheet(["<row>" * 10_000, "</row>" * 10_000])


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n + 1} "' + f"&a{n};" * 10 + '">' for n in range(9))
    sheet = f'<!DOCTYPE lol [<!ENTITY a0 "lol">{entities}]><worksheet xmlns="{MAIN}">&a9;</worksheet>'
    return workbook({SHEET: sheet})


def entity_in_utf_16() -> bytes:
    sheet = f'<!DOCTYPE lol [<!ENTITY a "lol">]><worksheet xmlns="{MAIN}">&a;</worksheet>'
    return workbook({SHEET: f'<?xml version="1.0" encoding="utf-16"?>{sheet}'.encode("utf-16")})


def entity_behind_blanks() -> bytes:
    sheet = f'<!DOCTYPE lol [<!ENTITY a "lol">]><worksheet xmlns="{MAIN}">&a;</worksheet>'
    return workbook({SHEET: " " * 100_000 + sheet})


def entity_behind_blanks_in_utf_16() -> bytes:
    sheet = f'<!DOCTYPE lol [<!ENTITY a "lol">]><worksheet xmlns="{MAIN}">&a;</worksheet>'
    return workbook({SHEET: ("  " + sheet).encode("utf-16")})


def entity_from_a_file() -> bytes:
    sheet = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}">&a;</worksheet>'
    return workbook({SHEET: sheet})


def document_type_in_the_styles() -> bytes:
    return workbook({"xl/styles.xml": f'<!DOCTYPE x SYSTEM "x.dtd"><styleSheet xmlns="{MAIN}"/>'})


def climbing_name() -> bytes:
    return workbook({"../../evil.xml": "<a/>"})


def absolute_name() -> bytes:
    return workbook({"/etc/evil.xml": "<a/>"})


def backslashed_name() -> bytes:
    return workbook({"..\\evil.xml": "<a/>"})


def csv_of_a_million_rows() -> bytes:
    return f"{HEADINGS}\n".encode() + b"a\n" * 1_000_000


def csv_of_blank_lines() -> bytes:
    return f"{HEADINGS}\n".encode() + b"\n" * 5_000_000


def csv_of_a_million_columns() -> bytes:
    return b"a," * 1_500_000


def csv_of_commas() -> bytes:
    return b"organisation" + b"," * 5_000_000


def csv_of_wide_letters() -> bytes:
    return "😀é,".encode() * 700_000


def csv_with_an_open_quote() -> bytes:
    return f'{HEADINGS}\n"'.encode() + b"a,b\n" * 1_000_000


def csv_of_accents() -> bytes:
    row = "a" + "\u0301\u0327" * 240 + ",prime,private,,J,j@a.example\n"
    return f"{HEADINGS}\n".encode() + row.encode() * 4_900


MAKERS: tuple[Callable[[], bytes], ...] = (
    zip_bomb,
    zip_bomb_in_lzma,
    lying_sizes,
    many_parts,
    same_part_twice,
    million_rows,
    hundred_thousand_rows,
    last_row_only,
    row_beyond_the_last,
    million_columns,
    sixteen_thousand_columns,
    absurd_dimension,
    sheet_read_a_thousand_times,
    million_texts,
    huge_style_sheet,
    tag_with_a_million_attributes,
    endless_text,
    number_with_a_hundred_thousand_digits,
    deep_nesting,
    billion_laughs,
    entity_in_utf_16,
    entity_behind_blanks,
    entity_behind_blanks_in_utf_16,
    entity_from_a_file,
    document_type_in_the_styles,
    climbing_name,
    absolute_name,
    backslashed_name,
    csv_of_a_million_rows,
    csv_of_blank_lines,
    csv_of_a_million_columns,
    csv_of_commas,
    csv_of_wide_letters,
    csv_with_an_open_quote,
    csv_of_accents,
)
