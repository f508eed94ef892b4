"""Is the code as we agreed to write it? What CI runs before the tests."""

import sys
from dataclasses import dataclass
from pathlib import Path

from vod_web.cli.assets import ensure_browser_packages
from vod_web.cli.console import say
from vod_web.cli.packages import ROOT
from vod_web.cli.programs import run_program
from vod_web.cli.tools import require_node


@dataclass(frozen=True)
class Check:
    """One program that looks at the code, and what it looks at in words."""

    name: str
    argv: tuple[str, ...]
    mend: str
    """What to do when it fails."""


def main(argv: list[str]) -> int:
    """Run all checks, or those named, show what the failing ones say, and return 1 when any failed."""
    checks = [check for check in list_checks() if not argv or check.name in argv]
    failed = [check for check in checks if not _passes(check)]
    if not checks:
        say(f"There is no such check; there are {', '.join(check.name for check in list_checks())}.")
    for check in failed:
        say(f"{check.name} failed: {check.mend}")
    return 1 if failed or not checks else 0


def list_checks() -> list[Check]:
    """All checks, the quickest first."""
    ensure_browser_packages()
    node = str(require_node().program)
    return [
        Check("format", _tool("ruff", "format", "--check", "."), "run .venv/bin/ruff format ."),
        Check("lint", _tool("ruff", "check", "."), ".venv/bin/ruff check --fix . mends some of it"),
        Check("imports", _tool("lint-imports"), "docs/architecture.md says who may import whom"),
        Check("templates", _tool("djlint", "--lint", "--quiet", "templates"), "the lines above say what and where"),
        Check(
            "scripts",
            (node, "node_modules/eslint/bin/eslint.js", "static", "eslint.config.js"),
            "the lines above say what and where",
        ),
        Check("types", _tool("mypy"), "the lines above say what and where"),
    ]


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    """A program of the project's environment, with its arguments."""
    return (str(Path(sys.executable).parent / name), *arguments)


def _passes(check: Check) -> bool:
    outcome = run_program(check.argv, cwd=ROOT)
    if not outcome.is_success:
        say(outcome.output.rstrip())
    say(f"{check.name}: {'ok' if outcome.is_success else 'FAILED'}")
    return outcome.is_success
