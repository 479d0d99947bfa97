"""The whole rules behind what a report concludes, as its appendix prints them."""

from __future__ import annotations

from dataclasses import dataclass

from reports.agreement import MODERATE_FROM, SPLIT_FROM, STRONG_FROM, WEAK_FROM
from reports.grammar import number, sentence
from reports.indications import indication_rule
from reports.language import _
from reports.strengths import CONCERN_BELOW, MOST_FINDINGS, NOT_SEEN_FROM, STRENGTH_FROM, WIDE_TENTHS
from reports.trends import FEW, LOW_RESPONSE
from reports.wording import points


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and what it is called."""

    title: str
    text: str


def rules(*, is_on_partner: bool) -> tuple[Rule, ...]:
    """The rules in the order of the summary; a report on one partner has no pooled groups and no indications."""
    return (
        (_findings(), _of_one_voice(), *_standing(), _change())
        if is_on_partner
        else (_findings(), *_standing(), _unseen(), _agreement(), _change(), _few(), _indication())
    )


def _findings() -> Rule:
    return Rule(
        _("Findings."),
        _(
            "Each is made of figures as shown, and none of a figure that is not shown. %(most)s of each "
            "kind are listed at most; of equal ones, the first in the questionnaire. “4.0 or above” counts "
            "as equal to everything higher, “2.0 or below” to everything lower. A step is how finely a "
            "figure is shown; of two figures the coarser step holds.",
            most=sentence(number(MOST_FINDINGS)),
        ),
    )


def _of_one_voice() -> Rule:
    return Rule(
        _("Whose figures."),
        _(
            "Where a report on all partners has the figure of all together, this one has that of the one "
            "organisation which pays the partner: the prime, or the buyer where the prime gave no view. It "
            "is that organisation’s view, and nobody else’s."
        ),
    )


def _standing() -> tuple[Rule, ...]:
    return (
        Rule(
            _("Strengths and concerns."),
            _(
                "The highest figures of the others, %(strength)s or more; the lowest, below %(concern)s, the middle of "
                "the scale. What at least half could not see is no strength.",
                strength=points(STRENGTH_FROM),
                concern=points(CONCERN_BELOW),
            ),
        ),
        Rule(
            _("Blind spots and hidden strengths."),
            _(
                "The own figure is above, or below, that of the others by at least two steps and by at "
                "least %(points)s, whatever a joined end stands for; the widest first.",
                points=points(WIDE_TENTHS),
            ),
        ),
    )


def _unseen() -> Rule:
    return Rule(
        _("What partners could not see."),
        _(
            "The band of those who could not see it begins at %(share)s in 10 or above, of all partners together.",
            share=NOT_SEEN_FROM // 10,
        ),
    )


def _agreement() -> Rule:
    return Rule(
        _("Agreement, and a group that is divided."),
        _(
            "Only where the spread of a group’s answers is shown, in groups of ten or more. Divided: its "
            "bands say that at least %(split)s in 10 stand at the two lowest points and as many at the two "
            "highest. Agreement is r_wg, or r_wg(J) over several statements (James, Demaree and Wolf 1984), of every "
            "spread that fits the bands and the mean: strong from %(strong)s, moderate from %(moderate)s, weak from "
            "%(weak)s, none below (LeBreton and Senter 2008). Where two neighbouring words are possible, the one in "
            "the middle is said; where more, nobody can tell.",
            split=SPLIT_FROM // 10,
            strong=f"0.{STRONG_FROM}",
            moderate=f"0.{MODERATE_FROM}",
            weak=f"0.{WEAK_FROM}",
        ),
    )


def _change() -> Rule:
    return Rule(
        _("What changed."),
        _(
            "A figure is better or worse if it is higher or lower than the last time by at least one step, "
            "whatever a joined end stands for; about the same if the difference is smaller for certain; "
            "otherwise nobody can tell. Compared are only statements with the same wording and the same "
            "scale, groups of the same name or pools of the same groups, and all partners together only "
            "where the same groups are in both figures. Each voice has to count the same both times."
        ),
    )


def _few() -> Rule:
    return Rule(
        _("Few answers."),
        _(
            "Where fewer than %(few)s or fewer than %(share)s in 100 of those who were asked answered, "
            "this time or the last, nothing is said of a change, and the summary warns of chance.",
            few=number(FEW),
            share=LOW_RESPONSE,
        ),
    )


def _indication() -> Rule:
    return Rule(_("Indications."), indication_rule())
