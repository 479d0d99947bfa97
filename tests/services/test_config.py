"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from review_app.config import KNOWN, PREFIX, Mode, Settings, SettingsError
from surveys.cycle import KeyMode

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def production(tmp_path: Path, **changes: str) -> dict[str, str]:
    """A whole production environment; ``changes`` replace settings, "" removes one."""
    values = {
        "BASE_URL": "https://review.charity.example",
        "SECRET_KEY": "k" * 64,
        "SMTP_URL": "smtp://name:pass@mail.charity.example:587",
        "MAIL_FROM": "Roundtable <review@charity.example>",
        "DATA_DIR": str(tmp_path / "data"),
        "KEYS_DIR": str(tmp_path / "keys"),
        **changes,
    }
    return {PREFIX + name: value for name, value in values.items()}


def test_production_is_the_default_and_keeps_the_key_with_the_steward(tmp_path: Path) -> None:
    settings = Settings.from_env(production(tmp_path))
    assert settings.mode is Mode.PRODUCTION
    assert settings.key_mode is KeyMode.TWO_KEY
    assert settings.shortest_cycle.days == 5
    assert settings.is_https


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    environ = {
        "ROUNDTABLE_PORT": "many",
        "ROUNDTABLE_MODE": "produktion",
        "ROUNDTABLE_DATABASE_URL": "mysql://here/there",
        "ROUNDTABLE_SMTP_URL": "mail.charity.example",
        "ROUNDTABLE_SECRET_KEY": "short",
        "ROUNDTABLE_BASE_URL": "review.charity.example/app",
        "ROUNDTABLE_MAIL_FROM": "nobody",
        "ROUNDTABLE_DATA_DIR": str(tmp_path),
        "ROUNDTABLE_KEYS_DIR": str(tmp_path / "keys"),
        "ROUNDTABLE_COLOUR": "teal",
    }
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(environ)
    named = {fault.split()[0].removeprefix(PREFIX) for fault in refused.value.faults}
    assert named == {
        "PORT", "MODE", "DATABASE_URL", "SMTP_URL", "SECRET_KEY", "BASE_URL", "MAIL_FROM", "KEYS_DIR", "COLOUR",
    }  # fmt: skip
    assert "short" not in str(refused.value) or "shorter" in str(refused.value)


@pytest.mark.parametrize("missing", ["BASE_URL", "SECRET_KEY", "SMTP_URL", "MAIL_FROM"])
def test_production_guesses_nothing_that_matters(tmp_path: Path, missing: str) -> None:
    with pytest.raises(SettingsError, match=PREFIX + missing):
        Settings.from_env(production(tmp_path, **{missing: ""}))


def test_links_over_plain_http_are_refused_outside_a_demo(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="https"):
        Settings.from_env(production(tmp_path, BASE_URL="http://review.charity.example"))


def test_a_demo_needs_nothing_and_keeps_its_secret_across_starts(tmp_path: Path) -> None:
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(tmp_path / "data"),
        "ROUNDTABLE_KEYS_DIR": str(tmp_path / "keys"),
    }
    first, second = Settings.from_env(environ), Settings.from_env(environ)
    assert first == second and len(first.secret_key) == 64
    assert (tmp_path / "keys" / "demo-secret").stat().st_mode & 0o077 == 0


def test_the_settings_never_print_a_secret(tmp_path: Path) -> None:
    settings = Settings.from_env(production(tmp_path))
    assert "pass" not in repr(settings) and "kkk" not in repr(settings)


def test_a_postgresql_address_may_be_written_in_every_usual_way(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        settings = Settings.from_env(production(tmp_path, DATABASE_URL=f"{scheme}://name@127.0.0.1/database"))
        assert settings.database_url == "postgresql+psycopg://name@127.0.0.1/database"


def test_every_setting_is_documented() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    assert [name for name in sorted(KNOWN) if f"`{PREFIX}{name}`" not in text] == []
