"""How much faster are two workers than one, and by the times recorded then, how much faster would 2 to 64 be?"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.processes import find_workers, pin
from bench.parts.recorded import Recorded, lengthen
from bench.parts.runs import Run, process_film
from bench.parts.samples import CACHE, open_footage, sample
from bench.parts.simulation import Film, Machine, PaperSite
from bench.parts.site import running_site
from bench.parts.tables import show_table
from vod_web.media.plan import EncodeOptions, plan_encode
from vod_web.media.probe import probe_source
from vod_web.media.probed import Probe

WORKERS = (1, 2, 4, 8, 16, 32, 64)
LENGTHS_S = (60, 600, 7200)


def main() -> None:
    """Measure with one worker and with two, each with a core of its own; then simulate."""
    arguments = _parse()
    path = sample(arguments.seconds, "h264", open_footage(arguments.source))
    if arguments.times:
        recorded = Recorded.read(arguments.times)
    else:
        one, two = _measure(path, 1), _measure(path, 2)
        recorded = Recorded.of(one.jobs)
        recorded.write(arguments.save)
        _print_measured(one, two, arguments.seconds)
    _simulate(recorded, probe_source(str(path), size_bytes=path.stat().st_size))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./vod bench workers", description=__doc__)
    parser.add_argument("--source", default="", help="bunny, generated, or a film of a minute or so to measure with")
    parser.add_argument("--seconds", type=int, default=120, help="its length (120)")
    parser.add_argument("--times", type=Path, metavar="FILE", help="only simulate, with times recorded before")
    default = CACHE / "job-times.json"
    parser.add_argument("--save", type=Path, metavar="FILE", default=default, help=f"where times are kept ({default})")
    return parser.parse_args()


def _measure(path: Path, workers: int) -> Run:
    """Make the film with single-threaded encoders, each worker on a core of its own."""
    sys.stderr.write(f"{workers} worker{'s' if workers > 1 else ''}\n")
    with running_site(VOD_WORKERS=str(workers), VOD_FFMPEG_THREADS="1") as site:
        for number, worker in enumerate(find_workers(site.process_id, without="--urgent")):
            pin(worker, number % (os.cpu_count() or 1))
        return process_film(site, path, lambda _: None)[0]


def _print_measured(one: Run, two: Run, seconds: int) -> None:
    rows = []
    for title, measure in (("complete after", _complete_s), ("ladder", _ladder_s)):
        alone_s, together_s = measure(one), measure(two)
        rows.append([title, f"{alone_s:.1f} s", f"{together_s:.1f} s", f"{alone_s / together_s:.2f}"])
    print(f"A film of {seconds} s, encoders with one thread, a core for each worker; load {os.getloadavg()[0]:.1f}")
    show_table(["", "1 worker", "2 workers", "times as fast"], rows)


def _complete_s(run: Run) -> float:
    assert run.complete_s is not None
    return run.complete_s


def _ladder_s(run: Run) -> float:
    """From the beginning of the first chunk that is encoded to the end of the last."""
    chunks = [job for job in run.jobs if job.kind == "chunk" and job.weight_s >= 2]
    return max(job.started_s + job.elapsed_s for job in chunks) - min(job.started_s for job in chunks)


def _simulate(recorded: Recorded, probe: Probe) -> None:
    print("\nSimulated with those times and the real rules: times as fast as one worker (part of the ideal; chunks)")
    rows = []
    for length_s in LENGTHS_S:
        longer = lengthen(probe, length_s)
        made = {workers: _make(longer, recorded, workers) for workers in WORKERS}
        alone_s = made[1][0]
        cells = [f"{alone_s / s:.1f} ({alone_s / s / workers:.2f}; {count})" for workers, (s, count) in made.items()]
        rows.append([f"{length_s} s", *cells])
    show_table(["film", *map(str, WORKERS)], rows)


def _make(probe: Probe, recorded: Recorded, workers: int) -> tuple[float, int]:
    """How long so many workers take for a film, and how many chunks it has."""
    plan = plan_encode(probe, EncodeOptions(workers=max(2, workers)))
    film = Film(plan, recorded.cost())
    took_s = PaperSite([Machine(workers=1, cores=1)] * workers, [film]).run()
    return took_s, sum(chunk.purpose == "ladder" for chunk in plan.chunks)


if __name__ == "__main__":
    main()
