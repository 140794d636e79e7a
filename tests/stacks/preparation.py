"""The stack of the data preparation as `make synth` writes it, and nothing else but the lake that it stands on."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

import app as cloud_app
from lineside.releases.settings import read_release_settings
from stacks.bundling import NoCode
from stacks.data_preparation import DataPreparationStack
from stacks.lake import LakeStack
from stacks.models import UsedModels
from tests.stacks.synth import Template


@cache
def preparation() -> Template:
    """Its template; raises RuntimeError where the checks find something."""
    folder = Path(tempfile.mkdtemp(prefix="lineside-synth-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    app = cloud_app.strict_app(cloud_app.context_of_cdk_json(), outdir=str(folder))
    lake = LakeStack(app, "lake", site="bakery-north", lines=["line-1"])
    row = read_release_settings(cloud_app.ROOT / "samples" / "training.cloud.yaml").generator
    assert row is not None
    DataPreparationStack(
        app,
        "preparation",
        lake=lake,
        code=NoCode(),
        site_file="plant/site.yaml",
        library_file="plant/library.jsonl",
        training_file="plant/training.yaml",
        generator=UsedModels(model_ids=(row.model,)),
    )
    app.synth()
    template: Template = json.loads((folder / "preparation.template.json").read_text())
    return template
