"""Certificates for servers of tests, made with the machine's openssl: an authority and the certificate of localhost."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Certificates:
    """The files of an authority that nobody else trusts, and of the server that it vouches for."""

    authority: Path
    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server speaks TLS with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificates(folder: Path) -> Certificates:
    """New ones in a folder, valid for a day, for the name localhost."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    authority, authority_key = folder / "authority.pem", folder / "authority.key"
    certificate, key, request = folder / "server.pem", folder / "server.key", folder / "server.csr"
    names = folder / "names.txt"
    names.write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n", encoding="ascii")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(
        *("req", "-x509", *new_key, "-days", "1", "-subj", "/CN=Authority of a test"),
        *("-addext", "keyUsage=critical,keyCertSign"),
        *("-keyout", str(authority_key), "-out", str(authority)),
    )
    _openssl("req", *new_key, "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(request))
    _openssl(
        *("x509", "-req", "-days", "1", "-in", str(request), "-extfile", str(names)),
        *("-CA", str(authority), "-CAkey", str(authority_key), "-CAcreateserial", "-out", str(certificate)),
    )
    return Certificates(authority, certificate, key)


def _openssl(*words: str) -> None:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
