"""The process that the engine starts: it serves one engine and ends with it."""

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.runtime.proto.language_pb2_grpc import add_LanguageRuntimeServicer_to_server

from tools.engine.build import EXEC
from tools.engine.language_host.lifetime import Children, Watch
from tools.engine.language_host.service import LanguageHost

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
"""source: rpcutil.GrpcChannelOptions in the Pulumi SDK for Go, the engine's own limit"""

CALLS_AT_ONCE = 64
"""Each running plugin holds one."""


def serve(argv: Sequence[str]) -> None:
    """Serve one engine until it ends; the first line on standard output is the port listened on."""
    parser = argparse.ArgumentParser(prog="pulumi-language-python")
    parser.add_argument(f"--{EXEC}", dest="executor", type=Path, required=True, help="the vendor's executor")
    parser.add_argument("engine", help="address of the engine's own service")
    arguments, _logging_options = parser.parse_known_args(argv)
    watch = Watch()
    children = Children()
    limits = [
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(CALLS_AT_ONCE), options=limits)
    add_LanguageRuntimeServicer_to_server(
        LanguageHost(arguments.executor, arguments.engine, children), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    watch.wait()
    watch.exit_after(children.close)
