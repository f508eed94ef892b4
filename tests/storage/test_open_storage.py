"""Which storage the settings name."""

import subprocess
import sys
from pathlib import Path

from tests.s3_server import S3Server
from vod_web.core.settings import load_settings
from vod_web.storage import open_storage
from vod_web.storage.local import LocalStorage
from vod_web.storage.s3 import S3Storage


def test_files_are_kept_in_the_data_directory_where_nothing_else_is_said(tmp_path: Path) -> None:
    storage = open_storage(load_settings({"VOD_DATA_DIR": str(tmp_path)}))
    assert isinstance(storage, LocalStorage)
    storage.check()
    assert storage.root == tmp_path / "media"


def test_every_s3_setting_arrives(s3_server: S3Server, tmp_path: Path) -> None:
    storage = open_storage(
        load_settings(
            {
                "VOD_DATA_DIR": str(tmp_path),
                "VOD_STORAGE": "s3",
                "VOD_S3_ENDPOINT_URL": s3_server.endpoint_url,
                "VOD_S3_PUBLIC_ENDPOINT_URL": "https://files.example",
                "VOD_S3_BUCKET": "vod",
                "VOD_S3_ACCESS_KEY": s3_server.access_key,
                "VOD_S3_SECRET_KEY": s3_server.secret_key,
                "VOD_S3_REGION": "eu-central-1",
                "VOD_S3_ADDRESSING": "path",
                "VOD_CDN_URL": "https://cdn.example",
            }
        )
    )
    assert isinstance(storage, S3Storage)
    storage.check()
    private = storage.delivery("v/a", expires_in_s=9).url  # type: ignore[union-attr]  # S3 always redirects
    assert private.startswith("https://files.example/vod/v/a?")
    assert "%2Feu-central-1%2Fs3%2F" in private
    assert storage.delivery("v/a", expires_in_s=9, is_public=True).url == "https://cdn.example/v/a"  # type: ignore[union-attr]  # as above


def test_a_site_without_s3_does_not_load_boto3() -> None:
    script = "import sys, vod_web.storage; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0
