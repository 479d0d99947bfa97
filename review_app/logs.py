"""Logging to standard error: plain lines without addresses, links, answers or comments."""

from __future__ import annotations

import logging


def init_logs() -> None:
    """Sets up the root logger, without the time: an error on a respondent's page must not say when somebody answered.

    Libraries that quote requests or mails stay quiet.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("review_app").setLevel(logging.INFO)
    # SQLAlchemy is told to hide parameters; its statements would still name tables of ballots.
    logging.getLogger("sqlalchemy").setLevel(logging.ERROR)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
