import json
from collections.abc import Iterator

import pytest

from tests.s3_server import S3Server, create_bucket
from tests.servers import free_port
from tests.storage.clients import send
from vod_web.core.errors import StorageFailed
from vod_web.storage.s3 import S3Storage
from vod_web.storage.s3_cors import cors_rule

ORIGIN = "https://video.example.org"
THEIRS = {"ID": "theirs", "AllowedOrigins": ["https://other.example"], "AllowedMethods": ["PUT", "GET"]}
EVERYBODY = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["*"]}


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server) -> S3Storage:
    """A bucket that only these tests use: they change its rules."""
    storage = s3_server.storage(bucket="pages")
    create_bucket(storage)
    return storage


@pytest.fixture
def storage(bucket: S3Storage) -> Iterator[S3Storage]:
    """That bucket, without any rule."""
    yield bucket
    bucket._s3.delete_bucket_cors(Bucket=bucket.bucket)


def set_rules(storage: S3Storage, *rules: object) -> None:
    """These rules and no others."""
    storage._s3.put_bucket_cors(Bucket=storage.bucket, CORSConfiguration={"CORSRules": list(rules)})  # type: ignore[typeddict-item]


def rules_of(storage: S3Storage) -> list[str]:
    """The ids of the rules."""
    return [rule.get("ID", "") for rule in storage._s3.get_bucket_cors(Bucket=storage.bucket)["CORSRules"]]


def allows(storage: S3Storage, origin: str) -> bool:
    """Whether a browser may send a part from a page of this origin."""
    parts_id = storage.begin_parts("v/a/b", size_bytes=3, part_size_bytes=3, content_type="video/mp4")
    target = storage.part_target("v/a/b", parts_id, 1, size_bytes=3, checksum_sha256=None, expires_in_s=60)
    storage.abort_parts("v/a/b", parts_id)
    assert target is not None
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-amz-checksum-sha256"}
    return send("OPTIONS", target.url, headers={"Origin": origin, **asked}).status == 200


def test_a_bucket_without_rules_is_given_ours(storage: S3Storage) -> None:
    assert not allows(storage, ORIGIN)

    assert storage.allow_pages(ORIGIN) == f"had no CORS rule for {ORIGIN}: it was added"

    assert allows(storage, ORIGIN)
    assert not allows(storage, "https://evil.example")
    assert storage.allow_pages(ORIGIN) == f"lets pages of {ORIGIN} send and fetch"


def test_a_browser_on_our_page_may_read_etags(storage: S3Storage) -> None:
    storage.allow_pages(ORIGIN)
    storage.put_bytes("v/a/b", b"abc", content_type="text/plain")

    url = storage.delivery("v/a/b", expires_in_s=60).url  # type: ignore[union-attr]
    exposed = send("GET", url, headers={"Origin": ORIGIN}).headers["access-control-expose-headers"]
    storage.delete("v/a/b")

    assert "ETag" in exposed


def test_rules_of_others_and_other_sites_stay(storage: S3Storage) -> None:
    set_rules(storage, THEIRS)

    storage.allow_pages("https://one.example")
    storage.allow_pages("https://two.example")

    assert rules_of(storage) == ["theirs", "vod-web"]
    assert all(allows(storage, f"https://{name}.example") for name in ("other", "one", "two"))


def test_rules_that_let_us_in_are_not_touched(storage: S3Storage) -> None:
    set_rules(storage, EVERYBODY)

    storage.allow_pages(ORIGIN)

    assert rules_of(storage) == [""]


def test_a_key_that_may_not_set_rules_says_which_to_set(storage: S3Storage, s3_server: S3Server) -> None:
    powerless = s3_server.storage(bucket="pages", secret_key="wrong")

    with pytest.raises(StorageFailed) as caught:
        powerless.allow_pages(ORIGIN)

    assert "its CORS rules cannot be set (SignatureDoesNotMatch)" in caught.value.message
    assert json.loads(caught.value.message.partition("to it: ")[2]) == [cors_rule([ORIGIN])]
    assert not allows(storage, ORIGIN)


def test_an_address_for_browsers_that_this_machine_cannot_reach_is_asked_at_ours(
    storage: S3Storage, s3_server: S3Server
) -> None:
    behind = s3_server.storage(bucket="pages", public_endpoint_url=f"http://127.0.0.1:{free_port()}")

    behind.allow_pages(ORIGIN)

    assert allows(storage, ORIGIN)


def test_a_server_that_is_away_is_told() -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    storage = S3Storage(bucket="vod", access_key="a", secret_key="b", endpoint_url=endpoint)

    with pytest.raises(StorageFailed, match="does not answer"):
        storage.allow_pages(ORIGIN)


@pytest.mark.parametrize(
    ("settings", "origins"),
    [
        ({"region": "us-east-1"}, ["https://videos.s3.amazonaws.com"]),
        ({"region": "eu-central-1"}, ["https://videos.s3.eu-central-1.amazonaws.com"]),
        ({"addressing": "path"}, ["https://s3.amazonaws.com"]),
        ({"endpoint_url": "http://10.0.0.1:9000"}, ["http://10.0.0.1:9000"]),
        (
            {
                "endpoint_url": "http://s3:9000",
                "public_endpoint_url": "https://files.example.org",
                "cdn_url": "https://cdn.example.org/v/",
            },
            ["https://cdn.example.org", "https://files.example.org"],
        ),
    ],
)
def test_pages_are_told_where_browsers_go(settings: dict[str, str], origins: list[str]) -> None:
    storage = S3Storage(bucket="videos", access_key="a", secret_key="b", **settings)

    assert storage.browser_origins() == origins
