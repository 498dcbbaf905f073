"""`backproof derive`: derivations whose every "=" is checked."""

from __future__ import annotations

import json
from pathlib import Path

import click

from backproof.cli.output import FORMATS, OUT, deliver


@click.command()
@click.argument("name", metavar="[NAME|FILE]", required=False)
@FORMATS
@OUT
def derive(name: str | None, form: str, out: Path | None) -> int:
    """Show a derivation line by line, each "=" verified from the line before; or check one of your own.

    Without a name, a list of those that ship. A file holds expressions, one a line, each but the first beginning
    with "="; what follows a # is the reason. The exit status is 1 where a line does not follow.

    \b
      backproof derive
      backproof derive softmax-gradient
      backproof derive my-derivation.txt
    """
    from backproof.derivations.derivation import read_derivation
    from backproof.derivations.document import to_json
    from backproof.derivations.language import title_of
    from backproof.derivations.markdown import markdown
    from backproof.derivations.shipped import locate, shipped
    from backproof.derivations.terminal import Rendered
    from backproof.notation.table import plain, print_all

    if name is None:
        titles = {n: title_of(path) for n, path in shipped().items()}
        if form == "json":
            deliver(json.dumps(titles, ensure_ascii=False, indent=1) + "\n", out)
            return 0
        width = max(map(len, titles))
        deliver("".join(f"{n:<{width}}  {title}\n" for n, title in titles.items()), out)
        return 0
    found = read_derivation(locate(name))
    if form == "json":
        deliver(to_json(found), out)
    elif form == "markdown":
        deliver(markdown(found), out)
    elif out is not None:
        deliver(plain(Rendered(found)), out)
    else:
        print_all([Rendered(found)])
    return 0 if found else 1
