"""Jinja for the pages: where templates come from, and the few filters and globals that they may use."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from jinja2 import FileSystemLoader

from review_app.config import Settings
from review_app.layout import template_folder
from review_app.templating import PageEnvironment


def init_pages(app: Flask, settings: Settings) -> None:
    """Sets up the template environment."""
    app.jinja_environment = PageEnvironment
    app.jinja_loader = FileSystemLoader(template_folder())
    app.jinja_env.globals["settings_mode"] = settings.mode.value
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["moment"] = moment


def day(value: datetime) -> str:
    """A day as people write it: 12 December 2026."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """A moment as people write it: 12 December 2026, 5:00pm UTC."""
    hour = value.hour % 12 or 12
    return f"{day(value)}, {hour}:{value:%M}{'am' if value.hour < 12 else 'pm'} UTC"
