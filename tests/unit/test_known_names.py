"""Names of a roster in a comment: in full and in short, and not the everyday words that they are made of."""

from __future__ import annotations

import pytest

from surveys.known_names import KnownNames, find, known_names

PEOPLE = (
    *("Beth Ramsden", "Sian Prosser", "Claire Dunmore", "Col. James Hartley (retd)", "Dr Elin Jørgensen"),
    *("Mark Marsh", "Mary O'Brien", "Rosalind Ng", "Ann Ramsden-Jones"),
)
ORGANISATIONS = (
    *("Harbour Trust", "Calder Valley Training CIC", "Women's Work Collective", "Horizon Works Ltd"),
    *("Northern Bridge Employment Ltd", "Signpost Mental Health", "Training Housing Enterprise"),
)
NAMES = known_names(PEOPLE, ORGANISATIONS, but=["Northern Bridge Employment Ltd"])


def labels(text: str, names: KnownNames = NAMES) -> list[str]:
    return [passage.label for passage in find(text, names)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("It is as Harbour Trust says.", "Harbour Trust"),
        ("harbour trust’s people are kind.", "Harbour Trust"),
        ("We heard it from Calder Valley.", "Calder Valley Training CIC"),
        ("CALDER VALLEY TRAINING told us.", "Calder Valley Training CIC"),
        ("The Calder people know.", "Calder Valley Training CIC"),
        ("Ask the WWC.", "Women's Work Collective"),
        ("womens work? No: Women’s Work.", "Women's Work Collective"),
        ("Beth said so.", "Beth Ramsden"),
        ("beth ramsden said so.", "Beth Ramsden"),
        ("B. Ramsden said so.", "Beth Ramsden"),
        ("I told Mrs Prosser.", "Sian Prosser"),
        ("Hartley rang us twice.", "Col. James Hartley (retd)"),
        ("Dr. Jørgensen helped.", "Dr Elin Jørgensen"),
        ("It was O’Brien.", "Mary O'Brien"),
        ("mark marsh decides", "Mark Marsh"),
        ("Mr Marsh decides", "Mark Marsh"),
        ("Ms Ng advised us", "Rosalind Ng"),
    ],
)
def test_a_name_is_found_as_people_write_it(text: str, label: str) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "They mark our work, and the harbour is far. We trust them.",
        "Mark my words: the marsh is deep. Marsh land.",
        "Training is good. Housing is not. The work of women matters.",
        "Northern Bridge pays late; so does Northern Bridge Employment. NBE!",
        "A wider horizon works for us.",
        "Signpost people to health.",
        "I was claire-voyant and bethought myself.",
    ],
)
def test_everyday_words_and_the_name_that_the_review_is_about_are_none(text: str) -> None:
    assert labels(text) == []


def test_several_names_are_found_in_the_order_of_the_text_and_none_twice_at_one_place() -> None:
    text = "Calder Valley Training CIC and Beth Ramsden; then Harbour Trust"
    assert labels(text) == ["Calder Valley Training CIC", "Beth Ramsden", "Harbour Trust"]
    passages = find(text, NAMES)
    assert [text[one.start : one.end] for one in passages] == [
        "Calder Valley Training CIC",
        "Beth Ramsden",
        "Harbour Trust",
    ]


def test_an_empty_roster_has_no_names() -> None:
    assert labels("Harbour Trust and Beth", known_names((), ())) == []
    assert labels("…", known_names(("—", "()"), ("&", "Ltd"))) == []


def test_names_do_not_print_themselves() -> None:
    assert "Beth" not in repr(NAMES)
