"""People who answer, for the tests of their pages: a browser with an opened link, and forms filled in as shown."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from werkzeug.test import TestResponse

from review_app import clock
from review_app.database import reading
from review_app.demo.browsing import FormReader
from review_app.services import answering
from review_app.services.answering import Respondent, Review
from surveys import sealing
from surveys.answers import Answers
from surveys.instrument import Voice
from tests.pages import PageClient

VCS_PARTNER = "beth.ramsden@caldervalleytr.example"
OTHER_VCS_PARTNER = "gary.laidlaw@tynesteps.example"
PRIME_DIRECTOR = "sian.prosser@northernbridge.example"


def open_link(app: Flask, secret: bytes) -> PageClient:
    """A fresh browser in which a link was opened."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    answer = client.post("/r", data={"code": sealing.code_of(secret)})
    assert (answer.status_code, answer.location) == (303, "/r/reviews")
    return client


def as_respondent(app: Flask, secret: bytes) -> Respondent:
    """What the link opens now."""
    with app.app_context(), reading() as session:
        found = answering.find(session, clock.now(), secret)
    assert found is not None
    return found


def review_of(app: Flask, secret: bytes, voice: Voice) -> Review:
    """The review that a link's owner gives in one voice."""
    return next(review for review in as_respondent(app, secret).reviews if review.voice is voice)


def draft_of(app: Flask, secret: bytes, review: Review) -> Answers:
    """What is drafted of a review."""
    with app.app_context(), reading() as session:
        return answering.draft(session, as_respondent(app, secret), review)


def post_page(
    client: PageClient, path: str, fields: Mapping[str, str] | None = None, *, rating: str = "4"
) -> TestResponse:
    """Posts a page of statements, every one answered with ``rating`` ("" for none) but for ``fields``."""
    page = FormReader(client.get(path).text)
    rated = {name: rating for name in page.radios if name.startswith("q-") and rating}
    return client.post(path, data={**page.hidden, **rated, **(fields or {})})


def answer_whole(
    client: PageClient, review: Review, fields: Mapping[str, str] | None = None, *, rating: str = "4"
) -> str:
    """Goes through every page of a review; the address that the last one led to. ``fields`` are posted where asked."""
    path = f"/r/reviews/{review.reference}/1"
    while not path.endswith("/check"):
        answer = post_page(client, path, fields, rating=rating)
        assert answer.status_code == 303, answer.text
        path = answer.location or ""
    return path


def send(client: PageClient, review: Review) -> TestResponse:
    """Sends what is drafted of a review."""
    path = f"/r/reviews/{review.reference}/check"
    return client.send(path)


def words(html: str) -> str:
    """A page's text with every run of white space as one space."""
    return " ".join(html.split())
