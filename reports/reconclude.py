"""A report's findings, indications and comparisons worked out again from its displayed figures, by other code.

Written from docs/methodology.md alone, on the plain JSON, as ``reports.recompute`` is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from reports.recompute import EVERYONE, Figure, Json
from surveys.practices import practices
from surveys.subjects import Subject

_MOST = 3
_LOWEST, _HIGHEST, _WHOLE = 10, 50, 100
_STRENGTH_FROM, _CONCERN_BELOW, _WIDE, _WIDE_STEPS = 35, 30, 10, 2
_UNSEEN_FROM, _SPLIT_FROM = 50, 40
_FEW, _HALF = 10, Fraction(1, 2)
# Grades from the best to the worst, and where each begins, in tenths.
_GRADES = (("excellent", 44), ("good", 40), ("satisfactory", 36), ("not_yet_satisfactory", 0))
_OPEN_UPWARDS = {"good": "good_or_better", "satisfactory": "satisfactory_or_better"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One statement with the figures that findings rest on."""

    section_id: str
    item: Json
    own: Figure
    others: Figure
    before: Figure


def conclusion_faults(report: Json, previous: Json | None) -> Iterator[str]:
    """What a report concludes that its figures do not say. ``previous``: the last report, where it is there."""
    last = report.get("previous")
    for part in report["parts"]:
        is_mirror = part["subject"] == Subject.BUYERS and any(
            Subject(other["subject"]).is_partner for other in report["parts"]
        )
        if "findings" not in part or is_mirror:
            continue
        is_told = last is not None and part["subject"] not in last["too_few"] and not _is_small(part)
        if part["findings"] != list(_findings(part, is_told=is_told)):
            yield f"{part['title']}: the findings are not those that the figures give."
        if part["indications"] != list(_indications(part)):
            yield f"{part['title']}: the indications are not those that the figures give."
        if previous is not None:
            yield from _before_faults(part, report, previous)
        elif last is None and any(item["before"] for item in _items(part)):
            yield f"{part['title']}: shows figures of an earlier review that the report does not name."
    if list(report.get("actions", ())) != list(_agreed(report)):
        yield "What it says beside the actions is not what the figures of their statements give."
    if previous is not None and last is not None:
        small = [part["subject"] for part in previous["parts"] if _is_small(part)]
        if small != list(last["too_few"]):
            yield "The report says of other parts than the last report's that too few answered then."


def _agreed(report: Json) -> Iterator[Json]:
    """The actions with what the report shows of their statements; without those of which it shows no statement."""
    on_one = [part for part in report["parts"] if Subject(part["subject"]).is_partner]
    for action in report.get("actions", ()):
        for part in on_one or report["parts"]:
            for row in _rows(part):
                if (part["subject"], row.item["question_id"]) == (action["subject"], action["question_id"]):
                    verdict = _became(row, part, report["previous"])
                    yield {**action, "before": row.before, "now": row.others, "verdict": verdict}


def _became(row: _Row, part: Json, last: Json | None) -> str:
    if last is not None and (_is_small(part) or part["subject"] in last["too_few"]):
        return "too_few"
    if last is None or row.others is None or row.before is None:
        return "not_comparable"
    step = max(row.others["step"], row.before["step"])
    if _surely_above(row.others, row.before) >= step:
        return "better"
    if _surely_above(row.before, row.others) >= step:
        return "worse"
    furthest = max(_high(row.others) - _low(row.before), _high(row.before) - _low(row.others))
    return "about_the_same" if furthest < step else "cannot_tell"


def _items(part: Json) -> Iterator[Json]:
    return (item for section in part["sections"] for item in section["items"])


def _is_small(part: Json) -> bool:
    came = part["received"]
    if Subject(part["subject"]).is_partner or came is None:
        return False
    return bool(came < _FEW or came < _HALF * part["asked"])


def _rows(part: Json) -> list[_Row]:
    own_id = next((group["id"] for group in part["groups"] if group["is_self"]), None)
    other_id = _other_id(part)
    return [
        _Row(
            section["id"],
            item,
            item["values"].get(own_id),
            item["everyone"] if other_id == EVERYONE else item["values"].get(other_id),
            item["before"].get(other_id),
        )
        for section in part["sections"]
        for item in section["items"]
    ]


def _other_id(part: Json) -> str | None:
    """Whose figures stand against the own ones: everyone's; of one partner, the first organisation that says anything.

    The prime comes before the tier-1 partners.
    """
    if not Subject(part["subject"]).is_partner:
        return EVERYONE
    views = [
        group["id"] for group in part["groups"] if group["kind"] == "attributed" and not group["is_self"]
    ]
    ordered = [id_ for id_ in views if not id_.startswith(("own:", "buyer:"))]
    ordered += [id_ for id_ in views if id_ not in ordered]
    return next((id_ for id_ in ordered if any(item["values"].get(id_) for item in _items(part))), None)


def _low(figure: Json) -> int:
    return _LOWEST if figure["end"] == "or_below" else int(figure["tenths"])


def _high(figure: Json) -> int:
    return _HIGHEST if figure["end"] == "or_above" else int(figure["tenths"])


def _surely_above(one: Figure, other: Figure) -> int:
    return _low(one) - _high(other) if one is not None and other is not None else 0


def _findings(part: Json, *, is_told: bool) -> Iterator[dict[str, Any]]:
    rows = _rows(part)
    rules: list[tuple[str, Callable[[Sequence[_Row]], list[_Row]], tuple[str, ...]]] = [
        ("strength", _strengths, ()),
        ("concern", _concerns, ("not_seen",)),
        ("blind_spot", lambda found: _wide(found, lambda row: _surely_above(row.own, row.others)), ("own",)),
        (
            "hidden_strength",
            lambda found: _wide(found, lambda row: _surely_above(row.others, row.own)),
            ("own",),
        ),
        ("not_seen", _unseen, ("not_seen",)),
        ("split", _split, ()),
    ]
    if is_told:
        rules += [
            (
                "better",
                lambda found: _changed(found, lambda row: _surely_above(row.others, row.before)),
                ("before",),
            ),
            (
                "worse",
                lambda found: _changed(found, lambda row: _surely_above(row.before, row.others)),
                ("before",),
            ),
        ]
    for kind, rule, rests_on in rules:
        for row in rule(rows)[:_MOST]:
            yield {
                "id": f"{kind}:{part['subject']}:{row.item['question_id']}",
                "kind": kind,
                "subject": part["subject"],
                "section_id": row.section_id,
                "question_id": row.item["question_id"],
                "everyone": row.others,
                "own": row.own if "own" in rests_on else None,
                "before": row.before if "before" in rests_on else None,
                "not_seen": row.item["not_seen"] if "not_seen" in rests_on else None,
            }


def _is_unseen(item: Json) -> bool:
    return bool(item["not_seen"] is not None and item["not_seen"]["low"] >= _UNSEEN_FROM)


def _strengths(rows: Sequence[_Row]) -> list[_Row]:
    found = [
        (row, row.others)
        for row in rows
        if row.others is not None and _low(row.others) >= _STRENGTH_FROM and not _is_unseen(row.item)
    ]
    cap = min((figure["tenths"] for _, figure in found if figure["end"] == "or_above"), default=_HIGHEST)
    return [row for row, _ in sorted(found, key=lambda pair: -min(pair[1]["tenths"], cap))]


def _concerns(rows: Sequence[_Row]) -> list[_Row]:
    found = [
        (row, row.others) for row in rows if row.others is not None and _high(row.others) < _CONCERN_BELOW
    ]
    floor_ = max((figure["tenths"] for _, figure in found if figure["end"] == "or_below"), default=_LOWEST)
    return [row for row, _ in sorted(found, key=lambda pair: max(pair[1]["tenths"], floor_))]


def _wide(rows: Sequence[_Row], gap: Callable[[_Row], int]) -> list[_Row]:
    def least(row: _Row) -> int:
        return max(
            _WIDE, _WIDE_STEPS * max(int(figure["step"]) for figure in (row.own, row.others) if figure)
        )

    both = [row for row in rows if row.own is not None and row.others is not None]
    return sorted((row for row in both if gap(row) >= least(row)), key=lambda row: -gap(row))


def _unseen(rows: Sequence[_Row]) -> list[_Row]:
    found = [row for row in rows if _is_unseen(row.item)]
    shares = [row.item["not_seen"] for row in found]
    cap = min((share["low"] for share in shares if share["high"] == _WHOLE), default=_WHOLE)
    return sorted(found, key=lambda row: -min(row.item["not_seen"]["low"], cap))


def _split(rows: Sequence[_Row]) -> list[_Row]:
    return [row for row in rows if any(_is_divided(shown) for shown in row.item["distributions"].values())]


def _is_divided(distribution: Json | None) -> bool:
    if distribution is None:
        return False
    bands = distribution["bands"]

    def at_least(chosen: Sequence[Json], rest: Sequence[Json]) -> int:
        return max(sum(int(band["low"]) for band in chosen), _WHOLE - sum(int(band["high"]) for band in rest))

    return min(at_least(bands[:2], bands[2:]), at_least(bands[-2:], bands[:-2])) >= _SPLIT_FROM


def _changed(rows: Sequence[_Row], rise: Callable[[_Row], int]) -> list[_Row]:
    found = [
        row
        for row in rows
        if row.others is not None
        and row.before is not None
        and rise(row) >= max(row.others["step"], row.before["step"])
    ]
    return sorted(found, key=lambda row: -rise(row))


def _indications(part: Json) -> Iterator[dict[str, Any]]:
    if Subject(part["subject"]).is_partner or not part["groups"]:
        return
    principle_of = {id_: practice.principle for id_, practice in practices().items()}
    for principle in dict.fromkeys(principle_of.values()):
        items = [
            item for item in _items(part) if principle in {principle_of.get(one) for one in item["practices"]}
        ]
        figures = [item["everyone"] for item in items if item["everyone"] is not None]
        yield {
            "principle": principle,
            "everyone": _to_a_tenth(figures),
            "shown": len(figures),
            "asked": len(items),
            "grade": _grade(figures, len(items)),
        }


def _to_a_tenth(figures: Sequence[Json]) -> Figure:
    if not figures:
        return None
    exact = Fraction(sum(figure["tenths"] for figure in figures), len(figures))
    ends = {figure["end"] for figure in figures if figure["end"] != "none"}
    return {"tenths": floor(exact + _HALF), "step": 1, "end": ends.pop() if len(ends) == 1 else "none"}


def _grade(figures: Sequence[Json], asked: int) -> str:
    if not figures or len(figures) < _HALF * asked:
        return "cannot_tell"
    lowest = Fraction(sum(map(_low, figures)), len(figures))
    highest = Fraction(sum(map(_high, figures)), len(figures))
    worst, best = (next(word for word, start in _GRADES if value >= start) for value in (lowest, highest))
    return worst if worst == best else _OPEN_UPWARDS.get(worst, "cannot_tell")


def _before_faults(part: Json, report: Json, previous: Json) -> Iterator[str]:
    earlier = next((other for other in previous["parts"] if other["subject"] == part["subject"]), None)
    is_same_scale = report["facts"]["scale_labels"] == previous["facts"]["scale_labels"]
    is_same_voice = report["facts"].get("counted_by", "person") == previous["facts"].get(
        "counted_by", "person"
    )
    then = {item["question_id"]: item for item in _items(earlier)} if earlier and is_same_scale else {}
    for item in _items(part):
        last = then.get(item["question_id"])
        again: Mapping[str, Figure] = {}
        if earlier is not None and last is not None and last["wording"] == item["wording"]:
            again = dict(_comparable(part, item, earlier, last, is_same_voice=is_same_voice))
        if item["before"] != again:
            yield f"{part['title']}, “{item['wording']}”: the figures of the last review are not those of its report."


def _comparable(
    part: Json, item: Json, earlier: Json, last: Json, *, is_same_voice: bool
) -> Iterator[tuple[str, Figure]]:
    """The last figures of the columns that are the same columns now, shown both times."""

    def identity(group: Json) -> tuple[object, ...]:
        return (group["id"], group["kind"], group["is_self"], tuple(group["includes"]) or (group["title"],))

    known = {identity(group) for group in earlier["groups"]}
    for group in part["groups"]:
        id_ = group["id"]
        counts_alike = is_same_voice or group["kind"] == "attributed"
        if group["kind"] != "average" and counts_alike and identity(group) in known:
            now, before = item["values"].get(id_), last["values"].get(id_)
            if now is not None and before is not None:
                yield id_, before
    is_whole = is_same_voice and _behind(part, item) == _behind(earlier, last)
    if is_whole and item["everyone"] is not None and last["everyone"] is not None:
        yield EVERYONE, last["everyone"]


def _behind(part: Json, item: Json) -> set[str]:
    """The groups, pooled ones by their members, that are in everyone's figure of a statement."""
    return {
        title
        for group in part["groups"]
        if group["answers"] is not None and item["values"].get(group["id"]) is not None
        for title in group["includes"] or [group["title"]]
    }
