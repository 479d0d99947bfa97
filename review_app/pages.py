"""Jinja for the pages: where templates come from, and the few globals that they may use."""

from __future__ import annotations

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
