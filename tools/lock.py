"""Writes the lock files anew (``make lock``): the newest versions that pyproject.toml and package.json allow.

No lock file names a host: the packages come from whatever registry the machine uses, and their hashes say
whether they are the right ones.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
OLDEST_PYTHON = "3.11"
HOST = re.compile(r"[a-z]+://|index-url|find-links", re.IGNORECASE)
# Keys of package-lock.json that name hosts and that an installation does not need.
NAMING_HOSTS = ("resolved", "funding", "homepage", "bugs", "repository")


def main() -> int:
    """Locks all four files and checks that none of them names a host. Status 1 when one does."""
    requirements = ROOT / "requirements"
    requirements.mkdir(exist_ok=True)
    compile_requirements(requirements / "run.txt", "pyproject.toml")
    # The tests run on exactly what is installed for use, so their lock contains the other one.
    constrained = ("--constraints", "requirements/run.txt")
    compile_requirements(requirements / "test.txt", "pyproject.toml", "--group", "test", *constrained)
    compile_requirements(requirements / "setup.txt", "--group", "setup", *constrained)
    lock_npm()
    locks = [*sorted(requirements.glob("*.txt")), ROOT / "package-lock.json"]
    faults = [
        f"{path.relative_to(ROOT)} names a host" for path in locks if HOST.search(path.read_text("utf-8"))
    ]
    print("\n".join(faults or [f"wrote {path.relative_to(ROOT)}" for path in locks]))
    return 1 if faults else 0


def compile_requirements(target: Path, *sources: str) -> None:
    """Writes one hashed requirements file, for every platform and every Python from the oldest supported one."""
    subprocess.run(
        [
            *(str(BIN / "uv"), "pip", "compile", "--quiet", "--upgrade", "--universal", "--no-header"),
            *("--generate-hashes", "--no-emit-index-url", "--python-version", OLDEST_PYTHON),
            *("--output-file", str(target.relative_to(ROOT)), *sources),
        ],
        cwd=ROOT,
        check=True,
    )


def lock_npm() -> None:
    """Writes package-lock.json and takes the addresses out of it."""
    lock = ROOT / "package-lock.json"
    npm = [str(BIN / "npm"), "update", "--package-lock-only", "--ignore-scripts", "--loglevel=error"]
    subprocess.run(npm, cwd=ROOT, check=True)
    content = json.loads(lock.read_text("utf-8"))
    for package in content["packages"].values():
        for key in NAMING_HOSTS:
            package.pop(key, None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
