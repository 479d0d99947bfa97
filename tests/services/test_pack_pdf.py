"""The workshop pack as PDFs: what stands on which page, how large it is, and what a screen reader finds in it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pdfua
import pikepdf
import pytest

from reports.pack import STYLES, PackPart, pack_view, render_pack_html
from reports.pack_meeting import Meeting
from reports.pdf import write_pdf
from reports.render import pdf_environment
from review_app.layout import template_folder
from review_app.services.report_printing import assets
from surveys.practices import practices
from surveys.workshop import TopicKind
from tests import honest_reports
from tests.services.test_questionnaire_pdf import elements_of, pages_of, walk
from tests.unit.test_pack import PAID, PAYING, meeting_on, topic_on

HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} \N{THUMBS UP SIGN} "
SLIDE, A4 = (960, 540), (595, 842)


@cache
def meeting() -> Meeting:
    """A promise, a finding, and a topic with the longest texts that there can be."""
    item = honest_reports.northern_bridge().parts[0].sections[0].items[1]
    longest = topic_on(
        item.question_id,
        title=(HOSTILE + "A title that goes on and on " * 20)[:300],
        reason=("A reason that goes on and on. " * 40)[:1000],
        practices=tuple(practices())[:6],
    )
    return meeting_on(
        [
            topic_on("", "", kind=TopicKind.PROMISE, finding_id="", title="Publish what the fee pays for"),
            topic_on(item.question_id, title=item.wording),
            longest,
        ]
    )


def made(folder: Path, *parts: PackPart) -> Path:
    """The PDF of some parts of the pack."""
    view = pack_view(meeting(), honest_reports.northern_bridge())
    html = render_pack_html(view, parts, pdf_environment(template_folder()))
    file = folder / "pack.pdf"
    file.write_bytes(write_pdf(html, assets(), STYLES))
    return file


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All four parts."""
    return made(tmp_path_factory.mktemp("whole"), *PackPart)


@pytest.fixture(scope="module", params=list(PackPart))
def part(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[PackPart, Path]:
    """Each part alone."""
    return request.param, made(tmp_path_factory.mktemp("part"), request.param)


def sizes_of(file: Path) -> list[tuple[int, int]]:
    """The size of each page in points."""
    with pikepdf.open(file) as document:
        boxes = [page.mediabox for page in document.pages]
        return [(round(float(box[2] - box[0])), round(float(box[3] - box[1]))) for box in boxes]


def test_slides_are_wide_one_for_each_topic_and_everything_else_is_on_a4(whole: Path) -> None:
    sizes = sizes_of(whole)
    slides = len(meeting().topics) + 3
    assert sizes[:slides] == [SLIDE] * slides
    assert set(sizes[slides:]) == {A4}
    pages = pages_of(whole)
    assert "How we work today" in pages[1] and "What happens next" in pages[slides - 1]
    for number, page in enumerate(pages[2 : slides - 1], start=1):
        assert f"Topic {number}, 20 minutes" in page and "?" in page


def test_handouts_take_a_page_for_each_topic_with_figures_and_the_practices_words(whole: Path) -> None:
    slides, topics = len(meeting().topics) + 3, len(meeting().topics)
    handouts = [" ".join(page.split()) for page in pages_of(whole)[slides : slides + topics]]
    assert all("Notes" in page for page in handouts)
    assert "Who says it" not in handouts[0]
    for page in handouts[1:]:
        assert "Who says it" in page and "All partners together" in page
    assert all("The North" in page for page in handouts)
    for id_ in tuple(practices())[:6]:
        assert id_ in handouts[2] and practices()[id_].text.split()[0] in handouts[2]


def test_cards_follow_for_every_topic_and_the_script_ends_with_what_to_do_when_it_goes_otherwise(
    whole: Path,
) -> None:
    text = " ".join(" ".join(pages_of(whole, "-raw")).split())
    assert text.count("One thought. No names.") == 8 * len(meeting().topics)
    assert text.count("Tear off before the vote") == (len(PAID) + len(PAYING)) * len(meeting().topics)
    assert "10:00am" in text and "12:30pm" in text
    assert "We do not guess who said what." in text and "Nobody speaks" in text


def test_the_longest_texts_fit_and_are_shown_as_text(whole: Path) -> None:
    text = " ".join(" ".join(pages_of(whole, "-raw")).split())
    assert "<script>alert(1)</script> {{ 7 * 7 }} [thumbs up sign]" in text
    run = subprocess.run(["pdftotext", "-bbox", whole, "-"], capture_output=True, check=True, text=True)
    width = 0.0
    for line in run.stdout.splitlines():
        if "<page " in line:
            width = float(line.partition('width="')[2].partition('"')[0])
        elif "xMax" in line:
            assert float(line.partition('xMax="')[2].partition('"')[0]) <= width - 20


def test_the_whole_has_one_title_and_every_picture_its_words(whole: Path) -> None:
    elements = elements_of(whole)
    assert len(elements["/H1"]) == 1
    with pikepdf.open(whole) as document:
        figures = [one for one in walk(document.Root.StructTreeRoot.K) if one.S == "/Figure"]
        assert len(figures) == 1 + 2 * 2
        assert all(str(figure.get("/Alt", "")) for figure in figures)
        assert str(document.Root.Lang) == "en-GB"
    assert {scope for scope, _ in elements["/TH"]} == {"/Column", "/Row"}


def test_each_part_alone_is_accessible_by_its_own_word_and_by_a_second_opinion(
    part: tuple[PackPart, Path],
) -> None:
    name, file = part
    assert len(elements_of(file)["/H1"]) == 1
    with pikepdf.open(file) as document, document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"]
    assert [finding.message for finding in pdfua.validate(str(file)).findings] == []
    assert set(sizes_of(file)) == {SLIDE if name is PackPart.SLIDES else A4}


def test_the_whole_is_accessible_and_the_same_again(whole: Path, tmp_path: Path) -> None:
    assert [finding.message for finding in pdfua.validate(str(whole)).findings] == []
    assert made(tmp_path, *PackPart).read_bytes() == whole.read_bytes()


def test_a_workshop_of_many_organisations_keeps_each_ballot_whole(tmp_path: Path) -> None:
    many = tuple(f"Organisation number {number} of the whole of the north" for number in range(31))
    view = pack_view(replace(meeting(), paid=many, paying=()), honest_reports.northern_bridge())
    html = render_pack_html(view, [PackPart.CARDS], pdf_environment(template_folder()))
    file = tmp_path / "cards.pdf"
    file.write_bytes(write_pdf(html, assets(), STYLES))
    pages = pages_of(file)
    assert len(pages) == 1 + len(meeting().topics) * (1 + 7)
