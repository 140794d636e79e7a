"""The stack of images as `make synth` writes it, and where a model sees: the demo plant's file names none."""

from __future__ import annotations

from functools import cache

import app as cloud_app
from stacks.bundling import NoCode
from stacks.inspection import InspectionStack
from stacks.lake import LakeStack
from stacks.models import UsedModels
from tests.stacks.synth import Template, synthesised

EYE = "amazon.nova-lite-v1:0"


def inspecting() -> Template:
    return synthesised().inspection


@cache
def where_a_model_sees() -> Template:
    app = cloud_app.strict_app(cloud_app.context_of_cdk_json())
    lake = LakeStack(app, "lake", site="bakery-north", lines=["line-1"])
    InspectionStack(
        app,
        "inspection",
        lake=lake,
        code=NoCode(),
        site_file="plant/site.yaml",
        models_file="plant/models.yaml",
        models=UsedModels(model_ids=(EYE,)),
    )
    template: Template = app.synth().get_stack_by_name("inspection").template
    return template
