"""The steward reads what would be asked, word for word, and is told when the installation wrote it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from review_app.database import transaction
from review_app.services import cycles
from surveys import library
from surveys.instrument import Voice
from tests.pages import PageClient
from tests.web.organisers import main_of
from tests.web.stewards import Guarded

At = Callable[[Guarded], PageClient]
OWN = "This installation wrote it, or changed it."
SHIPPED = library.latest(library.FIRST_CHOICE)


def reworded(site: Flask, drafted: Guarded) -> None:
    """Another sentence in the draft's questionnaire, which keeps its id and version."""
    first, *others = SHIPPED.sections
    changed = replace(first, comment_prompt="Who are you?")
    with site.app_context(), transaction() as session:
        record = cycles.editable(session, drafted.cycle_id)
        mapping = library.to_mapping(replace(SHIPPED, sections=(changed, *others)))
        record.instrument = json.dumps(mapping, ensure_ascii=False)


def test_every_statement_stands_there_in_every_voice_with_the_names_of_the_chain(
    stewards_at: At, drafted: Guarded
) -> None:
    page = html.unescape(stewards_at(drafted).get(f"{drafted.path}/questionnaire").text)
    names = {"prime": "Northern Bridge Employment Ltd", "chain": "Pathways North"}
    for question in SHIPPED.questions():
        for voice in (Voice.PARTNER_ON_PRIME, Voice.ANYONE_ON_CHAIN):
            if voice in question.wording:
                assert question.worded(voice, names) in page
    assert "It comes with Roundtable, and nothing in it was changed." in main_of(page) and OWN not in page


def test_one_voice_can_be_read_alone(stewards_at: At, drafted: Guarded) -> None:
    address = f"{drafted.path}/questionnaire?voice={Voice.SPOT_PROVIDER_ON_PRIME.value}"
    words = main_of(stewards_at(drafted).get(address).text)
    shown = words.partition("The statements")[2]
    asked = [question for question in SHIPPED.questions() if Voice.SPOT_PROVIDER_ON_PRIME in question.wording]
    assert shown.count("Stands for") == len(asked)


def test_a_questionnaire_that_was_changed_is_said_to_be_whatever_it_is_called(
    site: Flask, stewards_at: At, drafted: Guarded
) -> None:
    client = stewards_at(drafted)
    reworded(site, drafted)
    words = main_of(client.get(f"{drafted.path}/questionnaire").text)
    assert OWN in words and "Who are you?" in words


def test_the_approval_leads_to_the_questionnaire(stewards_at: At, drafted: Guarded) -> None:
    link = f'href="{drafted.path}/questionnaire"'
    assert link in stewards_at(drafted).get(f"{drafted.path}/approve").text
    assert link in stewards_at(drafted).get(drafted.path).text
