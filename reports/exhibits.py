"""What lies beside a report in its evidence bundle, held against the report: the questionnaire and the certificate."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from reports.bundle import INSTRUMENT
from reports.certificate import certificate_to_bytes, certify
from reports.model import Report
from surveys import library
from surveys.errors import SurveysError
from surveys.instrument import Instrument


def instrument_fault(content: bytes, report: Report) -> str:
    """What is wrong with the questionnaire of a bundle (YAML) beside its report; "" for nothing."""
    facts = report.facts
    try:
        instrument = library.load(content.decode(), INSTRUMENT)
    except (SurveysError, UnicodeDecodeError):
        return "The questionnaire cannot be read."
    if (instrument.id, instrument.version, instrument.title) != (
        facts.instrument_id,
        facts.instrument_version,
        facts.instrument_title,
    ):
        return "The questionnaire is another one than the report names."
    if library.to_yaml(instrument).encode() != content:
        return "The questionnaire is not written as it was handed out: it was edited."
    strange = [one for one in _shown_statements(report) if not _is_asked(instrument, *one)]
    return f"The questionnaire does not ask “{strange[0][2]}”." if strange else ""


def _shown_statements(report: Report) -> Iterator[tuple[str, str, str]]:
    for part in report.parts:
        for section in part.sections:
            for item in section.items:
                yield section.id, item.question_id, item.wording


def _is_asked(instrument: Instrument, section_id: str, question_id: str, wording: str) -> bool:
    """Whether a wording is one of the question's, whatever names stand in its braces."""
    worded = (
        text
        for section in instrument.sections
        if section.id == section_id
        for question in section.questions
        if question.id == question_id
        for text in question.wording.values()
    )
    return any(_fits(text, wording) for text in worded)


def _fits(text: str, wording: str) -> bool:
    pieces = text.replace("}", "{").split("{")[::2]
    place = 0
    for piece in pieces:
        found = wording.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return wording.startswith(pieces[0]) and wording.endswith(pieces[-1])


def certificate_fault(content: bytes, subject: str, digest: str, known: Mapping[str, Report]) -> str:
    """What is wrong with the certificate of a bundle beside its report; "" for nothing.

    ``known``: the reports at hand by their digests. Where all that it names are, it is made again and compared.
    """
    try:
        stated = json.loads(content)
        named, holds, software = stated["reports"], stated["holds"], str(stated["software"])
    except (ValueError, KeyError, TypeError):
        return "The certificate of the audit cannot be read."
    if holds is not True:
        return "The certificate of the audit says that it does not hold."
    if not isinstance(named, dict) or named.get(subject) != digest:
        return "The certificate of the audit is about other reports."
    if all(one in known for one in named.values()):
        again = certify({about: known[one] for about, one in named.items()}, software=software)
        if certificate_to_bytes(again) != content:
            return "The certificate of the audit is not what the audit finds in its reports."
    return ""
