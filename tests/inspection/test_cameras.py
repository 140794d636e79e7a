"""What the cameras of a site file mean for its desk."""

from __future__ import annotations

from lineside.inspection.cameras import settings_by_device, settings_of
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.model import Seen
from lineside.inspection.settings import InspectionSettings
from lineside.site.camera import Camera
from lineside.site.model import Line, Machine, Site
from tests.inspection.builders import NOW_US, Says, World
from tests.inspection.pictures import a_png

STRICT = Machine(id="Strict", camera=Camera(confidence=0.95, audit_share=0.0, keep_days=7))
LOOSE = Machine(id="Loose", camera=Camera(confidence=0.6, audit_share=0.0, keep_days=20, keep_example_days=100))
SITE = Site(site="north", lines=(Line(id="line-1", machines=(STRICT, LOOSE, Machine(id="Blind"))),))


def test_the_longest_retention_counts_for_the_site() -> None:
    settings = settings_of(SITE)

    assert (settings.image_days, settings.example_days) == (20, 365)


def test_a_site_without_cameras_has_the_usual_settings() -> None:
    assert settings_of(Site(site="north")) == InspectionSettings()
    assert settings_by_device(Site(site="north")) == {}


def test_each_camera_has_its_own_confidence() -> None:
    world = World(inspector=Says(Seen("good", 0.9)))
    desk = InspectionDesk(
        SITE, world.images, world.store, world.inspector, world.quarantine, settings_of(SITE), settings_by_device(SITE)
    )
    for shade, device in enumerate(("Strict", "Loose", "Blind")):
        desk.receive(a_png(shade=shade), device, NOW_US, NOW_US)

    queued = {one.device: one.queued for one in desk.inspect_due(NOW_US)}

    assert queued["Strict"]
    assert not queued["Loose"]
    assert settings_by_device(SITE).keys() == {"Strict", "Loose"}
