"""A small OpenID Connect provider over HTTP; it checks PKCE and the client's secret."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "cchc-phuong", "bi mat"


@dataclass
class Identity:
    """Signs somebody in at once: `consent` returns where the browser would be sent back."""

    now: int
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "Lan@example.vn", "email_verified": True}
    )
    issuer: str = ""
    wrong: dict[str, Any] = field(default_factory=dict)  # what the ID token says otherwise than it should
    signed_by: RSAKey | None = None
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> Identity:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def consent(self, address: str) -> str:
        """Return the path of ours to which the provider would send the browser."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?code={code}&state={asked['state']}"

    def metadata(self) -> dict[str, str]:
        """Return where the services are."""
        return {
            "issuer": self.wrong.get("issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def token(self, form: dict[str, str], basic: str) -> dict[str, Any] | None:
        """Exchange a code, once."""
        asked = self._codes.pop(form.get("code", ""), None)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        right = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != challenge or basic != f"Basic {right}":
            return None
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "42",
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": asked["nonce"],
            **self.claims,
            **self.wrong,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signed_by or self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


def _handler(identity: Identity) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self._answer(identity.metadata())
            elif self.path == "/keys":
                self._answer({"keys": [identity.key.as_dict(private=False)]})
            else:
                self._answer(None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(identity.token(form, self.headers.get("authorization", "")))

        def _answer(self, body: Any) -> None:
            self.send_response(400 if body is None else 200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body or {"error": "invalid_grant"}).encode())

        def log_message(self, *_: object) -> None:
            pass

    return Handler
