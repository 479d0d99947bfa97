"""Reports that say what they conclude: the first review, the second with changes and replies, and one on a partner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reports.agreed import Agreed, beside
from reports.concluding import conclude
from reports.conclusions import Promise, Reply
from reports.model import (
    NOT_SHOWN,
    SCHEMA_VERSION,
    Band,
    Displayed,
    GroupKind,
    Item,
    Part,
    Report,
    ReportGroup,
    ReportSection,
    Shown,
    ShownDistribution,
    ShownShare,
)
from surveys.improvement import ActionState
from tests import report_samples
from tests.report_samples import PRIME, figure

PARTNER = "Tyne Steps"
PARTNER_GROUPS = (
    ReportGroup("own:p4", PARTNER, GroupKind.ATTRIBUTED, is_self=True, answers=None, includes=()),
    ReportGroup("prime", PRIME, GroupKind.ATTRIBUTED, is_self=False, answers=None, includes=()),
)


def first_review() -> Report:
    """Northern Bridge's first review, with what could not be seen and one divided group."""
    report = report_samples.northern_bridge()
    prime, chain = report.parts
    return conclude(replace(report, parts=(with_items(prime, _seen), chain)), None)


def second_review() -> Report:
    """The next one: some figures rose, one fell, and Northern Bridge replied to what stands out and had promised."""
    first = first_review()
    prime, chain = first.parts
    facts = replace(
        first.facts,
        reference="PN-2027-1",
        title="Review of autumn 2027",
        opened_on="2027-10-04",
        closed_on="2027-10-22",
    )
    # A second review without what the first one concluded.
    fresh = replace(first, facts=facts, parts=(with_items(prime, _moved), chain))
    report = conclude(fresh, first)
    cash = next(
        item for section in prime.sections for item in section.items if item.question_id == "cash-flow"
    )
    promise = Promise(
        cash.wording, PRIME, "Partners can ask for monthly payments from January.", promised_on="2026-11-12"
    )
    concern = next(finding for finding in report.parts[0].findings if finding.kind == "concern")
    reply = Reply(
        concern.id,
        PRIME,
        "We agree. Our auditors asked for the same.",
        "Accounts go to partners in March.",
        "2027-11-05",
    )
    return replace(report, promises=(promise,), replies=(reply,))


def agreed() -> tuple[Agreed, ...]:
    """What a workshop on the first review agreed: on statements that rose, fell, stayed, and that nobody asks."""
    owners = (PRIME, "Tyne Steps")
    return (
        Agreed(1, "Pay within 14 days", ActionState.VERIFIED, (PRIME,), "prime", "cash-flow", ("P2c.1",)),
        Agreed(2, "Lend systems", ActionState.IN_PROGRESS, owners, "prime", "help-with-systems", ("P2b.2",)),
        Agreed(4, "Open the accounts", ActionState.DECLINED, (PRIME,), "prime", "open-accounts", ()),
        Agreed(5, "Count what nobody asked", ActionState.DONE, (PRIME,), "prime", "not-asked", ()),
        Agreed(6, "Meet each month", ActionState.PROPOSED, owners, "", "", ()),
    )


def followed_up() -> Report:
    """The second review, beside what was agreed on the first one."""
    report = second_review()
    return replace(report, actions=beside(report, agreed()))


def on_a_partner() -> Report:
    """A report on one partner: its own view beside the prime's."""
    rows = (
        ("monthly-figures", 45, 25),
        ("open-about-problems", 30, 45),
        ("people-trained", 40, 40),
        ("on-time", 20, 20),
    )
    items = tuple(_partner_item(*row) for row in rows)
    means = {
        group.id: report_samples._mean([(item.values[group.id], 1) for item in items])
        for group in PARTNER_GROUPS
    }
    section = ReportSection("2b", "Helping partners to develop", items, means, NOT_SHOWN)
    part = Part("partner:p4", PARTNER, 0, None, PARTNER_GROUPS, (section,), (), ())
    return conclude(
        Report(SCHEMA_VERSION, report_samples.facts(), (part,), report_samples.audit(), None), None
    )


def with_items(part: Part, changed: Callable[[Item], Item]) -> Part:
    """The part with every statement changed, and its elements' figures of everyone as before."""
    return replace(
        part,
        sections=tuple(
            replace(section, items=tuple(changed(item) for item in section.items))
            for section in part.sections
        ),
    )


def _seen(item: Item) -> Item:
    shares = {"open-accounts": ShownShare(60, 100), "comparable-terms": ShownShare(70, 100)}
    bands = ((30, 40), (10, 20), (0, 10), (20, 30), (20, 30))
    if item.question_id == "change-together":
        spread = ShownDistribution(tuple(Band(low, high) for low, high in bands))
        item = replace(item, distributions={"other": spread})
    return replace(item, not_seen=shares.get(item.question_id, ShownShare(0, 30)))


def _moved(item: Item) -> Item:
    steps = {"cash-flow": 10, "open-contracts": 5, "help-with-systems": -10}
    return replace(item, everyone=_by(item.everyone, steps.get(item.question_id, 0)))


def _by(shown: Displayed, tenths: int) -> Displayed:
    return figure(shown.tenths + tenths, 9) if isinstance(shown, Shown) and tenths else shown


def _partner_item(question_id: str, own: int, prime: int) -> Item:
    values = dict(
        zip((group.id for group in PARTNER_GROUPS), (figure(own, None), figure(prime, None)), strict=True)
    )
    words = question_id.replace("-", " ")
    return Item(question_id, f"{PARTNER} sees to this: {words}.", ("P2b.6",), values, NOT_SHOWN)
