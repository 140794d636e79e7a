"""The cloud application: reads the site file, builds the stacks, and refuses to write what the checks do not like.

`python app.py` writes checked templates to cdk.out/, offline and without credentials. `LINESIDE_BUNDLE=1 python app.py`
also puts the functions' code together (uv, arm64 wheels), which is what a deployment needs.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from lineside.errors import Misconfigured
from lineside.site import UNASSIGNED_LINE, Site, read_site
from stacks.advisor import AdvisorStack
from stacks.bundling import Bundles, BundlingFailed, CodeSource, NoCode
from stacks.ingestion import IngestionStack
from stacks.lake import LakeStack

ROOT = Path(__file__).resolve().parent
SITE_FILE_IN_BUNDLE = "plant/site.yaml"


@dataclass(frozen=True)
class Choices:
    """What a person may choose in cdk.json or with `cdk --context`; addresses are separated by commas."""

    site: str
    advisory_email: tuple[str, ...] = ()
    advisory_phone: tuple[str, ...] = ()
    operations_email: str = ""

    @classmethod
    def of(cls, app: cdk.App) -> Choices:
        def text(key: str) -> str:
            return str(app.node.try_get_context(key) or "")

        return cls(
            site=text("site"),
            advisory_email=_split(text("advisory_email")),
            advisory_phone=_split(text("advisory_phone")),
            operations_email=text("operations_email"),
        )


def strict_app(context: Mapping[str, Any], outdir: str | None = None) -> cdk.App:
    """An app whose synth fails on what cdk-nag's AwsSolutions or CloudFormation's own validation would not accept."""
    app = cdk.App(context=dict(context), outdir=outdir)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    return app


def add_stacks(app: cdk.App, *, site: Site, choices: Choices, code: CodeSource) -> None:
    # Devices that no site file names are watched too, on a line of their own.
    lines = [*(line.id for line in site.lines), UNASSIGNED_LINE]
    lake = LakeStack(
        app,
        "lake",
        stack_name="lineside-lake",
        site=site.site,
        lines=lines,
        operations_email=choices.operations_email,
    )
    IngestionStack(
        app, "ingestion", stack_name="lineside-ingestion", lake=lake, code=code, site_file=SITE_FILE_IN_BUNDLE
    )
    AdvisorStack(
        app,
        "advisor",
        stack_name="lineside-advisor",
        lake=lake,
        code=code,
        site=site.site,
        lines=lines,
        site_file=SITE_FILE_IN_BUNDLE,
        emails=choices.advisory_email,
        phones=choices.advisory_phone,
    )
    cdk.Tags.of(app).add("application", "lineside")


def context_of_cdk_json() -> dict[str, Any]:
    """The CDK command line hands this over by itself; a plain `python app.py` would miss the feature flags."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context


def main(environ: Mapping[str, str], context: Mapping[str, Any]) -> int:
    """Write the templates; `LINESIDE_BUNDLE` and `CDK_OUTDIR` of `environ` say with code or without, and where.

    Exit status: 0 written, 1 a check failed, 2 something a person must mend first.
    """
    bundled = environ.get("LINESIDE_BUNDLE", "") not in {"", "0"}
    app = strict_app(context, outdir=environ.get("CDK_OUTDIR", str(ROOT / "cdk.out")))
    choices = Choices.of(app)
    try:
        site_file = ROOT / choices.site
        site = read_site(site_file)
        add_stacks(app, site=site, choices=choices, code=_code(site_file, site) if bundled else NoCode())
    except (Misconfigured, BundlingFailed) as error:
        return _complain(str(error), status=2)
    try:
        assembly = app.synth()
    except RuntimeError as error:
        # What Python sees of an error in the CDK is a RuntimeError, whatever it was.
        if "ValidationFailed" not in str(error):
            raise
        return _complain(f"the checks found something; nothing is deployable until it is mended\n{error}", status=1)
    sys.stdout.write(table(assembly, bundled=bundled))
    return 0


def table(assembly: cdk.cx_api.CloudAssembly, *, bundled: bool) -> str:
    counts = {stack.id: len(stack.template["Resources"]) for stack in assembly.stacks}
    rows = [f"{name:<12}{count:>10}" for name, count in [*counts.items(), ("all", sum(counts.values()))]]
    code = "bundled for arm64" if bundled else "not bundled: `make deploy` does that"
    return "\n".join(
        [f"{'stack':<12}{'resources':>10}", *rows, f"functions' code: {code}", f"in {assembly.directory}\n"]
    )


def site_files(site_file: Path, site: Site) -> dict[str, Path]:
    """Name in the bundle -> file: the site file, and the procedures beside it that its lines name."""
    here = site_file.parent.resolve()
    files = {SITE_FILE_IN_BUNDLE: site_file}
    for directory in {line.sop_directory for line in site.lines if line.sop_directory}:
        folder = (here / directory).resolve()
        if not folder.is_relative_to(here):
            raise Misconfigured(f"sop_directory {directory} must lie beside {site_file}, or it cannot be deployed")
        found = (path for path in folder.rglob("*") if path.suffix.lower() in {".md", ".csv"})
        files |= {f"plant/{path.relative_to(here)}": path for path in found}
    return files


def _code(site_file: Path, site: Site) -> Bundles:
    return Bundles(root=ROOT, folder=ROOT / "dist" / "bundles", site_files=site_files(site_file, site))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _complain(sentence: str, *, status: int) -> int:
    sys.stderr.write(f"app.py: {sentence}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(os.environ, context_of_cdk_json()))
