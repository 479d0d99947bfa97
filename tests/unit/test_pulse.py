"""A pulse tells of nobody: what is shown of all that a group can have answered, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

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
    QUESTIONS,
    Answered,
    Aspect,
    EarlierPulse,
    Outcome,
    Reply,
    date_faults,
    envelope,
    from_envelope,
    outcome_of,
    repeat_faults,
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
    for counts in by_band.values():
        # One insider takes themselves out; of the others both some yes and some no stay possible for each.
        for own in (0, 1):
            others = {yes - own for yes in counts if 0 <= yes - own <= people - 1}
            assert max(others) > 0 and min(others) < people - 1


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
    assert bool(size_faults(by_organisation, POLICY)) is not is_shown


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


PEOPLE = frozenset(f"person {number}" for number in range(12))
GROUPS = frozenset({"vcs", "specialists"})


def earlier(days: int, *, groups: frozenset[str] = GROUPS, people: frozenset[str] = PEOPLE) -> EarlierPulse:
    return EarlierPulse(NOW - timedelta(days=days), groups, people)


def test_ninety_days_lie_between_two_closes() -> None:
    assert repeat_faults(NOW, GROUPS, PEOPLE, [earlier(89)])[0].place == "closes_at"
    assert repeat_faults(NOW, GROUPS, PEOPLE, [earlier(-89)])[0].place == "closes_at"
    assert repeat_faults(NOW, GROUPS, PEOPLE, [earlier(90), earlier(400)]) == ()


@pytest.mark.parametrize("gone", [1, 4, 5])
def test_other_groups_may_not_differ_by_one_to_four_people(gone: int) -> None:
    fewer = frozenset(sorted(PEOPLE)[gone:])
    other = frozenset({"vcs"})
    refused = repeat_faults(NOW, other, fewer, [earlier(400)])
    assert bool(refused) is (gone < 5)
    # Those who left by themselves are nobody's choice.
    assert repeat_faults(NOW, GROUPS, fewer, [earlier(400)]) == ()
    # People in the place of others count on both sides.
    swapped = fewer | {f"new {number}" for number in range(gone)}
    assert bool(repeat_faults(NOW, other, swapped, [earlier(400)])) is (2 * gone < 5)
