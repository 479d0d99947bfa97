"""How one step of the set-up is run: told in a line, timed, and left out when its inputs have not changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / ".stamps"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
SECONDS_BETWEEN_SIGNS = 10
LINES_OF_A_FAILURE = 40


class SetUpError(Exception):
    """The set-up cannot go on; the text says what is missing and how to mend it."""


def when_changed(
    name: str, inputs: Iterable[Path], outputs: Iterable[Path], action: Callable[[], None]
) -> None:
    """Runs ``action`` unless it was finished before with the same inputs and its outputs are still there."""
    key = _key(inputs)
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text("utf-8") == key and all(output.exists() for output in outputs):
        return
    stamp.unlink(missing_ok=True)
    action()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key, "utf-8")


def run(title: str, command: Sequence[str], extra: Mapping[str, str] | None = None) -> None:
    """Runs a command quietly under one line of ``title``. Raises SetUpError with the end of what it printed."""
    print(title, end=" ...", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(extra),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        except OSError as error:
            raise SetUpError(f"{command[0]} cannot be started: {error.strerror}") from error
        status = _wait(process, started)
        output.seek(0)
        printed = output.read().decode("utf-8", "replace").splitlines()
    if status:
        end = "\n".join(f"    {line}" for line in printed[-LINES_OF_A_FAILURE:])
        raise SetUpError(f"This failed with status {status}:\n    {' '.join(command)}\n{end}")
    print(f" done in {time.monotonic() - started:.0f} s", flush=True)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a step: the venv's programs first, and the certificates that this machine trusts."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    settings = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV), **(extra or {})}
    # Behind a proxy with a certificate of its own only the system's store knows it. A slim image has no store.
    if SYSTEM_CERTIFICATES.is_file():
        settings.setdefault("UV_SYSTEM_CERTS", "true")
        settings.setdefault("NODE_USE_SYSTEM_CA", "1")
    return settings


def _wait(process: subprocess.Popen[bytes], started: float) -> int:
    while True:
        try:
            return process.wait(SECONDS_BETWEEN_SIGNS)
        except subprocess.TimeoutExpired:
            print(f" {time.monotonic() - started:.0f} s", end="", flush=True)
        except KeyboardInterrupt:
            process.wait()
            raise


def _key(inputs: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}\n{ROOT}\n".encode())
    for path in sorted(inputs):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
