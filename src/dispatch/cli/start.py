"""Commands that start something: ``demo``, ``up``, ``serve``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.common import DEFAULT_NATS, AsJson, Nats, complain, run
from dispatch.model.errors import SettingError
from dispatch.services.clock import clock_named
from dispatch.services.secret import read_secret

WORLDS = "estate, advisers, home-help, mall or health-visits"
"""Named here as well, so that no other command loads what it takes to play them; a test compares the two."""
_REBUILD = typer.Option("--rebuild", help="First remove the read models; they are built again from the log.")
_CLOCK = typer.Option("--clock", help="system, or follow: as late as the latest message, to import what is past.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    for command in COMMANDS.values():
        app.command()(command)


def demo(
    world: Annotated[str, typer.Option(help=f"Which world: {WORLDS}.")] = "estate",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the days.")] = 1,
    headless: Annotated[bool, typer.Option("--headless", help="No board; end when the days are over.")] = False,
    as_json: AsJson = False,
    data: Annotated[Path | None, typer.Option(help="Keep the log here; a temporary folder otherwise.")] = None,
) -> None:
    """Play a day of an estate, or another world, in fast motion and check every promise against the log."""
    from dispatch.demo.command import run_demo

    quiet = headless or as_json or not sys.stdout.isatty()
    raise typer.Exit(run(run_demo(headless=quiet, as_json=as_json, seed=seed, data_dir=data, world=world)))


def up(
    data: Annotated[Path, typer.Option(help="Folder that keeps everything; made if it is not there.")] = Path("data"),
    nats_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the NATS server.")] = 4222,
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the board and HTTP interface.")] = 8080,
    host: Annotated[str, typer.Option(help="Address to listen on; loopback unless you say otherwise.")] = "127.0.0.1",
    clock: Annotated[str, _CLOCK] = "system",
    rebuild: Annotated[bool, _REBUILD] = False,
) -> None:
    """Start everything: an embedded NATS server, desk, planner, projector and web. Ctrl-C ends it."""
    from dispatch.services.up import Up
    from dispatch.services.up import up as run_up

    clock_named(clock)

    def announce(nats_url: str, http_url: str) -> None:
        complain(f"Dispatch serves. Board: {http_url}  NATS: {nats_url}  Data: {data}")

    how = Up(data_dir=data, nats_port=nats_port, http_port=http_port, host=host, clock=clock, rebuild=rebuild)
    run(run_up(how, announce))


def serve(
    service: Annotated[str, typer.Argument(help="desk, planner, projector or web.")],
    nats: Nats = DEFAULT_NATS,
    replicas: Annotated[
        int, typer.Option(min=1, max=5, envvar="DISPATCH_REPLICAS", help="Copies of each stream, on a NATS cluster.")
    ] = 1,
    clock: Annotated[str, _CLOCK] = "system",
    monitor: Annotated[
        str | None,
        typer.Option(
            envvar="DISPATCH_MONITOR",
            help="Monitoring addresses of the servers, joined by commas, to check that they fsync.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="web: address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="web: port to listen on.")] = 8080,
    rebuild: Annotated[bool, _REBUILD] = False,
    secret_file: Annotated[
        Path | None,
        typer.Option(envvar="DISPATCH_SECRET_FILE", help="planner: a secret in a file; rounds are drawn by it."),
    ] = None,
) -> None:
    """Run one service against any NATS server, until told to stop."""
    from dispatch.services.wiring import Settings

    monitors = tuple(filter(None, (one.strip() for one in (monitor or "").split(","))))
    secret = read_secret(secret_file) if secret_file is not None and service == "planner" else None
    settings = Settings(url=nats, replicas=replicas, clock=clock_named(clock), monitor_urls=monitors, secret=secret)
    if rebuild and service != "projector":
        raise SettingError(f"--rebuild is for the projector, not the {service}.")
    if service == "web":
        from dispatch.web.serve import web

        run(web(settings, host, port))
        return
    # Half of what the other services load is what answers questions, which the web does not need.
    from dispatch.services import run as services

    match service:
        case "desk":
            run(services.desk(settings))
        case "planner":
            run(services.planner(settings))
        case "projector":
            run(services.projector(settings, rebuilding=rebuild))
        case _:
            raise SettingError(f"There is no service {service!r}.", hint="desk, planner, projector or web was meant.")


COMMANDS: Mapping[str, Callable[..., None]] = {"demo": demo, "up": up, "serve": serve}
