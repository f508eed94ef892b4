"""May pages of the site send parts to the bucket and fetch media from it?

Browsers ask S3 itself before they do (a preflight, by the CORS rules of the bucket), so we ask the same way.
"""

import contextlib
import json
from collections.abc import Sequence
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from botocore.exceptions import ClientError

from vod_web.core.errors import StorageFailed
from vod_web.storage.s3_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CORSRuleOutputTypeDef, CORSRuleTypeDef

RULE_ID = "vod-web"
MAX_AGE_S = 3600
ANSWER_S = 5.0
ASKED = (("PUT", "x-amz-checksum-sha256"), ("GET", "range"))
"""What pages do beyond what browsers allow by themselves: send parts with a checksum, and fetch ranges."""


def allow_pages(client: "S3Client", bucket: str, addresses: Sequence[str], origin: str) -> str:
    """Have pages of this origin let in, and say what was found.

    `addresses` are any object's: the one that browsers use, and another for where that one does not answer this
    machine.

    Raises:
        StorageFailed: they are kept out, and we cannot change it; says what a person must do.
    """
    if not _is_refused_at_first(addresses, origin):
        return f"lets pages of {origin} send and fetch"
    try:
        if add_rule(client, bucket, origin):
            return f"had no CORS rule for {origin}: it was added"
    except ClientError as error:
        raise StorageFailed(_say_rule(bucket, origin, f"its CORS rules cannot be set ({code_of(error)})")) from error
    raise StorageFailed(
        f"The bucket {bucket} has the CORS rule for {origin}, and yet browsers are refused: whatever stands in front of"
        " S3 must let OPTIONS requests through, with their answers' headers."
    )


def _is_refused_at_first(addresses: Sequence[str], origin: str) -> bool:
    """What the first of these addresses that answers says."""
    for address in addresses[:-1]:
        with contextlib.suppress(StorageFailed):
            return is_refused(address, origin)
    return is_refused(addresses[-1], origin)


def is_refused(address: str, origin: str) -> bool:
    """Whether a browser that shows a page of this origin would be kept from this address.

    Raises:
        StorageFailed: nobody answers there.
    """
    return not all(_is_allowed(address, origin, method, headers) for method, headers in ASKED)


def _is_allowed(address: str, origin: str, method: str, headers: str) -> bool:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    request = Request(address, method="OPTIONS", headers=asked)  # noqa: S310 - the scheme is that of a setting
    try:
        with urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
            said = answer.headers
    except HTTPError as error:
        error.close()
        return False
    except (OSError, HTTPException) as error:
        raise StorageFailed(f"{request.host} does not answer: browsers send and fetch there.") from error
    methods = {name.strip().upper() for name in said.get("Access-Control-Allow-Methods", "").split(",")}
    return said.get("Access-Control-Allow-Origin") in ("*", origin) and bool(methods & {"*", method})


def cors_rule(origins: Sequence[str]) -> "CORSRuleTypeDef":
    """The rule that pages of these origins need."""
    return {
        "ID": RULE_ID,
        "AllowedOrigins": list(origins),
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag", "Content-Length", "Content-Range"],
        "MaxAgeSeconds": MAX_AGE_S,
    }


def add_rule(client: "S3Client", bucket: str, origin: str) -> bool:
    """Add this origin to our rule; rules of others stay. False when it is there already."""
    rules = _rules(client, bucket)
    known = {name for rule in rules if rule.get("ID") == RULE_ID for name in rule["AllowedOrigins"]}
    if origin in known:
        return False
    others = [rule for rule in rules if rule.get("ID") != RULE_ID]
    ours = cors_rule(sorted({*known, origin}))
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*others, ours]})
    return True


def _rules(client: "S3Client", bucket: str) -> "Sequence[CORSRuleTypeDef | CORSRuleOutputTypeDef]":
    try:
        return client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except ClientError as error:
        if code_of(error) == "NoSuchCORSConfiguration":
            return []
        raise


def _say_rule(bucket: str, origin: str, why: str) -> str:
    return (
        f"The bucket {bucket} lets no page of {origin} send uploads to it or fetch from it, and {why}. "
        f"Add this CORS rule to it: {json.dumps([cors_rule([origin])])}"
    )
