"""The cloud application: reads the site file, builds the stacks, and refuses to write what the checks do not like.

`python app.py` writes checked templates to cdk.out/, offline and without credentials. `LINESIDE_BUNDLE=1 python app.py`
also puts the functions' code together (uv, arm64 wheels), which is what a deployment needs.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from cloud.library_file import objects_of, pack
from lineside.answering.models import OFFLINE, Models, Role, read_models
from lineside.errors import Misconfigured
from lineside.manuals.library import MEDIA_TYPES, library_of_site
from lineside.manuals.settings import TITAN, TITAN_DIMENSIONS
from lineside.releases.preflight import region_problem
from lineside.releases.settings import ReleaseSettings, read_release_settings
from lineside.site import UNASSIGNED_LINE, Site, read_site
from stacks.advisor import AdvisorStack
from stacks.bundling import Bundles, BundlingFailed, CodeSource, NoCode
from stacks.console import ConsoleChoices, ConsoleStack
from stacks.control import CommandedThings, ControlStack
from stacks.data_preparation import DataPreparationStack
from stacks.ingestion import IngestionStack
from stacks.inspection import InspectionStack
from stacks.lake import LakeStack
from stacks.manuals import Embedder, ManualsStack
from stacks.models import UsedModels
from stacks.releases import ReleaseChoices, ReleasesStack

ROOT = Path(__file__).resolve().parent
SITE_FILE_IN_BUNDLE = "plant/site.yaml"
MODELS_FILE_IN_BUNDLE = "plant/models.yaml"
LIBRARY_FILE_IN_BUNDLE = "plant/library.jsonl"
TRAINING_FILE_IN_BUNDLE = "plant/training.yaml"
CONSOLE_DIST = ROOT / "frontend" / "dist"
MODELS_FILE = "samples/models.cloud.yaml"
TRAINING_FILE = "samples/training.cloud.yaml"
WEB_ADAPTER = "30"
"""Version of the Lambda Web Adapter's layer, unless `web_adapter` names another."""


@dataclass(frozen=True)
class Choices:
    """What a person may choose in cdk.json or with `cdk --context`; addresses are separated by commas."""

    site: str
    models: str
    training: str = TRAINING_FILE
    advisory_email: tuple[str, ...] = ()
    advisory_phone: tuple[str, ...] = ()
    approval_email: tuple[str, ...] = ()
    """Who is told that a release waits for a person."""
    operations_email: str = ""
    console: ConsoleChoices = field(default_factory=lambda: ConsoleChoices(web_adapter=WEB_ADAPTER))

    @classmethod
    def of(cls, app: cdk.App) -> Choices:
        """Raises Misconfigured for a word that is none of the choices."""

        def text(key: str) -> str:
            return str(app.node.try_get_context(key) or "")

        return cls(
            site=text("site"),
            advisory_email=_split(text("advisory_email")),
            advisory_phone=_split(text("advisory_phone")),
            approval_email=_split(text("approval_email")),
            operations_email=text("operations_email"),
            models=text("models") or MODELS_FILE,
            training=text("training") or TRAINING_FILE,
            console=ConsoleChoices(
                web_adapter=text("web_adapter") or WEB_ADAPTER,
                domain=text("console_domain"),
                certificate_arn=text("console_certificate_arn"),
                require_mfa=_is_required(text("mfa")),
                vocabulary=text("transcribe_vocabulary"),
            ),
        )


def strict_app(context: Mapping[str, Any], outdir: str | None = None) -> cdk.App:
    """An app whose synth fails on what cdk-nag's AwsSolutions or CloudFormation's own validation would not accept."""
    app = cdk.App(context=dict(context), outdir=outdir)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    return app


@dataclass(frozen=True)
class Deployment:
    """What every stack is made from. `passages` are cut passages, `training_code` what a training job runs, `dist` a
    built console, where there are such folders."""

    app: cdk.App
    site: Site
    choices: Choices
    code: CodeSource
    models: Models = OFFLINE
    training: ReleaseSettings = field(default_factory=ReleaseSettings)
    passages: Path | None = None
    training_code: Path | None = None
    dist: Path | None = None

    def add_stacks(self) -> None:
        lake = self._lake()
        ingestion = IngestionStack(
            self.app,
            "ingestion",
            stack_name="lineside-ingestion",
            lake=lake,
            code=self.code,
            site_file=SITE_FILE_IN_BUNDLE,
        )
        inspection = self._inspection(lake)
        advisor = self._advisor(lake, inspection)
        manuals = self._manuals(lake)
        control = self._control(lake, advisor)
        console = self._console(lake, ingestion, inspection, manuals, control)
        self._releases(lake, console, self._data_preparation(lake, console))
        cdk.Tags.of(self.app).add("application", "lineside")

    @property
    def lines(self) -> list[str]:
        """Devices that no site file names are watched too, on a line of their own."""
        return [*(line.id for line in self.site.lines), UNASSIGNED_LINE]

    def _lake(self) -> LakeStack:
        return LakeStack(
            self.app,
            "lake",
            stack_name="lineside-lake",
            site=self.site.site,
            lines=self.lines,
            operations_email=self.choices.operations_email,
        )

    def _inspection(self, lake: LakeStack) -> InspectionStack:
        return InspectionStack(
            self.app,
            "inspection",
            stack_name="lineside-inspection",
            lake=lake,
            code=self.code,
            site_file=SITE_FILE_IN_BUNDLE,
            models_file=MODELS_FILE_IN_BUNDLE,
            models=used_models(self.models, "vision"),
        )

    def _advisor(self, lake: LakeStack, inspection: InspectionStack) -> AdvisorStack:
        return AdvisorStack(
            self.app,
            "advisor",
            stack_name="lineside-advisor",
            lake=lake,
            inspection_table=inspection.table,
            code=self.code,
            site=self.site.site,
            lines=self.lines,
            site_file=SITE_FILE_IN_BUNDLE,
            emails=self.choices.advisory_email,
            phones=self.choices.advisory_phone,
            models_file=MODELS_FILE_IN_BUNDLE,
            models=used_models(self.models),
        )

    def _manuals(self, lake: LakeStack) -> ManualsStack | None:
        embedder = embedder_of(self.models)
        if embedder is None:
            return None
        return ManualsStack(
            self.app,
            "manuals",
            stack_name="lineside-manuals",
            lake=lake,
            code=self.code,
            embedder=embedder,
            passages=self.passages,
        )

    def _control(self, lake: LakeStack, advisor: AdvisorStack) -> ControlStack:
        return ControlStack(
            self.app,
            "control",
            stack_name="lineside-control",
            lake=lake,
            advisories=advisor.topic,
            code=self.code,
            site=self.site.site,
            site_file=SITE_FILE_IN_BUNDLE,
            things=commanded_things(self.site),
        )

    def _console(
        self,
        lake: LakeStack,
        ingestion: IngestionStack,
        inspection: InspectionStack,
        manuals: ManualsStack | None,
        control: ControlStack,
    ) -> ConsoleStack:
        return ConsoleStack(
            self.app,
            "console",
            stack_name="lineside-console",
            lake=lake,
            manuals=manuals,
            replay=ingestion.replay_quarantine,
            inspection=inspection,
            control=control,
            code=self.code,
            site=self.site.site,
            site_file=SITE_FILE_IN_BUNDLE,
            models_file=MODELS_FILE_IN_BUNDLE,
            training_file=TRAINING_FILE_IN_BUNDLE,
            library_file=LIBRARY_FILE_IN_BUNDLE,
            version=version("lineside"),
            models=used_models(self.models),
            choices=self.choices.console,
            dist=self.dist,
        )

    def _data_preparation(self, lake: LakeStack, console: ConsoleStack) -> DataPreparationStack:
        """Documents and verdicts to a dataset."""
        generator = self.training.generator
        return DataPreparationStack(
            self.app,
            "data-preparation",
            stack_name="lineside-data-preparation",
            lake=lake,
            code=self.code,
            site_file=SITE_FILE_IN_BUNDLE,
            library_file=LIBRARY_FILE_IN_BUNDLE,
            training_file=TRAINING_FILE_IN_BUNDLE,
            generator=used_models(Models(models=(generator,) if generator else ())),
            people_table=console.table,
            site=self.site.site,
        )

    def _releases(self, lake: LakeStack, console: ConsoleStack, preparation: DataPreparationStack) -> ReleasesStack:
        """A dataset to a release."""
        return ReleasesStack(
            self.app,
            "releases",
            stack_name="lineside-releases",
            lake=lake,
            people_table=console.table,
            approver=console.approver,
            data_preparation=preparation,
            code=self.code,
            training_file=TRAINING_FILE_IN_BUNDLE,
            choices=release_choices(self.site, self.training, self.choices, console.address),
            training_code=self.training_code,
        )


def commanded_things(site: Site) -> CommandedThings:
    """The things that have command points, by the way in which they are told."""

    def told_by(way: str) -> tuple[str, ...]:
        machines = (machine for line in site.lines for machine in line.machines)
        return tuple(each.thing for each in machines if any(point.transport == way for point in each.commands))

    return CommandedThings(commands=told_by("command"), shadows=told_by("shadow"))


def used_models(models: Models, *roles: Role) -> UsedModels:
    """What of a models file stands on Bedrock, of those with one of these roles; of those that answer unless said.

    Foundation models by their id, and whether aliases mean imported ones.
    """
    asked = set(roles or ("router", "answerer"))
    rows = [row for row in models.models if row.provider == "bedrock" and asked & set(row.roles)]
    ids = {row.model for row in rows if row.model and not row.model.startswith("arn:")}
    return UsedModels(model_ids=tuple(sorted(ids)), imported=any(row.alias for row in rows))


def refuse_region(region: str, training: ReleaseSettings) -> None:
    """Raises Misconfigured where models are to be trained for a Region that imports none. "" is no Region yet."""
    problem = region_problem(region) if region and training.training.accept_licence else ""
    if problem:
        raise Misconfigured(problem)


def release_choices(site: Site, training: ReleaseSettings, choices: Choices, console_address: str) -> ReleaseChoices:
    """What the releases' stack needs of `training.yaml` and of what a person chose."""
    asking = tuple(row for row in (training.base, *training.judges) if row is not None)
    return ReleaseChoices(
        site=site.site,
        asked=used_models(Models(models=asking)),
        serverless=training.training.way == "serverless",
        weights=training.training.weights,
        token_secret=training.training.token_secret,
        every_days=training.learning.every_days,
        approval_emails=choices.approval_email,
        console_address=console_address,
        second_opinion=training.second_opinion,
    )


def embedder_of(models: Models) -> Embedder | None:
    """What the knowledge base embeds with; None leaves it out. Raises Misconfigured for an embedder of a plant."""
    row = models.embedder
    if row is None or row.provider == "none":
        return None
    if row.provider != "bedrock":
        raise Misconfigured(f"the embedder {row.provider} is one of a plant; in the cloud choose bedrock or none")
    return Embedder(row.model or TITAN, row.dimensions or TITAN_DIMENSIONS)


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
    dist = CONSOLE_DIST if bundled and (CONSOLE_DIST / "index.html").is_file() else None
    try:
        choices = Choices.of(app)
        site_file, models_file = ROOT / choices.site, ROOT / choices.models
        site, models = read_site(site_file), read_models(models_file)
        training_file = ROOT / choices.training
        training = read_release_settings(training_file)
        refuse_region(environ.get("CDK_DEFAULT_REGION", ""), training)
        files = {MODELS_FILE_IN_BUNDLE: models_file, TRAINING_FILE_IN_BUNDLE: training_file}
        made = bundled_with(site_file, site, files, ROOT / "dist") if bundled else None
        code: CodeSource = made.code if made else NoCode()
        Deployment(
            app,
            site=site,
            choices=choices,
            code=code,
            models=models,
            training=training,
            passages=made.passages if made else None,
            training_code=made.training_code if made else None,
            dist=dist,
        ).add_stacks()
    except (Misconfigured, BundlingFailed) as error:
        return _complain(str(error), status=2)
    try:
        assembly = app.synth()
    except RuntimeError as error:
        # What Python sees of an error in the CDK is a RuntimeError, whatever it was.
        if "ValidationFailed" not in str(error):
            raise
        return _complain(f"the checks found something; nothing is deployable until it is mended\n{error}", status=1)
    sys.stdout.write(table(assembly, bundled=bundled, dist=dist))
    return 0


def table(assembly: cdk.cx_api.CloudAssembly, *, bundled: bool, dist: Path | None = None) -> str:
    counts = {stack.id: len(stack.template["Resources"]) for stack in assembly.stacks}
    rows = [f"{name:<18}{count:>9}" for name, count in [*counts.items(), ("all", sum(counts.values()))]]
    code = "bundled for arm64" if bundled else "not bundled: `make deploy` does that"
    console = "built" if dist else "not built: `make console`, then bundle again; until then its address is empty"
    return "\n".join(
        [
            f"{'stack':<18}{'resources':>9}",
            *rows,
            f"functions' code: {code}",
            *([f"console: {console}"] if bundled else []),
            f"in {assembly.directory}\n",
        ]
    )


def site_files(site_file: Path, site: Site) -> dict[str, Path]:
    """Name in the bundle -> file: the site file, the procedures beside it that its lines name, and its manuals."""
    here = site_file.parent.resolve()
    files = {SITE_FILE_IN_BUNDLE: site_file}
    for directory in {*(line.sop_directory for line in site.lines if line.sop_directory), *site.manuals}:
        folder = (here / directory).resolve()
        if not folder.is_relative_to(here):
            raise Misconfigured(f"the folder {directory} must lie beside {site_file}, or it cannot be deployed")
        files |= {f"plant/{path.relative_to(here)}": path for path in _documents(folder)}
    return files


def _documents(folder: Path) -> Iterator[Path]:
    """What the library would read: not what a name hides, and not the notes beside a document."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        if path.suffix.lower() in MEDIA_TYPES and not hidden:
            yield path


@dataclass(frozen=True)
class Bundled:
    """What travels with a deployment: the functions' code, the passages for the knowledge base, and what trains."""

    code: Bundles
    passages: Path
    training_code: Path


def bundled_with(site_file: Path, site: Site, others: Mapping[str, Path], folder: Path) -> Bundled:
    """Read the library, once and here, and put it beside the code. Everything that is made lies below `folder`.

    `others` are more files, by their names in the bundle.
    """
    here = site_file.parent.resolve()
    files = {**site_files(site_file, site), **others}
    library = library_of_site(site, here)
    packed, passages = folder / "library.jsonl", folder / "passages"
    shutil.rmtree(passages, ignore_errors=True)
    passages.mkdir(parents=True)
    packed.write_bytes(pack(library, here))
    for name, content in objects_of(library):
        (passages / name).parent.mkdir(exist_ok=True)
        (passages / name).write_bytes(content)
    files[LIBRARY_FILE_IN_BUNDLE] = packed
    trains = put_training_code(folder / "training-code")
    return Bundled(Bundles(root=ROOT, folder=folder / "bundles", site_files=files), passages, trains)


def put_training_code(folder: Path) -> Path:
    """What a training job runs: `training/`, and `lineside/`, of which it imports a few modules."""
    shutil.rmtree(folder, ignore_errors=True)
    for package in ("training", "lineside"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    return folder


def _is_required(text: str) -> bool:
    if text not in {"", "required", "optional"}:
        raise Misconfigured(f"mfa is {text!r}; it is required or optional")
    return text != "optional"


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _complain(sentence: str, *, status: int) -> int:
    sys.stderr.write(f"app.py: {sentence}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(os.environ, context_of_cdk_json()))
