"""The desk of images on AWS: who looks at them, where they are kept, and what the API may do there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cloud.dynamodb_inspections import DynamoDbInspections
from cloud.images import kept_images
from cloud.racing import wait_a_moment
from cloud.vision import vision_inspectors
from lineside.answering.models import Models
from lineside.errors import Refused, Unavailable
from lineside.inspection.cameras import settings_by_device, settings_of
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.model import Inspection, Seen
from lineside.inspection.ports import Example, Image, Inspector
from lineside.line.quarantine import Quarantine
from lineside.site.model import Site

BY_UPLOAD = "here an image is sent by an upload; POST /api/inspections/uploads gives you the form for it"


class NotFromHere:
    """The `Inspector` of a function that looks at no image."""

    def inspect(self, image: Image, examples: Sequence[Example] = ()) -> Seen:  # noqa: ARG002 - the port's
        raise Unavailable("images are not inspected from here")


class DeskForReview(InspectionDesk):
    """The API's: people review here. A body of an image's size would get through neither firewall nor function."""

    def receive(self, content: bytes, device: str, taken_us: int, now_us: int) -> Inspection:  # noqa: ARG002
        raise Refused(BY_UPLOAD)


def inspectors(models: Models, monotonic: Callable[[], float]) -> Inspector:
    """The vision models on Bedrock, first choice first, and behind them the offline inspector."""
    from lineside.inspection.chain import InspectorChain
    from lineside.inspection.offline import OfflineInspector

    return InspectorChain((*vision_inspectors(models), OfflineInspector()), monotonic)


def desk_of(
    site: Site, s3: Any, bucket: str, table: Any, quarantine: Quarantine, inspector: Inspector
) -> InspectionDesk:
    """The desk of the function that keeps and inspects. `s3` is boto3's client, `bucket` the one of the images."""
    return InspectionDesk(**_parts(site, s3, bucket, table, quarantine), inspector=inspector)


def desk_for_review(site: Site, s3: Any, bucket: str, table: Any, quarantine: Quarantine) -> InspectionDesk:
    return DeskForReview(**_parts(site, s3, bucket, table, quarantine), inspector=NotFromHere())


def _parts(site: Site, s3: Any, bucket: str, table: Any, quarantine: Quarantine) -> dict[str, Any]:
    return {
        "site": site,
        "images": kept_images(s3, bucket),
        "store": DynamoDbInspections(table),
        "quarantine": quarantine,
        "settings": settings_of(site),
        "by_device": settings_by_device(site),
        "wait": wait_a_moment,
    }
