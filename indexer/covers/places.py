"""Finds the line of a cover sheet's file that a problem is about."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from xml.etree.ElementTree import ParseError

import yaml

from indexer.covers.fields import field_key

_QUOTED = re.compile(r"„([^“]+)“")
_NAME = re.compile(r"""^[\s<{\["'-]*([^"':;=<>,|\t]{1,100})""")
MOST_LINES = 20_000  # a sheet of more lines is looked through no further
MOST_PROBLEMS = 100  # of so many the lines are looked for


def line_of_error(error: BaseException) -> int | None:
    """Line (from 1) at which a parser gave up; None where it does not say."""
    if isinstance(error, json.JSONDecodeError):
        return error.lineno
    if isinstance(error, ParseError):
        return int(error.position[0])
    mark = getattr(error, "problem_mark", None) if isinstance(error, yaml.YAMLError) else None
    return int(mark.line) + 1 if mark is not None else None


def with_lines(text: str, problems: Sequence[str]) -> tuple[str, ...]:
    """Each problem with the line of the value or field that it quotes first, where the text holds one."""
    lines = text.splitlines()[:MOST_LINES]
    located = (_with_line(lines, problem) for problem in problems[:MOST_PROBLEMS])
    return (*located, *problems[MOST_PROBLEMS:])


def _with_line(lines: Sequence[str], problem: str) -> str:
    for quoted in _QUOTED.findall(problem):
        for number, line in enumerate(lines, 1):
            if _stands_in(quoted, line):
                return f"Zeile {number}: {problem}"
    return problem


def _stands_in(quoted: str, line: str) -> bool:
    name = _NAME.match(line)
    return quoted in line or (name is not None and field_key(name[1]) == quoted)
