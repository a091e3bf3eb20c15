"""`mxlens schema`."""

from __future__ import annotations

import json

import click

from analyzer.model.schema import SCHEMAS, schema


@click.command("schema")
@click.argument("name", type=click.Choice(sorted(SCHEMAS)))
def command(name: str) -> None:
    """Print the JSON Schema of an output: attempt, explain, problem or trace."""
    click.echo(json.dumps(schema(name), indent=2, ensure_ascii=False))
