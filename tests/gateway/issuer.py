"""A test issuer of Entra tokens: a key, and a server on loopback that publishes it."""

import contextlib
import json
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

TENANT, APP, DESKTOP = (f"{n * 8}-2222-3333-4444-555555555555" for n in "189")


@dataclass
class Issuer:
    """`url` is where the keys are, `keys` those that it has by id."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict[str, rsa.RSAPrivateKey])

    @property
    def name(self) -> str:
        return f"https://login.microsoftonline.com/{TENANT}/v2.0"

    def published(self) -> bytes:
        keys = [
            {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": name, "use": "sig"}
            for name, key in self.keys.items()
        ]
        return json.dumps({"keys": keys}).encode()

    def token(self, kid: str = "one", **changes: object) -> str:
        """Return an access token for the app; `changes` replace claims, None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.name, "aud": APP, "tid": TENANT, "exp": now + 3600, "nbf": now - 10, "oid": "person-1",
            "scp": "access_as_user", "preferred_username": "ada@example.com", "roles": ["Claude.Finance"], **changes,
        }  # fmt: skip
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.keys[kid], algorithm="RS256", headers={"kid": kid})


@contextlib.contextmanager
def publishing() -> Generator[Issuer]:
    """Publish the keys of an issuer that has one."""
    issuer = Issuer(keys={"one": rsa.generate_private_key(65537, 2048)})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(issuer.published())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        issuer.url = f"http://127.0.0.1:{server.server_address[1]}/keys"
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
