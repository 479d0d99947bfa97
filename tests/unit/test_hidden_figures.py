"""A figure that is not shown looks the same whatever hides it: in words, pictures, alternative texts and cells."""

from __future__ import annotations

import base64
import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from reports.display import show, show_share
from reports.export import to_csv
from reports.language import ENGLISH
from reports.model import NOT_SHOWN, NOT_SHOWN_TEXT, Displayed, DisplayedShare, Item, Part, Report, Shown
from reports.render import Assets, pdf_environment, render_pdf_html
from reports.serial import digest, report_to_bytes
from reports.variants import Variant, document
from reports.xlsx import to_xlsx
from review_app.layout import report_font_folder, static_folder, template_folder
from surveys.groups import DisclosurePolicy
from tests import report_samples, rich_sample
from tests.report_samples import DIGEST

POLICY = DisclosurePolicy()
GROUP = "large-charities"


@pytest.fixture(scope="module")
def environment() -> Environment:
    return pdf_environment(template_folder())


@st.composite
def too_few(draw: st.DrawFn) -> tuple[int, int, dict[str, int]]:
    """Answers that may not be shown: none, too few, of too few organisations, or mostly of one. With their sum."""
    spread = draw(
        st.one_of(
            st.just([]),
            st.lists(st.integers(1, 2), min_size=1, max_size=2),
            st.lists(st.integers(3, 20), min_size=1, max_size=2),
            st.integers(5, 20).map(lambda most: [most, 1, 1]),
        )
    )
    n = sum(spread)
    return draw(st.integers(n, 5 * n)), n, {f"o{place}": count for place, count in enumerate(spread)}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reason=too_few(), other=too_few())
def test_nothing_tells_why_a_figure_is_hidden(
    environment: Environment,
    reason: tuple[int, int, dict[str, int]],
    other: tuple[int, int, dict[str, int]],
) -> None:
    first, second = (
        render_pdf_html(_with_hidden(*_hidden_by(*counts)), DIGEST, environment) for counts in (reason, other)
    )
    assert first == second


FORMS: dict[str, Callable[[Report], bytes]] = {
    "CSV": to_csv,
    "XLSX": lambda report: to_xlsx(report, digest(report)),
    "JSON": report_to_bytes,
}
NOBODY: tuple[int, int, dict[str, int]] = (0, 0, {})
MOSTLY_OF_ONE = (60, 14, {"o0": 12, "o1": 1, "o2": 1})


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=10, deadline=None)
@given(reason=too_few(), other=too_few())
def test_no_file_tells_why_a_figure_is_hidden(
    form: str, reason: tuple[int, int, dict[str, int]], other: tuple[int, int, dict[str, int]]
) -> None:
    first, second = (FORMS[form](_with_hidden(*_hidden_by(*counts))) for counts in (reason, other))
    assert first == second


@pytest.mark.parametrize("variant", [Variant.FULL, Variant.TWO_PAGES])
def test_no_pdf_tells_why_a_figure_is_hidden(variant: Variant) -> None:
    first, second = (_pdf(_with_hidden(*_hidden_by(*counts)), variant) for counts in (NOBODY, MOSTLY_OF_ONE))
    assert first == second


def test_the_text_and_the_metadata_of_a_pdf_say_of_a_hidden_statement_what_its_page_says() -> None:
    report = _with_hidden(NOT_SHOWN, NOT_SHOWN, is_whole=True, of=report_samples.northern_bridge)
    content = _pdf(report, Variant.FULL)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        metadata = {str(name): str(value) for name, value in pdf.docinfo.items()}
        said = [
            str(one["/Alt"]) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one
        ]
    assert said.count("The same as a row of marks: nothing is shown.") == 1
    assert set(metadata) == {"/Title", "/Author", "/Subject", "/Producer", "/RoundtableReport"}
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    text = " ".join(run.stdout.decode().split())
    item = report.parts[0].sections[0].items[0]
    after = text[text.rindex(f"1 {item.wording}") :][:900]
    assert after.count(NOT_SHOWN_TEXT) >= len(item.values)


def test_what_is_hidden_is_said_and_drawn_in_one_way(environment: Environment) -> None:
    html = render_pdf_html(_with_hidden(NOT_SHOWN, NOT_SHOWN), DIGEST, environment)
    cells = re.findall(r"<t[dh][^>]*>\s*Not shown.*?</t[dh]>", html, flags=re.DOTALL)
    assert len(cells) > 20
    assert {re.sub(r"<[^>]*>", "", cell).strip() for cell in cells} == {NOT_SHOWN_TEXT}
    assert all("report-not-shown" in cell for cell in cells)


def test_the_pictures_of_a_statement_that_nobody_may_see_hold_no_place_on_the_scale(
    environment: Environment,
) -> None:
    html = render_pdf_html(_with_hidden(NOT_SHOWN, NOT_SHOWN, is_whole=True), DIGEST, environment)
    [row] = re.findall(r'id="statement-1">.*?</tbody>', html, flags=re.DOTALL)
    [picture] = re.findall(r'class="report-strip"[^>]*>(<img [^>]*>)', row)
    assert 'alt="The same as a row of marks: nothing is shown."' in picture
    source = picture.partition("base64,")[2].partition('"')[0]
    drawing = base64.b64decode(source).decode()
    assert "transform" not in drawing
    # A hatch for each lane, all of one form but for their height.
    lanes = re.findall(r'<path d="(M12 [^"]*)" stroke="#b9b2a8"', drawing)
    shapes = {re.sub(r"(?<=[ML ])([\d.]+) [\d.]+", r"\1", lane) for lane in lanes}
    assert len(lanes) == 12
    assert len(shapes) == 1


def _pdf(report: Report, variant: Variant) -> bytes:
    assets = Assets(static=static_folder(), fonts=report_font_folder())
    return document(report, digest(report), variant, ENGLISH, templates=template_folder(), assets=assets)


def _hidden_by(total: int, n: int, by_organisation: dict[str, int]) -> tuple[Displayed, DisplayedShare]:
    figure = show(total, n, by_organisation, POLICY, is_attributed=False)
    share = show_share(n, n, by_organisation, POLICY)
    assert not isinstance(figure, Shown)
    return figure, share


def _with_hidden(
    figure: Displayed,
    share: DisplayedShare,
    *,
    is_whole: bool = False,
    of: Callable[[], Report] = rich_sample.rich,
) -> Report:
    """A sample with its first statement hidden for one group, or for all of them."""
    report = of()
    prime, *others = report.parts
    section, *sections = prime.sections
    item, *items = section.items
    ids = item.values if is_whole else (GROUP,)
    changed: Item = replace(
        item,
        values={**item.values, **dict.fromkeys(ids, figure)},
        everyone=figure if is_whole else item.everyone,
        not_seen=share,
        distributions={},
    )
    parts: tuple[Part, ...] = (
        replace(prime, sections=(replace(section, items=(changed, *items)), *sections), findings=()),
        *others,
    )
    return replace(report, parts=parts, replies=())
