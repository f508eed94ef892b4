"""What does a video cost, when does it play, and how good is it, beside plain FFmpeg commands?"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.processes import Meter
from bench.parts.quality import join_segments, measure_quality
from bench.parts.results import OURS, Result, show_results
from bench.parts.runs import Run, as_json, process_film, read_file_size
from bench.parts.samples import Footage, open_footage, sample
from bench.parts.site import running_site
from bench.parts.time_left import judge
from bench.parts.ways import WAYS, Way, made_by, plan_of
from vod_web.media.probed import VideoStream

SOURCES = {"h264-60": ("h264", 60), "h264-600": ("h264", 600), "hevc-60": ("hevc", 60)}
QUALITY = "quality"
WAY_NAMES = dict(zip(("bare", "veryfast", "medium"), WAYS, strict=True))


def main() -> None:
    """Measure every wanted source in every wanted way; the table comes last."""
    arguments = _parse()
    footage = open_footage(arguments.source)
    results: dict[str, dict[str, Result]] = {}
    for name in _wanted(SOURCES, arguments):
        codec, seconds = SOURCES[name]
        path = sample(arguments.seconds or seconds, codec, footage)
        results[name] = {}
        for way, result in _measure_source(name, path, arguments):
            results[name][way] = result
            if arguments.json:  # after each way: the next one may take an hour
                arguments.json.write_text(json.dumps(_as_json(results, footage, arguments), indent=1))
    show_results(results, {way: WAY_NAMES[way].name for way in WAY_NAMES}, _describe_setting(footage, arguments))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./vod bench pipeline", description=__doc__)
    names = [*SOURCES, OURS, *WAY_NAMES, QUALITY]
    among = f"of {', '.join(names)}"
    parser.add_argument("--only", type=_names(names), default=[], help=f"some {among}, with commas between them")
    parser.add_argument("--skip", type=_names(names), default=[], help="leave these out")
    parser.add_argument("--source", default="", help="bunny, generated, or a film of a minute or so to measure with")
    parser.add_argument("--seconds", type=int, help="another length for all sources, for a quick look")
    parser.add_argument("--workers", type=int, default=2, help="worker processes of the site (2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file too")
    return parser.parse_args()


def _names(known: Sequence[str]) -> Any:
    def parse(text: str) -> list[str]:
        names = text.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"{unknown[0]} is not one of {', '.join(known)}")
        return names

    return parse


def _wanted(group: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """The members of a group that are not left out; `--only` limits the groups of which it names something."""
    named = [name for name in arguments.only if name in group]
    return [name for name in named or group if name not in arguments.skip]


def _measure_source(name: str, path: Path, arguments: argparse.Namespace) -> Iterator[tuple[str, Result]]:
    is_judged = QUALITY not in arguments.skip
    for way in _wanted({OURS: None, **WAY_NAMES}, arguments):
        _say(f"{name}: {way}")
        measure = _measure_ours if way == OURS else _measure_way
        yield way, measure(WAY_NAMES.get(way), path, arguments, is_judged)


def _measure_ours(_way: Way | None, path: Path, arguments: argparse.Namespace, is_judged: bool) -> Result:
    with running_site(VOD_WORKERS=str(arguments.workers)) as site, tempfile.TemporaryDirectory() as folder:
        run, meter = process_film(site, path, _say_progress)
        _say("")
        result = _describe_ours(run, meter)
        for name in run.renditions:
            result.size_bytes[name] = read_file_size(run.folder / name)
            if is_judged:
                _say(f"  quality of {name}")
                joined = join_segments(run.folder / name, Path(folder) / "joined.mp4")
                result.quality[name] = measure_quality(joined, path, _picture_of(path))
    return result


def _describe_ours(run: Run, meter: Meter) -> Result:
    assert run.complete_s is not None
    truth = judge(run.trace, run.complete_s)
    more = as_json(run) | {
        "site_cpu_s": meter.site_cpu_s,
        "disk_bytes": meter.disk_bytes,
        "time_left": vars(truth),
    }
    return Result(run.playable_s, run.complete_s, meter.cpu_s, meter.peak_bytes, more=more)


def _measure_way(way: Way | None, path: Path, _arguments: argparse.Namespace, is_judged: bool) -> Result:
    assert way is not None
    with made_by(way, path) as made:
        result = Result(made.first_s, made.cost.elapsed_s, made.cost.cpu_s, made.cost.peak_bytes)
        for name, file in made.files.items():
            result.size_bytes[name] = file.stat().st_size
            if is_judged:
                _say(f"  quality of {name}")
                result.quality[name] = measure_quality(file, path, _picture_of(path))
    return result


def _picture_of(path: Path) -> VideoStream:
    return plan_of(path, may_copy=False).video


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n" if text else "\n")
    sys.stderr.flush()


def _say_progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r  {text} ")
        sys.stderr.flush()


def _describe_setting(footage: Footage, arguments: argparse.Namespace) -> str:
    return f"{footage.name}, {arguments.workers} workers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def _as_json(results: dict[str, dict[str, Result]], footage: Footage, arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "footage": footage.name,
        "workers": arguments.workers,
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "sources": {
            source: {
                way: vars(result) | {"quality": {name: vars(one) for name, one in result.quality.items()}}
                for way, result in ways.items()
            }
            for source, ways in results.items()
        },
    }


if __name__ == "__main__":
    main()
