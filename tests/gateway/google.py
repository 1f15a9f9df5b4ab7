"""Google's addresses on loopback: a proxy that ends TLS for them with a certificate of its own and asks the fake.

LiteLLM builds the host from the region and takes no other, so that only a proxy can stand in for it.
"""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.gateway.certificates import certificate
from tests.gateway.running import Fake

REGION = "europe-west1"
PROJECT = "acme-claude"
HOSTS = (f"{REGION}-aiplatform.googleapis.com", "oauth2.googleapis.com")


@dataclass
class Google:
    """`proxy` is the proxy's URL, `authority` the file of the certificate to trust, `key` a service
    account's, `asked` the hosts so far.
    """

    proxy: str
    authority: Path
    key: str
    asked: list[str] = field(default_factory=list[str])

    def environment(self) -> dict[str, str]:
        """Return the variables by which LiteLLM goes there, the key's among them."""
        return {
            "HTTPS_PROXY": self.proxy,
            "AIOHTTP_TRUST_ENV": "True",
            "SSL_CERT_FILE": str(self.authority),
            "REQUESTS_CA_BUNDLE": str(self.authority),
            "DEFAULT_GOOGLE_APPLICATION_CREDENTIALS": self.key,
        }


def _service_account_key() -> str:
    """Return a service account's key, as Google gives it out."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "1",
        "private_key": key.decode(),
        "client_email": f"gateway@{PROJECT}.iam.gserviceaccount.com",
        "token_uri": f"https://{HOSTS[1]}/token",
    }
    return json.dumps(account)


@contextlib.contextmanager
def google(folder: Path, fake: Fake) -> Generator[Google]:
    """Run the proxy."""
    made = certificate(folder, HOSTS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.file, made.key)
    listener = socket.create_server(("127.0.0.1", 0))
    running = Google(f"http://127.0.0.1:{listener.getsockname()[1]}", made.file, _service_account_key())

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += connection.recv(1)
            running.asked.append(head.split(b" ")[1].decode())
            connection.sendall(b"HTTP/1.1 200 ok\r\n\r\n")
            with (
                context.wrap_socket(connection, server_side=True) as inside,
                socket.create_connection(("127.0.0.1", fake.port)) as upstream,
            ):
                back = threading.Thread(target=_copy, args=(upstream, inside), daemon=True)
                back.start()
                _copy(inside, upstream)
                back.join()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        # The answer has ended: the other direction waits for nothing any more.
        source.shutdown(socket.SHUT_RD)
        target.shutdown(socket.SHUT_WR)
