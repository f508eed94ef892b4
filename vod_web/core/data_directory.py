"""What does the site keep beside its data, so that all its processes agree: a secret, and where its queue listens?"""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107, macOS 103


def kept_secret_key(path: Path) -> str:
    """The key in the data directory, made once; processes that start together agree on one."""
    if not path.exists():
        made = path.with_name(f"{path.name}.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text()


def private_queue_socket(data_dir: Path) -> Path:
    """Where the private queue server of a data directory listens; systems bound the length of a socket's path."""
    path = data_dir / "queue" / "queue.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"vod-{name}" / "queue.sock"
