"""An instrument on paper: what one voice is asked, to read and talk about; nobody answers on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment

from reports.pdf import write_pdf
from reports.render import Assets
from reports.wording import counted, sentence
from surveys import timing
from surveys.instrument import Instrument, Section, Voice
from surveys.voices import SPEAKERS

_STYLES = ("questionnaire-pdf.css",)


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """One row: its number in the whole questionnaire, from 1, and its sentence with the names in it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """One part of the questionnaire. ``comment_prompt`` "": it asks for no comment."""

    title: str
    introduction: str
    comment_prompt: str
    statements: tuple[PrintedStatement, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What the template prints; ``points`` and ``opt_outs`` are the labels of the boxes, in their order.

    ``speaker`` and ``length`` are in English, and stand on an English paper alone.
    """

    title: str
    instrument: str
    version: int
    purpose: str
    speaker: str
    length: str
    minutes: int
    points: tuple[str, ...]
    opt_outs: tuple[str, ...]
    sections: tuple[PrintedSection, ...]


def questionnaire_pdf(
    instrument: Instrument,
    voice: Voice,
    names: Mapping[str, str],
    *,
    environment: Environment,
    assets: Assets,
) -> bytes:
    """The questionnaire of one voice as PDF/UA; the same arguments give the same bytes.

    ``names``: what stands for the keys of ``surveys.instrument.NAMES``. Raises KeyError where the instrument does
    not ask this voice, and PdfLibraryMissingError.
    """
    return write_pdf(questionnaire_html(instrument, voice, names, environment), assets, _STYLES)


def questionnaire_html(
    instrument: Instrument, voice: Voice, names: Mapping[str, str], environment: Environment
) -> str:
    """The source of the PDF; its style comes with ``questionnaire_pdf``. Raises KeyError."""
    view = questionnaire(instrument, voice, names)
    return environment.get_template("reports/questionnaire.html").render(view=view)


def questionnaire(instrument: Instrument, voice: Voice, names: Mapping[str, str]) -> Questionnaire:
    """What one voice is asked, in the words of the paper. Raises KeyError where it is asked nothing."""
    sections: list[PrintedSection] = []
    count = 0
    for section in instrument.sections_for(voice):
        sections.append(_section(section, voice, names, count))
        count += len(sections[-1].statements)
    minutes = timing.minutes(instrument, [voice])
    return Questionnaire(
        title=sentence(instrument.title_for(voice, names)),
        instrument=instrument.title,
        version=instrument.version,
        purpose=instrument.purpose,
        speaker=SPEAKERS[voice],
        length=f"{sentence(counted(count, 'statement', 'statements'))}, about {counted(minutes, 'minute', 'minutes')}",
        minutes=minutes,
        points=tuple(point.label for point in instrument.scale.points),
        opt_outs=tuple(instrument.scale.opt_outs.values()),
        sections=tuple(sections),
    )


def _section(section: Section, voice: Voice, names: Mapping[str, str], before: int) -> PrintedSection:
    return PrintedSection(
        title=section.title,
        introduction=section.introduction,
        comment_prompt=section.comment_prompt,
        statements=tuple(
            PrintedStatement(number, sentence(question.worded(voice, names)))
            for number, question in enumerate(section.questions_for(voice), start=before + 1)
        ),
    )
