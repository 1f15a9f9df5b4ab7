"""The stand-in services that the program and the engine call beside the providers: ARM's and Graph's REST APIs.

In this process, on loopback; they end with it, or with the project they belong to.
"""

import threading
import weakref
from http.server import ThreadingHTTPServer
from pathlib import Path

from standin.arm import ArmServer
from standin.graph.answers import Graph
from standin.loopback import LoopbackServer


class Services:
    """Both services over one stand-in cloud file."""

    def __init__(self, cloud: Path) -> None:
        environment = {"STANDIN_CLOUD": str(cloud)}
        self._arm = ArmServer(environment)
        self._graph = LoopbackServer(Graph(cloud, environment))
        for server in (self._arm, self._graph):
            threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
            weakref.finalize(self, _end, server)

    def environment(self) -> dict[str, str]:
        """Return the variables by which the program finds them instead of the clouds."""
        return {"CLAUDE_BYOC_ARM_ADDRESS": self._arm.base, "CLAUDE_BYOC_GRAPH_URL": self._graph.base}


def _end(server: ThreadingHTTPServer) -> None:
    server.shutdown()
    server.server_close()
