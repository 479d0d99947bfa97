"""The respondent's reviews: what is asked, how far each one is, and who will see what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.database import reading
from review_app.services import answering
from review_app.services.answering import Respondent, Review
from review_app.web.respondent.audience import blueprint, current_respondent, show
from review_app.web.respondent.experience import form_for
from review_app.web.respondent.questionnaire import resume_address, start_address
from review_app.web.respondent.wording import (
    group_title,
    it_takes,
    minutes_left,
    people,
    people_from,
    review_title,
    statements,
)
from surveys import timing
from surveys.answers import Answers
from surveys.subjects import Subject

# What is drafted of each review that has a draft, by its reference.
Drafts = Mapping[str, Answers]
Sizes = Mapping[tuple[Subject, str], tuple[int, int]]
# The words of a notice are the page's own: an address can only choose among them.
NOTICES = frozenset({"kept", "withdrawn"})


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review in the list. ``state``: "not_started", "draft", "received" or "replacing"."""

    title: str
    address: str
    state: str
    hint: str


@dataclass(frozen=True, slots=True)
class NamedReview:
    """A review of one organisation, shown under the name of the respondent's own.

    ``is_alone``: nobody else of it is asked.
    """

    title: str
    people: str
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of reviews shows.

    ``done``: how many of the ``count`` statements are answered or sent. ``takes``: how long the rest takes, in words.
    ``start``: the address of the review to go on with, and its title; None when all are sent.
    ``named``: the reviews on single organisations; ``pooled``: those that are counted in another group than the rest,
    each with its group and its size. ``has_experience``: the questions about the review itself are open to this person.
    """

    chain_name: str
    party_name: str
    takes: str
    done: int
    count: int
    start: tuple[str, str] | None
    closes_at: datetime
    rows: tuple[ReviewRow, ...]
    named: tuple[NamedReview, ...]
    pooled: tuple[tuple[str, str, str], ...]
    notice: str
    has_experience: bool


@blueprint.get("/r/reviews")
def reviews() -> str:
    """Every review asked of this person, and who will see what."""
    respondent = current_respondent()
    with reading() as session:
        drafts = {
            review.reference: answering.draft(session, respondent, review)
            for review in respondent.reviews
            if review.has_draft
        }
        sizes = answering.group_sizes(session, respondent)
    done = sum(_done(respondent, review, drafts) for review in respondent.reviews)
    notice = request.args.get("notice", "")
    view = Overview(
        chain_name=respondent.chain_name,
        party_name=respondent.party_name,
        takes=(minutes_left if done else it_takes)(_minutes_left(respondent, respondent.reviews, drafts)),
        done=done,
        count=sum(respondent.instrument.count_for(review.voice) for review in respondent.reviews),
        start=_start(respondent, drafts),
        closes_at=respondent.closes_at,
        rows=tuple(_row(respondent, review, drafts) for review in respondent.reviews),
        named=_named(respondent, sizes),
        pooled=_pooled(respondent, sizes),
        notice=notice if notice in NOTICES else "",
        has_experience=form_for(respondent) is not None,
    )
    return show("reviews.html", respondent, view)


def _named(respondent: Respondent, sizes: Sizes) -> tuple[NamedReview, ...]:
    return tuple(
        NamedReview(
            review_title(respondent, review),
            people(count),
            is_alone=count == 1,
        )
        for review in respondent.reviews
        if review.subject.is_partner
        for count, _organisations in (sizes[review.subject, review.group.id],)
    )


def _pooled(respondent: Respondent, sizes: Sizes) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            review_title(respondent, review),
            group_title(review),
            people_from(*sizes[review.subject, review.group.id]),
        )
        for review in respondent.reviews
        if not review.group.is_attributed and review.group.id != respondent.group.id
    )


def _is_done(review: Review) -> bool:
    return review.is_received and not review.has_draft


def _done(respondent: Respondent, review: Review, drafts: Drafts) -> int:
    """How many statements of a review need nothing more: those of a sent one, and the answered ones of a draft."""
    if _is_done(review):
        return respondent.instrument.count_for(review.voice)
    return drafts[review.reference].answered_count if review.has_draft else 0


def _minutes_left(respondent: Respondent, reviews: Iterable[Review], drafts: Drafts) -> int:
    return timing.minutes_left(
        respondent.instrument,
        [
            (review.voice, drafts[review.reference].ratings if review.has_draft else ())
            for review in reviews
            if not _is_done(review)
        ],
    )


def _start(respondent: Respondent, drafts: Drafts) -> tuple[str, str] | None:
    # What was begun goes on before anything new is begun.
    left = sorted((review for review in respondent.reviews if not _is_done(review)), key=_is_new)
    return (_address(respondent, left[0], drafts), review_title(respondent, left[0])) if left else None


def _is_new(review: Review) -> bool:
    return not review.has_draft


def _address(respondent: Respondent, review: Review, drafts: Drafts) -> str:
    if review.has_draft:
        return resume_address(respondent, review, drafts[review.reference])
    if review.is_received:
        return url_for("respondent.received", review_id=review.reference)
    return start_address(review)


def _row(respondent: Respondent, review: Review, drafts: Drafts) -> ReviewRow:
    title, address = review_title(respondent, review), _address(respondent, review, drafts)
    minutes = _minutes_left(respondent, [review], drafts)
    count = respondent.instrument.count_for(review.voice)
    if review.has_draft:
        hint = ngettext(
            "You have answered %(answered)s of %(num)s statement.",
            "You have answered %(answered)s of %(num)s statements.",
            count,
            answered=drafts[review.reference].answered_count,
        )
        hint = f"{hint} {minutes_left(minutes)}"
        if review.is_received:
            still = _("What you sent counts until you send the new version.")
            return ReviewRow(title, address, "replacing", f"{hint} {still}")
        return ReviewRow(title, address, "draft", hint)
    if review.is_received:
        hint = _("You can send a new version, or take it back.")
        if respondent.has_earlier_link:
            # What takes back under a later link looks like any other version, here too.
            hint = _("You have sent it, or taken it back. You can send a new version.")
        return ReviewRow(title, address, "received", hint)
    return ReviewRow(title, address, "not_started", f"{statements(count)} {it_takes(minutes)}")
