"""The wheel alone is enough: built, installed into an empty environment, started, and opened."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import free_port
from tools.steps import environment

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
SECONDS_TO_START = 60

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    _uv(
        "build",
        "--wheel",
        "--no-build-isolation",
        "--out-dir",
        str(folder),
        "--python",
        sys.executable,
        str(ROOT),
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it depends on, as locked."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    _uv("venv", "--python", sys.executable, str(venv))
    install = ("pip", "install", "--quiet", "--python", str(venv / "bin" / "python"))
    _uv(*install, "--require-hashes", "--requirement", str(ROOT / "requirements" / "run.txt"))
    _uv(*install, "--no-deps", str(wheel))
    return venv / "bin"


@pytest.fixture
def address(installed: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server that runs from the wheel, far from the checkout."""
    port = free_port()
    settings = {
        "PATH": os.environ["PATH"],
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(tmp_path / "data"),
        "ROUNDTABLE_KEYS_DIR": str(tmp_path / "keys"),
        "ROUNDTABLE_PORT": str(port),
    }
    roundtable = str(installed / "roundtable")
    subprocess.run([roundtable, "migrate"], cwd=tmp_path, env=settings, check=True)
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [roundtable, "serve"], cwd=tmp_path, env=settings, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def test_the_wheel_holds_all_that_the_pages_and_reports_are_made_from(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= {
        "surveys/practices.csv",
        "reports/model.py",
        "review_app/templates/layouts/base.html",
        "review_app/migrations/env.py",
        "review_app/static/app.js",
        "review_app/static/dist/app.css",
        "review_app/static/dist/fonts/PublicSans-400Regular.ttf",
        "review_app/static/dist/fonts/public-sans-latin-ext-400-normal.woff2",
    }
    packages = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert packages == {"surveys", "reports", "review_app"}
    assert not [name for name in names if name.startswith("review_app/static/src/")]


def test_a_server_from_the_wheel_alone_shows_a_page_with_its_style_and_script(address: str) -> None:
    page = _get(f"{address}/sign-in").decode("utf-8")
    assert "<h1" in page
    assert "/static/dist/app.css" in page
    assert b"Public Sans" in _get(f"{address}/static/dist/app.css")
    assert _get(f"{address}/static/app.js")


def test_what_is_installed_is_the_wheel_and_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    asked = "import review_app.layout as l; print(l.template_folder(), l.migration_folder(), l.report_font_folder())"
    answer = subprocess.run(
        [str(installed / "python"), "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    for folder in map(Path, answer.split()):
        assert folder.is_relative_to(installed.parent)
        assert folder.is_dir()


def _uv(*arguments: str) -> None:
    result = subprocess.run(
        [str(UV), *arguments], env=environment(), capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and server.poll() is None:
        try:
            _get(address)
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"The server did not answer:\n{log.read_text('utf-8')}")


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as response:
        content: bytes = response.read()
    return content
