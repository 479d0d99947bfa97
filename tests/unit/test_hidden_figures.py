"""A figure that is not shown looks the same whatever hides it: in words, pictures, alternative texts and cells."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from reports.display import show, show_share
from reports.model import NOT_SHOWN, NOT_SHOWN_TEXT, Displayed, DisplayedShare, Item, Part, Report, Shown
from reports.render import pdf_environment, render_pdf_html
from review_app.layout import template_folder
from surveys.groups import DisclosurePolicy
from tests import rich_sample
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


def _hidden_by(total: int, n: int, by_organisation: dict[str, int]) -> tuple[Displayed, DisplayedShare]:
    figure = show(total, n, by_organisation, POLICY, is_attributed=False)
    share = show_share(n, n, by_organisation, POLICY)
    assert not isinstance(figure, Shown)
    return figure, share


def _with_hidden(figure: Displayed, share: DisplayedShare, *, is_whole: bool = False) -> Report:
    """The rich sample with its first statement hidden for one group, or for all of them."""
    report = rich_sample.rich()
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
