"""`lineside releases`: which model answers, which one did, and how to take it back."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from edge.cli.evaluate import evaluate

if TYPE_CHECKING:
    from edge.release_sides import Side
    from lineside.api.models import Body
    from lineside.api.release_models import ReleasesView, ReleaseView

Asked = TypeVar("Asked", bound="Body")
DATA = Path("lineside-data")
TOKEN_ENV = "LINESIDE_TOKEN"  # noqa: S105 - a variable's name
WITHIN = "It takes effect within 30 seconds, in everything that runs."

releases_app = typer.Typer(
    help="Lists the versions of the fine-tuned model, lets one answer, and takes it back.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
releases_app.command()(evaluate)

Data = Annotated[Path, typer.Option("--data", help="The plant's data folder; the plant may be running.")]
Api = Annotated[
    str, typer.Option("--api", envvar="LINESIDE_API", help="Instead of a data folder: the address of a Lineside.")
]
TokenEnv = Annotated[str, typer.Option("--token-env", help="The variable that holds a token for --api.")]
By = Annotated[str, typer.Option("--by", help="Who does it, for the record. \\[default: who is signed in here]")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")]
Id = Annotated[str, typer.Argument(help="The release.", metavar="RELEASE")]


@releases_app.command()
def cost(
    settings: Annotated[Path, typer.Option("--settings", help="The cloud's training.yaml.")],
    pairs: Annotated[int, typer.Option("--pairs", min=1, help="Questions and answers to be written.")] = 1_000,
    questions: Annotated[int, typer.Option("--questions", min=1, help="Held-out questions that are judged.")] = 150,
    windows_a_day: Annotated[
        float, typer.Option("--windows", min=0, help="Five-minute windows a day in which somebody asks.")
    ] = 8.0,
) -> None:
    """Estimate what a release in the cloud costs, and a month of serving it; from one dated file of prices."""
    from lineside.releases.costs import as_document, cost_table
    from lineside.releases.settings import read_release_settings

    chosen = read_release_settings(settings)
    table = cost_table(chosen, pairs=pairs, questions=questions, windows_a_day=windows_a_day)
    typer.echo(as_document(table))


@releases_app.command("list")
def list_releases(data: Data = DATA, api: Api = "", token_env: TokenEnv = TOKEN_ENV, as_json: Json = False) -> None:
    """Show every release, the newest first, and which one answers."""
    from edge.cli.release_tables import show_all

    with _side(data, api, token_env, may_be_empty=True) as side:
        view = side.all()
    typer.echo(view.model_dump_json(indent=2)) if as_json else show_all(view)


@releases_app.command()
def show(release: Id, data: Data = DATA, api: Api = "", token_env: TokenEnv = TOKEN_ENV, as_json: Json = False) -> None:
    """Show one release: what it is made from, how it was evaluated, how it did as canary, and who let it answer."""
    from edge.cli.release_tables import show_one

    with _side(data, api, token_env) as side:
        found, view = side.one(release), side.all()
    typer.echo(found.model_dump_json(indent=2)) if as_json else show_one(found, view)


@releases_app.command()
def promote(
    release: Id,
    canary: Annotated[
        float | None,
        typer.Option("--canary", max=0.5, help="Answer this share of the conversations only, 0.1 for 10 %."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "",
    data: Data = DATA,
    api: Api = "",
    token_env: TokenEnv = TOKEN_ENV,
    by: By = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Let an approved release answer everybody, or with --canary a share of the conversations."""
    from edge.release_preview import promoting
    from lineside.api.release_models import PromoteRelease

    if canary is not None and canary <= 0:
        raise typer.BadParameter("a share is above 0; leave it out to let everybody be answered", param_hint="--canary")
    given = _given(PromoteRelease, canary_share=canary or 0.0, reason=reason)
    with _side(data, api, token_env, by) as side:
        view = side.all()
        changes = promoting(view, side.one(release), given.canary_share)
        if _is_meant(changes, dry_run, yes, as_json):
            given = given.model_copy(update={"version": view.version})
            _tell(side.promote(release, given), changes, as_json)


@releases_app.command()
def rollback(
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    data: Data = DATA,
    api: Api = "",
    token_env: TokenEnv = TOKEN_ENV,
    by: By = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End the canary; where there is none, let the previous release answer again."""
    from edge.release_preview import rolling_back
    from lineside.api.release_models import RollBack

    if not reason.strip():
        raise typer.BadParameter("say why, for the record", param_hint="--reason")
    given = _given(RollBack, reason=reason)
    with _side(data, api, token_env, by) as side:
        view = side.all()
        changes = rolling_back(view)
        if _is_meant(changes, dry_run, yes, as_json):
            _tell(side.roll_back(given.model_copy(update={"version": view.version})), changes, as_json)


@releases_app.command()
def approve(
    release: Id,
    refuse: Annotated[bool, typer.Option("--refuse", help="Say no.")] = False,
    note: Annotated[str, typer.Option("--note", help="Why, for the record.")] = "",
    data: Data = DATA,
    api: Api = "",
    token_env: TokenEnv = TOKEN_ENV,
    by: By = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Say yes to a release that waits for a person, having seen its evaluation; with --refuse, say no."""
    from lineside.api.release_models import DecideRelease

    given = _given(DecideRelease, approved=not refuse, note=note)
    with _side(data, api, token_env, by) as side:
        if refuse or _is_approved(side.one(release), yes):
            _tell_one(side.decide(release, given), as_json)


@releases_app.command()
def add(
    model: Annotated[str, typer.Argument(help="What the plant's model server calls it.")],
    base: Annotated[
        str, typer.Option("--base", help="The model it was made from. \\[default: as its artifact says]")
    ] = "",
    dataset: Annotated[Path | None, typer.Option("--dataset", help="The dataset that it was trained on.")] = None,
    evaluation: Annotated[
        Path | None, typer.Option("--evaluation", help="The evaluation.json of `lineside releases evaluate`.")
    ] = None,
    artifact: Annotated[Path | None, typer.Option("--artifact", help="The folder of the merged weights.")] = None,
    release_id: Annotated[str, typer.Option("--id", help="Its name. \\[default: the model and the time]")] = "",
    approve_it: Annotated[bool, typer.Option("--approve", help="Approve it, having seen its evaluation.")] = False,
    data: Data = DATA,
    by: By = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Write down a model of the plant's own server as a release. It answers nobody before somebody promotes it."""
    from edge.folder import DataFolder
    from edge.release_adding import Given, keep, release_of
    from edge.release_sides import PlantSide
    from edge.releases import plant_releases
    from edge.timer import now_us
    from lineside.api.release_models import DecideRelease

    given = Given(model, base, dataset, evaluation, artifact, release_id)
    release = release_of(given, now_us(), datetime.now(UTC).strftime("%Y%m%d-%H%M%S"))
    with plant_releases(data, make=True) as releases:
        release = keep(releases.store, release, evaluation, DataFolder(data).reports)
        side = PlantSide(releases.desk, _who(by))
        shown = side.one(release.release_id)
        if approve_it and release.status == "waiting" and _is_approved(shown, yes):
            shown = side.decide(release.release_id, DecideRelease(approved=True))
    _tell_one(shown, as_json)


@contextmanager
def _side(data: Path, api: str, token_env: str, by: str = "", *, may_be_empty: bool = False) -> Iterator[Side]:
    """Where to work. This is the entry point, so the token is read here."""
    from edge.folder import DataFolder
    from edge.release_sides import api_side, plant_side
    from lineside.errors import Misconfigured

    if not api:
        if data.is_dir() and not (may_be_empty or DataFolder(data).releases.is_file()):
            # In a hurry, in another folder: "nothing to go back to" would be true, and no help.
            raise Misconfigured(f"no release was ever written down in {data}; name the plant's data folder with --data")
        with plant_side(data, _who(by)) as plant:
            yield plant
        return
    token = os.environ.get(token_env, "")
    if not token:
        raise Misconfigured(f"the variable {token_env} holds no token for {api}; --token-env names another")
    with api_side(api, token) as other:
        yield other


def _given(body: type[Asked], **said: object) -> Asked:
    """What a person gave, as the API takes it. Raises `Misconfigured` for what that refuses."""
    from pydantic import ValidationError

    from lineside.errors import Misconfigured

    try:
        return body(**said)
    except ValidationError as error:
        mistake = error.errors()[0]
        raise Misconfigured(f"--{mistake['loc'][0]}: {mistake['msg'][0].lower()}{mistake['msg'][1:]}") from None


def _who(by: str) -> str:
    """The person, for the record."""
    try:
        return (by.strip() or getpass.getuser()).encode("utf-8", "replace").decode()
    except (KeyError, OSError):
        return "command line"


def _is_meant(changes: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool) -> bool:
    """Whether to go on, once the person has seen what changes."""
    told = "\n".join(changes) or "Nothing changes."
    if dry_run:
        typer.echo(json.dumps({"changes": changes}, indent=2) if as_json else told)
        return False
    if yes or not changes or not sys.stdin.isatty():
        return True
    typer.echo(told, err=True)
    return typer.confirm("Is that what you want?", abort=True, err=True)


def _is_approved(release: ReleaseView, yes: bool) -> bool:
    """Whether the person approves, having seen the evaluation."""
    from edge.cli.release_tables import improvement

    if yes or not sys.stdin.isatty():
        return True
    typer.echo(f"{release.release_id}: {improvement(release.evaluation)}", err=True)
    return typer.confirm("Do you approve it?", abort=True, err=True)


def _tell(view: ReleasesView, changes: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        typer.echo(view.model_dump_json(indent=2))
        return
    typer.echo("\n".join((*changes, WITHIN)) if changes else "Nothing changes; it was so already.")


def _tell_one(release: ReleaseView, as_json: bool) -> None:
    from edge.cli.release_tables import improvement, plain

    if as_json:
        typer.echo(release.model_dump_json(indent=2))
        return
    typer.echo(f"{release.release_id} is {release.status.replace('_', ' ')}: {improvement(release.evaluation)}.")
    if release.reason:
        typer.echo(plain(release.reason))
    if release.status == "approved":
        typer.echo(f"Let it answer with: lineside releases promote {release.release_id} --canary 0.1")
    if release.status == "waiting":
        typer.echo(f"Approve it with: lineside releases approve {release.release_id}")
    if release.status == "evaluating":
        typer.echo(
            "Evaluate it with `lineside releases evaluate`, then add it again with the same --id and --evaluation."
        )
