"""What does an error of S3 mean to the people who use or run the site?"""

import contextlib
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from vod_web.core.errors import InvalidInput, NotFound, StorageFailed

_ABSENT = {"NoSuchKey", "NoSuchUpload", "NotFound", "404"}
_WRONG_PARTS = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}
_WRONG_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "InvalidToken"}
_WRONG_REGION = {"AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException"}


def code_of(error: BaseException | None) -> str:
    """S3's name for what went wrong; empty when no answer of S3 is behind it."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Raise our own errors for those of S3; their sentences tell no setting, as visitors see them."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in _ABSENT:
            raise NotFound("There is no such file.") from error
        if code_of(error) in _WRONG_PARTS:
            raise InvalidInput("The upload is not whole: send its parts again.", {"parts": "differ"}) from error
        raise StorageFailed("The site's file storage refuses to work: its admin must look after it.") from error
    except BotoCoreError as error:
        raise StorageFailed("The site's file storage does not answer: try again in a moment.") from error


def explain_check(error: BaseException, *, endpoint: str, bucket: str) -> StorageFailed:
    """What an admin must do when S3 failed the probe."""
    if isinstance(error, ClientError):
        return StorageFailed(_explain_refusal(error, endpoint, bucket))
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return StorageFailed(f"The S3 server at {endpoint} does not answer: start it, or correct VOD_S3_ENDPOINT_URL.")
    return StorageFailed(f"S3 cannot be used as it is set up: {error} Correct the VOD_S3_ settings.")


def _explain_refusal(error: ClientError, endpoint: str, bucket: str) -> str:
    code = code_of(error)
    if code in ("NoSuchBucket", "404"):
        return f"The S3 server at {endpoint} has no bucket {bucket}: create it, or correct VOD_S3_BUCKET."
    if code in _WRONG_KEYS:
        return (
            f"The S3 server at {endpoint} does not accept the access key: correct VOD_S3_ACCESS_KEY and"
            " VOD_S3_SECRET_KEY."
        )
    if code in _WRONG_REGION:
        return f"The bucket {bucket} is in another region: correct VOD_S3_REGION."
    if code == "RequestTimeTooSkewed":
        return f"The clocks of this machine and of the S3 server at {endpoint} differ: set them right."
    if code in ("AccessDenied", "403"):
        return (
            f"The access key may not use the bucket {bucket} fully: allow it to read, write, list and delete"
            f" there. (S3 refused {error.operation_name}.)"
        )
    message = error.response.get("Error", {}).get("Message", "")
    return f"The S3 server at {endpoint} answered {error.operation_name} with {code}: {message}"
