"""Does the code keep to the shape that we agreed on? Each rule is also shown to fail on code that breaks it."""

import ast
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path

import pytest

from vod_web.core.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
PROCESS_STARTS = {"Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}
OS_PROCESS_STARTS = {"system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp"}
ROUTE_DECORATORS = {"route", "get", "post", "put", "patch", "delete"}


def test_import_contracts_hold() -> None:
    outcome = _lint_imports(ROOT)

    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/clock.py", "import vod_web.models", "Layers"),
        ("media/broken.py", "import vod_web.storage", "Layers"),
        ("utils.py", "", "Layers"),
        ("services/broken.py", "import flask", "No Flask below the entry points"),
        ("jobs/broken.py", "import vod_web.web.rendering", "No Flask below the entry points"),
        ("media/broken.py", "import socket", "Media knows neither database nor network"),
        ("blueprints/broken.py", "import sqlalchemy", "Pages and API leave the database to the services"),
    ],
)
def test_import_contracts_fail_when_broken(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "vod_web", tmp_path / "vod_web", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "vod_web" / module).open("a") as file:
        file.write(f"\n{line}\n")

    outcome = _lint_imports(tmp_path)

    assert outcome.returncode == 1
    assert re.search(rf"{contract} +BROKEN", outcome.stdout), outcome.stdout


def _lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOOLS / "lint-imports", "--no-cache"], cwd=root, capture_output=True, text=True, check=False)


def test_one_module_rules_hold() -> None:
    assert list(find_breaches(ROOT)) == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("import os\nos.environ['HOME']", "reads the environment"),
        ("import os\nos.getenv('HOME')", "reads the environment"),
        ("from os import environ\nenviron['HOME']", "reads the environment"),
        ("import subprocess\nsubprocess.Popen(['ls'])", "starts a process"),
        ("import subprocess as s\nx = s.run", "starts a process"),
        ("from subprocess import check_output\ncheck_output(['ls'])", "starts a process"),
        ("import os\nos.fork()", "starts a process"),
        ("import multiprocessing", "starts a process"),
        ("import boto3", "imports boto3"),
        ("from botocore.config import Config", "imports botocore"),
        ("def f(session):\n    session.commit()", "commits"),
        ("x = 1  # type: ignore", "ignores a type without a code and a reason"),
        ("x = 1  # type: ignore[misc]", "ignores a type without a code and a reason"),
    ],
)
def test_one_module_rules_fail_when_broken(tmp_path: Path, code: str, rule: str) -> None:
    path = tmp_path / "vod_web" / "services" / "broken.py"
    path.parent.mkdir(parents=True)
    path.write_text(code)

    assert [breach for breach in find_breaches(tmp_path) if rule in breach]


def test_one_module_rules_know_their_module(tmp_path: Path) -> None:
    for place, code in {
        "core/settings.py": "import os\nos.environ",
        "core/processes.py": "import subprocess\nsubprocess.Popen(['ls'])",
        "storage/s3_connection.py": "import boto3",
        "storage/s3_errors.py": "import botocore",
        "media/stream.py": "import subprocess\ndef f(p: subprocess.Popen[bytes]) -> None: ...",
        "db/session.py": "def f(session):\n    session.commit()",
    }.items():
        path = tmp_path / "vod_web" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)

    assert list(find_breaches(tmp_path)) == []


def find_breaches(root: Path) -> Iterator[str]:
    """Each place that does what only one module may do."""
    for path in python_files(root):
        place = str(path.relative_to(root))
        text = path.read_text()
        tree = ast.parse(text)
        for owner, rule, lines_of_breaches in (
            ("vod_web/core/settings.py", "reads the environment", _reads_environment),
            ("vod_web/core/processes.py", "starts a process", _starts_process),
            ("vod_web/storage/s3_connection.py", "imports boto3", _imports_boto3),
            ("vod_web/storage/s3*.py", "imports botocore", _imports_botocore),
            ("vod_web/db/session.py", "commits", _commits),
        ):
            if not fnmatch(place, owner):
                yield from (f"{place}:{line} {rule}" for line in lines_of_breaches(tree))
        for number, line in enumerate(text.splitlines(), 1):
            if "# type: ignore" in line and not re.search(r"# type: ignore\[[a-z, -]+\] +[#-] ?\w+", line):
                yield f"{place}:{number} ignores a type without a code and a reason"


def _reads_environment(tree: ast.Module) -> list[int]:
    return _uses(tree, "os", {"environ", "environb", "getenv", "putenv", "unsetenv"})


def _starts_process(tree: ast.Module) -> list[int]:
    types = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}  # subprocess.Popen[bytes]
    return [
        *_uses(tree, "subprocess", PROCESS_STARTS, but=types),
        *_uses(tree, "os", OS_PROCESS_STARTS),
        *_imports(tree, {"multiprocessing", "asyncio.subprocess"}),
    ]


def _imports_boto3(tree: ast.Module) -> list[int]:
    return _imports(tree, {"boto3"})


def _imports_botocore(tree: ast.Module) -> list[int]:
    return _imports(tree, {"botocore", "s3transfer"})


def _commits(tree: ast.Module) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "commit"]


def _uses(tree: ast.Module, module: str, names: set[str], but: Collection[int] = ()) -> list[int]:
    """The lines that take one of the names from the module, by attribute or as imported by itself."""
    statements = list(ast.walk(tree))
    modules = {
        alias.asname or alias.name
        for node in statements
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == module
    }
    imported = {
        alias.asname or alias.name
        for node in statements
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
        if alias.name in names
    }
    return [
        node.lineno
        for node in statements
        if id(node) not in but
        and (
            (isinstance(node, ast.Name) and node.id in imported)
            or (isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) in modules)
        )
    ]


def _imports(tree: ast.Module, packages: set[str]) -> list[int]:
    """The lines that import one of the packages, or something of theirs."""
    found = [(node.lineno, node.module or "") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    found += [
        (node.lineno, alias.name) for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    ]
    return [
        line for line, name in found if any(name == package or name.startswith(f"{package}.") for package in packages)
    ]


def python_files(root: Path) -> list[Path]:
    """The source of the site, without its tests."""
    return sorted((root / "vod_web").rglob("*.py")) + sorted(root.glob("*.py"))


def test_functions_and_modules_are_small() -> None:
    assert ninetieth(function_lengths(ROOT)) <= 30
    assert ninetieth([len(path.read_text().splitlines()) for path in python_files(ROOT)]) <= 300


def test_function_lengths_count_all_lines(tmp_path: Path) -> None:
    _write(tmp_path / "vod_web" / "long.py", "def f():\n" + "    print()\n" * 39 + "class C:\n    def g(self): ...\n")

    assert sorted(function_lengths(tmp_path)) == [1, 40]


def test_views_are_thin() -> None:
    lengths = [length for _, length in view_lengths(ROOT)]
    thick = [name for name, length in view_lengths(ROOT) if length > 25]

    assert lengths
    assert statistics.median(lengths) <= 6
    assert ninetieth(lengths) <= 15
    assert thick == []


def test_view_lengths_count_the_body_alone(tmp_path: Path) -> None:
    code = '@blueprint.get("/")\n@guard\ndef home(\n    page: int,\n):\n    """Doc."""\n    a = 1\n\n    return a\n'
    _write(tmp_path / "vod_web" / "blueprints" / "home.py", code + "\n\ndef not_a_view():\n    return 1\n")

    assert list(view_lengths(tmp_path)) == [("home.home", 3)]


def function_lengths(root: Path) -> list[int]:
    """The lines of each function, signature and docstring included."""
    return [
        (node.end_lineno or 0) - node.lineno + 1 for path in python_files(root) for node in _functions(path.read_text())
    ]


def view_lengths(root: Path) -> Iterator[tuple[str, int]]:
    """Each view with the lines of its body, without signature and docstring."""
    for path in sorted((root / "vod_web" / "blueprints").rglob("*.py")):
        for node in _functions(path.read_text()):
            if any(_is_route(decorator) for decorator in node.decorator_list):
                has_docstring = ast.get_docstring(node) is not None
                first = node.body[1 if has_docstring and len(node.body) > 1 else 0]
                yield f"{path.stem}.{node.name}", (node.end_lineno or 0) - first.lineno + 1


def _is_route(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in ROUTE_DECORATORS


def _functions(code: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def ninetieth(values: Sequence[int]) -> float:
    """The 90th percentile."""
    return statistics.quantiles(values, n=10, method="inclusive")[-1]


def test_ninetieth_is_above_nine_in_ten() -> None:
    assert ninetieth(range(101)) == 90


def test_ruff_refuses_a_branchy_function(tmp_path: Path) -> None:
    branches = "".join(f"    if x == {number}:\n        x += {number}\n" for number in range(8))
    _write(tmp_path / "branchy.py", f"def f(x: int) -> int:\n{branches}    return x\n")

    argv = [TOOLS / "ruff", "check", "--no-cache", "--config", ROOT / "pyproject.toml", tmp_path / "branchy.py"]
    outcome = subprocess.run(argv, capture_output=True, text=True, check=False)

    assert outcome.returncode == 1
    assert "C901" in outcome.stdout


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert forbidden_names(ROOT) == []


def test_forbidden_names_are_found(tmp_path: Path) -> None:
    _write(tmp_path / "vod_web" / "helpers" / "dates.py", "")
    _write(tmp_path / "tests" / "utils.py", "")

    assert forbidden_names(tmp_path) == ["tests/utils.py", "vod_web/helpers/dates.py"]


def forbidden_names(root: Path) -> list[str]:
    """Modules and packages whose name does not say what is in them."""
    paths = [path.relative_to(root) for top in ("vod_web", "tests", "bench") for path in (root / top).rglob("*.py")]
    return sorted(str(path) for path in paths if FORBIDDEN_NAMES & {*path.parts, path.stem})


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"\bVOD_[A-Z0-9_]+\b", (ROOT / "docs" / "settings.md").read_text()))

    assert documented == {PREFIX + setting.name.upper() for setting in fields(Settings)}


def test_tests_run_with_the_versions_that_the_site_runs_with() -> None:
    assert set(pins("requirements.txt")) <= set(pins("requirements-dev.txt"))


def pins(name: str) -> list[str]:
    """The pinned packages of a requirements file."""
    lines = (line.strip() for line in (ROOT / name).read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-queue.txt"])
def test_every_package_is_pinned(name: str) -> None:
    is_pin: Callable[[str], object] = re.compile(r"[A-Za-z0-9._-]+(\[[a-z,0-9]+\])?==\S+( ; .+)?").fullmatch

    assert [line for line in pins(name) if not is_pin(line)] == []


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
