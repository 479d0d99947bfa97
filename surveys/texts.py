"""Typed texts as they are kept: without the signs that nobody can see."""

from __future__ import annotations

import re
import unicodedata

# Controls that are no space, half characters, noncharacters, and the invisible ones that can turn a text round or
# hide in it: none of them is ever wanted, and several break a page, a spreadsheet or a PDF.
_STRAY = (
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ud800-\udfff"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
)
# These draw nothing either, but some scripts and emoji need them inside a name; for comparing they go as well.
_WANTED = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
)
_NEVER_SHOWN = re.compile(f"[{_STRAY}]")
_INVISIBLE = re.compile(f"[{_STRAY}{_WANTED}]")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_EMPTY_LINES = re.compile("\n{3,}")
_TABS = re.compile("[\t\x1c-\x1f]")


def clean_line(text: str) -> str:
    """A text of one line: NFC, one space for every run of white space, no stray signs.

    A text that draws nothing is blank.
    """
    tidy = " ".join(unicodedata.normalize("NFC", _NEVER_SHOWN.sub("", text)).split())
    return tidy if without_invisible(tidy).strip() else ""


def clean_text(text: str) -> str:
    """A text of several lines: NFC, one kind of line end, no stray signs, no blanks around it."""
    lines = _TABS.sub(" ", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _NEVER_SHOWN.sub("", lines)).strip()


def visible_text(text: str) -> str:
    """A text of several lines as people see it: no sign that draws nothing, no two blanks or empty lines in a row.

    Two texts that look the same are the same.
    """
    lines = (" ".join(line.split()) for line in without_invisible(clean_text(text)).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def without_invisible(text: str) -> str:
    """The text for comparing: without anything that draws nothing."""
    return _INVISIBLE.sub("", text)
