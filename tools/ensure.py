"""Makes a checkout ready, for example to be used: ``python3 -m tools.ensure run``.

The purposes: ``build`` the wheel, ``run`` the application, ``check`` style and types, ``test`` everything.

Every step is left out when it is up to date, so a second start takes seconds. A step that cannot be done says
what to type.
"""

from __future__ import annotations

import sys

OLDEST_PYTHON = (3, 11)

if sys.version_info < OLDEST_PYTHON:
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        f"Roundtable needs Python 3.11 or newer and this is {found} ({sys.executable}).\n"
        "Name a newer one, for example: make run PYTHON=python3.12"
    )

import shutil
import subprocess
from collections.abc import Callable

from tools import machine
from tools.catalogues import ensure_catalogues
from tools.pages import ensure_pages
from tools.steps import BIN, ROOT, VENV, SetUpError, run, when_changed

REQUIREMENTS = ROOT / "requirements"
UV_INSTALL = (str(BIN / "uv"), "pip", "install", "--python", str(BIN / "python"))


def main(arguments: list[str]) -> int:
    """Makes the checkout ready for one purpose. Status 0 when it is, 1 with the reason, 2 for a wrong call."""
    if len(arguments) != 1 or arguments[0] not in PURPOSES:
        print(f"usage: python3 -m tools.ensure {'|'.join(PURPOSES)}", file=sys.stderr)
        return 2
    try:
        for step in PURPOSES[arguments[0]]:
            step()
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Start again and it goes on from here.", file=sys.stderr)
        return 130
    return 0


def ensure_machine() -> None:
    """The machine has what Roundtable runs on."""
    machine.ensure([machine.PANGO, *_venv_needs()])


def ensure_test_machine() -> None:
    """The machine has what the tests need too. PostgreSQL may lack where we cannot install it: said loudly."""
    needs = [machine.PANGO, *_venv_needs(), machine.CHROMIUM, machine.POPPLER]
    if machine.is_root_on_debian():
        needs.append(machine.POSTGRES)
    machine.ensure(needs)
    if not machine.POSTGRES.is_there():
        print(
            "\n*** PostgreSQL's server programs (initdb) are not on this machine: the tests run on SQLite ALONE.\n"
            "*** On Debian they come with: sudo apt-get install postgresql\n",
            flush=True,
        )


def ensure_venv() -> None:
    """The virtual environment is there and works."""
    if _is_usable():
        return
    machine.ensure([machine.VENV])
    shutil.rmtree(VENV, ignore_errors=True)
    run("Making a virtual environment in .venv", [sys.executable, "-m", "venv", str(VENV)])


def ensure_build_tools() -> None:
    """uv, Node and the build backend are in the virtual environment."""
    lock = REQUIREMENTS / "setup.txt"
    pip = [str(BIN / "python"), "-m", "pip", "install", "--require-hashes", "--requirement", str(lock)]
    title = "Getting uv, Node and the build backend (about 90 MB)"
    when_changed("setup", [lock], [BIN / "uv", BIN / "npm"], lambda: run(title, pip))


def ensure_dependencies() -> None:
    """The packages that Roundtable runs on are in the virtual environment, exactly as locked."""
    _ensure_locked("run", "Installing what Roundtable runs on")


def ensure_test_dependencies() -> None:
    """The packages of the tests are in the virtual environment, exactly as locked."""
    _ensure_locked("test", "Installing what the tests need")


def ensure_project() -> None:
    """The command ``roundtable`` is in the virtual environment and runs the code of this checkout."""
    command = [*UV_INSTALL, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    when_changed(
        "project",
        [ROOT / "pyproject.toml"],
        [BIN / "roundtable"],
        lambda: run("Installing the command `roundtable`", command),
    )


def _ensure_locked(name: str, title: str) -> None:
    lock = REQUIREMENTS / f"{name}.txt"
    command = [*UV_INSTALL, "--require-hashes", "--requirement", str(lock)]
    when_changed(name, [lock], [BIN / "flask"], lambda: run(title, command))


def _venv_needs() -> list[machine.Need]:
    return [] if _is_usable() else [machine.VENV]


def _is_usable() -> bool:
    asked = "import sys; print(*sys.version_info[:2])"
    try:
        version = subprocess.run(
            [str(BIN / "python"), "-c", asked], capture_output=True, text=True, check=True
        ).stdout
        # The programs of a folder that was copied or moved still start the Python of their old place.
        is_in_place = str(VENV) in (BIN / "pip").read_text("utf-8")
    except (OSError, subprocess.CalledProcessError):
        return False
    return is_in_place and version.split() == [*map(str, sys.version_info[:2])]


BUILD: tuple[Callable[[], None], ...] = (ensure_venv, ensure_build_tools, ensure_pages, ensure_catalogues)
RUN = (ensure_machine, *BUILD, ensure_dependencies, ensure_project)
CHECK = (*RUN, ensure_test_dependencies)
TEST = (ensure_test_machine, *CHECK)
PURPOSES = {"build": BUILD, "run": RUN, "check": CHECK, "test": TEST}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
