"""Logging to standard error: plain lines without addresses, links, answers or comments."""

from __future__ import annotations

import logging

FORMAT = "%(levelname)s %(name)s: %(message)s"
_FRAMES = 6


def init_logs() -> None:
    """Sets up the root logger, without the time: an error on a respondent's page must not say when somebody answered.

    Libraries that quote requests or mails stay quiet.
    """
    logging.basicConfig(level=logging.WARNING, format=FORMAT)
    logging.getLogger("review_app").setLevel(logging.INFO)
    # SQLAlchemy is told to hide parameters; its statements would still name tables of ballots.
    logging.getLogger("sqlalchemy").setLevel(logging.ERROR)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    # It repeats what GOV.UK Notify answers, which may quote an address.
    logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.ERROR)


def place_of(error: BaseException) -> str:
    """The type of an error and where in the code it happened. Its message may quote what a person typed."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' < '.join(reversed(frames[-_FRAMES:]))}"
