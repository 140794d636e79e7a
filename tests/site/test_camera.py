"""What a site file says of a camera."""

from __future__ import annotations

import pytest

from lineside.errors import Misconfigured
from lineside.site import parse_site
from lineside.site.camera import Camera
from lineside.site.model import Site


def site_with(camera: str) -> Site:
    return parse_site(
        f"site: north\nlines:\n  - id: line-1\n    machines:\n      - {{id: Inspector, camera: {camera}}}\n"
    )


def test_a_camera_says_only_what_differs_from_the_usual() -> None:
    machine = site_with("{confidence: 0.9, keep_days: 7}").machine_of["Inspector"]

    assert machine.camera == Camera(confidence=0.9, audit_share=0.02, keep_days=7, keep_example_days=365)
    assert site_with("{}").machine_of["Inspector"].camera == Camera()
    assert site_with("").machine_of["Inspector"].camera is None


@pytest.mark.parametrize(
    ("camera", "said"),
    [
        ("{confidance: 0.9}", "'confidance' is not known here; did you mean 'confidence'?"),
        ("{confidence: 1.2}", "line 5: confidence"),
        ("{audit_share: 0.6}", "line 5: audit_share"),
        ("{keep_days: 0}", "line 5: keep_days"),
        ("{keep_days: 60, keep_example_days: 30}", "keep_example_days (30) must not be less than keep_days (60)"),
        ("yes", "camera must have keys of its own, not 'yes'"),
    ],
)
def test_a_mistake_is_told_with_its_line(camera: str, said: str) -> None:
    with pytest.raises(Misconfigured) as told:
        site_with(camera)

    assert said in " ".join(told.value.mistakes)
