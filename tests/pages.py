"""A test client that reads every page as strictly as a person with a screen reader would need it to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_LABELLED = {"input", "select", "textarea"}
# Two sentences whose blocks of text were joined without a space.
_RUN_TOGETHER = re.compile(r"\w{0,20}[a-z][.?!][A-Z][a-z]\w{0,20}")
_INLINE = {"a", "abbr", "b", "code", "em", "i", "strong", "time"}
_UNLABELLED_TYPES = {"hidden", "submit", "button", "image"}


def faults_of(html: str) -> list[str]:
    """What is wrong with a page; empty for a good one."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    root = parser.parse(html)
    faults = [f"bad HTML: {error[1]} at {error[0]}" for error in parser.errors]
    faults += _heading_faults(root)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    faults += [f"doubled id {id_}" for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1})]
    faults += _label_faults(root, set(ids))
    faults += [f"no space in “{found}”" for found in _RUN_TOGETHER.findall("".join(_text_of(root)))]
    for element in root.iter():
        if element.get("style") or any(name.startswith("on") for name in element.attrib):
            faults.append(f"inline style or script on <{element.tag}>")
        if element.tag in {"script", "style"} and (element.text or "").strip():
            faults.append(f"inline <{element.tag}>")
    return faults


def _text_of(element: Element) -> Iterator[str]:
    """The text as it is seen: what is no part of a line begins and ends one."""
    edge = "" if element.tag in _INLINE else "\n"
    yield edge + (element.text or "")
    for child in element:
        yield from _text_of(child)
        yield child.tail or ""
    yield edge


class PageClient(FlaskClient):
    """A client whose every HTML answer is checked."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Requests a page and checks what comes back."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 307, 308}:
            if args and kwargs.get("method") == "HEAD":
                return response
            faults = faults_of(response.text) if response.data else []
            assert not faults, f"{response.request.path}: {faults}"
        return response

    def csrf(self, path: str) -> str:
        """The CSRF token on a page."""
        return token_of(self.get(path).text)

    def send(
        self, path: str, fields: dict[str, Any] | None = None, *, page: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Posts a form as a browser does: with the token of the page that holds it."""
        return self.post(path, data={"csrf_token": self.csrf(page or path), **(fields or {})}, **kwargs)


def token_of(html: str) -> str:
    """The value of the first CSRF field of a page; "" without one."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    for element in root.iter("input"):
        if element.get("name") == "csrf_token":
            return str(element.get("value"))
    return ""


def _heading_faults(root: Element) -> list[str]:
    headings = ["".join(element.itertext()).split() for element in root.iter("h1")]
    if len(headings) != 1:
        return [f"{len(headings)} h1 elements"]
    title = " ".join("".join(next(root.iter("title")).itertext()).split()).removeprefix("Error: ")
    h1 = " ".join(headings[0])
    faults = [] if title.startswith(h1) else [f"the title {title!r} does not begin with the h1 {h1!r}"]
    if next(root.iter("html")).get("lang") is None:
        faults.append("no language")
    return faults


def _label_faults(root: Element, ids: set[str | None]) -> list[str]:
    labelled = {element.get("for") for element in root.iter("label")}
    faults = [f"a label for the missing {target}" for target in labelled if target and target not in ids]
    for element in root.iter():
        if element.tag not in _LABELLED or element.get("type") in _UNLABELLED_TYPES:
            continue
        if (
            element.get("id") not in labelled
            and not element.get("aria-label")
            and not element.get("aria-labelledby")
        ):
            faults.append(f"no label for {element.get('name')}")
        faults += [
            f"{element.get('name')} is described by the missing {target}"
            for target in (element.get("aria-describedby") or "").split()
            if target not in ids
        ]
    return faults
