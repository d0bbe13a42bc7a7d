"""What the supervisor needs to know of a service to run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from casefile.settings import Settings
from engine.assembly.layout import Engine

# Nothing else of the caller's environment reaches a service; JDK_JAVA_OPTIONS is Java's own way to pass options.
ENVIRONMENT_KEPT = ("PATH", "TZ", "JDK_JAVA_OPTIONS")


@dataclass(frozen=True)
class Launch:
    """One start: the command with its environment, where its output goes and how it is asked.

    `health`: path that answers 200 while the service is alive; `ready`: path that answers 200 once it can be used.
    `note`: what people must know of this start (German), "" where all is as it should be.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    port: int
    url: str
    health: str
    ready: str
    note: str = ""


class Service(Protocol):
    """A program that is kept running. `label` is what users read."""

    name: str
    label: str

    def wanted(self, settings: Settings) -> bool:
        """Whether this instance runs its own (no address of another is configured)."""

    def configured_port(self, settings: Settings) -> int:
        """0: any free one."""

    def prepare(self, settings: Settings, engine: Engine, port: int) -> Launch:
        """Write the configuration and give the start command. Raises EnvironmentFault."""
