"""Units of measure, as telemetry uses them. The table stands above the rooms: the site file declares units too."""

from __future__ import annotations

from lineside.units import HINTS as HINTS
from lineside.units import STANDARD_GRAVITY as STANDARD_GRAVITY
from lineside.units import UNITS as UNITS
from lineside.units import Hint as Hint
from lineside.units import Unit as Unit
from lineside.units import canonical as canonical
from lineside.units import resolve as resolve
