"""Units of measure, as telemetry uses them. The table stands with the site file, which declares units too."""

from __future__ import annotations

from lineside.site.units import HINTS as HINTS
from lineside.site.units import STANDARD_GRAVITY as STANDARD_GRAVITY
from lineside.site.units import UNITS as UNITS
from lineside.site.units import Hint as Hint
from lineside.site.units import Unit as Unit
from lineside.site.units import canonical as canonical
from lineside.site.units import resolve as resolve
