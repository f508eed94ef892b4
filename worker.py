"""The worker: encodes videos. `python worker.py` is all it takes, on this machine or another one."""

import sys

from vod_web.jobs.worker import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
