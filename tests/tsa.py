"""A timestamping authority of our own on this machine: `openssl ts` behind a small web server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

OPENSSL = shutil.which("openssl")
CONFIG = """
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[reply]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def make(folder: Path) -> Path:
    """Make an authority's keys and certificates in a folder; return its root certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    for name, subject in (("ca", "/CN=Goc"), ("tsa", "/CN=Noi cap dau thoi gian")):
        request = ("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", "x.csr")
        run(folder, *request, "-subj", subject)
        signer = ("-signkey", "ca.key") if name == "ca" else ("-CA", "ca.pem", "-CAkey", "ca.key")
        serial = () if name == "ca" else ("-set_serial", "2")
        extensions = ("-extfile", "tsa.cnf", "-extensions", name, "-out", f"{name}.pem")
        run(folder, "x509", "-req", "-in", "x.csr", *signer, *serial, "-days", "3650", *extensions)
    return folder / "ca.pem"


def run(folder: Path, *words: str) -> str:
    """Run openssl."""
    assert OPENSSL is not None
    done = subprocess.run([OPENSSL, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the authority of a folder; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["content-length"])))
            reply = ("ts", "-reply", "-config", "tsa.cnf", "-section", "reply", "-queryfile", "query.tsq")
            run(folder, *reply, "-inkey", "tsa.key", "-signer", "tsa.pem", "-out", "reply.tsr")
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "reply.tsr").read_bytes())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join(10)
