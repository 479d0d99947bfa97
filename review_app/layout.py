"""Where the folders beside the code are: next to the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def template_folder() -> Path:
    """The folder of the templates (layouts, components, one folder for each audience)."""
    return _beside() / "templates"


def migration_folder() -> Path:
    """The folder of the migrations (env.py and versions/)."""
    return _beside() / "migrations"


def static_folder() -> Path:
    """The folder that is served as ``/static``; ``dist`` in it is built by ``make`` and is part of the wheel."""
    return _PACKAGE / "static"


def report_font_folder() -> Path:
    """The folder of the full TrueType fonts that a report's PDF embeds."""
    return static_folder() / "dist" / "fonts"


def _beside() -> Path:
    checkout = _PACKAGE.parent
    return checkout if (checkout / "pyproject.toml").is_file() else _PACKAGE
