"""Runs web, worker and development mailbox as one foreground group, with the demo loaded."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPException
from urllib.request import urlopen

from review_app.config import Mode, Settings, SettingsError
from review_app.database import migrate
from review_app.demo import loading
from review_app.factory import create_app
from review_app.state import state

STOPPED = 0
FAILED = 1
WRONG_CALL = 2


def run() -> int:
    """The exit code after everything has stopped."""
    os.environ.setdefault("ROUNDTABLE_MODE", Mode.DEMO.value)
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG_CALL
    refusal = _refusal(settings)
    if refusal:
        print(refusal, file=sys.stderr)
        return WRONG_CALL
    app = create_app(settings)
    with app.app_context():
        _say("Bringing the database up to date ...")
        migrate()
        children = [_start("serve"), _start("worker")]
        try:
            return _serve(settings, children)
        except KeyboardInterrupt:
            return STOPPED
        except RuntimeError as error:
            print(f"The demo could not be made: {error} Start it again to go on.", file=sys.stderr)
            return FAILED
        finally:
            _stop(children)


def _serve(settings: Settings, children: list[subprocess.Popen[bytes]]) -> int:
    # SIGTERM ends the group as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    address = f"http://127.0.0.1:{settings.port}"
    _wait_until_up(address, children)
    if not loading.is_loaded():
        _say("Making the demo; this is done once and takes about two minutes.")
        loading.load(state(), address, _say)
    _print_welcome(address)
    while all(child.poll() is None for child in children):
        time.sleep(0.3)
    print("One of the processes has stopped, so everything stops.", file=sys.stderr)
    return FAILED


def _refusal(settings: Settings) -> str:
    if not settings.is_demo:
        return "The demo does not run in production mode. Unset ROUNDTABLE_MODE, or use: roundtable serve"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return f"Port {settings.port} is in use. Choose another one: make run PORT={settings.port + 1}"
    return ""


def _start(command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "review_app", command])


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    # A second Ctrl-C must not leave a process behind.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
    _say("Stopped. The data is kept; the next start goes on from here.")


def _wait_until_up(address: str, children: list[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if any(child.poll() is not None for child in children):
            raise RuntimeError("The web server or the worker did not start.")
        try:
            with urlopen(f"{address}/healthz", timeout=5):
                return
        except (OSError, HTTPException):
            time.sleep(0.2)
    raise RuntimeError("The web server did not answer within a minute.")


def _print_welcome(address: str) -> None:
    lines = (
        "",
        "Roundtable is running.",
        "",
        f"  The pages         {address}/",
        f"  The mailbox       {address}/mailbox   (open a mail, follow its link, answer)",
        "",
        "  Sign in as",
        f"    organiser       {loading.ORGANISER[0]}",
        f"    steward         {loading.STEWARD[0]}",
        f"    with password   {loading.PASSWORD}",
        "",
        "  Ctrl-C stops everything and keeps the data.",
        "",
    )
    print("\n".join(lines), flush=True)


def _say(line: str) -> None:
    print(line, flush=True)
