"""The commands: list, show, new, log, twin, run, compare, city, validate, sensitivity; lab, app, print; completion.

Words come from the catalogues, so help and errors speak the user's language; whatever costs time to
import is imported inside the command that needs it.
"""

from __future__ import annotations

import click

from commsim.cli import city, doors, evidence, log, new, sensitivity, studies, twin  # noqa: F401
from commsim.cli.printed import print_json
from commsim.cli.spoken import SHELLS, Name, Words, everywhere, main
from commsim.errors import UserError, nearest


@main.command("completion", cls=Words)
@click.argument("shell", type=Name("shell"), metavar="bash|zsh|fish")
@everywhere
def completion(shell, as_json):
    """The script that teaches a shell to complete."""
    from click.shell_completion import ShellComplete, get_completion_class

    if shell not in SHELLS:
        raise UserError("shell_unknown", value=shell, allowed=", ".join(SHELLS),
                        nearest=nearest(shell, SHELLS))  # fmt: skip
    teacher = get_completion_class(shell)(main, {}, "commsim", "_COMMSIM_COMPLETE")
    script = ShellComplete.source(teacher)
    if as_json:
        return print_json({"shell": shell, "script": script})
    click.echo(script)
