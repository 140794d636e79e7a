"""`lineside up`: the plant in one process."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

_STARTED = time.monotonic()

DATA = Path("lineside-data")
DEMO_TICK_SECONDS = 10.0


def up(
    demo: Annotated[bool, typer.Option("--demo", help="Add a simulated cookie line, and watch it fail.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="The data folder. \\[default: ./lineside-data; with --demo a temporary one]")
    ] = None,
    site: Annotated[Path | None, typer.Option(help="The site file. \\[default: none; every device is watched]")] = None,
    port: Annotated[int, typer.Option(help="Port of the HTTP API; 0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(help="Address of the HTTP API.")] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further name under which the API may be called.")
    ] = None,
    tick: Annotated[
        float | None, typer.Option(help="Seconds between two looks at a line. \\[default: 300; with --demo 10]")
    ] = None,
    mqtt_port: Annotated[int, typer.Option(help="Port of the broker; 0 takes a free one.")] = 1883,
    mqtt_host: Annotated[str, typer.Option(help="Address of the broker; 0.0.0.0 for a plant's network.")] = "127.0.0.1",
    mqtt_cert: Annotated[Path | None, typer.Option(help="Certificate (PEM): the broker then speaks TLS.")] = None,
    mqtt_key: Annotated[Path | None, typer.Option(help="The certificate's key (PEM).")] = None,
    broker: Annotated[
        str, typer.Option(envvar="LINESIDE_BROKER", help="An external broker: mqtt://user:password@host:port.")
    ] = "",
    aws_iot: Annotated[
        str, typer.Option(envvar="LINESIDE_AWS_IOT", help="An AWS IoT endpoint that may command the machines here.")
    ] = "",
    aws_iot_certificate: Annotated[
        Path | None, typer.Option(help="The plant's certificate at AWS IoT (PEM). \\[needed with --aws-iot]")
    ] = None,
    aws_iot_key: Annotated[
        Path | None, typer.Option(help="The certificate's key (PEM). \\[needed with --aws-iot]")
    ] = None,
    aws_iot_ca: Annotated[
        Path | None, typer.Option(help="Amazon's root certificate (PEM). \\[default: the system's authorities]")
    ] = None,
    aws_iot_client: Annotated[
        str, typer.Option(help="The client id at AWS IoT. \\[default: lineside- and the site]")
    ] = "",
    notify: Annotated[
        list[str] | None, typer.Option(envvar="LINESIDE_NOTIFY", help="Tell people here as well: an Apprise address.")
    ] = None,
    token: Annotated[
        str, typer.Option(envvar="LINESIDE_TOKEN", help="The API's token. \\[default: a new one at each start]")
    ] = "",
    models: Annotated[
        Path | None,
        typer.Option(
            envvar="LINESIDE_MODELS", help="The models file. \\[default: none; the offline model answers by quoting]"
        ),
    ] = None,
    training: Annotated[
        Path | None, typer.Option(help="The training file: what a canary must show. \\[default: the usual]")
    ] = None,
    console: Annotated[
        Path | None, typer.Option(help="The built console. \\[default: frontend/dist beside the program]")
    ] = None,
    oidc_issuer: Annotated[
        str, typer.Option(envvar="LINESIDE_OIDC_ISSUER", help="An OpenID Connect provider whose people may sign in.")
    ] = "",
    oidc_client: Annotated[
        str, typer.Option(envvar="LINESIDE_OIDC_CLIENT", help="The console's client id at that provider.")
    ] = "",
    svg: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the plant: broker, ingest, twin, advisor, assistant, API, console. Ends on Ctrl-C, with everything stored."""
    from edge.run import Watching, run_plant
    from edge.settings import settings_from

    with Watching(demo=demo, started=_STARTED, svg=svg, environ=os.environ).data_folder(
        data or (None if demo else DATA)
    ) as watching:
        settings = settings_from(
            data=watching.data,
            site_file=site,
            host=host,
            port=port,
            allow_hosts=tuple(allow_host or ()),
            mqtt_host=mqtt_host,
            mqtt_port=mqtt_port,
            mqtt_certificate=mqtt_cert,
            mqtt_key=mqtt_key,
            broker=broker,
            aws_iot=aws_iot,
            aws_iot_certificate=aws_iot_certificate,
            aws_iot_key=aws_iot_key,
            aws_iot_ca=aws_iot_ca,
            aws_iot_client=aws_iot_client,
            notify=tuple(notify or ()),
            token=token,
            models_file=models,
            training_file=training,
            console=console,
            oidc_issuer=oidc_issuer,
            oidc_client=oidc_client,
            tick_seconds=tick if tick is not None else (DEMO_TICK_SECONDS if demo else None),
            any_port_if_taken=demo,
        )
        run_plant(settings, watching)
