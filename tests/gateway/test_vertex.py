"""The Vertex AI upstream and format: LiteLLM's own Google client, against a proxy that ends TLS for Google's hosts."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from claude_byoc.contract.gateway import VERTEX_PREFIX
from claude_byoc.gateway.spec import GatewaySpec, TokenAuth, VertexUpstream
from claude_byoc.gateway.tokens import SigningKey
from tests.gateway.conftest import MODELS
from tests.gateway.google import HOSTS, PROJECT, REGION, Google, google
from tests.gateway.readable import unreadable
from tests.gateway.running import Fake, Running, body, run
from tests.gateway.test_conformance import as_answer, check_error

pytestmark = pytest.mark.gateway

BASE = f"{VERTEX_PREFIX}/projects/{PROJECT}/locations/{REGION}/publishers/anthropic/models"
RAW = {
    "anthropic_version": "vertex-2023-10-16",
    "max_tokens": 16,
    "metadata": {"user_id": "u"},
    "messages": body()["messages"],
}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, fake_upstream: Fake) -> Generator[Google]:
    with google(tmp_path_factory.mktemp("google"), fake_upstream) as running:
        yield running


@pytest.fixture(scope="module")
def vertex(
    tmp_path_factory: pytest.TempPathFactory,
    litellm: Path,
    signing_key: SigningKey,
    fake_upstream: Fake,
    there: Google,
) -> Generator[Running]:
    upstream = VertexUpstream(PROJECT, REGION, stored_key=True)
    spec = GatewaySpec([upstream], MODELS, TokenAuth([signing_key.public]))
    folder = tmp_path_factory.mktemp("vertex")
    with run(
        spec, folder, litellm, key=signing_key, upstream=fake_upstream, environment=there.environment()
    ) as running:
        yield running


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
@pytest.mark.parametrize("model", ["claude-opus-5", "claude-newer-9"])
def test_an_answer_in_vertex_format(vertex: Running, there: Google, model: str, scheme: str) -> None:
    with vertex.client(scheme) as client:
        response = client.post(f"{BASE}/{model}:rawPredict", json=RAW)
    assert response.status_code == 200, response.text
    assert not unreadable(as_answer(response))
    seen = vertex.fake.last()
    assert seen["target"].endswith(
        f"/projects/{PROJECT}/locations/{REGION}/publishers/anthropic/models/{model}:rawPredict"
    )
    assert json.loads(seen["body"]) == RAW
    assert vertex.token not in json.dumps(seen)
    assert f"{HOSTS[0]}:443" in there.asked


def test_a_stream_in_vertex_format(vertex: Running) -> None:
    with vertex.client("bearer") as client:
        response = client.post(f"{BASE}/claude-opus-5:streamRawPredict", json={**RAW, "stream": True})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    assert "message_stop" in response.text


def test_the_anthropic_format_to_vertex(vertex: Running) -> None:
    for content in (body(), body(stream=True)):
        with vertex.client() as client:
            response = client.post("/v1/messages", json=content)
        assert response.status_code == 200, response.text


@pytest.mark.parametrize("status", [400, 403, 429, 529])
@pytest.mark.parametrize("path", [f"{BASE}/claude-opus-5:rawPredict", "/v1/messages"])
def test_errors_keep_their_status(vertex: Running, path: str, status: int) -> None:
    content = {**body(f"status={status} retry-after=7"), **({} if path == "/v1/messages" else RAW)}
    content["messages"] = body(f"status={status} retry-after=7")["messages"]
    with vertex.client() as client:
        answer = as_answer(client.post(path, json=content))
    assert check_error(answer, status)["message"] == f"fake {status}"
    assert answer.all("retry-after") == ["7"]


@pytest.mark.parametrize(
    "path",
    [
        BASE.replace(PROJECT, "other-project") + "/claude-opus-5:rawPredict",
        BASE.replace(REGION, "us-east5") + "/claude-opus-5:rawPredict",
        f"{BASE}/claude-opus-5:predict",
        f"{BASE}/../google/models/gemini:rawPredict",
        BASE.replace("anthropic", "google") + "/gemini-pro:rawPredict",
        f"{BASE}/claude-other:rawPredict",
    ],
)
def test_another_project_region_publisher_or_model_is_not_found(vertex: Running, path: str) -> None:
    with vertex.client("bearer") as client:
        check_error(as_answer(client.post(path, json=RAW)), 404)
