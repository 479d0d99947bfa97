"""Passages that could tell who wrote a comment: one set of examples for the server's rules and for the page's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import identifying
from tools.steps import BIN

ROOT = Path(__file__).parents[2]
EXAMPLES: list[dict[str, Any]] = json.loads((ROOT / "tests" / "identifying.json").read_text("utf-8"))
IN_THE_PAGE = """
import { readFileSync } from "node:fs";
import { find } from "./review_app/static/identifying.js";
const texts = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(texts.map((text) => find(text).map(({ kind, label }) => [kind, label]))));
"""


def found_by_the_server(text: str) -> list[list[str]]:
    return [[passage.kind.value, passage.label] for passage in identifying.find(text)]


def found_by_the_page(texts: list[str]) -> list[list[list[str]]]:
    node = [str(BIN / "node"), "--input-type=module", "--eval", IN_THE_PAGE]
    ran = subprocess.run(node, cwd=ROOT, input=json.dumps(texts), capture_output=True, text=True, check=True)
    found: list[list[list[str]]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["text"][:30])
def test_the_server_finds_what_the_examples_say(example: dict[str, Any]) -> None:
    assert found_by_the_server(example["text"]) == example["found"]


def test_the_page_finds_what_the_examples_say() -> None:
    found = found_by_the_page([example["text"] for example in EXAMPLES])
    assert found == [example["found"] for example in EXAMPLES]


PIECES = st.sampled_from(
    [
        *(
            "£",
            "12",
            "0",
            "01632 960123",
            "k",
            " pounds",
            ",",
            ".",
            "/",
            "-",
            " ",
            "(",
            ")",
            "@",
            "a.example",
            "ŵ",
            "É",
        ),
        *(
            "march",
            "Mai",
            "o ",
            "last Monday",
            "million",
            "AB123456C",
            "+44 ",
            "2026",
            "and ",
            "twelve ",
            "\n",
            "x",
        ),
    ]
)


def test_the_page_and_the_server_agree_on_what_nobody_thought_of() -> None:
    texts: list[str] = []

    @given(st.lists(PIECES, max_size=14).map("".join))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    assert len(texts) > 50
    assert [found_by_the_server(text) for text in texts] == found_by_the_page(texts)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_passages_are_in_order_never_overlap_and_stand_in_the_text(text: str) -> None:
    end = 0
    for passage in identifying.find(text):
        assert end <= passage.start < passage.end
        assert text[passage.start : passage.end] == passage.label
        end = passage.end


def test_a_passage_does_not_print_what_somebody_wrote() -> None:
    assert "£12,000" not in repr(identifying.find("£12,000"))
