from __future__ import annotations

import re
import sys
from dataclasses import replace
from itertools import combinations
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.chain_labels import labels, width_of
from reports.chain_map import SCREEN, SHEET, Box, ChainMap, Room, draw
from reports.render import pdf_environment, render_map_html
from review_app.layout import template_folder
from surveys.chain import Chain, Role, Standing
from tests.chain_samples import HOSTILE, chains, large_chain, party, small_chain

ROOMS = pytest.mark.parametrize("room", [SCREEN, SHEET], ids=["screen", "sheet"])
SMALLEST_LETTERS = 11


@given(chain=chains(), room=st.sampled_from([SCREEN, SHEET]))
@settings(max_examples=60, deadline=None)
def test_every_party_is_drawn_once_and_no_two_boxes_touch(chain: Chain, room: Room) -> None:
    drawn = draw(chain, room)
    assert [box.id for box in drawn.boxes] == [one.id for one in chain.parties]
    assert all(not _touch(one, other) for one, other in combinations(drawn.boxes, 2))
    assert all(box.x > 0 and box.x + box.width < drawn.width for box in drawn.boxes)
    assert all(box.y > 0 and box.y + box.height < drawn.height for box in drawn.boxes)


@given(chain=chains(), room=st.sampled_from([SCREEN, SHEET]))
@settings(max_examples=60, deadline=None)
def test_every_contract_is_one_line_to_the_right_from_its_buyer_to_its_supplier(
    chain: Chain, room: Room
) -> None:
    drawn = draw(chain, room)
    boxes = {box.id: box for box in drawn.boxes}
    contracts = [(buyer, one.id) for one in chain.parties for buyer in one.buyers]
    assert sorted((line.buyer, line.supplier) for line in drawn.lines) == sorted(contracts)
    for line in drawn.lines:
        buyer, supplier = boxes[line.buyer], boxes[line.supplier]
        assert buyer.column < supplier.column and buyer.x + buyer.width < supplier.x
        assert line.path.startswith(f"M{buyer.x + buyer.width:g} {buyer.y + buyer.height / 2:g}")
        assert (
            float(line.path.rpartition("H")[2] if "H" in line.path[-9:] else line.path.split()[-2])
            < supplier.x
        )


@given(chain=chains(most=60), room=st.sampled_from([SCREEN, SHEET]))
@settings(max_examples=40, deadline=None)
def test_no_line_runs_across_a_box(chain: Chain, room: Room) -> None:
    drawn = draw(chain, room)
    for line in drawn.lines:
        for y, left, right in _level_parts(line.path):
            for box in drawn.boxes:
                is_beside = right <= box.x or left >= box.x + box.width
                assert is_beside or not box.y < y < box.y + box.height, (line, box)


@given(chain=chains(most=40))
@settings(max_examples=30, deadline=None)
def test_the_list_for_a_phone_and_the_table_hold_every_party_once(chain: Chain) -> None:
    drawn = draw(chain, SCREEN)
    names = sorted(one.name for one in chain.parties)
    assert sorted(twig.name for twig in drawn.tree) == names
    assert sorted(row.name for row in drawn.table.rows) == names


@ROOMS
def test_the_same_chain_is_the_same_picture(room: Room) -> None:
    environment = pdf_environment(template_folder())
    first, second = (render_map_html("Large", draw(large_chain(), room), environment) for _ in range(2))
    assert first == second


def test_a_hundred_and_twenty_parties_fit_into_a_window_of_1280_px_with_letters_to_read() -> None:
    drawn = draw(large_chain(), SCREEN)
    assert drawn.width <= SCREEN.width
    assert drawn.height < 2000
    assert drawn.letters >= SMALLEST_LETTERS


def test_a_hundred_and_twenty_parties_take_a_sheet_of_a3_and_the_sample_one_of_a4() -> None:
    large, small = draw(large_chain(), SHEET), draw(small_chain(), SHEET)
    assert large.is_large and not small.is_large
    assert large.width < 2200 and large.height < 1500


def test_drawing_a_hundred_and_twenty_parties_takes_a_bounded_number_of_steps() -> None:
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        draw(large_chain(), SCREEN)
    finally:
        sys.setprofile(before)
    assert calls < 600_000


def test_a_small_chain_needs_no_more_than_a_column_of_text_and_no_lanes() -> None:
    drawn = draw(small_chain(), SCREEN)
    assert not drawn.is_wide
    assert {box.x for box in drawn.boxes if box.column == 2} == {drawn.boxes[2].x}


def test_the_columns_say_what_their_parties_have_in_common() -> None:
    assert [heading.label.text for heading in draw(small_chain(), SCREEN).headings] == [
        "Commissioner: 1",
        "Prime: 1",
        "Work for the prime: 2",
        "One contract further: 1",
    ]


@pytest.mark.parametrize(
    ("parties", "title"),
    [
        ([], "prime works with no partner yet"),
        ([("a", "prime")], "prime works with 1 partner directly"),
        ([("a", "prime"), ("b", "a")], "prime works with 1 partner directly; 1 more works for it"),
        (
            [("a", "prime"), ("b", "prime"), ("c", "a"), ("d", "a")],
            "prime works with 2 partners directly; 2 more work for them",
        ),
        (
            [("a", "prime"), ("b", "a"), ("c", "b")],
            "prime works with 1 partner directly; 2 more work further along the chain",
        ),
    ],
)
def test_the_title_counts_who_works_for_whom(parties: list[tuple[str, str]], title: str) -> None:
    found = [party("prime", Role.PRIME), *(party(id_, Role.SPECIALIST, buyer) for id_, buyer in parties)]
    assert draw(Chain("c", "C", tuple(found)), SCREEN).title == title


def test_a_partner_who_does_not_work_in_the_chain_is_dashed_with_a_word_and_not_counted() -> None:
    drawn = draw(small_chain(), SCREEN)
    bid = next(box for box in drawn.boxes if box.id == "bid")
    assert bid.tag is not None and bid.tag.text == "potential"
    assert [line.supplier for line in drawn.lines if line.is_dashed] == ["bid"]
    assert drawn.key.has_dashes
    assert drawn.title == "Alder Works Ltd works with 2 partners directly"


def test_every_role_has_an_outline_of_its_own_and_every_sector_its_letters() -> None:
    drawn = draw(large_chain(), SCREEN)
    outlines = [(key.outline.path, key.outline.fill, key.inner) for key in drawn.key.roles]
    assert len(set(outlines)) == len(drawn.key.roles) == 5
    assert len({key.mark.letters for key in drawn.key.sectors}) == 3
    assert len({re.sub(r"[\d.-]+", "", key.mark.path) for key in drawn.key.sectors}) == 3


def test_a_loop_and_a_buyer_outside_the_chain_do_not_stop_the_drawing() -> None:
    one, other = party("a", Role.SPECIALIST, "b", "gone"), party("b", Role.SPECIALIST, "a")
    drawn = draw(Chain("c", "C", (party("prime", Role.PRIME), one, other)), SCREEN)
    assert len(drawn.boxes) == 3
    assert len(drawn.lines) == 1


def test_a_line_of_contracts_a_thousand_long_is_drawn() -> None:
    parties = [
        party("p0", Role.PRIME),
        *(party(f"p{n}", Role.SPECIALIST, f"p{n - 1}") for n in range(1, 1000)),
    ]
    drawn = draw(Chain("c", "C", tuple(parties)), SCREEN)
    assert drawn.headings[-1].label.text == "998 contracts further: 1"


def test_names_are_escaped_wherever_they_stand() -> None:
    html = render_map_html("Small", draw(small_chain(), SHEET), pdf_environment(template_folder()))
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 2


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=8))
def test_a_name_takes_two_lines_at_most_and_stays_within_its_box(names: list[str]) -> None:
    for lines in labels(names, 100, 11.5):
        assert 1 <= len(lines) <= 2
        assert all(width_of(line, 11.5) <= 100 for line in lines)


def test_a_long_name_loses_its_legal_form_before_its_end() -> None:
    assert labels(["Wakefield Employability Limited"], 90, 11.5) == (("Wakefield", "Employability"),)
    assert labels(["Wakefield Works Limited"], 90, 11.5) == (("Wakefield", "Works Limited"),)


def test_names_that_differ_at_their_end_alone_are_told_apart() -> None:
    names = [
        f"The North East Regional Partnership for Skills, Work and Health of {town}"
        for town in ("Hull", "York")
    ]
    one, other = labels(names, 110, 11.5)
    assert one != other
    assert one[-1].endswith("Hull") and other[-1].endswith("York")


def test_a_past_partner_is_said_to_be_one_in_the_table() -> None:
    chain = small_chain()
    past = tuple(replace(one, standing=Standing.PAST) if one.id == "first" else one for one in chain.parties)
    rows = {row.name: row for row in draw(replace(chain, parties=past), SCREEN).table.rows}
    assert rows["Fellside"].role == "Subcontractor (past)"
    assert rows["Lantern Debt Advice"].buyers == ("Fellside", "Alder Works Ltd")
    assert rows[HOSTILE].role == "Subcontractor (potential)"


def _touch(one: Box, other: Box) -> bool:
    return (
        abs(one.x - other.x) < max(one.width, other.width) + 8
        and abs(one.y - other.y) < max(one.height, other.height) + 8
    )


def _level_parts(path: str) -> list[tuple[float, float, float]]:
    """The horizontal parts of a path, as (y, from x, to x)."""
    found, x, y = [], 0.0, 0.0
    for letter, numbers in re.findall(r"([MCHVQ])([^MCHVQ]*)", path):
        values = [float(number) for number in numbers.split()]
        if letter == "H":
            found.append((y, min(x, values[0]), max(x, values[0])))
            x = values[0]
        elif letter == "V":
            y = values[0]
        else:
            x, y = values[-2:]
    return found


def test_the_parts_of_a_path_are_read_as_they_are_drawn() -> None:
    assert _level_parts("M1 2C3 2 4 5 6 5H9V8H7") == [(5, 6, 9), (8, 7, 9)]


def test_a_map_knows_what_it_shows() -> None:
    drawn: ChainMap = draw(small_chain(), SCREEN)
    assert drawn.boxes[4].spoken == (
        "Lantern Debt Advice: Specialist, private sector. Works for Fellside, Alder Works Ltd. 1 person."
    )
    assert "5 organisations in 4 columns, with 5 lines" in drawn.description
