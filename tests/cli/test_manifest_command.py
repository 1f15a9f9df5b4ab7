"""`claude-byoc manifest` as a process: files, modes, exit codes, and what it must never print."""

import contextlib
import http.server
import json
import os
import shutil
import signal
import ssl
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from claude_byoc.cli import template as templates
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.rollout.manifest import builtin_template, identity, read_back

from .conftest import Command

URL = "gateway_url=https://gw.contoso.com"
ID = "12345678-1234-1234-1234-1234567890ab"
SECRET = "hunter2-hunter2"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_manifest_with_and_without_a_secret(command: Command, tmp_path: Path) -> None:
    done = command("manifest", "office", URL, "-o", "m.xml")
    assert (done.returncode, done.stderr) == (0, "")
    assert read_back((tmp_path / "m.xml").read_bytes()) == {"gateway_url": "https://gw.contoso.com"}
    assert mode(tmp_path / "m.xml") == 0o644
    (tmp_path / "token").write_text(SECRET + "\n")
    done = command("manifest", "office", URL, "gateway_token=@token", "-o", "m.xml")
    assert (done.returncode, done.stderr) == (0, "")
    assert read_back((tmp_path / "m.xml").read_bytes())["gateway_token"] == SECRET
    assert mode(tmp_path / "m.xml") == 0o600
    assert SECRET not in done.stdout


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_a_value_from_standard_input(ending: bytes, command: Command, tmp_path: Path) -> None:
    value = b"\xef\xbb\xbf" + SECRET.encode() + ending
    done = command("manifest", "office", URL, "gateway_token=-", "-o", "m.xml", "--json", stdin=value)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert set(answer) == {"file", "id", "version", "urlLength", "secret", "redacted", "warnings"}
    assert (answer["file"], answer["secret"], answer["warnings"]) == ("m.xml", True, [])
    assert answer["redacted"] is None
    assert identity((tmp_path / "m.xml").read_bytes()) == (answer["id"], answer["version"])
    assert read_back((tmp_path / "m.xml").read_bytes())["gateway_token"] == SECRET


def test_a_copy_without_secrets(command: Command, tmp_path: Path) -> None:
    arguments = ["manifest", "office", URL, "gateway_token=-", "--redacted", "copy.xml"]
    done = command(*arguments, "-o", "m.xml", "--json", stdin=SECRET.encode())
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["redacted"] == "copy.xml"
    copy = (tmp_path / "copy.xml").read_bytes()
    assert SECRET.encode() not in copy
    assert identity(copy) == identity((tmp_path / "m.xml").read_bytes())
    assert read_back(copy) == {"gateway_url": "https://gw.contoso.com", "gateway_token": "REDACTED"}
    assert (mode(tmp_path / "m.xml"), mode(tmp_path / "copy.xml")) == (0o600, 0o644)
    done = command(*arguments, "-o", "-", stdin=SECRET.encode())
    assert done.stderr == "warning: the output holds a secret: keep it in a file of mode 0600\n"
    assert read_back(done.stdout.encode())["gateway_token"] == SECRET
    assert (tmp_path / "copy.xml").read_bytes() != copy  # a fresh Id, since -o - continues no file
    (tmp_path / "copy.xml").write_text("notes")
    done = command(*arguments, "-o", "n.xml", stdin=SECRET.encode())
    assert done.returncode == 1
    assert "is there and is not a manifest" in done.stderr
    assert "name another file with --redacted" in done.stderr
    assert not (tmp_path / "n.xml").exists()


def test_a_secret_on_the_command_line_works_and_warns(command: Command, tmp_path: Path) -> None:
    done = command("manifest", "office", URL, f"gateway_token={SECRET}", "-o", "m.xml", "--json")
    assert done.returncode == 0
    assert "other processes" in done.stderr
    assert [warning["key"] for warning in json.loads(done.stdout)["warnings"]] == ["gateway_token"]
    assert SECRET not in done.stdout + done.stderr


def test_id_and_version(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "m.xml"
    assert command("manifest", "office", URL, "-o", "m.xml").returncode == 0
    first, version = identity(file.read_bytes())
    assert version == "1.0.0.0"
    before = file.read_bytes()
    done = command("manifest", "office", URL, "-o", "m.xml", "--json")
    assert (file.read_bytes(), json.loads(done.stdout)["version"]) == (before, "1.0.0.0")
    assert command("manifest", "office", URL, "auto_connect=0", "-o", "m.xml").returncode == 0
    assert identity(file.read_bytes()) == (first, "1.0.0.1")
    assert (
        command(
            "manifest", "office", URL, "-o", "m.xml", "--id", ID, "--manifest-version", "2.0.0.0"
        ).returncode
        == 0
    )
    assert identity(file.read_bytes()) == (ID, "2.0.0.0")
    assert command("manifest", "office", URL, "-o", "n.xml").returncode == 0
    assert identity((tmp_path / "n.xml").read_bytes())[0] not in (first, ID)


def test_standard_output(command: Command, tmp_path: Path) -> None:
    done = command("manifest", "office", URL, "-o", "-", "--id", ID)
    assert (done.returncode, done.stderr) == (0, "")
    assert read_back(done.stdout.encode()) == {"gateway_url": "https://gw.contoso.com"}
    assert list(tmp_path.iterdir()) == []


def test_all_problems_at_once_and_nothing_written(command: Command, tmp_path: Path) -> None:
    done = command(
        "manifest", "outlook", "gateway_url=http://gw", "gateway_token=sk-ant-api03-hunter2", "aws_region=nowhere",
        "gatewayAuthHeader=x", "graph_client_id=@nothere", "-o", "m.xml", "--id", "x", "--manifest-version", "1",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    for text in (
        "gateway_url", "only gateway-issued tokens", "aws_region", "did you mean gateway_auth_header?",
        "No such file", "error: id:", "error: version:", "--template",
    ):  # fmt: skip
        assert text in done.stderr
    assert "hunter2" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["manifest"],
        ["manifest", "office"],
        ["manifest", "office", URL],
        ["manifest", "office", "-o", "m.xml"],
        ["manifest", f"gateway_token={SECRET}", "office", "-o", "m.xml"],
        ["manifest", "office", URL, "gateway_token", SECRET, "-o", "m.xml"],
        ["manifest", "office", URL, URL, "-o", "m.xml"],
        ["manifest", "office", "gateway_url=-", "gateway_token=-", "-o", "m.xml"],
        ["manifest", "office", URL, "-o", "-", "--json"],
        ["manifest", "office", URL, "-o", "m.xml", "--redacted", "./m.xml"],
        ["manifest", "office", URL, "-o", "m.xml", "--redacted", "-"],
        ["manifest", "office", URL, "-o", "m.xml", f"--gateway_token={SECRET}"],
        ["manifests"],
    ],
)
def test_bad_usage(arguments: list[str], command: Command, tmp_path: Path) -> None:
    done = command(*arguments, stdin=SECRET.encode())
    assert done.returncode == 2
    assert SECRET not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_arguments_that_are_not_utf_8(command: Command, tmp_path: Path) -> None:
    done = command("manifest", "office", b"gateway_token=\xff\xfe", b"\xff=\xfe", b"-o", b"m.xml")
    assert done.returncode == 1
    assert "not valid Unicode" in done.stderr
    (tmp_path / "latin1").write_bytes(b"t\xf6ken")
    done = command("manifest", "office", URL, "gateway_token=@latin1", "-o", "m.xml")
    assert done.returncode == 1
    assert "is not UTF-8 text" in done.stderr


def test_places_that_cannot_be_written_or_are_not_ours(command: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for place, why in (
        ("notes.txt/m.xml", "cannot be written"),
        ("nowhere/m.xml", "cannot be written"),
        (".", "not a regular file"),
        ("/dev/null", "not a regular file"),
        ("notes.txt", "is there and is not a manifest"),
    ):
        done = command("manifest", "office", URL, "-o", place)
        assert (done.returncode, done.stdout) == (1, "")
        assert why in done.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"notes.txt": "mine"}


def test_a_template_from_a_file(command: Command, tmp_path: Path) -> None:
    (tmp_path / "t.xml").write_bytes(
        builtin_template("office").replace(b"<SupportUrl", b"<Extra/><SupportUrl")
    )
    done = command("manifest", "office", URL, "-o", "m.xml", "--template", "t.xml")
    assert done.returncode == 0
    assert "warning: manifest: has a child Extra" in done.stderr
    (tmp_path / "bomb.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><OfficeApp>&b;</OfficeApp>')
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as package:
        package.writestr("manifest.json", "{}")
    (tmp_path / "page.html").write_bytes(b"\xef\xbb\xbf\r\n<!doctype HTML>\n<title>Sign in</title><br>")
    (tmp_path / "bare.html").write_text('<?xml version="1.0"?><html lang="en"><p>Sign in</html>')
    for template, why in (
        ("bomb.xml", "DOCTYPE"),
        ("app.zip", "is a zip archive"),
        ("page.html", "is an HTML page"),
        ("bare.html", "is an HTML page"),
        ("nothere.xml", "No such file"),
        (".", "Is a directory"),
        ("http://pivot.claude.ai/manifest.xml", "not an https:// URL"),
        ("file:///etc/passwd", "not an https:// URL"),
        ("https://127.0.0.1:1/m.xml", "cannot be fetched"),
        ("https://user:word@localhost/m.xml", "the URL is not valid"),
        ("https://localhost/a b", "the URL is not valid"),
        ("https://", "cannot be fetched"),
    ):
        done = command("manifest", "office", URL, "-o", "n.xml", "--template", template)
        assert done.returncode == 1
        assert why in done.stderr
    done = command("manifest", "outlook", URL, "-o", "n.xml", "--template", "t.xml")
    assert done.returncode == 1
    assert "not for outlook" in done.stderr
    assert not (tmp_path / "n.xml").exists()


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        places = {
            "/down": "http://127.0.0.1:1/x", "/again": "/m.xml", "/file": "file:///etc/passwd", "/round": "/round",
        }  # fmt: skip
        if self.path == "/odd":
            self.wfile.write(b"220 mail.contoso.com ESMTP\r\n")
            return
        if self.path in places:
            self.send_response(302)
            self.send_header("Location", places[self.path])
            self.end_headers()
            return
        self.send_response(404 if self.path == "/gone" else 200)
        # What the server calls it does not matter, in either direction.
        self.send_header("Content-Type", "text/xml" if self.path == "/page" else "text/html")
        self.end_headers()
        if self.path == "/endless":
            self.wfile.write(b"<OfficeApp>")
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(b" " * 65536)
        elif self.path == "/slow":
            # A byte now and then keeps every single read short of its time limit.
            with contextlib.suppress(OSError):
                while not threading.Event().wait(0.02):
                    self.wfile.write(b" ")
        elif self.path == "/cut":
            self.wfile.write(builtin_template("office")[:500])
        elif self.path == "/page":
            self.wfile.write(b"<!DOCTYPE html><html><p>Sign in</html>")
        else:
            self.wfile.write(builtin_template("office"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """An https:// site on loopback, and the environment that trusts it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path / "tls"
    folder.mkdir()
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key", "-out", folder / "cert"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    with http.server.ThreadingHTTPServer(("localhost", 0), _Site) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        trusting = {"PATH": os.defpath, "SSL_CERT_FILE": str(folder / "cert"), "no_proxy": "*"}
        yield f"https://localhost:{server.server_address[1]}", trusting
        server.shutdown()
        thread.join()


def test_a_template_from_a_site(site: tuple[str, dict[str, str]], command: Command, tmp_path: Path) -> None:
    base, trusting = site
    for path in ("/m.xml", "/again"):
        done = command("manifest", "office", URL, "-o", "m.xml", "--template", base + path, env=trusting)
        assert (done.returncode, done.stderr) == (0, "")
    for path, env, why in (
        ("/down", trusting, "redirects to an address that is not https://"),
        ("/file", trusting, "an address that is not https://"),
        ("/round", trusting, "redirects in a circle"),
        ("/odd", trusting, "cannot be fetched"),
        ("/endless", trusting, "bytes"),
        ("/cut", trusting, "not well-formed"),
        ("/page", trusting, "is an HTML page"),
        ("/gone", trusting, "answered 404"),
        ("/m.xml", {"PATH": os.defpath, "no_proxy": "*"}, "CERTIFICATE_VERIFY_FAILED"),
    ):
        done = command("manifest", "office", URL, "-o", "n.xml", "--template", base + path, env=env)
        assert done.returncode == 1
        assert why in done.stderr


def test_a_site_that_is_slow_without_end(
    site: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    base, trusting = site
    for name, value in trusting.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(templates, "_SECONDS", 0.5)
    with pytest.raises(ProblemsError, match=r"it took more than 0\.5 seconds"):
        templates.load_template(base + "/slow", "office")


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "claude_byoc.cli", "manifest", "office", URL, "-o", "-"],
        stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""


def test_interrupted(tmp_path: Path) -> None:
    # A value from a pipe that nobody writes to: the command waits there.
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-m", "claude_byoc.cli", "manifest", "office", f"gateway_token=@{fifo}", "-o", "m.xml"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        # A suite that runs in the background of a shell inherits an ignored SIGINT, and so would the command.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    with fifo.open("wb"):  # returns as soon as the command has opened its end
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in out + err
