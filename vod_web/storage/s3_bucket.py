"""How is a bucket made ready for the site?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from vod_web.storage.s3_errors import code_of, explained

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CORSRuleOutputTypeDef, CORSRuleTypeDef

DEFAULT_REGION = "us-east-1"
"""The one region that must not be named when a bucket is made."""
CORS_RULE_ID = "vod-web"
CORS_MAX_AGE_S = 3600


def create_bucket(client: "S3Client", bucket: str, region: str) -> None:
    """Make the bucket, which must not exist."""
    place: Any = {}
    if region != DEFAULT_REGION:
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    with explained():
        client.create_bucket(Bucket=bucket, **place)


def ensure_cors(client: "S3Client", bucket: str, origins: Sequence[str]) -> None:
    """Let pages of these origins send parts and fetch media; rules that others made stay. Idempotent."""
    ours: CORSRuleTypeDef = {
        "ID": CORS_RULE_ID,
        "AllowedOrigins": list(origins),
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag", "Content-Length", "Content-Range"],
        "MaxAgeSeconds": CORS_MAX_AGE_S,
    }
    with explained():
        others = [rule for rule in _cors_rules(client, bucket) if rule.get("ID") != CORS_RULE_ID]
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*others, ours]})


def _cors_rules(client: "S3Client", bucket: str) -> "Sequence[CORSRuleTypeDef | CORSRuleOutputTypeDef]":
    try:
        return client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except ClientError as error:
        if code_of(error) == "NoSuchCORSConfiguration":
            return []
        raise
