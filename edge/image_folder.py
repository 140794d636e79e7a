"""Images of a plant in a folder that nobody but its owner can read: a file for each, named by its hash.

A file is written apart, synced and then renamed into its place, so that after a power cut it is whole or not there.
"""

from __future__ import annotations

from pathlib import Path

from edge.files import FileObjects
from lineside.errors import Unavailable
from lineside.inspection.kept_images import KeptImages

_OWNER_ONLY = 0o700


def image_folder(root: Path) -> KeptImages:
    """An `ImageStore` below `root`, which is made where it is missing. Raises `Unavailable` where it cannot be used."""
    try:
        root.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        root.chmod(_OWNER_ONLY)
    except OSError as error:
        raise Unavailable(f"the images' folder {root} cannot be kept from others: {error.strerror}") from error
    return KeptImages(FileObjects(root))
