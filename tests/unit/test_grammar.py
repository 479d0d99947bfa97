from __future__ import annotations

import re
from gettext import NullTranslations

import pytest
from jinja2 import Environment

from reports.grammar import day, either, listed, lowered, number, period
from reports.language import Tongue, speaking
from reports.model import End, Shown
from reports.render import pdf_environment, render_page_body
from reports.wording import in_words
from review_app.languages import tongue
from review_app.layout import template_folder
from surveys.language import Language
from tests import conclusion_samples
from tests.report_samples import DIGEST
from tests.unit.test_golden_summaries import parsed, summary_text

WELSH = tongue(Language.WELSH)


class Marked(NullTranslations):
    """A language that says every marked text in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return f"⟦{one if count == 1 else many}⟧"


def test_small_numbers_are_words_in_english_and_digits_in_welsh() -> None:
    assert [number(count) for count in (0, 3, 10, 11, 1200)] == ["no", "three", "ten", "11", "1,200"]
    with speaking(WELSH):
        assert [number(count) for count in (0, 3, 11, 1200)] == ["0", "3", "11", "1,200"]


def test_the_last_of_a_list_is_joined_as_the_language_does_it() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert either(["a", "b"]) == "a or b"
    with speaking(WELSH):
        assert listed(["Coed", "Dŵr"]) == "Coed a Dŵr"
        assert listed(["Coed", "Afon"]) == "Coed ac Afon"
        assert listed(["Coed", "Ŵyn"]) == "Coed ac Ŵyn"
        assert either(["byth", "anaml"]) == "byth neu anaml"


def test_an_abbreviation_keeps_its_capitals_within_a_sentence() -> None:
    assert [lowered(text) for text in ("Usually", "IT systems", "")] == ["usually", "IT systems", ""]


def test_days_and_periods_are_sentences_that_a_language_may_order() -> None:
    with speaking(Tongue(Language.WELSH, Marked())):
        assert day("2026-03-09") == "⟦9 ⟦March⟧ 2026⟧"
        assert period("2026-03-09", "2026-03-10") == "⟦⟦9 ⟦March⟧ 2026⟧ to ⟦10 ⟦March⟧ 2026⟧⟧"


def test_a_figure_and_its_words_are_said_in_the_language() -> None:
    labels = ("Byth", "Anaml", "Weithiau", "Fel arfer", "Bob amser")
    with speaking(Tongue(Language.WELSH, Marked())):
        assert in_words(Shown(20, 5, End.OR_BELOW), labels) == "⟦anaml neu byth (⟦2.0 or below⟧)⟧"
        assert in_words(Shown(35, 5, End.NONE), labels) == "⟦⟦weithiau to fel arfer⟧ (3.5)⟧"


@pytest.fixture(scope="module")
def marking() -> Environment:
    environment = pdf_environment(template_folder())
    environment.install_gettext_translations(Marked(), newstyle=True)  # type: ignore[attr-defined]
    return environment


@pytest.mark.parametrize("name", ["first_review", "second_review", "on_a_partner"])
def test_every_sentence_of_the_summary_is_marked(name: str, marking: Environment) -> None:
    report = getattr(conclusion_samples, name)()
    with speaking(Tongue(Language.WELSH, Marked())):
        said = summary_text(parsed(render_page_body(report, DIGEST, marking)), width=10_000)
    wordings = {item.wording for part in report.parts for section in part.sections for item in section.items}
    # What people wrote and what organisations are called is nobody's to translate here.
    names = {report.facts.prime_name, *(group.title for part in report.parts for group in part.groups)}
    unmarked = [
        line
        for line in said.splitlines()
        # Shapes are named by the charts.
        if (words := re.sub(r"^- \[[^]]*\] ", "", line)).strip("# ") and "⟦" not in words
        if words not in wordings | names
    ]
    assert unmarked == []
