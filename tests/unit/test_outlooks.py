"""The preflight in words: a sentence never says what its pictures do not show."""

from __future__ import annotations

from itertools import product

import pytest

from review_app.services.previews import Heat, HeatRow
from review_app.web import chances, previewing
from review_app.web.words import listed
from surveys.matrix import Group
from surveys.preflight import RATES, Forecast, GroupOutlook, SubjectOutlook, Verdict
from surveys.subjects import Subject

NOT, JOINED, ALONE = Verdict.NOT_REPORTABLE, Verdict.MERGED, Verdict.RELEASED
EVERY_GROUP = list(product((NOT, JOINED, ALONE), repeat=len(RATES)))
EVERY_REPORT = list(product((NOT, ALONE), repeat=len(RATES)))
RATE_WORDS = ("3 in 10", "half", "7 in 10", "everybody")
SPECIALISTS = Group("specialists", "Specialists", False, frozenset())


def forecasts(verdicts: tuple[Verdict, ...]) -> tuple[Forecast, ...]:
    """A forecast for each rate that ends with the verdict for certain."""
    return tuple(
        Forecast(rate, {one: float(one is verdict) for one in Verdict})
        for rate, verdict in zip(RATES, verdicts, strict=True)
    )


def of_group(verdicts: tuple[Verdict, ...]) -> str:
    return chances.group_sentence(GroupOutlook(SPECIALISTS, 8, 4, 2, forecasts(verdicts)))


def of_report(verdicts: tuple[Verdict, ...]) -> str:
    subject = SubjectOutlook(Subject.PRIME, 8, 4, True, frozenset(), forecasts(verdicts), (), ())
    return chances.report_sentence(subject)


def understood(sentence: str) -> tuple[Verdict, ...]:
    """What somebody who reads a sentence on a group expects at each rate, the lowest first."""
    if sentence == "It is not shown, even if everybody answers.":
        return (NOT,) * 4
    if sentence == "Its answers count, joined with others; it is never shown on its own.":
        return (JOINED,) * 4
    if sentence == "It is shown on its own even if only 3 in 10 answer.":
        return (ALONE,) * 4
    if sentence.startswith("It also depends"):
        return _read_run_by_run(sentence)
    words, _, below = sentence.partition(";")
    place = next(place for place, rate in enumerate(RATE_WORDS) if f"once {rate} answer" in words)
    top = JOINED if "Its answers count" in words else ALONE
    under = JOINED if "it is joined with others" in below else NOT
    found = [under] * place + [top] * (len(RATES) - place)
    if ", and with fewer than " in below:
        lowest = next(place for place, rate in enumerate(RATE_WORDS) if f"fewer than {rate} it" in below)
        found[:lowest] = [NOT] * lowest
    return tuple(found)


def _read_run_by_run(sentence: str) -> tuple[Verdict, ...]:
    """The verdict of the last clause before each rate is named."""
    clauses = {
        "it is shown on its own if": ALONE,
        "it is joined with others if": JOINED,
        "it is not shown if": NOT,
    }
    found = []
    for rate in RATE_WORDS:
        before = sentence[: sentence.index(rate)]
        found.append(clauses[max(clauses, key=before.rfind)])
    return tuple(found)


@pytest.mark.parametrize("verdicts", EVERY_GROUP)
def test_a_sentence_on_a_group_says_what_its_pictures_show(verdicts: tuple[Verdict, ...]) -> None:
    assert understood(of_group(verdicts)) == verdicts


@pytest.mark.parametrize("verdicts", EVERY_REPORT)
def test_a_sentence_on_a_report_says_what_its_pictures_show(verdicts: tuple[Verdict, ...]) -> None:
    sentence = of_report(verdicts)
    if list(verdicts) != sorted(verdicts, key=(NOT, ALONE).index):
        # More answers never unmake a report, but a draw may fall that way; then each rate is named.
        assert all(rate in sentence for rate in RATE_WORDS)
        return
    place = verdicts.index(ALONE) if ALONE in verdicts else None
    expected = {
        None: "There can be no report, even if everybody answers.",
        0: "There is a report even if only 3 in 10 answer.",
        1: "There is a report once half answer; with fewer answers nothing is shown.",
        2: "There is a report once 7 in 10 answer; with fewer answers nothing is shown.",
        3: "There is a report once everybody answers; with fewer answers nothing is shown.",
    }
    assert sentence == expected[place]


@pytest.mark.parametrize("verdicts", EVERY_GROUP)
def test_sentences_are_good_english(verdicts: tuple[Verdict, ...]) -> None:
    sentence = of_group(verdicts)
    assert "everybody answer " not in sentence and "everybody answer;" not in sentence
    assert "10 answers" not in sentence and "half answers" not in sentence
    assert sentence[0].isupper() and sentence.endswith(".") and ".." not in sentence


def test_a_group_that_loses_its_own_line_to_a_smaller_one_says_when() -> None:
    assert of_group((NOT, ALONE, JOINED, JOINED)) == (
        "It also depends on how many of the other groups answer: it is not shown if 3 in 10 answer, it is shown on its"
        " own if half answer and it is joined with others if 7 in 10 or everybody answers."
    )


def test_every_verdict_has_a_picture_and_words_of_its_own() -> None:
    found = [
        chances.chance(forecast, chances.OF_GROUP) for forecast in forecasts((NOT, JOINED, ALONE, ALONE))
    ]
    assert [(chance.picture, chance.words) for chance in found[:3]] == [
        ("none", "Not shown"),
        ("joined", "Joined with others"),
        ("alone", "Shown on its own"),
    ]
    assert [chance.response for chance in found] == [
        *("If 3 in 10 answer", "If half answer"),
        *("If 7 in 10 answer", "If everybody answers"),
    ]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), (("A", "B", "C"), "A, B and C")],
)
def test_names_are_listed_as_a_sentence_lists_them(names: tuple[str, ...], sentence: str) -> None:
    assert listed(names) == sentence


@pytest.mark.parametrize(
    ("most", "shades"),
    [
        (0, [0]),
        (1, [0, 4]),
        (4, [0, 1, 2, 3, 4]),
        (8, [0, 1, 1, 2, 2, 3, 3, 4, 4]),
        (11, [0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4]),
        (400, [0, *[1] * 149, *[2] * 100, *[3] * 100, *[4] * 51]),
    ],
)
def test_the_darker_a_square_the_more_people(most: int, shades: list[int]) -> None:
    rows = tuple(HeatRow(Subject.PRIME, (count,)) for count in range(most + 1))
    lines = previewing._heat(Heat((SPECIALISTS,), rows), {Subject.PRIME: "Northern Bridge"}).lines
    assert [line.squares[0].shade for line in lines] == shades
    assert [line.squares[0].count for line in lines] == list(range(most + 1))


def test_an_empty_heat_map_has_no_shades() -> None:
    view = previewing._heat(Heat((), ()), {})
    assert (view.title, view.lines) == ("0 reviews, about 0 subjects", ())
