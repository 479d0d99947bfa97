"""The summary on paper: two pages, alone and in the report, whatever a usual review finds."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest

from reports.concluding import conclude
from reports.model import Report
from reports.pdf import write_pdf
from reports.render import Assets, pdf_environment, render_summary_html
from reports.serial import digest
from reports.variants import Variant, document
from review_app.languages import tongue
from review_app.layout import report_font_folder, static_folder, template_folder
from surveys.language import Language
from tests import conclusion_samples, report_samples

ASSETS = Assets(static=static_folder(), fonts=report_font_folder())
ENVIRONMENT = pdf_environment(template_folder())


def few_answered() -> Report:
    """Northern Bridge's review as if few had answered: every caution is printed."""
    report = report_samples.northern_bridge()
    return conclude(replace(report, parts=tuple(replace(part, received=9) for part in report.parts)), None)


SAMPLES: dict[str, Callable[[], Report]] = {
    "first review": conclusion_samples.first_review,
    "second review": conclusion_samples.second_review,
    "on a partner": conclusion_samples.on_a_partner,
    "few answered": few_answered,
}


def pages(content: bytes) -> list[str]:
    """The text of each page."""
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return run.stdout.decode().split("\f")[:-1]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", SAMPLES)
def test_the_two_pages_are_two_in_every_language(name: str, language: Language) -> None:
    report = SAMPLES[name]()
    content = document(
        report,
        digest(report),
        Variant.TWO_PAGES,
        tongue(language),
        templates=template_folder(),
        assets=ASSETS,
    )
    assert len(pages(content)) <= 2


@pytest.mark.parametrize("name", SAMPLES)
def test_the_summary_alone_has_two_pages_at_most_and_says_what_it_belongs_to(name: str) -> None:
    report = SAMPLES[name]()
    content = write_pdf(render_summary_html(report, digest(report), ENVIRONMENT), ASSETS)
    printed = pages(content)
    assert len(printed) <= 2
    assert "What is not shown" in printed[-1]
    assert f"Page {len(printed)} of {len(printed)}" in printed[-1]
    assert all(digest(report)[:12] in page for page in printed)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert document.Root.Lang == "en-GB"
        assert str(document.docinfo["/Title"]).startswith("Summary of Review of")


@pytest.mark.parametrize(
    ("language", "summary", "last", "contents"),
    [
        (Language.ENGLISH, "Summary", "What is not shown", "Contents"),
        (Language.WELSH, "Crynodeb", "Beth sydd heb ei ddangos", "Cynnwys"),
    ],
)
@pytest.mark.parametrize("name", ["first review", "second review"])
def test_the_first_two_pages_after_the_cover_are_the_summary(
    name: str, language: Language, summary: str, last: str, contents: str
) -> None:
    report = SAMPLES[name]()
    printed = pages(
        document(
            report, digest(report), Variant.FULL, tongue(language), templates=template_folder(), assets=ASSETS
        )
    )
    assert summary in printed[1] and last in printed[2]
    assert contents in printed[3]


def test_the_summary_of_a_report_without_figures_says_so() -> None:
    report = report_samples.unreportable()
    printed = pages(write_pdf(render_summary_html(report, digest(report), ENVIRONMENT), ASSETS))
    assert "There are no figures this time" in printed[0]


def test_the_same_report_gives_the_same_two_pages() -> None:
    report = conclusion_samples.second_review()
    source = render_summary_html(report, digest(report), ENVIRONMENT)
    assert write_pdf(source, ASSETS) == write_pdf(source, ASSETS)
