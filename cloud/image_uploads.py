"""From uploads in the bucket to the desk that keeps and inspects images.

An upload is deleted once its image and its record are durable, or its beginning is in quarantine, and only if nobody
has sent something else at its key since it was read. Everything else stays where it is, for another attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from cloud.images import UPLOADS, upload_at
from cloud.s3 import S3Objects
from lineside.errors import Conflict, LinesideError, Refused, Unavailable
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.intake import BadImage
from lineside.inspection.model import Inspection

AT_ONCE: Final = 5
"""So many images are inspected between two looks at the time that is left."""


class Uploaded(msgspec.Struct, frozen=True):
    """A message of the queue, by its id, and the key of the upload that it tells of."""

    message_id: str
    key: str


class _Object(msgspec.Struct, frozen=True):
    key: str


class _Detail(msgspec.Struct, frozen=True):
    object: _Object


class _Event(msgspec.Struct, frozen=True):
    """`Object Created`, as S3 tells it to EventBridge."""

    detail: _Detail


_event = msgspec.json.Decoder(_Event)


@dataclass
class Taken:
    """What became of some uploads. `again` are the ids of messages that are to come again."""

    kept: list[Inspection] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    """Why an image is in quarantine, a sentence each."""
    again: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def uploaded(event: Mapping[str, Any]) -> Iterator[Uploaded]:
    """The uploads that a batch of the queue tells of. A body that S3 did not write has no key, and is none."""
    for record in event["Records"]:
        try:
            yield Uploaded(record["messageId"], _event.decode(record["body"]).detail.object.key)
        except msgspec.MsgspecError:
            yield Uploaded(record["messageId"], "")


def left_over(bucket: S3Objects) -> Iterator[Uploaded]:
    """Everything that lies below `uploads/`: what no message told of, and what a message was given up on."""
    return (Uploaded(key, key) for key in bucket.list(UPLOADS))


def take(
    desk: InspectionDesk,
    bucket: S3Objects,
    uploads: Iterable[Uploaded],
    now_us: int,
    has_time: Callable[[], bool] = lambda: True,
) -> Taken:
    """Each upload by itself: one that cannot be taken now holds up no other."""
    taken = Taken()
    for each in uploads:
        if not has_time():
            taken.again.append(each.message_id)
            continue
        try:
            inspection = _take(desk, bucket, each.key, now_us)
        except BadImage as error:
            taken.bad.append(str(error))
        except LinesideError as error:
            taken.again.append(each.message_id)
            taken.troubles.append(str(error))
        else:
            taken.kept += [inspection] if inspection else []
    return taken


def inspect_all(
    desk: InspectionDesk, now_us: Callable[[], int], has_time: Callable[[], bool], at_once: int = AT_ONCE
) -> list[Inspection]:
    """Inspect what is due for as long as there is time, each as it stands then."""
    touched: list[Inspection] = []
    more = True
    while more and has_time():
        found = desk.inspect_due(now_us(), at_once)
        touched += found
        more = len(found) == at_once
    return touched


def _take(desk: InspectionDesk, bucket: S3Objects, key: str, now_us: int) -> Inspection | None:
    """None where the upload is gone: it was taken before. Raises `BadImage` once its beginning is in quarantine."""
    upload = upload_at(key)
    device = desk.site.device_of_thing.get(upload.thing)
    if upload.site != desk.site.site or device is None:
        raise Refused(f"the site file names no thing {upload.thing!r} of {upload.site!r}; mend it and deploy again")
    tag = bucket.tag(upload.key)
    if tag is None:
        return None
    try:
        content = bucket.get(upload.key)
    except KeyError:
        return None
    try:
        inspection = desk.receive(content, device, upload.taken_us, now_us)
    except BadImage:
        _delete(bucket, upload.key, tag)
        raise
    _delete(bucket, upload.key, tag)
    return inspection


def _delete(bucket: S3Objects, key: str, tag: str) -> None:
    try:
        bucket.delete_if(key, tag)
    except Conflict as error:
        raise Unavailable(f"something else was sent at {key} meanwhile; it is taken the next time") from error
