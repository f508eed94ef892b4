"""How true is the time left that people are told, for one video and for several at the same time?"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.runs import Run, as_json, wait_until_idle, watch
from bench.parts.samples import Footage, open_footage, sample
from bench.parts.site import running_site
from bench.parts.tables import show_table
from bench.parts.time_left import judge

CASES = {
    "a copied one": (("h264",), 2),
    "a copied one, one worker": (("h264",), 1),
    "one": (("hevc",), 2),
    "one, one worker": (("hevc",), 1),
    "two at the same time": (("hevc", "h264"), 2),
    "three at the same time": (("h264", "hevc", "h264"), 2),
}


def main() -> None:
    """Process the films of each case on a fresh site, and compare what was told with what came."""
    arguments = _parse()
    footage = open_footage(arguments.source)
    rows, traces = [], {}
    for name, (codecs, workers) in CASES.items():
        sys.stderr.write(f"{name}\n")
        runs = _process(footage, codecs, workers, arguments.seconds)
        rows += [_describe(f"{name}: {codec}", run) for codec, run in zip(codecs, runs, strict=True)]
        traces[name] = [as_json(run) for run in runs]
    show_table(["video", "took", "off in the middle", "off at worst", "nothing told", "jumps"], rows)
    print("Errors are parts of the true time left, or of 10 s where less is left, after the first tenth of the way.")
    if arguments.json:
        arguments.json.write_text(json.dumps(traces, indent=1))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./vod bench time_left", description=__doc__)
    parser.add_argument("--source", default="", help="bunny, generated, or a film of a minute or so to measure with")
    parser.add_argument("--seconds", type=int, default=60, help="the length of the films (60)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was told to a file too")
    return parser.parse_args()


def _process(footage: Footage, codecs: tuple[str, ...], workers: int, seconds: int) -> list[Run]:
    """Upload films one after another, and watch them until nothing is left to do."""
    with running_site(VOD_WORKERS=str(workers)) as site:
        runs = [Run(site.upload(sample(seconds, codec, footage)), time.monotonic()) for codec in codecs]
        watch(runs, site, lambda _: None)
        wait_until_idle(runs, site)
        return runs


def _describe(name: str, run: Run) -> list[str]:
    assert run.complete_s is not None
    truth = judge(run.trace, run.complete_s)
    figures = (f"{truth.middle:.0%}", f"{truth.worst:.0%}", f"{truth.untold:.0%}", str(truth.jumps))
    return [name, f"{run.complete_s:.0f} s", *figures]


if __name__ == "__main__":
    main()
