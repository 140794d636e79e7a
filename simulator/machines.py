"""The ten machines as rows: what feeds what, how fast, how often each stops for a moment.

Cycle times, piece counts and the rate of short stops are those of the recorded cookie line: about 350 cookies a
minute, about 101 cookies in a box, turns that hold up to four boxes, a dozen and a half stops under a minute in an
hour. `starved_after_seconds` and `blocked_after_seconds` are the timers of a machine's own controller: a wait no
longer than the normal gap between two pieces is still Running.
"""

from __future__ import annotations

from dataclasses import dataclass

FORMER = "Cookie Former"
FREEZER = "Freezer Tunnel"
INSPECTOR = "Cookie Inspector"
CONVEYOR = "Vertical Conveyor"
LEFT_TURN = "Conveyor Left Turn"
SEALER = "Box Sealer"
LABELLER = "Labeller"
ERECTOR = "Box Erector"
LINER = "Liner Inserter"
RIGHT_TURN = "Conveyor Right Turn"

COOKIES_PER_STROKE = 5
COOKIES_PER_BOX = (100, 102)
"""Fewest and most: the packer counts whole rows."""


@dataclass(frozen=True)
class MachineRow:
    """One machine. `cycle_seconds` is per piece: a stroke of five cookies, a cookie, or a box."""

    device: str
    feeds: str
    cycle_seconds: float
    starved_after_seconds: int
    blocked_after_seconds: int
    short_stops_per_hour: float
    jam_text: str


MACHINES = (
    MachineRow(FORMER, FREEZER, 6 / 7, 3, 2, 2.0, "Depositor jammed"),
    MachineRow(FREEZER, INSPECTOR, 1.0, 3, 2, 3.0, "Belt drive tripped"),
    MachineRow(INSPECTOR, CONVEYOR, 1 / 7, 3, 2, 1.5, "Reject gate jammed"),
    MachineRow(CONVEYOR, LEFT_TURN, 1 / 7.3, 3, 2, 1.5, "Lift jammed"),
    MachineRow(SEALER, LABELLER, 12.0, 15, 8, 2.0, "Flap folder jammed"),
    MachineRow(LABELLER, "", 11.0, 15, 8, 3.5, "Label web broken"),
    MachineRow(ERECTOR, LINER, 13.0, 15, 8, 4.0, "Blank pick failed"),
    MachineRow(LINER, RIGHT_TURN, 13.0, 15, 8, 3.0, "Liner misfeed"),
)
"""Those that report a State. The conveyor's cycle is per cookie it lifts into the box."""

TURNS = (LEFT_TURN, RIGHT_TURN)
"""Buffers: no State of their own; their Total is how many boxes stand on them now."""

DEVICES = (FORMER, FREEZER, INSPECTOR, CONVEYOR, LEFT_TURN, SEALER, LABELLER, ERECTOR, LINER, RIGHT_TURN)
