"""A report with all that a body can have: nine groups with long and Welsh names, hidden cells, spreads, an average."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from reports import averages as averages_of
from reports.agreement import shares_of
from reports.concluding import conclude
from reports.conclusions import Reply
from reports.model import (
    NOT_SHOWN,
    SCHEMA_VERSION,
    Band,
    CommentBlock,
    Displayed,
    GroupKind,
    Item,
    NotShown,
    Part,
    Report,
    ReportGroup,
    ReportSection,
    Shown,
    ShownDistribution,
    ShownShare,
)
from tests import conclusion_samples
from tests import report_samples as samples
from tests.report_samples import figure

SHARES = (ShownShare(0, 20), ShownShare(20, 80), ShownShare(80, 100), ShownShare(0, 30), ShownShare(70, 100))
BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100))
SPREADS = (
    (0, 0, 1, 2, 1),
    (0, 1, 2, 1, 0),
    (2, 0, 0, 0, 2),
    (0, 0, 0, 1, 3),
    (3, 1, 0, 0, 0),
)
PROTECTED = (
    ("small-charities", "Elusennau bach a grwpiau cymunedol yng Ngŵyr a Llŷn", 7),
    ("large-charities", "Large charities with a turnover of ten million pounds or more", 12),
    ("colleges", "Colleges", 9),
    ("councils", "Local authorities", 16),
    ("enterprises", "Social enterprises", 11),
    ("private", "Private and public subcontractors", 34),
    ("specialists", "Specialists for disability, debt and housing", 6),
)


def groups() -> tuple[ReportGroup, ...]:
    """The prime's own view, two that are shown apart, seven protected groups and the pooled rest."""
    apart = replace(samples.COMMISSIONER, id="combined-authority", title="Tees Valley Combined Authority")
    return (
        samples.OWN,
        samples.COMMISSIONER,
        apart,
        *(
            ReportGroup(id_, title, GroupKind.PROTECTED, is_self=False, answers=answers, includes=())
            for id_, title, answers in PROTECTED
        ),
        replace(samples.OTHER_PARTIES, answers=8),
    )


def rich() -> Report:
    """The second review of a large chain, with the first one behind it."""
    random = Random(11)
    first = _report(random)
    fresh = replace(first, parts=tuple(_moved(part, random) for part in first.parts))
    facts = replace(
        fresh.facts,
        reference="PN-2027-1",
        title="Review of autumn 2027",
        opened_on="2027-10-04",
        closed_on="2027-10-22",
        published_on="2027-11-19",
    )
    fresh = replace(
        fresh, facts=facts, audit=replace(fresh.audit, reports=9, compared_with="PN-2026-1", merged=1)
    )
    report = conclude(fresh, conclude(first, None))
    replies = tuple(
        Reply(finding.id, samples.PRIME, _REPLY, _PROMISE if place else "", "2027-11-05")
        for place, finding in enumerate(report.parts[0].findings[:4])
    )
    return replace(report, replies=replies)


_REPLY = (
    "We agree that this matters. Two of the three contracts were let before the change, and we have asked the "
    "department whether we may show them."
)
_WELSH = (
    "Mae’r ffigurau misol yn dda, ond dydyn ni byth yn gweld beth sy’n digwydd i’r arian rhwng yr adran a’r prif "
    "gontractwr."
)
_PROMISE = "We shall publish what we may by the end of March, and say what we may not."


def _report(random: Random) -> Report:
    start = samples.northern_bridge()
    prime, chain = (_enriched(part, random) for part in start.parts)
    chain = replace(chain, groups=(replace(chain.groups[0], is_self=False), *chain.groups[1:]), gaps=())
    comments = (
        CommentBlock("2a", "", "Private and public subcontractors", "", tuple(_quotes())),
        *prime.comments,
    )
    prime = replace(prime, comments=comments)
    return Report(
        SCHEMA_VERSION,
        start.facts,
        (prime, chain),
        replace(samples.audit(), figures=412),
        samples.experience(),
    )


def _quotes() -> list[str]:
    return [
        _WELSH,
        "The forum is useful. " * 12,
        "Pay us monthly.",
    ]


def _enriched(part: Part, random: Random) -> Part:
    shown = groups()
    sections = tuple(_section(section, shown, random) for section in part.sections)
    received = sum(group.answers or 0 for group in shown)
    return replace(
        part,
        asked=140,
        received=received,
        groups=shown,
        sections=sections,
        gaps=samples._gaps(sections, shown),
    )


def _section(section: ReportSection, shown: tuple[ReportGroup, ...], random: Random) -> ReportSection:
    items = tuple(_item(item, shown, random) for item in section.items)
    means = {group.id: samples._mean([(item.values[group.id], 1) for item in items]) for group in shown}
    return replace(
        section, items=items, means=means, everyone=samples._mean([(item.everyone, 1) for item in items])
    )


def _item(item: Item, shown: tuple[ReportGroup, ...], random: Random) -> Item:
    middle = random.randint(18, 42)
    values = {group.id: _value(group, middle, random) for group in shown}
    distributions = {
        group.id: _spread(random)
        for group in shown
        if (group.answers or 0) >= 15 and random.random() < 0.4 and isinstance(values[group.id], Shown)
    }
    for group in shown:
        if group.id in distributions:
            values[group.id] = _mean_of(distributions[group.id], group)
    pooled = [(values[group.id], group.answers) for group in shown if group.answers is not None]
    return replace(
        item,
        values=values,
        everyone=samples._mean(pooled),
        not_seen=random.choice(SHARES) if random.random() < 0.9 else NOT_SHOWN,
        distributions=distributions,
    )


def _value(group: ReportGroup, middle: int, random: Random) -> Displayed:
    if random.random() < 0.12:
        return NOT_SHOWN
    step = 5 if (group.answers or 5) < 10 else 2 if (group.answers or 5) < 30 else 1
    tenths = min(50, max(10, round((middle + random.randint(-9, 9) + 9 * group.is_self) / step) * step))
    return figure(tenths, group.answers)


def _spread(random: Random) -> ShownDistribution:
    return ShownDistribution(tuple(Band(*BANDS[place]) for place in random.choice(SPREADS)))


def _mean_of(spread: ShownDistribution, group: ReportGroup) -> Displayed:
    """A mean that goes with a spread."""
    shares = shares_of(spread)
    step = 2 if (group.answers or 0) < 30 else 1
    tenths = round(sum(share * point for point, share in enumerate(shares, start=1)) / 10 / step) * step
    return figure(tenths, group.answers)


def _moved(part: Part, random: Random) -> Part:
    sections = tuple(
        replace(section, items=tuple(_shifted(item, place, random) for item in section.items))
        for place, section in enumerate(part.sections)
    )
    return replace(part, sections=sections)


def _shifted(item: Item, place: int, random: Random) -> Item:
    by = (10, 0, -10, 5)[place % 4]
    if isinstance(item.everyone, NotShown) or random.random() < 0.2:
        return item
    return replace(item, everyone=figure(min(50, max(10, item.everyone.tenths + by)), 9))


def on_a_buyer() -> Report:
    """The report on a tier-1 partner: its own view, the prime's, two averages, and what its own suppliers say."""
    report = conclusion_samples.on_a_partner()
    [part] = report.parts
    averages = (averages_of.OWN, averages_of.PRIME)
    sections = tuple(
        replace(
            section,
            items=tuple(
                replace(item, values={**item.values, **_averages(place)})
                for place, item in enumerate(section.items)
            ),
            means={**section.means, **_averages(1)},
        )
        for section in part.sections
    )
    partner = replace(part, groups=(*part.groups, *averages), sections=sections)
    return replace(report, parts=(partner, _mirror()))


def _averages(place: int) -> dict[str, Displayed]:
    shown = (figure(30 + 5 * (place % 3), None), NOT_SHOWN if place == 2 else figure(35, None))
    return {averages_of.OWN.id: shown[0], averages_of.PRIME.id: shown[1]}


def _mirror() -> Part:
    """What the suppliers of one buyer say, beside those of all buyers."""
    chain = samples.northern_bridge().parts[1]
    suppliers = replace(samples.VOLUNTARY, id="suppliers:p4", title="Subcontractors of Tyne Steps")
    sections = tuple(
        replace(
            section,
            items=tuple(
                replace(item, values={suppliers.id: item.values[samples.VOLUNTARY.id]}, distributions={})
                for item in section.items
            ),
            means={suppliers.id: section.means[samples.VOLUNTARY.id]},
        )
        for section in chain.sections
    )
    return replace(
        chain, subject="buyers", title="Tier-1 partners as buyers", groups=(suppliers,), sections=sections
    )
