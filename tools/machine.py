"""What the machine itself must have: libraries and programs that no Python package brings.

On Debian and its relatives they are installed when we are root. Otherwise the exact command is printed, one for
all that is missing.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.steps import SetUpError, run

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROMIUM = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
LINUX_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
MAC_LIBRARIES = ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.0.dylib")
MAC_FOLDERS = (Path("/opt/homebrew/lib"), Path("/usr/local/lib"))


@dataclass(frozen=True)
class Need:
    """Something that the machine must have, and what its package managers call it."""

    what: str
    debian: tuple[str, ...]
    brew: str
    is_there: Callable[[], bool]


def ensure(needs: Sequence[Need]) -> None:
    """The machine has all of ``needs``. Raises SetUpError, with the command to type, when it has not."""
    missing = [need for need in needs if not need.is_there()]
    if not missing:
        return
    if not is_root_on_debian():
        raise SetUpError(
            f"This machine lacks {_listed(missing)}. Type\n\n    {_by_hand(missing)}\n\nand start again."
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    packages = [package for need in missing for package in need.debian]
    run("Reading Debian's list of packages", ["apt-get", "update"], quiet)
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    run(f"Installing {_listed(missing)}", command, quiet)
    importlib.invalidate_caches()
    still = [need for need in missing if not need.is_there()]
    if still:
        raise SetUpError(f"Debian's packages were installed, and still this machine lacks {_listed(still)}.")


def is_root_on_debian() -> bool:
    """Whether packages may be installed by us."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def chromium() -> Path | None:
    """The browser for the tests; None when there is none."""
    found = [Path(path) for path in map(shutil.which, CHROMIUM_NAMES) if path]
    return next((path for path in (*found, *MAC_CHROMIUM) if path.is_file()), None)


def postgres_folder() -> Path | None:
    """The folder of the newest PostgreSQL server's programs; None when there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: float(path.parts[-3]), default=None)
    return newest.parent if newest else None


def _has_pango() -> bool:
    return all(map(_is_loadable, MAC_LIBRARIES if sys.platform == "darwin" else LINUX_LIBRARIES))


def _is_loadable(library: str) -> bool:
    if sys.platform == "darwin" and any((folder / library).exists() for folder in MAC_FOLDERS):
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _listed(needs: Sequence[Need]) -> str:
    return ", ".join(need.what for need in needs)


def _by_hand(needs: Sequence[Need]) -> str:
    packages = " ".join(package for need in needs for package in need.debian)
    if sys.platform == "darwin":
        return f"brew install {' '.join(need.brew for need in needs)}"
    if shutil.which("apt-get"):
        return f"sudo apt-get update && sudo apt-get install {packages}"
    return f"(your system's package manager) install {packages}    (these are Debian's names)"


VENV = Need(
    "Python's venv",
    ("python3-venv",),
    "python",
    lambda: importlib.util.find_spec("ensurepip") is not None,
)
PANGO = Need(
    "Pango (for the reports)",
    ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    "pango",
    _has_pango,
)
CHROMIUM = Need("Chromium (for the browser tests)", ("chromium",), "chromium", lambda: chromium() is not None)
POPPLER = Need(
    "poppler (for the tests of the PDF)",
    ("poppler-utils",),
    "poppler",
    lambda: shutil.which("pdftotext") is not None,
)
POSTGRES = Need(
    "PostgreSQL (for the tests)",
    ("postgresql",),
    "postgresql",
    lambda: postgres_folder() is not None,
)
