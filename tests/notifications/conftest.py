"""Real SMTP servers at the far end of the wire."""

# ruff: noqa: N802 - aiosmtpd calls its hooks so

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.channels import Channel, open_channel
from tests.waiting import LONGEST_S


@dataclass
class Postman:
    """An aiosmtpd handler that keeps what it takes and answers as it is told.

    An answer may be a list: one for each time it is asked, the last one for ever. `HANG` and `DROP` instead
    of an answer say what they do.
    """

    mail: list[str] = field(default_factory=lambda: [""])
    rcpt: list[str] = field(default_factory=lambda: [""])
    data: list[str] = field(default_factory=lambda: ["250 2.0.0 Ok: queued as 4F1D2A9C"])
    letters: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer(server, self.mail) or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(server, self.rcpt) or "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.letters.append(envelope)
        self.sessions.append(session)
        return await self._answer(server, self.data)

    async def _answer(self, server: SMTP, answers: list[str]) -> str:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "HANG":
            await asyncio.sleep(3600)
        if answer == "DROP":
            server.transport.abort()
        return answer

    @property
    def connections(self) -> int:
        return len({session.peer for session in self.sessions})

    def read(self, number: int = -1) -> EmailMessage:
        """Return a letter as a mail client sees it, with this system's line ends."""
        raw = self.letters[number].original_content
        assert raw is not None
        return message_from_bytes(raw.replace(b"\r\n", b"\n"), _class=EmailMessage, policy=policy.default)


Serve = Callable[..., Controller]


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start an aiosmtpd server for a handler; it stops with the test."""
    running: list[Controller] = []

    def start(handler: object, *, port: int = 0, smtp: type[SMTP] = SMTP, **parameters: Any) -> Controller:
        listener = socket.create_server(("127.0.0.1", port))

        class Server(Controller):
            def factory(self) -> SMTP:
                return smtp(self.handler, loop=self.loop, **self.SMTP_kwargs)

            def _create_server(self) -> Any:
                return self.loop.create_server(self._factory_invoker, sock=listener, ssl=self.ssl_context)

        server = Server(
            handler,
            hostname="127.0.0.1",
            port=listener.getsockname()[1],
            server_hostname="localhost",
            **parameters,
        )
        server.start()
        running.append(server)
        return server

    yield start
    for server in running:
        if server.server is not None:
            server.stop()


@dataclass(frozen=True)
class Certificate:
    """A private authority's certificate, and a server's that it signed."""

    authority: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Sign a certificate for 127.0.0.1 by an authority that no computer knows."""
    folder = tmp_path_factory.mktemp("tls")
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Cơ quan chứng thư nội bộ", authority_key, authority_key, None)
    own = _certificate("127.0.0.1", key, authority_key, authority.subject)
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    (folder / "own.pem").write_bytes(
        own.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "own.pem")
    return Certificate(folder / "authority.pem", context)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(signer, hashes.SHA256())
    )


Open = Callable[..., Channel]


@pytest.fixture
def channel_to() -> Iterator[Open]:
    """Open the channel to a port of this machine, by an Apprise URL; who expects an answer has patience."""
    opened: list[Channel] = []

    def start(
        port: int, *, schema: str = "mailto", login: str = "", query: str = "", timeout: float = LONGEST_S
    ) -> Channel:
        url = f"{schema}://{login}127.0.0.1:{port}?from=cchc@thanhdong.vn{query}"
        opened.append(open_channel("email", url, timeout=timeout))
        return opened[-1]

    yield start
    for channel in opened:
        channel.close()
