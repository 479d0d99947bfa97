"""What a part of a Word, Excel or OpenDocument file could do or fetch when somebody opens it.

XML is read as XML, in whatever encoding it comes, so that no spelling of a name hides it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from review_app.evidence_reasons import EvidenceRefusedError, Reason

_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([^\"']{1,40})[\"']")
# Compound files: old Office files, and objects of programs. RTF can hold those objects too.
_OTHER_FILES = (b"\xd0\xcf\x11\xe0", b"{\\rt", b"MZ")
# Names of elements and attributes that are worth a closer look; they cannot be written in another way.
_WORTH_READING = re.compile(
    rb"Relationship|ContentType|fldChar|instr|ddeLink|oleLink|imagedata|webPr|connection\b"
)
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?(?:f|formula[12]?|definedName)(?:\s[^<>]{0,500})?>([^<]*)<")
_FETCHED = re.compile(rb"src\s{0,20}=\s{0,20}[\"']?\s{0,20}(?:[a-z]{2,10}:|[/\\]|&)", re.IGNORECASE)
_IN_QUOTES = re.compile(r""""[^"]*"|'[^']*'""")
_FIELD = re.compile(r'[\s"]*(?:DDEAUTO|DDE|LINK)\b', re.IGNORECASE)
_LOCAL_DISK = re.compile(r"(?:file:///)?[a-z]:[\\/](?![\\/])", re.IGNORECASE)
_KNOWN_IN_OFFICE = frozenset(
    {"Type", "Target", "TargetMode", "ContentType", "fldCharType", "instr", "src", "refreshOnLoad"}
)
_KNOWN_IN_OPEN_DOCUMENTS = frozenset({"href", "formula"})
_ACTIVE_RELATIONS = frozenset({"afchunk", "oleobject", "control", "vbaproject", "wordvbadata"})
_ACTIVE_TYPES = ("macroenabled", "vbaproject", "macrosheet")
_ACTIVE_ELEMENTS = frozenset(
    {
        *("script", "event-listener", "object-ole", "plugin", "applet", "floating-frame"),
        *("dde-source", "dde-link", "dde-connection", "dde-connection-decl"),
    }
)
_MOST_ELEMENTS = 4_000_000
_LONGEST_CODE = 2000
_LINKS = frozenset({"a"})
_ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[/\\]|\.\.[/\\])", re.IGNORECASE)
_RUNS = re.compile(r"\s*(?:vnd\.sun\.star\.|macro:|\.uno:|slot:|service:|javascript:)", re.IGNORECASE)
_DDE = re.compile(r"\bDDE\s*\(", re.IGNORECASE)


def refuse_part_of_office(name: str, content: bytes) -> None:
    """Raises EvidenceRefusedError for a part of a Word or Excel file that acts, or fetches what is elsewhere."""
    if content.startswith(_OTHER_FILES):
        raise EvidenceRefusedError(Reason.ACTIVE)
    markup = _markup(name, content)
    if markup is None:
        return
    if b"<!DOCTYPE" in markup and not name.endswith(".svg"):
        raise EvidenceRefusedError(Reason.ACTIVE)
    for formula in _FORMULA.finditer(markup):
        _refuse_formula(formula[1])
    if not _WORTH_READING.search(markup):
        return
    try:
        _Office().read(markup)
    except EvidenceRefusedError as error:
        # Excel writes drawings that are no XML, such as with a <br> in them.
        if error.reason is not Reason.DAMAGED or not name.endswith(".vml"):
            raise
        if _FETCHED.search(markup):
            raise EvidenceRefusedError(Reason.OUTSIDE) from error


def refuse_part_of_open_document(name: str, content: bytes) -> None:
    """Raises EvidenceRefusedError for a part of an OpenDocument file that acts, or fetches what is elsewhere."""
    if content.startswith(_OTHER_FILES):
        raise EvidenceRefusedError(Reason.ACTIVE)
    if name == "meta-inf/manifest.xml":
        if b"encryption-data" in content:
            raise EvidenceRefusedError(Reason.LOCKED)
        return
    if name.rpartition("/")[2] in {"content.xml", "styles.xml", "settings.xml", "meta.xml"}:
        _parse(_markup(name, content) or b"", _KNOWN_IN_OPEN_DOCUMENTS, _open_element)


def _markup(name: str, content: bytes) -> bytes | None:
    """Markup in UTF-8; None for a part that is none. Raises EvidenceRefusedError for other encodings."""
    head = content[:100]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    elif b"\0" in head and head.replace(b"\0", b"").lstrip().startswith(b"<"):
        text = content.decode("utf-16-be" if head.startswith(b"\0") else "utf-16-le", "replace")
    elif content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        declared = _ENCODING.search(content[:400])
        if declared and declared[1].decode("latin-1").lower() not in _ENCODINGS:
            raise EvidenceRefusedError(Reason.UNKNOWN)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    elif name.endswith((".xml", ".rels")) and content.strip():
        raise EvidenceRefusedError(Reason.DAMAGED)
    else:
        return None
    if "\0" in text and name.endswith((".xml", ".rels")):
        raise EvidenceRefusedError(Reason.DAMAGED)
    return text.encode()


def _refuse_formula(formula: bytes) -> None:
    """A formula that asks another program: program|topic!item."""
    if b"|" in formula or b"&#" in formula:
        said = re.sub(
            r"&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));",
            lambda found: chr(min(int(found[1], 16) if found[1] else int(found[2]), 0x10FFFF)),
            formula.decode("utf-8", "replace").replace("&quot;", '"').replace("&apos;", "'"),
            flags=re.IGNORECASE,
        )
        if "|" in _IN_QUOTES.sub("", said):
            raise EvidenceRefusedError(Reason.ACTIVE)


@dataclass(slots=True)
class _Office:
    """Reads relations, types and fields. ``codes``: what stands in the fields that are open, the innermost last."""

    codes: list[str] = field(default_factory=lambda: [""])
    is_code: bool = False

    def read(self, markup: bytes) -> None:
        _parse(markup, _KNOWN_IN_OFFICE, self._element, self._text)
        for code in self.codes:
            _refuse_field(code)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        self.is_code = name in {"instrText", "delInstrText", "t"}
        if name in {"ddeLink", "oleLink"} or any(
            sign in attributes.get("ContentType", "").lower() for sign in _ACTIVE_TYPES
        ):
            raise EvidenceRefusedError(Reason.ACTIVE)
        is_fetched = name == "imagedata" and _ELSEWHERE.match(attributes.get("src", ""))
        is_asked = name == "connection" and attributes.get("refreshOnLoad", "") in {"1", "true"}
        if is_fetched or is_asked or name == "webPr":
            raise EvidenceRefusedError(Reason.OUTSIDE)
        if name == "Relationship":
            _refuse_relation(attributes)
        if name == "fldChar":
            self._turn(attributes.get("fldCharType", ""))
        _refuse_field(attributes.get("instr", ""))

    def _turn(self, kind: str) -> None:
        if kind == "begin":
            self.codes.append("")
        else:
            _refuse_field(self.codes[-1])
            self.codes[-1] = ""
        if kind == "end" and len(self.codes) > 1:
            self.codes.pop()

    def _text(self, text: str) -> None:
        if self.is_code and len(self.codes) > 1 and len(self.codes[-1]) < _LONGEST_CODE:
            self.codes[-1] += text


def _refuse_field(code: str) -> None:
    if _FIELD.match(code):
        raise EvidenceRefusedError(Reason.ACTIVE)


def _refuse_relation(attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").strip().rpartition("/")[2].lower()
    if kind in _ACTIVE_RELATIONS:
        raise EvidenceRefusedError(Reason.ACTIVE)
    if attributes.get("TargetMode", "").strip().lower() != "external" or kind == "hyperlink":
        return
    # Word notes the template on the writer's own disk, which nobody else can have put there.
    if kind != "attachedtemplate" or not _LOCAL_DISK.match(attributes.get("Target", "").strip()):
        raise EvidenceRefusedError(Reason.OUTSIDE)


def _open_element(name: str, attributes: dict[str, str]) -> None:
    if name in _ACTIVE_ELEMENTS or _DDE.search(attributes.get("formula", "")):
        raise EvidenceRefusedError(Reason.ACTIVE)
    href = attributes.get("href", "")
    if _RUNS.match(href):
        raise EvidenceRefusedError(Reason.ACTIVE)
    if name in _LINKS or not _ELSEWHERE.match(href):
        return
    # The template of a document is noted where its writer had it.
    if name != "template" or not re.match(r"(?:file:///|\.\./|/)(?![/\\])", href, re.IGNORECASE):
        raise EvidenceRefusedError(Reason.OUTSIDE)


def _parse(
    markup: bytes,
    known: frozenset[str],
    element: Callable[[str, dict[str, str]], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Tells of each element: its name, and those of its attributes that are ``known``, all without their namespaces."""
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MOST_ELEMENTS:
            raise EvidenceRefusedError(Reason.UNKNOWN)
        said: dict[str, str] = {}
        for key, value in attributes.items():
            short = key.rpartition(" ")[2]
            # The same name in another namespace, which nobody writes, would hide the one that counts.
            if short in said:
                raise EvidenceRefusedError(Reason.ACTIVE)
            if short in known:
                said[short] = value
        element(name.rpartition(" ")[2], said)

    def refuse(*_: object) -> None:
        raise EvidenceRefusedError(Reason.ACTIVE)

    # The text is in UTF-8 by now, whatever it says of itself.
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(markup, True)  # The parser takes it by its place only.
    except expat.ExpatError as error:
        raise EvidenceRefusedError(Reason.DAMAGED) from error
