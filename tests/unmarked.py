"""The texts of a template or of a page's code that people see and no mark for translation covers.

In a template seen are the words between the tags, those of the attributes that a browser shows or reads out, and the
strings that a template gives to a macro or keeps for later. A string without a space and without a capital may be a
code just as well ("secondary"), so it counts only where it is drawn itself. In code every string that reads like a
text counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

MARKS = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
LAZY = frozenset({"later", "lazy_gettext"})
# The names of things and of example organisations, which are the same in every language.
NAMES = frozenset(
    {"Roundtable", "GOV.UK", "Notify", "Northern Bridge", "Pathways North", "Tyne Steps"},
)
SHOWN = frozenset({"alt", "aria-description", "aria-label", "label", "placeholder", "title"})
BUTTONS = frozenset({"submit", "button", "reset"})
# What is written in these is for the browser.
FOR_THE_BROWSER = frozenset(
    {
        *("viewport", "theme-color", "color-scheme", "supported-color-schemes", "format-detection"),
        *("referrer", "robots", "Content-Security-Policy"),
    }
)
# These take addresses, names of attributes and the like.
TECHNICAL = frozenset({"url_for", "attr", "map", "selectattr", "rejectattr", "groupby", "format"})
# So does a policy of content, in code.
_POLICY = "default-src "
# Patterns, and what a request is asked for by name.
NOT_FOR_PEOPLE = frozenset({".compile", ".get"})
_ANYTHING = "\N{REPLACEMENT CHARACTER}"
_TAG = re.compile(r"</?[a-z][^<>]*>")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"(?<![\w.-])[^\W\d_]{2,}(?![\w-])")
# A block may give a class to a tag of the template that it extends.
_CLASS = re.compile(r"(?<![\w-])(?:govuk|rt)-[\w-]+")
_CAPITAL = re.compile(r"[A-Z][a-z’'-]*[a-z][.:,;?!…]?(?:\s|$)")


def unmarked(environment: Environment, source: str) -> list[str]:
    """The texts, in the order of the template; tags first."""
    template = environment.parse(source)
    page = _Page()
    page.feed("".join(_drawn(template)))
    page.close()
    return [*page.found, *(text for text in _kept(template) if _is_text(text))]


def unmarked_in_code(source: str) -> list[str]:
    """The texts of a module, in its order; neither its docstrings nor its patterns are any."""
    return [text for text in _strings(ast.parse(source)) if _is_text(text)]


def placeholders_of_lazy_texts(source: str) -> set[str]:
    """The names of what a module gives to texts that are translated as they are drawn."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    lazy = [call for call in calls if _called(call) in LAZY]
    return {keyword.arg or "**" for call in lazy for keyword in call.keywords}


class _Page(HTMLParser):
    """Collects what is seen of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._silent = tag if tag in {"script", "style"} else ""
        for name, value in values.items():
            if (_is_shown(tag, name, values) and _has_words(value)) or (
                name.startswith("data-") and _is_text(value)
            ):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent and _has_words(data):
            self.found.append(" ".join(data.split()))


def _is_shown(tag: str, name: str, values: dict[str, str]) -> bool:
    if name == "content":
        return not {values.get("name"), values.get("http-equiv")} & FOR_THE_BROWSER
    if name == "value":
        return tag == "input" and values.get("type") in BUTTONS
    return name in SHOWN


def _has_words(text: str) -> bool:
    for name in NAMES:
        text = text.replace(name, "")
    return bool(_LETTER.search(_CLASS.sub("", text)))


def _is_text(text: str) -> bool:
    """Whether a string is for people: words with spaces between them, or one that begins with a capital."""
    text = _TAG.sub("", text)
    if text.strip() in NAMES or text.startswith(_POLICY):
        return False
    if _CAPITAL.match(text):
        return True
    return bool(" " in text and _WORD.search(text) and not _CLASS.search(text))


def _drawn(node: nodes.Node) -> Iterator[str]:
    """What a template draws, in its order and with all its branches; a mark for what it draws from elsewhere."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for part in node.nodes:
            yield from _drawn(part)
    elif isinstance(node, nodes.Expr):
        yield " ".join(_alternatives(node)) or _ANYTHING
    else:
        for child in node.iter_child_nodes():
            if not isinstance(child, nodes.Expr):
                yield from _drawn(child)


def _alternatives(node: nodes.Node) -> Iterator[str]:
    """The strings that an expression may put on the page by itself."""
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _alternatives(node.expr1)
        if node.expr2 is not None:
            yield from _alternatives(node.expr2)
    elif isinstance(node, (nodes.Concat, nodes.BinExpr)):
        for part in node.iter_child_nodes():
            yield from _alternatives(part)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from _alternatives(node.node)


def _kept(node: nodes.Node) -> Iterator[str]:
    """The strings that a template gives to a macro, keeps in a name or puts together, outside of the marks."""
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str):
            yield node.value
        return
    for child in _looked_into(node):
        yield from _kept(child)


def _looked_into(node: nodes.Node) -> Iterator[nodes.Node]:
    """The parts of a node in which a string may be a text; what is drawn itself was seen before."""
    if isinstance(
        node, (nodes.Compare, nodes.Test, nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    ):
        return
    if isinstance(node, nodes.Getitem):
        yield node.node
    elif isinstance(node, nodes.Pair):
        yield node.value
    elif isinstance(node, nodes.Output):
        for part in node.nodes:
            yield from _behind_the_drawn(part)
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKS:
        yield from node.kwargs
    elif isinstance(node, nodes.Call) and _name(node.node) in TECHNICAL:
        return
    elif isinstance(node, nodes.Filter) and node.name in TECHNICAL:
        yield from [node.node] if node.node else []
    else:
        yield from node.iter_child_nodes()


def _behind_the_drawn(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, (nodes.Const, nodes.TemplateData)):
        return
    if isinstance(node, (nodes.CondExpr, nodes.Concat, nodes.BinExpr)):
        for part in node.iter_child_nodes():
            yield from _behind_the_drawn(part)
    else:
        yield node


def _name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    return node.attr if isinstance(node, nodes.Getattr) else ""


def _strings(node: ast.AST) -> Iterator[str]:
    """The strings of a module that no mark covers."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
        return
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if is_docstring or isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.Call) and _called(node) in NOT_FOR_PEOPLE:
        return
    if isinstance(node, ast.Call) and _called(node) in MARKS | LAZY | {"N_"}:
        for keyword in node.keywords:
            yield from _strings(keyword)
        return
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    # With its point, because `steps.later` is another function than our mark.
    return f".{call.func.attr}" if isinstance(call.func, ast.Attribute) else ""
