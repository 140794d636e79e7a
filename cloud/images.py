"""Images on S3.

images/<site>/<first two letters>/<hash>                             kept until the site's retention forgets them
uploads/<site>/<line>/<device>/<when taken>-<upload's id>            as a camera sent them; a rule of the bucket deletes
                                                                     them after days, since they are kept by then

A camera has no credentials: it is given a form that takes one image, of one kind, of a bounded size, at one key.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cloud.clients import PATIENCE
from cloud.s3 import S3Objects
from lineside.errors import Malformed, Refused, Unavailable
from lineside.inspection.intake import JPEG, LIMITS, PNG, ImageLimits
from lineside.inspection.kept_images import KeptImages

IMAGES: Final = "images/"
UPLOADS: Final = "uploads/"
EXPIRES_SECONDS: Final = 300

_UPLOAD_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_KEY: Final = re.compile(
    r"uploads/(?P<site>[^/]+)/(?P<line>[^/]+)/(?P<device>[^/]+)/(?P<taken>[0-9]{1,20})-(?P<upload>[A-Za-z0-9_-]{8,64})",
    re.ASCII,
)


class Upload(NamedTuple):
    """What the key of an upload says. `taken_us` is the camera's word."""

    site: str
    line: str
    device: str
    taken_us: int
    upload_id: str

    @property
    def key(self) -> str:
        place = "/".join(quote(part, safe="") for part in (self.site, self.line, self.device))
        return f"{UPLOADS}{place}/{self.taken_us}-{self.upload_id}"


class Form(NamedTuple):
    """Where a camera posts to, and the fields that it sends before the file."""

    url: str
    fields: dict[str, str]
    key: str


def signing_client() -> Any:
    """boto3's client for S3 as `presigned_upload` needs it.

    Left alone, boto3 signs a form with version 2, which S3 takes neither for a bucket that is encrypted with a key nor
    in a newer Region, and sends it to an address that answers with a redirect while a bucket is new.
    """
    how = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=PATIENCE.merge(how))


def kept_images(client: Any, bucket: str) -> KeptImages:
    """An `ImageStore` below `images/`. `client` is boto3's for S3."""
    return KeptImages(S3Objects(client, bucket, IMAGES))


def upload_at(key: str) -> Upload:
    """The upload that a key names, as an event of the bucket spells it once it is unquoted. Raises `Malformed`."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise Malformed(f"{key[:200]!r} is no key of an upload")
    site, line, device = (unquote(found[part]) for part in ("site", "line", "device"))
    return Upload(site, line, device, int(found["taken"]), found["upload"])


def presigned_upload(
    client: Any,
    bucket: str,
    upload: Upload,
    media_type: str,
    *,
    limits: ImageLimits = LIMITS,
    expires_seconds: int = EXPIRES_SECONDS,
) -> Form:
    """A form that S3 takes: this key, this type, and no more bytes than an image may have. `client` is
    `signing_client()`; what the bytes really are, `check_image` finds out.

    Raises `Refused` for another type or a strange id, and `Unavailable` where nothing can be signed.
    """
    if media_type not in (PNG, JPEG):
        raise Refused(f"{media_type[:60]!r} is not taken; send {PNG} or {JPEG}")
    if not _UPLOAD_ID.fullmatch(upload.upload_id) or upload.taken_us < 0:
        raise Refused("an upload needs an id of 8 to 64 letters and digits, and a time after 1970")
    try:
        form = client.generate_presigned_post(
            Bucket=bucket,
            Key=upload.key,
            Fields={"Content-Type": media_type},
            Conditions=[{"Content-Type": media_type}, ["content-length-range", 1, limits.most_bytes]],
            ExpiresIn=expires_seconds,
        )
    except (ClientError, BotoCoreError) as error:
        raise Unavailable(f"no upload can be signed: {error}") from error
    return Form(form["url"], form["fields"], upload.key)
