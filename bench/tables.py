"""The tables: printed, and put between the markers of docs/speed.md by `python -m bench.tables FILE [DOC]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from bench.works import MACS, batch_of

DOC = Path(__file__).parent.parent / "docs" / "speed.md"


def row(result: dict[str, Any], r: dict[str, Any]) -> str:
    """One work's contenders, for a terminal."""
    lines = [title(r)]
    for e in r["contenders"]:
        name = f"  {called(e):44}"
        if "rate" in e:
            low, high = e["rate_quartiles"]
            more = f"error {e['error']:.1e}" if e.get("error") is not None else ""
            if r["work"][0] == "softmax":
                scale = scaling(r)
                ulps = "" if e.get("ulps") is None else f"worst {e['ulps']:.1f} ULP"
                line = f"{1000 * e['seconds_a_step']:9.3f} ms  {e['seconds_a_step'] / scale if scale else 0:6.2f} × scaling  {ulps}"
            else:
                line = f"{e['rate']:14,.0f} {unit(r)} [{low:,.0f} … {high:,.0f}, best {e['rate_best']:,.0f}]{share(result, r, e)}  {more}"
        elif "wrong" in e:
            line = f"WRONG: {e['wrong']}"
        elif "dropped" in e:
            line = f"{batch_of(r['work']) / e['heat']:14,.0f} a second in the heat"
        else:
            line = f"skipped: {e.get('skipped', '')}"
        lines.append(name + line)
    return "\n".join(lines)


def title(r: dict[str, Any]) -> str:
    threads = f"{r['threads']} thread{'s' * (r['threads'] > 1)}"
    if r["work"][0] == "softmax":
        return f"softmax cross-entropy, {r['work'][1]} × {r['work'][2]}, {threads}"
    return r["work"][0] + (f", batch {r['work'][1]}" if len(r["work"]) > 1 else "") + f", {threads}"


def called(e: dict[str, Any]) -> str:
    return (
        e["library"]
        if e["form"] in ("", "compiled")
        else e["form"]
        if e["library"] == "C"
        else f"{e['library']} {e['form']}"
    )


def unit(r: dict[str, Any]) -> str:
    return "steps/s" if r["work"][0] == "question-1" else "data/s"


def scaling(r: dict[str, Any]) -> float:
    """Seconds of the scaling in place; 0 if it was not measured."""
    return next((e["seconds_a_step"] for e in r["contenders"] if e["form"] == "scaling alone" and "rate" in e), 0)


def gigaflops(r: dict[str, Any], e: dict[str, Any]) -> float:
    """Nominal: two for each multiply-add of forward and backward."""
    return 2 * sum(MACS[r["work"][0].removesuffix("-dense")]) * e["rate"] / 1e9


def share(result: dict[str, Any], r: dict[str, Any], e: dict[str, Any]) -> str:
    if r["work"][0] == "question-1":
        return ""
    g, peak = gigaflops(r, e), result.get("limits", {}).get("fma")
    return f"  {g:.1f} GFLOP/s" + (f", {100 * g / (peak * r['threads']):.0f} % of FMA" if peak else "")


def limits(result: dict[str, Any]) -> str:
    names = {
        "fma": "fused multiply-adds (C)",
        "numpy": "matrix product (NumPy's OpenBLAS)",
        "torch": "matrix product (PyTorch)",
    }
    return "\n".join(f"{names[key]:36} {value:8.1f} GFLOP/s, one core" for key, value in result["limits"].items())


def cold(result: dict[str, Any]) -> str:
    lines = []
    for part, heading in (
        ("compile", "LeNet-5 compiled, first step done"),
        ("process", "process: Question 1, 1,000 steps"),
    ):
        lines.append(heading)
        for e in result["cold"][part]:
            lines.append(
                f"  {called(e):44}" + (f"{e['median']:8.2f} s" if "median" in e else f"skipped: {e.get('skipped')}")
            )
    return "\n".join(lines)


def markdown(result: dict[str, Any]) -> str:
    """All that stands between the markers."""
    parts = [environment(result)]
    for name, heading in HEADINGS.items():
        rows = [r for r in result["rows"] if r["work"][0] == name]
        if rows:
            parts += [f"### {heading}", softmax_table(rows) if name == "softmax" else training_table(result, rows)]
    if "limits" in result:
        parts += ["### What one core can do", limits_table(result)]
    if "cold" in result:
        parts += ["### From nothing", cold_table(result)]
    return "\n\n".join(parts)


HEADINGS = {
    "question-1": "Question 1's network, one datum a step",
    "lenet": "LeNet-5",
    "mlp": "784-128-10, data with 80 of 100 zeros",
    "mlp-dense": "784-128-10, data without zeros",
    "softmax": "Softmax cross-entropy and its gradient",
}


def environment(result: dict[str, Any]) -> str:
    m = result["machine"]
    versions = ", ".join(
        dict.fromkeys(result["versions"][key] for key in result["versions"] if " " in result["versions"][key])
    )
    cpu = f"{m['cpu']} (family/model {m['family/model']}), {m['cores']} cores, {', '.join(m['flags'])}"
    return f"Measured on {result['date']}: {cpu}; {m['system']}, Python {m['python']}; {versions}."


def columns(rows: list[dict[str, Any]]) -> list[str]:
    """The families of contenders in the order of their first appearance."""
    return list(
        dict.fromkeys(family(e) for r in rows for e in r["contenders"] if "rate" in e and e["form"] != "scaling alone")
    )


def family(e: dict[str, Any]) -> str:
    return called(e | {"form": e["form"].split(",")[0]})


def grid(head: list[str], body: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def training_table(result: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """A line for each contender, a column for each row of the contest; the last line: ours beside the best peer."""
    names = columns(rows)
    head = [unit(rows[0])] + [title(r).partition(", ")[2] for r in rows]
    body = [[name] + [cell(result, r, entry(r, name)) for r in rows] for name in names]
    ratios = [ratio(r) for r in rows]
    if any(ratios):
        body.append(["**backproof beside the best other**"] + [f"**{x:.2f} ×**" if x else "" for x in ratios])
    return grid(head, body)


def entry(r: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The best variant of a family."""
    found = [e for e in r["contenders"] if "rate" in e and family(e) == name]
    return min(found, key=lambda e: e["seconds_a_step"], default=None)


def cell(result: dict[str, Any], r: dict[str, Any], e: dict[str, Any] | None) -> str:
    if e is None:
        return ""
    peak = result.get("limits", {}).get("fma")
    text = f"{three(e['rate'])}"
    return text if unit(r) == "steps/s" or not peak else f"{text} ({100 * gigaflops(r, e) / peak / r['threads']:.0f} %)"


def three(value: float) -> str:
    """Three figures, thousands marked."""
    digits = max(0, len(str(int(value))) - 3)
    return f"{round(value / 10**digits) * 10**digits:,}" if value >= 100 else f"{value:.3g}"


def ratio(r: dict[str, Any]) -> float:
    """Median over the rounds of ours beside the fastest other's, round by round; 0 without either. Above 1: ours is faster."""
    timed = [e for e in r["contenders"] if "rate" in e and e["form"] != "scaling alone"]
    ours = [e for e in timed if e["library"] == "backproof"]
    others = [e for e in timed if e["library"] != "backproof"]
    if not ours or not others:
        return 0
    best = min(others, key=lambda e: e["seconds_a_step"])
    pairs = zip(best["seconds"], ours[0]["seconds"], strict=False)
    ratios = sorted(b / best["steps"] * ours[0]["steps"] / o for b, o in pairs)
    return ratios[len(ratios) // 2]


def softmax_table(rows: list[dict[str, Any]]) -> str:
    head = ["times the scaling in place (worst error)"] + [f"{r['work'][1]} × {r['work'][2]}" for r in rows]
    body = []
    for name in columns(rows):
        found = [(r, entry(r, name)) for r in rows]
        cells = [
            f"{e['seconds_a_step'] / scaling(r):.2f} ({e['ulps']:.1f} ULP)" if e and scaling(r) else ""
            for r, e in found
        ]
        body.append([name, *cells])
    body.append(["the scaling itself"] + [f"{1000 * scaling(r):.2f} ms" for r in rows])
    return grid(head, body)


def limits_table(result: dict[str, Any]) -> str:
    lines = [line.rsplit("  ", 1) for line in limits(result).splitlines()]
    return grid(["", "best"], [[name.strip(), value.strip()] for name, value in lines])


def cold_table(result: dict[str, Any]) -> str:
    c = result["cold"]
    names = list(dict.fromkeys(called(e) for e in c["compile"] + c["process"]))
    find = lambda part, name: next((f"{e['median']:.2f} s" for e in c[part] if called(e) == name and "median" in e), "")
    head = ["", "LeNet-5 compiled", "process: Question 1, 1,000 steps"]
    return grid(head, [[name, find("compile", name), find("process", name)] for name in names])


def main(file: str, doc: str = str(DOC)) -> None:
    """Put the tables into the page."""
    text = Path(doc).read_text()
    before, rest = text.split("<!-- figures -->", 1)
    after = rest.split("<!-- /figures -->", 1)[1]
    figures = markdown(json.loads(Path(file).read_text()))
    Path(doc).write_text(f"{before}<!-- figures -->\n\n{figures}\n\n<!-- /figures -->{after}")


if __name__ == "__main__":
    main(*sys.argv[1:])
