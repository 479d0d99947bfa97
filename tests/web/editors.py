"""Organisers who write an instrument, for the tests of the editor's pages."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

from review_app.database import reading
from review_app.services import instruments
from surveys import library
from surveys.instrument import Instrument
from tests.pages import PageClient, token_of
from tests.web.organisers import HOME

LIST = "/organiser/instruments"
SOURCE = library.latest(library.FIRST_CHOICE)
SHIPPED = f"{LIST}/{SOURCE.id}/versions/{SOURCE.version}"
TITLE = "Our own way"
OWN = f"{LIST}/our-own-way/versions/1"
Fields = dict[str, list[str]]


def filled(html: str, field: str) -> Fields:
    """What a browser would post of the form that holds a field, were it sent as it stands; the token apart."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    main = next(element for element in root.iter("main"))
    form = next(form for form in main.iter("form") if any(one.get("name") == field for one in form.iter()))
    found: Fields = {}
    for element in form.iter():
        name, value = element.get("name"), _value(element)
        if name and name != "csrf_token" and value is not None:
            found.setdefault(name, []).append(value)
    return found


def post(client: PageClient, path: str, fields: Mapping[str, list[str] | str] | None = None) -> TestResponse:
    """Posts fields with a token."""
    return client.post(path, data={"csrf_token": client.csrf(HOME), **(fields or {})})


def send(client: PageClient, path: str, field: str, changes: Mapping[str, list[str]]) -> TestResponse:
    """Posts the form of a page that holds a field, but for the changes; [] takes a field away."""
    html = client.get(path).text
    fields = {name: values for name, values in {**filled(html, field), **changes}.items() if values}
    return client.post(path, data={"csrf_token": token_of(html), **fields})


def copied(client: PageClient, title: str = TITLE, parts: list[str] | None = None) -> str:
    """The address of a new draft: a copy of the shipped instrument, of some of its parts."""
    changes = {"title": [title], **({} if parts is None else {"parts": parts})}
    answer = send(client, f"{SHIPPED}/copy", "kept", changes)
    assert answer.status_code == 303 and answer.location is not None
    return answer.location


def kept(app: Flask, path: str) -> Instrument:
    """What the database has at an address."""
    _, instrument_id, _, version = path.rsplit("/", 3)
    with app.app_context(), reading() as session:
        return instruments.get(session, instrument_id, int(version))


def _value(element: Element) -> str | None:
    if element.tag == "textarea":
        # A browser drops the line end that begins a text area.
        return "".join(element.itertext()).removeprefix("\n")
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        return chosen[0].get("value") or ""
    if element.tag != "input" or element.get("type") == "file":
        return None
    if element.get("type") in {"checkbox", "radio"} and "checked" not in element.attrib:
        return None
    return element.get("value") or ""
