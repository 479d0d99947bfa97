"""A respondent without a face: opens the emailed link, fills in the real pages over HTTP and submits."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from review_app.demo.story import Person, comment, experience, rating
from surveys.experience import Aspect

_CODE = re.compile(r"/r#([A-Z2-7-]{39})")
_FIRST_PAGE = re.compile(r'href="(/r/reviews/[^"/]+/1)"')
TIMEOUT_SECONDS = 60


class FormReader(HTMLParser):
    """The names and values of a page's posting form: hidden fields, radio names with their values, text areas."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.radios: dict[str, list[str]] = {}
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects one field."""
        field = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self.texts.append(field.get("name", ""))
        elif tag == "input" and field.get("type") == "hidden":
            self.hidden.setdefault(field.get("name", ""), field.get("value", ""))
        elif tag == "input" and field.get("type") == "radio":
            self.radios.setdefault(field.get("name", ""), []).append(field.get("value", ""))


class Browser:
    """Cookies, redirects and the address that the last answer came from."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._cookies))
        self.path = ""

    def get(self, path: str) -> str:
        """The page at a path."""
        return self._read(Request(urljoin(self._base_url, path)))

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """The page that posting leads to."""
        headers = {"Origin": self._base_url, "Content-Type": "application/x-www-form-urlencoded"}
        return self._read(Request(urljoin(self._base_url, path), urlencode(fields).encode(), headers))

    def cookie_header(self) -> str:
        """The cookies as a request carries them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def _read(self, request: Request) -> str:
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            self.path = answer.url.removeprefix(self._base_url)
            text: str = answer.read().decode()
        return text


def codes_in(mailbox: Path) -> dict[str, str]:
    """The code of each mail in a folder of the development mailbox, by the address it went to."""
    found = {}
    for file in sorted(mailbox.glob("*.eml")):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        match = _CODE.search(body.get_content()) if body else None
        if match:
            found[message["To"].addresses[0].addr_spec] = match.group(1)
    return found


def answer_everything(
    base_url: str, code: str, person: Person, practice_of: Callable[[str], str], chance: random.Random
) -> int:
    """How many reviews this person sent, page by page."""
    browser = Browser(base_url)
    page = FormReader(browser.get("/r"))
    overview = browser.post("/r", {**page.hidden, "code": code})
    # The button leads to the first of them too.
    first_pages = list(dict.fromkeys(_FIRST_PAGE.findall(overview)))
    html = overview
    for place, first_page in enumerate(first_pages):
        html = browser.get(first_page)
        while not browser.path.endswith("/check"):
            fields = _filled(FormReader(html), person, practice_of, chance, is_first=place == 0)
            html = browser.post(browser.path, fields)
        html = browser.post(browser.path, FormReader(html).hidden)
    last = FormReader(html)
    if set(Aspect) <= last.radios.keys() and (said := experience(person, chance)):
        browser.post("/r/experience", {**last.hidden, **said})
    return len(first_pages)


def _filled(
    form: FormReader,
    person: Person,
    practice_of: Callable[[str], str],
    chance: random.Random,
    *,
    is_first: bool,
) -> dict[str, str]:
    fields = dict(form.hidden)
    for name in form.radios:
        if name.startswith("q-"):
            fields[name] = rating(person, practice_of(name.removeprefix("q-")), chance)
    for name in form.texts:
        section_id = name.removeprefix("c-")
        fields[name], fields[f"v-{section_id}"] = comment(person, section_id, chance, is_first=is_first)
    return fields
