"""Letters and the script for the phone: printed by the steward alone, opened like a mail, and kept nowhere."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.outbox import MailRecord
from review_app.services import chains
from review_app.services.accounts import Account
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys import sealing
from tests.conftest import SAMPLE, OpenCycle, draft_on, launch_cycle
from tests.pages import PageClient
from tests.web.organisers import main_of
from tests.web.respondents import OTHER_VCS_PARTNER, VCS_PARTNER, open_link, words
from tests.web.tables import every_row, statements

POSTAL = "The Old Mill; 4 Mill Lane; HEBDEN BRIDGE; HX7 8AB"
# What is always seen through a window and what never is, in points from the corner of the sheet.
WINDOW = (20 / 25.4 * 72, 57 / 25.4 * 72, 100 / 25.4 * 72, 87 / 25.4 * 72)
AROUND = (10 / 25.4 * 72, 45 / 25.4 * 72, 110 / 25.4 * 72, 95 / 25.4 * 72)
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@pytest.fixture
def draft(app: Flask, organiser: Account, steward: Account) -> str:
    """A draft in whose chain one person has a postal address and no email address."""
    rows = SAMPLE.read_text("utf-8").splitlines()
    table = [f"{rows[0]},postal_address"]
    table += [
        f'{row.removesuffix(VCS_PARTNER)},"{POSTAL}"' if row.endswith(VCS_PARTNER) else f"{row},"
        for row in rows[1:]
    ]
    with app.app_context(), transaction() as session:
        chain = read_chain("\n".join(table).encode(), SAMPLE.name, "Pathways North")
        chain_id = chains.keep(session, clock.now(), chain)
    return draft_on(app, chain_id, organiser, steward)


@pytest.fixture
def cycle(app: Flask, draft: str, steward: Account) -> OpenCycle:
    """It, launched."""
    return launch_cycle(app, draft, steward)


@pytest.fixture
def signed_in(client: PageClient, sign_in: Callable[[Account], None], steward: Account) -> PageClient:
    """The steward's browser."""
    sign_in(steward)
    return client


def letters_page(cycle: OpenCycle) -> str:
    return f"/steward/reviews/{cycle.id}/letters"


def choice_of(page: str, name: str) -> str:
    """The value of the tick box beside a name."""
    found = re.search(r'value="([^"]+)"[^>]*>\s*<label[^>]*>\s*' + re.escape(name), page)
    assert found, name
    return found[1]


def text_of(content: bytes, folder: Path, *options: str) -> str:
    """What a program reads in a PDF."""
    file = folder / "letters.pdf"
    file.write_bytes(content)
    run = subprocess.run(["pdftotext", *options, file, "-"], capture_output=True, check=True, text=True)
    return run.stdout


def code_of(content: bytes, folder: Path) -> str:
    """The code on the first page: the lines of four groups each."""
    words = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([A-Z2-7]{4})</word>',
        text_of(content, folder, "-l", "1", "-bbox"),
    )
    lines: dict[int, list[tuple[float, str]]] = {}
    for left, top, group in words:
        lines.setdefault(round(float(top)), []).append((float(left), group))
    whole = [sorted(groups) for _, groups in sorted(lines.items()) if len(groups) == 4]
    assert len(whole) == 2
    return " ".join(group for line in whole for _, group in line)


def test_whoever_has_no_email_address_is_invited_and_gets_no_mail(app: Flask, cycle: OpenCycle) -> None:
    with app.app_context(), reading() as session:
        mails = session.query(MailRecord).filter_by(cycle_id=cycle.id).count()
    assert "" in cycle.links
    assert mails == len(cycle.links) - 1


def test_a_letter_opens_the_reviews_of_the_person_it_is_for(
    app: Flask, cycle: OpenCycle, signed_in: PageClient, tmp_path: Path
) -> None:
    page = signed_in.get(letters_page(cycle)).text
    person = choice_of(page, "Beth Ramsden")
    assert f'value="{person}" checked' in page
    answer = signed_in.send(letters_page(cycle), {"without_email": person, "kind": "first", "size": "usual"})
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert text_of(answer.data, tmp_path).count("\f") == 2
    secret = sealing.secret_of(code_of(answer.data, tmp_path))
    assert secret == cycle.links[""]
    assert "Calder Valley Training CIC" in open_link(app, secret).get("/r/reviews").text


@pytest.mark.parametrize("size", ["usual", "large"])
def test_only_the_address_is_seen_through_the_window(
    cycle: OpenCycle, signed_in: PageClient, tmp_path: Path, size: str
) -> None:
    person = choice_of(signed_in.get(letters_page(cycle)).text, "Beth Ramsden")
    answer = signed_in.send(letters_page(cycle), {"without_email": person, "kind": "first", "size": size})
    page = text_of(answer.data, tmp_path, "-bbox", "-l", "1")
    near = [
        (tuple(float(place) for place in found.groups()[:4]), found[5])
        for found in _WORD.finditer(page)
        if float(found[1]) < AROUND[2]
        and float(found[3]) > AROUND[0]
        and float(found[2]) < AROUND[3]
        and float(found[4]) > AROUND[1]
    ]
    lines = "Beth Ramsden Calder Valley Training CIC The Old Mill 4 Mill Lane HEBDEN BRIDGE HX7 8AB"
    assert " ".join(word for _, word in near) == lines
    for (left, top, right, bottom), word in near:
        assert left >= WINDOW[0] and top >= WINDOW[1] - 1, word
        assert right <= WINDOW[2] and bottom <= WINDOW[3] + 2, word


def test_printing_writes_nothing_and_a_letter_after_a_new_link_has_the_new_code(
    app: Flask, cycle: OpenCycle, signed_in: PageClient, tmp_path: Path
) -> None:
    page = signed_in.get(letters_page(cycle)).text
    fields = {"others": choice_of(page, "Gary Laidlaw"), "kind": "reminder", "size": "usual"}
    before = every_row(app)
    with statements(app) as said:
        first = signed_in.send(letters_page(cycle), fields)
    assert not [line for line in said if not line.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA"))]
    assert every_row(app) == before
    assert sealing.secret_of(code_of(first.data, tmp_path)) == cycle.links[OTHER_VCS_PARTNER]
    address = f"/steward/reviews/{cycle.id}/people/{fields['others']}"
    corrected = {"contact_name": "Gary Laidlaw", "email": "", "postal_address": "1 Quay\nNEWCASTLE\nNE1 1AA"}
    assert signed_in.send(address, corrected).status_code == 303
    again = signed_in.send(letters_page(cycle), {**fields, "without_email": fields["others"]})
    secret = sealing.secret_of(code_of(again.data, tmp_path))
    assert secret is not None and secret != cycle.links[OTHER_VCS_PARTNER]
    assert "Tyne Steps" in open_link(app, secret).get("/r/reviews").text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"without_email": [], "kind": "first", "size": "usual"}, "Choose at least one person"),
        ({"without_email": ["nobody"], "kind": "first", "size": "usual"}, "Choose at least one person"),
        ({"kind": "first", "size": "usual", "reach": "y" * 121}, "Use 120 characters or fewer"),
        ({"kind": "last", "size": "usual"}, "Not a valid choice"),
    ],
)
def test_a_form_that_cannot_be_printed_says_why(
    cycle: OpenCycle, signed_in: PageClient, fields: dict[str, str | list[str]], fault: str
) -> None:
    answer = signed_in.send(letters_page(cycle), fields)
    assert answer.status_code == 422
    assert fault in words(answer.text)


def test_neither_the_organiser_nor_another_steward_prints_letters(
    app: Flask, cycle: OpenCycle, client: PageClient, sign_in: Callable[[Account], None], organiser: Account
) -> None:
    sign_in(organiser)
    for path in (letters_page(cycle), f"/steward/reviews/{cycle.id}/phone"):
        assert client.get(path).status_code in {403, 404}
    status = client.get(f"/organiser/reviews/{cycle.id}").text
    assert "Beth Ramsden" not in main_of(status)


def test_before_the_launch_everybody_reads_how_many_letters_there_will_be(
    draft: str, client: PageClient, sign_in: Callable[[Account], None], organiser: Account
) -> None:
    sign_in(organiser)
    text = words(client.get(f"/organiser/reviews/{draft}/preview").text)
    assert "1 of them has no email address and gets a printed letter from the steward." in text


def test_before_the_launch_the_steward_reads_who_will_get_a_letter(draft: str, signed_in: PageClient) -> None:
    page = signed_in.get(f"/steward/reviews/{draft}/letters").text
    assert "Beth Ramsden, Calder Valley Training CIC" in page


def test_without_the_key_of_the_links_the_page_says_so(
    app: Flask, cycle: OpenCycle, signed_in: PageClient
) -> None:
    with app.app_context():
        state().keys.destroy(cycle.id)
    answer = signed_in.get(letters_page(cycle))
    assert answer.status_code == 409
    assert "No letters can be printed" in answer.text


def test_the_script_for_the_phone_has_the_answers_and_the_papers_of_this_review(
    cycle: OpenCycle, signed_in: PageClient, tmp_path: Path
) -> None:
    page = signed_in.get(f"/steward/reviews/{cycle.id}/phone").text
    assert "Help somebody by phone" in page
    for secret in cycle.links.values():
        assert sealing.code_of(secret)[:9] not in page
    paper = re.search(r'href="([^"]+/phone/[^"]+\.pdf)"', page)
    assert paper
    answer = signed_in.get(paper[1])
    assert answer.data.startswith(b"%PDF")
    assert signed_in.get(f"/steward/reviews/{cycle.id}/phone/nobody.pdf").status_code == 404
