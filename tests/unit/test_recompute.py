from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from reports.concluding import conclude
from reports.model import SCHEMA_VERSION, Report
from reports.recompute import average_faults, figure_faults
from reports.reconclude import conclusion_faults
from reports.release import assemble, assemble_all
from reports.schema import published_schema, report_schema
from reports.serial import report_from_bytes, report_to_bytes
from surveys.subjects import Subject
from tests import conclusion_samples, honest_reports, report_samples
from tests.counted_chains import chains_of_ballots, release_of
from tests.unit.test_partner_release import FACTS as PARTNER_FACTS
from tests.unit.test_partner_release import ON_PARTNERS, ON_PRIME
from tests.unit.test_partner_release import release_of as partner_release_of
from tests.unit.test_release import FACTS
from tools.schemas import FILE, written

BOTH = (Subject.PRIME, Subject.CHAIN)
SCHEMA = jsonschema.Draft202012Validator(json.loads(published_schema(SCHEMA_VERSION)))
SAMPLES = {
    "northern bridge": report_samples.northern_bridge,
    "unreportable": report_samples.unreportable,
    "hostile": report_samples.hostile,
    "first": conclusion_samples.first_review,
    "second": conclusion_samples.second_review,
    "followed up": conclusion_samples.followed_up,
    "on a partner": conclusion_samples.on_a_partner,
}


def raw(report: Report) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(report_to_bytes(report))
    return value


def faults(report: dict[str, Any], previous: dict[str, Any] | None = None) -> list[str]:
    return [*figure_faults(report), *conclusion_faults(report, previous)]


def made_of(ballots) -> Report:
    return conclude(assemble(FACTS, release_of(ballots, subjects=BOTH), {}), None)


@settings(max_examples=150)
@given(chains_of_ballots())
def test_every_derived_figure_of_any_report_is_recomputed_from_its_json_alone(ballots):
    report = raw(made_of(ballots))
    SCHEMA.validate(report)
    assert faults(report) == []


@settings(max_examples=60)
@given(chains_of_ballots(), chains_of_ballots())
def test_what_changed_since_the_last_report_is_recomputed_from_both(earlier, later):
    first = made_of(earlier)
    facts = replace(FACTS, reference="r2")
    second = conclude(assemble(facts, release_of(later, subjects=BOTH), {}), first)
    assert faults(raw(second), raw(first)) == []


@settings(max_examples=25)
@given(chains_of_ballots())
def test_every_single_change_of_a_derived_figure_is_found(ballots):
    report = raw(made_of(ballots))
    for changed in _each_changed(report):
        assert faults(changed)


def _each_changed(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The report with each derived figure changed, one at a time."""
    for number, part in enumerate(report["parts"]):
        for place, section in enumerate(part["sections"]):
            for id_ in section["means"]:
                yield _with(report, (number, place), "means", id_)
            yield _with(report, (number, place), "everyone")
            yield _with(report, (number, place), "items", 0, "everyone")
        for name in ("gaps", "findings", "indications"):
            if part[name]:
                changed = copy.deepcopy(report)
                changed["parts"][number][name].pop()
                yield changed
        if part["received"]:
            changed = copy.deepcopy(report)
            changed["parts"][number]["received"] += 1
            yield changed


def _with(report: dict[str, Any], where: tuple[int, int], *path: Any) -> dict[str, Any]:
    changed = copy.deepcopy(report)
    part, section = where
    value = changed["parts"][part]["sections"][section]
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = _moved(value[path[-1]])
    return changed


def _moved(figure: dict[str, Any] | None) -> dict[str, Any] | None:
    if figure is None:
        return {"tenths": 30, "step": 5, "end": "none"}
    return {**figure, "tenths": figure["tenths"] + (1 if figure["tenths"] < 30 else -1)}


@pytest.mark.parametrize("kind", ["gaps", "findings", "indications"])
def test_a_conclusion_that_the_figures_do_not_give_is_found(kind):
    report = raw(honest_reports.northern_bridge())
    assert faults(report) == []
    report["parts"][0][kind].reverse()
    assert len(faults(report)) == 1


def test_a_figure_of_the_last_review_that_its_report_does_not_show_is_found():
    first, second = (
        raw(one()) for one in (conclusion_samples.first_review, conclusion_samples.second_review)
    )
    assert not list(conclusion_faults(second, first))
    item = next(item for item in second["parts"][0]["sections"][0]["items"] if item["before"])
    item["before"][next(iter(item["before"]))] = {"tenths": 35, "step": 5, "end": "none"}
    assert any("the last review" in fault for fault in conclusion_faults(second, first))


def test_reports_on_partners_are_recomputed_with_their_averages():
    reports = assemble_all(PARTNER_FACTS, partner_release_of([*ON_PRIME, *ON_PARTNERS]), {})
    plain = [raw(conclude(report, None)) for report in reports.values()]
    for report in plain:
        assert faults(report) == []
        assert list(average_faults(report, plain)) == []


def test_the_published_schema_is_that_of_the_types():
    """`python -m tools.schemas` writes it anew."""
    assert FILE.read_text("utf-8") == written()
    jsonschema.Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_fits_the_schema(sample):
    SCHEMA.validate(raw(SAMPLES[sample]()))


def test_what_the_schema_lets_pass_can_be_read():
    whole = raw(conclusion_samples.second_review())
    for path, value in _every_value(whole):
        for wrong in ({"strange": 1}, 1.5, None, "x" if not isinstance(value, str) else 7):
            changed = copy.deepcopy(whole)
            _set(changed, path, wrong)
            if not SCHEMA.is_valid(changed):
                continue
            # What the schema lets pass can be read.
            report_from_bytes(json.dumps(changed).encode())


def _every_value(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for key, entry in entries:
        yield (*path, key), entry
        if isinstance(entry, dict | list):
            yield from _every_value(entry, (*path, key))


def _set(value: Any, path: tuple[Any, ...], wrong: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = wrong
