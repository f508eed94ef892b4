import re
import stat
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from vod_web.core.settings import PREFIX, Settings, SettingsError, bare_environment, load_settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_defaults_need_nothing_but_a_directory(tmp_path: Path) -> None:
    settings = load_settings({"VOD_DATA_DIR": str(tmp_path / "data")})
    assert settings.database_url == f"sqlite:///{tmp_path}/data/vod.sqlite3"
    assert settings.base_url == "http://localhost:8000"
    assert settings.storage == "local"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = load_settings({"VOD_DATA_DIR": str(tmp_path)})
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    environ = {"VOD_DATA_DIR": str(tmp_path)}
    first, second = load_settings(environ), load_settings(environ)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_all_mistakes_are_told_at_once_each_with_an_example(tmp_path: Path) -> None:
    environ = {
        "VOD_DATA_DIR": str(tmp_path),
        "VOD_PORT": "eighty",
        "VOD_WORKERS": "99",
        "VOD_STORAGE": "ftp",
        "VOD_REDIS_URL": "http://queue",
        "VOD_LADDER": "720,999",
        "VOD_LOG_JSON": "perhaps",
    }
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    assert caught.value.problems == [
        'VOD_PORT: "eighty" is not a whole number. Example: VOD_PORT=8000',
        "VOD_REDIS_URL: its value does not begin with redis:// or rediss:// or unix://. "
        "Example: VOD_REDIS_URL=redis://queue:6379/0",
        'VOD_STORAGE: "ftp" is not one of local, s3. Example: VOD_STORAGE=s3',
        'VOD_WORKERS: "99" is not between 0 and 64. Example: VOD_WORKERS=2',
        'VOD_LADDER: "720,999" names 999, which is not one of 240, 360, 480, 720, 1080, 1440, 2160. '
        "Example: VOD_LADDER=360,720,1080",
        'VOD_LOG_JSON: "perhaps" is neither yes nor no. Example: VOD_LOG_JSON=yes',
    ]


def test_networks_are_written_with_commas(tmp_path: Path) -> None:
    environ = {"VOD_DATA_DIR": str(tmp_path), "VOD_IMPORT_NETWORKS": "192.168.7.0/24, fd00:7::/64"}
    assert list(map(str, load_settings(environ).import_networks)) == ["192.168.7.0/24", "fd00:7::/64"]
    with pytest.raises(SettingsError, match=r'VOD_IMPORT_NETWORKS: "192\.168\.7\.1/24" is not a list of networks'):
        load_settings(environ | {"VOD_IMPORT_NETWORKS": "192.168.7.1/24"})


def test_a_misspelt_name_is_told_with_the_nearest_right_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Did you mean VOD_PORT"):
        load_settings({"VOD_DATA_DIR": str(tmp_path), "VOD_PROT": "80"})


def test_s3_takes_no_parts_that_are_too_small(tmp_path: Path) -> None:
    given = {"VOD_S3_BUCKET": "videos", "VOD_S3_ACCESS_KEY": "key", "VOD_S3_SECRET_KEY": "secret"}
    with pytest.raises(SettingsError) as raised:
        load_settings({"VOD_DATA_DIR": str(tmp_path), "VOD_STORAGE": "s3", "VOD_UPLOAD_PART_BYTES": "65536", **given})
    assert [problem.split(":")[0] for problem in raised.value.problems] == ["VOD_UPLOAD_PART_BYTES"]


def test_s3_needs_a_bucket_and_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"VOD_DATA_DIR": str(tmp_path), "VOD_STORAGE": "s3", "VOD_S3_BUCKET": "videos"})
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["VOD_S3_ACCESS_KEY", "VOD_S3_SECRET_KEY"]


def test_a_data_directory_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"VOD_DATA_DIR: .* cannot be written"):
        load_settings({"VOD_DATA_DIR": str(tmp_path / "file" / "below")})


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    environ = {"VOD_DATA_DIR": str(tmp_path), "VOD_SECRET_KEY": "hush", "VOD_S3_SECRET_KEY": "hush"}
    assert "hush" not in repr(load_settings(environ))


def test_postgresql_addresses_of_the_common_form_get_our_driver(tmp_path: Path) -> None:
    environ = {"VOD_DATA_DIR": str(tmp_path), "VOD_DATABASE_URL": "postgresql://vod@db/vod"}
    assert load_settings(environ).database_url == "postgresql+psycopg://vod@db/vod"


def test_the_document_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^\| `(VOD_[A-Z0-9_]+)`", DOCUMENT.read_text(), flags=re.MULTILINE)
    assert listed == [PREFIX + setting.name.upper() for setting in fields(Settings)]


def test_programs_that_read_strangers_files_learn_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VOD_SECRET_KEY", "VOD_DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "hush")
    environment = bare_environment()
    assert "hush" not in environment.values()
    assert "PATH" in environment
