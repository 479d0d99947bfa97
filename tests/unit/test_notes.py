"""Two windows of one link never take each other's notes away, and saving twice is as once."""

from __future__ import annotations

from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from surveys.notes import Typed, merged, seen_of

SLOTS = 5
NOTES = st.lists(st.sampled_from(["", "a", "b", "c", "d"]), min_size=SLOTS, max_size=SLOTS)


def page(showed: list[str], now: list[str], slots: set[int]) -> dict[int, Typed]:
    """What a page posts that showed some notes in these slots, and holds others in them now."""
    return {slot: Typed(now[slot], seen_of(showed[slot])) for slot in slots}


def test_a_page_changes_empties_and_adds_what_it_showed() -> None:
    saved = ["one", "two", "", "", ""]
    now = ["one, better", "", "three", "", ""]
    assert merged(saved, page(saved, now, {0, 1, 2})) == ("one, better", "", "three", "", "")


def test_what_a_page_did_not_show_stays() -> None:
    assert merged(["", "two", "", "", ""], page([""] * 5, ["one"] + [""] * 4, {0})) == (
        "one",
        "two",
        "",
        "",
        "",
    )


def test_what_another_window_has_saved_meanwhile_is_neither_overwritten_nor_emptied() -> None:
    saved, showed = ["theirs", "", "", "", ""], [""] * 5
    assert merged(saved, page(showed, ["mine"] + [""] * 4, {0})) == ("theirs", "mine", "", "", "")
    assert merged(saved, page(["before", "", "", "", ""], [""] * 5, {0})) == tuple(saved)


def test_where_there_is_no_room_nothing_is_lost_silently() -> None:
    assert merged(["a", "b", "c", "d", "e"], {0: Typed("new", "")}) is None


@example(["", "c", "", "", ""], ["", "", "", "", "a"], ["", "b", "a", "a", "c"], {0, 1, 2, 3, 4})
@given(NOTES, NOTES, NOTES, st.sets(st.integers(0, SLOTS - 1)))
def test_nothing_that_another_window_saved_goes_away_and_twice_is_as_once(
    showed: list[str], saved: list[str], now: list[str], slots: set[int]
) -> None:
    posted = page(showed, now, slots)
    after = merged(saved, posted)
    if after is None:
        return
    unseen = Counter(saved[slot] for slot in range(SLOTS) if slot not in slots or saved[slot] != showed[slot])
    del unseen[""]
    assert not unseen - Counter(after)
    assert {now[slot] for slot in slots} - {""} <= set(after)
    # A retry of a form whose answer was lost: every text is there, and no slot that it did not show has changed.
    again = merged(after, posted)
    assert again is not None and {text for text in again if text} == {text for text in after if text}
