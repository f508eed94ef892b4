"""S3: what is true of the S3 storage alone, mostly that the server itself enforces what we sign."""

import hashlib
import io
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.s3_server import DOMAIN, S3Server
from tests.servers import free_port, wait_until
from tests.storage.clients import send
from vod_web.core.errors import InvalidInput, NotFound, StorageFailed, Unavailable
from vod_web.storage.base import PartTarget, Redirect, UploadedPart
from vod_web.storage.s3 import S3Storage

KEY = "videos/aaaaaaaaaaa/bbbbbbbbbbb/720p/0.m4s"
TYPE = "video/mp4"
ORIGIN = "https://video.example"


def signed(storage: S3Storage, *, expires_in_s: int = 60, **options: Any) -> str:
    """The address of KEY for a browser."""
    found = storage.delivery(KEY, expires_in_s=expires_in_s, **options)
    assert isinstance(found, Redirect)
    return found.url


def target_of(storage: S3Storage, parts_id: str, data: bytes, *, checksum: bytes | None = None) -> PartTarget:
    """Where part 1 is to be sent."""
    target = storage.part_target(KEY, parts_id, 1, size_bytes=len(data), checksum_sha256=checksum, expires_in_s=60)
    assert target is not None
    return target


def begin(storage: S3Storage, data: bytes, *, with_checksums: bool = False) -> str:
    """An open upload of one part."""
    return storage.begin_parts(
        KEY, size_bytes=len(data), part_size_bytes=len(data), content_type=TYPE, with_checksums=with_checksums
    )


def test_an_address_without_or_with_a_changed_signature_is_refused(s3_storage: S3Storage) -> None:
    s3_storage.put_bytes(KEY, b"private", content_type=TYPE)
    url = signed(s3_storage)
    assert send("GET", url).body == b"private"
    assert send("GET", url.split("?")[0]).status == 403
    assert send("GET", url.replace("0.m4s", "1.m4s")).status == 403
    assert send("GET", url[:-1] + ("0" if url[-1] != "0" else "1")).status == 403
    assert send("DELETE", url).status == 403


def test_an_address_expires(s3_storage: S3Storage) -> None:
    s3_storage.put_bytes(KEY, b"private", content_type=TYPE)
    url = signed(s3_storage, expires_in_s=1)
    wait_until(lambda: send("GET", url).status == 403, what="the address expired", limit_s=10)


def test_a_browser_reads_ranges_by_a_signed_address(s3_storage: S3Storage) -> None:
    s3_storage.put_bytes(KEY, b"0123456789", content_type=TYPE)
    answer = send("GET", signed(s3_storage), headers={"Range": "bytes=2-4"})
    assert (answer.status, answer.body) == (206, b"234")


def test_objects_are_sent_with_the_headers_they_were_stored_with(s3_storage: S3Storage) -> None:
    s3_storage.put_bytes(KEY, b"x", content_type=TYPE, cache_control="public, max-age=31536000, immutable")
    answer = send("GET", signed(s3_storage))
    assert answer.headers["content-type"] == TYPE
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_download_has_its_name_and_type(s3_storage: S3Storage) -> None:
    s3_storage.put_bytes(KEY, b"x", content_type=TYPE)
    answer = send("GET", signed(s3_storage, content_type="video/quicktime", download_as='Ärger "2".mov\r\nX: y'))
    assert answer.headers["content-type"] == "video/quicktime"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_rger _2_.mov__X_ y\"; filename*=UTF-8''%C3%84rger%20%222%22.mov%0D%0AX%3A%20y"
    )


def test_only_public_objects_go_through_the_cdn(s3_server: S3Server) -> None:
    storage = s3_server.storage(cdn_url="https://cdn.example/")
    assert signed(storage, is_public=True) == f"https://cdn.example/{KEY}"
    assert signed(storage).startswith(s3_server.endpoint_url)
    assert signed(storage, is_public=True, download_as="a.mp4").startswith(s3_server.endpoint_url)


def test_browsers_and_our_own_programs_get_different_addresses(s3_server: S3Server) -> None:
    storage = s3_server.storage(public_endpoint_url="https://files.example")
    assert signed(storage).startswith("https://files.example/vod/")
    target = storage.part_target(KEY, "id", 1, size_bytes=1, checksum_sha256=None, expires_in_s=9)
    assert target is not None
    assert target.url.startswith("https://files.example/vod/")
    assert storage.read_address(KEY, expires_in_s=9).startswith(s3_server.endpoint_url)


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        ({}, "https://clips.s3.amazonaws.com/"),
        ({"addressing": "path"}, "https://s3.amazonaws.com/clips/"),
        ({"region": "eu-central-1"}, "https://clips.s3.eu-central-1.amazonaws.com/"),
        ({"endpoint_url": "https://s3.example"}, "https://s3.example/clips/"),
        ({"endpoint_url": "https://s3.example", "addressing": "virtual"}, "https://clips.s3.example/"),
    ],
)
def test_buckets_are_addressed_as_set(arguments: dict[str, str], begins: str) -> None:
    storage = S3Storage(bucket="clips", access_key="a", secret_key="b", **arguments)
    assert signed(storage).startswith(begins)
    assert storage.read_address(KEY, expires_in_s=9).startswith(begins)


def test_everything_works_at_a_virtual_host(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **options: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(DOMAIN) else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)  # stands in for a name server
    storage = s3_server.storage(endpoint_url=f"http://{DOMAIN}:{s3_server.port}", addressing="virtual")
    storage.check()
    storage.put_bytes(KEY, b"virtual", content_type=TYPE)
    url = signed(storage)
    assert urlsplit(url).hostname == f"vod.{DOMAIN}"
    assert send("GET", url, connect_to=f"127.0.0.1:{s3_server.port}").body == b"virtual"
    assert s3_server.storage().read_bytes(KEY) == b"virtual"
    assert storage.delete_prefix("videos/") == 1


def test_s3_itself_refuses_wrong_bytes_where_a_checksum_is_promised(s3_storage: S3Storage) -> None:
    data = os.urandom(1000)
    checksum = hashlib.sha256(data).digest()
    parts_id = begin(s3_storage, data, with_checksums=True)
    target = target_of(s3_storage, parts_id, data, checksum=checksum)
    assert send("PUT", target.url, body=b"x" * 1000, headers=target.headers).status == 400
    assert send("PUT", target.url, body=data).status == 403
    other = {"x-amz-checksum-sha256": "A" * 43 + "="}
    assert send("PUT", target.url, body=b"x" * 1000, headers=other).status == 403
    assert s3_storage.list_parts(KEY, parts_id) == []
    assert send("PUT", target.url, body=data, headers=target.headers).status == 200


def test_s3_itself_refuses_another_length(s3_storage: S3Storage) -> None:
    parts_id = begin(s3_storage, b"x" * 1000)
    target = target_of(s3_storage, parts_id, b"x" * 1000)
    assert target.headers == {}
    assert send("PUT", target.url, body=b"x" * 1001).status == 403
    assert send("PUT", target.url, body=b"x" * 999).status == 403
    assert s3_storage.list_parts(KEY, parts_id) == []


def test_the_address_of_a_part_is_good_for_that_part_only(s3_storage: S3Storage) -> None:
    target = target_of(s3_storage, begin(s3_storage, b"x"), b"x")
    assert send("PUT", target.url.replace("partNumber=1", "partNumber=2"), body=b"x").status == 403
    assert send("GET", target.url).status == 403


def test_s3_knows_which_parts_arrived(s3_storage: S3Storage) -> None:
    parts_id = begin(s3_storage, b"abc")
    assert s3_storage.list_parts(KEY, parts_id) == []
    etag = send("PUT", target_of(s3_storage, parts_id, b"abc").url, body=b"abc").headers["etag"]
    (part,) = s3_storage.list_parts(KEY, parts_id)
    assert (part.number, part.size_bytes, part.etag) == (1, 3, etag.strip('"'))
    s3_storage.complete_parts(KEY, parts_id, [part], size_bytes=3)
    with pytest.raises(NotFound):
        s3_storage.list_parts(KEY, parts_id)


def test_a_part_that_a_client_only_claims_is_not_believed(s3_storage: S3Storage) -> None:
    parts_id = begin(s3_storage, b"abc")
    send("PUT", target_of(s3_storage, parts_id, b"abc").url, body=b"abc")
    (real,) = s3_storage.list_parts(KEY, parts_id)
    for claimed in (UploadedPart(1, 4, real.etag), UploadedPart(1, 3, "0" * 32)):
        with pytest.raises(InvalidInput, match="part 1 has not arrived"):
            s3_storage.complete_parts(KEY, parts_id, [claimed], size_bytes=claimed.size_bytes)
    assert s3_storage.complete_parts(KEY, parts_id, [real], size_bytes=3).size_bytes == 3


def test_the_site_does_not_receive_parts_for_s3(s3_storage: S3Storage) -> None:
    with pytest.raises(Unavailable):
        s3_storage.write_part(KEY, "id", 1, io.BytesIO(b"x"), offset=0, size_bytes=1, checksum_sha256=None)


def test_lists_and_deletions_go_beyond_one_page(s3_storage: S3Storage) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = [f"v/a/{number}" for number in range(1050)]
        list(pool.map(lambda key: s3_storage.put_bytes(key, b"x", content_type=TYPE), names))
    assert {found.key for found in s3_storage.list("v/")} == set(names)
    assert s3_storage.delete_prefix("v/") == 1050
    assert list(s3_storage.list("v/")) == []


def test_a_forked_process_has_connections_of_its_own(s3_storage: S3Storage) -> None:
    whole = {f"v/{number}": b"%d" % number * 100_000 for number in range(8)}
    for key, data in whole.items():
        s3_storage.put_bytes(key, data, content_type=TYPE)
    fork = get_context("fork")
    answers = fork.SimpleQueue()

    def read_all() -> None:
        answers.put(all(s3_storage.read_bytes(key) == data for _ in range(5) for key, data in whole.items()))

    children = [fork.Process(target=read_all) for _ in range(2)]
    for child in children:
        child.start()
    mine = [s3_storage.read_bytes(key) == data for _ in range(5) for key, data in whole.items()]
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    assert answers.get()
    assert answers.get()
    assert all(mine)


def test_the_check_says_when_the_server_does_not_answer() -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    storage = S3Storage(bucket="vod", access_key="a", secret_key="b", endpoint_url=endpoint)
    with pytest.raises(StorageFailed) as caught:
        storage.check()
    assert caught.value.message == (
        f"The S3 server at {endpoint} does not answer: start it, or correct VOD_S3_ENDPOINT_URL."
    )


def test_the_check_says_when_there_is_no_such_bucket(s3_server: S3Server) -> None:
    with pytest.raises(StorageFailed) as caught:
        s3_server.storage(bucket="nowhere").check()
    assert caught.value.message == (
        f"The S3 server at {s3_server.endpoint_url} has no bucket nowhere: create it, or correct VOD_S3_BUCKET."
    )


@pytest.mark.parametrize("wrong", ["access_key", "secret_key"])
def test_the_check_says_when_the_key_is_wrong(s3_server: S3Server, wrong: str) -> None:
    with pytest.raises(StorageFailed) as caught:
        s3_server.storage(**{wrong: "wrong"}).check()
    assert caught.value.message == (
        f"The S3 server at {s3_server.endpoint_url} does not accept the access key: correct VOD_S3_ACCESS_KEY and"
        " VOD_S3_SECRET_KEY."
    )


def test_what_visitors_are_told_names_no_setting(s3_server: S3Server) -> None:
    with pytest.raises(StorageFailed) as caught:
        s3_server.storage(secret_key="wrong").read_bytes(KEY)
    assert "VOD_" not in caught.value.message
    assert s3_server.endpoint_url not in caught.value.message


def test_the_check_says_when_the_bucket_name_cannot_be(s3_server: S3Server) -> None:
    with pytest.raises(StorageFailed, match="Correct the VOD_S3_ settings"):
        s3_server.storage(bucket="not a bucket").check()


def test_a_large_file_goes_up_in_parts(s3_storage: S3Storage, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(70 * 1024 * 1024)
    stored = s3_storage.put_file(KEY, path, content_type=TYPE)
    assert stored.size_bytes == 70 * 1024 * 1024
    assert stored.etag.endswith("-3")
    with s3_storage.open(KEY, start=stored.size_bytes - 10) as stream:
        assert stream.read() == bytes(10)


def test_a_large_file_that_s3_refuses_is_our_own_error(s3_server: S3Server, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(70 * 1024 * 1024)
    with pytest.raises(StorageFailed):
        s3_server.storage(secret_key="wrong").put_file(KEY, path, content_type=TYPE)
