"""The provider: what the engine asks, answered from the catalogue, the rules and the cloud's file."""

from collections.abc import Mapping
from functools import cached_property

from pulumi.provider.experimental import provider as rpc
from typing_extensions import override

from standin import check as checks
from standin import cloud as clouds
from standin import faults, scope, state
from standin.catalog import Spec, load
from standin.check import DEFAULTS
from standin.compare import differences, replaced, same
from standin.errors import CloudError, StandinError
from standin.generators import GENERATORS
from standin.lookups import look_up
from standin.rules import Subject, check_rules, cloud_rules
from standin.templates import is_volatile, render
from standin.values import (
    CHANGED,
    UNKNOWN,
    Plain,
    Properties,
    has_unknown,
    is_empty,
    plain,
    plain_map,
    reveal,
    wire,
)


class StandinProvider(rpc.Provider):
    """One stand-in provider, for the length of one engine run."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        super().__init__()
        self.catalog = load(name)
        self._name = name
        self._environment = environment
        self._config: dict[str, Plain] = {}
        self._where: dict[str, Plain] = {}

    @cached_property
    def _cloud(self) -> clouds.Cloud:
        return clouds.from_environment(self._environment)

    @cached_property
    def _faults(self) -> faults.Faults:
        return faults.from_environment(self._environment, self._cloud)

    @override
    async def check_config(self, request: rpc.CheckRequest) -> rpc.CheckResponse:
        spec = self.catalog.config
        given = scope.configuration(spec, request.new_inputs)
        problems = [*checks.verify(spec.inputs, given, f"provider {self._name}")]
        return rpc.CheckResponse(request.new_inputs, _failures(problems))

    @override
    async def diff_config(self, request: rpc.DiffRequest) -> rpc.DiffResponse:
        old, new = plain_map(request.old_state), plain_map(request.new_inputs)
        return rpc.DiffResponse(changes=old != new)

    @override
    async def configure(self, request: rpc.ConfigureRequest) -> rpc.ConfigureResponse:
        self._config = scope.plain_config(scope.configuration(self.catalog.config, request.args))
        problems: list[str] = []
        for read in (
            lambda: self._where.update(scope.scope(self._name, self._config, self._environment)),
            lambda: self._faults,
        ):
            try:
                read()
            except StandinError as error:
                problems.append(str(error))
        if problems:
            raise StandinError("\n".join(problems))
        return rpc.ConfigureResponse(accept_secrets=True, supports_preview=True, accept_resources=True)

    @override
    async def check(self, request: rpc.CheckRequest) -> rpc.CheckResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        inputs, problems = checks.check(
            spec, _address(request.urn)[1], request.random_seed, request.old_inputs, request.new_inputs
        )
        if not problems:
            known = {name: value for name, value in plain_map(inputs).items() if not has_unknown(value)}
            problems = check_rules(spec.token, known)
        return rpc.CheckResponse(inputs, _failures(problems))

    @override
    async def diff(self, request: rpc.DiffRequest) -> rpc.DiffResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        old = plain_map(request.old_state)
        new = plain_map(state.desired(spec, request.new_inputs, self._where))
        changes = differences(spec, old, new, request.ignore_changes)
        replaces = replaced(changes)
        for item in spec.outputs.values():
            # A change of the provider's default tags reaches the resource through the merged map alone.
            if item.merge and not same(item, old.get(item.name), state.merged(item, new, self._config)):
                kind = rpc.PropertyDiffKind.UPDATE if item.name in old else rpc.PropertyDiffKind.ADD
                changes.setdefault(item.name, rpc.PropertyDiff(kind, input_diff=False))
        keys = [self._unique(spec, {**old, **given}) for given in ({}, new)]
        return rpc.DiffResponse(
            changes=bool(changes),
            replaces=replaces,
            stables=[i.name for i in spec.outputs.values() if i.generate or is_volatile(i.template)],
            delete_before_replace=bool(replaces)
            and spec.place != "state"
            and keys[0] == keys[1] is not UNKNOWN,
            diffs=list(changes),
            detailed_diff=changes,
        )

    async def _called(self, operation: str, spec: Spec, id_: str) -> None:
        # Noted before any fault, so that a test can wait for a call that then hangs or dies.
        with self._cloud.transaction():
            self._cloud.record(self._name, operation, spec.token, id_)
        await self._faults.before(operation, spec.token)

    @override
    async def create(self, request: rpc.CreateRequest) -> rpc.CreateResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        new = self._build(spec, request.properties, preview=request.preview)
        if request.preview:
            return rpc.CreateResponse("", new)
        id_ = self._id(spec, new)
        await self._called("create", spec, id_)
        with self._cloud.transaction():
            self._write(spec, "create", id_, new)
        await self._faults.after("create", spec.token)
        return rpc.CreateResponse(id_, new)

    @override
    async def update(self, request: rpc.UpdateRequest) -> rpc.UpdateResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        news = dict(request.news)
        for name in request.ignore_changes:
            if name in request.olds:
                news[name] = request.olds[name]
        new = self._build(spec, news, old=request.olds, preview=request.preview)
        if request.preview:
            return rpc.UpdateResponse(new)
        await self._called("update", spec, request.resource_id)
        with self._cloud.transaction():
            if spec.place != "state" and not self._exists(spec, request.resource_id, new):
                raise CloudError("NotFound", f"{spec.token} {request.resource_id} does not exist")
            self._write(spec, "update", request.resource_id, new)
        await self._faults.after("update", spec.token)
        return rpc.UpdateResponse(new)

    @override
    async def delete(self, request: rpc.DeleteRequest) -> None:
        spec = self.catalog.type(_address(request.urn)[0])
        await self._called("delete", spec, request.resource_id)
        with self._cloud.transaction():
            row = self._exists(spec, request.resource_id, request.properties)
            if row:
                subject = self._subject(spec, "delete", row.id, request.properties)
                cloud_rules(subject)
                kept = spec.lasting
                if kept and (not kept.when or subject.properties.get(kept.when) is True):
                    self._cloud.keep(row, kept.what, kept.reason, kept.source)
                else:
                    self._cloud.delete(row)
        await self._faults.after("delete", spec.token)

    @override
    async def read(self, request: rpc.ReadRequest) -> rpc.ReadResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        await self._called("read", spec, request.resource_id)
        id_, found = self._find(spec, request.resource_id, request.properties)
        await self._faults.after("read", spec.token)
        if found is None:
            return rpc.ReadResponse("")
        if request.inputs:
            inputs = state.refreshed_inputs(spec, request.inputs, found)
        else:
            inputs = {**state.imported_inputs(spec, found), DEFAULTS: wire([])}
        return rpc.ReadResponse(id_, found, inputs)

    @override
    async def invoke(self, request: rpc.InvokeRequest) -> rpc.InvokeResponse:
        spec = self.catalog.function(request.tok)
        given = {name: value for name, value in request.args.items() if value.value is not None}
        if problems := list(checks.verify(spec.inputs, given, spec.token)):
            return rpc.InvokeResponse(failures=_failures(problems))
        known = {**plain_map(given), **self._scope(plain_map(given))}
        if problems := check_rules(spec.token, known):
            return rpc.InvokeResponse(failures=_failures(problems))
        with self._cloud.transaction():
            self._cloud.record(self._name, "invoke", spec.token, "")
            if spec.reads:
                known |= look_up(spec, scope.place(self.catalog.types[spec.reads], known), known, self._cloud)
        result: Properties = {}
        for item in spec.outputs.values():
            value = GENERATORS[item.generate](known) if item.generate else render(item.template, known)
            result[item.name] = wire(value)
        return rpc.InvokeResponse(result)

    @override
    async def cancel(self) -> None:
        self._faults.cancel()

    def _build(
        self, spec: Spec, inputs: Properties, *, old: Properties | None = None, preview: bool
    ) -> Properties:
        return state.build(spec, inputs, self._where, self._config, old=old, preview=preview)

    def _scope(self, properties: Mapping[str, Plain]) -> dict[str, Plain]:
        """Return account, region and partition, the resource's own region first."""
        return {name: properties.get(name) or value for name, value in self._where.items()}

    def _unique(self, spec: Spec, properties: Mapping[str, Plain]) -> Plain:
        return render(spec.unique, {**self._where, **properties})

    def _id(self, spec: Spec, properties: Properties) -> str:
        id_ = render(spec.id, {**self._where, **plain_map(properties)})
        if not isinstance(id_, str):
            raise StandinError(f"{spec.path.name}: the id {spec.id!r} cannot be made from the properties")
        return id_

    def _exists(self, spec: Spec, id_: str, properties: Properties) -> clouds.Resource | clouds.Kept | None:
        place = scope.place(spec, self._scope(plain_map(properties)))
        return self._cloud.get(spec.token, place, id_) or self._cloud.kept(spec.token, place, id_)

    def _subject(self, spec: Spec, operation: str, id_: str, properties: Properties) -> Subject:
        known = plain_map(properties)
        where = self._scope(known)
        secret = any(
            value.contains_secret() for name, value in properties.items() if f"{{{name}" in spec.unique
        )
        key = self._unique(spec, known)
        text = self._cloud.digest(key) if secret else str(key)
        return Subject(spec, operation, id_, scope.place(spec, where), text, known, where, self._cloud)

    def _write(self, spec: Spec, operation: str, id_: str, properties: Properties) -> None:
        subject = self._subject(spec, operation, id_, properties)
        cloud_rules(subject)
        if spec.place == "state":
            return
        over = operation == "update" or spec.adopts
        self._cloud.put(spec.token, subject.place, id_, subject.unique_key, properties, over=over)

    def _find(self, spec: Spec, id_: str, known: Properties) -> tuple[str, Properties | None]:
        """Return id and state of what exists under an id; the state is None where nothing does."""
        if spec.place == "state":
            return self._from_id(spec, id_, known)
        row = self._exists(spec, id_, known)
        if row is None:
            return id_, None
        found: Properties = {}
        declared = spec.properties
        for name, stored in row.properties.items():
            value = reveal(stored, known.get(name), self._cloud.digest)
            if name not in declared or (not known and value.is_secret and value.value == CHANGED):
                continue
            item, before = declared[name], known.get(name)
            if not item.readable:
                value = before if known else wire(item.default)
            elif before is not None and same(item, plain(before), plain(value)):
                value = before
            if value is not None and value.value is not None:
                found[name] = value
        for item in spec.outputs.values():
            if item.merge:
                found[item.name] = wire(state.merged(item, plain_map(found), self._config))
        for name in spec.secrets & found.keys():
            found[name] = found[name].with_secret(is_secret=True)
        return id_, found

    def _from_id(self, spec: Spec, id_: str, known: Properties) -> tuple[str, Properties]:
        if known:
            return id_, known
        given = {name: wire(render(text, {"id": id_})) for name, text in spec.on_import.items()}
        inputs = {name: value for name, value in given.items() if name in spec.inputs}
        found = {**self._build(spec, inputs, preview=False), **given}
        for name in spec.secrets & found.keys():
            found[name] = found[name].with_secret(is_secret=True)
        return self._id(spec, found), {k: v for k, v in found.items() if not is_empty(plain(v))}


def _address(urn: str) -> tuple[str, str]:
    """Return type token and logical name of a URN.

    A child's URN carries its parents' types before its own, apart by `$`, and a name may hold `::`.
    source: github.com/pulumi/pulumi/sdk/v3 go/common/resource/urn/urn.go
    """
    _, _, types, name = urn.removeprefix("urn:pulumi:").split("::", 3)
    return types.rpartition("$")[2], name


def _failures(problems: list[checks.Problem]) -> list[rpc.CheckFailure]:
    return [rpc.CheckFailure(problem.property, problem.reason) for problem in problems]
