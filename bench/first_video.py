"""How long from the last byte of an upload until the video plays, and until all of it is made?"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.samples import sample
from bench.parts.site import Site, running_site

LIMIT_S = 3600
SOURCES = (("h264", 60), ("hevc", 60))


def main() -> None:
    """Upload each source to a fresh site and watch the API."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, help="only H.264, of this length")
    arguments = parser.parse_args()
    sources = (("h264", arguments.seconds),) if arguments.seconds else SOURCES
    with running_site() as site:
        print(f"{'source':<18}{'playable after':>16}{'complete after':>16}{'x real time':>13}")
        for codec, seconds in sources:
            playable_s, complete_s = _measure(site, sample(seconds, codec))
            name = f"{codec}, {seconds} s"
            print(f"{name:<18}{playable_s:>14.1f} s{complete_s:>14.1f} s{seconds / complete_s:>13.2f}", flush=True)


def _measure(site: Site, path: Path) -> tuple[float, float]:
    """Seconds from the end of the upload until the video is playable and until it is ready."""
    video_id = site.upload(path)
    ended = time.monotonic()
    playable_s = None
    while time.monotonic() - ended < LIMIT_S:
        video = site.call("GET", f"/videos/{video_id}")
        now_s = time.monotonic() - ended
        if video["is_playable"] and playable_s is None:
            playable_s = now_s
        if video["status"] == "ready":
            return playable_s or now_s, now_s
        if video["status"] == "failed":
            raise RuntimeError(video["status_reason"])
        time.sleep(0.1)
    raise RuntimeError(f"not ready after {LIMIT_S} s")


if __name__ == "__main__":
    main()
