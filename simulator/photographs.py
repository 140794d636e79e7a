"""Sending the camera's pictures to a plant over HTTP, as a camera with a computer of its own does.

Drawing and sending have a thread of their own: no machine waits for them. A picture is sent again until the plant has
it, or has refused it; the same picture twice is harmless there.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, TextIO
from urllib.parse import quote

import httpx

from lineside.errors import Misconfigured, Refused, Unavailable
from simulator.camera import Camera, Shot, developed
from simulator.line import Line
from simulator.machines import INSPECTOR

Send = Callable[[bytes, datetime], None]
"""Hands over a picture that was taken then. Raises `Unavailable`, or `Refused` for one that will never be taken."""

MOST_WAITING: Final = 100
AGAIN_SECONDS: Final = 2.0
TIMEOUT_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.2
_BUSY: Final = frozenset((408, 425, 429))


class PlantImages:
    """A plant's HTTP route for images. `token` is that of the plant, or of somebody who may send images."""

    def __init__(self, url: str, token: str, device: str = INSPECTOR) -> None:
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise Misconfigured(f"{url[:200]!r} is no plant's address: {error}") from error
        if address.scheme not in ("http", "https") or not address.host:
            raise Misconfigured(f"{url[:200]!r} is no plant's address: write http://host:port")
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=address, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._path = f"/api/inspections/{quote(device, safe='')}/images"

    def send(self, content: bytes, taken_at: datetime) -> None:
        moment = taken_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            answer = self._client.post(self._path, content=content, params={"taken_at": moment})
        except httpx.HTTPError as error:
            raise Unavailable(f"the plant does not take images: {error or type(error).__name__}") from error
        if answer.is_success:
            return
        if answer.is_server_error or answer.status_code in _BUSY:
            raise Unavailable(f"the plant does not take images: it answers {answer.status_code}")
        raise Refused(f"the plant refuses an image with {answer.status_code}: {answer.text[:200]!a}")

    def close(self) -> None:
        self._client.close()


class Photographer:
    """Looks at the line with the camera, and hands over what it takes. Made and used by whoever runs the line.

    `truths` gets a line of JSON for every picture that was handed over: its hash, which is the inspection's id, when it
    was taken, and what is true of it. `tell` hears, once, why pictures are not taken. A line that runs faster than the
    clock waits so many seconds for room in the queue; one that keeps time does not wait.
    """

    def __init__(
        self,
        camera: Camera,
        send: Send,
        truths: TextIO | None = None,
        *,
        tell: Callable[[str], None] = lambda _why: None,
        again_seconds: float = AGAIN_SECONDS,
        wait_seconds: float = 0.0,
    ) -> None:
        self._camera, self._send, self._truths, self._tell = camera, send, truths, tell
        self._again_seconds, self._wait_seconds = again_seconds, wait_seconds
        self._shots: queue.Queue[tuple[Shot, datetime]] = queue.Queue(MOST_WAITING)
        self._closing, self._given_up = threading.Event(), threading.Event()
        self._trouble = ""
        self.lost = 0
        """Pictures that nobody took: refused, or too many waited."""
        self._thread = threading.Thread(target=self._work, name="photographer", daemon=True)
        self._thread.start()

    def look(self, line: Line, at: datetime) -> None:
        """Take the picture that is due, now that it is `at`."""
        shot = self._camera.look(line)
        if shot is None:
            return
        try:
            self._shots.put((shot, at), timeout=self._wait_seconds)
        except queue.Full:
            self.lost += 1

    @property
    def waiting(self) -> int:
        """Pictures that were taken and are not drawn yet."""
        return self._shots.qsize()

    def close(self, wait_seconds: float = 0.0) -> int:
        """End, once what waits is handed over or that time is over. Returns how many pictures nobody took."""
        self._closing.set()
        self._thread.join(wait_seconds)
        self._given_up.set()
        self._thread.join(TIMEOUT_SECONDS + 1)
        return self.lost

    def _work(self) -> None:
        while True:
            try:
                shot, at = self._shots.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self._closing.is_set():
                    return
                continue
            if self._given_up.is_set():
                self.lost += 1
            else:
                self._hand_over(shot, at)

    def _hand_over(self, shot: Shot, at: datetime) -> None:
        content, truth = developed(shot)
        while not self._given_up.is_set():
            try:
                self._send(content, at)
            except Unavailable as error:
                self._say(str(error))
                self._given_up.wait(self._again_seconds)
                continue
            except Refused as error:
                self._say(str(error))
                break
            self._trouble = ""
            if self._truths is not None:
                row = {"image_id": sha256(content).hexdigest(), "taken_at": at.isoformat(), **asdict(truth)}
                self._truths.write(json.dumps(row) + "\n")
            return
        self.lost += 1

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._tell(trouble)
        self._trouble = trouble
