"""Logging to standard error: plain lines without addresses, links, answers or comments."""

from __future__ import annotations

import logging


def init_logs() -> None:
    """Sets up the root logger. Libraries that quote requests or mails stay quiet."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("review_app").setLevel(logging.INFO)
    # SQLAlchemy is told to hide parameters; its statements would still name tables of ballots.
    logging.getLogger("sqlalchemy").setLevel(logging.ERROR)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
