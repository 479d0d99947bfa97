"""The pages, one blueprint per audience. A view parses, calls one service, and renders or redirects."""

from __future__ import annotations

from flask import Flask

from review_app.web import (
    account,
    facilitator,
    improvement,
    mailbox,
    organiser,
    owner,
    participant,
    public,
    pulse,
    reader,
    reading,
    respondent,
    steward,
)


def init_web(app: Flask) -> None:
    """Registers every blueprint. Who may open which is decided in ``review_app.access``."""
    by_link = (respondent, reader, participant, owner, pulse)
    signed_in = (organiser, steward, reading, facilitator, improvement)
    for module in (public, account, *signed_in, *by_link, mailbox):
        app.register_blueprint(module.blueprint)
