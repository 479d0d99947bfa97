"""What every view may ask of the running application: its settings and its key folder."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from review_app.config import Settings
from review_app.keys import KeyFolder

_EXTENSION = "roundtable"


@dataclass(frozen=True, slots=True)
class State:
    """The settings and the key folder of one application."""

    settings: Settings
    keys: KeyFolder


def init_state(app: Flask, settings: Settings) -> None:
    """Ties the settings to the application."""
    app.extensions[_EXTENSION] = State(settings, KeyFolder(settings.keys_dir))


def state() -> State:
    """The state of the current application."""
    found: State = current_app.extensions[_EXTENSION]
    return found
