"""The provider: what the engine asks, answered from the catalogue, the rules and the cloud's file."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, nullcontext
from functools import cached_property

from pulumi.provider.experimental import provider as rpc
from typing_extensions import override

from standin import check as checks
from standin import cloud as clouds
from standin import faults, scope, seeds, state
from standin.catalog import Spec, load
from standin.check import DEFAULTS
from standin.compare import differences, replaced, same
from standin.errors import CloudError, StandinError
from standin.exclusive import held
from standin.generators import GENERATORS, Making
from standin.loading import load_code
from standin.lookups import look_up
from standin.refusals import refusal
from standin.rows import Rows
from standin.rules import check_rules
from standin.templates import is_volatile, render
from standin.values import UNKNOWN, Plain, Properties, has_unknown, plain_map, wire


class StandinProvider(rpc.Provider):
    """One stand-in provider, for the length of one engine run."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        super().__init__()
        self.catalog = load(name)
        load_code(name)
        self._name = name
        self._environment = environment
        self._config: dict[str, Plain] = {}
        self._where: dict[str, Plain] = {}
        self._context = state.Context(self._where, self._config, lambda: self._cloud)
        self._rows = Rows(name, self._context)

    @cached_property
    def _cloud(self) -> clouds.Cloud:
        return clouds.from_environment(self._environment)

    @cached_property
    def _faults(self) -> faults.Faults:
        return faults.from_environment(self._environment, self._cloud, self._name)

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
        self._config.clear()
        self._config |= scope.plain_config(scope.configuration(self.catalog.config, request.args))
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
        seeds.plant(self._cloud, self._name, self._environment)
        return rpc.ConfigureResponse(accept_secrets=True, supports_preview=True, accept_resources=True)

    @override
    async def check(self, request: rpc.CheckRequest) -> rpc.CheckResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        inputs, problems = checks.check(
            spec,
            _address(request.urn)[1],
            request.random_seed,
            request.old_inputs,
            request.new_inputs,
            where=self._where,
        )
        if not problems:
            given = plain_map(inputs)
            known = {name: value for name, value in given.items() if not has_unknown(value)}
            # A rule that misses what is only not known yet is asked again when it is.
            later = given.keys() - known.keys()
            found = check_rules(spec.token, known)
            problems = [one for one in found if one.property.partition(".")[0] not in later]
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
        keys = [self._rows.unique(spec, {**old, **given}) for given in ({}, new)]
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

    @asynccontextmanager
    async def _operation(
        self, operation: str, spec: Spec, id_: str, properties: Properties
    ) -> AsyncGenerator[None]:
        """Surround a change of the cloud, or a look at it, with what else belongs to a call."""
        # Noted before any fault, so that a test can wait for a call that then hangs or dies.
        with self._cloud.transaction():
            self._cloud.record(self._name, operation, spec.token, id_)
        known = plain_map(properties)
        known = {**self._context.scope(known), **known, "id": id_, "token": spec.token}
        alone = spec.exclusive if operation in ("create", "update", "delete") else None
        key = str(render(alone.key, known)).lower() if alone else id_
        with held(self._cloud.path, key) if alone else nullcontext(True) as mine:
            if alone and not mine:
                raise refusal(self._name, alone.code, {**known, "parent": key})
            await self._faults.before(operation, spec.token, known)
            yield
        await self._faults.after(operation, spec.token)

    @override
    async def create(self, request: rpc.CreateRequest) -> rpc.CreateResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        if request.preview:
            return rpc.CreateResponse("", self._build(spec, request.properties, preview=True))
        found = self._rows.taken_over(spec, request.properties)
        old = self._rows.revealed(spec, found, {}) if found else None
        new = self._build(spec, request.properties, old=old, preview=False)
        id_ = found.id if found else self._rows.id(spec, new)
        async with self._operation("create", spec, id_, new):
            with self._cloud.transaction():
                self._rows.write(spec, "create", id_, new, over=found is not None or spec.adopts is True)
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
        async with self._operation("update", spec, request.resource_id, new):
            with self._cloud.transaction():
                if spec.place != "state" and not self._rows.exists(spec, request.resource_id, new):
                    raise CloudError("NotFound", f"{spec.token} {request.resource_id} does not exist")
                self._rows.write(spec, "update", request.resource_id, new, over=True)
        return rpc.UpdateResponse(new)

    @override
    async def delete(self, request: rpc.DeleteRequest) -> None:
        spec = self.catalog.type(_address(request.urn)[0])
        async with self._operation("delete", spec, request.resource_id, request.properties):
            with self._cloud.transaction():
                self._rows.delete(spec, request.resource_id, request.properties)

    @override
    async def read(self, request: rpc.ReadRequest) -> rpc.ReadResponse:
        spec = self.catalog.type(_address(request.urn)[0])
        async with self._operation("read", spec, request.resource_id, request.properties):
            id_, found = self._rows.find(spec, request.resource_id, request.properties)
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
        known = {**plain_map(given), **self._context.scope(plain_map(given))}
        if problems := check_rules(spec.token, known):
            return rpc.InvokeResponse(failures=_failures(problems))
        read = self.catalog.types.get(spec.reads)
        place = scope.place(read or spec, known)
        async with self._operation("invoke", spec, "", given):
            if read:
                with self._cloud.transaction():
                    known |= look_up(spec, place, known, self._cloud)
                    known |= self._context.live(read, known)
        result: Properties = {}
        for item in spec.outputs.values():
            if item.generate:
                value = GENERATORS[item.generate](Making(known, self._where, self._cloud, place))
            else:
                value = render(item.template, known) if item.fills is None else item.fills
            result[item.name] = wire(value, secret=item.secret)
        return rpc.InvokeResponse(result)

    @override
    async def cancel(self) -> None:
        self._faults.cancel()

    def _build(
        self, spec: Spec, inputs: Properties, *, old: Properties | None = None, preview: bool
    ) -> Properties:
        return state.build(spec, inputs, self._context, old=old, preview=preview)


def _address(urn: str) -> tuple[str, str]:
    """Return type token and logical name of a URN.

    A child's URN carries its parents' types before its own, apart by `$`, and a name may hold `::`.
    source: github.com/pulumi/pulumi/sdk/v3 go/common/resource/urn/urn.go
    """
    _, _, types, name = urn.removeprefix("urn:pulumi:").split("::", 3)
    return types.rpartition("$")[2], name


def _failures(problems: list[checks.Problem]) -> list[rpc.CheckFailure]:
    return [rpc.CheckFailure(problem.property, problem.reason) for problem in problems]
