"""`backproof prove`: rules, and the gradients of whole networks, proved."""

from __future__ import annotations

from pathlib import Path

import click

from backproof.cli.output import FORMATS, OUT, deliver, progress
from backproof.errors import BadFile, UnknownName


@click.command()
@click.argument("what", metavar="[RULE|FILE|EXAMPLE]...", nargs=-1)
@click.option("--cases", is_flag=True, help="Write out every case: its conditions, and what is computed there.")
@FORMATS
@OUT
def prove(what: tuple[str, ...], cases: bool, form: str, out: Path | None) -> int:
    """Prove that every backward is the derivative of its forward, on every branch.

    Without an argument all rules, each at the small shapes that exercise its options. With the name of a rule that
    one, claim by claim. With a problem file or an example its network: each rule at the shapes at hand, and the
    wiring between them. The exit status is 1 where anything was not proved.

    \b
      backproof prove
      backproof prove PReLU MaxPool2d
      backproof prove ReLU --cases
      backproof prove question-01
    """
    from backproof.front import prove as proof_of
    from backproof.notation.markdown import of_table
    from backproof.notation.table import grid, plain, print_all
    from backproof.proofs.document import to_json
    from backproof.proofs.markdown import markdown
    from backproof.proofs.terminal import Rendered, overview
    from backproof.rules import names

    titles = what or tuple(names())
    check(what)
    with progress() as watch:
        proofs = [
            proof_of(title, watch=lambda part, n=n, t=title: watch(n, len(titles), t)) for n, title in enumerate(titles)
        ]
    if form == "json":
        deliver(to_json(proofs, cases), out)
    elif form == "markdown":
        faults = [markdown(proof) for proof in proofs if what or not proof]
        deliver("\n".join([*faults, *([] if what else of_table(overview(proofs)))]), out)
    else:
        shown = [Rendered(proof, cases) for proof in proofs if what or not proof]
        whole = [*shown, *([] if what else [grid(overview(proofs))])]
        if out is not None:
            deliver("\n".join(map(plain, whole)), out)
        else:
            print_all(whole)
    return 0 if all(proofs) else 1


def check(what: tuple[str, ...]) -> None:
    """Refuse a name that nothing has, before the others have taken their time."""
    from backproof.examples import locate, names
    from backproof.rules import names as rules

    for name in what:
        if name not in rules():
            try:
                locate(name)
            except BadFile as error:
                if "/" in name or "." in name or Path(name).exists():
                    raise
                raise UnknownName("rule, file or example", name, [*rules(), *names()]) from error
