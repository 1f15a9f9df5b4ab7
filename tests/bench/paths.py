"""Warm `up` of each path with nothing to do, by our program and by one that declares the same resources by hand."""

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from claude_byoc.settings import SETTINGS_KEY
from tests.engine.observe import config_of
from tools.engine.acquire import Engine
from tools.project import ROOT, Project

PATHS = ("foundry", "vertex", "tenant")
PROGRAMS = Path(__file__).parent / "programs"


def config(path: str) -> dict[str, Any]:
    """Return the config of our program for a path, with nothing else in it."""
    if path != "foundry":
        return config_of(path)[1]
    settings = config_of("foundry-keyless")[1][SETTINGS_KEY]
    app = {"clientId": "99999999-8888-7777-6666-555555555555"}
    entra = {"tenantId": settings["entra"]["tenantId"], **app}
    return {SETTINGS_KEY: {**settings, "hosts": ["office", "outlook"], "entra": entra}}


def made(engine: Engine, folder: Path, path: str) -> dict[str, Project]:
    """Return our project and the flat one, each with one `up` behind it."""
    projects = {kind: Project(engine, folder / f"{path}-{kind}", stack="dev") for kind in ("ours", "flat")}
    projects["ours"].prepare(config(path), program=ROOT / "stacks")
    projects["flat"].prepare({}, program=PROGRAMS / path)
    for project in projects.values():
        project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack)
    return projects


def medians(
    engine: Engine, folder: Path, path: str, *, runs: int, seconds: Callable[[Project], float]
) -> tuple[float, float]:
    """Return the median seconds of a warm `up`: ours, by hand; the runs alternate."""
    projects = made(engine, folder, path)
    times = {kind: list[float]() for kind in projects}
    for _ in range(runs):
        for kind, project in projects.items():
            times[kind].append(seconds(project))
    return statistics.median(times["ours"]), statistics.median(times["flat"])
