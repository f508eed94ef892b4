from pathlib import Path

import pytest

from tests.s3_server import S3Server
from vod_web.cli import doctor
from vod_web.cli.console import CannotRun


@pytest.fixture
def bucket(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site whose files are in a bucket."""
    settings = {
        "DATA_DIR": str(tmp_path),
        "BASE_URL": "https://Video.example.org:443/videos",
        "STORAGE": "s3",
        "S3_ENDPOINT_URL": s3_server.endpoint_url,
        "S3_BUCKET": "vod",
        "S3_ACCESS_KEY": s3_server.access_key,
        "S3_SECRET_KEY": s3_server.secret_key,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"VOD_{name}", value)


@pytest.mark.usefixtures("bucket")
def test_one_part_is_tested_where_it_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["browsers"]) == 0
    doctor.main(["browsers"])

    assert capsys.readouterr().out.splitlines()[-1:] == [
        "ok     browsers  lets pages of https://video.example.org send and fetch"
    ]


@pytest.mark.usefixtures("bucket")
def test_what_a_person_must_do_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOD_S3_SECRET_KEY", "of another key")
    monkeypatch.setenv("VOD_BASE_URL", "https://elsewhere.example.org")

    assert doctor.main(["browsers"]) == 1

    said = capsys.readouterr().out
    assert said.startswith("WRONG  browsers ")
    assert '"AllowedOrigins": ["https://elsewhere.example.org"]' in said


def test_parts_that_are_not_there_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOD_DATA_DIR", str(tmp_path))

    with pytest.raises(CannotRun, match='no part "disks" to test'):
        doctor.main(["disks"])
