"""A questionnaire on paper: what it says, and what a screen reader finds in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest

from review_app.services.errors import NotFoundError
from review_app.services.questionnaires import printed
from surveys import library
from surveys.instrument import NAMES, Instrument, Point, Voice
from surveys.language import Language
from surveys.voices import SPEAKERS
from tests.bilingual import IN_BOTH

VOICE = Voice.PARTNER_ON_PRIME
TITLES = {"prime": "Northern Bridge Employment Ltd", "chain": "Pathways North", "partner": "Tyne Steps"}
NOTICE = "A reading copy. Answers count only through your own link."


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return library.latest(library.FIRST_CHOICE)


@pytest.fixture(scope="module")
def paper(instrument: Instrument, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("paper") / "paper.pdf"
    file.write_bytes(printed(instrument, VOICE, TITLES).content)
    return file


def test_the_paper_holds_every_statement_prompt_and_label_of_its_voice(
    paper: Path, instrument: Instrument
) -> None:
    text = " ".join(" ".join(pages_of(paper, "-raw")).split())
    assert instrument.title_for(VOICE, TITLES) in text
    assert SPEAKERS[VOICE] in text
    for section in instrument.sections_for(VOICE):
        assert section.title in text and section.introduction in text and section.comment_prompt in text
        for question in section.questions_for(VOICE):
            assert question.worded(VOICE, TITLES) in text
    for label in [point.label for point in instrument.scale.points]:
        assert text.count(label) >= len(instrument.sections)
    assert "23 statements, about eight minutes" in text


def test_the_statements_are_numbered_through_all_the_parts(paper: Path, instrument: Instrument) -> None:
    text = " ".join(" ".join(pages_of(paper, "-raw")).split())
    questions = [question for question in instrument.questions() if VOICE in question.wording]
    for number, question in enumerate(questions, start=1):
        assert f"{number} {question.worded(VOICE, TITLES)}" in text


def test_the_paper_says_on_every_page_that_it_is_a_reading_copy(paper: Path) -> None:
    pages = pages_of(paper)
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert NOTICE in page
        assert f"Page {number} of {len(pages)}" in page
    assert pages[0].count(NOTICE) == 2


def test_the_paper_asks_nobody_to_hand_it_in(paper: Path) -> None:
    text = " ".join(pages_of(paper)).casefold()
    assert "nobody collects this paper" in text.replace("\n", " ")
    assert not [word for word in ("hand it", "give it", "return it", "send it", "your name") if word in text]


def test_every_row_has_a_box_for_each_answer_tied_to_its_headers(paper: Path, instrument: Instrument) -> None:
    elements = elements_of(paper)
    statements = sum(VOICE in question.wording for question in instrument.questions())
    answers = len(instrument.scale.points) + len(instrument.scale.opt_outs)
    assert len(elements["/TD"]) == statements * answers
    assert {size for _, size in elements["/TD"]} == {2}
    assert {scope for scope, _ in elements["/TH"]} == {"/Column", "/Row"}
    assert [len(elements[kind]) for kind in ("/H1", "/H2", "/H3")] == [1, 4, 4]


def test_the_paper_is_accessible_by_its_own_word_and_by_a_second_opinion(paper: Path) -> None:
    with pikepdf.open(paper) as document, document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert str(document.Root.Lang) == "en-GB"
    assert [finding.message for finding in pdfua.validate(str(paper)).findings] == []


@pytest.mark.parametrize("voice", list(library.latest(library.FIRST_CHOICE).voices))
def test_every_voice_has_a_paper_without_a_brace_in_it(
    voice: Voice, instrument: Instrument, tmp_path: Path
) -> None:
    found = printed(instrument, voice, dict.fromkeys(NAMES, "the one"))
    (tmp_path / "paper.pdf").write_bytes(found.content)
    text = " ".join(pages_of(tmp_path / "paper.pdf"))
    assert "{" not in text and "}" not in text
    assert "The one" in text or voice is Voice.PRIME_ON_ITSELF or "the one" in text
    assert found.filename.endswith(f"{voice.value.replace('_', '-')}.pdf")
    assert found.mimetype == "application/pdf"


def test_the_same_questionnaire_is_the_same_file(paper: Path, instrument: Instrument) -> None:
    assert printed(instrument, VOICE, TITLES).content == paper.read_bytes()
    other = printed(replace(instrument, title="Another title"), VOICE, TITLES)
    assert other.content != paper.read_bytes()


def test_text_of_an_organiser_is_printed_as_it_was_typed(instrument: Instrument, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> {{ 7 * 7 }} \N{THUMBS UP SIGN}"
    first, *others = instrument.sections
    points = (*instrument.scale.points[:4], Point(5, "Supercalifragilisticexpialidocious " * 3))
    own = replace(
        instrument,
        scale=replace(instrument.scale, points=points),
        sections=(replace(first, title=hostile, comment_prompt=""), *others),
    )
    file = tmp_path / "paper.pdf"
    file.write_bytes(printed(own, VOICE, {**TITLES, "prime": "<b>Bridge</b> & Sons"}).content)
    text = " ".join(" ".join(pages_of(file, "-raw")).split())
    assert "<script>alert(1)</script> {{ 7 * 7 }} [thumbs up sign]" in text
    assert "<b>Bridge</b> & Sons" in text
    assert first.comment_prompt not in text
    assert rightmost(file) <= 595 - 40


def test_a_voice_that_is_asked_nothing_has_no_paper() -> None:
    instrument = library.latest("pulse")
    with pytest.raises(NotFoundError):
        printed(instrument, Voice.PRIME_ON_PARTNER, TITLES)


def pages_of(file: Path, layout: str = "-layout") -> list[str]:
    """The text of each page."""
    run = subprocess.run(["pdftotext", layout, file, "-"], capture_output=True, check=True, text=True)
    return run.stdout.split("\f")[:-1]


def rightmost(file: Path) -> float:
    """How far to the right anything is printed, in points."""
    run = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, check=True, text=True)
    lines = [line for line in run.stdout.splitlines() if "xMax" in line]
    return max(float(line.partition('xMax="')[2].partition('"')[0]) for line in lines)


def elements_of(file: Path) -> dict[str, list[tuple[str, int]]]:
    """The structure elements by their type, each as its scope and the number of its headers."""
    found: dict[str, list[tuple[str, int]]] = {}
    with pikepdf.open(file) as document:
        for element in walk(document.Root.StructTreeRoot.K):
            attributes = element.get("/A", {})
            facts = (str(attributes.get("/Scope", "")), len(attributes.get("/Headers", [])))
            found.setdefault(str(element.S), []).append(facts)
    return found


def walk(node: Any) -> Iterator[Any]:
    """Every structure element below a node."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from walk(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from walk(node.get("/K", pikepdf.Array()))


def test_the_paper_in_welsh_is_in_welsh(tmp_path: Path) -> None:
    file = tmp_path / "papur.pdf"
    made = printed(IN_BOTH, VOICE, TITLES, Language.WELSH)
    assert made.filename == "in-both-1-partner-on-prime-cy.pdf"
    file.write_bytes(made.content)
    text = " ".join(" ".join(pages_of(file, "-raw")).split())
    assert "Sut mae Northern Bridge Employment Ltd yn gweithio gyda chi" in text
    assert "Copi darllen. Dim ond drwy eich dolen eich hun" in text
    assert "Mae Northern Bridge Employment Ltd yn gweithredu ar ein pryderon." in text
    assert "Bob amser" in text and "Doedden ni ddim yn gallu gweld" in text
    for english in ("reading copy", "How often", "Who speaks", "partner on the prime", "shares"):
        assert english not in text
