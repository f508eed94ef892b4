"""What can go wrong, in the words of the business.

VodError
├── InvalidInput          a value that somebody sent is wrong; says which field and why
│   ├── WrongPassword     nobody has this name and this password
│   ├── EditedMeanwhile   somebody changed it since the person last saw it
│   ├── ChecksumMismatch  bytes that arrived are not the bytes that were sent
│   └── TooLarge          more bytes than allowed
├── UnsupportedMedia      a file that is not video, or that we cannot read
├── NotSignedIn           the person must sign in first
├── NotAllowed            the person is known, and may not do this
├── NotFound              there is no such thing, or this person may not know of it
├── Gone                  it was here and was deleted
├── Conflict              the thing is in a state that does not allow this
│   ├── QuotaExceeded     it would be more than this person may store
│   └── Duplicate         the same is there already; names it
├── RateLimited           too often; says when to try again
├── Unavailable           a part of the site cannot answer now; says when to try again
│   └── StorageFailed     the place where files are kept does not work; says how to mend it
│       └── StorageFull   the place where files are kept has no room left
└── EncodeFailed          FFmpeg failed; carries the end of its log for the admin
    └── SourceDamaged     because too much of the source cannot be read; the sentence is for its owner

No error here knows HTTP: `vod_web/web/errors.py` has the one table from these classes to statuses.
"""

from collections.abc import Mapping


class VodError(Exception):
    """Something that a person or a program must be told; `message` is one sentence for people."""

    code = "error"
    """The stable name by which programs tell errors apart."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(VodError):
    """Values that somebody sent are wrong; `fields` maps a field's name to what is wrong with it."""

    code = "invalid_input"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class WrongPassword(InvalidInput):
    """Nobody has this name and this password; does not say which of the two is wrong."""

    code = "wrong_password"


class EditedMeanwhile(InvalidInput):
    """Somebody changed it since the person last saw it; `fields` say what stands there now."""

    code = "edited_meanwhile"

    def __init__(self, fields: Mapping[str, str], version: str) -> None:
        super().__init__(
            "This was changed since you opened the page, perhaps in another tab. Nothing is saved yet: compare, then "
            "save again to keep what stands in the form.",
            fields,
        )
        self.version = version
        """What the person has seen now."""


class ChecksumMismatch(InvalidInput):
    """The bytes that arrived are not the bytes that were announced."""

    code = "checksum_mismatch"


class TooLarge(InvalidInput):
    """More bytes than the site allows."""

    code = "too_large"


class UnsupportedMedia(VodError):
    """A file that is not video, or that cannot be read; trying again will not help."""

    code = "unsupported_media"


class NotSignedIn(VodError):
    """The person must sign in first."""

    code = "not_signed_in"


class NotAllowed(VodError):
    """The person is known, and may not do this."""

    code = "not_allowed"


class NotFound(VodError):
    """There is no such thing, or this person may not know that there is."""

    code = "not_found"


class Gone(VodError):
    """The thing was here and has been deleted."""

    code = "gone"


class Conflict(VodError):
    """The thing is in a state that does not allow this."""

    code = "conflict"


class QuotaExceeded(Conflict):
    """The person would store more than allowed."""

    code = "quota_exceeded"


class Duplicate(Conflict):
    """The same is there already; `about` has what tells which one it is."""

    code = "duplicate"

    def __init__(self, message: str, *, about: Mapping[str, str]) -> None:
        super().__init__(message)
        self.about = dict(about)


class RateLimited(VodError):
    """Too often; `retry_after_s` says when it is worth trying again."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(VodError):
    """A part of the site cannot answer now; `retry_after_s` says when it is worth trying again."""

    code = "unavailable"

    def __init__(self, message: str, *, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotMadeYet(Unavailable):
    """A part of a video that is still being made; it is there soon, and nothing is wrong."""

    code = "not_made_yet"

    def __init__(self, message: str = "This part of the video is not made yet.", *, retry_after_s: int = 1) -> None:
        super().__init__(message, retry_after_s=retry_after_s)


class StorageFailed(Unavailable):
    """The place where files are kept does not work."""

    code = "storage_failed"


class StorageFull(StorageFailed):
    """The place where files are kept has no room left; waiting does not help, only the admin can."""

    code = "storage_full"


class EncodeFailed(VodError):
    """FFmpeg failed; `log` is the end of what it wrote, for the admin."""

    code = "encode_failed"

    def __init__(self, message: str, *, log: str = "") -> None:
        super().__init__(message)
        self.log = log


class SourceDamaged(EncodeFailed):
    """Too much of a source cannot be decoded; trying again will not help, and the sentence is for its owner."""

    code = "source_damaged"
