"""The stack of commands as `make synth` writes it, with a stand-in for the role that serves people."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

import app as cloud_app
from stacks.bundling import NoCode
from stacks.control import CommandedThings, ControlStack
from stacks.lake import LakeStack
from tests.fakes.once import made_once
from tests.stacks.synth import Template

THINGS = CommandedThings(
    commands=("cookie-former", "freezer-tunnel", "vertical-conveyor"), shadows=("cookie-former", "freezer-tunnel")
)
"""Of the demo site."""


@cache
def controlling() -> Template:
    """Its template; raises RuntimeError where the checks find something."""
    template: Template = json.loads(made_once("controlling", lambda: json.dumps(_synthesised()).encode()))
    return template


def _synthesised() -> Template:
    folder = Path(tempfile.mkdtemp(prefix="lineside-synth-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    app = cloud_app.strict_app(cloud_app.context_of_cdk_json(), outdir=str(folder))
    lake = LakeStack(app, "lake", site="bakery-north", lines=["line-1"])
    control = ControlStack(
        app, "control", lake=lake, code=NoCode(), site="bakery-north", site_file="plant/site.yaml", things=THINGS
    )
    people = cdk.Stack(app, "people")
    control.let_start(iam.Role(people, "Serve", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))
    app.synth()
    template: Template = json.loads((folder / "control.template.json").read_text())
    return template
