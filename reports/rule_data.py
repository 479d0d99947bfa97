"""The rules of a report as data: its policy, steps, ends, bands, thresholds and weights, for an evidence bundle."""

from __future__ import annotations

import json
from typing import Any

from reports import agreement, display, findings, indications, strengths, trends
from reports.conclusions import Grade
from reports.model import Report


def rules_of(report: Report) -> dict[str, Any]:
    """The rules that the report was made by. Figures are in tenths of the scale from 1 to 5, shares in per cent."""
    facts = report.facts
    return {
        "policy": {
            "k": facts.k,
            "min_organisations": facts.min_organisations,
            "left_without_any_one_organisation": facts.k - 1,
            "comment_answers": facts.comment_answers,
            "comment_group": facts.comment_group,
            "counted_by": facts.counted_by.value,
            "publication": facts.publication.value,
        },
        "figures": {
            "steps": [
                {
                    "from_answers": max(row.from_answers, facts.k),
                    "step": row.step,
                    "or_below": row.ends.low,
                    "or_above": row.ends.high,
                }
                for row in display.FINENESS
            ],
            "attributed_step": display.ATTRIBUTED_STEP,
            "half_way": "up",
        },
        "shares": [{"from_answers": row.from_answers, "limit": row.limit} for row in display.BANDS],
        "weights": {
            "everyone": "each protected group that is shown by the number of people who answered in it",
            "elements": "each statement that is shown alike",
            "principles": "each statement that is shown alike",
        },
        "gaps": {"most": findings.MOST_GAPS, "difference_from": "one step of the coarser figure"},
        "findings": _finding_rules(),
        "indications": _indication_rules(),
    }


def rules_to_bytes(report: Report) -> bytes:
    """The rules as canonical bytes: sorted keys, UTF-8."""
    return (json.dumps(rules_of(report), sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode()


def _finding_rules() -> dict[str, Any]:
    return {
        "most_of_a_kind": strengths.MOST_FINDINGS,
        "strength_from": strengths.STRENGTH_FROM,
        "concern_below": strengths.CONCERN_BELOW,
        "wide_gap_steps": strengths.WIDE_STEPS,
        "wide_gap_tenths": strengths.WIDE_TENTHS,
        "not_seen_from": strengths.NOT_SEEN_FROM,
        "split_from_at_either_end": agreement.SPLIT_FROM,
        "no_change_told_below_answers": trends.FEW,
        "no_change_told_below_response": trends.LOW_RESPONSE,
    }


def _indication_rules() -> dict[str, Any]:
    return {
        Grade.EXCELLENT.value: indications.EXCELLENT_FROM,
        Grade.GOOD.value: indications.GOOD_FROM,
        Grade.SATISFACTORY.value: indications.SATISFACTORY_FROM,
        "least_shown": indications.LEAST_SHOWN,
    }
