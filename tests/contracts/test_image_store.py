"""What every store of images promises, in the plant and in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cloud.images import kept_images
from edge.image_folder import image_folder
from lineside.errors import Malformed, Unavailable
from lineside.inspection.intake import image_id_of
from lineside.inspection.ports import ImageStore
from tests.inspection.pictures import an_image

IMAGE = an_image()
ID = image_id_of(IMAGE.content)


@dataclass
class Kept:
    images: ImageStore
    folder: Path | None = None
    client: Any = None

    def names(self) -> set[str]:
        """Where each image stands."""
        if self.folder:
            found = (path for path in self.folder.rglob("*") if path.is_file() and path.name != ".lock")
            return {str(path.relative_to(self.folder)) for path in found}
        listed = self.client.list_objects_v2(Bucket="plant").get("Contents", [])
        return {item["Key"].removeprefix("images/") for item in listed}

    def damage(self, name: str) -> None:
        if self.folder:
            (self.folder / name).write_bytes(b"rot")
        else:
            self.client.put_object(Bucket="plant", Key=f"images/{name}", Body=b"rot")


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    if request.param == "folder":
        yield Kept(image_folder(tmp_path / "images"), folder=tmp_path / "images")
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="plant")
        yield Kept(kept_images(client, "plant"), client=client)


def test_an_image_comes_back_as_it_was_kept(kept: Kept) -> None:
    kept.images.keep("north", ID, IMAGE)

    assert kept.images.get("north", ID) == IMAGE
    assert kept.names() == {f"north/{ID[:2]}/{ID}"}


def test_what_nobody_kept_is_not_there(kept: Kept) -> None:
    kept.images.keep("north", ID, IMAGE)

    assert kept.images.get("south", ID) is None
    assert kept.images.get("north", "0" * 64) is None


def test_keeping_an_image_twice_is_harmless(kept: Kept) -> None:
    for _ in range(2):
        kept.images.keep("north", ID, IMAGE)

    assert kept.images.get("north", ID) == IMAGE
    assert len(kept.names()) == 1


def test_forgetting_is_of_these_images_of_this_site_and_harmless_twice(kept: Kept) -> None:
    other = an_image(1)
    for site, image in (("north", IMAGE), ("north", other), ("south", IMAGE)):
        kept.images.keep(site, image_id_of(image.content), image)

    for _ in range(2):
        kept.images.forget("north", [ID, "0" * 64])
    kept.images.forget("north", [])

    assert kept.images.get("north", ID) is None
    assert kept.images.get("south", ID) == IMAGE
    assert kept.images.get("north", image_id_of(other.content)) == other


def test_an_image_whose_bytes_have_changed_since_is_not_given_out(kept: Kept) -> None:
    kept.images.keep("north", ID, IMAGE)

    kept.damage(f"north/{ID[:2]}/{ID}")

    with pytest.raises(Unavailable, match="not what was sent any more"):
        kept.images.get("north", ID)


@pytest.mark.parametrize("image_id", ["../../etc/passwd", "", "A" * 64, f"{ID}/x", f"{ID}\n"])
def test_an_id_that_is_no_hash_leads_nowhere(kept: Kept, image_id: str) -> None:
    for act in (
        lambda: kept.images.get("north", image_id),
        lambda: kept.images.keep("north", image_id, IMAGE),
        lambda: kept.images.forget("north", [image_id]),
        lambda: kept.images.get("../north", ID),
    ):
        with pytest.raises(Malformed, match="is no image"):
            act()
    assert kept.names() == set()


def test_nobody_but_its_owner_can_read_the_folder_of_a_plant(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir(mode=0o755)

    image_folder(tmp_path / "images").keep("north", ID, IMAGE)

    assert (tmp_path / "images").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "images").write_text("a file")

    with pytest.raises(Unavailable, match="cannot be kept from others"):
        image_folder(tmp_path / "images" / "below")


def test_a_bucket_that_is_missing_is_unavailable_and_no_missing_image(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        images = kept_images(boto3.client("s3", region_name="us-east-1"), "missing")

        for act in (lambda: images.get("north", ID), lambda: images.keep("north", ID, IMAGE)):
            with pytest.raises(Unavailable):
                act()
