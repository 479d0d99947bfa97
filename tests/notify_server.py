"""An imitation of GOV.UK Notify's API on loopback: tokens are checked, mails are kept, their states can be set."""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from notifications_python_client.authentication import decode_jwt_token, get_token_issuer
from notifications_python_client.errors import TokenError

SERVICE, SECRET = "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-8999-aaaaaaaaaaaa"
TEMPLATE = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
KEY = f"a_test-{SERVICE}-{SECRET}"
PAGE = 3


@dataclass
class NotifyServer:
    """A running imitation. ``refusals``: given in turn instead of taking a mail, as (status, error, message)."""

    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[tuple[int, str, str]] = field(default_factory=list)
    template: dict[str, str] = field(
        default_factory=lambda: {"id": TEMPLATE, "subject": "((subject))", "body": "((body))"}
    )
    pages_read: int = 0

    def end(self, reference: str, status: str) -> None:
        """Gives a mail its state."""
        next(one for one in self.sent if one["reference"] == reference)["status"] = status

    def take(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keeps a mail and answers as the API does."""
        kept = {
            "id": str(uuid.uuid4()),
            "reference": body.get("reference"),
            "email_address": body["email_address"],
            "type": "email",
            "status": "created",
            "personalisation": body["personalisation"],
        }
        self.sent.append(kept)
        return {"id": kept["id"], "reference": kept["reference"], "template": {"id": TEMPLATE}}

    def page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """A page of the mails, the newest first."""
        self.pages_read += 1
        newest = list(reversed(self.sent))
        if "older_than" in query:
            ids = [one["id"] for one in newest]
            newest = newest[ids.index(query["older_than"][0]) + 1 :]
        return {"notifications": newest[:PAGE], "links": {"current": self.url}}


class _Server(ThreadingHTTPServer):
    """A server with what the imitation keeps."""

    def __init__(self, notify: NotifyServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.notify = notify


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._is_known():
            return
        if self.server.notify.refusals:
            status, error, message = self.server.notify.refusals.pop(0)
            self._answer(status, {"status_code": status, "errors": [{"error": error, "message": message}]})
        elif body.get("template_id") != TEMPLATE or self.path != "/v2/notifications/email":
            self._answer(400, {"errors": [{"error": "BadRequestError", "message": "Template not found"}]})
        else:
            self._answer(201, self.server.notify.take(body))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if not self._is_known():
            return
        if parts.path == f"/v2/template/{TEMPLATE}":
            self._answer(200, self.server.notify.template)
        elif parts.path == "/v2/notifications":
            self._answer(200, self.server.notify.page(parse_qs(parts.query)))
        else:
            self._answer(404, {"errors": [{"error": "NoResultFound", "message": "No result found"}]})

    def _is_known(self) -> bool:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        try:
            if get_token_issuer(token) == SERVICE and decode_jwt_token(token, SECRET):
                return True
        except TokenError:
            pass
        message = "Invalid token: API key not found"
        self._answer(403, {"errors": [{"error": "AuthError", "message": message}]})
        return False

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextlib.contextmanager
def notify_server() -> Iterator[NotifyServer]:
    """A running imitation."""
    running = NotifyServer()
    with _Server(running) as server:
        running.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()
