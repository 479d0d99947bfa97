"""One part of a report: what is said about one subject, from its raw counts to displayed and derived values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.aggregate import Tally
from reports.columns import Column, Frame, columns
from reports.display import everyone, mean_of, show
from reports.distributions import show_distribution
from reports.findings import widest_gaps
from reports.model import NOT_SHOWN, Displayed, DisplayedDistribution, GroupKind, Item, Part, ReportSection
from reports.unseen import band_of_unseen
from surveys.instrument import Question, Section, Voice
from surveys.matrix import voices_asked
from surveys.publication import CountedBy
from surveys.subjects import Subject

# Whose wording the report prints: the first that a statement has.
WORDING_ORDER = (
    Voice.PARTNER_ON_PRIME,
    Voice.COMMISSIONER_ON_PRIME,
    Voice.SPOT_PROVIDER_ON_PRIME,
    Voice.PRIME_ON_ITSELF,
    Voice.ANYONE_ON_CHAIN,
    Voice.SUBCONTRACTOR_ON_TIER_ONE,
    Voice.PRIME_ON_PARTNER,
    Voice.TIER_ONE_ON_SUBCONTRACTOR,
    Voice.PARTNER_ON_ITSELF,
)


def build_part(subject: Subject, counted: Tally, frame: Frame, merge_first: frozenset[str] | None) -> Part:
    """The part of one subject, still without comments. ``merge_first`` None: no protected group may be shown."""
    shown = columns(subject, counted, frame, merge_first)
    sections = tuple(
        built
        for section in frame.instrument.sections
        if (built := _section(section, subject, counted, frame, shown)).items
    )
    answered = [column.shown.answers for column in shown if column.shown.answers is not None]
    protected = [group.id for group in frame.groups_asked(subject) if not group.is_attributed]
    return Part(
        subject=subject,
        title=frame.names[subject],
        asked=sum(frame.asked[subject, id_] for id_ in protected),
        received=sum(answered) if answered else None,
        groups=tuple(column.shown for column in shown),
        sections=sections,
        gaps=widest_gaps(sections, next((column.shown.id for column in shown if column.shown.is_self), None)),
        comments=(),
    )


def without_figures(part: Part) -> Part:
    """The part when nothing may be shown: what was asked, and no column, item or gap."""
    return replace(part, received=None, groups=(), sections=(), gaps=(), comments=())


def question_ids(frame: Frame, subject: Subject) -> tuple[str, ...]:
    """The statements that anybody was asked about a subject, in the instrument's order."""
    return tuple(
        question.id for question in frame.instrument.questions() if _is_asked(question, frame, subject)
    )


def _section(
    section: Section, subject: Subject, counted: Tally, frame: Frame, shown: Sequence[Column]
) -> ReportSection:
    items = tuple(
        _item(question, subject, counted, frame, shown)
        for question in section.questions
        if _is_asked(question, frame, subject)
    )
    return ReportSection(
        id=section.id,
        title=section.title,
        items=items,
        means={column.shown.id: mean_of(item.values[column.shown.id] for item in items) for column in shown},
        everyone=mean_of(item.everyone for item in items),
    )


def _item(
    question: Question, subject: Subject, counted: Tally, frame: Frame, shown: Sequence[Column]
) -> Item:
    values: dict[str, Displayed] = {}
    distributions: dict[str, DisplayedDistribution] = {}
    for column in shown:
        raw = counted.count_of(column.group_ids, question.id)
        values[column.shown.id] = show(
            raw.total,
            raw.n,
            raw.by_organisation,
            frame.policy,
            is_attributed=column.shown.kind is GroupKind.ATTRIBUTED,
        )
        if column.shown.is_pooled and frame.counted_by is CountedBy.PERSON:
            distributions[column.shown.id] = show_distribution(raw.spread, values[column.shown.id])
    weighted = [
        (values[column.shown.id], column.shown.answers)
        for column in shown
        if column.shown.answers is not None
    ]
    pooled = frozenset(id_ for column in shown if column.shown.is_pooled for id_ in column.group_ids)
    return Item(
        question_id=question.id,
        wording=_worded(question, subject, frame),
        practices=question.practices,
        values=values,
        everyone=everyone(weighted),
        # Still a band that may tell of somebody: the release shows those alone that do not.
        not_seen=band_of_unseen(counted.unseen_of(pooled, question.id), frame.policy)
        if pooled
        else NOT_SHOWN,
        distributions={id_: made for id_, made in distributions.items() if made != NOT_SHOWN},
    )


def _worded(question: Question, subject: Subject, frame: Frame) -> str:
    asked = _voices(frame, subject)
    voice = next(voice for voice in WORDING_ORDER if voice in asked and voice in question.wording)
    return question.worded(voice, frame.names_in(subject))


def _is_asked(question: Question, frame: Frame, subject: Subject) -> bool:
    return not _voices(frame, subject).isdisjoint(question.wording)


def _voices(frame: Frame, subject: Subject) -> frozenset[Voice]:
    return frozenset(voice for group in frame.groups_asked(subject) for voice in voices_asked(group, subject))
