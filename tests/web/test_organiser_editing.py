"""Writing an instrument: every page without a script, what it keeps, what it refuses and how it is mended."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from surveys import library
from surveys.instrument import MerlinElement, OptOut, Voice
from surveys.instrument_draft import question_of
from tests.pages import PageClient
from tests.web.editors import (
    LIST,
    OWN,
    SHIPPED,
    SOURCE,
    TITLE,
    copied,
    filled,
    kept,
    post,
    send,
)
from tests.web.organisers import HOME, main_of, rows_of_table
from tests.web.stewards import Guarded, cycle_of, faults, restore, signed_in
from tests.web.tables import every_row, statements

At = Callable[[Guarded], PageClient]
WORDED = "wording-partner_on_prime"
STATEMENT = f"{OWN}/statements/open-contracts"


@pytest.fixture
def app(site: Flask, drafted: Guarded) -> Flask:
    """The application on a fresh copy of an installation."""
    restore(site, drafted)
    return site


@pytest.fixture
def client(app: Flask, drafted: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, drafted.organiser)


@pytest.fixture
def draft(client: PageClient) -> str:
    """The address of a draft with the parts 2a and 2c of the shipped instrument."""
    path = copied(client, parts=["2a", "2c"])
    assert path == OWN
    return path


def upload(client: PageClient, content: bytes | str, filename: str = "ours.yaml") -> TestResponse:
    fields = {
        "csrf_token": client.csrf(HOME),
        "file": FileStorage(io.BytesIO(content.encode() if isinstance(content, str) else content), filename),
    }
    return client.post(f"{LIST}/import", data=fields, content_type="multipart/form-data")


def refused(app: Flask, answer: TestResponse, before: dict[str, list[object]]) -> list[str]:
    """The faults that a refused form tells; nothing was kept of it."""
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert every_row(app) == before
    return faults(answer.text)


# The page of an instrument


def test_a_shipped_instrument_is_shown_with_what_its_statements_stand_for(client: PageClient) -> None:
    page = client.get(SHIPPED).text
    words = main_of(page)
    assert SOURCE.title in words and SOURCE.purpose in words and "Comes with Roundtable" in words
    assert "A partner on the prime: 8 minutes, 23 statements" in words
    rows = rows_of_table(page)
    assert len(rows) == len(SOURCE.questions())
    question = SOURCE.questions()[0]
    assert rows[0][1:3] == ["P2a.1", question.merlin.value]
    assert rows[0][3].startswith("7 voices : The prime on itself, A partner on the prime")
    assert "Edit this part" not in words and "Finish this version" not in words
    assert "Make a copy" in words


def test_a_draft_offers_what_may_be_done_with_it(client: PageClient, draft: str) -> None:
    words = main_of(client.get(draft).text)
    for action in ("Finish this version", "Preview", "Titles and answers", "Edit this part", "Discard"):
        assert action in words
    assert "Copied from Review and Commitment, version 2." in words


def test_what_is_not_there_is_not_found(client: PageClient, draft: str) -> None:
    for path in (
        f"{LIST}/no-such/versions/1",
        f"{LIST}/our-own-way/versions/2",
        f"{LIST}/our-own-way/versions/0",
        f"{draft}/parts/no-such",
        f"{draft}/parts/no-such/statements/new",
        f"{draft}/parts/no-such/library",
        f"{draft}/parts/no-such/remove",
        f"{draft}/statements/no-such",
        f"{draft}/statements/no-such/remove",
        f"{draft}/preview/nobody/1",
        f"{draft}/preview/partner_on_prime/99",
        f"{draft}/preview/partner_on_prime/1?chain=no-such",
    ):
        assert client.get(path).status_code == 404, path
    for path in (
        "parts/no-such/move",
        "parts/no-such/remove",
        "statements/no-such/move",
        "statements/no-such/remove",
    ):
        assert post(client, f"{draft}/{path}", {"places": "1"}).status_code == 404, path


def test_a_page_asks_the_database_as_little_for_many_versions_as_for_one(
    app: Flask, client: PageClient, draft: str
) -> None:
    with statements(app) as few:
        client.get(draft)
    for number in range(3):
        copied(client, title=f"Another {number}")
    with statements(app) as many:
        client.get(draft)
    assert len(many) == len(few) < 8


# Copying


def test_a_copy_begins_with_everything_ticked(app: Flask, client: PageClient) -> None:
    form = filled(client.get(f"{SHIPPED}/copy").text, "kept")
    assert form["parts"] == [section.id for section in SOURCE.sections]
    assert form["kept"] == [question.id for question in SOURCE.questions()]
    path = copied(client)
    assert kept(app, path).sections == SOURCE.sections


def test_a_part_without_its_tick_is_left_out_whole_and_so_is_a_statement(
    app: Flask, client: PageClient
) -> None:
    answer = send(
        client,
        f"{SHIPPED}/copy",
        "kept",
        {"title": [TITLE], "parts": ["2a", "2b"], "kept": ["open-accounts", "cash-flow"]},
    )
    assert answer.location == OWN
    assert [question.id for question in kept(app, OWN).questions()] == ["open-accounts"]
    assert f"{len(SOURCE.questions()) - 1} statements of the original left out" in main_of(
        client.get(OWN).text
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": [" "]}, "Enter a title for the copy"),
        ({"title": ["x" * 301]}, "Use 300 characters or fewer"),
        ({"title": ["Mine"], "kept": []}, "Keep one statement at least"),
        ({"title": ["Mine"], "parts": []}, "Keep one statement at least"),
    ],
)
def test_a_refused_copy_keeps_what_was_typed(
    app: Flask, client: PageClient, changes: dict[str, list[str]], told: str
) -> None:
    before = every_row(app)
    answer = send(client, f"{SHIPPED}/copy", "kept", {"kept": ["cash-flow"], **changes})
    (fault,) = refused(app, answer, before)
    assert told in fault
    shown = filled(answer.text, "kept")
    assert shown["title"] == [changes["title"][0].strip()]
    assert shown.get("kept", []) == changes.get("kept", ["cash-flow"])


# Parts


def test_the_texts_of_a_part_are_kept_and_a_blank_prompt_asks_for_no_comment(
    app: Flask, client: PageClient, draft: str
) -> None:
    answer = send(
        client,
        f"{draft}/parts/2c",
        "introduction",
        {"title": ["  Money\u200b "], "introduction": ["About\r\nmoney."], "comment_prompt": [""]},
    )
    assert answer.status_code == 303
    section = kept(app, draft).sections[1]
    assert (section.title, section.introduction, section.comment_prompt) == ("Money", "About money.", "")
    assert [question.id for question in section.questions] == [
        question.id for question in SOURCE.sections[2].questions
    ]


def test_a_refused_part_keeps_what_was_typed_and_tells_every_fault(
    app: Flask, client: PageClient, draft: str
) -> None:
    before = every_row(app)
    typed = {"title": [""], "introduction": ["About {prime} <b>"], "comment_prompt": ["y" * 301]}
    answer = send(client, f"{draft}/parts/2c", "introduction", typed)
    assert len(refused(app, answer, before)) == 3
    assert filled(answer.text, "introduction") == typed


def test_a_new_part_waits_for_its_statements_before_the_version_can_be_finished(
    app: Flask, client: PageClient, draft: str
) -> None:
    path = f"{draft}/new-part"
    assert refused(app, send(client, path, "introduction", {}), every_row(app))
    answer = send(client, path, "introduction", {"title": ["Our own part"], "introduction": ["About us."]})
    assert answer.location == f"{draft}/parts/our-own-part"
    assert "The statements of this part will be here." in main_of(client.get(answer.location).text)
    assert "Part: Our own part" in main_of(client.get(draft).text)
    assert client.get(f"{draft}/finish").text.count(f'href="{draft}/parts/our-own-part"') == 1


def test_parts_and_statements_are_moved_by_buttons(app: Flask, client: PageClient, draft: str) -> None:
    answer = post(client, f"{draft}/parts/2c/move", {"places": "-1"})
    assert answer.location == f"{draft}#part-2c"
    assert [section.id for section in kept(app, draft).sections] == ["2c", "2a"]
    before = [question.id for question in kept(app, draft).sections[0].questions]
    answer = post(client, f"{draft}/statements/{before[0]}/move", {"places": "1"})
    assert answer.location == f"{draft}/parts/2c#statement-{before[0]}"
    assert [question.id for question in kept(app, draft).sections[0].questions][:2] == before[1::-1]
    unchanged = kept(app, draft)
    for places in ("1000", "x", ""):
        post(client, f"{draft}/parts/2a/move", {"places": places})
    assert kept(app, draft) == unchanged


def test_nothing_is_removed_without_being_asked_once_more(app: Flask, client: PageClient, draft: str) -> None:
    before = kept(app, draft)
    asked = main_of(client.get(f"{draft}/statements/cash-flow/remove").text)
    assert "“We adjust the timing of payments" in asked and "in every voice" in asked
    assert "4 statements will leave this draft" in main_of(client.get(f"{draft}/parts/2c/remove").text)
    assert kept(app, draft) == before
    answer = post(client, f"{draft}/statements/cash-flow/remove")
    assert answer.location == f"{draft}/parts/2c"
    page = main_of(client.get(answer.location).text)
    assert "We adjust the timing of payments" in page and "is removed from this draft" in page
    assert question_of(kept(app, draft), "cash-flow") is None
    post(client, f"{draft}/parts/2c/remove")
    assert [section.id for section in kept(app, draft).sections] == ["2a"]


def test_a_voice_that_is_asked_nothing_any_more_is_told(app: Flask, client: PageClient, draft: str) -> None:
    post(client, f"{draft}/parts/2a/remove")
    assert "Anyone on the chain: this voice is not asked anything any more." in main_of(
        client.get(draft).text
    )
    assert Voice.ANYONE_ON_CHAIN not in kept(app, draft).voices


# Statements


def test_a_statement_is_reworded_and_keeps_its_id(app: Flask, client: PageClient, draft: str) -> None:
    page = client.get(STATEMENT).text
    assert "Northern Bridge shows us the parts of its main contract" in main_of(page)
    answer = send(client, STATEMENT, WORDED, {WORDED: ["{prime} shows us the contract."]})
    assert answer.location == STATEMENT
    found = question_of(kept(app, draft), "open-contracts")
    assert found is not None
    assert found[1].wording[Voice.PARTNER_ON_PRIME] == "{prime} shows us the contract."
    assert found[1].practices == ("P2a.1",)
    assert "Northern Bridge shows us the contract." in main_of(client.get(STATEMENT).text)


def test_remarks_stand_beneath_the_wording_they_are_about(client: PageClient, draft: str) -> None:
    assert "Remark:" not in main_of(client.get(STATEMENT).text)
    send(client, STATEMENT, WORDED, {WORDED: ["{prime} shares its contract and its accounts with us."]})
    page = client.get(STATEMENT).text
    assert main_of(page).count("Remark: “and” may join two ideas.") == 1
    assert f'aria-describedby="{WORDED}-remarks"' in page
    assert "1 remark on its wording" in main_of(client.get(f"{draft}/parts/2a").text)


def test_a_blank_wording_takes_the_voice_out_of_a_statement(
    app: Flask, client: PageClient, draft: str
) -> None:
    send(client, STATEMENT, WORDED, {"wording-anyone_on_chain": [" "], "action": ["back"]})
    found = question_of(kept(app, draft), "open-contracts")
    assert found is not None and Voice.ANYONE_ON_CHAIN not in found[1].wording
    assert "They are not asked this." in main_of(client.get(STATEMENT).text)


def test_a_voice_that_is_asked_for_the_first_time_gets_a_title(app: Flask, client: PageClient) -> None:
    short = send(client, f"{LIST}/pulse/versions/1/copy", "kept", {"title": ["Short"]}).location or ""
    statement = f"{short}/statements/{library.latest('pulse').questions()[0].id}"
    send(client, statement, WORDED, {"wording-prime_on_partner": ["{partner} shows us its costs."]})
    assert kept(app, short).voices[Voice.PRIME_ON_PARTNER] == "How {partner} works with you"
    assert "The prime on a partner: this voice is asked now." in main_of(client.get(statement).text)


def test_an_own_statement_needs_a_practice_or_a_reason_and_a_wording(
    app: Flask, client: PageClient, draft: str
) -> None:
    path = f"{draft}/parts/2a/statements/new"
    told = refused(app, send(client, path, WORDED, {}), every_row(app))
    assert len(told) == 2
    assert any("stands for no practice" in fault for fault in told)
    assert any("Word it for one voice" in fault for fault in told)
    typed = {WORDED: ["{prime} answers our mail."], "reason": ["Our board asks for it."]}
    answer = send(client, path, WORDED, typed)
    (fault,) = refused(app, answer, every_row(app))
    assert "Choose the element" in fault
    assert {name: filled(answer.text, WORDED)[name] for name in typed} == typed

    answer = send(client, path, WORDED, {**typed, "merlin": [MerlinElement.DEVELOP.value]})
    assert answer.location == f"{draft}/statements/answers-our-mail"
    section = kept(app, draft).sections[0]
    own = section.questions[-1]
    assert (own.practices, own.reason, own.merlin) == ((), "Our board asks for it.", MerlinElement.DEVELOP)
    assert section.element == SOURCE.sections[0].element


def test_a_statement_cannot_have_both_a_practice_and_a_reason_against_one(
    app: Flask, client: PageClient, draft: str
) -> None:
    typed = {"reason": ["None fits."], "practices": ["P2a.2", "P4a.1"], WORDED: ["{prime} {who} <script>"]}
    before = every_row(app)
    answer = send(client, STATEMENT, WORDED, typed)
    told = refused(app, answer, before)
    assert len(told) == 2
    assert any("A reason is only for" in fault for fault in told)
    assert any("{partner}" in fault for fault in told)
    assert {name: filled(answer.text, WORDED)[name] for name in typed} == typed


def test_a_statement_of_another_element_leaves_the_part_with_several(
    app: Flask, client: PageClient, draft: str
) -> None:
    send(client, STATEMENT, WORDED, {"practices": ["P2a.1", "P4a.1"], "merlin": [""]})
    assert kept(app, draft).sections[0].element == ""
    assert post(client, f"{draft}/finish").status_code == 303


def test_a_value_that_no_page_offers_changes_nothing(app: Flask, client: PageClient, draft: str) -> None:
    send(client, STATEMENT, WORDED, {"practices": ["P2a.1", "P9z.9"], "merlin": ["Nonsense"]})
    assert kept(app, draft).sections == (SOURCE.sections[0], SOURCE.sections[2])


# From the library


def test_statements_that_the_draft_lacks_are_taken_over_in_its_voices(app: Flask, client: PageClient) -> None:
    path = copied(client, parts=["2b"])
    library_path = f"{path}/parts/2b/library"
    page = client.get(library_path).text
    assert 'value="cash-flow"' in page and 'value="shared-services"' not in page
    answer = post(client, library_path, {"chosen": ["cash-flow", "problems-spotted"]})
    assert answer.location == f"{path}/parts/2b"
    found = kept(app, path)
    added = found.questions()[-2:]
    assert {question.id for question in added} == {"cash-flow", "problems-spotted"}
    assert not any(Voice.ANYONE_ON_CHAIN in question.wording for question in added)
    assert 'value="cash-flow"' not in client.get(library_path).text


@pytest.mark.parametrize("chosen", [[], ["no-such"], ["open-contracts"]])
def test_a_choice_of_nothing_new_is_refused(
    app: Flask, client: PageClient, draft: str, chosen: list[str]
) -> None:
    before = every_row(app)
    assert refused(app, post(client, f"{draft}/parts/2a/library", {"chosen": chosen}), before)


def test_without_anything_left_to_take_over_the_page_says_so(client: PageClient) -> None:
    path = copied(client)
    own = {question.id for question in SOURCE.questions()}
    others = {question.id for one in library.shipped().values() for question in one.questions()} - own
    if others:
        post(client, f"{path}/parts/2a/library", {"chosen": sorted(others)})
    assert "has every statement of the library already" in main_of(
        client.get(f"{path}/parts/2a/library").text
    )


# Titles and answers


def test_titles_and_answers_are_kept_and_a_blank_way_out_is_switched_off(
    app: Flask, client: PageClient, draft: str
) -> None:
    path = f"{draft}/labels"
    answer = send(
        client,
        path,
        "purpose",
        {
            "title": ["Another title"],
            "scale-points-1": ["Not once"],
            "scale-opt_outs-not_applicable": [""],
            "voices-partner_on_prime": ["{prime} and you"],
        },
    )
    assert answer.location == path
    found = kept(app, draft)
    assert found.title == "Another title" and found.id == "our-own-way"
    assert found.scale.points[0].label == "Not once"
    assert set(found.scale.opt_outs) == {OptOut.NOT_SEEN, OptOut.RATHER_NOT}
    assert found.voices[Voice.PARTNER_ON_PRIME] == "{prime} and you"
    assert post(client, f"{draft}/finish").status_code == 303


def test_refused_labels_keep_what_was_typed_and_nobody_is_made_to_answer(
    app: Flask, client: PageClient, draft: str
) -> None:
    before = every_row(app)
    typed = {
        "title": [""],
        "scale-points-2": ["Never"],
        "scale-opt_outs-rather_not_say": [""],
        "voices-partner_on_prime": ["How {nobody} works"],
    }
    answer = send(client, f"{draft}/labels", "purpose", typed)
    told = refused(app, answer, before)
    assert len(told) == 4
    for words in (
        "The text is missing",
        "called the same",
        "nobody may be made to answer",
        "no name will replace",
    ):
        assert any(words in fault for fault in told), words
    shown = filled(answer.text, "purpose")
    assert {name: shown[name] for name in typed} == typed


# Preview


def test_the_preview_offers_every_voice_in_a_frame_and_the_names_of_a_chain(
    client: PageClient, draft: str
) -> None:
    page = client.get(f"{draft}/preview").text
    assert page.count("<iframe") == 1
    assert f'src="{draft}/preview/prime_on_itself/1"' in page
    page = client.get(f"{draft}/preview?voice=partner_on_prime").text
    assert f'src="{draft}/preview/partner_on_prime/1"' in page
    form = filled(page, "chain")
    assert form == {"voice": ["partner_on_prime"], "chain": [""]}
    assert "Of Pathways North" in main_of(page)


def test_what_a_voice_sees_are_the_respondents_own_cards(
    client: PageClient, drafted: Guarded, draft: str
) -> None:
    page = client.get(f"{draft}/preview/partner_on_prime/1").text
    words = main_of(page)
    assert "How Northern Bridge works with you" in words
    assert "Northern Bridge shows us the parts of its main contract that affect our work." in words
    assert page.count('class="rt-card__question"') == len(SOURCE.sections[0].questions)
    assert SOURCE.sections[0].comment_prompt in words
    assert 'name="csrf_token"' not in page
    assert "Next page" in words and "Page before" not in words
    assert "Page before" in main_of(client.get(f"{draft}/preview/partner_on_prime/2").text)


def test_the_names_of_a_chain_stay_from_page_to_page(
    app: Flask, client: PageClient, drafted: Guarded, draft: str
) -> None:
    chain_id = cycle_of(app, drafted.cycle_id).chain_id
    page = client.get(f"{draft}/preview?voice=partner_on_prime&chain={chain_id}").text
    assert filled(page, "chain")["chain"] == [chain_id]
    assert page.count(f"chain={chain_id}") > 5
    page = client.get(f"{draft}/preview/partner_on_prime/1?chain={chain_id}").text
    assert "Northern Bridge Employment Ltd shows us the parts" in main_of(page)
    assert f"{draft}/preview/partner_on_prime/2?chain={chain_id}" in page
    assert "chain=" not in client.get(f"{draft}/preview?chain=no-such").text


def test_a_draft_without_statements_has_nothing_to_preview(client: PageClient) -> None:
    path = copied(client, parts=["2c"])
    post(client, f"{path}/parts/2c/remove")
    assert "What people see will be here" in main_of(client.get(f"{path}/preview").text)
    words = main_of(client.get(path).text)
    assert "Nobody is asked anything yet." in words and "To mend before this version" in words
    assert "There is no part yet. Add one." in words and "Give one or more of" not in words
    assert post(client, f"{path}/finish").status_code == 422


# Finishing and versions


def test_a_finished_version_is_fixed_and_the_next_one_tells_what_changed(
    app: Flask, client: PageClient, draft: str
) -> None:
    assert "nobody can change it" in main_of(client.get(f"{draft}/finish").text)
    assert post(client, f"{draft}/finish").location == draft
    fixed = kept(app, draft)
    for path in ("labels", "parts/2a", "new-part", "statements/open-contracts", "finish", "discard"):
        assert client.get(f"{draft}/{path}").status_code == 409, path
        assert post(client, f"{draft}/{path}").status_code == 409, path
    for path in ("parts/2a/move", "parts/2a/remove", "statements/open-contracts/move", "parts/2a/library"):
        assert post(client, f"{draft}/{path}", {"places": "1"}).status_code == 409, path
    assert kept(app, draft) == fixed

    later = post(client, f"{draft}/next").location
    assert later == f"{LIST}/our-own-way/versions/2"
    assert post(client, f"{draft}/next").location == later
    assert "Begun from version 1." in main_of(client.get(later).text)
    assert "9 statements are word for word as in version 1." in main_of(client.get(later).text)
    statement = f"{later}/statements/open-contracts"
    send(client, statement, WORDED, {WORDED: ["{prime} shows us the contract."]})
    post(client, f"{later}/statements/cash-flow/remove")
    send(
        client,
        f"{later}/parts/2c/statements/new",
        WORDED,
        {WORDED: ["{prime} pays."], "practices": ["P2c.1"]},
    )
    words = main_of(client.get(later).text)
    assert "7 statements are word for word as in version 1; 1 reworded; 1 new; 1 left out." in words
    send(client, f"{later}/labels", "purpose", {"scale-points-1": ["Not once"]})
    assert "no trend can compare the two versions" in main_of(client.get(f"{later}/finish").text)
    assert kept(app, draft) == fixed


def test_a_draft_that_is_not_ready_is_not_finished_and_each_fault_leads_to_its_place(
    app: Flask, client: PageClient, draft: str
) -> None:
    for question in SOURCE.sections[2].questions:
        post(client, f"{draft}/statements/{question.id}/remove")
    before = every_row(app)
    page = client.get(f"{draft}/finish").text
    assert faults(page) == [] and "There is no statement in it. Add one, or remove the part." in main_of(page)
    answer = post(client, f"{draft}/finish")
    assert refused(app, answer, before) == ["Not everything is ready. Nothing was changed"]
    assert f'href="{draft}/parts/2c"' in answer.text


def test_a_draft_is_discarded_only_when_asked_twice(client: PageClient, draft: str) -> None:
    assert "This cannot be undone" in main_of(client.get(f"{draft}/discard").text)
    assert client.get(draft).status_code == 200
    assert post(client, f"{draft}/discard").location == LIST
    assert client.get(draft).status_code == 404


def test_a_shipped_instrument_cannot_be_changed_by_any_address(app: Flask, client: PageClient) -> None:
    before = every_row(app)
    for path in ("labels", "finish", "discard", "next", "parts/2a", "parts/2a/remove", "parts/2a/move"):
        assert post(client, f"{SHIPPED}/{path}", {"places": "1"}).status_code == 409, path
    assert every_row(app) == before


# Files


def test_an_instrument_is_downloaded_and_imported_as_a_draft(
    app: Flask, client: PageClient, draft: str
) -> None:
    answer = client.get(f"{draft}/export.yaml")
    assert answer.mimetype == "application/yaml"
    assert answer.headers["Content-Disposition"] == "attachment; filename=our-own-way-1.yaml"
    assert library.load(answer.text, "x") == kept(app, draft)
    imported = upload(client, "\ufeff" + answer.text.replace("our-own-way", "elsewhere")).location
    assert imported == f"{LIST}/elsewhere/versions/1"
    assert "The file has no faults." in main_of(client.get(imported).text)
    assert upload(client, client.get(f"{imported}/export.yaml").data).location == imported


def test_what_a_voice_is_asked_can_be_printed_of_a_draft_too(client: PageClient, draft: str) -> None:
    assert f'href="{draft}/partner_on_prime.pdf"' in client.get(draft).text
    answer = client.get(f"{draft}/partner_on_prime.pdf")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-")
    assert "our-own-way-1-partner-on-prime.pdf" in answer.headers["Content-Disposition"]
    assert client.get(f"{LIST}/pulse/versions/1/prime_on_partner.pdf").status_code == 404


def test_the_list_leads_to_every_version_and_to_a_copy_of_what_comes_with_it(
    client: PageClient, draft: str
) -> None:
    page = client.get(LIST).text
    assert f'href="{draft}"' in page and f'href="{SHIPPED}/copy"' in page
    assert [TITLE + ", version 1", "1", "Draft"] in [row[:3] for row in rows_of_table(page)]


def test_a_file_with_faults_is_refused_with_all_of_them_in_a_table(app: Flask, client: PageClient) -> None:
    before = every_row(app)
    text = library.to_yaml(SOURCE).replace("P2a.1", "P9z.9").replace("purpose: >-", "purpsoe: >-")
    answer = upload(client, text, "<b>ours</b>.yaml")
    assert refused(app, answer, before) == ["The file has 3 faults. Nothing was saved"]
    rows = rows_of_table(answer.text)
    assert [row[0] for row in rows] == [
        "the file",
        "sections.2a.questions.open-contracts.practices",
        "purpose",
    ]
    assert all(row[1] and row[2] for row in rows)
    assert "3 faults in &lt;b&gt;ours" in answer.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"id: [", "1 fault"),
        (b"a" * 500_000, "1 fault"),
        (b"&a [*a]", "fault"),
        (b"", "fault"),
    ],
)
def test_a_file_that_is_no_instrument_is_refused(
    app: Flask, client: PageClient, content: bytes, told: str
) -> None:
    assert told in refused(app, upload(client, content), every_row(app))[0]


def test_a_file_with_a_shipped_id_is_told_to_take_its_own(app: Flask, client: PageClient) -> None:
    before = every_row(app)
    answer = upload(client, client.get(f"{SHIPPED}/export.yaml").data)
    assert refused(app, answer, before)
    assert "Give it an id of its own." in main_of(answer.text)


def test_no_file_at_all_is_told(app: Flask, client: PageClient) -> None:
    assert client.get(f"{LIST}/import").status_code == 200
    before = every_row(app)
    assert refused(app, post(client, f"{LIST}/import"), before) == ["Choose a questionnaire file"]
