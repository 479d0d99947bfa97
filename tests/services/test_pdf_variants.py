"""The variants of a report's PDF, in both languages, signed: accessible, themselves, and the same every time."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest

from reports.language import Tongue
from reports.model import Report
from reports.pdf import REPORT_KEY
from reports.variants import Variant, document
from review_app.languages import tongue
from review_app.layout import template_folder
from review_app.sealing_pdf import Seal, seal_of
from review_app.services.report_printing import assets
from surveys.language import Language
from tests import conclusion_samples, report_samples
from tests.report_samples import DIGEST
from tests.services.test_verifying import NOW, new_seal

WELSH_TITLE = "Bod yn agored a chydweithio"
WELSH_GROUP = "Isgontractwyr y sector gwirfoddol"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed PDF in its file, and as pikepdf reads it."""

    file: Path
    document: pikepdf.Pdf

    def text(self) -> str:
        """Its text on one line."""
        run = subprocess.run(["pdftotext", self.file, "-"], capture_output=True, check=True, text=True)
        return " ".join(run.stdout.split())


def bilingual(report: Report) -> Report:
    welsh = {"Being open and working together": WELSH_TITLE, "Voluntary-sector subcontractors": WELSH_GROUP}
    return replace(report, facts=replace(report.facts, languages=("en", "cy")), translations={"cy": welsh})


def made(report: Report, variant: Variant, speech: Tongue) -> bytes:
    return document(report, DIGEST, variant, speech, templates=template_folder(), assets=assets())


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return new_seal(tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="module", params=[(variant, language) for variant in Variant for language in Language])
def signed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seal: Seal) -> Any:
    variant, language = request.param
    file = tmp_path_factory.mktemp("pdf") / f"{variant}.{language}.pdf"
    report = bilingual(conclusion_samples.second_review())
    file.write_bytes(seal.sign(made(report, variant, tongue(language)), DIGEST))
    with pikepdf.open(file) as opened:
        yield variant, language, Signed(file, opened)


def test_a_signed_pdf_of_any_variant_is_accessible_by_a_second_opinion(signed) -> None:
    _, language, pdf = signed
    assert [finding.message for finding in pdfua.validate(str(pdf.file)).findings] == []
    assert str(pdf.document.Root.Lang) == {"en": "en-GB", "cy": "cy"}[language]
    with pdf.document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    [field] = pdf.document.Root.AcroForm.Fields
    assert str(field.TU) == "Signature of the Roundtable that made this report"


def test_it_names_the_report_that_it_shows_and_nothing_of_where_it_was_made(signed) -> None:
    _, _, pdf = signed
    assert str(pdf.document.docinfo[f"/{REPORT_KEY}"]) == DIGEST
    assert set(pdf.document.docinfo.keys()) <= {
        f"/{REPORT_KEY}", "/Title", "/Author", "/Producer", "/Subject", "/Keywords", "/Creator", "/ModDate",
    }  # fmt: skip


def test_it_speaks_its_language(signed) -> None:
    variant, language, pdf = signed
    text = pdf.text()
    is_welsh = language is Language.WELSH
    if variant is not Variant.TWO_PAGES:
        assert (WELSH_TITLE in text) is is_welsh
        assert ("Tudalen 3 o " in text) is is_welsh
        assert ("Page 3 of " in text) is not is_welsh


def test_no_pdf_can_run_fetch_or_open_anything(seal: Seal, tmp_path: Path) -> None:
    file = tmp_path / "hostile.pdf"
    for variant in Variant:
        file.write_bytes(seal.sign(made(report_samples.hostile(), variant, tongue(Language.ENGLISH)), DIGEST))
        with pikepdf.open(file) as opened:
            for item in opened.objects:
                if isinstance(item, pikepdf.Dictionary):
                    assert str(item.get("/S", "")) not in {
                        "/URI",
                        "/Launch",
                        "/JavaScript",
                        "/GoToR",
                        "/SubmitForm",
                    }
                    assert not {"/JS", "/OpenAction", "/AA", "/EmbeddedFiles", "/EF"} & set(item.keys())


@pytest.mark.parametrize("variant", Variant)
def test_the_same_report_is_the_same_file_before_it_is_signed(variant: Variant) -> None:
    report = bilingual(report_samples.northern_bridge())
    first, second = (made(report, variant, tongue(Language.ENGLISH)) for _ in range(2))
    assert first == second


def test_a_signature_keeps_every_byte_of_what_it_signs(seal: Seal) -> None:
    content = made(report_samples.unreportable(), Variant.TWO_PAGES, tongue(Language.ENGLISH))
    assert seal.sign(content, DIGEST).startswith(content)
    assert datetime.now(UTC) < seal.certificate().valid_until


def test_an_installation_makes_its_certificate_once_and_keeps_it(settings):
    first = seal_of(settings, NOW).certificate()
    assert first == seal_of(settings, NOW + timedelta(days=400)).certificate()
    assert first.is_own
    assert first.subject == "CN=Roundtable at 127.0.0.1"
    file = settings.keys_dir / "signing.p12"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.keys_dir.iterdir()] == ["signing.p12"]
