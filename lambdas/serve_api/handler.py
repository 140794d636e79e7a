"""The HTTP application in the cloud. The Web Adapter starts this as a program (`run.sh`) and calls it over HTTP.

Clients, settings and everything that is read from files are made once, before the port is opened.
"""

from __future__ import annotations

import logging
import os
import secrets
import tempfile
import time
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import boto3
import uvicorn
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from botocore.config import Config
from fastapi import FastAPI

from cloud.approvals import StepFunctionsApprovals
from cloud.assistant import cloud_assistant
from cloud.clients import client, table
from cloud.command_desk import CommandMachine, desk_for_people
from cloud.dynamodb_alarms import DynamoDbAdvisoryStore, DynamoDbAlarmStore
from cloud.dynamodb_people import DynamoDbAlarmLog, DynamoDbConversations, DynamoDbFeedback
from cloud.dynamodb_twin import DynamoDbTwin
from cloud.dynamodb_verdicts import DynamoDbVerdicts
from cloud.identity import Fetch, cognito
from cloud.images import SignedUploads, signing_client
from cloud.inspecting import desk_for_review
from cloud.knowledge_base import KnowledgeBase
from cloud.library_file import unpack
from cloud.model_views import model_views
from cloud.releases import DynamoDbOutcomes, DynamoDbReleases
from cloud.replaying import ReplayFunction
from cloud.s3 import S3Objects
from cloud.s3_quarantine import S3Quarantine
from cloud.voice import CloudVoice
from lambdas.serve_api.settings import Settings
from lineside.advice.memory import ObjectMemoryStore
from lineside.answering.models import read_models
from lineside.api.app import create_app
from lineside.api.chat import AssistantChat
from lineside.api.documents import LibraryDocuments
from lineside.api.models import HealthView
from lineside.api.oidc import TokenVerifier
from lineside.api.people_models import OidcView
from lineside.api.ports import Console
from lineside.api.services import Services
from lineside.assistant.plant import Plant
from lineside.control.desk import ControlDesk
from lineside.inspection.desk import InspectionDesk
from lineside.lake.history import History
from lineside.manuals.search import ManualSearch
from lineside.manuals.shelf import Shelf
from lineside.releases.aliases import CachedAliases
from lineside.releases.desk import ReleaseDesk
from lineside.releases.reports import ObjectReports
from lineside.releases.settings import read_release_settings
from lineside.site import read_site
from lineside.telemetry.timestamps import render

PATIENT_WITH_A_REPLAY = Config(connect_timeout=2, read_timeout=25, retries={"total_max_attempts": 1})
"""Less than the gateway's patience, and never a second replay for one click."""
PATIENT_WITH_A_SEARCH = Config(connect_timeout=1, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})

settings = Settings.read(os.environ)
site = read_site(settings.site_file)
s3 = client("s3")
objects = S3Objects(s3, settings.lake_bucket_name)
quarantine = S3Quarantine(objects)
line_table = table(settings.line_table_name)
people_table = table(settings.people_table_name)
twin = DynamoDbTwin(line_table)
alarms = DynamoDbAlarmStore(line_table)
advisories = DynamoDbAdvisoryStore(line_table)
memory = ObjectMemoryStore(objects)
alarm_log = DynamoDbAlarmLog(people_table, site.site)
models = read_models(settings.models_file)
releases = DynamoDbReleases(line_table)
aliases = CachedAliases(releases.aliases, time.monotonic)
outcomes = DynamoDbOutcomes(people_table)
library = unpack(settings.library_file.read_bytes(), settings.site_file.parent.resolve())
state_machines = client("stepfunctions")
history = History(objects, scratch=Path(tempfile.gettempdir()) / "lake")


def now_us() -> int:
    return time.time_ns() // 1000


def today() -> date:
    """The plant's own."""
    return datetime.now(UTC).astimezone(ZoneInfo(site.timezone)).date()


def manuals() -> ManualSearch:
    """By codes and words, and by meaning where there is a knowledge base."""
    if not settings.knowledge_base_id:
        return ManualSearch(library)
    retrieval = boto3.client("bedrock-agent-runtime", config=PATIENT_WITH_A_SEARCH)
    return ManualSearch(library, meaning=KnowledgeBase(retrieval, settings.knowledge_base_id))


started_us = now_us()
searcher = manuals()
conversations = DynamoDbConversations(people_table, site.site, now_us)


def health() -> HealthView:
    """What this function itself knows. Its neighbours are watched by alarms, and not asked by strangers."""
    troubles = tuple(trouble for trouble in (searcher.trouble, *history.damaged.told()) if trouble)
    return HealthView(
        status="degraded" if troubles else "ok",
        troubles=troubles,
        site=site.site,
        version=settings.lineside_version,
        started_at=render(started_us),
    )


def plant() -> Plant:
    """What the assistant may read: what the application reads. It changes nothing."""
    return Plant(
        site,
        twin,
        alarms,
        advisories,
        memory,
        telemetry=history,
        searcher=searcher,
        shelf=Shelf(library, today),
        remarks=alarm_log,
    )


def control() -> ControlDesk | None:
    """Where people propose and approve; nothing is sent from here, it is started."""
    if not settings.command_machine_arn:
        return None
    return desk_for_people(site, line_table, CommandMachine(state_machines, settings.command_machine_arn).start)


def inspections() -> InspectionDesk:
    """Where people review images; `inspect_image` keeps and inspects them."""
    records = table(settings.inspection_table_name)
    return desk_for_review(site, s3, settings.image_bucket_name, records, quarantine)


def services() -> Services:
    """The ports of the application, on AWS."""
    reviewed = inspections()
    return Services(
        site=site,
        twin=twin,
        alarms=alarms,
        advisories=advisories,
        memory=memory,
        quarantine=quarantine,
        alarm_log=alarm_log,
        conversations=conversations,
        feedback=DynamoDbFeedback(people_table, site.site),
        verdicts=DynamoDbVerdicts(people_table, site.site),
        verdicts_needed=read_release_settings(settings.training_file).learning.least_new_pairs,
        releases=ReleaseDesk(
            releases, now_us, StepFunctionsApprovals(line_table, state_machines), ObjectReports(objects)
        ),
        outcomes=outcomes,
        control=control(),
        inspections=reviewed,
        uploads=SignedUploads(
            signing_client(),
            settings.image_bucket_name,
            site,
            reviewed.settings.limits,
            new_id=lambda: secrets.token_urlsafe(16),
        ),
        telemetry=history,
        chat=AssistantChat(
            cloud_assistant(plant(), models, aliases),
            conversations,
            now_us=now_us,
            new_id=lambda: secrets.token_urlsafe(16),
            models=partial(model_views, models, aliases),
            outcomes=outcomes,
        ),
        now_us=now_us,
        health=health,
        replay_quarantine=ReplayFunction(
            boto3.client("lambda", config=PATIENT_WITH_A_REPLAY), settings.replay_function_name
        ),
        documents=LibraryDocuments(library, today),
        voice=CloudVoice(client("polly"), boto3.Session(), site, vocabulary=settings.transcribe_vocabulary),
        console=Console(
            oidc=OidcView(
                authority=settings.oidc_authority,
                client_id=settings.oidc_client_id,
                scope=settings.oidc_scope,
                logout_url=settings.sign_out_url,
            )
        ),
        version=settings.lineside_version,
        public=True,
    )


def application(fetch: Fetch) -> FastAPI:
    """The application behind the door of the user pool. The gateway looked at the token already; so do we."""
    provider = cognito(settings.oidc_authority, settings.oidc_client_id)
    return create_app(services(), TokenVerifier(provider, fetch, now_us))


def serve() -> None:
    """Answer the Web Adapter until it stops us. One line of JSON for each fact; the gateway logs the requests."""
    logs = logging.StreamHandler()
    logs.setFormatter(LambdaPowertoolsFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[logs])
    logging.getLogger("botocore").setLevel(logging.WARNING)
    uvicorn.run(
        application(Fetch()),
        host="127.0.0.1",
        port=settings.aws_lwa_port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    serve()
