"""Every file of the data folder, opened together and closed together."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from edge.accounts import SqliteAccounts
from edge.files import FileObjects
from edge.folder import DataFolder
from edge.inbox import Inbox
from edge.quarantine import SqliteQuarantine
from edge.releases import PlantReleases
from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from edge.sqlite_people import People, SqliteAlarmLog, SqliteConversations, SqliteFeedback, SqliteVerdicts
from edge.sqlite_twin import SqliteTwin
from edge.timer import now_us

if TYPE_CHECKING:
    from lineside.lake import Lake
    from lineside.lake.history import History


class Stores:
    """The plant's stores. Any thread may use them; only the drain appends to the lake."""

    def __init__(self, folder: DataFolder, site: str) -> None:
        """Open or create all files; those opened before one that cannot be are closed again."""
        self._folder = folder
        self._lake: Lake | None = None
        self._history: History | None = None
        self._making_lake = threading.Lock()
        with ExitStack() as opened:
            self.inbox = Inbox(folder.inbox)
            opened.callback(self.inbox.close)
            self.twin = SqliteTwin(folder.twin)
            opened.callback(self.twin.close)
            self.quarantine = SqliteQuarantine(folder.quarantine)
            opened.callback(self.quarantine.close)
            records = Records(folder.records)
            opened.callback(records.close)
            self.alarms, self.advisories = SqliteAlarmStore(records), SqliteAdvisoryStore(records)
            self.memory = SqliteMemoryStore(records)
            people = People(folder.people)
            opened.callback(people.close)
            self.conversations, self.feedback = SqliteConversations(people, now_us), SqliteFeedback(people)
            self.alarm_log, self.verdicts = SqliteAlarmLog(people), SqliteVerdicts(people)
            self.releases = PlantReleases(folder.releases, folder.reports)
            opened.callback(self.releases.close)
            self.accounts = SqliteAccounts(folder.accounts, site)
            opened.callback(self.accounts.close)
            self._opened = opened.pop_all()

    @property
    def lake(self) -> Lake:
        """The one lake object: it alone knows what each hour holds. Made when first used, as it loads pyarrow."""
        with self._making_lake:
            if self._lake is None:
                from lineside.lake import Lake

                self._lake = Lake(FileObjects(self._folder.lake), exact=True)
            return self._lake

    @property
    def history(self) -> History:
        """Questions about the past; made when first asked, as it loads DuckDB."""
        with self._making_lake:
            if self._history is None:
                from lineside.lake.history import History

                self._history = History(FileObjects(self._folder.lake))
                self._opened.callback(self._history.close)
            return self._history

    def damaged_files(self) -> tuple[str, ...]:
        """A sentence for each file of the lake that was met and cannot be read."""
        found = self._lake.damaged.told() if self._lake is not None else ()
        return tuple(dict.fromkeys((*found, *(self._history.damaged.told() if self._history is not None else ()))))

    def close(self) -> None:
        self._opened.close()
