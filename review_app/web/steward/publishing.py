"""The last look before a report is published: every word that it will hold, and what could give somebody away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import N_, current, moment
from review_app.services import chains, comments, publishing
from review_app.services.comments import CommentPool, CommentVerdict
from review_app.services.errors import NotYetError
from review_app.services.publishing import Printed
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.steward.comments import clue_words
from surveys.chain import Chain
from surveys.cycle import CycleState

CHANGED = N_(
    "What the report would hold has changed since you opened this page. Read it once more, then go on."
)


@dataclass(frozen=True, slots=True)
class Released:
    """One text that the report will show, and what in it could tell who wrote it."""

    text: str
    clues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedAction:
    """An action that the reports name. ``clues``: what in its title could point at people."""

    printed: Printed
    clues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleasedPool:
    """What the report will show of one pool."""

    title: str
    pool: str
    summary: Released | None
    quotes: tuple[Released, ...]


@blueprint.get("/steward/reviews/<string:cycle_id>/publish")
def publish(cycle_id: str) -> ResponseReturnValue:
    """Asks once more, with every text that leaves."""
    found = own_cycle(cycle_id)
    if found.state is not CycleState.CLOSED or found.is_awaiting_replies:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    return _page(cycle_id, ())


@blueprint.post("/steward/reviews/<string:cycle_id>/publish")
def publish_report(cycle_id: str) -> ResponseReturnValue:
    """Makes the reports of exactly what the page showed, for good. A second click finds them made."""
    found = own_cycle(cycle_id)
    if found.state is CycleState.PUBLISHED or found.is_awaiting_replies:
        return redirect(url_for("reading.report", cycle_id=cycle_id), SEE_OTHER)
    try:
        with transaction() as session:
            publishing.publish(session, now(), cycle_id, steward_id())
            pools = comments.pools(session, cycle_id, steward_id())
            if request.form.get("seen") != _digest(pools, publishing.actions_to_print(session, cycle_id)):
                raise NotYetError(_(CHANGED))
    except NotYetError as error:
        return _page(cycle_id, (str(error),)), REFUSED
    made = own_cycle(cycle_id)
    if made.waiting is not None:
        until = moment(made.waiting.publishes_at, current())
        flash(_("The reports are made. Everybody gets them on %(moment)s.", moment=until), "success")
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    flash(_("The report is published. Its PDF is ready in a minute."), "success")
    return redirect(url_for("reading.report", cycle_id=cycle_id), SEE_OTHER)


def _page(cycle_id: str, faults: tuple[str, ...]) -> str:
    found = own_cycle(cycle_id)
    with reading() as session:
        chain = chains.load(session, found.chain_id)
        pools = comments.pools(session, cycle_id, steward_id())
        promises = publishing.promises_to_repeat(session, cycle_id)
        printed = publishing.actions_to_print(session, cycle_id)
    return render_template(
        "steward/publish.html",
        cycle=found,
        faults=faults,
        waiting=sum(pool.waiting for pool in pools),
        promises=promises,
        released=[released for pool in pools if (released := _released(pool, chain))],
        actions=[NamedAction(one, clue_words(one.action.title, chain)) for one in printed],
        seen=_digest(pools, printed),
    )


def _digest(pools: tuple[CommentPool, ...], printed: tuple[Printed, ...]) -> str:
    """What the page shows of comments and actions, in short: it comes back with the form. SHA-256 in hex."""
    quoted = [
        (
            str(pool.subject),
            pool.section_id,
            pool.pool_id,
            pool.summary,
            [comment.released_text for comment in pool.comments if comment.verdict is CommentVerdict.QUOTED],
        )
        for pool in pools
    ]
    named = [
        (one.subject, one.action.number, one.action.title, one.action.state.value, one.action.owners)
        for one in printed
    ]
    return hashlib.sha256(repr((quoted, named)).encode()).hexdigest()


def _released(pool: CommentPool, chain: Chain) -> ReleasedPool | None:
    quotes = tuple(
        Released(comment.released_text, clue_words(comment.released_text, chain))
        for comment in pool.comments
        if comment.verdict is CommentVerdict.QUOTED
    )
    summary = Released(pool.summary, clue_words(pool.summary, chain)) if pool.summary else None
    if not quotes and summary is None:
        return None
    return ReleasedPool(
        title=_("%(subject)s: %(part)s", subject=pool.subject_title, part=pool.section_title),
        pool=_("By %(group)s", group=pool.pool_title),
        summary=summary,
        quotes=quotes,
    )
