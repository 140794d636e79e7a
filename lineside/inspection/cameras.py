"""What the site file says of its cameras, as the settings of a desk."""

from __future__ import annotations

from lineside.inspection.settings import InspectionSettings
from lineside.site.camera import Camera
from lineside.site.model import Site


def settings_of(site: Site) -> InspectionSettings:
    """For the whole site: of several cameras the longest retention counts."""
    cameras = [machine.camera for machine in site.machine_of.values() if machine.camera] or [Camera()]
    return InspectionSettings(
        image_days=max(camera.keep_days for camera in cameras),
        example_days=max(camera.keep_example_days for camera in cameras),
    )


def settings_by_device(site: Site) -> dict[str, InspectionSettings]:
    """Device -> the settings with its own camera's confidence and share; a machine without a camera is not in it."""
    whole = settings_of(site)
    return {
        device: whole.model_copy(
            update={"confidence": machine.camera.confidence, "audit_share": machine.camera.audit_share}
        )
        for device, machine in site.machine_of.items()
        if machine.camera is not None
    }
