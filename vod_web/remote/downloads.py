"""How is a file received from a stranger's server, within limits, and from where it broke off?

urllib3 speaks HTTP and TLS. Ours is to whom it speaks (see `addresses`), again after each redirect, and how long and
how much is listened to. Proxies that the environment names are not used: they would resolve names by themselves.
"""

import logging
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from socket import SHUT_RDWR
from threading import Event, Timer

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from vod_web.core.errors import TooLarge, VodError
from vod_web.core.sizes import format_bytes
from vod_web.remote.addresses import (
    Address,
    AddressRefused,
    Network,
    NotResolved,
    Resolver,
    Target,
    ask_name_server,
    find_addresses,
    parse_target,
)

MOST_REDIRECTS = 5
MOST_ADDRESSES = 3
"""So many of a server's addresses are tried."""
READ_BYTES = 256 * 1024
STALL_BYTES = 16 * 1024
"""Less than this within the time of a stall is as good as nothing."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
WORTH_ANOTHER_TRY = frozenset({408, 421, 425, 429})
"""Beside all of 5xx: statuses that may be another one in a while."""
USER_AGENT = "VOD-Web"

logging.getLogger("urllib3.connection").setLevel(logging.ERROR)  # its warnings name addresses, with their queries


class FetchFailed(VodError):
    """A file could not be received; `is_lasting` says that another try would end the same way."""

    code = "fetch_failed"

    def __init__(self, sentence: str, *, is_lasting: bool = False) -> None:
        super().__init__(sentence)
        self.is_lasting = is_lasting


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much, how long, and from where."""

    max_bytes: int
    networks: Sequence[Network] = ()
    """Private ones that are permitted."""
    connect_s: float = 10.0
    answer_s: float = 60.0
    """For the whole head of an answer."""
    stall_s: float = 60.0
    total_s: float = 24 * 3600.0
    resolve: Resolver = ask_name_server
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


@dataclass(frozen=True)
class Mark:
    """Where an earlier download of the same file broke off."""

    offset: int
    validator: str
    """Its strong ETag or the time of its last change, as the server named it."""


class Download:
    """A file that is on its way."""

    def __init__(self, response: BaseHTTPResponse, target: Target, offset: int, limits: Limits) -> None:
        self.offset = offset
        """With which byte it begins; 0 when it is sent from the beginning, whatever was asked for."""
        self.validator = _validator_of(response)
        self.filename = _filename_of(response)
        self.host = target.host
        self.size_bytes = _size_of(response, offset)
        """Of the whole file; None where the server does not say."""
        self.content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        self._response = response
        self._limits = limits
        self._at = offset
        self._ends_at = time.monotonic() + limits.total_s
        self._window = (time.monotonic(), offset)
        self._require_fit(self.size_bytes or 0)

    def read(self) -> bytes:
        """What has come, up to READ_BYTES; none at the end.

        Raises:
            TooLarge: more than is allowed, whatever was announced.
            FetchFailed: it broke off, or nothing comes any more.
        """
        try:
            data = self._response.read1(READ_BYTES) or b""
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            is_stalled = isinstance(error, ReadTimeoutError)
            raise FetchFailed(self._stalled() if is_stalled else self._broken()) from error
        self._at += len(data)
        self._require_fit(self._at)
        if not data and self.size_bytes is not None and self._at < self.size_bytes:
            raise FetchFailed(self._broken())
        if data:
            self._require_pace()
        return data

    def _require_fit(self, size_bytes: int) -> None:
        if size_bytes > self._limits.max_bytes:
            raise TooLarge(
                f"This file is larger than {format_bytes(self._limits.max_bytes)}, the most that is allowed."
            )

    def _require_pace(self) -> None:
        now = time.monotonic()
        if now > self._ends_at:
            raise FetchFailed(f"{self.host} did not send the file within {self._limits.total_s / 3600:g} hours.")
        since, from_byte = self._window
        if self._at - from_byte >= STALL_BYTES:
            self._window = now, self._at
        elif now - since > self._limits.stall_s:
            raise FetchFailed(self._stalled())

    def _stalled(self) -> str:
        return f"{self.host} stopped sending: nothing has come for {self._limits.stall_s:g} seconds."

    def _broken(self) -> str:
        return f"The connection to {self.host} broke off."


@contextmanager
def open_download(url: str, limits: Limits, resume: Mark | None = None) -> Iterator[Download]:
    """Ask for a file; goes on at `resume` where the server still has the same file and can, else from its beginning.

    Raises:
        AddressRefused: it, or where it leads to, is not asked.
        FetchFailed: there is no such file, or no answer.
        TooLarge: it is announced to be larger than allowed.
    """
    target = parse_target(url)
    for _ in range(MOST_REDIRECTS + 1):
        with (
            closing(_connect(target, limits)) as connection,
            closing(_ask(connection, target, limits, resume)) as response,
        ):
            if response.status in REDIRECTS and "Location" in response.headers:
                target = target.follow(response.headers["Location"])
            elif resume is not None and _is_of_no_use(response, resume):
                resume = None  # ask again, for all of it
            else:
                yield _accept(response, target, limits, resume)
                return
    raise FetchFailed(f"This address leads on and on: more than {MOST_REDIRECTS} times.", is_lasting=True)


def _connect(target: Target, limits: Limits) -> HTTPConnection:
    """A connection to an address of the target that was looked at, and to nothing else."""
    try:
        addresses = find_addresses(target, limits.networks, limits.resolve)
    except NotResolved as error:
        raise FetchFailed(error.message, is_lasting=error.is_lasting) from None
    failure: Exception | None = None
    for address in addresses[:MOST_ADDRESSES]:
        connection = _connection_to(address, target, limits)
        try:
            connection.connect()
        except (HTTPError, OSError) as error:
            connection.close()
            failure = error
        else:
            connection.timeout = limits.stall_s
            return connection
    raise _unreachable(target, failure) from failure


def _connection_to(address: Address, target: Target, limits: Limits) -> HTTPConnection:
    """The address in digits, so that nobody is asked for it again; TLS is for the name."""
    if not target.is_secure:
        return HTTPConnection(str(address), target.port, timeout=limits.connect_s)
    return HTTPSConnection(
        str(address), target.port, timeout=limits.connect_s, server_hostname=target.host, ssl_context=limits.tls
    )


def _unreachable(target: Target, failure: Exception | None) -> FetchFailed:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return FetchFailed(f"{target.host} cannot prove that it is {target.host}: its certificate is not valid.")
    return FetchFailed(f"{target.host} cannot be reached.")


def _ask(connection: HTTPConnection, target: Target, limits: Limits, resume: Mark | None) -> BaseHTTPResponse:
    """The head of the answer, in the time that there is for it, however slowly it comes."""
    headers = {
        "Host": target.authority,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",  # a compressed file may be of any size, and has no bytes to go on from
        "Connection": "close",
    }
    if resume is not None:
        headers |= {"Range": f"bytes={resume.offset}-", "If-Range": resume.validator}
    try:
        with _hanging_up(connection, limits.answer_s):
            connection.request("GET", target.path, headers=headers, preload_content=False, decode_content=False)
            return connection.getresponse()
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise FetchFailed(f"{target.host} does not answer.") from error


@contextmanager
def _hanging_up(connection: HTTPConnection, after_s: float) -> Iterator[None]:
    """End the connection when the block lasts too long: a timeout of a socket begins anew with each byte."""
    is_over = Event()
    line = connection.sock

    def end() -> None:
        is_over.set()
        if line is not None:
            with suppress(OSError):  # it has ended by itself
                line.shutdown(SHUT_RDWR)

    watch = Timer(after_s, end)
    watch.start()
    try:
        yield
        if is_over.is_set():
            raise TimeoutError
    finally:
        watch.cancel()


def _accept(response: BaseHTTPResponse, target: Target, limits: Limits, resume: Mark | None) -> Download:
    status = response.status
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        is_lasting = status < 500 and status not in WORTH_ANOTHER_TRY
        raise FetchFailed(f"The server answered {_words(status)}.", is_lasting=is_lasting)
    encodings = (response.headers.get("Content-Encoding", ""), response.headers.get("Transfer-Encoding", ""))
    for encoding in encodings:
        if encoding.strip().lower() not in ("", "identity", "chunked"):
            raise FetchFailed(f"{target.host} sends this file compressed ({encoding}).", is_lasting=True)
    if status == HTTPStatus.OK:
        return Download(response, target, 0, limits)
    if resume is None:
        raise FetchFailed(f"{target.host} sent a part of the file, and was asked for all of it.", is_lasting=True)
    return Download(response, target, resume.offset, limits)


def _words(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)", re.IGNORECASE)


def _is_of_no_use(response: BaseHTTPResponse, resume: Mark) -> bool:
    """Whether it is no part of the file that was begun, or another part than was asked for."""
    if response.status != HTTPStatus.PARTIAL_CONTENT:
        return response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    is_there = match is not None and int(match[1]) == resume.offset
    return not is_there or _validator_of(response) not in (None, resume.validator)


def _size_of(response: BaseHTTPResponse, offset: int) -> int | None:
    """Of the whole file, as the server announces it."""
    match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if match is not None and response.status == HTTPStatus.PARTIAL_CONTENT:
        return None if match[2] == "*" else int(match[2])
    length = response.headers.get("Content-Length", "")
    is_exact = "chunked" not in response.headers.get("Transfer-Encoding", "").lower() and re.fullmatch(r"\d+", length)
    return offset + int(length) if is_exact else None


def _validator_of(response: BaseHTTPResponse) -> str | None:
    """By what the server knows the same file again (RFC 9110, 13.1.5): weak tags are no proof."""
    etag = response.headers.get("ETag", "").strip()
    if etag.startswith('"'):
        return etag
    return response.headers.get("Last-Modified") or None


def _filename_of(response: BaseHTTPResponse) -> str | None:
    """As the header Content-Disposition has it (RFC 6266); None where it has none."""
    told = response.headers.get("Content-Disposition")
    if not told:
        return None
    message = Message()
    message["Content-Disposition"] = told
    return message.get_filename() or None


__all__ = ["AddressRefused", "Download", "FetchFailed", "Limits", "Mark", "open_download"]
