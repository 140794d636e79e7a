"""Functions called by the clock: EventBridge Scheduler, with one role and one last resort."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.acknowledge import acknowledge, logical_id
from stacks.functions import HandlerFunction


class SchedulerRole(iam.Role):
    """Lets the scheduler call one function."""

    def __init__(self, scope: Construct, construct_id: str, *, function: HandlerFunction) -> None:
        source = {"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
        principal = iam.ServicePrincipal("scheduler.amazonaws.com", conditions=source)
        super().__init__(scope, construct_id, assumed_by=principal)
        function.grant_invoke(self)
        name = logical_id(function)
        acknowledge(
            self.node.find_child("DefaultPolicy"),
            f"IAM5[Resource::<{name}.Arn>:*]",
            reason="The versions and aliases of this one function.",
        )


def call_on(
    scope: Construct,
    construct_id: str,
    *,
    schedule: scheduler.ScheduleExpression,
    function: HandlerFunction,
    role: SchedulerRole,
    last_resort: sqs.IQueue,
    event: Mapping[str, object],
    max_event_age: Duration,
    group: scheduler.IScheduleGroup | None = None,
    description: str | None = None,
) -> scheduler.Schedule:
    """Call `function` with `event` on a schedule; a call later than `max_event_age` goes to `last_resort` instead."""
    target = targets.LambdaInvoke(
        function,
        dead_letter_queue=last_resort,
        input=scheduler.ScheduleTargetInput.from_object(dict(event)),
        max_event_age=max_event_age,
        retry_attempts=3,
        role=role,
    )
    return scheduler.Schedule(
        scope, construct_id, schedule=schedule, target=target, schedule_group=group, description=description
    )
