"""The comments of a counted review: one page for each pool, to quote, keep back and sum up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.database import reading, transaction
from review_app.languages import N_
from review_app.services import chains, comments
from review_app.services.comments import (
    LONGEST_QUOTE,
    LONGEST_SUMMARY,
    Comment,
    CommentPool,
    CommentVerdict,
    Ruling,
)
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.words import figure
from surveys.answers import CommentChoice
from surveys.chain import Chain, Role
from surveys.cycle import CycleState
from surveys.revealing import ClueKind, clues
from surveys.texts import clean_text

_KINDS = {
    ClueKind.PERSON: N_("a name (%(words)s)"),
    ClueKind.ORGANISATION: N_("an organisation (%(words)s)"),
    ClueKind.EMAIL: N_("an email address (%(words)s)"),
    ClueKind.PHONE: N_("a number (%(words)s)"),
    ClueKind.SUM: N_("a sum (%(words)s)"),
    ClueKind.DATE: N_("a date (%(words)s)"),
}


@dataclass(frozen=True, slots=True)
class PoolLine:
    """One pool in the list. ``status``: "waiting", "done" or "private"; ``words`` says it."""

    title: str
    hint: str
    href: str
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A comment that may be quoted, with what was decided or typed about it."""

    id: str
    original: str
    text: str
    verdict: str
    clues: tuple[str, ...]
    fault: str


@dataclass(frozen=True, slots=True)
class PoolView:
    """The page of a pool. ``summary_fault``: "" unless the summary was refused."""

    subject: str
    title: str
    pool: str
    number: int
    count: int
    may_be_released: bool
    may_sum_up: bool
    decisions: tuple[Decision, ...]
    to_sum_up: tuple[str, ...]
    private: tuple[str, ...]
    summary: str
    summary_fault: str
    longest_quote: int
    longest_summary: int

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """Every fault with the id of its field."""
        quotes = tuple(
            (decision.fault, f"text-{decision.id}") for decision in self.decisions if decision.fault
        )
        return (*quotes, *(((self.summary_fault, "summary"),) if self.summary_fault else ()))


@blueprint.get("/steward/reviews/<string:cycle_id>/comments")
def comment_pools(cycle_id: str) -> ResponseReturnValue:
    """The pools, and how many decisions each waits for."""
    found, _chain, pools = _pools(cycle_id)
    if found.state is not CycleState.CLOSED or found.is_awaiting_replies:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    groups = [
        (
            title,
            [_line(found, number, pool) for number, pool in enumerate(pools, 1) if pool.subject == subject],
        )
        for subject, title in dict.fromkeys((pool.subject, pool.subject_title) for pool in pools)
    ]
    waiting = sum(pool.waiting for pool in pools)
    return render_template("steward/comments.html", cycle=found, groups=groups, waiting=waiting)


@blueprint.get("/steward/reviews/<string:cycle_id>/comments/<int:number>")
def comment_pool(cycle_id: str, number: int) -> ResponseReturnValue:
    """The comments of one pool on one element."""
    found, chain, pools = _pools(cycle_id)
    if found.state is not CycleState.CLOSED or found.is_awaiting_replies:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    pool = _numbered(pools, number)
    view = _view(chain, pool, number, len(pools), _kept)
    return render_template("steward/comment_pool.html", cycle=found, view=view)


@blueprint.post("/steward/reviews/<string:cycle_id>/comments/<int:number>")
def decide(cycle_id: str, number: int) -> ResponseReturnValue:
    """Keeps the decisions of one page, all of them or none, and goes on to the next."""
    found, chain, pools = _pools(cycle_id)
    if found.state is CycleState.PUBLISHED or found.is_awaiting_replies:
        raise NotAllowedError(_("The report is made. Its comments are fixed."))
    pool = _numbered(pools, number)
    view = _view(chain, pool, number, len(pools), _typed, summary=request.form.get("summary", ""))
    if view.faults:
        return render_template("steward/comment_pool.html", cycle=found, view=view), REFUSED
    with transaction() as session:
        rulings = {
            decision.id: Ruling(CommentVerdict(decision.verdict), decision.text)
            for decision in view.decisions
        }
        comments.decide(session, cycle_id, steward_id(), rulings)
        if view.may_sum_up:
            comments.summarise(
                session,
                cycle_id,
                steward_id(),
                place=(pool.subject, pool.section_id, pool.pool_id),
                text=view.summary,
            )
    flash(_("Your decisions are kept. You can change them until the report is made."), "success")
    if number < len(pools):
        return redirect(url_for("steward.comment_pool", cycle_id=cycle_id, number=number + 1), SEE_OTHER)
    return redirect(url_for("steward.comment_pools", cycle_id=cycle_id), SEE_OTHER)


def clue_words(text: str, chain: Chain) -> tuple[str, ...]:
    """What in a text could tell who wrote it, each as a phrase: "a name (Beth)"."""
    people = [contact.name for party in chain.parties for contact in party.contacts]
    # The prime is what the review is about, so that its name tells nothing.
    organisations = [party.name for party in chain.parties if party.role is not Role.PRIME]
    return tuple(
        _(_KINDS[clue.kind], words=clue.words)
        for clue in clues(text, people=people, organisations=organisations)
    )


def _pools(cycle_id: str) -> tuple[Cycle, Chain, tuple[CommentPool, ...]]:
    found = own_cycle(cycle_id)
    with reading() as session:
        # A name tells as much after its organisation has left the chain.
        chain = chains.load_with_gone(session, found.chain_id)
        is_counted = found.state in {CycleState.CLOSED, CycleState.PUBLISHED}
        return found, chain, comments.pools(session, cycle_id, steward_id()) if is_counted else ()


def _numbered(pools: tuple[CommentPool, ...], number: int) -> CommentPool:
    if not 1 <= number <= len(pools):
        raise NotFoundError(_("There is no such page."))
    return pools[number - 1]


def _line(found: Cycle, number: int, pool: CommentPool) -> PoolLine:
    quotable = sum(comment.choice is CommentChoice.VERBATIM for comment in pool.comments)
    if not pool.may_be_released:
        status, words = "private", _("For you only")
    elif pool.waiting:
        status, words = "waiting", ngettext("%(num)s to decide", "%(num)s to decide", pool.waiting)
    elif quotable or pool.summary:
        status, words = "done", _("Completed")
    else:
        status, words = "private", _("To sum up, if you like")
    href = url_for("steward.comment_pool", cycle_id=found.id, number=number)
    return PoolLine(pool.section_title, _hint(len(pool.comments), pool.pool_title), href, status, words)


def _hint(count: int, group: str) -> str:
    if not group:
        return ngettext("%(count)s comment", "%(count)s comments", count, count=figure(count))
    return ngettext(
        "%(count)s comment, by %(group)s",
        "%(count)s comments, by %(group)s",
        count,
        count=figure(count),
        group=group,
    )


def _view(
    chain: Chain,
    pool: CommentPool,
    number: int,
    count: int,
    decision_of: Callable[[Comment, CommentPool, Chain], Decision],
    *,
    summary: str | None = None,
) -> PoolView:
    def of(choice: CommentChoice) -> tuple[Comment, ...]:
        return tuple(comment for comment in pool.comments if comment.choice is choice)

    quotable = of(CommentChoice.VERBATIM) if pool.may_be_released else ()
    to_sum_up = of(CommentChoice.SUMMARISE) if pool.may_be_released else ()
    private = of(CommentChoice.STEWARD_ONLY) if pool.may_be_released else pool.comments
    text = pool.summary if summary is None else clean_text(summary)
    return PoolView(
        subject=pool.subject_title,
        title=pool.section_title,
        pool=pool.pool_title,
        number=number,
        count=count,
        may_be_released=pool.may_be_released,
        may_sum_up=bool(quotable or to_sum_up),
        decisions=tuple(decision_of(comment, pool, chain) for comment in quotable),
        to_sum_up=tuple(comment.text for comment in to_sum_up),
        private=tuple(comment.text for comment in private),
        summary=text,
        summary_fault=_summary_fault(text, pool),
        longest_quote=LONGEST_QUOTE,
        longest_summary=LONGEST_SUMMARY,
    )


def _summary_fault(text: str, pool: CommentPool) -> str:
    if len(text) > LONGEST_SUMMARY:
        return _(
            "The summary has %(count)s characters. Shorten it to %(most)s.",
            count=figure(len(text)),
            most=figure(LONGEST_SUMMARY),
        )
    if pool.repeats(text):
        return _(
            "The summary repeats a comment whose writer did not agree to be quoted. Say it in your own words."
        )
    return ""


def _kept(comment: Comment, _pool: CommentPool, chain: Chain) -> Decision:
    text = comment.released_text or comment.text
    return Decision(comment.id, comment.text, text, comment.verdict.value, clue_words(text, chain), "")


def _typed(comment: Comment, pool: CommentPool, chain: Chain) -> Decision:
    text = clean_text(request.form.get(f"text-{comment.id}", ""))
    verdict = request.form.get(f"verdict-{comment.id}", CommentVerdict.WAITING.value)
    if verdict not in set(CommentVerdict):
        verdict = CommentVerdict.WAITING.value
    fault = ""
    if verdict == CommentVerdict.QUOTED and not text:
        fault = _("The quote has no text. Write one, or keep the comment back.")
    elif verdict == CommentVerdict.QUOTED and len(text) > LONGEST_QUOTE:
        fault = _(
            "The quote has %(count)s characters. Shorten it to %(most)s.",
            count=figure(len(text)),
            most=LONGEST_QUOTE,
        )
    elif verdict == CommentVerdict.QUOTED and pool.repeats(text):
        fault = _("The quote repeats a comment whose writer did not agree to be quoted. Take that out.")
    elif verdict == CommentVerdict.WAITING and text not in {comment.text, ""}:
        # Only a quote's text is kept, so a change without a choice would be lost.
        fault = _("You have changed this comment. Choose whether to quote it or to keep it back.")
    return Decision(comment.id, comment.text, text, verdict, clue_words(text, chain), fault)
