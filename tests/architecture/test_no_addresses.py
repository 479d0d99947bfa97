"""No committed file names a registry, another host, or a place on somebody's machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Names of vocabularies of XML and JSON look like addresses; nothing is ever fetched from them.
VOCABULARIES = (
    *("www.w3.org", "schemas.openxmlformats.org", "purl.org", "ns.adobe.com", "www.aiim.org"),
    "json-schema.org",
)
OURS = re.compile(
    r"(^|\.)(localhost|example|example\.(com|org|net)|test|invalid)$|^\[?::1\]?$|^127\.0\.0\.1$"
)
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.]*://(?:[^\s/@\"'`<>]*@)?(?P<host>\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)")
HOST = re.compile(
    r"(?<![\w./-])(?:[a-z0-9-]+\.)+(?:com|net|io|dev|org|co\.uk|gov\.uk|org\.uk)(?![\w.-]*[\w(])"
)
OPTIONS = {
    "a lock file's address": re.compile(r'"resolved"\s*:'),
    "an index": re.compile(r"--(?:find-links|(?:extra-)?index-url)\b"),
    "a registry": re.compile(r'\bregistry\s*=\s*["{a-z]'),
    "a folder of one machine": re.compile(r"(?<![\w.~-])/(?:work|root|home|Users)/\w"),
}


def test_no_committed_file_names_a_host() -> None:
    faults = [
        f"{path}:{line}: {host}"
        for path, line, text in _lines()
        for host in _hosts(text)
        if host not in VOCABULARIES and not OURS.search(host)
    ]
    assert not faults, "\n".join(faults)


def test_no_committed_file_says_where_packages_come_from_or_where_somebody_works() -> None:
    faults = [
        f"{path}:{line}: {what}"
        for path, line, text in _lines()
        for what, pattern in OPTIONS.items()
        if pattern.search(text)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("lock", ["run", "test", "setup"])
def test_every_locked_package_has_a_version_and_a_hash(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", text.replace("\\\n", " "))
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9._-]+==[^ ]+", package), package[:80]
        assert "--hash=sha256:" in package, package[:80]


# Put together here, so that the scan does not find them in this file.
SOMEWHERE = ".".join(("packages", "somewhere", "io"))


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        (f"see ftp://{SOMEWHERE}/simple", [SOMEWHERE]),
        (f"from {SOMEWHERE}, they say", [SOMEWHERE]),
        ("postgresql://roundtable@127.0.0.1:5432/x", ["127.0.0.1"]),
        ("postgresql://name:password@machine/database", []),
        ("self.net.io(3)", []),
    ],
)
def test_the_scan_finds_hosts_with_and_without_a_scheme(text: str, hosts: list[str]) -> None:
    assert sorted(set(_hosts(text))) == hosts


def _hosts(text: str) -> Iterator[str]:
    for match in ADDRESS.finditer(text):
        host = match["host"].lower().rstrip(".")
        # A word without a dot stands for a host, as in the manual's examples.
        if "." in host:
            yield host
    for match in HOST.finditer(text):
        yield match[0]


def _lines() -> Iterator[tuple[str, int, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    assert len(paths) > 1
    for path in paths:
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            for number, text in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
                yield path, number, text
