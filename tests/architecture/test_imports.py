"""Who may import what: the table of the architecture, as allow-lists here and as contracts of import-linter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STANDARD = frozenset(sys.stdlib_module_names)

# What a package may import besides the standard library, and what only single modules of it may.
ALLOWED = {
    "surveys": {"surveys", "yaml"},
    "reports": {"reports", "surveys", "jinja2", "markupsafe", "numpy", "scipy", "openpyxl"},
    "review_app/models": {"review_app.models", "surveys", "sqlalchemy", "flask_sqlalchemy"},
}
ALLOWED_IN_ONE_MODULE = {
    "surveys/sealing.py": {"nacl"},
    "reports/pdf.py": {"weasyprint"},
}
MIGRATIONS_MAY_NOT = {"surveys", "reports", "review_app"}


def test_a_pure_package_imports_what_its_row_of_the_table_allows_and_nothing_else() -> None:
    faults = [
        f"{path}:{line} imports {name}"
        for package, allowed in ALLOWED.items()
        for path, line, name in _imports(package)
        if not _is_in(name, allowed | ALLOWED_IN_ONE_MODULE.get(path, set()) | STANDARD)
    ]
    assert not faults, "\n".join(faults)


def test_only_the_module_that_makes_pdfs_imports_weasyprint() -> None:
    makers = {path for path, _, name in _all_imports() if _is_in(name, {"weasyprint"})}
    assert makers <= {"reports/pdf.py"}


def test_only_the_sealing_module_and_the_key_folder_import_the_cipher() -> None:
    users = {path for path, _, name in _all_imports() if _is_in(name, {"nacl"})}
    assert users <= {"surveys/sealing.py", "review_app/keys.py"}


def test_a_migration_imports_nothing_of_ours() -> None:
    faults = [
        f"{path}:{line} imports {name}" for path, line, name in _imports("migrations") if _is_ours(name)
    ]
    assert not faults, "\n".join(faults)


def test_no_package_of_ours_imports_its_tests_or_its_tools() -> None:
    faults = [path for path, _, name in _all_imports() if _is_in(name, {"tests", "benches", "tools"})]
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_the_contracts_of_import_linter_are_kept() -> None:
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    result = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_scan_sees_imports_inside_functions() -> None:
    tree = ast.parse("def f():\n    from flask import g\n    import os.path\n")
    assert [name for _, name in _names(tree)] == ["flask", "os.path"]


def _all_imports() -> Iterator[tuple[str, int, str]]:
    for package in ("surveys", "reports", "review_app"):
        yield from _imports(package)


def _imports(package: str) -> Iterator[tuple[str, int, str]]:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules, f"{package} has no modules"
    for path in modules:
        for line, name in _names(ast.parse(path.read_text("utf-8"))):
            yield str(path.relative_to(ROOT)), line, name


def _names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are written out in full"
            yield node.lineno, node.module or ""


def _is_in(name: str, packages: set[str] | frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:length]) in packages for length in range(1, len(parts) + 1))


def _is_ours(name: str) -> bool:
    return _is_in(name, MIGRATIONS_MAY_NOT)
