"""The stacks as `make synth` writes them, built once for all tests that look at them."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import app as cloud_app
from lineside.answering.models import Models, read_models
from lineside.releases.settings import ReleaseSettings, read_release_settings
from lineside.site import Site, read_site
from stacks.bundling import NoCode

Template = dict[str, Any]


class Synthesised(NamedTuple):
    lake: Template
    ingestion: Template
    advisor: Template
    manuals: Template
    console: Template
    data_preparation: Template
    releases: Template
    control: Template
    inspection: Template
    folder: Path

    @property
    def all(self) -> dict[str, Template]:
        return {name: getattr(self, name.replace("-", "_")) for name in NAMES}


NAMES = (
    *("lake", "ingestion", "advisor", "manuals", "console", "data-preparation", "releases", "control"),
    "inspection",
)


class Files(NamedTuple):
    """What a deployment uploads, where it was made."""

    passages: Path | None = None
    dist: Path | None = None


def demo_site() -> Site:
    return read_site(cloud_app.ROOT / "samples" / "site.yaml")


def demo_models() -> Models:
    return read_models(cloud_app.ROOT / "samples" / "models.cloud.yaml")


def demo_training() -> ReleaseSettings:
    return read_release_settings(cloud_app.ROOT / "samples" / "training.cloud.yaml")


@cache
def synthesised() -> Synthesised:
    return synthesise()


def synthesise(files: Files = Files(), models: Models | None = None, **chosen: str) -> Synthesised:
    """The stacks with these choices; raises RuntimeError where the checks find something."""
    folder = Path(tempfile.mkdtemp(prefix="lineside-synth-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    context = {
        **cloud_app.context_of_cdk_json(),
        "advisory_email": "operator@example.com, shift@example.com",
        "advisory_phone": "+4512345678",
        "operations_email": "ops@example.com",
        **chosen,
    }
    app = cloud_app.strict_app(context, outdir=str(folder))
    cloud_app.Deployment(
        app,
        site=demo_site(),
        choices=cloud_app.Choices.of(app),
        code=NoCode(),
        models=models or demo_models(),
        training=demo_training(),
        passages=files.passages,
        dist=files.dist,
    ).add_stacks()
    app.synth()
    return Synthesised(*(_written(folder / f"{name}.template.json") for name in NAMES), folder)


def _written(file: Path) -> Template:
    """{} for a stack that these choices leave out."""
    template: Template = json.loads(file.read_text()) if file.is_file() else {}
    return template


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Logical id -> resource."""
    return {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}


def properties(template: Template, kind: str) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in of_type(template, kind).values()]


def everywhere(kind: str) -> list[dict[str, Any]]:
    """The properties of every resource of one type in all stacks."""
    return [found for template in synthesised().all.values() for found in properties(template, kind)]


def function(verb_noun: str) -> dict[str, Any]:
    starts = {f"lambdas.{verb_noun}.handler.handler", f"lambdas/{verb_noun}/run.sh"}
    return next(found for found in everywhere("AWS::Lambda::Function") if found["Handler"] in starts)


def text(value: object) -> str:
    """Any part of a template as one string, to look for what must or must not stand in it."""
    return json.dumps(value)
