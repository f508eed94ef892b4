"""What did the person who runs the site decide, through the environment?

The only module that reads the environment. All mistakes are found in one go; each names the variable, says what
is wrong and shows an example of right. `docs/settings.md` lists every setting (a test compares).
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from vod_web.core.data_directory import kept_secret_key, private_queue_socket
from vod_web.core.setting_kinds import flag, heights, networks, one_of, path, setting_field, text, url, whole

PREFIX = "VOD_"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LEAST_S3_PART_BYTES = 5 * 1024**2  # of a multipart upload, but for its last part
MOST_WORKERS = 64
WEB_THREADS = 32
"""In each process of the web server: requests that wait for a segment or send a large file hold a thread each."""


class SettingsError(Exception):
    """Some settings are wrong; `problems` has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _default_workers() -> int:
    return max(2, min(4, (os.cpu_count() or 2) // 2))


def _default_threads() -> int:
    """More than eight make five encoders no faster, and each takes memory."""
    return min(8, os.cpu_count() or 2)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of a running site; every field is the environment variable `VOD_` + its name in capitals."""

    data_dir: Path = setting_field(path, Path("var").absolute(), "/srv/vod")
    """Where the embedded database, files, queue, logs and the secret key are kept."""
    host: str = setting_field(text, "127.0.0.1", "0.0.0.0")  # noqa: S104 - an example only
    """The address the web server listens on."""
    port: int = setting_field(whole(1, 65535), 8000, "8000")
    """The port the web server listens on."""
    base_url: str = setting_field(url("http", "https"), "", "https://video.example.org")
    """The site's address as people see it; made from host and port when absent."""
    secret_key: str = setting_field(text, "", "(64 random characters)", is_secret=True)
    """Signs cookies and playback tokens; made and kept in the data directory when absent."""
    database_url: str = setting_field(
        url("sqlite", "postgresql", "postgresql+psycopg", "postgres"),
        "",
        "postgresql://vod:secret@db/vod",
        is_secret=True,
    )
    """The database; a SQLite file in the data directory when absent."""
    redis_url: str = setting_field(url("redis", "rediss", "unix"), "", "redis://queue:6379/0", is_secret=True)
    """The queue server; when absent, the private one of the data directory, which `./vod up` starts."""
    storage: str = setting_field(one_of("local", "s3"), "local", "s3")
    """Where sources and renditions are kept: `local` (files in the data directory) or `s3`."""
    s3_endpoint_url: str = setting_field(url("http", "https"), "", "https://s3.example.org")
    """The S3 service; Amazon's own when absent."""
    s3_public_endpoint_url: str = setting_field(url("http", "https"), "", "https://files.example.org")
    """The S3 service as browsers reach it, where that differs from `S3_ENDPOINT_URL`."""
    s3_bucket: str = setting_field(text, "", "videos")
    """The bucket; it must exist."""
    s3_access_key: str = setting_field(text, "", "AKIA...", is_secret=True)
    """The access key of an account that may read, write, list and delete in the bucket."""
    s3_secret_key: str = setting_field(text, "", "(the secret of that key)", is_secret=True)
    """The secret of the access key."""
    s3_region: str = setting_field(text, "us-east-1", "eu-central-1")
    """The region that signs requests."""
    s3_addressing: str = setting_field(one_of("auto", "path", "virtual"), "auto", "path")
    """Bucket in the `path`, or as a `virtual` host; `auto` picks path for endpoints of one's own."""
    cdn_url: str = setting_field(url("http", "https"), "", "https://cdn.example.org")
    """A CDN in front of the bucket; public videos' segments are fetched from there."""
    workers: int = setting_field(whole(0, MOST_WORKERS), _default_workers(), "2")
    """Worker processes that `./vod up` starts, until another number is chosen in the browser; 0 for none here."""
    ffmpeg: str = setting_field(text, "", "/usr/local/bin/ffmpeg")
    """The FFmpeg to use; else a safe one from the machine, else the one among the packages."""
    ffmpeg_threads: int = setting_field(whole(1, 64), _default_threads(), "1")
    """Threads of each decoder and encoder; few where many workers share a machine, one for the most work in all."""
    ladder: tuple[int, ...] = setting_field(heights, (240, 360, 480, 720, 1080), "360,720,1080")
    """Heights of the renditions to make, never above the source."""
    max_upload_bytes: int = setting_field(whole(1_000_000, 5 * 10**12), 64 * 10**9, "64000000000")
    """The largest file that may be uploaded, in bytes."""
    upload_part_bytes: int = setting_field(whole(64 * 1024, 1024**3), 16 * 1024**2, "8388608")
    """How large the parts are in which files are sent; smaller where a proxy limits bodies, on S3 5242880 or more."""
    user_quota_bytes: int = setting_field(whole(0, 1024**5), 0, "100000000000")
    """What one person may store, in bytes, counting what is really stored; 0 for no limit."""
    user_daily_bytes: int = setting_field(whole(0, 1024**5), 0, "20000000000")
    """What one person may upload within 24 hours, in bytes; 0 for no limit."""
    user_open_uploads: int = setting_field(whole(1, 10_000), 100, "20")
    """How many uploads one person may have begun and not finished."""
    user_open_bytes: int = setting_field(whole(1_000_000, 1024**5), 256 * 10**9, "100000000000")
    """What these may still have to send, in bytes; on a local disk never more than half of the room that is left."""
    keep_versions_days: int = setting_field(whole(0, 3650), 30, "90")
    """For how many days a file stays that was replaced, with all that was made of it, to be restored; 0 for none."""
    imports: int = setting_field(whole(0, 64), 4, "8")
    """How many files the site fetches from other servers at the same time, for people who import; 0 turns that off."""
    import_networks: tuple[IPv4Network | IPv6Network, ...] = setting_field(networks, (), "192.168.7.0/24,fd00:7::/64")
    """Private networks that it asks too, at any port; else the public internet alone."""
    mail_url: str = setting_field(url("smtp", "smtps"), "", "smtps://user:secret@mail.example.org", is_secret=True)
    """The mail server, for notifications and new passwords; without it an admin hands out reset links."""
    mail_from: str = setting_field(text, "", "Video <video@example.org>")
    """The sender of the site's mails; needed where `MAIL_URL` is set."""
    sendfile: str = setting_field(one_of("none", "nginx"), "none", "nginx")
    """`nginx` lets an nginx in front send local media (X-Accel-Redirect)."""
    trusted_proxies: int = setting_field(whole(0, 10), 0, "1")
    """How many proxies stand in front and set X-Forwarded-For, -Proto and -Host."""
    log_level: str = setting_field(one_of(*LOG_LEVELS), "INFO", "DEBUG")
    """The least important log lines that are written."""
    log_json: bool = setting_field(flag, False, "yes")
    """Log lines as JSON objects, for programs."""

    @property
    def is_https(self) -> bool:
        """Whether people reach the site by https, so that cookies may be marked secure."""
        return self.base_url.startswith("https://")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; make the data directory and the secret key where they are absent.

    Raises:
        SettingsError: with every mistake at once.
    """
    environ = os.environ if environ is None else environ
    given, problems = _parse(environ)
    problems += _unknown(environ)
    settings = Settings(**given)
    if settings.storage == "s3":
        problems += _missing(settings, "s3_bucket", "s3_access_key", "s3_secret_key", because="VOD_STORAGE is s3")
        problems += _too_small_for_s3(settings)
    if settings.mail_url:
        problems += _missing(settings, "mail_from", because="VOD_MAIL_URL is set")
    if not problems:
        given = _fill_in(settings, given, problems)
    if problems:
        raise SettingsError(problems)
    return Settings(**given)


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _parse(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    given: dict[str, Any] = {}
    problems = []
    for setting in fields(Settings):
        value = environ.get(_variable(setting.name), "").strip()
        if not value:
            continue
        try:
            given[setting.name] = setting.metadata["parse"](value)
        except ValueError as error:
            shown = "its value" if not setting.repr else f'"{value}"'
            problems.append(f"{_variable(setting.name)}: {shown} {error}. Example: {_example(setting)}")
    return given, problems


def _example(setting: "Field[Any]") -> str:
    return f"{_variable(setting.name)}={setting.metadata['example']}"


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = [_variable(setting.name) for setting in fields(Settings)]
    problems = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else " docs/settings.md lists all settings."
            problems.append(f"{name}: there is no such setting.{hint}")
    return problems


def _missing(settings: Settings, *names: str, because: str) -> list[str]:
    by_name = {setting.name: setting for setting in fields(Settings)}
    return [
        f"{_variable(name)}: is needed because {because}. Example: {_example(by_name[name])}"
        for name in names
        if not getattr(settings, name)
    ]


def _too_small_for_s3(settings: Settings) -> list[str]:
    if settings.upload_part_bytes >= LEAST_S3_PART_BYTES:
        return []
    return [
        f"VOD_UPLOAD_PART_BYTES: is less than {LEAST_S3_PART_BYTES}, the smallest part that S3 takes. "
        f"Example: VOD_UPLOAD_PART_BYTES=8388608"
    ]


def _fill_in(settings: Settings, given: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    """The settings that are made when absent; what cannot be made is added to `problems`."""
    directory = settings.data_dir
    try:
        directory.mkdir(parents=True, exist_ok=True)
        secret_key = settings.secret_key or kept_secret_key(directory / "secret_key")
    except OSError as error:
        problems.append(
            f"VOD_DATA_DIR: {directory} cannot be written ({error.strerror}). Make it writable for this user, "
            f"or choose another: VOD_DATA_DIR=/srv/vod"
        )
        return given
    return given | {
        "secret_key": secret_key,
        "database_url": _with_driver(settings.database_url or f"sqlite:///{directory / 'vod.sqlite3'}"),
        "base_url": settings.base_url or f"http://{_shown_host(settings.host)}:{settings.port}",
        "redis_url": settings.redis_url or f"unix://{private_queue_socket(directory)}?db=0",
    }


def _with_driver(database_url: str) -> str:
    """PostgreSQL by psycopg 3, also where the address is of the common form."""
    scheme, rest = database_url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else database_url


def _shown_host(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104


def child_environment(**changes: str) -> dict[str, str]:
    """The environment for a program that we start: ours, with some variables changed."""
    return {**os.environ, **changes}


_FOREIGN_FILE_VARIABLES = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *(
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
    ),
    "PYTHONDONTWRITEBYTECODE",
)


def bare_environment() -> dict[str, str]:
    """The environment for a program that reads strangers' files: without the site's secrets, or anybody else's."""
    return {name: os.environ[name] for name in _FOREIGN_FILE_VARIABLES if name in os.environ}
