"""Reports made by hand: Northern Bridge with a plausible story, one without figures, one with hostile text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reports.experience import without_shares
from reports.model import (
    NOT_SHOWN,
    SCHEMA_VERSION,
    AuditResult,
    CommentBlock,
    CycleFacts,
    Displayed,
    End,
    ExperienceItem,
    Gap,
    GapVerdict,
    GroupKind,
    Item,
    Part,
    Report,
    ReportExperience,
    ReportGroup,
    ReportSection,
    Shown,
    ShownShare,
)
from surveys.experience import QUESTIONS

DIGEST = "9f2c4be07d1a86e35b0c7f4419d2a8e6c31b5f70d48e92a6b7c05d1e3f8a6b42"

PRIME = "Northern Bridge Employment Ltd"
CHAIN = "Pathways North"
OWN = ReportGroup("prime", PRIME, GroupKind.ATTRIBUTED, is_self=True, answers=None, includes=())
COMMISSIONER = ReportGroup(
    "commissioners",
    "Department for Skills and Work",
    GroupKind.ATTRIBUTED,
    is_self=False,
    answers=None,
    includes=(),
)
VOLUNTARY = ReportGroup(
    "vcs-subcontractors",
    "Voluntary-sector subcontractors",
    GroupKind.PROTECTED,
    is_self=False,
    answers=9,
    includes=(),
)
OTHERS = ReportGroup(
    "other-subcontractors",
    "Private and public subcontractors",
    GroupKind.PROTECTED,
    is_self=False,
    answers=10,
    includes=(),
)
OTHER_PARTIES = ReportGroup(
    "other",
    "Other parties",
    GroupKind.OTHER_PARTIES,
    is_self=False,
    answers=13,
    includes=("Specialists", "Spot providers"),
)
GROUPS = (OWN, COMMISSIONER, VOLUNTARY, OTHERS, OTHER_PARTIES)

# Wording, practice, then tenths of the own view, the commissioner and the three protected groups; None is not shown.
_Row = tuple[str, str, str, int | None, int | None, int | None, int | None, int | None]

_OPENNESS: tuple[_Row, ...] = (
    (
        "open-contracts",
        "P2a.1",
        "{prime} shows partners the parts of its main contract that affect their work.",
        40,
        40,
        30,
        34,
        28,
    ),
    (
        "open-accounts",
        "P2a.2",
        "{prime} lets partners see its accounts for this contract.",
        45,
        35,
        20,
        24,
        20,
    ),
    (
        "open-performance",
        "P2a.3",
        "{prime} shares performance figures for the whole chain with partners.",
        45,
        45,
        40,
        40,
        36,
    ),
    (
        "competitors-together",
        "P2a.4",
        "{prime} brings together partners who compete with each other to solve shared problems.",
        35,
        None,
        25,
        28,
        None,
    ),
    (
        "agreements-published",
        "P2a.5",
        "{prime} publishes figures on how well partners keep their agreements with each other.",
        30,
        25,
        25,
        26,
        24,
    ),
)
_DEVELOPMENT: tuple[_Row, ...] = (
    (
        "shared-services",
        "P2b.1",
        "{prime} lets voluntary-sector partners use its back-office services, such as purchasing.",
        35,
        None,
        25,
        30,
        24,
    ),
    (
        "brought-together",
        "P2b.2",
        "{prime} brings voluntary-sector partners together to compare their experiences.",
        45,
        40,
        35,
        34,
        32,
    ),
    (
        "concerns-acted-on",
        "P2b.3",
        "{prime} tells partners what it improved because of concerns that they raised.",
        45,
        None,
        20,
        26,
        20,
    ),
    (
        "low-reporting-costs",
        "P2b.4",
        "{prime} keeps partners’ reporting costs low through the IT system that it provides.",
        35,
        None,
        25,
        30,
        26,
    ),
    (
        "secure-system",
        "P2b.5",
        "{prime} keeps the IT system that partners use up to the contract’s security standards.",
        45,
        45,
        40,
        40,
        40,
    ),
    (
        "help-with-systems",
        "P2b.6",
        "{prime} gives partners the help that they need to use its systems.",
        40,
        None,
        40,
        38,
        34,
    ),
    (
        "stronger-systems",
        "P2b.7",
        "{prime} follows a clear process to help partners strengthen their business systems.",
        30,
        30,
        25,
        30,
        None,
    ),
    (
        "matched-resources",
        "P2b.8",
        "{prime} offers partners resources, such as training, matched to what they need to improve.",
        40,
        None,
        35,
        36,
        34,
    ),
)
_PAYMENT: tuple[_Row, ...] = (
    (
        "payment-choice",
        "P2c.1",
        "{prime} offers partners a choice of ways to be paid, with different levels of risk.",
        40,
        35,
        20,
        22,
        20,
    ),
    (
        "funding-explained",
        "P2c.2",
        "{prime} helps voluntary-sector partners to understand what the contract’s funding model means for them.",
        40,
        None,
        30,
        None,
        None,
    ),
    (
        "cash-flow",
        "P2c.3",
        "{prime} adjusts the timing of payments to help partners when their cash is short.",
        35,
        None,
        30,
        32,
        30,
    ),
    (
        "comparable-terms",
        "P2c.4",
        "{prime} lets partners compare their key contract terms with those of other partners.",
        25,
        25,
        20,
        24,
        22,
    ),
)
_REVIEW: tuple[_Row, ...] = (
    (
        "honest-about-itself",
        "P4a.1",
        "{prime} talks openly with partners about what it could do better itself.",
        40,
        35,
        25,
        28,
        26,
    ),
    (
        "honest-about-chain",
        "P4a.2",
        "{prime} invites partners’ honest views of how the whole chain works.",
        45,
        40,
        30,
        34,
        30,
    ),
    (
        "improvements-agreed",
        "P4a.3",
        "{prime} agrees improvements with partners, based on what reviews have found.",
        40,
        35,
        25,
        30,
        26,
    ),
    (
        "problems-spotted",
        "P4a.4",
        "{prime} uses feedback from all sides of the chain to spot problems.",
        40,
        40,
        30,
        36,
        34,
    ),
    (
        "feedback-used",
        "P4a.5",
        "{prime} improves how it works in response to feedback from all sides of the chain.",
        45,
        35,
        25,
        30,
        26,
    ),
    (
        "change-together",
        "P4a.6",
        "{prime} involves partners in finding new ways to work when circumstances change.",
        35,
        35,
        35,
        34,
        32,
    ),
)
_PRIME_SECTIONS = (
    ("2a", "Being open and working together", _OPENNESS),
    ("2b", "Helping partners to develop", _DEVELOPMENT),
    ("2c", "Fair contracts and payments", _PAYMENT),
    ("4a", "Reviewing and improving together", _REVIEW),
)

_CHAIN_OPENNESS: tuple[_Row, ...] = (
    (
        "open-contracts",
        "P2a.1",
        "Organisations in {chain} show each other the contract terms that affect their shared work.",
        40,
        35,
        25,
        28,
        24,
    ),
    (
        "open-accounts",
        "P2a.2",
        "Organisations in {chain} let each other see what their shared work costs.",
        35,
        30,
        20,
        24,
        20,
    ),
    (
        "open-performance",
        "P2a.3",
        "Organisations in {chain} share their performance figures with each other.",
        45,
        40,
        35,
        36,
        34,
    ),
    (
        "competitors-together",
        "P2a.4",
        "Organisations in {chain} meet their competitors in the chain to solve shared problems.",
        35,
        None,
        30,
        28,
        None,
    ),
    (
        "agreements-published",
        "P2a.5",
        "Organisations in {chain} publish figures on how well they keep their agreements with each other.",
        30,
        25,
        20,
        24,
        22,
    ),
)
_CHAIN_REVIEW: tuple[_Row, ...] = (
    (
        "honest-about-itself",
        "P4a.1",
        "Organisations in {chain} talk openly about what they could do better themselves.",
        35,
        35,
        30,
        30,
        30,
    ),
    (
        "honest-about-chain",
        "P4a.2",
        "Organisations in {chain} give honest views of how the whole chain works.",
        40,
        35,
        30,
        32,
        30,
    ),
    (
        "improvements-agreed",
        "P4a.3",
        "Organisations in {chain} agree improvements together, based on what reviews have found.",
        40,
        35,
        30,
        30,
        28,
    ),
    (
        "problems-spotted",
        "P4a.4",
        "Organisations in {chain} use feedback from all sides to spot problems.",
        40,
        35,
        35,
        34,
        34,
    ),
    (
        "feedback-used",
        "P4a.5",
        "Organisations in {chain} improve how they work in response to feedback from all sides.",
        40,
        35,
        30,
        30,
        28,
    ),
    (
        "change-together",
        "P4a.6",
        "Organisations in {chain} find new ways to work together when circumstances change.",
        40,
        40,
        40,
        38,
        36,
    ),
)
_CHAIN_SECTIONS = (
    ("2a", "Being open and working together", _CHAIN_OPENNESS),
    ("4a", "Reviewing and improving together", _CHAIN_REVIEW),
)

_PRIME_COMMENTS = (
    CommentBlock(
        "2a",
        "Being open and working together",
        "All partners together",
        "Partners value the monthly performance pack and say that it arrives on time. Several would like to see how "
        "the management fee is worked out, and say that they have asked before.",
        (
            "The monthly figures are good. We never see what happens to the money between the department and us.",
            "We meet the other providers at the quarterly forum. It would help to have a say in what is on the agenda.",
        ),
    ),
    CommentBlock(
        "2b",
        "Helping partners to develop",
        "Private and public subcontractors",
        "",
        ("The help desk answers the same day. Please keep it.",),
    ),
    CommentBlock(
        "2c",
        "Fair contracts and payments",
        "All partners together",
        "Partners describe one payment model for everybody. Smaller organisations find the wait for outcome payments "
        "the hardest part of the contract.",
        (
            "There was one offer and we took it. A part paid monthly would let us hire before the referrals come.",
        ),
    ),
    CommentBlock(
        "4a",
        "Reviewing and improving together",
        COMMISSIONER.title,
        "",
        ("A written reply to each concern would show that people are heard.",),
    ),
)


def northern_bridge() -> Report:
    """A report on the prime and its chain: the prime thinks better of itself than its partners do."""
    prime = part("prime", PRIME, GROUPS, _PRIME_SECTIONS, _PRIME_COMMENTS)
    chain_groups = (replace(OWN, is_self=False), *GROUPS[1:])
    chain = part("chain", f"The whole chain: {CHAIN}", chain_groups, _CHAIN_SECTIONS, ())
    return Report(SCHEMA_VERSION, facts(), (prime, chain), audit(), experience())


def unreportable() -> Report:
    """A report that could release nothing: parts without groups or figures."""
    parts = tuple(
        Part(subject, title, asked=7, received=None, groups=(), sections=(), gaps=(), comments=())
        for subject, title in (("prime", PRIME), ("chain", f"The whole chain: {CHAIN}"))
    )
    return Report(SCHEMA_VERSION, facts(), parts, replace(audit(), figures=0), without_shares(experience()))


def hostile() -> Report:
    """Northern Bridge with text of people that tries to break pages, fetch things and overflow."""
    report = northern_bridge()
    quotes = (
        "<script>alert(1)</script>",
        "<img src=http://127.0.0.1:1/x onerror=alert(1)>",
        "</style><link rel=stylesheet href=http://127.0.0.1:1/x.css>{{ 7 * 7 }}{% raw %}",
        "x" * 500,
        "هذا تعليق مكتوب من اليمين إلى اليسار عن الشفافية.",
        "Great 👍🏽 work 🎉 everyone 👩‍👩‍👧",
        '" onmouseover="alert(1)',
        '=HYPERLINK("http://127.0.0.1:1/x")',
        "url(http://127.0.0.1:1/x) @import 'http://127.0.0.1:1/y';",
    )
    prime = report.parts[0]
    comments = (
        replace(prime.comments[0], quotes=quotes, summary="</p><h1>Not a heading</h1>"),
        *prime.comments[1:],
    )
    groups = tuple(
        replace(group, title="<b>" + "Unbrokengrouptitle" * 6 + "</b>") if group.id == "other" else group
        for group in prime.groups
    )
    sections = (
        replace(
            prime.sections[0],
            title='</title><script>alert("title")</script>',
            items=_hostile_items(prime.sections[0]),
        ),
        *prime.sections[1:],
    )
    names = replace(
        report.facts, prime_name="=Prime & <Sons>", chain_name="+Chain\"'</style>", title="-Title </title>"
    )
    return replace(
        report,
        facts=names,
        parts=(replace(prime, groups=groups, sections=sections, comments=comments), *report.parts[1:]),
    )


def _hostile_items(section: ReportSection) -> tuple[Item, ...]:
    first, second, *rest = section.items
    return (replace(first, wording="@" + "y" * 500), replace(second, wording="<svg onload=alert(1)>"), *rest)


def facts() -> CycleFacts:
    """What was reviewed in the sample."""
    return CycleFacts(
        reference="PN-2026-1",
        title="Review of autumn 2026",
        chain_name=CHAIN,
        prime_name=PRIME,
        instrument_id="review-and-commitment",
        instrument_version=2,
        instrument_title="Review and Commitment",
        scale_labels=("Never", "Rarely", "Sometimes", "Usually", "Always"),
        opened_on="2026-10-05",
        closed_on="2026-10-23",
        steward_name="Margaret Oyelaran",
        mode="two_key",
        k=5,
        min_organisations=3,
        comment_answers=8,
        comment_group=10,
    )


def audit() -> AuditResult:
    """An audit that holds."""
    return AuditResult(holds=True, figures=149, least_outsider=5, least_insider=3, findings=())


def experience() -> ReportExperience:
    """What people said about the review in the sample."""
    shares = (ShownShare(80, 100), ShownShare(20, 80))
    items = (ExperienceItem(*asked, share) for asked, share in zip(QUESTIONS.items(), shares, strict=True))
    return ReportExperience(41, 24, tuple(items))


def part(
    subject: str,
    title: str,
    groups: tuple[ReportGroup, ...],
    rows: Iterable[tuple[str, str, tuple[_Row, ...]]],
    comments: tuple[CommentBlock, ...],
) -> Part:
    """A part from rows of tenths."""
    sections = tuple(_section(id_, section_title, items, groups) for id_, section_title, items in rows)
    received = sum(group.answers or 0 for group in groups)
    return Part(subject, title, 41, received, groups, sections, _gaps(sections, groups), comments)


def figure(tenths: int | None, answers: int | None) -> Displayed:
    """A figure as a group of this size is shown; ``answers`` None for an attributed group."""
    if tenths is None:
        return NOT_SHOWN
    if answers is None:
        return Shown(tenths, 5, End.NONE)
    step, low, high = (5, 20, 40) if answers < 10 else (2, 20, 40) if answers < 15 else (2, 16, 44)
    end = End.OR_BELOW if tenths <= low else End.OR_ABOVE if tenths >= high else End.NONE
    return Shown(min(max(tenths, low), high), step, end)


def _section(id_: str, title: str, rows: tuple[_Row, ...], groups: tuple[ReportGroup, ...]) -> ReportSection:
    items = tuple(_item(row, groups) for row in rows)
    means = {group.id: _mean([(item.values[group.id], 1) for item in items]) for group in groups}
    return ReportSection(id_, title, items, means, _mean([(item.everyone, 1) for item in items]))


def _item(row: _Row, groups: tuple[ReportGroup, ...]) -> Item:
    question_id, practice, wording, *tenths = row
    values = {group.id: figure(value, group.answers) for group, value in zip(groups, tenths, strict=True)}
    weighted = [(values[group.id], group.answers) for group in groups if group.answers is not None]
    text = wording.replace("{prime}", PRIME).replace("{chain}", CHAIN)
    return Item(question_id, text, (practice,), values, _mean(weighted))


def _mean(weighted: Iterable[tuple[Displayed, int]]) -> Displayed:
    shown = [(value, weight) for value, weight in weighted if isinstance(value, Shown)]
    if not shown:
        return NOT_SHOWN
    coarsest = max((value for value, _ in shown), key=lambda value: value.step)
    mean = sum(value.tenths * weight for value, weight in shown) / sum(weight for _, weight in shown)
    tenths = round(mean / coarsest.step) * coarsest.step
    has_ends = any(value.end is not End.NONE for value, _ in shown)
    low, high = (20, 40) if has_ends else (0, 99)
    end = End.OR_BELOW if tenths <= low else End.OR_ABOVE if tenths >= high else End.NONE
    return Shown(tenths, coarsest.step, end)


def _gaps(sections: tuple[ReportSection, ...], groups: tuple[ReportGroup, ...]) -> tuple[Gap, ...]:
    own = next((group.id for group in groups if group.is_self), None)
    if own is None:
        return ()
    found = [_gap(section.id, item, item.values[own]) for section in sections for item in section.items]
    return tuple(sorted((gap for gap in found if gap), key=lambda gap: -abs(gap.tenths))[:5])


def _gap(section_id: str, item: Item, own: Displayed) -> Gap | None:
    if not isinstance(own, Shown) or not isinstance(item.everyone, Shown):
        return None
    tenths = own.tenths - item.everyone.tenths
    if abs(tenths) < max(own.step, item.everyone.step):
        verdict = GapVerdict.ABOUT_THE_SAME
    else:
        verdict = GapVerdict.SELF_HIGHER if tenths > 0 else GapVerdict.SELF_LOWER
    return Gap(section_id, item.question_id, item.wording, own, item.everyone, tenths, verdict)


def with_values(report: Report, values: Mapping[str, Displayed]) -> Report:
    """The report with other values in the first item of its first section, by group id."""
    first, *parts = report.parts
    section, *sections = first.sections
    item, *items = section.items
    changed = replace(item, values={**item.values, **values})
    return replace(
        report,
        parts=(replace(first, sections=(replace(section, items=(changed, *items)), *sections)), *parts),
    )
