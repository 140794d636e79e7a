"""Images as objects by their content's hash: `<site>/<first two letters>/<hash>`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from lineside.errors import Conflict, Malformed
from lineside.inspection.intake import read_again
from lineside.inspection.ports import Image
from lineside.lake.objects import ObjectStore
from lineside.lake.together import together

_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SITE = re.compile(r"[a-zA-Z0-9:_-]{1,128}", re.ASCII)


class KeptImages:
    """An `ImageStore` on objects: a folder in the plant, a bucket in the cloud. An object never changes."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def keep(self, site: str, image_id: str, image: Image) -> None:
        with suppress(Conflict):  # It is there, and the same hash is the same bytes.
            self._objects.put_if(key_of(site, image_id), image.content, None)

    def get(self, site: str, image_id: str) -> Image | None:
        try:
            content = self._objects.get(key_of(site, image_id))
        except KeyError:
            return None
        return read_again(content, image_id)

    def forget(self, site: str, image_ids: Sequence[str]) -> None:
        together(self._objects, self._objects.delete, [key_of(site, each) for each in image_ids])


def key_of(site: str, image_id: str) -> str:
    """Raises `Malformed` for an id that is no hash: it must not lead anywhere else."""
    if not (_ID.fullmatch(image_id) and _SITE.fullmatch(site)):
        raise Malformed(f"{image_id[:64]!r} is no image of {site[:64]!r}; an image's id is a SHA-256 in hex")
    return f"{site}/{image_id[:2]}/{image_id}"
