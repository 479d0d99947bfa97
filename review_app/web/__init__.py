"""The pages, one blueprint per audience. A view parses, calls one service, and renders or redirects."""

from __future__ import annotations

from flask import Flask

from review_app.web import account, mailbox, organiser, public, reader, reading, respondent, steward


def init_web(app: Flask) -> None:
    """Registers every blueprint. Who may open which is decided in ``review_app.access``."""
    for module in (public, account, organiser, steward, reading, respondent, reader, mailbox):
        app.register_blueprint(module.blueprint)
