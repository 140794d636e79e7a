"""`lineside dataset images`: from what people said in a plant to a folder that an inspector can be trained on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from edge.cli.dataset import dataset_app
from edge.folder import DataFolder
from edge.image_folder import image_folder
from edge.quarantine import SqliteQuarantine
from edge.sqlite_inspections import SqliteInspections
from lineside.errors import Misconfigured
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.intake import image_id_of
from tests.inspection.builders import CAMERA, CRACKED, NOW_US, SECOND_US, SITE, Says
from tests.inspection.pictures import a_png, chunk

SECRET = b"Photographed by Anna"


def images(data: Path, out: Path, *more: str, status: int = 0) -> Result:
    result = CliRunner().invoke(dataset_app, ["images", "--data", str(data), "--out", str(out), *more])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def rows(out: Path) -> list[dict[str, object]]:
    lines = [
        line for part in ("train", "validation", "test") for line in (out / f"{part}.jsonl").read_bytes().splitlines()
    ]
    return [json.loads(line) for line in lines]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[tuple[Path, InspectionDesk]]:
    """Four images: two are cracked by Anna's word, one is good, one nobody has looked at."""
    folder = DataFolder(tmp_path / "data")
    folder.root.mkdir()
    store = SqliteInspections(folder.inspections)
    desk = InspectionDesk(SITE, image_folder(folder.images), store, Says(CRACKED), SqliteQuarantine())
    said = author(SECRET)
    for number, verdict in enumerate(("cracked", "cracked", "good", None)):
        at_us = NOW_US + number * 700 * SECOND_US
        one = desk.receive(a_png(shade=number, more=said), CAMERA, at_us, at_us)
        desk.inspect_due(at_us)
        if verdict is not None:
            desk.review(one.image_id, verdict, "Anna", "it fell on the floor", at_us + SECOND_US)
    yield tmp_path / "data", desk
    store.close()


def author(words: bytes) -> bytes:
    return chunk(b"tEXt", b"Author\0" + words)


def test_what_people_said_of_images_is_written_with_the_images_and_without_the_people(plant, tmp_path: Path) -> None:
    data, _ = plant
    out = tmp_path / "out"

    told = images(data, out).output

    found = rows(out)
    assert sorted((row["verdict"], row["seen"]) for row in found) == [
        ("cracked", "cracked"), ("cracked", "cracked"), ("good", "cracked"),
    ]  # fmt: skip
    assert all((out / str(row["file"])).read_bytes().startswith(b"\x89PNG") for row in found)
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert not any(word in everything for word in (b"Anna", b"floor", SECRET))
    assert json.loads((out / "report.json").read_bytes())["inspector_was_wrong"] == 1
    assert "few images of good, cracked, deformed, bubbles" in told


def test_the_same_plant_gives_the_same_bytes_again(plant, tmp_path: Path) -> None:
    data, _ = plant

    for out in ("one", "other", "one"):
        images(data, tmp_path / out)

    one, other = (
        {
            str(path.relative_to(tmp_path / out)): path.read_bytes()
            for path in (tmp_path / out).rglob("*")
            if path.is_file()
        }
        for out in ("one", "other")
    )
    assert one == other


def test_an_image_that_the_plant_has_forgotten_goes_from_the_folder_too(plant, tmp_path: Path) -> None:
    data, desk = plant
    out = tmp_path / "out"
    images(data, out)
    gone = image_id_of(a_png(shade=0, more=author(SECRET)))

    desk.images.forget("north", [gone])
    told = images(data, out).output

    assert len(rows(out)) == 2
    assert not (out / "images" / f"{gone}.png").exists()
    assert "1 more were reviewed, and their images are no longer kept" in told


def test_a_folder_with_something_else_is_left_alone(plant, tmp_path: Path) -> None:
    data, _ = plant
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")

    with pytest.raises(Misconfigured, match="something else than reviewed images"):
        images(data, out)

    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_a_folder_that_is_no_plants_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there are no inspections in"):
        images(tmp_path, tmp_path / "out")
