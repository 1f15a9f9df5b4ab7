"""A provider that is asked directly, without the engine, as the engine would ask it."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental import provider as rpc

from standin.cloud import Cloud
from standin.provider import StandinProvider
from standin.values import Plain, Properties, plain_map, wire

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
USE_CASE = "aws:bedrock/useCaseForModelAccess:UseCaseForModelAccess"
AGREEMENT = "aws:bedrockfoundation/modelAgreement:ModelAgreement"
STS_PREFERENCES = "aws:iam/securityTokenServicePreferences:SecurityTokenServicePreferences"
LOGGING = "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
GET_PROVIDER = "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider"
GET_OFFERS = "aws:bedrockfoundation/getModelAgreementOffers:getModelAgreementOffers"
PASSWORD = "random:index/randomPassword:RandomPassword"
UUID = "random:index/randomUuid:RandomUuid"

URL = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}'
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:B","a:C"],"Resource":"*"}]}'

REGION: dict[str, Plain] = {"region": "eu-central-1"}


def wires(values: Mapping[str, Any]) -> Properties:
    return {name: value if hasattr(value, "is_secret") else wire(value) for name, value in values.items()}


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::tests::{token}::{name}"


class Asked:
    """One provider over one cloud, with the engine's sequence of calls."""

    def __init__(
        self, path: Path, name: str = "aws", config: Mapping[str, Any] | None = None, **env: str
    ) -> None:
        self.path = path
        self.provider = StandinProvider(name, {"STANDIN_CLOUD": str(path), **env})
        given = wires((REGION if name == "aws" else {}) if config is None else config)
        asyncio.run(self.provider.configure(rpc.ConfigureRequest({}, given, True, True)))

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.path)

    def check(
        self, token: str, inputs: Mapping[str, Any], name: str = "it", old: Properties | None = None
    ) -> rpc.CheckResponse:
        request = rpc.CheckRequest(urn(token, name), old or {}, wires(inputs), b"seed")
        return asyncio.run(self.provider.check(request))

    def inputs(
        self, token: str, inputs: Mapping[str, Any], name: str = "it", old: Properties | None = None
    ) -> Properties:
        answer = self.check(token, inputs, name, old)
        assert not answer.failures, [(f.property, f.reason) for f in answer.failures]
        assert answer.inputs is not None
        return answer.inputs

    def problems(self, token: str, inputs: Mapping[str, Any], name: str = "it") -> dict[str, str]:
        return {f.property: f.reason for f in self.check(token, inputs, name).failures or []}

    def create(
        self, token: str, inputs: Mapping[str, Any], name: str = "it", *, preview: bool = False
    ) -> "Made":
        checked = self.inputs(token, inputs, name)
        answer = asyncio.run(self.provider.create(rpc.CreateRequest(urn(token, name), checked, 0, preview)))
        return Made(self, token, name, answer.resource_id or "", checked, answer.properties)

    def invoke(self, token: str, **args: str) -> rpc.InvokeResponse:
        return asyncio.run(self.provider.invoke(rpc.InvokeRequest(token, wires(args))))

    def told(self, token: str, **args: str) -> dict[str, Plain]:
        answer = self.invoke(token, **args)
        assert not answer.failures, [(f.property, f.reason) for f in answer.failures]
        return plain_map(answer.return_value or {})

    def read(self, token: str, id_: str) -> rpc.ReadResponse:
        return asyncio.run(self.provider.read(rpc.ReadRequest(urn(token, "it"), id_, {}, {})))


@dataclass
class Made:
    """A resource as Pulumi's state holds it."""

    asked: Asked
    token: str
    name: str
    id: str
    inputs: Properties
    state: Properties

    @property
    def plain(self) -> dict[str, Plain]:
        return plain_map(self.state)

    def diff(self, inputs: Mapping[str, Any], ignore: tuple[str, ...] = ()) -> rpc.DiffResponse:
        checked = self.asked.inputs(self.token, inputs, self.name, self.inputs)
        request = rpc.DiffRequest(urn(self.token, self.name), self.id, self.state, checked, [*ignore])
        return asyncio.run(self.asked.provider.diff(request))

    def kinds(self, inputs: Mapping[str, Any], ignore: tuple[str, ...] = ()) -> dict[str, str]:
        return {path: change.kind.name for path, change in self.diff(inputs, ignore).detailed_diff.items()}

    def update(
        self, inputs: Mapping[str, Any], *, preview: bool = False, ignore: tuple[str, ...] = ()
    ) -> "Made":
        checked = self.asked.inputs(self.token, inputs, self.name, self.inputs)
        request = rpc.UpdateRequest(
            urn(self.token, self.name), self.id, self.state, checked, 0, [*ignore], preview
        )
        answer = asyncio.run(self.asked.provider.update(request))
        return Made(self.asked, self.token, self.name, self.id, checked, answer.properties)

    def read(self) -> rpc.ReadResponse:
        request = rpc.ReadRequest(urn(self.token, self.name), self.id, self.state, self.inputs)
        return asyncio.run(self.asked.provider.read(request))

    def delete(self) -> None:
        request = rpc.DeleteRequest(urn(self.token, self.name), self.id, self.state, 0)
        asyncio.run(self.asked.provider.delete(request))


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Yield the folder of a Pulumi home that the tests of one module share."""
    folder = Path(tempfile.mkdtemp(prefix="standin-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def aws(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "cloud.sqlite")


@pytest.fixture
def random(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "cloud.sqlite", "random")
