"""The organiser's side of a review in English and Welsh: the editor's pages, the draft, and the gate at the launch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from review_app import clock
from review_app.database import transaction
from review_app.services import cycles, instruments
from surveys import library
from surveys.cycle import CycleState
from surveys.instrument import Instrument, Voice
from surveys.language import BILINGUAL, ENGLISH_ONLY, Language
from surveys.translation import Translation
from tests.bilingual import IN_BOTH, without
from tests.conftest import draft_on
from tests.pages import PageClient
from tests.web.conftest import At
from tests.web.editors import kept, send
from tests.web.organisers import (
    approve,
    form_of,
    main_of,
    new_path,
    of_location,
    review,
    rows_of_table,
    send_form,
    sent,
    whole,
)
from tests.web.stewards import Guarded, cycle_of

CY = Language.WELSH
PATH = "/organiser/instruments/in-both/versions/1"
PART = f"{PATH}/welsh/parts/talking"
STATEMENT = "sections-talking-questions-shares-figures-partner_on_prime"
PLACE = "sections.talking.questions.shares-figures.partner_on_prime"
BARE = replace(IN_BOTH, translations={})


def keep(app: Flask, guarded: Guarded, instrument: Instrument, *, finished: bool = False) -> None:
    """Keeps an own instrument, as a draft or finished."""
    with app.app_context(), transaction() as session:
        text = instruments.export_yaml(instrument)
        row_id = instruments.import_yaml(session, clock.now(), text, guarded.organiser.id)
        if finished:
            instruments.finish(session, clock.now(), row_id, guarded.organiser.id)


def bilingual_draft(app: Flask, guarded: Guarded, instrument: Instrument, **changes: object) -> Guarded:
    """A draft in both languages on the chain of another one."""
    chain_id = cycle_of(app, guarded.cycle_id).chain_id
    cycle_id = draft_on(
        app,
        chain_id,
        guarded.organiser,
        guarded.steward,
        **{"instrument": instrument, "languages": BILINGUAL, **changes},
    )
    return replace(guarded, cycle_id=cycle_id)


def test_the_welsh_is_typed_beside_the_english_part_by_part(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    keep(site, drafted, BARE)
    assert "It has no Welsh." in main_of(client.get(PATH).text)
    assert rows_of_table(client.get(f"{PATH}/welsh").text) == [
        ["Titles and answers", "14 texts", "14 texts have no Welsh"],
        ["Talking", "11 texts", "11 texts have no Welsh"],
    ]
    answer = send(
        client,
        PART,
        STATEMENT,
        {STATEMENT: ["Mae {prime} yn rhannu   ffigurau."], "sections-talking-title": ["Siarad"]},
    )
    assert (answer.status_code, answer.location) == (303, f"{PATH}/welsh")
    assert kept(site, PATH).translations[CY].texts == {
        PLACE: "Mae {prime} yn rhannu ffigurau.",
        "sections.talking.title": "Siarad",
    }
    page = client.get(answer.location).text
    assert "The Welsh is saved. 9 texts have no Welsh." in page
    assert main_of(client.get(PART).text).count("Missing") == 9
    send(client, f"{PATH}/welsh/labels", "scale-points-1", {"scale-points-1": ["Byth"]})
    assert kept(site, PATH).in_language(CY).scale.points[0].label == "Byth"


def test_welsh_with_faults_is_refused_with_all_of_them_and_nothing_typed_is_lost(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    keep(site, drafted, IN_BOTH)
    answer = send(
        client,
        PART,
        STATEMENT,
        {STATEMENT: ["Maen nhw’n rhannu."], "sections-talking-introduction": ["i" * 301]},
    )
    said = main_of(answer.text)
    assert answer.status_code == 422
    assert "The English has {prime} in it, and this has no name." in said
    assert "more than 300 characters" in said
    assert "Maen nhw’n rhannu." in answer.text
    assert kept(site, PATH) == IN_BOTH
    same = {f"scale-points-{number}": ["Byth"] for number in (1, 2)}
    refused = send(client, f"{PATH}/welsh/labels", "title", same)
    assert refused.status_code == 422 and "Another answer is called “Byth” too." in main_of(refused.text)


def test_rewording_the_english_flags_its_welsh_until_somebody_has_looked(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    keep(site, drafted, IN_BOTH)
    reworded = {"wording-partner_on_prime": ["{prime} tells us in {chain} its figures."]}
    page = send(client, f"{PATH}/statements/shares-figures", "wording-partner_on_prime", reworded)
    assert "The Welsh of 1 text is kept" in client.get(page.location or "").text
    assert kept(site, PATH).untranslated(CY) == (PLACE,)
    # The names differ now, which is no reason to refuse what somebody has to look at anyway.
    assert "Ready" not in main_of(client.get(f"{PATH}/finish").text)
    assert client.get(f"{PATH}/finish").text.count("rt-warnings__blocking") == 0
    assert "Look again" in main_of(client.get(PART).text)
    unlooked = send(client, PART, STATEMENT, {})
    assert unlooked.status_code == 303 and kept(site, PATH).untranslated(CY) == (PLACE,)
    refused = send(client, PART, STATEMENT, {f"fits-{STATEMENT}": ["y"]})
    assert refused.status_code == 422 and "The English has {chain}, {prime} in it" in main_of(refused.text)
    send(client, PART, STATEMENT, {STATEMENT: ["Mae {prime} yn dweud wrthon ni yng nghadwyn {chain}."]})
    assert kept(site, PATH).untranslated(CY) == ()


def test_a_preview_shows_what_a_reader_of_welsh_sees(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    keep(site, drafted, IN_BOTH)
    page = client.get(f"{PATH}/preview?voice=partner_on_prime&language=cy").text
    assert "Cymraeg</a>" in page and "/preview/partner_on_prime/1?language=cy" in page
    seen = client.get(f"{PATH}/preview/partner_on_prime/1?language=cy").text
    assert '<html lang="cy"' in seen and "Mae Northern Bridge yn rhannu ffigurau" in seen
    assert "Tudalen 1 o 1" in seen and "How often" not in seen
    assert '<html lang="en"' in client.get(f"{PATH}/preview/partner_on_prime/1").text


def test_a_copy_and_a_file_take_the_welsh_along(site: Flask, drafted: Guarded, organisers_at: At) -> None:
    client = organisers_at(drafted)
    keep(site, drafted, IN_BOTH, finished=True)
    copied = send(client, f"{PATH}/copy", "kept", {"title": ["In both again"], "kept": ["shares-figures"]})
    copy = kept(site, copied.location or "")
    # The title is another one, so its Welsh has to be looked at; everything else is as it was.
    assert copy.untranslated(CY) == ("title",)
    assert PLACE in copy.translations[CY].texts
    text = client.get(f"{PATH}/export.yaml").text
    assert library.load(text, "export") == IN_BOTH


def test_a_draft_in_both_languages_is_chosen_in_the_form_and_comes_back_as_it_was_typed(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    keep(site, drafted, IN_BOTH, finished=True)
    path = new_path(site, drafted)
    page = client.get(path).text
    assert form_of(page)["languages"] == ["en"]
    assert "If you leave it blank: Isgontractwyr y sector gwirfoddol" in page
    vcs = "group_subcontractor_vcs"
    changes = whole(
        drafted,
        languages=["en,cy"],
        instrument=["in-both@1"],
        **{vcs: ["Charities"], f"{vcs}_welsh": ["Elusennau"]},
    )
    answer = send_form(client, path, changes)
    assert answer.status_code == 303, main_of(answer.text)
    draft = replace(drafted, cycle_id=of_location(answer.location))
    cycle = cycle_of(site, draft.cycle_id)
    assert cycle.languages == BILINGUAL and cycle.instrument == IN_BOTH
    titles = {group.title: group.welsh_title for group in cycle.plan.groups if not group.is_attributed}
    assert titles["Charities"] == "Elusennau" and titles["Specialists"] == "Arbenigwyr"
    again = form_of(client.get(review(draft, "/edit")).text)
    assert (again["languages"], again[f"{vcs}_welsh"]) == (["en,cy"], ["Elusennau"])
    assert again["group_specialist_vcs_welsh"] == [""]
    assert ["Charities", "Elusennau"] in rows_of_table(client.get(review(draft, "/preview")).text)


def test_one_group_has_one_name_in_welsh_and_two_groups_have_two(
    drafted: Guarded, site: Flask, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    one, other = "group_subcontractor_vcs", "group_subcontractor_private"
    same_group = whole(drafted, **{one: ["Partners"], other: ["Partners"]}, languages=["en,cy"])
    twice = {**same_group, f"{one}_welsh": ["Partneriaid"], f"{other}_welsh": ["Partneriaid eraill"]}
    answer = send_form(client, new_path(site, drafted), twice)
    assert answer.status_code == 422 and "has another name in Welsh above" in main_of(answer.text)
    same_name = whole(drafted, **{f"{one}_welsh": ["Pawb"], f"{other}_welsh": ["Pawb"]}, languages=["en,cy"])
    answer = send_form(client, new_path(site, drafted), same_name)
    assert answer.status_code == 422 and "Two groups have the same name in Welsh." in main_of(answer.text)


def test_a_review_in_english_keeps_no_welsh_and_may_want_it_later(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    keep(site, drafted, IN_BOTH, finished=True)
    answer = send_form(client, new_path(site, drafted), whole(drafted, instrument=["in-both@1"]))
    draft = replace(drafted, cycle_id=of_location(answer.location))
    assert cycle_of(site, draft.cycle_id).instrument == BARE
    assert cycle_of(site, draft.cycle_id).languages == ENGLISH_ONLY
    send_form(client, review(draft, "/edit"), {"languages": ["en,cy"]})
    assert cycle_of(site, draft.cycle_id).instrument == IN_BOTH


@pytest.mark.parametrize(
    "lacking",
    [
        (without(PLACE), {}, "It has no Welsh: “{prime} shares performance figures with us.”"),
        (BARE, {}, "The questionnaire “In both” has no Welsh."),
        (
            IN_BOTH,
            {"long_reason": "Much to tell."},
            "the reason why somebody is asked for more than twenty minutes",
        ),
        (
            replace(
                IN_BOTH, translations={CY: replace(IN_BOTH.translations[CY], to_check=frozenset({PLACE}))}
            ),
            {},
            "nobody has looked at its Welsh since",
        ),
    ],
)
def test_a_review_in_both_languages_is_not_launched_while_something_has_no_welsh(
    site: Flask, drafted: Guarded, organisers_at: At, lacking: tuple[Instrument, dict[str, object], str]
) -> None:
    instrument, changes, told = lacking
    client = organisers_at(drafted)
    draft = bilingual_draft(site, drafted, instrument, **changes)
    for page in ("/preview", "/preflight"):
        said = main_of(client.get(review(draft, page)).text)
        assert "This stops the launch" in said and told.casefold() in said.casefold()
    approve(site, draft)
    said = main_of(client.get(review(draft, "/launch")).text)
    assert told.casefold() in said.casefold()
    answer = client.send(review(draft, "/launch"))
    assert answer.status_code == 422 and told.casefold() in main_of(answer.text).casefold()
    assert cycle_of(site, draft.cycle_id).state is CycleState.DRAFT
    assert sent(site, draft.cycle_id) == (0, 0)


def test_only_what_somebody_would_read_is_asked_for(site: Flask, drafted: Guarded, organisers_at: At) -> None:
    client = organisers_at(drafted)
    voices = {**IN_BOTH.voices}
    question = IN_BOTH.questions()[0]
    wording = {**question.wording, Voice.PARTNER_ON_ITSELF: "We share figures."}
    voices[Voice.PARTNER_ON_ITSELF] = "How you work as a partner"
    section = replace(
        IN_BOTH.sections[0], questions=(replace(question, wording=wording), IN_BOTH.questions()[1])
    )
    instrument = replace(IN_BOTH, voices=voices, sections=(section,))
    assert instrument.untranslated(CY)
    draft = bilingual_draft(site, drafted, instrument)
    approve(site, draft)
    assert client.send(review(draft, "/launch")).status_code == 303
    assert cycle_of(site, draft.cycle_id).state is CycleState.OPEN


def test_a_group_without_a_welsh_name_stops_the_launch(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    draft = bilingual_draft(site, drafted, IN_BOTH)
    send_form(client, review(draft, "/edit"), {"group_subcontractor_vcs": ["Charities"]})
    said = main_of(client.get(review(draft, "/preflight")).text)
    assert "The group “Charities” has no name in Welsh. Type it in the draft." in said


def test_a_long_list_of_gaps_is_cut_short_on_the_pages(
    site: Flask, drafted: Guarded, organisers_at: At
) -> None:
    client = organisers_at(drafted)
    little = replace(IN_BOTH, translations={CY: Translation({"title": "Yn y ddwy iaith"})})
    draft = bilingual_draft(site, drafted, little)
    said = main_of(client.get(review(draft, "/preflight")).text)
    assert said.count("It has no Welsh: ") == 10
    left = len(little.untranslated(CY)) - 10
    assert f"{left} more texts have no Welsh." in said


def test_the_steward_reads_both_languages_and_approves_both(
    site: Flask, drafted: Guarded, stewards_at: At
) -> None:
    client: PageClient = stewards_at(drafted)
    draft = bilingual_draft(site, drafted, IN_BOTH)
    said = main_of(client.get(f"{draft.path}/questionnaire").text)
    prime = next(group.title for group in cycle_of(site, draft.cycle_id).plan.groups if group.id == "prime")
    assert f"{prime} shares performance figures with us. Mae {prime} yn rhannu ffigurau" in said
    assert "Byth, Anaml, Weithiau, Fel arfer, Bob amser" in said
    assert ["Voluntary-sector subcontractors", "Isgontractwyr y sector gwirfoddol"] in rows_of_table(
        client.get(f"{draft.path}/preview").text
    )
    approve(site, draft)
    assert cycle_of(site, draft.cycle_id).is_approved
    assert "English and Welsh" in main_of(client.get(f"{draft.path}/approve").text)
    changed = replace(
        IN_BOTH.translations[CY], texts={**IN_BOTH.translations[CY].texts, PLACE: "Mae {prime} yn holi."}
    )
    with site.app_context(), transaction() as session:
        record = cycles.editable(session, draft.cycle_id)
        approved = record.approval
        design = replace(cycles.design_of(record), instrument=replace(IN_BOTH, translations={CY: changed}))
        cycles.redesign(
            session, clock.now(), draft.cycle_id, design=design, shortest=design.closes_at - design.closes_at
        )
        assert approved and record.approval is None
    approve(site, draft)
    with site.app_context(), transaction() as session:
        assert cycles.editable(session, draft.cycle_id).approval != approved


def test_the_english_of_the_steward_page_is_as_before(site: Flask, drafted: Guarded, stewards_at: At) -> None:
    client = stewards_at(drafted)
    page = client.get(f"{drafted.path}/questionnaire").text
    assert "nothing in it was changed" in main_of(page)
    assert 'lang="cy"' not in page and "No Welsh yet" not in page
    assert "In Welsh" not in client.get(f"{drafted.path}/preview").text
