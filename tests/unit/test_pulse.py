"""A pulse tells of nobody: what is shown of all that a group can have answered, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement, product

import pytest

from reports.display import show_share_of_any
from reports.errors import CountError
from reports.model import NOT_SHOWN, ShownShare
from reports.pulse import (
    OpenedPulse,
    PulseResult,
    build_pulse,
    share_from_text,
    share_to_text,
    words_of,
)
from surveys.errors import BrokenSealError
from surveys.groups import DisclosurePolicy, is_safe
from surveys.pulse import (
    LIMIT,
    QUESTIONS,
    Answered,
    Aspect,
    EarlierPulse,
    Likeness,
    Matter,
    Outcome,
    Reply,
    date_faults,
    envelope,
    from_envelope,
    likeness,
    outcome_of,
    repeat_faults,
    shortest_of,
    size_faults,
)

POLICY = DisclosurePolicy()
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
YES, NO, CANNOT_TELL = Reply.YES, Reply.NO, Reply.CANNOT_TELL
ALL = (YES, NO, CANNOT_TELL)
Key = tuple[str, str, str]


def built(replies: tuple[Reply, ...], organisations: int = 5) -> PulseResult:
    """The result where person after person is of another organisation, both questions alike."""
    answers = [
        OpenedPulse(f"o{place % organisations}", {Aspect.NOTICED: reply, Aspect.AGREED: reply})
        for place, reply in enumerate(replies)
    ]
    return build_pulse(answers, POLICY)


def shown(result: PulseResult) -> Key:
    """Everything that anybody ever sees: the two shares and whether the action moves."""
    return share_to_text(result.noticed), share_to_text(result.agreed), result.outcome.value


def everything_that_can_be(people: int) -> Iterator[tuple[Reply, ...]]:
    """Every way in which so many people can answer one question."""
    yield from product(ALL, repeat=people)


@pytest.mark.parametrize("people", [5, 6, 7, 8])
def test_whatever_is_shown_both_answers_stay_possible_for_everybody(people: int) -> None:
    """To an outsider, and to one insider who knows their own answer; to two of them from eight on."""
    insiders = 2 if people >= 8 else 1
    possible: dict[tuple[Key, tuple[Reply, ...]], list[set[Reply]]] = defaultdict(
        lambda: [set() for _ in range(people)]
    )
    for replies in everything_that_can_be(people):
        key = shown(built(replies))
        for insider in range(insiders + 1):
            for place, reply in enumerate(replies):
                possible[key, replies[:insider]][place].add(reply)
    for (key, known), answers in possible.items():
        if key[2] == Outcome.NOT_SHOWN:
            continue
        for place in range(len(known), people):
            assert {YES, NO} <= answers[place], (key, known, place)


@pytest.mark.parametrize("people", range(5, 41))
def test_every_band_leaves_yes_and_no_open_at_any_size(people: int) -> None:
    by_band: dict[Key, set[int]] = defaultdict(set)
    for yes in range(people + 1):
        by_band[shown(built((YES,) * yes + (NO,) * (people - yes)))].add(yes)
    assert len(by_band) == (3 if people > 5 else 2)
    # Insiders take themselves out; of the others both some yes and some no stay possible for each.
    insiders = 2 if people >= 8 else 1
    for counts, known in product(by_band.values(), range(insiders + 1)):
        for own in range(known + 1):
            others = {yes - own for yes in counts if 0 <= yes - own <= people - known}
            assert not others or (max(others) > 0 and min(others) < people - known)


def test_the_move_of_the_action_says_no_more_than_the_share() -> None:
    outcomes: dict[str, set[Outcome]] = defaultdict(set)
    for people in range(1, 25):
        for yes in range(people + 1):
            result = built((YES,) * yes + (NO,) * (people - yes))
            outcomes[share_to_text(result.noticed)].add(result.outcome)
    assert all(len(found) == 1 for found in outcomes.values())


@pytest.mark.parametrize(
    ("band", "outcome"),
    [
        (None, Outcome.NOT_SHOWN),
        ((0, 40), Outcome.NOT_FELT),
        ((40, 60), Outcome.BETWEEN),
        ((60, 100), Outcome.FELT),
        ((0, 20), Outcome.NOT_FELT),
        ((20, 80), Outcome.BETWEEN),
        ((80, 100), Outcome.FELT),
    ],
)
def test_the_lowest_band_is_not_felt_and_the_highest_is(
    band: tuple[int, int] | None, outcome: Outcome
) -> None:
    assert outcome_of(band) is outcome


@pytest.mark.parametrize(
    ("by_organisation", "is_shown"),
    [
        ({"a": 2, "b": 2, "c": 1}, False),
        ({"a": 1, "b": 1, "c": 3}, False),
        ({"a": 5, "b": 5}, False),
        ({"a": 9, "b": 1, "c": 2}, False),
        ({"a": 2, "b": 2, "c": 2}, True),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, True),
        ({"a": 1, "b": 1, "c": 1, "d": 1}, False),
    ],
)
def test_a_share_needs_five_people_of_three_organisations_and_four_without_any_one(
    by_organisation: dict[str, int], is_shown: bool
) -> None:
    answers = [
        OpenedPulse(organisation, {Aspect.NOTICED: NO})
        for organisation, people in by_organisation.items()
        for _ in range(people)
    ]
    result = build_pulse(answers, POLICY)
    assert isinstance(result.noticed, ShownShare) is is_shown is is_safe(by_organisation, POLICY)
    assert result.outcome is (Outcome.NOT_FELT if is_shown else Outcome.NOT_SHOWN)
    assert is_shown or "nothing could be shown" in size_faults(by_organisation, POLICY)[0].message


def test_whoever_cannot_tell_counts_for_nothing() -> None:
    assert built((YES,) * 4 + (CANNOT_TELL,) * 9).outcome is Outcome.NOT_SHOWN
    assert shown(built((YES,) * 6 + (NO,) * 3)) == shown(built((YES,) * 6 + (NO,) * 3 + (CANNOT_TELL,) * 9))


def test_the_second_share_stands_only_beside_the_first() -> None:
    answers = [OpenedPulse(f"o{place}", {Aspect.AGREED: YES}) for place in range(9)]
    assert build_pulse(answers, POLICY) == PulseResult(NOT_SHOWN, NOT_SHOWN)
    answers += [OpenedPulse(f"p{place}", {Aspect.NOTICED: YES}) for place in range(9)]
    assert shown(build_pulse(answers, POLICY)) == ("60-100", "60-100", "felt")


def test_a_higher_k_is_kept() -> None:
    answers = [OpenedPulse(f"o{place}", {Aspect.NOTICED: NO}) for place in range(7)]
    assert build_pulse(answers, DisclosurePolicy(k=8)).outcome is Outcome.NOT_SHOWN
    assert build_pulse(answers, DisclosurePolicy(k=7)).outcome is Outcome.NOT_FELT


def test_a_kept_share_is_read_back_and_has_its_words() -> None:
    for share in (NOT_SHOWN, ShownShare(0, 30), ShownShare(40, 60), ShownShare(80, 100)):
        assert share_from_text(share_to_text(share)) == share
    assert words_of("0-30") == "3 in 10 or fewer"
    assert words_of("40-60") == "more than 4 and fewer than 6 in 10"
    assert words_of("80-100") == "8 in 10 or more"
    assert words_of("") == NOT_SHOWN.text


def test_an_envelope_is_read_back_by_its_own_pulse_and_organisation_alone() -> None:
    said = Answered({Aspect.NOTICED: CANNOT_TELL, Aspect.AGREED: NO})
    sealed = envelope(said, "p", "o")
    assert from_envelope(sealed, "p", "o") == said
    assert "cannot" not in repr(said)
    for pulse, organisation in (("q", "o"), ("p", "q")):
        with pytest.raises(BrokenSealError):
            from_envelope(sealed, pulse, organisation)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"pulse":"p","organisation":"o","replies":{"noticed":"perhaps"}}',
     b'{"pulse":"p","organisation":"o","replies":{"other":"yes"}}', b'{"pulse":"p","organisation":"o","replies":[1]}'],
)  # fmt: skip
def test_anything_else_is_no_envelope(content: bytes) -> None:
    with pytest.raises(BrokenSealError):
        from_envelope(content, "p", "o")


def test_both_questions_have_words() -> None:
    assert list(QUESTIONS) == list(Aspect)


@pytest.mark.parametrize(("days", "is_right"), [(4, False), (5, True), (60, True), (61, False)])
def test_the_close_is_neither_too_soon_nor_too_late(days: int, is_right: bool) -> None:
    faults = date_faults(NOW + timedelta(days=days), NOW, shortest=timedelta(days=5))
    assert (faults == ()) is is_right
    assert all(fault.place == "closes_at" and fault.mend for fault in faults)


PEOPLE = {f"person {number:02}": f"organisation {number // 2}" for number in range(12)}
FRIENDS = {f"friend {number:02}": f"place {number}" for number in range(6)}


def earlier(
    days: int, people: Mapping[str, str] = PEOPLE, likeness_: Likeness = Likeness.SAME
) -> EarlierPulse:
    return EarlierPulse(NOW - timedelta(days=days), likeness_, people)


def places(people: Mapping[str, str], *others: EarlierPulse) -> list[str]:
    return [fault.place for fault in repeat_faults(NOW, people, others, POLICY)]


def test_ninety_days_lie_between_two_closes_on_the_same_thing() -> None:
    assert places(PEOPLE, earlier(89)) == places(PEOPLE, earlier(-89)) == ["closes_at"]
    assert places(PEOPLE, earlier(90), earlier(400)) == []
    assert places(PEOPLE, earlier(1, likeness_=Likeness.KINDRED)) == []


@pytest.mark.parametrize("gone", [1, 2, 4, 5, 6, 11])
def test_whom_only_one_of_two_pulses_asks_is_nobody_or_enough(gone: int) -> None:
    """Whatever made the difference: other groups, another verifier or owner, or another list of people."""
    names = sorted(PEOPLE)
    fewer = {name: PEOPLE[name] for name in names[gone:]}
    is_refused = gone < 6
    assert bool(places(fewer, earlier(400))) is bool(places(PEOPLE, earlier(400, fewer))) is is_refused
    # Others in their place must be enough too, and cannot make up for them.
    assert bool(places({**fewer, **FRIENDS}, earlier(400))) is is_refused
    assert places({**fewer, "friend": "place"}, earlier(400)) == ["groups"]


def test_five_who_differ_are_too_few_where_one_organisation_carries_them() -> None:
    for organisations in (["a"] * 5, ["a", "b"] * 3, ["a", "a", "a", "b", "c"]):
        more = PEOPLE | {f"other {place}": organisation for place, organisation in enumerate(organisations)}
        assert places(more, earlier(400)) == ["groups"]
    assert places(PEOPLE | {f"other {place}": f"{place}" for place in range(5)}, earlier(400)) == []


def test_a_kindred_pulse_matters_for_ninety_days_and_any_other_never() -> None:
    fewer = {name: PEOPLE[name] for name in sorted(PEOPLE)[2:]}
    assert places(fewer, earlier(89, likeness_=Likeness.KINDRED)) == ["groups"]
    assert places(fewer, earlier(90, likeness_=Likeness.KINDRED)) == []
    assert places(fewer, earlier(1, likeness_=Likeness.OTHER)) == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Invoices are paid within 14 days", Likeness.SAME),
        ("invoices are  paid within 14 DAYS!", Likeness.SAME),
        ("In\u00advoices are paid – within 14 days …", Likeness.SAME),
        ("Invoices are really paid within 14 days", Likeness.SAME),
        ("Within 14 days invoices are paid", Likeness.SAME),
        ("Fewer forms", Likeness.OTHER),
        ("Everybody has one person to call", Likeness.OTHER),
    ],
)
def test_what_says_the_same_is_the_same_thing(title: str, expected: Likeness) -> None:
    one, other = Matter("Invoices are paid within 14 days", "", ""), Matter(title, "", "")
    assert likeness(one, other) is likeness(other, one) is expected


def test_two_titles_on_one_statement_are_kindred() -> None:
    one = Matter("Invoices are paid within 14 days", "prime", "4c")
    assert likeness(one, Matter("Fewer forms", "prime", "4c")) is Likeness.KINDRED
    assert likeness(one, Matter("Fewer forms", "prime", "4d")) is Likeness.OTHER
    assert likeness(one, Matter("Fewer forms", "chain", "4c")) is Likeness.OTHER


def shapes() -> Iterator[tuple[int, ...]]:
    """Everything that the organisations of a small chain can be asked in: how many people of each."""
    for organisations in range(1, 8):
        for shape in combinations_with_replacement(range(1, 6), organisations):
            if sum(shape) <= 12:
                yield shape


def test_what_is_shown_proves_of_nobody_that_they_have_answered() -> None:
    """Every way in which everybody who can be asked says yes, no or nothing, by organisation."""
    asked = [shape for shape in shapes() if not size_faults(dict(per_organisation(shape)), POLICY)]
    assert min(map(sum, asked)) == 7 and len(asked) > 50
    for shape in asked:
        is_whole: dict[str, set[int]] = defaultdict(set)
        for answered in product(*(range(people + 1) for people in shape)):
            by_organisation = dict(per_organisation(answered))
            if not is_safe(by_organisation, POLICY):
                continue
            silent = {place for place, people in enumerate(shape) if answered[place] < people}
            for yes in range(sum(answered) + 1):
                share = show_share_of_any(yes, sum(answered), by_organisation, POLICY, limit=LIMIT)
                is_whole[share_to_text(share)] |= silent
        assert set(is_whole) == {"0-40", "40-60", "60-100"}
        # Of every organisation somebody can have kept silent, whatever is shown.
        assert all(silent == set(range(len(shape))) for silent in is_whole.values()), shape


def per_organisation(counts: Iterable[int]) -> Iterator[tuple[str, int]]:
    return ((f"o{place}", people) for place, people in enumerate(counts))


@pytest.mark.parametrize(
    "by_organisation",
    [
        {"a": 5, "b": 2, "c": 2},
        dict.fromkeys("abcde", 1),
        dict.fromkeys("abcdef", 1),
        {"a": 2, "b": 2, "c": 2},
    ],
)
def test_so_few_are_not_asked_that_a_result_would_prove_somebodys_answer(
    by_organisation: dict[str, int],
) -> None:
    assert is_safe(by_organisation, POLICY)
    (fault,) = size_faults(by_organisation, POLICY)
    assert fault.place == "groups" and "would show that somebody has answered" in fault.message and fault.mend


@pytest.mark.parametrize("people", range(5, 41))
def test_the_bands_tell_nothing_of_how_many_have_answered(people: int) -> None:
    found = {share_to_text(built((YES,) * yes + (NO,) * (people - yes)).noticed) for yes in range(people + 1)}
    assert found == {"0-40", "60-100"} | ({"40-60"} if people > 5 else set())


def test_bands_that_five_answers_do_not_allow_are_refused() -> None:
    with pytest.raises(CountError):
        show_share_of_any(5, 10, {"a": 3, "b": 3, "c": 4}, POLICY, limit=30)
    with pytest.raises(CountError):
        show_share_of_any(11, 10, {"a": 3, "b": 3, "c": 4}, POLICY, limit=40)


def test_a_pulse_is_open_for_seven_whole_days_except_in_a_demo() -> None:
    assert shortest_of(timedelta(days=5)) == timedelta(days=7)
    assert shortest_of(timedelta(seconds=1)) == timedelta(seconds=1)
    (fault,) = date_faults(NOW + timedelta(minutes=4), NOW, shortest=shortest_of(timedelta(days=5)))
    assert "7 whole days" in fault.mend
