"""Postal addresses as they are kept: a few lines for the window of an envelope."""

from __future__ import annotations

import re

from surveys.texts import clean_line, clean_text

MOST_LINES = 6
LONGEST_POSTAL = 300
PLAIN_POSTAL = (
    "Write the lines as on an envelope, without the name: a line break or a semicolon ends each of them."
)
_LINE_ENDS = re.compile("[\n;]")


def clean_postal(text: str) -> str:
    """An address with a line break between its lines, however they were parted; no blank lines, no stray signs."""
    lines = (clean_line(line) for line in _LINE_ENDS.split(clean_text(text)))
    return "\n".join(line for line in lines if line)


def postal_problem(address: str) -> str:
    """Why a clean address cannot be kept, in a sentence; "" when it can."""
    if len(address) > LONGEST_POSTAL:
        return f"The postal address is longer than {LONGEST_POSTAL} characters."
    if address.count("\n") >= MOST_LINES:
        return f"The postal address has more than {MOST_LINES} lines."
    return ""


def in_one_line(address: str) -> str:
    """An address for a sentence: its lines with commas between them."""
    return ", ".join(line.rstrip(",") for line in address.split("\n"))
