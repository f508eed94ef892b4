"""Which benchmarks are there? Each is a program in bench/; bench/README.md says what they measure."""

import ast
import sys

from vod_web.cli.console import CannotRun, say
from vod_web.cli.packages import ROOT
from vod_web.cli.programs import show_program

BENCH = ROOT / "bench"


def main(argv: list[str]) -> int:
    """Run the benchmark with the rest of the arguments, or list all of them."""
    if not argv:
        return _list()
    name, *arguments = argv
    program = BENCH / f"{name}.py"
    if not program.is_file() or program.parent != BENCH:
        raise CannotRun(f'There is no benchmark "{name}": ./vod bench lists them.')
    return show_program([sys.executable, str(program), *arguments], cwd=ROOT)


def _list() -> int:
    programs = sorted(BENCH.glob("*.py"))
    for program in programs:
        summary = (ast.get_docstring(ast.parse(program.read_text())) or "").partition("\n")[0]
        say(f"  {program.stem:<20}{summary}")
    if not programs:
        say("There are no benchmarks yet.")
    return 0
