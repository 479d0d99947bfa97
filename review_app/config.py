"""Settings: one frozen value, read from ``ROUNDTABLE_*`` variables once, all faults in one error."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from review_app import clock
from review_app.delivery_settings import DELIVERY_NAMES, DeliverySettings, read_delivery
from review_app.signing_settings import SIGNING_NAMES, SigningSettings, read_signing
from surveys.cycle import SHORTEST_IN_PRODUCTION, KeyMode

PREFIX = "ROUNDTABLE_"
SHORTEST_SECRET = 32
# Each process that makes PDFs takes about 200 MB and one core.
_MOST_AT_ONCE = 2
KNOWN = frozenset(
    (
        *("MODE", "DATABASE_URL", "BASE_URL", "SECRET_KEY", "DATA_DIR", "KEYS_DIR", "SMTP_URL", "MAIL_FROM"),
        *("HOST", "PORT", "WORKERS", "THREADS", "KEY_MODE", "TRUSTED_PROXIES"),
        *DELIVERY_NAMES,
        *SIGNING_NAMES,
        *("PDF_PROCESSES", "SCAN_COMMAND"),
    )
)

_Choice = TypeVar("_Choice", bound=StrEnum)


class Mode(StrEnum):
    """What the installation is for. A demo says so on every page and may keep a cycle open for seconds."""

    DEMO = "demo"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The environment cannot be used; ``faults`` lists everything that is wrong, each with its mend."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(["The settings cannot be used:", *(f"  - {fault}" for fault in faults)]))


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """Everything an installation decides. ``docs/operations.md`` says what each setting is for."""

    mode: Mode
    database_url: str
    base_url: str
    secret_key: str
    data_dir: Path
    keys_dir: Path
    smtp_url: str | None
    mail_from: str
    host: str
    port: int
    workers: int
    threads: int
    key_mode: KeyMode
    trusted_proxies: int
    delivery: DeliverySettings
    signing: SigningSettings
    pdf_processes: int
    scan_command: Path | None

    def __repr__(self) -> str:
        # The secrets among the settings must never reach a log through a traceback.
        return f"Settings(mode={self.mode.value})"

    @property
    def is_demo(self) -> bool:
        """Whether this installation is a demo."""
        return self.mode is Mode.DEMO

    @property
    def shortest_cycle(self) -> timedelta:
        """How long a cycle must be open at least."""
        return timedelta(seconds=1) if self.is_demo else SHORTEST_IN_PRODUCTION

    @property
    def is_https(self) -> bool:
        """Whether the addresses in the mails are https, so that cookies may be ``__Host-`` and Secure."""
        return self.base_url.startswith("https://")

    @property
    def mailbox_dir(self) -> Path:
        """Where the development mailbox keeps its mails: among the keys, because each mail holds a link."""
        return self.keys_dir / "mailbox"

    @property
    def report_dir(self) -> Path:
        """Where finished report PDFs are kept; all of them can be made again from the database."""
        return self.data_dir / "reports"

    @property
    def paper_dir(self) -> Path:
        """Where the PDFs of other pages wait and are kept; all of them can be made again."""
        return self.data_dir / "papers"

    @property
    def evidence_dir(self) -> Path:
        """Where the files are kept that owners of actions upload."""
        return self.data_dir / "evidence"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """The settings of the environment. Raises SettingsError with every fault."""
        return _Reader(os.environ if environ is None else environ).settings()


class _Reader:
    """Reads one variable after the other and collects what is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._faults: list[str] = []

    def settings(self) -> Settings:
        mode = self._choice("MODE", Mode, Mode.PRODUCTION)
        is_demo = mode is Mode.DEMO
        data_dir = Path(self._get("DATA_DIR") or "var/data").absolute()
        keys_dir = Path(self._get("KEYS_DIR") or "var/keys").absolute()
        self._check_folders(data_dir, keys_dir)
        port = self._number("PORT", 8000, 1, 65535)
        settings = Settings(
            mode=mode,
            database_url=self._database_url(data_dir),
            base_url=self._base_url(is_demo, port),
            secret_key=self._secret_key(is_demo, keys_dir),
            data_dir=data_dir,
            keys_dir=keys_dir,
            smtp_url=self._smtp_url(may_miss=is_demo or self._get("NOTIFY_API_KEY") is not None),
            mail_from=self._mail_from(is_demo),
            host=self._get("HOST") or "127.0.0.1",
            port=port,
            workers=self._number("WORKERS", 2, 1, 64),
            threads=self._number("THREADS", 16, 1, 64),
            key_mode=self._choice("KEY_MODE", KeyMode, KeyMode.ONE_HOST if is_demo else KeyMode.TWO_KEY),
            trusted_proxies=self._number("TRUSTED_PROXIES", 0, 0, 5),
            delivery=read_delivery(self._get, self._fault, self._number, is_demo=is_demo),
            signing=read_signing(self._get, self._fault, clock.now()),
            pdf_processes=self._number("PDF_PROCESSES", min(_MOST_AT_ONCE, os.cpu_count() or 1), 1, 16),
            scan_command=self._scan_command(),
        )
        self._check_names()
        if self._faults:
            raise SettingsError(self._faults)
        return settings

    def _get(self, name: str) -> str | None:
        return self._environ.get(PREFIX + name, "").strip() or None

    def _fault(self, name: str, problem: str) -> None:
        self._faults.append(f"{PREFIX}{name} {problem}")

    def _choice(self, name: str, kind: type[_Choice], default: _Choice) -> _Choice:
        value = self._get(name)
        if value is None:
            return default
        try:
            return kind(value.lower())
        except ValueError:
            self._fault(name, f"is not one of {', '.join(kind)}. Set it to one of these.")
            return default

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        value = self._get(name)
        if value is None:
            return default
        if value.isascii() and value.isdigit() and least <= int(value) <= most:
            return int(value)
        self._fault(name, f"is not a whole number from {least} to {most}. Set it to one, such as {default}.")
        return default

    def _database_url(self, data_dir: Path) -> str:
        url = self._get("DATABASE_URL")
        if url is None:
            return f"sqlite:///{data_dir / 'roundtable.sqlite3'}"
        scheme, _, rest = url.partition("://")
        if scheme in {"postgres", "postgresql"}:
            return f"postgresql+psycopg://{rest}"
        if scheme not in {"sqlite", "postgresql+psycopg"} or url in {"sqlite://", "sqlite:///:memory:"}:
            self._fault(
                "DATABASE_URL",
                "is neither a SQLite file nor PostgreSQL. Write it as sqlite:////folder/file.sqlite3 or"
                " postgresql://name:password@machine/database.",
            )
        return url

    def _base_url(self, is_demo: bool, port: int) -> str:
        url = self._get("BASE_URL")
        if url is None:
            if not is_demo:
                self._fault(
                    "BASE_URL",
                    "is missing. Set it to the address that the mails should link to, such as"
                    " https://review.charity.example.",
                )
            return f"http://127.0.0.1:{port}"
        parts = urlsplit(url)
        is_local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.path.strip("/")
            or parts.query
        ):
            self._fault(
                "BASE_URL", "is not an address without a path, such as https://review.charity.example."
            )
        elif parts.scheme == "http" and not (is_demo or is_local):
            self._fault(
                "BASE_URL",
                "is http: links would travel readable. Use https (a proxy in front can provide it).",
            )
        return url.rstrip("/")

    def _secret_key(self, is_demo: bool, keys_dir: Path) -> str:
        key = self._get("SECRET_KEY")
        if key is not None:
            if len(key) < SHORTEST_SECRET:
                self._fault(
                    "SECRET_KEY",
                    f"is shorter than {SHORTEST_SECRET} characters. Make one with: openssl rand -hex 32",
                )
            return key
        if not is_demo:
            self._fault("SECRET_KEY", "is missing. Make one with: openssl rand -hex 32")
            return ""
        return _kept_secret(keys_dir / "demo-secret")

    def _smtp_url(self, *, may_miss: bool) -> str | None:
        url = self._get("SMTP_URL")
        if url is None:
            if not may_miss:
                self._fault(
                    "SMTP_URL",
                    "is missing. Set it to your mail server, such as"
                    " smtp://name:password@mail.charity.example:587 (smtps:// for implicit TLS).",
                )
            return None
        parts = urlsplit(url)
        try:
            is_whole = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_whole = False
        if not is_whole:
            self._fault("SMTP_URL", "cannot be read. Write it as smtp://name:password@machine:587.")
        return url

    def _scan_command(self) -> Path | None:
        value = self._get("SCAN_COMMAND")
        if value is None:
            return None
        path = Path(value)
        if not path.is_absolute() or not path.is_file() or not os.access(path, os.X_OK):
            self._fault(
                "SCAN_COMMAND",
                "is not the whole path of a program that may be run. It is run with the path of one file; put"
                " options into a script of your own.",
            )
        return path

    def _mail_from(self, is_demo: bool) -> str:
        value = self._get("MAIL_FROM")
        if value is None:
            if not is_demo:
                self._fault(
                    "MAIL_FROM",
                    "is missing. Set it to the sender, such as Roundtable <review@charity.example>.",
                )
            return "Roundtable <roundtable@localhost.example>"
        if "@" not in parseaddr(value)[1] or "\n" in value:
            self._fault("MAIL_FROM", "is not an address. Write it as Roundtable <review@charity.example>.")
        return value

    def _check_folders(self, data_dir: Path, keys_dir: Path) -> None:
        if keys_dir == data_dir or keys_dir.is_relative_to(data_dir) or data_dir.is_relative_to(keys_dir):
            self._fault(
                "KEYS_DIR",
                "and ROUNDTABLE_DATA_DIR lie inside one another. Keep them apart, so that a backup of the data"
                " never holds the keys.",
            )

    def _check_names(self) -> None:
        for name in sorted(self._environ):
            if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in KNOWN:
                self._fault(
                    name.removeprefix(PREFIX), "is not a setting. See docs/operations.md for all of them."
                )


def _kept_secret(path: Path) -> str:
    # A demo makes its own secret once, so that a newcomer stays signed in across restarts.
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = secrets.token_hex(32)
        path.touch(mode=0o600)
        path.write_text(secret, encoding="ascii")
        return secret
