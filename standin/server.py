"""The plugin's process: gRPC around a provider.

The SDK's own `main` turns every error into a traceback and ends loudly on a signal, so the server is set up
here, on the SDK's servicer.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from typing_extensions import override

from standin.errors import StandinError
from standin.lifetime import end_with_parent
from standin.provider import StandinProvider
from standin.sdk import version

# source: pulumi/runtime/_grpc_settings.py (the engine sends messages of up to 400 MB)
_LARGEST_MESSAGE = 400 * 1024 * 1024


class _Errors(grpc.aio.ServerInterceptor):
    """Give the engine an error's text alone."""

    @override
    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        answer = handler.unary_unary

        async def answered(request: object, context: grpc.aio.ServicerContext[Any, Any]) -> object:
            try:
                return await answer(request, context)
            except StandinError as error:
                await context.abort(grpc.StatusCode.UNKNOWN, str(error))

        return grpc.unary_unary_rpc_method_handler(
            answered, handler.request_deserializer, handler.response_serializer
        )


class _Servicer(ProviderServicer):
    """The SDK's servicer, but for a method that fails there."""

    @override
    async def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        # The SDK passes True on as the number 1, which means "no difference".
        same = dict(request.olds) == dict(request.news)
        changes = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=changes)


def serve(name: str, engine_address: str) -> None:
    """Serve one provider until the engine ends; the port goes to standard output, as plugins do."""
    end_with_parent()
    asyncio.run(_serve(StandinProvider(name, os.environ), version(name), engine_address))


async def _serve(provider: StandinProvider, sdk_version: str, engine_address: str) -> None:
    options = [(f"grpc.max_{way}_message_length", _LARGEST_MESSAGE) for way in ("send", "receive")]
    server = grpc.aio.server(interceptors=[_Errors()], options=options)
    servicer = _Servicer([], sdk_version, provider, engine_address=engine_address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()
