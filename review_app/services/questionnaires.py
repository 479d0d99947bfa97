"""A questionnaire on paper, as a file to hand out."""

from __future__ import annotations

from collections.abc import Mapping

from reports.errors import PdfLibraryMissingError
from reports.questionnaire import questionnaire_pdf
from reports.render import Assets
from review_app.languages import environment
from review_app.layout import report_font_folder, static_folder
from review_app.services.errors import NotFoundError, NotYetError
from review_app.services.report_files import Format, ReportFile
from surveys.instrument import Instrument, Voice
from surveys.language import Language


def printed(
    instrument: Instrument,
    voice: Voice,
    names: Mapping[str, str],
    language: Language = Language.ENGLISH,
) -> ReportFile:
    """The questionnaire of one voice as a PDF in a language. ``names``: what stands for the names in braces.

    Raises NotFoundError where the instrument does not ask this voice, NotYetError where the server cannot make PDFs.
    """
    if voice not in instrument.voices:
        raise NotFoundError("This questionnaire asks that voice nothing.")
    try:
        content = questionnaire_pdf(
            instrument.in_language(language),
            voice,
            names,
            environment=environment(language),
            assets=Assets(static=static_folder(), fonts=report_font_folder()),
        )
    except PdfLibraryMissingError as error:
        raise NotYetError(str(error)) from error
    end = "" if language is Language.ENGLISH else f"-{language.value}"
    name = f"{instrument.id}-{instrument.version}-{voice.value.replace('_', '-')}{end}.{Format.PDF.value}"
    return ReportFile(name, "application/pdf", content)
