"""How a machine works, second by second: it takes pieces, works on them, and hands them on, or cannot.

Every machine is told apart only by `work`; what it then says of itself (Running, Blocked, Starved, Down) is decided
in one place, from what its own controller could know.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import Literal

from simulator.machines import COOKIES_PER_BOX, COOKIES_PER_STROKE, MachineRow
from simulator.physics import reject_chance

Outcome = Literal["worked", "no input", "no room"]
State = Literal["Running", "Blocked", "Starved", "Down"]

TUNNEL_SECONDS = 30
"""Slots on the freezer's belt; one slot moves a second at full speed."""
COOKIES_PER_SLOT = 8


class Store:
    """A place between two machines. `trouble` is the summed deformation or softness of the pieces in it, and `soft` the
    softness alone.

    Once full it asks its feeder to wait until it has emptied to `restart_at`, as level switches on accumulations do.
    """

    __slots__ = ("capacity", "count", "full", "restart_at", "soft", "trouble")

    def __init__(self, capacity: int, restart_at: int) -> None:
        self.capacity = capacity
        self.restart_at = restart_at
        self.count = 0
        self.trouble = self.soft = 0.0
        self.full = False

    def put(self, pieces: int, trouble: float = 0.0, soft: float = 0.0) -> None:
        self.count += pieces
        self.trouble += trouble
        self.soft += soft
        self.full = self.full or self.count >= self.capacity

    def take(self, pieces: int) -> float:
        """Take so many pieces out; their share of the trouble."""
        share = self.trouble * pieces / self.count if self.count else 0.0
        self.soft -= self.soft * pieces / self.count if self.count else 0.0
        self.count -= pieces
        self.trouble -= share
        self.full = self.full and self.count > self.restart_at
        return share


class Station:
    """A machine with a State. `good`, `bad` and `total` are its running counters."""

    __slots__ = ("bad", "credit", "down_until", "good", "outcome", "row", "state", "stops", "text", "total", "waited")

    def __init__(self, row: MachineRow, stops: Iterator[tuple[float, float]]) -> None:
        self.row = row
        self.stops = _Upcoming(stops)
        self.state: State = "Running"
        self.text = ""
        self.good = self.bad = self.total = 0
        self.credit = 0.0
        self.down_until = -math.inf
        self.outcome: Outcome = "worked"
        self.waited = 0

    def work(self, speed: float) -> Outcome:
        """Do a second's work at this share of full speed."""
        raise NotImplementedError

    def step(self, at: float, speed: float, stopped: str | None) -> None:
        """One second. `stopped` is a fault's text while one holds the machine still ("" when it has none)."""
        self._meet_short_stop(at)
        if stopped is not None or at < self.down_until:
            self.text = stopped if stopped is not None else self.text
            self.state, self.outcome, self.waited = "Down", "worked", 0
            return
        self.text = ""
        self._say(self.work(speed))

    def stop(self, until: float, text: str) -> None:
        """Stand still until then."""
        self.down_until, self.text, self.state = until, text, "Down"

    def _meet_short_stop(self, at: float) -> None:
        due, seconds = self.stops.next
        if at < due:
            return
        self.stops.pass_by()
        if self.state == "Running":  # what stands still cannot jam
            self.stop(at + seconds, self.row.jam_text)

    def _say(self, outcome: Outcome) -> None:
        self.waited = self.waited + 1 if outcome == self.outcome else 1
        self.outcome = outcome
        if outcome == "no room" and self.waited > self.row.blocked_after_seconds:
            self.state = "Blocked"
        elif outcome == "no input" and self.waited > self.row.starved_after_seconds:
            self.state = "Starved"
        else:
            self.state = "Running"

    def _earn(self, speed: float, most: float) -> None:
        self.credit = min(self.credit + speed / self.row.cycle_seconds, most)


class _Upcoming:
    """The next item of an endless iterator, looked at many times and passed once."""

    __slots__ = ("_items", "next")

    def __init__(self, items: Iterator[tuple[float, float]]) -> None:
        self._items = items
        self.next = next(items)

    def pass_by(self) -> None:
        self.next = next(self._items)


class Former(Station):
    """Presses cookies out of dough that never ends. Total counts strokes, Good counts cookies, as on the real one."""

    __slots__ = ("deformation", "out")

    def __init__(self, row: MachineRow, stops: Iterator[tuple[float, float]], out: Store) -> None:
        super().__init__(row, stops)
        self.out = out
        self.deformation = 0.0

    def work(self, speed: float) -> Outcome:
        if self.out.full:
            return "no room"
        self._earn(speed, 2.0)
        strokes = int(self.credit)
        self.credit -= strokes
        cookies = strokes * COOKIES_PER_STROKE
        self.total += strokes
        self.good += cookies
        self.out.put(cookies, cookies * self.deformation)
        return "worked"


class Freezer(Station):
    """A belt through the cold: it moves as one, so a stop at its end is at once a stop at its beginning."""

    __slots__ = ("belt", "out", "softness", "source")

    def __init__(self, row: MachineRow, stops: Iterator[tuple[float, float]], source: Store, out: Store) -> None:
        super().__init__(row, stops)
        self.source, self.out = source, out
        self.belt: deque[tuple[int, float]] = deque([(0, 0.0)] * TUNNEL_SECONDS)
        self.softness = 0.0

    @property
    def on_belt(self) -> int:
        return sum(cookies for cookies, _ in self.belt)

    def work(self, speed: float) -> Outcome:
        self._earn(speed, 2.0)
        outcome: Outcome = "worked"
        while self.credit >= 1 and outcome == "worked":
            outcome = self._advance()
        return outcome

    def _advance(self) -> Outcome:
        leaving, trouble = self.belt[-1]
        if leaving and self.out.full:
            return "no room"
        if not self.source.count and not any(cookies for cookies, _ in self.belt):
            return "no input"
        self.credit -= 1
        self.belt.pop()
        soft = leaving * self.softness
        self.out.put(leaving, trouble + soft, soft)
        self.good += leaving
        entering = min(COOKIES_PER_SLOT, self.source.count)
        self.total += entering
        self.belt.appendleft((entering, self.source.take(entering)))
        return "worked"


class Inspector(Station):
    """Looks at every cookie and throws some out; too many in a minute and it trips until somebody resets it."""

    __slots__ = ("luck", "out", "passed", "recent", "soft_share", "source", "thrown_out", "trouble")

    def __init__(
        self,
        row: MachineRow,
        stops: Iterator[tuple[float, float]],
        source: Store,
        out: Store,
    ) -> None:
        super().__init__(row, stops)
        self.source, self.out = source, out
        self.luck = 0.0
        """This second's draw in [0, 1): how many of the doubtful cookies fail."""
        self.recent: deque[int] = deque(maxlen=60)
        """Cookies thrown out in each of the last sixty seconds it ran."""
        self.passed = self.thrown_out = 0
        """Cookies that it looked at in its last second of work, and those of them that it threw out."""
        self.trouble = self.soft_share = 0.0
        """Of one of these cookies, and the share of it that is softness."""

    def work(self, speed: float) -> Outcome:
        self.passed = self.thrown_out = 0
        if self.out.full:
            return "no room"
        if not self.source.count:
            return "no input"
        self._earn(speed, 10.0)
        cookies = min(int(self.credit), self.source.count)
        self.credit -= cookies
        self.soft_share = self.source.soft / self.source.trouble if self.source.trouble > 0 else 0.0
        self._inspect(cookies, self.source.take(cookies))
        return "worked"

    def _inspect(self, cookies: int, trouble: float) -> None:
        self.passed = cookies
        if cookies:
            self.trouble = trouble / cookies
            self.thrown_out = failures(cookies, reject_chance(self.trouble), self.luck)
        self.total += cookies
        self.bad += self.thrown_out
        self.good += cookies - self.thrown_out
        self.out.put(cookies - self.thrown_out)


def failures(cookies: int, chance: float, luck: float) -> int:
    """How many of these cookies fail: the binomial count at this quantile."""
    failed, probability = 0, (1 - chance) ** cookies
    total = probability
    while luck >= total and failed < cookies:
        probability *= (cookies - failed) / (failed + 1) * chance / (1 - chance)
        failed += 1
        total += probability
    return failed


class Conveyor(Station):
    """Fills a box with cookies and lifts it: needs both, from two branches. Total counts cookies, Good boxes."""

    __slots__ = ("boxes", "cookies", "filled", "luck", "out", "target")

    def __init__(
        self,
        row: MachineRow,
        stops: Iterator[tuple[float, float]],
        cookies: Store,
        boxes: Store,
        out: Store,
        luck: Iterator[float],
    ) -> None:
        super().__init__(row, stops)
        self.cookies, self.boxes, self.out = cookies, boxes, out
        self.luck = luck
        self.filled = self.target = 0

    def work(self, speed: float) -> Outcome:
        if self._is_full() and not self._lift():
            return "no room"
        if not self.target and not self._take_box():
            return "no input"
        if not self.cookies.count:
            return "no input"
        self._earn(speed, 10.0)
        moved = min(int(self.credit), self.cookies.count, self.target - self.filled)
        self.credit -= moved
        self.cookies.take(moved)
        self.filled += moved
        return "worked"

    def _is_full(self) -> bool:
        return 0 < self.target <= self.filled

    def _lift(self) -> bool:
        if self.out.full:
            return False
        self.out.put(1)
        self.good += 1
        self.total += self.filled
        self.filled = self.target = 0
        return True

    def _take_box(self) -> bool:
        if not self.boxes.count:
            return False
        self.boxes.take(1)
        fewest, most = COOKIES_PER_BOX
        self.target = fewest + int(next(self.luck) * (most - fewest + 1))
        return True


class Boxes(Station):
    """One box at a time, so many seconds each. Without a source the cardboard never ends; without an out it ships."""

    __slots__ = ("holds", "left", "out", "source")

    def __init__(
        self, row: MachineRow, stops: Iterator[tuple[float, float]], source: Store | None, out: Store | None
    ) -> None:
        super().__init__(row, stops)
        self.source, self.out = source, out
        self.holds = False
        self.left = 0.0

    def work(self, speed: float) -> Outcome:
        if not self.holds and not self._take():
            return "no input"
        self.left -= speed
        if self.left > 0:
            return "worked"
        return "worked" if self._hand_on() else "no room"

    def _take(self) -> bool:
        if self.source is not None:
            if not self.source.count:
                return False
            self.source.take(1)
        self.holds = True
        self.total += 1
        self.left = self.row.cycle_seconds + max(-1.0, self.left)
        return True

    def _hand_on(self) -> bool:
        if self.out is not None:
            if self.out.full:
                self.left = 0.0
                return False
            self.out.put(1)
        self.holds = False
        self.good += 1
        return True
