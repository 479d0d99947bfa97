"""A report of a review in two languages: it carries its own Welsh, and its page and files speak it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reports.bundle import INSTRUMENT as INSTRUMENT_FILE
from reports.bundle import unpacked
from reports.kinds import FileKind, Format
from reports.language import speaking
from reports.serial import digest
from reports.translated import languages_of, report_in
from reports.verify import verify
from review_app import clock
from review_app.database import reading, transaction
from review_app.languages import tongue
from review_app.services import publishing, report_files
from review_app.state import state
from review_app.verifying_pdf import read_seal
from surveys import library
from surveys.chain import Role
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.language import BILINGUAL, Language
from surveys.matrix import Plan
from surveys.subjects import Perspective
from tests.conftest import PASSWORD
from tests.pages import PageClient
from tests.publications import Reviewed, chain_of_cloth, counted, quote_everything

INSTRUMENT = library.latest("review-and-commitment")


@pytest.fixture
def published(environ: dict[str, str]) -> Iterator[Reviewed]:
    groups = tuple(
        group
        for group in suggest_groups(chain_of_cloth(), DisclosurePolicy())
        if not any(kind.role is Role.SPOT_PROVIDER for kind in group.kinds)
    )
    changes = {
        "instrument": INSTRUMENT,
        "languages": BILINGUAL,
        "plan": Plan(groups, frozenset({Perspective.ON_PRIME, Perspective.ON_CHAIN})),
        "long_reason": "",
    }
    with counted(environ, publish_after_days=0, **changes) as found:
        quote_everything(found)
        with transaction() as session:
            publishing.publish(session, clock.now(), found.cycle.id, found.steward.id)
        yield found


def test_a_bilingual_report_carries_the_welsh_of_all_that_its_questionnaire_says(published: Reviewed) -> None:
    with reading() as session:
        found = publishing.load(session, published.cycle.id)
    report = found.report
    assert languages_of(report) == BILINGUAL
    welsh = report_in(report, tongue(Language.WELSH))
    other = INSTRUMENT.in_language(Language.WELSH)
    assert welsh.facts.instrument_title == other.title
    assert welsh.facts.scale_labels == tuple(point.label for point in other.scale.points)
    titles = {section.title for section in other.sections}
    for part, spoken in zip(report.parts, welsh.parts, strict=True):
        assert {section.title for section in spoken.sections} <= titles
        for section, said in zip(part.sections, spoken.sections, strict=True):
            assert not {item.wording for item in section.items} & {item.wording for item in said.items}
        assert [group.title for group in part.groups if group.answers] != [
            group.title for group in spoken.groups if group.answers
        ]
    # No figure moves, and the report that is kept stays in English.
    figures = [[section.means for section in part.sections] for part in report.parts]
    assert [[section.means for section in part.sections] for part in welsh.parts] == figures
    assert digest(report) == found.digest
    assert report_in(report, tongue(Language.ENGLISH)) == report


def test_its_page_and_its_files_come_in_the_readers_language(published: Reviewed) -> None:
    client: PageClient = published.app.test_client()  # type: ignore[assignment]
    client.send("/sign-in", {"email": "organiser@office.example", "password": PASSWORD})
    path = f"/reports/{published.cycle.id}"
    section = INSTRUMENT.sections[0]
    welsh_title = INSTRUMENT.in_language(Language.WELSH).sections[0].title
    english = client.get(path, headers={"Accept-Language": "en"}).text
    assert section.title in english and welsh_title not in english
    assert 'hreflang="cy"' in english
    welsh = client.get(path, headers={"Accept-Language": "cy"}).text
    assert welsh_title in welsh and '<html lang="cy"' in welsh
    with reading() as session, speaking(tongue(Language.ENGLISH)):
        folder = state().settings.report_dir
        for format_ in (Format.HTML, Format.XLSX):
            kinds = [FileKind(format_, language=language) for language in BILINGUAL]
            files = [report_files.export(session, published.cycle.id, kind, folder) for kind in kinds]
            first, second = (file.content if file else b"" for file in files)
            assert first and second and first != second
        kind = FileKind(Format.HTML, language=Language.WELSH)
        page = report_files.export(session, published.cycle.id, kind, folder)
    assert page is not None and welsh_title in page.content.decode() and "-cy-" in page.filename


def test_its_evidence_holds_with_the_questionnaire_in_both_languages(published: Reviewed) -> None:
    with reading() as session:
        folder = state().settings.report_dir
        file = report_files.export(session, published.cycle.id, Format.EVIDENCE, folder)
    assert file is not None and "cy:" in unpacked(file.content)[INSTRUMENT_FILE].decode()
    [verdict] = verify([(file.filename, file.content)], read_seal)
    assert [line.text for line in verdict.lines if not line.holds] == []
