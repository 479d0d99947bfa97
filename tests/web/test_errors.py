"""What a fault of ours shows and logs: a page with a mend, and a place in the code."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.pages import PageClient

TYPED = "what a person typed"


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (ValueError(TYPED), 500, ("Something went wrong", "Unexpected ValueError at ")),
        (
            OperationalError(TYPED, {}, OSError(TYPED)),
            503,
            ("Not saved yet", "The database did not answer: OSError"),
        ),
    ],
)
def test_an_error_is_told_kindly_and_its_message_is_never_logged(
    app: Flask, caplog: pytest.LogCaptureFixture, error: Exception, status: int, told: tuple[str, str]
) -> None:
    def broken() -> str:
        raise error

    app.add_url_rule("/broken", endpoint="public.broken", view_func=broken)
    app.test_client_class = PageClient
    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().get("/broken")
    said, logged = told
    assert answer.status_code == status
    assert said in answer.text and TYPED not in answer.text
    assert logged in caplog.text and TYPED not in caplog.text
