"""`make bench`: a warm `up` with nothing to do, beside an empty program and beside the same resources by hand, of
scenario `bedrock` and of every other path; and what a team costs among 100 and among 1,000, beside roles and policies
by hand (the engine writes its whole state after each step, so that each costs more among many, whoever declares them).

Then the gateway's (gateway.py).
Writes out/bench.json: [{name, ours, anchor, anchor_name, ratio, unit}]. The runs alternate, so that a busy minute
of the machine falls on both sides; the figures are medians.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from standin.cloud import Cloud
from tests.bench import gateway, paths
from tests.bench.rows import OUT, merge, row
from tests.engine.observe import config_of
from tools.project import ROOT, Project, local_engine

RUNS = 5
TEAMS = (100, 1000)
PROGRAMS = Path(__file__).parent / "programs"
console = Console()


def make(folder: Path, program: Path) -> Project:
    """Return a project with one `up` behind it."""
    project = Project(local_engine(lambda _: None), folder)
    project.prepare(config_of("bedrock")[1] if program == ROOT / "stacks" else {}, program=program)
    project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack)
    return project


def seconds(project: Project) -> float:
    """Return how long a warm `up` takes that changes nothing."""
    started = time.monotonic()
    project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", project.stack)
    return time.monotonic() - started


def calls(project: Project, before: int) -> int:
    """Return the number of calls that reached the stand-in cloud since there were `before`."""
    return len(Cloud(project.cloud).calls()) - before


def teams(folder: Path, count: int, *, flat: bool = False) -> tuple[float, int]:
    """Return (seconds, cloud calls) of the first `up` with this many teams, by our program or by hand."""
    _, config = config_of("bedrock")
    config["claude-byoc:settings"]["bedrock"] = {
        "teams": {f"team-{number:04}": {"residency": ["us"]} for number in range(count)}
    }
    project = Project(local_engine(lambda _: None), folder / f"teams-{count}-{'flat' if flat else 'ours'}")
    if flat:
        project.prepare({"claude-byoc:teams": count}, program=PROGRAMS / "flat")
    else:
        project.prepare(config)
    started = time.monotonic()
    project.pulumi("up", "--yes", "--skip-preview", "-s", project.stack, timeout=3000)
    return time.monotonic() - started, calls(project, 0)


def main() -> int:
    """Run the benchmarks, print a table, write the file; return an exit code."""
    with tempfile.TemporaryDirectory() as folder:
        programs = {
            "ours": ROOT / "stacks",
            "empty program": PROGRAMS / "empty",
            "flat program": PROGRAMS / "flat",
        }
        with console.status("Bringing the three programs up ..."):
            projects = {
                name: make(Path(folder) / name.partition(" ")[0], path) for name, path in programs.items()
            }
        made = {name: calls(project, 0) for name, project in projects.items() if name != "empty program"}
        times: dict[str, list[float]] = {name: [] for name in projects}
        for _ in track(range(RUNS), description="Timing, in turn", console=console):
            for name, project in projects.items():
                times[name].append(seconds(project))
        warm = {name: calls(projects[name], count) / RUNS for name, count in made.items()}
        path_rows: list[dict[str, Any]] = []
        for path in paths.PATHS:
            with console.status(f"Path {path}, by our program and by hand ..."):
                ours, flat = paths.medians(
                    local_engine(lambda _: None), Path(folder), path, runs=RUNS, seconds=seconds
                )
            path_rows.append(row(f"warm up, no change: {path}", ours, flat, "flat program", "s"))
        team_rows: list[dict[str, Any]] = []
        for count in TEAMS:
            with console.status(f"{count} teams, by our program and by hand ..."):
                ours, our_calls = teams(Path(folder), count)
                hand, hand_calls = teams(Path(folder), count, flat=True)
            anchor = f"{count} by hand"
            team_rows += [
                row(f"first up per team, {count} teams", ours / count, hand / count, anchor, "s"),
                row(
                    f"cloud calls per team, {count} teams",
                    our_calls / count,
                    hand_calls / count,
                    anchor,
                    "calls",
                ),
            ]
    medians = {name: statistics.median(values) for name, values in times.items()}
    rows = [
        *(
            row("warm up, no change", medians["ours"], medians[a], a, "s")
            for a in ("empty program", "flat program")
        ),
        row("cloud calls, first up", made["ours"], made["flat program"], "flat program", "calls"),
        row("cloud calls, warm up", warm["ours"], warm["flat program"], "flat program", "calls"),
        *path_rows,
        *team_rows,
    ]
    merge(rows, lambda name: not gateway.is_own(name))
    table = Table(
        "Benchmark", "Ours", "Anchor", "Ratio", title=f"Median of {RUNS} runs", title_justify="left"
    )
    for line in rows:
        table.add_row(
            line["name"],
            f"{line['ours']} {line['unit']}",
            f"{line['anchor']} {line['unit']} ({line['anchor_name']})",
            "-" if line["ratio"] is None else str(line["ratio"]),
        )
    console.print(table)
    console.print(f"Written: {OUT.relative_to(ROOT)}")
    return gateway.main([])


if __name__ == "__main__":
    sys.exit(main())
