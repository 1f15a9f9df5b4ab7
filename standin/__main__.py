"""`python -m standin`: run, stage, show and extend the stand-in clouds."""

# ruff: noqa: PLC0415 # a plugin must start quickly: it imports nothing that only other commands need

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

from standin.errors import StandinError

LOCAL_CLOUD = Path(".local/run/local/cloud.sqlite")
"""Where a checkout keeps the cloud of stack `local`, from its root."""


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; 0, or 2 with one line on standard error for a mistake of the caller's."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.run is not _serve:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    # The engine may put its logging flags before a plugin's address: they are not for us.
    try:
        return int(options.run(options) or 0)
    except StandinError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def _serve(options: argparse.Namespace) -> None:
    from standin.server import serve

    serve(options.name, options.engine)


def _stage(options: argparse.Namespace) -> None:
    from standin.install import stage

    staged = stage(options.folder, options.python)
    print(json.dumps([{**dataclasses.asdict(item), "folder": str(item.folder)} for item in staged], indent=2))


def _learn(options: argparse.Namespace) -> None:
    from standin.learn import draft

    sys.stdout.write(draft(options.token))


def _graph(options: argparse.Namespace) -> None:
    from standin import cloud
    from standin.graph.answers import Graph
    from standin.loopback import serve

    named = os.environ.get(cloud.VARIABLE, "").strip()
    serve(Graph(options.cloud or (Path(named) if named else LOCAL_CLOUD), os.environ), options.port_file)


def _show(options: argparse.Namespace) -> None:
    from standin import cloud

    named = os.environ.get(cloud.VARIABLE, "").strip()
    path = options.cloud or (Path(named) if named else LOCAL_CLOUD)
    if not path.is_file():
        raise StandinError(f"no stand-in cloud at {str(path)!r}: give --cloud FILE or set {cloud.VARIABLE}")
    here = cloud.Cloud(path)
    if options.json:
        tables = {
            "resources": here.resources(),
            "foreign": here.foreign(),
            "lasting": here.lasting(),
            "calls": here.calls(),
        }
        print(
            json.dumps({n: [dataclasses.asdict(row) for row in rows] for n, rows in tables.items()}, indent=2)
        )
        return
    print("resources" if here.resources() else "resources: none")
    for row in here.resources():
        print(f"  {row.token}  {row.id}  ({row.place})")
    if here.foreign():
        print("foreign, what no program made")
    for row in here.foreign():
        print(f"  {row.token}  {row.id}  ({row.place})")
    print("lasting, what the real cloud would keep" if here.lasting() else "lasting: none")
    for kept in here.lasting():
        print(f"  {kept.token}  {kept.id}  {kept.what}: {kept.reason}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m standin", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run one provider plugin; the Pulumi engine calls it")
    serve.add_argument("name", help="the provider, for example aws")
    serve.add_argument("engine", help="the engine's address")
    serve.set_defaults(run=_serve)

    stage = commands.add_parser(
        "stage",
        help="write the plugin executables and print their names, versions and folders as JSON",
        epilog="example: python -m standin stage .local/plugins",
    )
    stage.add_argument("folder", type=Path)
    stage.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="the interpreter to run them"
    )
    stage.set_defaults(run=_stage)

    show = commands.add_parser("show", help="print what the cloud holds and what it would keep")
    show.add_argument(
        "--cloud", type=Path, metavar="FILE", help=f"default: $STANDIN_CLOUD, else {LOCAL_CLOUD}"
    )
    show.add_argument("--json", action="store_true", help="every row, for a program")
    show.set_defaults(run=_show)

    graph = commands.add_parser(
        "graph",
        help="serve Microsoft Graph's view of the directory on loopback, until the caller ends",
        epilog="example: python -m standin graph --port-file port.txt",
    )
    graph.add_argument("--port-file", type=Path, metavar="FILE", help="gets the port, which is printed too")
    graph.add_argument(
        "--cloud", type=Path, metavar="FILE", help=f"default: $STANDIN_CLOUD, else {LOCAL_CLOUD}"
    )
    graph.set_defaults(run=_graph)

    learn = commands.add_parser(
        "learn",
        help="draft the file of a resource type or function from the installed SDK",
        epilog="example: python -m standin learn aws:s3/bucket:Bucket > standin/types/aws/bucket.yaml",
    )
    learn.add_argument("token")
    learn.set_defaults(run=_learn)
    return parser


if __name__ == "__main__":
    sys.exit(main())
