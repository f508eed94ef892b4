"""What may others do with a video, as its owner says?"""

from enum import StrEnum


class Licence(StrEnum):
    """The licences that people know, named as SPDX does, in lower case."""

    ALL_RIGHTS_RESERVED = "all-rights-reserved"
    CC_BY = "cc-by-4.0"
    CC_BY_SA = "cc-by-sa-4.0"
    CC_BY_ND = "cc-by-nd-4.0"
    CC_BY_NC = "cc-by-nc-4.0"
    CC_BY_NC_SA = "cc-by-nc-sa-4.0"
    CC_BY_NC_ND = "cc-by-nc-nd-4.0"
    CC0 = "cc0-1.0"
    PUBLIC_DOMAIN = "public-domain"

    @property
    def label(self) -> str:
        """As it is shown."""
        return _TITLES[self.value][0]

    @property
    def meaning(self) -> str:
        """What others may do, in a few words."""
        return _TITLES[self.value][1]

    @property
    def url(self) -> str | None:
        """Where its text is; None where there is none to read."""
        if self is Licence.ALL_RIGHTS_RESERVED:
            return None
        if self is Licence.PUBLIC_DOMAIN:
            return f"{_CREATIVE_COMMONS}/publicdomain/mark/1.0/"
        if self is Licence.CC0:
            return f"{_CREATIVE_COMMONS}/publicdomain/zero/1.0/"
        kind, _, version = self.value.removeprefix("cc-").rpartition("-")
        return f"{_CREATIVE_COMMONS}/licenses/{kind}/{version}/"


_CREATIVE_COMMONS = "https://creativecommons.org"
_TITLES = {
    "all-rights-reserved": ("All rights reserved", "Others ask first"),
    "cc-by-4.0": ("CC BY 4.0", "Anything, with your name"),
    "cc-by-sa-4.0": ("CC BY-SA 4.0", "Anything, with your name, under the same licence"),
    "cc-by-nd-4.0": ("CC BY-ND 4.0", "Unchanged, with your name"),
    "cc-by-nc-4.0": ("CC BY-NC 4.0", "Anything but business, with your name"),
    "cc-by-nc-sa-4.0": ("CC BY-NC-SA 4.0", "Anything but business, with your name, under the same licence"),
    "cc-by-nc-nd-4.0": ("CC BY-NC-ND 4.0", "Unchanged, without business, with your name"),
    "cc0-1.0": ("CC0 1.0", "You give up all rights"),
    "public-domain": ("Public domain", "Nobody has rights any more"),
}
