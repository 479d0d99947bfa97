"""The macros that draw a form's fields: what was typed stays, and label, hint and error belong to their control."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from review_app.layout import template_folder
from review_app.templating import PageEnvironment
from review_app.web.fields import DayField

PAGE = """
{% from "components/fields.html" import text, textarea, select, radios, checkboxes, checkbox, file, date,
   error_summary with context %}
{{ error_summary(form) }}
{{ text(form.name, hint="As it stands in the mail") }}
{{ text(form.password, type="password") }}
{{ textarea(form.reason) }}
{{ select(form.instrument) }}
{{ radios(form.mode, hints={"two": "Safer"}) }}
{{ checkboxes(form.groups) }}
{{ checkbox(form.told) }}
{{ file(form.sheet, accept=".csv") }}
{{ date(form.closes, hint="For example 27 3 2027") }}
"""
TWO = [SelectChoice("two", "A steward"), SelectChoice("one", "This server")]


class SetUp(Form):
    """One field of each kind."""

    name = StringField("Name", [InputRequired("Enter a name")])
    password = PasswordField("Password", [InputRequired("Enter your password")])
    reason = TextAreaField("Why you ask", [InputRequired("Enter a reason")], description="In plain words")
    instrument = SelectField("Questions", choices=TWO)
    mode = RadioField("Who opens the answers", [InputRequired("Choose who opens them")], choices=TWO)
    groups = SelectMultipleField("Groups", [InputRequired("Choose a group")], choices=TWO)
    told = BooleanField("I have told everybody", [InputRequired("Tick the box")])
    sheet = FileField("Spreadsheet", [InputRequired("Choose a file")])
    closes = DayField("Closes on", [InputRequired("Enter the closing day")])


def test_every_link_of_the_error_summary_leads_to_a_control() -> None:
    page = _page(MultiDict({"name": "", "csrf": "x"}))
    links = [link.get("href", "") for link in page.iter("a")]
    controls = {
        f"#{control.get('id')}" for kind in ("input", "textarea", "select") for control in page.iter(kind)
    }
    assert len(links) == 9
    assert set(links) <= controls


def test_label_hint_and_error_are_tied_to_their_control() -> None:
    page = _page(MultiDict({"name": ""}))
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    for element in page.iter():
        for name in filter(None, (element.get("aria-describedby") or "").split(" ")):
            assert name in ids
    labelled = {label.get("for") for label in page.iter("label")}
    controls = {control.get("id") for kind in ("input", "textarea", "select") for control in page.iter(kind)}
    assert controls == labelled
    assert _control(page, "name").get("aria-describedby") == "name-hint name-error"


def test_what_was_typed_stays_but_a_password_does_not() -> None:
    typed = MultiDict(
        [
            ("name", '<b>"N"</b>'),
            ("password", "secret"),
            ("reason", "To learn"),
            ("mode", "one"),
            ("groups", "two"),
        ]
        + [("closes", part) for part in ("31", "2", "2027")]
    )
    page = _page(typed)
    assert _control(page, "name").get("value") == '<b>"N"</b>'
    assert _control(page, "password").get("value") is None
    assert (_control(page, "reason").text or "").strip() == "To learn"
    checked = [control.get("value") for control in page.iter("input") if control.get("checked") is not None]
    assert checked == ["one", "two"]
    assert [_control(page, f"closes{part}").get("value") for part in ("", "-month", "-year")] == [
        "31",
        "2",
        "2027",
    ]


def test_a_form_without_faults_has_no_summary() -> None:
    page = _page(None)
    assert not list(page.iter("a"))
    assert not [element for element in page.iter() if "error" in (element.get("class") or "")]


@pytest.mark.parametrize(
    ("parts", "day", "error"),
    [
        (["27", "3", "2027"], date(2027, 3, 27), None),
        ([" 1 ", "01", "2027 "], date(2027, 1, 1), None),
        (["31", "2", "2027"], None, "Enter a day that exists"),
        (["27", "", "2027"], None, "Enter a day, a month and a year"),
        (["27"], None, "Enter a day, a month and a year"),
        (["27", "3", "2027", "1"], None, "Enter a day, a month and a year"),
        (["²7", "3", "2027"], None, "Enter a day, a month and a year"),
        (["1", "1", "99999999999999999999"], None, "Enter a day, a month and a year"),
        (["9" * 5000, "1", "2027"], None, "Enter a day, a month and a year"),
        (["0", "1", "2027"], None, "Enter a day that exists"),
        (["", "", ""], None, "Enter the closing day"),
        ([], None, "Enter the closing day"),
    ],
)
def test_a_day_is_taken_only_when_it_exists(parts: list[str], day: date | None, error: str | None) -> None:
    form = SetUp(MultiDict([("name", "x"), *(("closes", part) for part in parts)]))
    form.validate()
    assert form.closes.data == day
    assert (error is None) == (not form.closes.errors)
    if error:
        assert str(form.closes.errors[0]).startswith(error)


def _page(typed: MultiDict[str, str] | None) -> Element:
    app = Flask(__name__, template_folder=str(template_folder()))
    app.jinja_environment = PageEnvironment
    form = SetUp(typed)
    if typed is not None:
        form.validate()
    with app.app_context():
        html = render_template_string(PAGE, form=form)
    page = html5lib.parse(html, namespaceHTMLElements=False)
    assert isinstance(page, Element)
    return page


def _control(page: Element, name: str) -> Element:
    return next(element for element in page.iter() if element.get("id") == name)
