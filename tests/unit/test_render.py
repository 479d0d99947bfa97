from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from reports.export import to_csv
from reports.model import NOT_SHOWN, NOT_SHOWN_TEXT, Displayed, End, Part, Report, ReportGroup, Shown
from reports.render import (
    Assets,
    pdf_environment,
    render_page_body,
    render_pdf_html,
    render_standalone_html,
    view_model,
)
from reports.serial import report_to_bytes
from review_app.layout import report_font_folder, static_folder, template_folder
from tests import conclusion_samples, report_samples, rich_sample
from tests.report_samples import DIGEST

ASSETS = Assets(static=static_folder(), fonts=report_font_folder())
SAMPLES = {
    "northern bridge": report_samples.northern_bridge,
    "unreportable": report_samples.unreportable,
    "hostile": report_samples.hostile,
    "second review": conclusion_samples.second_review,
    "followed up": conclusion_samples.followed_up,
    "on a partner": conclusion_samples.on_a_partner,
    "rich": rich_sample.rich,
    "on a buyer": rich_sample.on_a_buyer,
}
SVG = "{http://www.w3.org/2000/svg}"
FIGURES = st.integers(10, 50).map(lambda tenths: Shown(tenths, 5, End.NONE))


@pytest.fixture(scope="module")
def environment() -> Environment:
    return pdf_environment(template_folder())


@pytest.mark.parametrize("name", SAMPLES)
def test_the_body_is_valid_html_with_unique_ids_and_labels_that_exist(
    name: str, environment: Environment
) -> None:
    body = render_page_body(SAMPLES[name](), DIGEST, environment)
    root = _parsed(
        f"<!DOCTYPE html><html lang='en-GB'><head><title>t</title></head><body>{body}</body></html>"
    )
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        for name_ in (element.get("aria-labelledby") or "").split():
            assert name_ in ids
        href = element.get("href") or ""
        assert not href or href.removeprefix("#") in ids
        assert not element.get("style")
        assert not any(attribute.startswith("on") for attribute in element.attrib)
    assert not list(root.iter("h1"))
    assert not list(root.iter("script"))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_that_stands_alone_has_one_heading_and_needs_nothing_else(
    name: str, environment: Environment
) -> None:
    html = render_standalone_html(SAMPLES[name](), DIGEST, environment, ASSETS)
    root = _parsed(html)
    assert len(list(root.iter("h1"))) == 1
    assert not list(root.iter("script")) + list(root.iter("link"))
    assert len(list(root.iter("style"))) == 1
    for image in root.iter("img"):
        assert str(image.get("src")).startswith("data:image/svg+xml;base64,")
        assert image.get("alt")
    policy = next(meta for meta in root.iter("meta") if meta.get("http-equiv"))
    assert "default-src 'none'" in str(policy.get("content"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_source_of_the_pdf_is_valid_and_begins_with_a_cover(name: str, environment: Environment) -> None:
    report = SAMPLES[name]()
    root = _parsed(render_pdf_html(report, DIGEST, environment))
    [heading] = root.iter("h1")
    assert "".join(heading.itertext()).startswith(report.facts.title)
    assert root.get("lang") == "en-GB"


def test_every_figure_has_a_title_a_description_and_the_same_figures_as_a_table(
    environment: Environment,
) -> None:
    root = _parsed(render_pdf_html(rich_sample.rich(), DIGEST, environment))
    parents = {child: parent for parent in root.iter() for child in parent}
    charts = list(root.iter(f"{SVG}svg"))[1:]
    # Two dumbbells, each narrow and wide, of which a style shows one; and slopes for each part.
    assert len(charts) == 6
    identifiers = [element.get("id") for chart in charts for element in chart.iter() if element.get("id")]
    assert len(set(identifiers)) == len(identifiers)
    for chart in charts:
        assert "".join(next(chart.iter(f"{SVG}title")).itertext())
        assert "".join(next(chart.iter(f"{SVG}desc")).itertext())
        figure = parents[chart]
        siblings = list(parents[figure])
        assert figure.tag == "figure"
        behind = siblings[siblings.index(figure) + 1]
        assert behind.tag == "details"
        assert len(list(behind.iter("table"))) == 1


def test_the_tables_show_every_figure_that_the_report_holds(environment: Environment) -> None:
    report = report_samples.northern_bridge()
    root = _parsed(render_page_body(report, DIGEST, environment))
    rows = _with_class(root, "report-statement-row")
    shown = [" ".join("".join(cell.itertext()).split()) for row in rows for cell in list(row)[1:-1]]
    expected = [
        figure.text
        for part in report.parts
        for section in part.sections
        for item in section.items
        for figure in (*item.values.values(), item.everyone)
    ]
    assert len(shown) == len(expected)
    assert all(text.startswith(figure) for text, figure in zip(shown, expected, strict=True))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hidden=st.sets(st.sampled_from([group.id for group in report_samples.GROUPS]), min_size=1),
    one=FIGURES,
    another=FIGURES,
)
def test_what_is_not_shown_looks_the_same_whatever_it_was_in_every_format(
    environment: Environment, hidden: set[str], one: Displayed, another: Displayed
) -> None:
    start = report_samples.northern_bridge()
    reports = [
        report_samples.with_values(
            report_samples.with_values(start, dict.fromkeys(hidden, before)), dict.fromkeys(hidden, NOT_SHOWN)
        )
        for before in (one, another)
    ]
    assert to_csv(reports[0]) == to_csv(reports[1])
    assert report_to_bytes(reports[0]) == report_to_bytes(reports[1])
    bodies = [render_page_body(report, DIGEST, environment) for report in reports]
    assert bodies[0] == bodies[1]
    cells = {
        re.sub(r' data-label="[^"]*"', "", cell)
        for cell in re.findall(r"<td[^>]*>[^<]*Not shown.*?</td>", bodies[0], flags=re.DOTALL)
        if "colspan" not in cell
    }
    assert cells == {f'<td role="cell" class="report-not-shown">{NOT_SHOWN_TEXT}</td>'}


def test_the_words_of_the_promise_stand_in_the_report_and_in_one_without_figures(
    environment: Environment,
) -> None:
    for report in (report_samples.northern_bridge(), report_samples.unreportable()):
        text = " ".join(render_page_body(report, DIGEST, environment).split())
        assert "confidential until the review closes, anonymous after" in text


def test_a_report_without_figures_says_what_to_do_next_time(environment: Environment) -> None:
    text = render_page_body(report_samples.unreportable(), DIGEST, environment)
    assert "What to do next time" in text
    assert "<table" not in text


@pytest.mark.parametrize(
    ("mode", "words"), [("two_key", "only the steward held the key"), ("one_host", "one-host mode")]
)
def test_the_report_says_who_held_the_key(environment: Environment, mode: str, words: str) -> None:
    report = report_samples.northern_bridge()
    text = render_page_body(replace(report, facts=replace(report.facts, mode=mode)), DIGEST, environment)
    assert words in " ".join(text.split())


def test_text_of_people_is_shown_and_never_obeyed(environment: Environment) -> None:
    root = _parsed(render_page_body(report_samples.hostile(), DIGEST, environment))
    quotes = ["".join(quote.itertext()).strip() for quote in root.iter("blockquote")]
    assert "<script>alert(1)</script>" in quotes
    assert any("{{ 7 * 7 }}" in quote for quote in quotes)
    assert not [element for element in root.iter() if element.tag in {"link", "style", "script"}]


def test_the_subject_without_a_view_of_its_own_gets_no_comparison(environment: Environment) -> None:
    view = view_model(report_samples.northern_bridge(), DIGEST)
    prime, chain = view.parts
    assert prime.overview is not None
    assert prime.gaps is not None
    assert chain.overview is None
    assert chain.gaps is None
    assert chain.heat_map is not None


def test_one_protected_column_is_not_repeated_as_everyone(environment: Environment) -> None:
    groups = (report_samples.OWN, replace(report_samples.OTHER_PARTIES, title="All partners together"))
    report = _with_groups(report_samples.northern_bridge(), groups, received=13)
    heads = [column.head for column in view_model(report, DIGEST).parts[0].columns]
    assert heads == ["Own view", "All partners together"]
    _parsed(render_page_body(report, DIGEST, environment))


def test_a_part_in_which_only_the_own_view_is_shown_still_reads(environment: Environment) -> None:
    report = _with_groups(report_samples.northern_bridge(), (report_samples.OWN,))
    prime = report.parts[0]
    silent = tuple(
        replace(
            section,
            everyone=NOT_SHOWN,
            items=tuple(replace(item, everyone=NOT_SHOWN) for item in section.items),
        )
        for section in prime.sections
    )
    report = replace(report, parts=(replace(prime, sections=silent, gaps=(), received=None), report.parts[1]))
    assert "cannot be compared" in render_page_body(report, DIGEST, environment)


def test_many_columns_leave_the_strip_out_rather_than_squeeze_the_figures() -> None:
    more = tuple(
        replace(report_samples.VOLUNTARY, id=f"group-{number}", title=f"Group {number}")
        for number in range(5)
    )
    report = _with_groups(report_samples.northern_bridge(), (*report_samples.GROUPS, *more))
    assert view_model(report, DIGEST).parts[0].elements[0].table.is_wide
    assert not view_model(report_samples.northern_bridge(), DIGEST).parts[0].elements[0].table.is_wide


def test_a_comment_on_an_element_without_a_table_is_not_lost(environment: Environment) -> None:
    report = report_samples.northern_bridge()
    prime = report.parts[0]
    stray = replace(
        prime.comments[0], section_id="elsewhere", section_title="Elsewhere", quotes=("A stray remark.",)
    )
    report = replace(report, parts=(replace(prime, comments=(*prime.comments, stray)), report.parts[1]))
    assert "A stray remark." in render_page_body(report, DIGEST, environment)


def test_a_raised_k_leaves_out_the_rows_of_the_table_that_cannot_occur() -> None:
    report = report_samples.northern_bridge()
    view = view_model(replace(report, facts=replace(report.facts, k=12)), DIGEST)
    assert [row.answers for row in view.fineness] == ["12 to 14", "15 to 29", "30 or more"]


def test_every_statement_has_one_number_and_the_practices_point_to_it() -> None:
    view = view_model(report_samples.northern_bridge(), DIGEST)
    numbers = [row.number for part in view.parts for element in part.elements for row in element.table.rows]
    assert numbers == list(range(1, len(numbers) + 1))
    [links] = [row.statements for row in view.practices if row.id == "P2a.2"]
    assert [(link.number, link.anchor) for link in links] == [(2, "statement-2"), (25, "statement-25")]
    assert all(row.text for row in view.practices)


def test_a_template_that_asks_for_something_missing_fails(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("{{ nothing }}")
    with pytest.raises(Exception, match="nothing"):
        pdf_environment(tmp_path).get_template("x.html").render()


def _with_groups(report: Report, groups: tuple[ReportGroup, ...], *, received: int | None = None) -> Report:
    prime = report.parts[0]

    def fitted(values: dict[str, Displayed]) -> dict[str, Displayed]:
        return {group.id: values.get(group.id, Shown(30, 5, End.NONE)) for group in groups}

    sections = tuple(
        replace(
            section,
            means=fitted(dict(section.means)),
            items=tuple(replace(item, values=fitted(dict(item.values))) for item in section.items),
        )
        for section in prime.sections
    )
    changed: Part = replace(prime, groups=groups, sections=sections, received=received or prime.received)
    return replace(report, parts=(changed, *report.parts[1:]))


def _parsed(html: str) -> Element:
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    root: Element = parser.parse(html.lstrip())
    assert not [error for error in parser.errors if error[1] != "expected-doctype-but-got-start-tag"]
    return root


def _with_class(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in (element.get("class") or "").split()]
