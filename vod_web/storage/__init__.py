"""Where are sources and what is made of them kept: files on this machine, or an S3 bucket."""

from vod_web.core.settings import Settings
from vod_web.storage.base import Storage
from vod_web.storage.local import LocalStorage


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name. Nothing is read, written or sent yet."""
    if settings.storage == "local":
        return LocalStorage(settings.data_dir / "media")
    from vod_web.storage.s3 import S3Storage  # boto3 costs start-up time that sites without S3 need not spend

    return S3Storage(
        bucket=settings.s3_bucket,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        endpoint_url=settings.s3_endpoint_url,
        public_endpoint_url=settings.s3_public_endpoint_url,
        region=settings.s3_region,
        addressing=settings.s3_addressing,
        cdn_url=settings.cdn_url,
    )
