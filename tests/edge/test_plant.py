"""What the plant says of itself. `tests/journey/test_plant.py` runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.external_broker import ExternalBroker
from edge.folder import locked
from edge.plant import Plant, PlantParts
from edge.settings import PlantSettings
from lineside.site import Site


@pytest.mark.loopback
def test_why_an_external_broker_is_not_heard_is_told_by_health(tmp_path: Path) -> None:
    settings = PlantSettings(data=tmp_path, broker="mqtt://plant:secret@127.0.0.1:1", port=0)
    with locked(tmp_path) as folder:
        plant = Plant(PlantParts(settings, folder, Site(site="north")))
        plant.broker = ExternalBroker(settings.broker, "north", plant.stores.inbox, lambda: 0)

        before = plant.health()
        plant.broker.trouble = ""
        after = plant.health()
        plant._opened.close()

    assert (before.status, before.troubles) == ("degraded", ("not connected to the broker at 127.0.0.1:1 yet",))
    assert (after.status, after.troubles) == ("ok", ())
