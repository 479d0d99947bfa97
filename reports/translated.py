"""A report in another language: its questionnaire's texts and its groups' titles as the report itself translates them.

Figures and what people wrote stay as they are. Everything that the report says in our own words is worded in the
language of the rendering anyway (``reports.language``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reports.language import N_, _, speaking
from reports.language import Tongue as Tongue
from reports.model import (
    CycleFacts,
    GroupKind,
    Part,
    Report,
    ReportGroup,
    ReportSection,
)
from surveys.language import Language

# Titles that the report gives itself; the same texts as the constants, marked so that the catalogue has them.
OUR_OWN = frozenset(
    {
        N_("All partners together"),
        N_("Other parties"),
        N_("The remaining partners together"),
        N_("The organisation that pays us"),
        N_("Tier-1 partners as buyers"),
    }
)
_Say = Callable[[str], str]


def languages_of(report: Report) -> tuple[Language, ...]:
    """The languages that a report can be read in, English first."""
    return tuple(language for language in Language if language in report.facts.languages)


def report_in(report: Report, tongue: Tongue) -> Report:
    """The report with its questionnaire and its groups in a language; what it has no words for stays in English."""
    if tongue.language is Language.ENGLISH:
        return report
    words = report.translations.get(tongue.language.value, {})
    with speaking(tongue):

        def say(text: str) -> str:
            return words.get(text) or (_(text) if text in OUR_OWN else text)

        return replace(
            report,
            facts=_facts(report.facts, say),
            parts=tuple(_part(part, say) for part in report.parts),
            promises=tuple(replace(promise, wording=say(promise.wording)) for promise in report.promises),
        )


def _facts(facts: CycleFacts, say: _Say) -> CycleFacts:
    return replace(
        facts,
        instrument_title=say(facts.instrument_title),
        scale_labels=tuple(say(label) for label in facts.scale_labels),
    )


def _part(part: Part, say: _Say) -> Part:
    return replace(
        part,
        title=say(part.title),
        groups=tuple(_group(group, say) for group in part.groups),
        sections=tuple(_section(section, say) for section in part.sections),
        gaps=tuple(replace(gap, wording=say(gap.wording)) for gap in part.gaps),
        comments=tuple(
            replace(block, section_title=say(block.section_title), pool=say(block.pool))
            for block in part.comments
        ),
    )


def _group(group: ReportGroup, say: _Say) -> ReportGroup:
    # The average over partners has a title of ours; every other one comes from the cycle.
    title = _(group.title) if group.kind is GroupKind.AVERAGE else say(group.title)
    return replace(group, title=title, includes=tuple(say(included) for included in group.includes))


def _section(section: ReportSection, say: _Say) -> ReportSection:
    items = tuple(replace(item, wording=say(item.wording)) for item in section.items)
    return replace(section, title=say(section.title), items=items)
