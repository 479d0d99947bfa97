"""Fills a report with its words in other languages: the questionnaire's and the groups', as they were asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reports.columns import THE_BUYER
from reports.model import CycleFacts, Part, Report
from review_app.languages import tongue
from surveys.instrument import Instrument
from surveys.language import Language
from surveys.matrix import Plan
from surveys.subjects import Subject


def translated(report: Report, instrument: Instrument, plan: Plan, languages: Sequence[Language]) -> Report:
    """The report with its words for each language but English: only texts that it prints, by their English."""
    printed = set(_printed(report))
    translations = {}
    for language in languages:
        if language is not Language.ENGLISH:
            known = dict(_known(report, instrument, plan, language))
            translations[language.value] = {text: known[text] for text in sorted(printed & known.keys())}
    return replace(report, translations=translations)


def _printed(report: Report) -> Iterator[str]:
    yield report.facts.instrument_title
    yield from report.facts.scale_labels
    yield from (promise.wording for promise in report.promises)
    for part in report.parts:
        for group in part.groups:
            yield from (group.title, *group.includes)
        for section in part.sections:
            yield section.title
            yield from (item.wording for item in section.items)
        for block in part.comments:
            yield from (block.section_title, block.pool)


def _known(
    report: Report, instrument: Instrument, plan: Plan, language: Language
) -> Iterator[tuple[str, str]]:
    """Each text in English and in the language; what the language lacks is left out or the same."""
    other = instrument.in_language(language)
    yield instrument.title, other.title
    for point, other_point in zip(instrument.scale.points, other.scale.points, strict=True):
        yield point.label, other_point.label
    for section, other_section in zip(instrument.sections, other.sections, strict=True):
        yield section.title, other_section.title
    for part in report.parts:
        yield from _wordings(part, report.facts, instrument, other, language)
    for group in plan.groups:
        if not group.is_attributed:
            yield group.title, group.title_in(language)


def _wordings(
    part: Part, facts: CycleFacts, english: Instrument, other: Instrument, language: Language
) -> Iterator[tuple[str, str]]:
    """Every statement as it may have been worded about the part's subject, in any voice."""
    names = {"prime": facts.prime_name, "chain": facts.chain_name, "partner": part.title}
    other_names: Mapping[str, str] = names
    if part.subject == Subject.BUYERS:
        names = names | {"partner": THE_BUYER}
        other_names = names | {"partner": tongue(language).catalogue.gettext(THE_BUYER)}
    translations = {question.id: question for question in other.questions()}
    for question in english.questions():
        for voice in question.wording:
            said = translations[question.id].worded(voice, other_names)
            yield question.worded(voice, names), said
