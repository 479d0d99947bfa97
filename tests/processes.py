"""Real processes of the application, started and killed as an operator or a power cut would."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]


def start(environ: dict[str, str], *command: str, log: Path | None = None) -> subprocess.Popen[bytes]:
    """A ``roundtable`` command as a process group of its own; what it prints goes to ``log``, or nowhere."""
    with Path(log or os.devnull).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "review_app", *command],
            cwd=ROOT,
            env={**_clean(), **environ},
            start_new_session=True,
            stdout=output,
            stderr=output,
        )


def call(environ: dict[str, str], *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A ``roundtable`` command run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "review_app", *command],
        cwd=ROOT,
        env={**_clean(), **environ},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 on the process and everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def serving(environ: dict[str, str], *, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A running web server, ready to answer; killed at the end."""
    process = start(environ, "serve", log=log)
    try:
        wait_until_up(f"http://127.0.0.1:{environ['ROUNDTABLE_PORT']}", process)
        yield process
    finally:
        kill(process)


def wait_until_up(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Returns when the server answers. Raises AssertionError with its output when it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError("The server stopped.")
        with contextlib.suppress(OSError), urlopen(f"{address}/healthz", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError("The server did not answer.")


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ROUNDTABLE_")}
