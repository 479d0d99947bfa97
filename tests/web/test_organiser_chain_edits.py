"""A chain that is kept through the pages: edited, merged, imported again and told in its history, without script."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

import html5lib
import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import chains, chains_editing, chains_history
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import Author
from surveys.chain import Chain, Contact, Party
from tests.pages import PageClient
from tests.web.organisers import (
    bigger_chain,
    checked,
    form_of,
    import_chain,
    main_of,
    sample_rows,
    send_form,
    sheet,
)
from tests.web.stewards import Guarded, cycle_of, faults, restore, signed_in
from tests.web.tables import every_row, statements

TYNE, DEBT, BANK = "Tyne Steps", "Lighthouse Debt Advice", "Workwear Bank"


@pytest.fixture
def app(site: Flask, drafted: Guarded) -> Flask:
    """The application on a fresh copy of that installation."""
    restore(site, drafted)
    return site


@pytest.fixture
def client(app: Flask, drafted: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, drafted.organiser)


@pytest.fixture
def path(app: Flask, drafted: Guarded) -> str:
    """The address of the chain's page."""
    return f"/organiser/chains/{cycle_of(app, drafted.cycle_id).chain_id}"


def chain_at(app: Flask, path: str) -> Chain:
    with app.app_context(), reading() as session:
        return chains.load(session, path.rpartition("/")[2])


def called(app: Flask, path: str, name: str) -> Party:
    return next(party for party in chain_at(app, path).parties if party.name == name)


def person(app: Flask, path: str, name: str) -> Contact:
    parties = chain_at(app, path).parties
    return next(one for party in parties for one in party.contacts if one.name == name)


def of_party(app: Flask, path: str, name: str, end: str = "") -> str:
    return f"{path}/organisations/{called(app, path, name).id}{end}"


def done(client: PageClient, answer: TestResponse) -> str:
    """The words of the page that a change leads to."""
    assert answer.status_code == 303, faults(answer.text)
    return main_of(client.get(answer.location or "").text)


def upload_again(client: PageClient, path: str, content: bytes, filename: str = "newer.csv") -> TestResponse:
    data = {"csrf_token": client.csrf(f"{path}/import"), "file": FileStorage(io.BytesIO(content), filename)}
    return client.post(f"{path}/import", data=data, content_type="multipart/form-data")


def apply_page(client: PageClient, path: str, html: str, **choices: str) -> TestResponse:
    fields = {name: values[0] for name, values in form_of(html).items()}
    return client.post(f"{path}/import/apply", data={**fields, **choices})


def rows_with(**replaced: str) -> list[list[str]]:
    """The sample's rows with texts replaced; a row in which a text becomes "" is left out."""
    pairs = [(old.replace("_", " "), new) for old, new in replaced.items()]
    gone = [old for old, new in pairs if not new]
    rows = [row for row in sample_rows() if not any(old in cell for old in gone for cell in row)]
    for old, new in pairs:
        rows = [[cell.replace(old, new) for cell in row] for row in rows]
    return rows


def lists_of(html: str) -> dict[str, list[str]]:
    """The three lists of a preview, by their titles."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    found: dict[str, list[str]] = {}
    title = ""
    for element in next(root.iter("main")):
        text = " ".join("".join(element.itertext()).split())
        if element.tag == "h2":
            title = text
            found[title] = []
        elif element.tag == "ul" and title:
            found[title] = [" ".join("".join(item.itertext()).split()) for item in element]
    return found


# The page of a chain and of an organisation


def test_the_page_of_a_chain_says_what_kind_each_organisation_is_and_leads_to_it(
    app: Flask, client: PageClient, path: str
) -> None:
    page = client.get(path)
    assert "Tyne Steps Subcontractor, voluntary sector. End-to-end provision, Tyneside" in main_of(page.text)
    assert f'href="{of_party(app, path, TYNE)}"' in page.text
    own = main_of(client.get(of_party(app, path, TYNE)).text)
    assert "Works for Northern Bridge Employment Ltd Pays Lighthouse Debt Advice" in own
    assert "People who may be asked: 2" in own and "gary.laidlaw@tynesteps.example" in own


def test_an_organisation_in_several_chains_says_so_on_its_pages(
    app: Flask, client: PageClient, path: str
) -> None:
    south = import_chain(client, rows_with(Workwear_Bank=""), name="Pathways South")
    page = client.get(path).text
    assert main_of(page).count("Also in Pathways South") == 21
    assert f'href="/organiser/chains/{south}"' in client.get(of_party(app, path, TYNE)).text
    assert "Also in" not in main_of(client.get(of_party(app, path, BANK)).text)


def test_the_pages_of_a_bigger_chain_ask_no_more_of_the_database(
    app: Flask, client: PageClient, path: str
) -> None:
    def asked(path: str) -> list[int]:
        party = chain_at(app, path).parties[-1]
        ends = (
            *("", "/history", "/merge", "/name", "/import", "/organisations/new"),
            *(f"/organisations/{party.id}{end}" for end in ("", "/edit", "/remove", "/people/new")),
            *(f"/people/{party.contacts[0].id}{end}" for end in ("", "/remove")),
        )
        counts = []
        for end in ends:
            with statements(app) as seen:
                assert client.get(f"{path}{end}").status_code == 200
            counts.append(len(seen))
        return counts

    small = asked(path)
    big_id = import_chain(client, [line.split("\0") for line in _lines(bigger_chain(8))], name="Big")
    assert asked(f"/organiser/chains/{big_id}") == asked(path) == small
    assert max(small) <= 9


def _lines(content: bytes) -> list[str]:

    return ["\0".join(row) for row in csv.reader(io.StringIO(content.decode()))]


# Organisations


def test_an_organisation_is_added_with_its_first_person(app: Flask, client: PageClient, path: str) -> None:
    buyer = called(app, path, TYNE).id
    answer = send_form(
        client,
        f"{path}/organisations/new",
        {
            "organisation": ["  Canolfan  Ddysgu Cymru "],
            "role": ["specialist"],
            "sector": ["vcs"],
            "contracts_with": [buyer],
            "contact_name": ["Siân ap Huw"],
            "email": ["sian@canolfan.example"],
        },
    )
    assert "Canolfan Ddysgu Cymru is added." in done(client, answer)
    new = called(app, path, "Canolfan Ddysgu Cymru")
    assert new.buyers == (buyer,) and new.contacts[0].name == "Siân ap Huw"


def test_a_form_that_breaks_rules_says_so_beside_its_fields_and_keeps_what_was_typed(
    app: Flask, client: PageClient, path: str
) -> None:
    before = every_row(app)
    empty = send_form(client, f"{path}/organisations/new")
    assert empty.status_code == 422
    assert faults(empty.text) == [
        "Enter the name of the organisation",
        "Choose what it does in the chain",
        "Choose a sector",
        "Enter the name of the person who may be asked",
        "Enter an email address, or a postal address for a printed letter",
    ]
    typed = {
        "organisation": [TYNE.upper()],
        "role": ["specialist"],
        "sector": ["vcs"],
        "contact_name": ["x" * 300],
        "email": ["GARY.laidlaw@tynesteps.example"],
    }
    answer = send_form(client, f"{path}/organisations/new", typed)
    assert answer.status_code == 422
    for name in ("organisation", "contracts_with", "contact_name", "email"):
        assert f'href="#{name}"' in answer.text, name
    assert form_of(answer.text)["organisation"] == [TYNE.upper()]
    assert "merge the two" in main_of(answer.text)
    assert every_row(app) == before


def test_an_organisation_is_changed_in_place(app: Flask, client: PageClient, path: str) -> None:
    was = called(app, path, BANK)
    edit = of_party(app, path, BANK, "/edit")
    answer = send_form(client, edit, {"standing": ["potential"], "contracts_with": [], "services": ["Suits"]})
    assert "Spot provider, voluntary sector, bid, and has no work yet. Suits" in done(client, answer)
    now_ = called(app, path, BANK)
    assert now_.id == was.id and now_.contacts == was.contacts and now_.tier == was.tier
    refused = send_form(client, edit, {"standing": ["present"]})
    assert refused.status_code == 422 and 'href="#contracts_with"' in refused.text


def test_an_organisation_is_removed_after_asking_and_not_while_it_alone_pays_another(
    app: Flask, client: PageClient, path: str
) -> None:
    ask = of_party(app, path, BANK, "/remove")
    assert "Gloria Mensah" in main_of(client.get(ask).text)
    assert "Workwear Bank is removed." in done(client, send_form(client, ask))
    assert client.get(ask).status_code == 404
    refused = send_form(client, of_party(app, path, TYNE, "/remove"))
    assert (
        refused.status_code == 422
        and "“Lighthouse Debt Advice” contracts with nobody." in faults(refused.text)[0]
    )


# People


def test_a_person_is_added_changed_and_removed(app: Flask, client: PageClient, path: str) -> None:
    new = of_party(app, path, DEBT, "/people/new")
    answer = send_form(client, new, {"contact_name": ["Beth Ramsden-Jones"], "email": ["beth@debt.example"]})
    assert "Beth Ramsden-Jones is added." in done(client, answer)
    beth = person(app, path, "Beth Ramsden-Jones")
    edit = f"{path}/people/{beth.id}"
    target = called(app, path, TYNE).id
    words = done(client, send_form(client, edit, {"job_title": ["Chair"], "works_for": [target]}))
    assert "Beth Ramsden-Jones is saved." in words and "Tyne Steps" in words
    assert person(app, path, "Beth Ramsden-Jones").id == beth.id
    assert "is removed." in done(client, send_form(client, f"{edit}/remove"))
    assert beth.id not in {one.id for party in chain_at(app, path).parties for one in party.contacts}


def test_a_persons_faults_stand_beside_their_fields(app: Flask, client: PageClient, path: str) -> None:
    before = every_row(app)
    new = of_party(app, path, DEBT, "/people/new")
    for typed, place in (
        ({"contact_name": ["X"], "email": ["no address"]}, "email"),
        ({"contact_name": [""], "email": ["x@x.example"]}, "contact_name"),
        ({"contact_name": ["X"], "email": ["Gary.Laidlaw@tynesteps.example"]}, "email"),
        ({"contact_name": ["X" * 300], "email": ["x@x.example"]}, "contact_name"),
    ):
        answer = send_form(client, new, typed)
        assert answer.status_code == 422 and f'href="#{place}"' in answer.text
    last = called(app, path, DEBT).contacts[0]
    refused = send_form(client, f"{path}/people/{last.id}/remove")
    assert refused.status_code == 422 and "nobody who can be asked" in faults(refused.text)[0]
    edit = send_form(client, f"{path}/people/{last.id}", {"email": [""]})
    assert edit.status_code == 422 and 'href="#email"' in edit.text
    assert every_row(app) == before


def test_a_corrected_person_says_where_else_the_address_stands_and_changes_nothing_there(
    app: Flask, client: PageClient, path: str
) -> None:
    south = f"/organiser/chains/{import_chain(client, sample_rows(), name='Pathways South')}"
    edit = f"{path}/people/{person(app, path, 'Gary Laidlaw').id}"
    assert "Gary Laidlaw of Tyne Steps in Pathways South" in main_of(client.get(edit).text)
    words = done(client, send_form(client, edit, {"email": ["gary@tyne.example"]}))
    assert "The same person may stand in Pathways South too, where nothing was changed." in words
    assert person(app, south, "Gary Laidlaw").email == "gary.laidlaw@tynesteps.example"
    assert person(app, path, "Gary Laidlaw").email == "gary@tyne.example"


# The chain itself


def test_a_chain_is_renamed_and_not_to_a_name_that_is_taken(
    app: Flask, client: PageClient, path: str
) -> None:
    assert "Pathways East" in done(client, send_form(client, f"{path}/name", {"name": ["Pathways  East"]}))
    import_chain(client, sample_rows(), name="Pathways South")
    for name, words in (("Pathways South", "already"), (" ", "Enter a name"), ("x" * 201, "200 characters")):
        answer = send_form(client, f"{path}/name", {"name": [name]})
        assert answer.status_code == 422 and words in faults(answer.text)[0]
    assert chain_at(app, path).name == "Pathways East"


# Merging


def test_two_organisations_are_merged_after_a_preview(app: Flask, client: PageClient, path: str) -> None:
    stays, goes = called(app, path, "Calder Valley Training CIC"), called(app, path, TYNE)
    before = every_row(app)
    chosen = f"{path}/merge?party={stays.id}"
    assert form_of(client.get(chosen).text)["stays"] == [stays.id]
    fields = {"stays": [stays.id], "goes": [goes.id]}
    preview = send_form(client, f"{path}/merge", fields)
    assert preview.status_code == 200 and every_row(app) == before
    lists = lists_of(preview.text)
    assert lists["Gone: 1"] == ["Tyne Steps"]
    assert "Gary Laidlaw from Tyne Steps to Calder Valley Training CIC" in lists["Changed: 3"]
    posted = {name: values[0] for name, values in form_of(preview.text).items()}
    words = done(client, client.post(f"{path}/merge/apply", data=posted))
    assert "The two organisations are one now." in words and "gary.laidlaw@tynesteps.example" in words
    assert called(app, path, DEBT).buyers == (stays.id,)
    # The same form again finds another chain.
    again = client.post(f"{path}/merge/apply", data=posted)
    assert again.status_code in {404, 422}


def test_a_merge_needs_two_organisations_and_keeps_the_rules(
    app: Flask, client: PageClient, path: str
) -> None:
    prime, tyne = chain_at(app, path).prime.id, called(app, path, TYNE).id
    for fields, words in (
        ({}, "Choose the organisation that stays"),
        ({"stays": [tyne], "goes": [tyne]}, "Choose another organisation than the one that stays"),
        ({"stays": [tyne], "goes": ["x"]}, "Choose the organisation that is the same"),
    ):
        answer = send_form(client, f"{path}/merge", fields)
        assert answer.status_code == 422 and words in faults(answer.text)
    refused = send_form(client, f"{path}/merge", {"stays": [tyne], "goes": [prime]})
    assert refused.status_code == 422 and "prime" in faults(refused.text)[0]
    assert "Merge them" not in refused.text


def test_a_merge_is_shown_afresh_when_the_chain_changed(app: Flask, client: PageClient, path: str) -> None:
    stays, goes = called(app, path, "Calder Valley Training CIC"), called(app, path, TYNE)
    preview = send_form(client, f"{path}/merge", {"stays": [stays.id], "goes": [goes.id]})
    posted = {name: values[0] for name, values in form_of(preview.text).items()}
    done(client, send_form(client, of_party(app, path, BANK, "/remove")))
    before = every_row(app)
    answer = client.post(f"{path}/merge/apply", data=posted)
    assert answer.status_code == 422 and "changed this chain since you looked" in faults(answer.text)[0]
    assert every_row(app) == before
    fresh = {name: values[0] for name, values in form_of(answer.text).items()}
    assert "one now" in done(client, client.post(f"{path}/merge/apply", data=fresh))


# Importing again


def test_a_newer_sheet_shows_three_lists_and_is_applied_as_shown(
    app: Flask, client: PageClient, path: str
) -> None:
    rows = rows_with(Workwear_Bank="", Gary_Laidlaw="Gary Laidlaw-Smith")
    headings = rows[0]
    new = dict.fromkeys(headings, "") | {
        "organisation": "مركز التدريب",
        "role": "spot provider",
        "sector": "vcs",
        "contracts_with": TYNE,
        "contact_name": "ليلى حداد",
        "email": "layla@markaz.example",
    }
    rows.append([new[heading] for heading in headings])
    before = every_row(app)
    preview = upload_again(client, path, sheet(rows))
    assert preview.status_code == 200 and every_row(app) == before
    assert lists_of(preview.text) == {
        "Added: 1": ["مركز التدريب (spot provider, voluntary sector) with ليلى حداد"],
        "Changed: 1": ["The name of Gary Laidlaw of Tyne Steps to Gary Laidlaw-Smith"],
        "Gone: 1": ["Workwear Bank with Gloria Mensah"],
    }
    gary = person(app, path, "Gary Laidlaw").id
    words = done(client, apply_page(client, path, preview.text))
    assert "Pathways North is as in newer.csv now." in words and "ليلى حداد" in words
    assert person(app, path, "Gary Laidlaw-Smith").id == gary
    # The same again finds nothing to do.
    nothing = upload_again(client, path, sheet(rows))
    assert "There is nothing to change." in main_of(nothing.text) and not checked(nothing.text)


@pytest.mark.parametrize("choice", ["same", "other"])
def test_a_likely_rename_is_asked_about(app: Flask, client: PageClient, path: str, choice: str) -> None:
    was = called(app, path, TYNE).id
    preview = upload_again(client, path, sheet(rows_with(Tyne_Steps="Tyne Steps Limited")))
    assert "Is Tyne Steps Limited the organisation that was called Tyne Steps?" in main_of(preview.text)
    unanswered = apply_page(client, path, preview.text)
    assert unanswered.status_code == 422
    assert faults(unanswered.text) == ["Say whether Tyne Steps Limited was called Tyne Steps before"]
    done(client, apply_page(client, path, unanswered.text, same_1=choice))
    assert (called(app, path, "Tyne Steps Limited").id == was) == (choice == "same")
    assert called(app, path, DEBT).buyers == (called(app, path, "Tyne Steps Limited").id,)


def test_the_faults_of_a_newer_sheet_are_told_by_row_and_column(
    app: Flask, client: PageClient, path: str
) -> None:
    before = every_row(app)
    answer = upload_again(client, path, sheet(rows_with(**{"spot provider": "helper"})))
    assert answer.status_code == 422 and "Nothing was saved" in faults(answer.text)[0]
    assert "Row 37" in main_of(answer.text)
    none = client.send(f"{path}/import", content_type="multipart/form-data")
    assert faults(none.text) == ["Choose a spreadsheet, as XLSX or CSV"]
    unreadable = upload_again(client, path, b"%PDF-1.7")
    assert unreadable.status_code == 422 and "a PDF" in faults(unreadable.text)[0]
    assert every_row(app) == before


def test_an_import_is_shown_afresh_when_the_chain_changed_meanwhile(
    app: Flask, client: PageClient, path: str
) -> None:
    preview = upload_again(client, path, sheet(rows_with(Workwear_Bank="")))
    done(client, send_form(client, of_party(app, path, DEBT, "/edit"), {"services": ["Debt"]}))
    before = every_row(app)
    answer = apply_page(client, path, preview.text)
    assert answer.status_code == 422 and "changed this chain since you looked" in faults(answer.text)[0]
    assert "The services of Lighthouse Debt Advice from Debt to Debt and money advice" in main_of(answer.text)
    assert every_row(app) == before
    done(client, apply_page(client, path, answer.text))
    assert called(app, path, DEBT).services == "Debt and money advice"


def test_a_confirmation_that_is_damaged_or_of_another_chain_changes_nothing(
    app: Flask, client: PageClient, path: str
) -> None:
    south = f"/organiser/chains/{import_chain(client, sample_rows(), name='Pathways South')}"
    preview = upload_again(client, south, sheet(rows_with(Workwear_Bank="")))
    before = every_row(app)
    for answer in (
        apply_page(client, path, preview.text),
        apply_page(client, south, preview.text, checked="AAAA"),
        apply_page(client, south, preview.text, checked=""),
    ):
        assert answer.status_code == 422
        assert faults(answer.text) == ["The file that was checked did not arrive whole. Choose it again."]
    assert every_row(app) == before


# History


def test_the_history_names_who_did_what(app: Flask, client: PageClient, path: str, drafted: Guarded) -> None:
    done(client, send_form(client, of_party(app, path, BANK, "/remove")))
    words = main_of(client.get(f"{path}/history").text)
    assert f"{drafted.organiser.name} removed Workwear Bank with Gloria Mensah." in words
    assert re.search(r"\d{4}, \d+:\d\d[ap]m", words)
    assert "imported Pathways North: 22 organisations, 40 people." in words


def test_what_a_steward_corrected_is_told_by_its_day_alone(app: Flask, client: PageClient, path: str) -> None:
    with app.app_context(), transaction() as session:
        edit = Edit(path.rpartition("/")[2], now(), Author("The steward", None))
        chains_editing.remove_party(session, edit, called(app, path, BANK).id)
    page = client.get(f"{path}/history").text
    assert "The steward removed Workwear Bank with Gloria Mensah." in main_of(page) and "UTC" not in main_of(
        page
    )


def test_a_long_history_comes_by_pages(app: Flask, client: PageClient, path: str) -> None:
    with app.app_context(), transaction() as session:
        author = Author("Sian Prosser", None)
        told = [f"Sian Prosser did thing {number}." for number in range(120)]
        chains_history.record(session, now(), path.rpartition("/")[2], author, kind="edit", sentences=told)
    first, last = client.get(f"{path}/history").text, client.get(f"{path}/history?page=3").text
    assert "Page 1 of 3" in main_of(first) and "Older" in main_of(first) and "Newer" not in main_of(first)
    assert "Page 3 of 3" in main_of(last) and "Older" not in main_of(last)
    for odd in ("0", "-1", "99", "x"):
        assert client.get(f"{path}/history?page={odd}").status_code == 200


# What is not there, and hostile words


def test_what_is_not_in_a_chain_is_not_found(app: Flask, client: PageClient, path: str) -> None:
    south = f"/organiser/chains/{import_chain(client, sample_rows(), name='Pathways South')}"
    foreign, stranger = called(app, south, TYNE).id, person(app, south, "Gary Laidlaw").id
    ends = (
        *(f"/organisations/{foreign}{end}" for end in ("", "/edit", "/remove", "/people/new")),
        *(f"/people/{stranger}{end}" for end in ("", "/remove")),
    )
    posts: Mapping[str, str] = {"contact_name": "X", "email": "x@x.example", "csrf_token": client.csrf(path)}
    before = every_row(app)
    for end in ends:
        assert client.get(f"{path}{end}").status_code == 404, end
        if end.count("/") > 2 or "people" in end:
            assert client.post(f"{path}{end}", data=posts).status_code == 404, end
    for end in ("", "/history", "/merge", "/name", "/import", "/organisations/new"):
        assert client.get(f"/organiser/chains/nothing{end}").status_code == 404
    assert every_row(app) == before


def test_a_change_needs_its_token(app: Flask, client: PageClient, path: str) -> None:
    before = every_row(app)
    for end in ("/name", "/import", "/import/apply", "/merge", "/merge/apply", "/organisations/new"):
        assert client.post(f"{path}{end}", data={"name": "X"}).status_code == 400
    assert client.post(of_party(app, path, BANK, "/remove")).status_code == 400
    assert every_row(app) == before


def test_hostile_words_are_shown_as_words(app: Flask, client: PageClient, path: str) -> None:
    name = "<script>alert(1)</script>"
    done(
        client,
        send_form(client, of_party(app, path, BANK, "/edit"), {"organisation": [name], "services": [name]}),
    )
    for end in ("", "/history", "/merge", of_party(app, path, name).removeprefix(path)):
        page = client.get(f"{path}{end}").text
        assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_no_address_reaches_the_log(
    app: Flask, client: PageClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="review_app")
    edit = f"{path}/people/{person(app, path, 'Gary Laidlaw').id}"
    assert send_form(client, edit, {"email": ["amy.cho@pennineskillsg.example"]}).status_code == 422
    done(client, send_form(client, edit, {"email": ["gary@tyne.example"]}))
    apply_page(client, path, upload_again(client, path, sheet(rows_with(Workwear_Bank=""))).text)
    assert not [record for record in caplog.records if "@" in record.getMessage()]
