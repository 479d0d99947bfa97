"""What an action that a workshop makes comes from: the finding, and what is shown of it and of the vote, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from reports.model import Item, Report, Shown
from reports.sides import items_of
from reports.tables import everyone_title
from reports.wording import in_words
from review_app.services import minutes, publishing
from review_app.services.minutes import NoteGroup
from review_app.services.proposals import LONGEST_LINE
from review_app.services.workshops import Topic, Workshop
from surveys.practices import practices
from surveys.voting import BAND_WORDS, NOT_SHOWN_WORDS, Band
from surveys.workshop import Stage


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action comes from. ``practices``: (id, what it asks for) that may be chosen.

    ``statement``: what the report asked, "" for nothing; ``baseline``: what it shows of it today, "" where nothing is
    shown; ``vote``: what is shown of the vote, "" before it.
    """

    practices: tuple[tuple[str, str], ...]
    statement: str
    baseline: str
    vote: str


def origin(session: Session, workshop: Workshop, topic: Topic) -> Origin:
    """What an action on a topic comes from, by what the main report shows. Raises NotFoundError without a report."""
    report = publishing.load(session, workshop.cycle_id).report
    item = _item(report, topic)
    ids = topic.practices or (item.practices if item else ())
    known = practices()
    groups, _loose = minutes.noted(session, topic.id)
    return Origin(
        practices=tuple((id_, known[id_].text) for id_ in ids if id_ in known),
        statement=item.wording if item else "",
        baseline=_baseline(item, report) if item else "",
        vote=_vote(groups) if topic.stage is Stage.VOTED else "",
    )


def _item(report: Report, topic: Topic) -> Item | None:
    of_subject = (part for part in report.parts if part.subject == topic.subject)
    items = (item for part in of_subject for item in items_of(part))
    return next((item for item in items if item.question_id == topic.question_id), None)


def _baseline(item: Item, report: Report) -> str:
    if not isinstance(item.everyone, Shown):
        return ""
    return f"{everyone_title()}: {in_words(item.everyone, report.facts.scale_labels)}"


def _vote(groups: Sequence[NoteGroup]) -> str:
    """What is shown of a vote, the first places first, as much as there is room for."""
    said = [
        f"“{group.title}”: {BAND_WORDS[Band(group.band)]}, place {group.place}"
        for group in groups
        if group.band
    ]
    if not said:
        return NOT_SHOWN_WORDS
    for count in range(len(said), 0, -1):
        rest = f"; and {len(said) - count} more" if count < len(said) else ""
        kept = "; ".join(said[:count]) + rest
        if len(kept) <= LONGEST_LINE:
            return kept
    return said[0][:LONGEST_LINE]
