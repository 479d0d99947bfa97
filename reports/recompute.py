"""Every derived figure of a report computed again from the displayed ones, by other code than computed them.

Written from docs/methodology.md alone, on the plain JSON and with exact fractions: it imports nothing that counts,
rounds or concludes. What it finds different is a fault, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from surveys.subjects import Subject

Json = Mapping[str, Any]
Figure = Mapping[str, Any] | None

EVERYONE = "everyone"
MOST_GAPS = 5
# The pairs of ends that figures of a step may have, in tenths, the narrower one first.
_ENDS: Mapping[int, tuple[tuple[int, int], ...]] = {5: ((20, 40),), 2: ((20, 40), (16, 44)), 1: ((14, 46),)}
# How a mean of so many values is shown: from how many on, its step and its ends.
_TABLE = ((30, 1, (14, 46)), (15, 2, (16, 44)), (10, 2, (20, 40)), (5, 5, (20, 40)))
# In steps of 0.2, groups of fewer people have the narrower ends.
_WIDER_FROM = 15


def figure_faults(report: Json) -> Iterator[str]:
    """What does not follow from the displayed figures: everyone, elements, received, gaps."""
    is_on_partner = any(Subject(part["subject"]).is_partner for part in report["parts"])
    for part in report["parts"]:
        is_mirror = is_on_partner and part["subject"] == Subject.BUYERS
        yield from _part_faults(part, is_mirror=is_mirror)


def average_faults(report: Json, of_partners: Sequence[Json]) -> Iterator[str]:
    """What is wrong with the averages over partners in a report. ``of_partners``: the reports on all of them."""
    parts = [part for one in of_partners for part in one["parts"] if Subject(part["subject"]).is_partner]
    for part in report["parts"]:
        for group in part["groups"]:
            if group["kind"] != "average":
                continue
            for section in part["sections"]:
                for item in section["items"]:
                    views = [_view(other, group["id"], item["question_id"]) for other in parts]
                    again = average(views, report["facts"]["k"])
                    if item["values"][group["id"]] != again:
                        stated = (
                            f"the average is {say(item['values'][group['id']])}, and comes to {say(again)}"
                        )
                        yield f"{part['title']}, “{item['wording']}”: {stated}."


def _view(part: Json, average_id: str, question_id: str) -> Figure:
    """What a partner's report shows of the view that an average is made of: its own, or the prime's."""
    is_own = average_id == "average:own"
    id_ = next(
        (
            group["id"]
            for group in part["groups"]
            if group["kind"] == "attributed" and (group["is_self"] if is_own else _is_primes(group))
        ),
        None,
    )
    items = (item for section in part["sections"] for item in section["items"])
    found: Figure = next(
        (item["values"].get(id_) for item in items if item["question_id"] == question_id), None
    )
    return found


def _is_primes(group: Json) -> bool:
    return not group["is_self"] and not group["id"].startswith(("own:", "buyer:"))


def average(figures: Sequence[Figure], k: int) -> Figure:
    """The plain mean of what partners' reports show, from one more than k of them on."""
    shown = [figure for figure in figures if figure is not None]
    if len(shown) <= k:
        return None
    step, ends = next((step, ends) for least, step, ends in _TABLE if len(shown) >= least)
    return _rounded(Fraction(sum(figure["tenths"] for figure in shown), len(shown)), step, ends)


def derived_figures(report: Json) -> int:
    """How many derived figures a report has that this can compute again."""
    counted = 0
    for part in report["parts"]:
        counted += len(part["gaps"]) + len(part.get("findings", ())) + len(part.get("indications", ()))
        for section in part["sections"]:
            counted += 1 + len(section["means"]) + len(section["items"])
    return counted


def _part_faults(part: Json, *, is_mirror: bool) -> Iterator[str]:
    weights = {group["id"]: group["answers"] for group in part["groups"] if group["answers"] is not None}
    for section in part["sections"]:
        for item in section["items"]:
            again = together([(item["values"][id_], people) for id_, people in weights.items()])
            # A mirror repeats everyone's figures of the main report, of which it shows one column.
            if item["everyone"] != again and not is_mirror:
                stated = f"everyone is {say(item['everyone'])}, and comes to {say(again)}"
                yield f"{part['title']}, “{item['wording']}”: {stated}."
        yield from _mean_faults(part, section)
    came = sum(weights.values()) if weights else None
    if part["received"] != came and not is_mirror:
        yield f"{part['title']}: {part['received']} reviews received, and the groups add up to {came}."
    if part["gaps"] != gaps(part):
        yield f"{part['title']}: the widest gaps are not those that the figures give."


def _mean_faults(part: Json, section: Json) -> Iterator[str]:
    columns = {
        group["id"]: [item["values"][group["id"]] for item in section["items"]] for group in part["groups"]
    }
    columns[EVERYONE] = [item["everyone"] for item in section["items"]]
    titles = {group["id"]: group["title"] for group in part["groups"]} | {EVERYONE: "everyone"}
    stated = {**section["means"], EVERYONE: section["everyone"]}
    if stated.keys() != columns.keys():
        yield f"{part['title']}, {section['title']}: has means for other columns than its groups."
        return
    for id_, figures in columns.items():
        again = mean(figures)
        if stated[id_] != again:
            yield (
                f"{part['title']}, {section['title']}, {titles[id_]}: the element is {say(stated[id_])}, and comes to "
                f"{say(again)}."
            )


def together(figures: Sequence[tuple[Figure, int]]) -> Figure:
    """Everyone: the mean of the shown groups' figures weighted by their people, in the coarsest step."""
    shown = [(figure, people) for figure, people in figures if figure is not None]
    if not shown:
        return None
    exact = Fraction(
        sum(figure["tenths"] * people for figure, people in shown), sum(people for _, people in shown)
    )
    ends = [_ends_of_group(figure, people) for figure, people in shown]
    low, high = max(low for low, _ in ends), min(high for _, high in ends)
    return _rounded(exact, max(figure["step"] for figure, _ in shown), (low, high))


def mean(figures: Sequence[Figure]) -> Figure:
    """An element: the plain mean of the figures that are shown, in the coarsest step among them."""
    shown = [figure for figure in figures if figure is not None]
    if not shown:
        return None
    step = max(figure["step"] for figure in shown)
    coarsest = [figure for figure in shown if figure["step"] == step]
    exact = Fraction(sum(figure["tenths"] for figure in shown), len(shown))
    return _rounded(exact, step, _ends_of_step(step, coarsest))


def gaps(part: Json) -> list[dict[str, Any]]:
    """The five widest gaps between the own view and everyone's, the widest first."""
    own_id = next((group["id"] for group in part["groups"] if group["is_self"]), None)
    found = []
    for section in part["sections"]:
        for item in section["items"]:
            own, everyone = item["values"].get(own_id), item["everyone"]
            if own is not None and everyone is not None:
                found.append(_gap(section["id"], item, own, everyone))
    # Python keeps the order of equals: that of the questionnaire.
    found.sort(key=lambda gap: -abs(gap["tenths"]))
    return found[:MOST_GAPS]


def _gap(section_id: str, item: Json, own: Json, everyone: Json) -> dict[str, Any]:
    compared = own["tenths"]
    if everyone["end"] == "or_above":
        compared = min(compared, everyone["tenths"])
    elif everyone["end"] == "or_below":
        compared = max(compared, everyone["tenths"])
    tenths = compared - everyone["tenths"]
    verdict = "about_the_same"
    if abs(tenths) >= max(own["step"], everyone["step"]):
        verdict = "self_higher" if tenths > 0 else "self_lower"
    return {
        "section_id": section_id,
        "question_id": item["question_id"],
        "wording": item["wording"],
        "own": own,
        "everyone": everyone,
        "tenths": tenths,
        "verdict": verdict,
    }


def _ends_of_group(figure: Json, people: int) -> tuple[int, int]:
    """The ends of a group's figure, as a reader tells them: from a joined figure itself, else from the people."""
    pairs = _ENDS[figure["step"]]
    side = {"or_below": 0, "or_above": 1}.get(figure["end"])
    if side is not None:
        named = [pair for pair in pairs if pair[side] == figure["tenths"]]
        if named:
            return named[-1]
    return pairs[-1] if people >= _WIDER_FROM else pairs[0]


def _ends_of_step(step: int, figures: Sequence[Json]) -> tuple[int, int] | None:
    """The ends that figures of one step may have: those that a joined one names, else the widest that fit them all."""
    pairs = _ENDS[step]
    joined = {figure["tenths"] for figure in figures if figure["end"] != "none"}
    plain = [figure["tenths"] for figure in figures if figure["end"] == "none"]
    named = [pair for pair in pairs if joined.intersection(pair)]
    if named:
        return named[0]
    fitting = [pair for pair in pairs if all(pair[0] < tenths < pair[1] for tenths in plain)]
    return fitting[-1] if fitting else None


def _rounded(exact: Fraction, step: int, ends: tuple[int, int] | None) -> dict[str, Any]:
    tenths, end = floor(exact / step + Fraction(1, 2)) * step, "none"
    if ends is not None and tenths <= ends[0]:
        tenths, end = ends[0], "or_below"
    elif ends is not None and tenths >= ends[1]:
        tenths, end = ends[1], "or_above"
    return {"tenths": tenths, "step": step, "end": end}


def say(figure: Figure) -> str:
    """A figure in words, for a fault."""
    if figure is None:
        return "not shown"
    words = {"none": "", "or_below": " or below", "or_above": " or above"}[figure["end"]]
    return f"{figure['tenths'] / 10:.1f}{words}"
