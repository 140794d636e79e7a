"""Images on S3.

images/<site>/<first two letters>/<hash>                    kept until the site's retention forgets them
uploads/<site>/<line>/<thing>/<when taken>-<upload's id>    as a camera sent them, until they are kept as an image

A camera has no credentials: it is given a form that takes one image, of one kind, of a bounded size, at one key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cloud.clients import PATIENCE
from cloud.s3 import S3Objects
from lineside.errors import Malformed, Refused, Unavailable
from lineside.inspection.intake import JPEG, LIMITS, PNG, ImageLimits
from lineside.inspection.kept_images import KeptImages
from lineside.site.model import Site

IMAGES: Final = "images/"
UPLOADS: Final = "uploads/"
EXPIRES_SECONDS: Final = 300

_UPLOAD_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_SLUG: Final = "[a-zA-Z0-9:_-]{1,128}"
_KEY: Final = re.compile(
    rf"uploads/(?P<site>{_SLUG})/(?P<line>{_SLUG})/(?P<thing>{_SLUG})/"
    r"(?P<taken>[0-9]{1,20})-(?P<upload>[A-Za-z0-9_-]{8,64})",
    re.ASCII,
)


class Upload(NamedTuple):
    """What the key of an upload says. `taken_us` is the camera's word."""

    site: str
    line: str
    thing: str
    taken_us: int
    upload_id: str

    @property
    def key(self) -> str:
        return f"{UPLOADS}{self.site}/{self.line}/{self.thing}/{self.taken_us}-{self.upload_id}"


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
    """The upload that a key names, as it is or as an event quotes it. Raises `Malformed`."""
    found = _KEY.fullmatch(unquote(key))
    if found is None:
        raise Malformed(f"{key[:200]!a} is no key of an upload")
    return Upload(found["site"], found["line"], found["thing"], int(found["taken"]), found["upload"])


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


@dataclass(frozen=True)
class SignedUploads:
    """The `ImageUploads` of the API: a form for one image of one machine. `client` is `signing_client()`."""

    client: Any
    bucket: str
    site: Site
    limits: ImageLimits
    new_id: Callable[[], str]
    expires_seconds: int = EXPIRES_SECONDS

    def form(self, device: str, taken_us: int, media_type: str) -> Form:
        """Raises `Refused` and `Unavailable` as `presigned_upload` does."""
        machine, line = self.site.machine_of[device], self.site.line_of[device]
        upload = Upload(self.site.site, line.id, machine.thing, taken_us, self.new_id())
        return presigned_upload(
            self.client,
            self.bucket,
            upload,
            media_type,
            limits=self.limits,
            expires_seconds=self.expires_seconds,
        )
