"""The command `mxlens`. Each subcommand is imported when it is called: `--help` stays instant."""

from __future__ import annotations

from importlib import import_module

import click

import analyzer

_COMMANDS = {
    "trace": "Show the way of a message from its headers.",
    "classify": "Classify every failure in bounces, mailboxes and logs.",
    "explain": "Say why an SMTP reply gets its verdict.",
    "report": "Make one self-contained HTML report.",
    "rules": "List, show, check and write rules.",
    "schema": "Print the JSON Schema of an output.",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"analyzer.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(analyzer.__version__, "-V", "--version", prog_name="mxlens")
def main() -> None:
    """Say what happened to a mail, where, why, and what to do.

    Data go to standard output, everything else to standard error. Exit codes: 0 done, 1 a --fail-on
    condition holds, 2 usage, 3 some input was unreadable (results are still given).
    """
