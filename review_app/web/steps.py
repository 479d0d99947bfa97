"""One line of a task list, as the pages of organisers and stewards show them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done.

    ``href`` "": there is nothing to open. ``status``: "done", "now", "look" (may be opened, need not be),
    "waiting" (for somebody else) or "later"; ``words`` says it.
    """

    title: str
    hint: str
    href: str
    status: str
    words: str


def done(title: str, href: str, hint: str = "") -> Step:
    """A step that is completed."""
    return Step(title, hint, href, "done", _("Completed"))


def now(title: str, href: str, hint: str) -> Step:
    """The step that is the reader's to take now."""
    return Step(title, hint, href, "now", _("Your turn"))


def look(title: str, href: str, hint: str) -> Step:
    """A page to look at, before the next step."""
    return Step(title, hint, href, "look", _("Have a look"))


def waiting(title: str, href: str, hint: str, words: str) -> Step:
    """A step that somebody else takes, or that takes its time."""
    return Step(title, hint, href, "waiting", words)


def later(title: str, hint: str) -> Step:
    """A step that cannot be taken yet."""
    return Step(title, hint, "", "later", _("Cannot start yet"))
