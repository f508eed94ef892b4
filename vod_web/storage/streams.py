"""How is a stretch of a stream read, and no byte more?"""

import io
from typing import BinaryIO, Protocol

from vod_web.core.errors import InvalidInput

READ_BUFFER_BYTES = 256 * 1024


class ByteSource(Protocol):
    """The least that a stream of bytes must do."""

    def read(self, size: int, /) -> bytes | None:
        """Up to `size` bytes; none at the end."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class _Limited(io.RawIOBase):
    """The next `length` bytes of a stream; closing it closes the stream."""

    def __init__(self, stream: ByteSource, length: int | None) -> None:
        self._stream = stream
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer has no length
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        data = self._stream.read(wanted) or b""
        buffer[: len(data)] = data
        if self._left is not None:
            self._left -= len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def limit_stream(stream: ByteSource, length: int | None) -> BinaryIO:
    """The next `length` bytes of a stream, buffered; all of them for None. Owns the stream."""
    return io.BufferedReader(_Limited(stream, length), READ_BUFFER_BYTES)


def check_range(start: int, length: int | None) -> None:
    """InvalidInput for a range that no object can have."""
    if start < 0 or (length is not None and length < 0):
        raise InvalidInput("A range begins at byte 0 or later.", {"range": "is malformed"})
