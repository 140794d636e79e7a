"""The line as NGSI-LD entities, read-only (ETSI GS CIM 009), so that dashboards and twins can consume it."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/ngsi-ld/v1")
