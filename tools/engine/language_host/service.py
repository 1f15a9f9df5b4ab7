"""The engine's LanguageRuntime service: every call it makes, mapped to the module that answers it."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeServicer
from pulumi.runtime.proto.plugin_pb2 import PluginInfo
from typing_extensions import override

from tools.engine.language_host import packages, runtime
from tools.engine.language_host.install import install
from tools.engine.language_host.lifetime import Children
from tools.engine.language_host.plugins import run_plugin
from tools.engine.language_host.programs import Programs
from tools.engine.language_host.runtime import TOOLCHAIN, HostError
from tools.engine.version import VERSION

Context = grpc.ServicerContext

NO_CODE = "this language host runs Python programs and does not generate Python code"


@contextmanager
def _told(context: Context) -> Generator[None]:
    """Turn what the user must change into the call's status, whose text the engine shows."""
    try:
        yield
    except HostError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))


def _refuse(context: Context, instead: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{NO_CODE}; {instead}")
    raise AssertionError  # abort raises


class LanguageHost(LanguageRuntimeServicer):
    """Answers one engine. Methods and messages: proto/pulumi/language.proto of the Pulumi SDK."""

    def __init__(self, executor: Path, engine: str, children: Children) -> None:
        self._children = children
        self._programs = Programs(executor, engine, children)

    @override
    def Handshake(
        self, request: pb.LanguageHandshakeRequest, context: Context
    ) -> pb.LanguageHandshakeResponse:
        """Accept the engine; its address has come as an argument already."""
        return pb.LanguageHandshakeResponse()

    @override
    def GetPluginInfo(self, request: Empty, context: Context) -> PluginInfo:
        """Return the version: that of the engine that this host is made for."""
        return PluginInfo(version=VERSION)

    @override
    def GetRequiredPackages(
        self, request: pb.GetRequiredPackagesRequest, context: Context
    ) -> pb.GetRequiredPackagesResponse:
        """Return the plugins of the SDKs installed for the program."""
        with _told(context):
            return pb.GetRequiredPackagesResponse(
                packages=packages.plugins(runtime.of(request.info).python())
            )

    @override
    def GetRequiredPlugins(
        self, request: pb.GetRequiredPluginsRequest, context: Context
    ) -> pb.GetRequiredPluginsResponse:
        """Return the same to an engine that does not know parameterized packages."""
        with _told(context):
            found = packages.plugins(runtime.of(request.info).python())
            return pb.GetRequiredPluginsResponse(plugins=map(packages.as_plugin, found))

    @override
    def Run(self, request: pb.RunRequest, context: Context) -> pb.RunResponse:
        """Run the program; the response comes at its end."""
        try:
            return self._programs.run(request)
        except HostError as error:
            return pb.RunResponse(error=str(error))

    @override
    def RunPlugin(self, request: pb.RunPluginRequest, context: Context) -> Iterator[pb.RunPluginResponse]:
        """Run a plugin until it ends or the engine drops the call."""
        with _told(context):
            yield from run_plugin(request, self._children, context.add_callback)

    @override
    def InstallDependencies(
        self, request: pb.InstallDependenciesRequest, context: Context
    ) -> Iterator[pb.InstallDependenciesResponse]:
        """Install a program's requirements with pip, for the Python version that is there."""
        with _told(context):
            for chunk in install(runtime.of(request.info), self._children):
                if chunk.pipe == "stdout":
                    yield pb.InstallDependenciesResponse(stdout=chunk.data)
                else:
                    yield pb.InstallDependenciesResponse(stderr=chunk.data)

    @override
    def About(self, request: pb.AboutRequest, context: Context) -> pb.AboutResponse:
        """Return which interpreter runs the program."""
        with _told(context):
            executable, version = packages.ask(runtime.of(request.info).python(), packages.ABOUT)
            return pb.AboutResponse(executable=executable, version=version, metadata={"toolchain": TOOLCHAIN})

    @override
    def GetProgramDependencies(
        self, request: pb.GetProgramDependenciesRequest, context: Context
    ) -> pb.GetProgramDependenciesResponse:
        """Return the distributions installed for the program."""
        with _told(context):
            python = runtime.of(request.info).python()
            found = packages.dependencies(python, transitive=request.transitiveDependencies)
            return pb.GetProgramDependenciesResponse(dependencies=found)

    @override
    def RuntimeOptionsPrompts(
        self, request: pb.RuntimeOptionsRequest, context: Context
    ) -> pb.RuntimeOptionsResponse:
        """Ask `pulumi new` for the one toolchain there is, unless it is chosen already."""
        if "toolchain" in request.info.options.fields:
            return pb.RuntimeOptionsResponse()
        value = pb.RuntimeOptionPrompt.RuntimeOptionValue(
            promptType=pb.RuntimeOptionPrompt.STRING, stringValue=TOOLCHAIN, displayName=TOOLCHAIN
        )
        prompt = pb.RuntimeOptionPrompt(
            key="toolchain",
            description="The tool that installs the program's requirements",
            promptType=pb.RuntimeOptionPrompt.STRING,
            choices=[value],
            default=value,
        )
        return pb.RuntimeOptionsResponse(prompts=[prompt])

    @override
    def Template(self, request: pb.TemplateRequest, context: Context) -> pb.TemplateResponse:
        """Prepare a new project: with pip, templates are ready as they are."""
        with _told(context):
            runtime.of(request.info)
            return pb.TemplateResponse()

    @override
    def Cancel(self, request: Empty, context: Context) -> Empty:
        """End every program and plugin: the engine is stopping and says so to its providers first."""
        self._children.stop_all()
        return Empty()

    @override
    def GenerateProgram(
        self, request: pb.GenerateProgramRequest, context: Context
    ) -> pb.GenerateProgramResponse:
        """Refuse: code generation is part of the vendor's host alone."""
        _refuse(
            context,
            "with `pulumi import`, add `--generate-code=false` and write the resource into the program",
        )

    @override
    def GenerateProject(
        self, request: pb.GenerateProjectRequest, context: Context
    ) -> pb.GenerateProjectResponse:
        """Refuse, as for GenerateProgram."""
        _refuse(context, "run `pulumi convert` with the vendor's installation")

    @override
    def GeneratePackage(
        self, request: pb.GeneratePackageRequest, context: Context
    ) -> pb.GeneratePackageResponse:
        """Refuse, as for GenerateProgram."""
        _refuse(
            context, "run `pulumi package gen-sdk` or `pulumi package add` with the vendor's installation"
        )

    @override
    def Pack(self, request: pb.PackRequest, context: Context) -> pb.PackResponse:
        """Refuse: it packs what GeneratePackage makes."""
        _refuse(context, "build the package with `python -m build`")

    @override
    def Link(self, request: pb.LinkRequest, context: Context) -> pb.LinkResponse:
        """Refuse: it links what GeneratePackage makes."""
        _refuse(context, "add the package to requirements.txt and run `pulumi install`")
