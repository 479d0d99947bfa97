"""Writes the published schema of reports anew, from the types that are serialised."""

from __future__ import annotations

import json
from pathlib import Path

from reports.schema import NAME, report_schema

FILE = Path(__file__).resolve().parent.parent / "reports" / "schemas" / NAME


def main() -> None:
    """Writes the file."""
    FILE.write_text(written(), encoding="utf-8")
    print(f"wrote {FILE.name}")


def written() -> str:
    """What the file holds."""
    return json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
