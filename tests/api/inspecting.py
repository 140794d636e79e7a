"""A plant whose desk inspects images, with an inspector that says what the test wants."""

from __future__ import annotations

from typing import Any

import httpx

from edge.sqlite_inspections import SqliteInspections
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.intake import image_id_of
from lineside.inspection.model import Seen
from tests.api.conftest import Plant, as_person
from tests.inspection.builders import NO_AUDIT, UNSURE, Images, Says
from tests.inspection.pictures import a_png

MACHINE = "Box Sealer"
IMAGE = a_png()
IMAGE_ID = image_id_of(IMAGE)


class Inspecting:
    """The plant with a desk; `send` and `look` are what a camera and the worker do."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.says, self.images, self.store = plant, Says(UNSURE), Images(), SqliteInspections()
        services = plant.services
        self.desk = InspectionDesk(services.site, self.images, self.store, self.says, services.quarantine, NO_AUDIT)
        plant.has(inspections=self.desk)

    def send(
        self, content: bytes = IMAGE, *, who: str = "operator", machine: str = MACHINE, **asked: str
    ) -> httpx.Response:
        path = f"/api/inspections/{machine}/images"
        return self.plant.client.post(path, content=content, params=asked, headers=as_person(who))

    def seen(self, shade: int = 0, seen: Seen = UNSURE) -> str:
        """The id of an image that was sent and looked at."""
        content = a_png(shade=shade)
        self.send(content).raise_for_status()
        self.says.seen = seen
        self.desk.inspect_due(self.plant.clock[0])
        return image_id_of(content)

    def review(
        self, image_id: str, verdict: str, version: int, *, who: str = "operator", **more: Any
    ) -> httpx.Response:
        body = {"verdict": verdict, "version": version, **more}
        return self.plant.client.post(f"/api/inspections/{image_id}/review", json=body, headers=as_person(who))

    def get(self, path: str = "", who: str = "viewer") -> Any:
        return self.plant.client.get(f"/api/inspections{path}", headers=as_person(who)).json()
