"""Networks are proved; Question 1 a second way, as one expression; and no fault of the wiring goes unseen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import backproof as bp
from backproof import examples
from backproof.algebra.equality import zero
from backproof.arithmetic import symbol
from backproof.arithmetic.array import Array
from backproof.arithmetic.loops import cells
from backproof.arithmetic.symbol import Symbol, inner, sp, symbols
from backproof.examples import locate
from backproof.network.plan import Slot, flat, plan
from backproof.network.problem import read_problem
from backproof.proofs.network import prove_network, prove_problem
from backproof.proofs.rule import zeros
from backproof.proofs.wiring import wiring_claims
from record.networks import branched, mlp, regularised, softened

L = bp.Layer

# Proved


LARGE = ["lenet-5"]
"""Examples whose proof takes minutes."""


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(Path(examples.__file__).parent.glob("*.toml")) if path.stem not in LARGE],
    ids=lambda path: path.stem,
)
def test_the_problems_that_ship_are_proved(path):
    proof = prove_problem(read_problem(path))
    assert proof
    assert any("the wiring" in part.title for part in proof.parts)


def test_variants_are_proved_under_their_titles():
    groups = [part.group for part in prove_problem(read_problem(locate("question-01"))).parts]
    assert len(dict.fromkeys(groups)) == 3


LOSSES = [
    bp.HalfSquaredError(),
    bp.MSELoss(reduction="none"),
    bp.MSELoss(reduction="sum"),
    bp.CrossEntropyLoss(),
    bp.CrossEntropyLoss(label_smoothing="0.1", reduction="none"),
    bp.BCEWithLogitsLoss(pos_weight=(2,)),
]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.summary)
@pytest.mark.parametrize("build", [mlp, branched, softened, regularised])
def test_networks_are_proved_whatever_their_loss(build, loss):
    inputs, layers, _ = build(None)
    proof = bp.prove(bp.Network(inputs, layers, loss))
    assert proof
    assert rules_of(proof) >= {type(layer.rule).__name__ for layer in layers} | {type(loss).__name__}


def rules_of(proof):
    return {part.title.partition(" = ")[2].partition("(")[0].partition(" ")[0] for part in proof.parts}


def branching(loss, **options):
    """x goes two ways, u is read three times and r twice by one layer."""
    layers = [
        L("u", bp.Linear(out_features=2), "x"),
        L("r", bp.ReLU(), "u"),
        L("s", bp.Add(), ("u", "r", "r")),
        L("c", bp.Concat(), ("s", "x", "u")),
        L("y", bp.Linear(out_features=2), "c"),
    ]
    return bp.Network({"x": (2,)}, layers, loss, **options)


UPDATES = [bp.SGD(lr="0.1"), bp.SGD(lr="0.1", momentum="0.9", dampening="0.5"), bp.AdamW(lr="0.1", amsgrad=False)]


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update.summary)
def test_a_batch_with_an_update_is_proved(update):
    network = branching(bp.CrossEntropyLoss(), update=update)
    proof = prove_network(network, [{"x": [1, 2], "t": 0}, {"x": [3, 4], "t": 1}], batch=True)
    assert proof
    assert rules_of(proof) >= {"Reduction", "Add", "Concat", type(update).__name__}


def test_a_network_is_not_proved_if_one_of_its_rules_is_not():
    class Wrong(bp.Sigmoid):
        def backward(self, x, y, dy, dx):
            for i in cells(dx):
                dx[i] = dy[i] * y[i]

    layers = [L("u", bp.Linear(out_features=2)), L("v", Wrong())]
    proof = bp.prove(bp.Network({"x": (2,)}, layers, bp.MSELoss()))
    assert [part.title for part in proof.parts if part.status == "refuted"] == ["v = Wrong of u"]
    assert proof.counterexample


def test_a_network_without_a_loss_is_proved_without_wiring():
    proof = bp.prove(bp.Network({"x": (2,)}, [bp.Tanh()]))
    assert proof
    assert [part.title for part in proof.parts] == ["h1 = Tanh of x"]


# The same another way: a whole plan run on symbols, and its loss differentiated


def on_symbols(network, targets, batch=False):
    """Every quantity of a plan, run from end to end with a symbol for each input, parameter and target."""
    steps = plan(network, targets, batch, {})
    given = {**steps.given, **{Slot(name): network.shapes[name] for name in network.parameters}}
    known = {slot: symbols(f"{slot.name}{slot.datum or ''}", shape) for slot, shape in given.items()}
    known |= {slot: Array(shape, dict.fromkeys(Array(shape).indices(), ONE)) for slot, shape in steps.seeds.items()}
    for job in steps.jobs:
        written = {slot: zeros(slot.name, shape) for slot, shape in job.shapes.items()}
        arrays = {**arguments(job.reads, known), **arguments(job.writes, written)}
        getattr(job.rule.read(symbol.number), job.function)(**arrays)
        known |= written
    return known


ONE = Symbol(sp.Integer(1))


def arguments(slots, known):
    array = lambda each: list(map(known.get, each)) if isinstance(each, list) else known.get(each)
    return {argument: array(each) for argument, each in slots.items()}


def residuals(known, *quantities):
    """What is left of each gradient when SymPy's derivative of the whole loss is taken from it."""
    loss = inner(known[Slot("L")][()])
    for slot in [slot for slot in known if slot.name in quantities]:
        gradient = known[Slot(f"dL/d{slot.name}", slot.datum)]
        for index, cell in known[slot].items():
            yield zero(loss.diff(inner(cell)) - inner(gradient[index]))


@pytest.mark.parametrize("variant", [0, 1, 2], ids=["leaky ReLU", "a slope a cell", "one slope"])
def test_question_1_as_one_expression(variant):
    problem = read_problem(locate("question-01"))
    network = [problem, *problem.variants][variant].network
    found = list(residuals(on_symbols(network, [{"t": ()}]), "X", "W", "α"))
    assert len(found) == 16 + 4 + (0, 4, 1)[variant]
    assert all(found)


def test_question_1_as_one_expression_can_fail():
    known = on_symbols(read_problem(locate("question-01")).network, [{"t": ()}])
    known[Slot("dL/dW")][0, 1] = -known[Slot("dL/dW")][0, 1]
    assert [verdict.status for verdict in residuals(known, "W")] == ["proved", "refuted", "proved", "proved"]


@pytest.mark.parametrize("loss", [bp.MSELoss(), bp.HalfSquaredError(reduction="sum")], ids=lambda loss: loss.summary)
def test_a_batch_of_branches_as_one_expression(loss):
    network = branching(loss)
    known = on_symbols(network, [{"t": (2,)}, {"t": (2,)}], batch=True)
    found = list(residuals(known, "x", *network.parameters))
    assert len(found) == 2 * 2 + 4 + 2 + 12 + 2
    assert all(found)


# The wiring can fail


def wired(loss):
    """The plan of a batch in which quantities are read twice, with an update that has gone on for a while."""
    network = branching(loss, update=bp.SGD(lr="0.1", momentum="0.9", dampening="0.5"))
    state = {f"{name}.{kept}": None for name in network.parameters for kept in ("velocity", "started")}
    return plan(network, [{"t": (2,)}] * 2, True, state)


PLAN = wired(bp.MSELoss())
BACK = [pytest.param(job, id=f"{n}-{job.layer}-{job.rule.summary.partition('(')[0]}")
        for n, job in enumerate(PLAN.jobs) if job.direction != "forward"]  # fmt: skip
JOINS = [param for param in BACK if param.values[0].joins]


def faults(damaged):
    return [claim.reason for claim in wiring_claims(damaged) if claim.status != "proved"]


def with_jobs(*jobs):
    return replace(PLAN, jobs=jobs)


def exchanged(job, **changes):
    return with_jobs(*(replace(job, **changes) if other is job else other for other in PLAN.jobs))


def put(slots, old, new):
    return {a: [new if s == old else s for s in each] if isinstance(each, list) else new if each == old else each
            for a, each in slots.items()}  # fmt: skip


def tells(found, *slots):
    """Whether something is said of one of these quantities, a gradient's parts going by its name."""
    return any(slot.name.partition(" ")[0] in reason.split() for reason in found for slot in slots)


@pytest.mark.parametrize("loss", [bp.MSELoss(), bp.MSELoss(reduction="none")], ids=lambda loss: loss.reduction)
def test_the_wiring_of_an_undamaged_plan_is_proved(loss):
    assert len(wiring_claims(wired(loss))) == 5
    assert not faults(wired(loss))


@pytest.mark.parametrize("job", BACK)
@pytest.mark.parametrize("side", ["reads", "writes", "starts"])
def test_no_quantity_on_the_way_back_can_be_exchanged_for_another(job, side):
    every = {slot for other in PLAN.jobs for slot in (*other.read, *other.written)}
    for old in [slot for each in getattr(job, side).values() for slot in flat(each)]:
        for new in every - {old}:
            found = faults(exchanged(job, **{side: put(getattr(job, side), old, new)}))
            assert tells(found, Slot(job.layer), old, new), (old, new, found)


@pytest.mark.parametrize("job", JOINS)
def test_no_gradient_can_be_left_out_of_a_sum_or_counted_twice(job):
    (whole,), parts = job.written, job.reads["xs"]
    for wrong in [parts[:n] + parts[n + 1 :] for n in range(len(parts))] + [[*parts, part] for part in parts]:
        found = faults(exchanged(job, reads={"xs": wrong}))
        assert f"{whole.name} is not the sum over the uses of {whole.name.removeprefix('dL/d')}" in found


@pytest.mark.parametrize("job", [param for param in BACK if param.values[0].direction == "backward"])
def test_no_job_of_the_way_back_can_be_left_out(job):
    found = faults(with_jobs(*(other for other in PLAN.jobs if other is not job)))
    assert tells(found, Slot(job.layer), *job.written)


@pytest.mark.parametrize("job", PLAN.jobs, ids=lambda job: f"{job.layer}-{job.direction}")
def test_no_job_can_be_done_twice(job):
    assert tells(faults(with_jobs(*PLAN.jobs, job)), *job.written)


@pytest.mark.parametrize("job", PLAN.jobs, ids=lambda job: f"{job.layer}-{job.direction}")
def test_no_job_can_come_before_what_it_reads(job):
    computed = [slot for slot in job.read if PLAN.job(slot)]
    found = faults(with_jobs(job, *(other for other in PLAN.jobs if other is not job)))
    assert bool(found) == bool(computed)
    assert not computed or tells(found, *computed)


@pytest.mark.parametrize("seeds", [[], ["dL/dy"], ["dL/dL", "dL/dy"]], ids=str)
def test_the_way_back_can_begin_nowhere_else(seeds):
    (found,) = faults(replace(PLAN, seeds={Slot(name): () for name in seeds}))
    assert found.startswith("1 is handed in for")
    assert all(name in found for name in seeds)


def test_a_sum_that_is_no_sum_is_refuted():
    job = next(job for job in PLAN.jobs if job.joins)
    assert tells(faults(exchanged(job, rule=bp.Concat())), *job.written)


def test_an_update_with_the_gradient_of_another_parameter_is_refuted():
    first, second = [job for job in PLAN.jobs if job.direction == "update"][:2]
    found = faults(exchanged(first, reads=second.reads))
    assert tells(found, Slot(first.layer))


def test_a_fault_in_the_wiring_for_one_kind_of_target_is_not_lost(monkeypatch):
    from backproof.network.network import Network
    from backproof.proofs import network as proving
    from backproof.proofs.proof import Claim
    from backproof.rules import find

    found = iter(["refuted", "proved"])
    monkeypatch.setattr(proving, "wiring_claims", lambda plan: [Claim("it is joined", next(found))])
    proof = proving.prove_network(Network((2,), [find("Linear")(out_features=2)], find("CrossEntropyLoss")()))
    assert proof.status == "refuted"
