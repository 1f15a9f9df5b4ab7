"""A provider's resources in the cloud's file: how a state becomes a row and a row a state again."""

from collections.abc import Mapping
from dataclasses import dataclass

from standin import scope, state
from standin.catalog import Lasting, Spec
from standin.cloud import Kept, Resource
from standin.compare import same
from standin.errors import StandinError
from standin.rules import Subject, cloud_rules
from standin.templates import render
from standin.values import CHANGED, Plain, Properties, at, is_empty, plain, plain_map, reveal, wire


@dataclass(frozen=True)
class Rows:
    """The rows of one provider, as its types say."""

    provider: str
    context: state.Context

    def unique(self, spec: Spec, properties: Mapping[str, Plain]) -> Plain:
        """Return the text under which no second resource may exist."""
        return render(spec.unique or spec.id, {**self.context.where, **properties})

    def id(self, spec: Spec, properties: Properties) -> str:
        """Return the id of a state; StandinError where the state does not say it."""
        id_ = render(spec.id, {**self.context.where, **plain_map(properties)})
        if not isinstance(id_, str):
            raise StandinError(f"{spec.path.name}: the id {spec.id!r} cannot be made from the properties")
        return id_

    def place(self, spec: Spec, properties: Properties) -> str:
        """Return where a resource's id is unique."""
        return scope.place(spec, self.context.scope(plain_map(properties)))

    def exists(self, spec: Spec, id_: str, properties: Properties) -> Resource | Kept | None:
        """Return what exists under an id, also where a delete has left it as it was."""
        row = self.context.open_cloud().get(spec.token, self.place(spec, properties), id_)
        if row or (spec.lasting and (spec.lasting.deleted or spec.lasting.holds)):
            return row
        return self.kept(spec, id_, properties)

    def kept(self, spec: Spec, id_: str, properties: Properties) -> Kept | None:
        """Return what the cloud kept of a deleted resource."""
        return self.context.open_cloud().kept(spec.token, self.place(spec, properties), id_)

    def taken_over(self, spec: Spec, inputs: Properties) -> Resource | Kept | None:
        """Return what a create of these inputs takes over: what it adopts, or restores after a delete."""
        given = state.desired(spec, inputs, self.context.where)
        known = plain_map(given)
        adopts = spec.adopts if isinstance(spec.adopts, bool) else at(known, spec.adopts) is True
        if adopts and isinstance(key := self.unique(spec, known), str):
            return self.context.open_cloud().named(spec.token, self.place(spec, given), key)
        if spec.lasting and spec.lasting.restored_by and at(known, spec.lasting.restored_by) is True:
            return self.kept(spec, self.id(spec, given), given)
        return None

    def subject(self, spec: Spec, operation: str, id_: str, properties: Properties) -> Subject:
        """Return what the rules judge."""
        known = plain_map(properties)
        where = self.context.scope(known)
        cloud = self.context.open_cloud()
        template = spec.unique or spec.id
        secret = any(value.contains_secret() for name, value in properties.items() if f"{{{name}" in template)
        key = self.unique(spec, known)
        text = cloud.digest(key) if secret else str(key)
        place = scope.place(spec, where)
        return Subject(spec, operation, id_, place, text, known, where, cloud, self.provider)

    def write(self, spec: Spec, operation: str, id_: str, properties: Properties, *, over: bool) -> None:
        """Write a state; the rules, or a name that is taken, refuse with CloudError."""
        subject = self.subject(spec, operation, id_, properties)
        kept = spec.lasting
        if operation == "create" and not over and kept and kept.holds and self.kept(spec, id_, properties):
            raise subject.refusal(kept.holds)
        cloud_rules(subject)
        if spec.place != "state":
            subject.cloud.put(spec.token, subject.place, id_, subject.unique_key, properties, over=over)

    def delete(self, spec: Spec, id_: str, properties: Properties) -> None:
        """Delete what exists under an id, or keep of it what the real cloud keeps."""
        row = self.exists(spec, id_, properties)
        if row is None:
            return
        subject = self.subject(spec, "delete", row.id, properties)
        cloud_rules(subject)
        kept = spec.lasting
        if kept and lasts(kept, subject.properties):
            subject.cloud.keep(row, kept.what, kept.reason, kept.source)
        else:
            subject.cloud.delete(row)

    def find(self, spec: Spec, id_: str, known: Properties) -> tuple[str, Properties | None]:
        """Return id and state of what exists under an id; the state is None where nothing does."""
        if spec.place == "state":
            return self._from_id(spec, id_, known)
        row = self.exists(spec, id_, known)
        if row is None and not known and spec.import_id:
            row = self._imported(spec, id_)
        return (row.id, self.revealed(spec, row, known)) if row else (id_, None)

    def revealed(self, spec: Spec, row: Resource | Kept, known: Properties) -> Properties:
        """Return a row's state; secrets, and what the cloud does not return, come from the known state."""
        found: Properties = {}
        declared = spec.properties
        digest = self.context.open_cloud().digest
        for name, stored in row.properties.items():
            value = reveal(stored, known.get(name), digest)
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
                found[item.name] = wire(state.merged(item, plain_map(found), self.context.config))
        for name, value in self.context.live(spec, plain_map(found)).items():
            found[name] = wire(value)
        for name in spec.secrets & found.keys():
            found[name] = found[name].with_secret(is_secret=True)
        return found

    def _imported(self, spec: Spec, named: str) -> Resource | None:
        """Return the row that an import names by something else than its id."""
        rows = self.context.open_cloud().all(spec.token, self.place(spec, {}))
        texts = ((row, plain_map(self.revealed(spec, row, {}))) for row in rows)
        return next((row for row, known in texts if render(spec.import_id, known) == named), None)

    def _from_id(self, spec: Spec, id_: str, known: Properties) -> tuple[str, Properties]:
        if known:
            return id_, known
        given = {name: wire(render(text, {"id": id_})) for name, text in spec.on_import.items()}
        inputs = {name: value for name, value in given.items() if name in spec.inputs}
        found = {**state.build(spec, inputs, self.context), **given}
        for name in spec.secrets & found.keys():
            found[name] = found[name].with_secret(is_secret=True)
        return self.id(spec, found), {k: v for k, v in found.items() if not is_empty(plain(v))}


def lasts(kept: Lasting, properties: Mapping[str, Plain]) -> bool:
    """Say whether the real cloud keeps a resource that had these properties."""
    return all((at(properties, path) or False) == value for path, value in kept.when.items())
