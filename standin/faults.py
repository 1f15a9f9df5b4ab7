"""Faults on demand: STANDIN_FAULTS="create:aws:iam/role:Role=fail; update:...=slow:3".

Each entry is OPERATION:TOKEN=KIND. Operations: create, read, update, delete, invoke. Kinds: fail, fail-once
(once per cloud file, across processes), refuse:N:CODE (the first N calls, across processes, with that error
of the provider's errors.yaml), hang and hang-after-OPERATION (until the engine cancels or ends; the second
once the cloud's row is written), slow:SECONDS, and die-before-OPERATION / die-after-OPERATION, where the
provider's process kills itself before or after that. Previews of resources have no faults.
"""

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass

from standin.cloud import Cloud
from standin.errors import CloudError, StandinError
from standin.refusals import refusal, words
from standin.values import Plain

VARIABLE = "STANDIN_FAULTS"
OPERATIONS = ("create", "read", "update", "delete", "invoke")
_ENTRY = re.compile(r"(?P<operation>[a-z]+):(?P<token>[^=\s]+)=(?P<kind>\S+)")


@dataclass(frozen=True)
class Fault:
    """One entry."""

    operation: str
    token: str
    kind: str
    seconds: float = 0
    times: int = 0
    code: str = ""

    @property
    def text(self) -> str:
        """The entry without its arguments, as written."""
        return f"{self.operation}:{self.token}={self.kind}"


def parse(text: str) -> list[Fault]:
    """Read the variable; StandinError names every bad entry and what is allowed."""
    faults: list[Fault] = []
    problems: list[str] = []
    for entry in filter(None, (part.strip() for part in re.split("[,;]", text))):
        try:
            faults.append(_parse(entry))
        except ValueError as error:
            problems.append(f"{entry!r}: {error}")
    if problems:
        raise StandinError(f"{VARIABLE}: " + "; ".join(problems))
    return faults


def _parse(entry: str) -> Fault:
    match = _ENTRY.fullmatch(entry)
    if not match or match["token"].count(":") != 2:  # noqa: PLR2004 # package:module:type
        raise ValueError("write OPERATION:TOKEN=KIND, as in create:aws:iam/role:Role=fail")
    operation, token, kind = match["operation"], match["token"], match["kind"]
    if operation not in OPERATIONS:
        raise ValueError(f"the operation is one of {', '.join(OPERATIONS)}")
    kinds = (
        *("fail", "fail-once", "refuse:N:CODE", "hang", f"hang-after-{operation}", "slow:SECONDS"),
        *(f"die-before-{operation}", f"die-after-{operation}"),
    )
    name, _, argument = kind.partition(":")
    if name == "slow" and re.fullmatch(r"\d+(\.\d+)?", argument):
        return Fault(operation, token, name, float(argument))
    times, _, code = argument.partition(":")
    if name == "refuse" and re.fullmatch(r"[1-9]\d{0,3}", times) and code:
        known = words(token.split(":")[0].split("_")[0])
        if code not in known:
            raise ValueError(
                f"the error's code is one of {', '.join(known) or 'none, errors.yaml is missing'}"
            )
        return Fault(operation, token, name, times=int(times), code=code)
    if kind not in kinds or name in ("slow", "refuse"):
        raise ValueError(f"the kind is one of {', '.join(kinds)}")
    return Fault(operation, token, kind)


class Faults:
    """The faults of one provider process."""

    def __init__(self, faults: list[Fault], cloud: Cloud, provider: str) -> None:
        self._faults = faults
        self._provider = provider
        self._cloud = cloud
        self._cancelled = asyncio.Event()

    def cancel(self) -> None:
        """Let what hangs fail."""
        self._cancelled.set()

    async def before(self, operation: str, token: str, known: Mapping[str, Plain]) -> None:
        """Do what is asked for before the cloud's row is written; `known` fills in an error's words."""
        for fault in self._faults:
            if (fault.operation, fault.token) != (operation, token):
                continue
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "hang":
                await self._hang(operation, token)
            elif fault.kind == f"die-before-{operation}":
                _die()
            elif fault.kind == "refuse":
                if self._cloud.spend(f"{fault.text}:{fault.code}", fault.times):
                    raise refusal(self._provider, fault.code, known)
            elif fault.kind == "fail" or (fault.kind == "fail-once" and self._cloud.spend(fault.text)):
                raise CloudError("StandinFault", f"{VARIABLE} lets this {operation} of {token} fail")

    async def after(self, operation: str, token: str) -> None:
        """Do what is asked for after the cloud's row is written."""
        for fault in self._faults:
            if fault.text == f"{operation}:{token}=die-after-{operation}":
                _die()
            elif fault.text == f"{operation}:{token}=hang-after-{operation}":
                await self._hang(operation, token)

    async def _hang(self, operation: str, token: str) -> None:
        await self._cancelled.wait()
        raise CloudError("Cancelled", f"{operation} of {token} was cancelled while it hung")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def from_environment(environment: Mapping[str, str], cloud: Cloud, provider: str) -> Faults:
    """Read STANDIN_FAULTS; none where it is not set."""
    return Faults(parse(environment.get(VARIABLE, "")), cloud, provider)
