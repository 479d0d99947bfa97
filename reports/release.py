"""The release of a closed cycle: what is computed from the opened ballots before they are destroyed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.aggregate import OpenedBallot, tally
from reports.audit import EXPERIENCE, Audit, Offence, audit
from reports.averages import AVERAGES, with_averages
from reports.columns import Frame
from reports.comparison import Comparison, without_telling_distributions
from reports.errors import CountError
from reports.experience import without_shares
from reports.mirror import mirror_part
from reports.model import (
    SCHEMA_VERSION,
    AuditResult,
    CommentBlock,
    CycleFacts,
    GroupKind,
    Part,
    Report,
    ReportExperience,
)
from reports.parts import build_part, question_ids, without_figures
from reports.pools import Pool, comment_pools
from reports.unseen import without_telling_shares
from surveys.groups import DisclosurePolicy
from surveys.instrument import Instrument
from surveys.matrix import Group
from surveys.publication import CountedBy
from surveys.subjects import Subject

__all__ = [
    "MergeFirst",
    "Pool",
    "Release",
    "assemble",
    "assemble_all",
    "build_release",
    "comment_pools",
    "settle",
]

# Per subject the groups that may not stand alone; None where no protected group may be shown at all.
MergeFirst = Mapping[Subject, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Release:
    """The displayed values of every part (still without comments) and the audit that they passed.

    ``experience`` None: nobody was asked about the review itself, as in one of schema version 1.
    """

    schema_version: int
    parts: tuple[Part, ...]
    audit: AuditResult
    experience: ReportExperience | None


def build_release(  # noqa: PLR0913 - everything that was frozen at the launch, and the ballots
    ballots: Sequence[OpenedBallot],
    *,
    instrument: Instrument,
    groups: Sequence[Group],
    names: Mapping[str, str],
    asked: Mapping[tuple[Subject, str], int],
    policy: DisclosurePolicy,
    merge_first: Mapping[Subject, frozenset[str]],
    experience: ReportExperience | None,
    counted_by: CountedBy = CountedBy.PERSON,
    comparison: Comparison | None = None,
) -> Release:
    """The audited release: a part for each subject that was asked about.

    ``names`` calls each subject by its name, in the order of the report, the prime and the chain always; ``asked``
    counts the reviews asked, per subject and group id, or the organisations where each has one voice;
    ``merge_first`` names groups that may not stand alone; ``comparison``: the last cycle. Without any protected group
    to show, no part has figures. Raises CountError for ballots of a group that was not asked.
    """
    frame = Frame(instrument, groups, names, asked, policy, counted_by)
    if any((ballot.subject, ballot.group_id) not in asked for ballot in ballots):
        raise CountError("A ballot belongs to a group that was not asked.")
    by_subject: dict[Subject, list[OpenedBallot]] = {}
    for ballot in ballots:
        by_subject.setdefault(ballot.subject, []).append(ballot)
    tallies = {
        subject: tally(by_subject.get(subject, []), question_ids(frame, subject), counted_by)
        for subject in frame.subjects()
    }

    def draft(merged: MergeFirst) -> tuple[Part, ...]:
        return tuple(
            build_part(subject, counted, frame, merged.get(subject, frozenset()))
            for subject, counted in tallies.items()
        )

    return settle(draft, policy, merge_first, experience, counted_by=counted_by, comparison=comparison)


def settle(
    draft: Callable[[MergeFirst], tuple[Part, ...]],
    policy: DisclosurePolicy,
    merge_first: MergeFirst,
    experience: ReportExperience | None,
    *,
    counted_by: CountedBy = CountedBy.PERSON,
    comparison: Comparison | None = None,
) -> Release:
    """The first draft that passes the audit, merging what offends; at the latest the one that shows nothing."""

    def audited(parts: Sequence[Part], said: ReportExperience | None) -> Audit:
        return audit(parts, policy, said, counted_by=counted_by, comparison=comparison)

    merged = dict(merge_first)
    merges = 0
    hidden = frozenset[Subject]()
    are_averaged = True
    while True:
        parts = without_telling_distributions(_hiding(draft(merged), hidden), comparison)
        parts = without_telling_shares(parts, policy, counted_by)
        parts = with_averages(parts, policy) if are_averaged else parts
        beside = _beside(parts, experience)
        found = audited(parts, beside)
        if found.result.holds:
            return Release(SCHEMA_VERSION, parts, replace(found.result, merged=merges), beside)
        if any(offence.subject == EXPERIENCE for offence in found.offences):
            # Everybody is in its one cell already, so there is nothing to merge it with.
            experience = without_shares(experience) if experience else None
        elif are_averaged and any(offence.group_id in AVERAGES for offence in found.offences):
            are_averaged = False
        else:
            merges += 1
            further = {
                Subject(part.subject): _merged_further(part, found.offences, merged)
                for part in parts
                if any(offence.subject == part.subject for offence in found.offences)
            }
            if all(ids == merged.get(subject, frozenset()) for subject, ids in further.items()):
                hidden |= further.keys()
            merged |= further


def _hiding(parts: tuple[Part, ...], hidden: frozenset[Subject]) -> tuple[Part, ...]:
    """The parts, without figures on subjects of which merging made nothing that may be shown."""
    safe = (without_figures(part) if part.subject in hidden else part for part in parts)
    return _unless_unreportable(tuple(safe))


def _beside(parts: Iterable[Part], experience: ReportExperience | None) -> ReportExperience | None:
    """The experience as it may stand beside the parts: without a share where none of them shows a protected group."""
    return experience if experience is None or _is_reportable(parts) else without_shares(experience)


def _is_reportable(parts: Iterable[Part]) -> bool:
    return any(group.is_pooled for part in parts for group in part.groups)


def _unless_unreportable(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts as they are, or without figures when no part has a protected group to show."""
    if _is_reportable(parts):
        return parts
    return tuple(without_figures(part) for part in parts)


def assemble(
    facts: CycleFacts, release: Release, comments: Mapping[Subject, tuple[CommentBlock, ...]]
) -> Report:
    """The main report: the release on the prime, the chain and the buyers, with the comments that were released.

    A report that can show no figures shows no comments either.
    """
    parts = tuple(part for part in release.parts if not part.is_on_partner)
    return _assembled(facts, parts, release.audit, release.experience, comments)


def assemble_all(
    facts: CycleFacts, release: Release, comments: Mapping[Subject, tuple[CommentBlock, ...]]
) -> dict[str, Report]:
    """The main report under "", and one report for each partner under its subject; of a tier-1 with a second part.

    Its audit is that of the whole release: a report on one partner is safe only together with all the others.
    """
    buyers = next((part for part in release.parts if part.subject == Subject.BUYERS), None)
    on_partners = {
        part.subject: _with_mirror(
            _assembled(facts, (part,), release.audit, None, comments),
            mirror_part(buyers, Subject(part.subject).party_id) if buyers else None,
        )
        for part in release.parts
        if part.is_on_partner
    }
    return {"": assemble(facts, release, comments), **on_partners}


def _with_mirror(report: Report, mirror: Part | None) -> Report:
    """The report on a tier-1 partner with what its suppliers say of it, where the main report shows that."""
    return report if mirror is None else replace(report, parts=(*report.parts, mirror))


def _assembled(
    facts: CycleFacts,
    parts: tuple[Part, ...],
    found: AuditResult,
    experience: ReportExperience | None,
    comments: Mapping[Subject, tuple[CommentBlock, ...]],
) -> Report:
    report = Report(SCHEMA_VERSION, facts, parts, found, experience)
    if not report.is_reportable:
        return report
    with_comments = (replace(part, comments=comments.get(Subject(part.subject), ())) for part in parts)
    return replace(report, parts=tuple(with_comments))


def _merged_further(part: Part, offences: Sequence[Offence], merged: MergeFirst) -> frozenset[str] | None:
    before = merged.get(Subject(part.subject), frozenset())
    alone = [group for group in part.groups if group.kind is GroupKind.PROTECTED]
    offending = {offence.group_id for offence in offences if offence.subject == part.subject}
    further = frozenset(group.id for group in alone if group.id in offending)
    pooled_offends = any(
        group.id in offending for group in part.groups if group.kind is GroupKind.OTHER_PARTIES
    )
    if not further and pooled_offends and alone:
        further = frozenset({min(alone, key=lambda group: (group.answers or 0, group.id)).id})
    return before | further if before is not None and further else None
