"""The certificate of a cycle: what the disclosure audit finds in its reports, for machines, from the reports alone.

Whoever has the reports can make it again and compare the bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from reports.audit import audit
from reports.mirror import bare, mirror_of
from reports.model import (
    AuditResult,
    GroupKind,
    Part,
    Report,
    Shown,
    ShownDistribution,
    ShownShare,
)
from reports.serial import digest
from surveys.groups import DisclosurePolicy
from surveys.publication import CountedBy
from surveys.subjects import Subject

CERTIFICATE_VERSION: Final = 1
CHECKS: Final = (
    "Every derived figure (everyone, elements, gaps, averages over partners) follows from the displayed values.",
    "Every displayed figure of pooled people is one that the table of steps and ends has for its number of answers.",
    (
        "With that figure and its number of answers known, an outsider can rule out no answer of anybody,"
        " and one person of the group who knows their own answer leaves three possible for everybody else."
    ),
    "Every displayed distribution keeps the same beside its mean, and so does one that is not displayed.",
    "Every displayed share leaves both answers possible wherever the figures beside it do.",
    "No column counts fewer people than the policy allows, and nobody is counted in two columns.",
    "A part that is repeated in the report on a partner says the same there as in the main report.",
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was audited and what came of it.

    ``reports``: SHA-256 in hex by what each report is about, the main one under "". ``figures``: displayed values
    that were checked, by kind. ``least_outsider`` and ``least_insider``: the fewest answers (of five) that stay
    possible for anybody. ``compared_with``: the cycle whose reports were laid beside these when they were made, and
    ``merged``: how often that or the audit merged further; both as the reports say, for it takes the list of
    those invited to find them again. ``software``: the version that made the certificate.
    """

    certificate_version: int
    software: str
    cycle: str
    reports: Mapping[str, str]
    counted_by: CountedBy
    k: int
    min_organisations: int
    figures: Mapping[str, int]
    least_outsider: int
    least_insider: int
    compared_with: str
    merged: int
    holds: bool
    findings: tuple[str, ...]
    checks: tuple[str, ...]


def certify(reports: Mapping[str, Report], *, software: str) -> Certificate:
    """The certificate of all the reports of one cycle, or of some of them: averages over partners need them all.

    Raises SolverError when the solver fails.
    ``reports``: by what they are about, the main one under "", as ``assemble_all`` gives them; one has to be there.
    """
    ordered = {subject: reports[subject] for subject in sorted(reports)}
    first = next(iter(ordered.values()))
    facts = first.facts
    parts = tuple(
        part for subject, report in ordered.items() for part in report.parts if not _is_mirror(subject, part)
    )
    policy = DisclosurePolicy(facts.k, facts.min_organisations, facts.comment_answers, facts.comment_group)
    is_whole = len(ordered) >= first.audit.reports
    experience = next((report.experience for report in ordered.values() if report.experience), None)
    found = audit(parts, policy, experience, counted_by=facts.counted_by, is_whole=is_whole).result
    findings = (*found.findings, *_between(ordered))
    if is_whole and not findings and not _is_same(first.audit, found):
        findings = ("The reports say that their audit found something else than it finds.",)
    return Certificate(
        certificate_version=CERTIFICATE_VERSION,
        software=software,
        cycle=facts.reference,
        reports={subject: digest(report) for subject, report in ordered.items()},
        counted_by=facts.counted_by,
        k=facts.k,
        min_organisations=facts.min_organisations,
        figures=_figures(ordered),
        least_outsider=found.least_outsider,
        least_insider=found.least_insider,
        compared_with=first.audit.compared_with,
        merged=first.audit.merged,
        holds=not findings,
        findings=findings,
        checks=CHECKS,
    )


def certificate_to_bytes(certificate: Certificate) -> bytes:
    """The canonical bytes of a certificate: sorted keys, UTF-8, no spaces, no floating-point numbers."""
    plain = asdict(certificate)
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _is_same(told: AuditResult, found: AuditResult) -> bool:
    return (told.figures, told.least_outsider, told.least_insider) == (
        found.figures,
        found.least_outsider,
        found.least_insider,
    )


def _between(reports: Mapping[str, Report]) -> Iterator[str]:
    """What is wrong between the reports: other facts, or a mirror that says something else than the main report."""
    first = next(iter(reports.values()))
    main = reports.get("")
    for subject, report in reports.items():
        if report.facts != first.facts or report.audit != first.audit:
            yield f"{_titled(report)}: says other facts than the other reports."
        for part in report.parts:
            if _is_mirror(subject, part) and not (main and _repeats(part, main)):
                yield f"{_titled(report)}: what its suppliers say is not what the main report shows."


def _is_mirror(subject: str, part: Part) -> bool:
    return Subject(subject).is_partner and part.subject == Subject.BUYERS


def _titled(report: Report) -> str:
    return report.parts[0].title if report.parts else report.facts.title


def _repeats(mirror: Part, main: Report) -> bool:
    repeated = (mirror_of(part, group.id) for part in main.parts for group in mirror.groups)
    return any(one is not None and bare(one) == bare(mirror) for one in repeated)


def _figures(reports: Mapping[str, Report]) -> dict[str, int]:
    """How many displayed values there are of each kind, over all reports."""
    counted: Counter[str] = Counter()
    for report in reports.values():
        for part in report.parts:
            kinds = {group.id: group.kind for group in part.groups}
            for section in part.sections:
                for item in section.items:
                    counted["everyone"] += isinstance(item.everyone, Shown)
                    counted["not_seen"] += isinstance(item.not_seen, ShownShare)
                    counted["distributions"] += sum(
                        isinstance(shown, ShownDistribution) for shown in item.distributions.values()
                    )
                    for id_, value in item.values.items():
                        counted[kinds[id_].value] += isinstance(value, Shown)
        if report.experience is not None:
            counted["experience"] += sum(
                isinstance(item.share, ShownShare) for item in report.experience.items
            )
    return {kind: counted[kind] for kind in sorted({*counted, *(kind.value for kind in GroupKind)})}
