"""The declared types against the installed SDKs, and the drafts of `learn` against the declared types."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from standin import sdk
from standin.catalog import TYPES, Property, Spec, is_type, load, providers, walk
from standin.errors import StandinError
from standin.generators import GENERATORS
from standin.learn import draft
from standin.loading import load_code
from standin.lookups import LOOKUPS
from standin.refusals import words
from standin.schema import configuration, provider_of, registry, schema
from standin.scope import scope
from standin.templates import FILTERS, fields, partition, render
from standin.templates import GENERATORS as TEMPLATE_GENERATORS
from standin.values import UNKNOWN

SPECS = [
    spec for name in providers() for spec in (*load(name).types.values(), *load(name).functions.values())
]
EXPECTED = {
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:bedrock/useCaseForModelAccess:UseCaseForModelAccess",
    "aws:bedrockfoundation/modelAgreement:ModelAgreement",
    "aws:iam/securityTokenServicePreferences:SecurityTokenServicePreferences",
    "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider",
    "aws:bedrockfoundation/getModelAgreementOffers:getModelAgreementOffers",
    "aws:index/getCallerIdentity:getCallerIdentity",
    "aws:index/getPartition:getPartition",
    "random:index/randomUuid:RandomUuid",
    "random:index/randomPassword:RandomPassword",
}
for _name in providers():
    load_code(_name)
each = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.token)


def facts(properties: Mapping[str, Property]) -> dict[str, tuple[str, bool, bool]]:
    """Return path -> type, required, secret of what the installed SDK can know."""
    return {path: (item.type, item.required, item.secret) for path, item in walk(properties)}


def differences(
    declared: Mapping[str, Property], told: Mapping[str, Property], kind: str
) -> dict[str, object]:
    """Return what is declared otherwise than the SDK tells; of functions it does not tell what is required."""
    ours, theirs = facts(declared), facts(told)
    if kind == "function":
        ours = {
            path: (item, theirs.get(path, ("", False, False))[1], False)
            for path, (item, _, _) in ours.items()
        }
    return {
        path: (ours.get(path), theirs.get(path))
        for path in {*ours, *theirs}
        if ours.get(path) != theirs.get(path)
    }


def test_what_the_project_uses_is_declared() -> None:
    assert {spec.token for spec in SPECS} >= EXPECTED


@each
def test_a_declared_type_agrees_with_the_sdk(spec: Spec) -> None:
    told = schema(spec.token)
    assert differences(spec.inputs, told.inputs, told.kind) == {}
    own = {n: item for n, item in spec.outputs.items() if told.kind == "function" or n not in spec.inputs}
    theirs = {n: item for n, item in told.outputs.items() if told.kind == "function" or n not in spec.inputs}
    assert differences(own, theirs, told.kind) == {}
    said = {name for name, item in told.inputs.items() if item.replaces}
    assert said <= {name for name, item in spec.inputs.items() if item.replaces}
    for name in spec.outputs.keys() - own.keys():
        added, known = (
            facts(spec.outputs[name].fields),
            facts(told.outputs.get(name, Property("", "any")).fields),
        )
        assert {path for path in added if added[path] != known.get(path)} == set()


@each
def test_a_draft_agrees_with_the_declared_type(spec: Spec, tmp_path: Path) -> None:
    provider = provider_of(spec.token)
    folder = tmp_path / provider
    folder.mkdir()
    text = draft(spec.token)
    (folder / "provider.yaml").write_text(f"provider: {provider}\nsource: x\n")
    (folder / "draft.yaml").write_text(text)
    with pytest.raises(StandinError, match="`source` is empty"):
        load(provider, tmp_path)
    (folder / "draft.yaml").write_text(text.replace("source: \n", "source: x\n"))
    catalog = load(provider, tmp_path)
    drafted = {**catalog.types, **catalog.functions}[spec.token]
    kind = "type" if spec.token in catalog.types else "function"
    assert differences(spec.inputs, drafted.inputs, kind) == {}
    assert drafted.secrets == spec.secrets or kind == "function"


@pytest.mark.parametrize("provider", providers())
def test_a_provider_configuration_agrees_with_the_sdk(provider: str) -> None:
    told, declared = configuration(provider), load(provider).config.inputs
    assert declared.keys() == told.keys()
    loose = {name for name, item in declared.items() if item.type == "any"}
    for name in declared.keys() - loose:
        assert declared[name].type == told[name].type
        # The SDKs make secret only what the provider's schema says; more credentials are ones.
        assert declared[name].secret or not told[name].secret


SCOPES = {
    name: scope(name, {"region": "x", "location": "x", "zone": "x", "environment": "global"} | extra, {})
    for name, extra in (
        *(
            ("aws", {}),
            ("azuread", {}),
            ("azure-native", {"environment": "public"}),
            ("gcp", {}),
            ("random", {}),
        ),
    )
}


@each
def test_templates_refer_to_what_there_is(spec: Spec) -> None:
    provider = provider_of(spec.token)
    known = {*spec.properties, *SCOPES[provider], "id", *TEMPLATE_GENERATORS}
    if spec.reads:
        assert spec.token in LOOKUPS
        known |= {*load(provider).types[spec.reads].properties}
    everything = [item for _, item in walk(spec.properties)] + [item for _, item in walk(spec.outputs)]
    texts = [
        spec.id,
        spec.unique,
        spec.import_id,
        *(item.template for item in everything),
        *spec.on_import.values(),
    ]
    texts += [item.default for item in spec.inputs.values() if isinstance(item.default, str)]
    texts += [spec.exclusive.key] if spec.exclusive else []
    for text in texts:
        assert set(fields(text)) <= known
        assert set(re.findall(r"\{[^{}|]*\|([^{}]*)\}", text)) <= FILTERS.keys()
    for item in everything:
        assert not item.generate or item.generate in GENERATORS
        assert all(part.split(".")[0] in {"config", *spec.inputs} for part in item.merge)


@each
def test_every_output_is_made_of_something(spec: Spec) -> None:
    made = ("template", "generate", "merge", "fields")
    outputs = spec.outputs.values()
    assert [i.name for i in outputs if i.fills is None and not any(getattr(i, way) for way in made)] == []
    assert [path for path, i in walk(spec.properties) if i.live and not i.generate] == []


@each
def test_names_of_properties_and_errors_are_there(spec: Spec) -> None:
    paths = {path for path, _ in walk(spec.properties)}
    named = {spec.adopts} if isinstance(spec.adopts, str) else set[str]()
    codes = {spec.exclusive.code} if spec.exclusive else set[str]()
    if spec.lasting:
        named |= {*spec.lasting.when} | ({spec.lasting.restored_by} - {""})
        codes |= {spec.lasting.holds} - {""}
    assert named <= paths
    assert codes <= words(provider_of(spec.token)).keys()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("inputs: {}", "give exactly one of the keys type, function, provider"),
        ("type: x:y:Z\nsource: s\nid: i\ninput: {}", "unknown input; allowed:"),
        (
            "type: x:y:Z\nsource: s\nid: i\ninputs: {a: {type: text}}",
            "inputs.a: type 'text' is not one of ours",
        ),
        ("type: x:y:Z\nsource: s\nid: i\ninputs: {a: {type: any, need: 1}}", "inputs.a: unknown need"),
        ("type: x:y:Z\nsource: s\nid: i\nplace: moon", "`place` is account, region or state"),
        ("type: x:y:Z\nsource: s", "a type needs `id`"),
        ("type: x:y:Z\nsource: s\nid: i\ninputs: [a]", "expected a mapping"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, text: str, complaint: str) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "provider.yaml").write_text("provider: x\nsource: s\n")
    (folder / "one.yaml").write_text(text)
    (folder / "two.yaml").write_text(text)
    with pytest.raises(StandinError) as caught:
        load(str(folder.name), tmp_path)
    assert f"one.yaml: {complaint}" in str(caught.value)
    assert "two.yaml:" in str(caught.value)


def test_a_function_reads_a_declared_type(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "provider.yaml").write_text("provider: x\nsource: s\n")
    (folder / "one.yaml").write_text("function: x:y:z\nsource: s\nreads: x:y:Z\n")
    with pytest.raises(StandinError, match=r"one\.yaml: `reads` names x:y:Z, a type that is not declared"):
        load("x", tmp_path)


def test_an_unknown_provider_names_those_there_are() -> None:
    with pytest.raises(StandinError, match="there are: aws, azure-native, azuread, gcp, random"):
        load("gcp-classic")


def test_an_sdk_or_token_that_is_not_there() -> None:
    with pytest.raises(StandinError, match="pip install pulumi-nowhere"):
        sdk.version("nowhere")
    for token in ("aws:nowhere/thing:Thing", "aws:iam/role", "aws"):
        with pytest.raises(StandinError, match="has no"):
            schema(token)


def test_the_registry_is_the_sdks_own() -> None:
    assert registry("aws")["aws:iam/role:Role"] == ("pulumi_aws.iam", "Role")
    assert len(registry("aws")) > 1000


@pytest.mark.parametrize(
    ("text", "good"),
    [("list(map(string))", True), ("json", True), ("list()", False), ("set(string)", False), ("", False)],
)
def test_type_texts(text: str, *, good: bool) -> None:
    assert is_type(text) is good


def test_templates() -> None:
    values = {"a": "X", "n": 3, "u": UNKNOWN, "url": "https://h/p"}
    assert render("{a}-{n}", values) == "X-3"
    assert render("{n}", values) == 3
    assert render("{a|lower}{url|without_scheme}", values) == "xh/p"
    assert render("{a}{u}", values) is UNKNOWN
    assert render("{a}{missing}", values) is None
    assert render("{a}{now}", values, generate=False) is UNKNOWN
    assert render("plain {not a field}", values) == "plain {not a field}"


@pytest.mark.parametrize(
    ("region", "expected"),
    [("us-gov-east-1", "aws-us-gov"), ("cn-northwest-1", "aws-cn"), ("ap-southeast-2", "aws")],
)
def test_partitions(region: str, expected: str) -> None:
    assert partition(region) == expected


def test_yaml_files_are_read_by_a_safe_loader() -> None:
    for path in TYPES.glob("*/*.yaml"):
        assert isinstance(yaml.safe_load(path.read_text("utf-8")), dict)
