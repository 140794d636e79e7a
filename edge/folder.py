"""The data folder: one process at a time, and one place for every file's name."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lineside.errors import Misconfigured


@dataclass(frozen=True)
class DataFolder:
    """Where a plant keeps everything. Copying the folder while the plant is stopped is a backup."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox.db"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def twin(self) -> Path:
        return self.root / "twin.db"

    @property
    def records(self) -> Path:
        return self.root / "records.db"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine.db"

    @property
    def people(self) -> Path:
        """Conversations, verdicts with their reviews, and what people did about alarms."""
        return self.root / "people.db"

    @property
    def accounts(self) -> Path:
        return self.root / "accounts.db"

    @property
    def vectors(self) -> Path:
        """The manuals' passages as vectors; made anew when it is lost."""
        return self.root / "vectors"

    @property
    def releases(self) -> Path:
        """Versions of the fine-tuned model, which one answers, and how their answers went."""
        return self.root / "releases.db"

    @property
    def reports(self) -> Path:
        """The reports of the releases' evaluations."""
        return self.root / "reports"

    @property
    def commands(self) -> Path:
        """Commands, the points in flight, and the audit log."""
        return self.root / "commands.db"

    @property
    def command_journal(self) -> Path:
        """What goes to machines and what they answered, step by step."""
        return self.root / "command-journal.db"

    @property
    def aws_errands(self) -> Path:
        """What AWS IoT asked, until it was told what became of it."""
        return self.root / "aws-errands.db"

    @property
    def inspections(self) -> Path:
        """What was seen on images of the product, and what people say of it."""
        return self.root / "inspections.db"

    @property
    def images(self) -> Path:
        """The images themselves, by the hash of their content."""
        return self.root / "images"

    @property
    def logins(self) -> Path:
        return self.root / "logins"


@contextmanager
def locked(root: Path) -> Iterator[DataFolder]:
    """The folder, for this process alone. The lock goes with the process, however it ends."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root / "lineside.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Misconfigured(f"the data folder {root} cannot be used: {error.strerror}") from error
    with os.fdopen(descriptor, "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = lock.read().strip() or "unknown"
            raise Misconfigured(
                f"another Lineside (process {pid}) uses the data folder {root}; stop it, or choose another with --data"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield DataFolder(root)
