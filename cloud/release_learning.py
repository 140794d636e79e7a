"""Learning on by itself: enough reviewed verdicts since the last dataset start a release, and never two at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Misconfigured, Unavailable
from lineside.releases.course import LISTED, UNDER_WAY
from lineside.releases.learning import new_verdicts
from lineside.releases.ports import ReleaseStore
from lineside.releases.settings import LearningSettings
from lineside.training_data.verdict import VerdictStore

MOST_VERDICTS: Final = 2_000
_FOR_A_PERSON: Final = frozenset({"AccessDeniedException", "StateMachineDoesNotExist", "InvalidArn", "InvalidName"})


class Considered(msgspec.Struct, frozen=True):
    """`started` is the release that was started, "" for none; `why` says what it was decided by."""

    started: str
    why: str


@dataclass(frozen=True)
class Learning:
    """`states` is boto3's client for Step Functions, `machine_arn` the release's state machine."""

    settings: LearningSettings
    releases: ReleaseStore
    verdicts: VerdictStore
    states: Any
    machine_arn: str

    def consider(self, today: datetime) -> Considered:
        """Start a release where there is enough to learn from. The same day starts one at most."""
        needed = self.settings.least_new_pairs
        if not needed:
            return Considered("", "learning by itself is switched off (learning.least_new_pairs)")
        known = self.releases.list(LISTED)
        if busy := [each.release_id for each in known if each.status in UNDER_WAY]:
            return Considered("", f"the release {busy[0]} is under way")
        new = new_verdicts(self.verdicts.list("accepted", MOST_VERDICTS), known)
        if new < needed:
            return Considered("", f"{new} of {needed} verdicts were accepted since the last release")
        return self._start(f"learned-{today:%Y-%m-%d}", f"{new} verdicts were accepted since the last release")

    def _start(self, name: str, why: str) -> Considered:
        try:
            running = self.states.list_executions(stateMachineArn=self.machine_arn, statusFilter="RUNNING")
            if running["executions"]:
                return Considered("", f"the release {running['executions'][0]['name']} is under way")
            self.states.start_execution(stateMachineArn=self.machine_arn, name=name, input=json.dumps({}))
        except ClientError as error:
            return self._not_started(name, error)
        except BotoCoreError as error:
            raise Unavailable(f"Step Functions did not answer: {error}") from error
        return Considered(name, why)

    def _not_started(self, name: str, error: ClientError) -> Considered:
        code = error.response["Error"]["Code"]
        if code == "ExecutionAlreadyExists":
            return Considered("", f"{name} was started already")
        if code in _FOR_A_PERSON:
            raise Misconfigured(f"the release's state machine may not be started: {code}") from error
        raise Unavailable(f"Step Functions did not start a release: {code}") from error
