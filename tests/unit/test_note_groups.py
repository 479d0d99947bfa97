"""Putting notes into groups loses none of them, whatever is done in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveys import note_groups
from surveys.note_groups import Arrangement

NOTES = ("n1", "n2", "n3", "n4")
TEXTS = {"n1": "Pay sooner", "n2": "Answer the phone", "n3": "  Two\nlines ", "n4": "word " * 40}
EMPTY = Arrangement((), dict.fromkeys(NOTES))
SOME = st.frozensets(st.sampled_from(NOTES))
GROUPS = st.sampled_from(["g0", "g1", "g2", "g3", "gone"])


def test_a_new_group_takes_its_notes_from_where_they_were() -> None:
    first = note_groups.made(EMPTY, "g1", " Paying\n sooner ", frozenset({"n1", "n2"}))
    second = note_groups.made(first, "g2", "Talking", frozenset({"n2"}))
    assert second.groups == (("g1", "Paying sooner"), ("g2", "Talking"))
    assert second.notes == {"n1": "g1", "n2": "g2", "n3": None, "n4": None}
    assert note_groups.moved(second, frozenset({"n1"}), "not there") == second
    assert note_groups.renamed(second, "g2", "Answering").groups[1] == ("g2", "Answering")
    assert note_groups.dissolved(second, "g1").notes["n1"] is None


def test_each_of_its_own_is_called_by_its_beginning() -> None:
    before = note_groups.made(EMPTY, "g1", "Paying", frozenset({"n1"}))
    after = note_groups.each_its_own(before, TEXTS, {id_: f"own {id_}" for id_ in NOTES})
    assert [title for _id, title in after.groups[:3]] == ["Paying", "Answer the phone", "Two lines"]
    last = after.groups[3][1]
    assert last.endswith("word…") and len(last) <= 121
    assert None not in after.notes.values()


def change(now: Arrangement, what: str, number: int, ids: frozenset[str], group_id: str) -> Arrangement:
    """The arrangement after one change."""
    if what == "make":
        return note_groups.made(now, f"g{number}", "Called", ids)
    if what == "move":
        return note_groups.moved(now, ids, group_id)
    if what == "dissolve":
        return note_groups.dissolved(now, group_id)
    if what == "rename":
        return note_groups.renamed(now, group_id, "Otherwise")
    return note_groups.each_its_own(now, TEXTS, {id_: f"{id_} {number}" for id_ in NOTES})


@given(
    st.lists(
        st.tuples(st.sampled_from(["make", "move", "dissolve", "rename", "own"]), SOME, GROUPS), max_size=12
    )
)
def test_no_note_is_ever_lost_nor_in_a_group_that_is_not_there(
    changes: list[tuple[str, frozenset[str], str]],
) -> None:
    now = EMPTY
    for number, (what, ids, group_id) in enumerate(changes):
        now = change(now, what, number, ids, group_id)
        assert set(now.notes) == set(NOTES)
        assert set(now.notes.values()) - {None} <= {id_ for id_, _title in now.groups}
        assert note_groups.from_text(now.to_text()) == now
        assert note_groups.from_text(now.to_text()).digest == now.digest
