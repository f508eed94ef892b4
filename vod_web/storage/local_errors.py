"""What does an error of the file system mean to the people who use or run the site?"""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from vod_web.core.errors import NotFound, StorageFailed

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Raise our own errors for those of the file system; their sentences name no path, as visitors see them."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotFound("There is no such file.") from error
    except OSError as error:
        raise StorageFailed(_sentence(error)) from error


def _sentence(error: OSError) -> str:
    if error.errno in _FULL:
        return "The site's disk is full: nothing more can be stored until somebody frees some space."
    if error.errno in _FORBIDDEN:
        return "The site may not write to its own files: its admin must allow it to."
    return f"The site's disk does not work as it should ({error.strerror or error})."


def explain_check(root: Path, error: OSError) -> StorageFailed:
    """What an admin must do when the probe below `root` failed."""
    if error.errno in _FULL:
        mend = "the disk is full: free some space on it, or let VOD_DATA_DIR name a directory on a bigger one"
    elif error.errno in _FORBIDDEN:
        mend = "it is not writable: give it to the user who runs the site, or let VOD_DATA_DIR name another one"
    elif isinstance(error, (NotADirectoryError, FileExistsError)):
        mend = "a part of this path is a file: remove that file, or let VOD_DATA_DIR name another directory"
    else:
        mend = f"{error.strerror or error}: check the disk, or let VOD_DATA_DIR name a directory on another one"
    return StorageFailed(f"Files cannot be kept in {root}: {mend}.")
