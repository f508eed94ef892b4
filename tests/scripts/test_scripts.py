"""Do the scripts compute what they should? The cases are the `.test.mjs` files beside this one."""

import subprocess
from pathlib import Path

import pytest

from vod_web.cli.tools import require_node

HERE = Path(__file__).parent


@pytest.mark.parametrize("cases", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.name)
def test_scripts_compute_what_they_should(cases: Path) -> None:
    node = require_node().program
    outcome = subprocess.run([node, "--test", cases], capture_output=True, text=True, timeout=60)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
