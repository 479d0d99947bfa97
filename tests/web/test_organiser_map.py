"""The map of a chain on its page, and as a PDF."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import html5lib
import pdfua
import pikepdf
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review_app import clock
from review_app.database import transaction
from review_app.services import chains
from review_app.services.accounts import Account
from surveys.chain import Chain
from tests.chain_samples import HOSTILE, large_chain, small_chain
from tests.pages import PageClient
from tests.web.organisers import rows_of_table

SIGNED_IN = Callable[[Account], None]


def keep(app: Flask, chain: Chain) -> str:
    """The address of the page of a chain that is now in the database."""
    with app.app_context(), transaction() as session:
        return f"/organiser/chains/{chains.keep(session, clock.now(), chain)}"


def test_the_page_of_a_chain_draws_every_party_and_every_contract(
    app: Flask, client: PageClient, organiser: Account, northern_bridge: str, sign_in: SIGNED_IN
) -> None:
    sign_in(organiser)
    page = client.get(f"/organiser/chains/{northern_bridge}").text
    root = html5lib.parse(page, namespaceHTMLElements=False)
    [figure] = root.iter("figure")
    heading = "".join(next(figure.iter("h2")).itertext())
    assert heading == "Northern Bridge Employment Ltd works with 15 partners directly; 5 more work for them"
    assert _classed(figure, "rt-map__party") == 22
    assert _classed(figure, "rt-map__line") == 21
    [region] = [element for element in figure.iter() if element.get("role") == "region"]
    assert region.get("tabindex") == "0" and region.get("aria-label") == "Map of the chain"


def test_the_table_under_the_map_says_the_same(
    app: Flask, client: PageClient, organiser: Account, northern_bridge: str, sign_in: SIGNED_IN
) -> None:
    sign_in(organiser)
    rows = rows_of_table(client.get(f"/organiser/chains/{northern_bridge}").text)
    assert ["Lighthouse Debt Advice", "Specialist", "Voluntary sector", "2", "Tyne Steps", "1"] in rows
    assert [
        "Department for Skills and Work", "Commissioner", "Public sector", "Not stated", "Nobody in the chain", "2",
    ] in rows  # fmt: skip


def test_a_hostile_name_is_text_on_the_page_and_in_the_pdf(
    app: Flask, client: PageClient, organiser: Account, sign_in: SIGNED_IN, tmp_path: Path
) -> None:
    sign_in(organiser)
    address = keep(app, small_chain())
    assert "<script>alert" not in client.get(address).text
    with _printed(client.get(f"{address}/map.pdf").data, tmp_path) as printed:
        assert HOSTILE in " ".join(printed.text.split())


@pytest.fixture
def map_of(
    app: Flask, client: PageClient, organiser: Account, sign_in: SIGNED_IN
) -> Callable[[Chain], TestResponse]:
    """Asks for the PDF of a chain, as its organiser."""
    sign_in(organiser)
    return lambda chain: client.get(f"{keep(app, chain)}/map.pdf")


@pytest.mark.parametrize("chain", [small_chain(), large_chain()], ids=["small", "large"])
def test_the_pdf_is_accessible_and_has_the_table(
    map_of: Callable[[Chain], TestResponse], tmp_path: Path, chain: Chain
) -> None:
    answer = map_of(chain)
    assert answer.mimetype == "application/pdf"
    assert f"map-{chain.id}.pdf" in answer.headers["Content-Disposition"]
    with _printed(answer.data, tmp_path) as printed:
        assert [finding.message for finding in pdfua.validate(str(printed.file)).findings] == []
        assert printed.count("/H1") == 1
        assert printed.count("/TR") >= len(chain.parties) + 1
        title = str(printed.document.docinfo["/Title"])
        assert title == f"{chain.name}: who works for whom"
        words = " ".join(printed.text.split())
        assert all(party.name in words for party in chain.parties)


@pytest.mark.parametrize(("chain", "width"), [(small_chain(), 842), (large_chain(), 1191)], ids=["A4", "A3"])
def test_the_picture_fits_one_sheet(
    map_of: Callable[[Chain], TestResponse], tmp_path: Path, chain: Chain, width: int
) -> None:
    with _printed(map_of(chain).data, tmp_path) as printed:
        first, second, *_ = printed.document.pages
        assert round(float(first.mediabox[2])) == width
        assert round(float(second.mediabox[2])) == 842
        assert "The map as a table" in printed.text.split("\f")[1]


def test_a_chain_that_is_not_there_has_no_map(
    client: PageClient, organiser: Account, sign_in: SIGNED_IN
) -> None:
    sign_in(organiser)
    assert client.get("/organiser/chains/nothing/map.pdf").status_code == 404


def _classed(root: Any, name: str) -> int:
    return sum(name in (element.get("class") or "").split() for element in root.iter())


class _printed:  # noqa: N801 (reads as a function)
    """A PDF with its text, while it is open."""

    def __init__(self, content: bytes, folder: Path) -> None:
        self.file = folder / "map.pdf"
        self.file.write_bytes(content)
        command = ["pdftotext", "-raw", str(self.file), "-"]
        self.text = subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def __enter__(self) -> _printed:
        self.document = pikepdf.open(self.file)
        return self

    def __exit__(self, *_: object) -> None:
        self.document.close()

    def count(self, kind: str) -> int:
        """How many structure elements of a kind the PDF has."""
        return sum(
            isinstance(one, pikepdf.Dictionary) and one.get("/S") == pikepdf.Name(kind)
            for one in self._elements()
        )

    def _elements(self) -> Iterator[Any]:
        yield from self.document.objects
