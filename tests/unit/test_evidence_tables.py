"""Cells that a spreadsheet would run are found by their line; numbers and phone numbers are what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.evidence_kinds import TEXT, kind_of
from review_app.evidence_reasons import EvidenceRefusedError, Reason
from review_app.evidence_tables import line_that_runs


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "=1+1",
            "=cmd|' /C calc'!A0",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|'x'!A0",
            "-A1",
            "+SUM(A1)",
        ),
        *("\t=1", "\t-A1", " =1", '"=1+1"', '"=HYPERLINK(""https://x"",""y"")"', "\uff1d1+1", "\uff0bA1"),
        *('"\r=1"', '"\n+A1"', "-1|2!x"),
    ],
)
def test_a_cell_that_would_run_is_found_with_its_line(cell: str) -> None:
    for delimiter in (",", ";", "\t"):
        text = f"name{delimiter}days\r\nMill{delimiter}14\r\nAsh{delimiter}{cell}\r\n"
        assert line_that_runs(text) == 3, delimiter
        assert line_that_runs(f"{cell}{delimiter}x") == 1


def test_a_delimiter_that_the_file_names_counts() -> None:
    assert line_that_runs("sep=!\na!=1\n") == 2


def test_a_quote_that_nobody_closes_hides_nothing() -> None:
    assert line_that_runs('a,"b\nc,=1\n') == 2


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "-5",
            "-5.25",
            "-1,234",
            '"-1,234.50"',
            "+3",
            "-5%",
            "-\u00a35",
            "-3e-4",
            "- 5",
            "-12 days",
            "-",
            "--",
            "+",
        ),
        *("+44 20 7946 0000", "+44 (0)20 7946-0000", "+442079460000", "+44 20 7946 0000 ext 12", "+01:00"),
        *(
            "a=b",
            "paid - late",
            "me@example.org",
            "https://x.example/?a=1",
            "14",
            "",
            '"two\nlines"',
            " - a remark",
        ),
    ],
)
def test_what_people_write_is_taken(cell: str) -> None:
    assert line_that_runs(f"name,days\nMill,{cell}\n{cell},Mill\n") == 0


def test_only_a_table_is_read_as_one() -> None:
    content = b"Terms\n- we pay in 14 days\n= always\n"
    assert kind_of("a.txt", content) is TEXT
    with pytest.raises(EvidenceRefusedError) as raised:
        kind_of("a.CSV", content)
    assert (raised.value.reason, raised.value.line) == (Reason.FORMULA, 2)


@given(st.text(alphabet="-+=@1 a,;\"'\n\r\t", max_size=60))
def test_any_text_has_such_a_line_or_none(text: str) -> None:
    assert 0 <= line_that_runs(text) <= len(text) + 1
