"""Files from real servers on loopback, which do all that servers do wrong."""

import gzip
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.file_server import FileServer, make_tls, serving_files
from tests.uploading import make_bytes
from vod_web.core.errors import TooLarge
from vod_web.remote.addresses import AddressRefused
from vod_web.remote.downloads import FetchFailed, Limits, Mark, open_download

CONTENT = make_bytes(300_000)
HOME = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
KIND = Limits(max_bytes=10**6, networks=HOME)
QUICK = Limits(max_bytes=10**6, networks=HOME, connect_s=0.5, answer_s=0.3, stall_s=0.3)


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    """A stranger's server."""
    with serving_files() as server:
        yield server


def fetch(url: str, limits: Limits = KIND, resume: Mark | None = None) -> bytes:
    """All that comes."""
    with open_download(url, limits, resume) as download:
        return b"".join(iter(download.read, b""))


def test_a_file_arrives_with_what_is_known_of_it(server: FileServer) -> None:
    headers = {
        "Content-Type": "video/mp4; codecs=avc1",
        "Content-Disposition": "attachment; filename*=UTF-8''F%C3%BCr.mp4",
    }
    url = server.serve(CONTENT, etag='"one"', headers=headers)

    with open_download(url, KIND) as download:
        assert (download.offset, download.size_bytes, download.validator) == (0, 300_000, '"one"')
        assert (download.filename, download.content_type) == ("Für.mp4", "video/mp4")
        assert b"".join(iter(download.read, b"")) == CONTENT
    sent = server.requests[-1].headers
    assert (sent["Host"], sent["Accept-Encoding"]) == (f"127.0.0.1:{server.port}", "identity")


def test_a_file_of_unknown_length_arrives(server: FileServer) -> None:
    url = server.serve(CONTENT, says_length=False)

    with open_download(url, KIND) as download:
        assert download.size_bytes is None
        assert b"".join(iter(download.read, b"")) == CONTENT


def test_a_file_in_chunks_arrives(server: FileServer) -> None:
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (CONTENT[:1000], CONTENT[1000:]))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole, cut = (
        server.serve(raw=head + body, path=path) for body, path in ((pieces + b"0\r\n\r\n", "/w"), (pieces, "/c"))
    )

    assert fetch(whole) == CONTENT
    with pytest.raises(FetchFailed, match="broke off"):
        fetch(cut)


def test_a_download_goes_on_where_it_broke_off(server: FileServer) -> None:
    url = server.serve(CONTENT, etag='"one"', cuts=[100_000])

    with pytest.raises(FetchFailed, match="broke off") as told:
        fetch(url)
    assert not told.value.is_lasting
    with open_download(url, KIND, Mark(65536, '"one"')) as download:
        assert (download.offset, download.size_bytes) == (65536, 300_000)
        assert b"".join(iter(download.read, b"")) == CONTENT[65536:]


def test_a_file_that_changed_is_sent_from_its_beginning(server: FileServer) -> None:
    url = server.serve(CONTENT, etag='"two"')

    with open_download(url, KIND, Mark(65536, '"one"')) as download:
        assert download.offset == 0
        assert b"".join(iter(download.read, b"")) == CONTENT


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 416 Range Not Satisfiable\r\n\r\n",
        b'HTTP/1.1 206 Partial Content\r\nETag: "other"\r\nContent-Range: bytes 5-9/10\r\n\r\n12345',
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-9/10\r\n\r\n12345678",
        b"HTTP/1.1 206 Partial Content\r\n\r\n12345",
    ],
)
def test_a_part_that_does_not_fit_is_not_taken(answer: bytes) -> None:
    with serving_files() as server:
        url = server.serve(raw=answer)
        with pytest.raises(FetchFailed):  # asked for all of it, this server has nothing better
            fetch(url, resume=Mark(5, '"one"'))

        asked = [request.headers.get("Range") for request in server.requests]
        assert asked == ["bytes=5-", None]


@pytest.mark.parametrize(("etag", "changed", "validator"), [('W/"x"', "yesterday", "yesterday"), (None, None, None)])
def test_weak_tags_are_no_proof(
    server: FileServer, etag: str | None, changed: str | None, validator: str | None
) -> None:
    url = server.serve(CONTENT, etag=etag, headers={"Last-Modified": changed} if changed else {})

    with open_download(url, KIND) as download:
        assert download.validator == validator


@pytest.mark.parametrize(
    ("status", "sentence", "is_lasting"),
    [
        (404, r"answered 404 \(Not Found\)", True),
        (403, r"answered 403 \(Forbidden\)", True),
        (429, r"answered 429", False),
        (503, r"answered 503 \(Service Unavailable\)", False),
        (299, r"answered 299\.", True),
    ],
)
def test_what_the_server_answers_is_said(server: FileServer, status: int, sentence: str, is_lasting: bool) -> None:
    with pytest.raises(FetchFailed, match=sentence) as told:
        fetch(server.serve(status=status))

    assert told.value.is_lasting is is_lasting


def test_too_much_is_refused_when_announced_and_when_sent(server: FileServer) -> None:
    small = Limits(max_bytes=200_000, networks=HOME)

    with pytest.raises(TooLarge, match="larger than 200 kB"), open_download(server.serve(CONTENT), small):
        raise AssertionError("it was announced")
    with pytest.raises(TooLarge, match="larger than 200 kB"):
        fetch(server.serve(CONTENT, says_length=False), small)


@pytest.mark.parametrize("claim", [200_000, 400_000])
def test_a_server_that_lies_about_the_length_is_found_out(server: FileServer, claim: int) -> None:
    url = server.serve(CONTENT, announced_bytes=claim)

    if claim < len(CONTENT):
        assert fetch(url) == CONTENT[:claim]
    else:
        with pytest.raises(FetchFailed, match="broke off"):
            fetch(url)


def test_compressed_files_are_refused(server: FileServer) -> None:
    bomb = gzip.compress(bytes(5_000_000))

    with pytest.raises(FetchFailed, match=r"compressed \(gzip\)") as told:
        fetch(server.serve(bomb, headers={"Content-Encoding": "gzip"}))
    assert told.value.is_lasting


@pytest.mark.parametrize("first", ["/a", "/far"])
def test_redirects_are_followed_but_not_for_ever(server: FileServer, first: str) -> None:
    server.serve(CONTENT)
    server.serve(path="/a", status=302, headers={"Location": "b?x=1"})
    server.serve(path="/b", status=307, headers={"Location": server.url()})
    server.serve(path="/far", status=301, headers={"Location": "/far"})

    if first == "/a":
        assert fetch(server.url("/a")) == CONTENT
    else:
        before = len(server.requests)
        with pytest.raises(FetchFailed, match="more than 5 times"):
            fetch(server.url("/far"))
        assert len(server.requests) - before == 6


def test_a_redirect_to_a_private_address_is_refused(server: FileServer) -> None:
    """The first server may be asked, where it leads to may not."""
    with serving_files("127.0.0.2") as inner:
        inner.serve(b"secret")
        server.serve(path="/trap", status=302, headers={"Location": inner.url()})
        limits = Limits(max_bytes=10**6, networks=(ip_network("127.0.0.1/32"),))

        with pytest.raises(AddressRefused, match="private address"):
            fetch(server.url("/trap"), limits)
        assert inner.requests == []


def test_a_name_that_changes_its_address_is_connected_to_where_it_was_looked_at() -> None:
    """The second answer of the name server would lead elsewhere; nobody asks for one."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    with serving_files("127.0.0.1") as server:
        limits = Limits(max_bytes=10**6, networks=(ip_network("127.0.0.1/32"),), resolve=lambda *_: answers.pop(0))
        server.serve(CONTENT)

        assert fetch(server.url(host="rebinding.test"), limits) == CONTENT
        assert server.requests[-1].headers["Host"] == f"rebinding.test:{server.port}"
        assert answers == [["127.0.0.2"]]
        with pytest.raises(AddressRefused):
            fetch(server.url(host="rebinding.test"), limits)


def test_the_next_address_is_tried_where_one_does_not_answer(server: FileServer) -> None:
    limits = Limits(max_bytes=10**6, networks=HOME, resolve=lambda *_: ["127.0.0.9", "127.0.0.1"])
    server.serve(CONTENT)

    assert fetch(server.url(host="two.test"), limits) == CONTENT


def test_a_server_by_its_ipv6_address_is_asked() -> None:
    with serving_files("::1") as server:
        assert fetch(server.serve(CONTENT)) == CONTENT
        assert server.requests[-1].headers["Host"] == f"[::1]:{server.port}"


def test_proxies_of_the_environment_are_passed_over(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert fetch(server.serve(CONTENT)) == CONTENT


def test_tls_proves_the_name_and_not_the_address(tmp_path: Path) -> None:
    theirs, ours = make_tls(tmp_path, "films.test")
    with serving_files(tls=theirs) as server:
        limits = Limits(max_bytes=10**6, networks=HOME, resolve=lambda *_: ["127.0.0.1"], tls=ours)
        server.serve(CONTENT)

        assert fetch(server.url(host="films.test"), limits) == CONTENT
        with pytest.raises(FetchFailed, match=r"cannot prove that it is other\.test"):
            fetch(server.url(host="other.test"), limits)
        with pytest.raises(FetchFailed, match="certificate is not valid"):
            fetch(server.url(host="films.test"), Limits(max_bytes=10**6, networks=HOME, resolve=limits.resolve))


def test_a_server_that_stops_sending_is_left(server: FileServer) -> None:
    url = server.serve(CONTENT, holds_after=100_000)

    with pytest.raises(FetchFailed, match=r"nothing has come for 0\.3 seconds"):
        fetch(url, QUICK)


def test_a_server_that_drips_is_left(server: FileServer) -> None:
    """Each byte comes in time, and all of them never."""
    url = server.serve(CONTENT, path="/drip", drips=True)

    with pytest.raises(FetchFailed, match="stopped sending"):
        fetch(url, QUICK)


def test_a_head_that_drips_is_left(server: FileServer) -> None:
    url = server.serve(CONTENT, path="/head", drips_head=True)

    with pytest.raises(FetchFailed, match="does not answer"):
        fetch(url, QUICK)


def test_a_download_ends_after_its_time(server: FileServer) -> None:
    with pytest.raises(FetchFailed, match="did not send the file within"):
        fetch(server.serve(CONTENT), Limits(max_bytes=10**6, networks=HOME, total_s=0.0))


def test_a_server_that_is_not_there_is_said() -> None:
    with serving_files() as server:
        url = server.url()

    with pytest.raises(FetchFailed, match=r"127\.0\.0\.1 cannot be reached"):
        fetch(url)
