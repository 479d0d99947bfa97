"""The pages on which an organiser looks at an instrument, copies it and changes it."""

from __future__ import annotations

from review_app.web.organiser.editing import (
    borrowing,
    copying,
    exchanging,
    labels,
    overview,
    parts,
    previewing,
    statements,
    welsh,
)

__all__ = [
    "borrowing",
    "copying",
    "exchanging",
    "labels",
    "overview",
    "parts",
    "previewing",
    "statements",
    "welsh",
]
