"""The function of a program that walks over data: batch by batch on all threads, one by one, to learn or to ask."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from math import prod
from typing import Any

from backproof.compiled.assembly import LOSS, SHARE, WEIGHT, Assembly, inward
from backproof.compiled.chance import FIRST, GOLDEN, SECOND
from backproof.compiled.kernels import RATE, Kernel
from backproof.compiled.layout import Memory
from backproof.compiled.memory import Buffer
from backproof.compiled.state import I1, I32, I64, POINTER

ir: Any = import_module("llvmlite.ir")

DOUBLE = ir.DoubleType()
FIELDS = (
    "shared", "arenas", "sums", "order", "count", "first", "batches", "rates", "losses", "stopped", "barrier",
    "threads", "outputs", "seed", "steps", "rate_step",
)  # fmt: skip
"""What a run is told, each in 8 bytes; then where the data are, and where gradients of the inputs are to be put."""


class Driver:
    """The function that runs batches: `run(what it is told, the number of this thread)`."""

    def __init__(self, module: Any, whole: Assembly, memory: Memory, functions: dict[int, Any]) -> None:
        self.module, self.whole, self.memory, self.functions = module, whole, memory, functions
        self.scalar = ir.FloatType() if whole.options.width == 4 else ir.DoubleType()
        f = self.f = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER, I64]), "run")
        f.attributes.add("nounwind")
        self.b = ir.IRBuilder(f.append_basic_block("entry"))
        self.told, self.thread = f.args
        self.own: dict[str, Any] = {}
        self.homes: list[tuple[Any, Any, int]] = []
        """What was taken into registers and goes back at the end: where to, from where, how many bytes."""

    def field(self, name: str, kind: Any = I64) -> Any:
        at = [*FIELDS, *self.whole.given, *inward(self.whole.network)].index(name)
        return self.b.load(self.b.gep(self.told, [I64(at)], source_etype=I64), typ=kind)

    def offset(self, base: Any, count: Any) -> Any:
        return self.b.gep(base, [I64(count) if isinstance(count, int) else count], source_etype=ir.IntType(8))

    @property
    def batch(self) -> int:
        return self.whole.options.batch_size

    def pointer(self, name: str) -> Any:
        """The address of a buffer's first cell."""
        if name in self.own:
            return self.own[name]
        memory = self.memory
        if name in memory.shared:
            return self.offset(self.shared, memory.shared[name])
        if name in memory.arena:
            return self.offset(self.arena, memory.arena[name])
        if name in memory.sums:
            return self.offset(self.sums_here, memory.sums[name])
        base, _, group = name.rpartition("@")
        return self.offset(self.sums, int(group) * memory.sums_bytes + memory.sums[base])

    def call(self, pieces: list[Kernel]) -> None:
        for piece in pieces:
            f, names = self.functions[id(piece)]
            self.b.call(f, [self.pointer(name) for name in names])

    def loop(self, start: Any, end: Any, step: Any, body: Callable[[Any], None]) -> None:
        """`for i in range(start, end, step)`, where nothing may be."""
        head, check = self.b.block, self.f.append_basic_block("check")
        self.b.branch(check)
        self.b.position_at_end(check)
        i = self.b.phi(I64)
        i.add_incoming(start, head)
        inside, done = self.f.append_basic_block("inside"), self.f.append_basic_block("done")
        self.b.cbranch(self.b.icmp_signed("<", i, end), inside, done)
        self.b.position_at_end(inside)
        body(i)
        i.add_incoming(self.b.add(i, step), self.b.block)
        self.b.branch(check)
        self.b.position_at_end(done)

    def write(self) -> None:
        whole = self.whole
        self.shared, self.sums = self.field("shared", POINTER), self.field("sums", POINTER)
        arenas = self.field("arenas", POINTER)
        self.arena = self.offset(arenas, self.b.mul(self.thread, I64(self.memory.arena_bytes)))
        self.sums_here = self.sums
        self.order, self.count = self.field("order", POINTER), self.field("count")
        self.data = {name: self.field(name, POINTER) for name in whole.given}
        self.rates, self.losses = self.field("rates", POINTER), self.field("losses", POINTER)
        self.stopped = self.field("stopped", POINTER)
        self.batches = self.field("batches")
        if whole.purpose == "predict":
            self.predict()
        elif whole.purpose == "differentiate":
            self.differentiate()
        elif whole.fused:
            self.one_by_one()
        else:
            self.by_batches()
        self.b.ret_void()

    # One datum at a time

    def one_by_one(self) -> None:
        whole = self.whole
        if whole.tiny:
            self.in_registers()
        self.begin_backward()
        done = self.f.append_basic_block("finished")

        def step(i: Any) -> None:
            row = self.b.load(self.b.gep(self.order, [i], source_etype=I64), typ=I64)
            for name, shape in whole.given.items():
                buffer = whole.buffers[name]
                size = prod(shape) * (8 if buffer.places else whole.options.width)
                source = self.offset(self.data[name], self.b.mul(row, I64(size)))
                if whole.tiny and not buffer.places:
                    self.own[name] = source
                else:
                    self.rows(self.pointer(name), source, buffer)
            self.draw(self.b.add(self.field("steps"), i), I64(0), I64(0))
            self.rate(i)
            self.call(whole.forward)
            loss = self.b.load(self.pointer(LOSS), typ=self.scalar)
            self.note(i, loss)
            going, broken = self.f.append_basic_block("going"), self.f.append_basic_block("broken")
            self.b.cbranch(self.finite(loss), going, broken)
            self.b.position_at_end(broken)
            self.b.store(self.b.add(i, I64(1)), self.stopped)
            self.b.branch(done)
            self.b.position_at_end(going)
            self.call(whole.backward)

        self.loop(I64(0), self.count, I64(1), step)
        self.b.branch(done)
        self.b.position_at_end(done)
        for outside, inside, size in self.homes:
            self.copy(outside, inside, size)

    def differentiate(self) -> None:
        """Each datum's loss, and its gradient put where it is wanted."""
        whole = self.whole
        self.begin_backward()

        def step(i: Any) -> None:
            for name, shape in whole.given.items():
                buffer = whole.buffers[name]
                size = prod(shape) * (8 if buffer.places else whole.options.width)
                source = self.offset(self.data[name], self.b.mul(i, I64(size)))
                row_of_vectors = len(shape) == 1 and shape[0] % whole.options.lanes == 0  # else one reads past its end
                if row_of_vectors and not whole.network.layers and not buffer.places:
                    self.own[name] = source
                else:
                    self.rows(self.pointer(name), source, buffer)
            self.draw(self.field("steps"), i, I64(0))
            for name in inward(whole.network):
                size = prod(whole.shapes[name]) * whole.options.width
                self.own[name] = self.offset(self.field(name, POINTER), self.b.mul(i, I64(size)))
            self.call(whole.forward)
            self.note(i, self.b.load(self.pointer(LOSS), typ=self.scalar))
            self.call(whole.backward)

        self.loop(I64(0), self.count, I64(1), step)

    def begin_backward(self) -> None:
        """The derivative of the loss by itself is 1."""
        for seed in self.whole.seeds:
            if seed in self.whole.buffers:
                for k in range(self.whole.buffers[seed].cells):
                    self.b.store(self.scalar(1), self.b.gep(self.pointer(seed), [I64(k)], source_etype=self.scalar))

    def in_registers(self) -> None:
        """Everything in variables of the function, which LLVM keeps in registers."""
        whole = self.whole
        for name, buffer in whole.buffers.items():
            if name in whole.given and not buffer.places:
                continue
            kind = I32 if buffer.places else self.scalar
            inside = self.b.alloca(ir.ArrayType(kind, max(1, buffer.cells)))
            inside.type = POINTER
            self.own[name] = inside
            if name in self.memory.shared and name != RATE:
                size = buffer.cells * whole.options.width
                outside = self.offset(self.shared, self.memory.shared[name])
                self.copy(inside, outside, size)
                self.homes.append((outside, inside, size))

    def rate(self, i: Any) -> None:
        """The learning rate of this batch put where updates read it."""
        if RATE in self.whole.buffers:
            at = self.b.mul(i, self.field("rate_step"))
            rate = self.b.load(self.b.gep(self.rates, [at], source_etype=self.scalar), typ=self.scalar)
            self.b.store(rate, self.pointer(RATE))

    def note(self, i: Any, loss: Any) -> None:
        """A loss handed out, in double width."""
        wide = loss if self.scalar == DOUBLE else self.b.fpext(loss, DOUBLE)
        self.b.store(wide, self.b.gep(self.losses, [i], source_etype=DOUBLE))

    def finite(self, x: Any) -> Any:
        return self.b.fcmp_ordered("==", self.b.fsub(x, x), self.scalar(0))

    def copy(self, to: Any, source: Any, size: Any) -> None:
        kind = ir.FunctionType(ir.VoidType(), [POINTER, POINTER, I64, I1])
        f = self.module.globals.get("llvm.memcpy.p0.p0.i64") or ir.Function(self.module, kind, "llvm.memcpy.p0.p0.i64")
        self.b.call(f, [to, source, I64(size) if isinstance(size, int) else size, I1(0)])

    def rows(self, to: Any, source: Any, buffer: Buffer) -> None:
        """One datum copied to where it is worked on, row by row where there is room around it."""
        if buffer.places:
            self.classes(to, source, buffer)
            return
        width = self.whole.options.width
        if not buffer.halo:
            self.copy(to, source, prod(buffer.shape) * width)
            return
        *outer, length = buffer.shape

        def axis(k: int, at: Any, start: Any) -> None:
            if k == len(outer):
                self.copy(
                    self.offset(to, self.b.mul(at, I64(width))),
                    self.offset(source, self.b.mul(start, I64(width))),
                    length * width,
                )
                return
            rest = prod(buffer.shape[k + 1 :])
            self.loop(I64(0), I64(outer[k]), I64(1), lambda i: axis(
                k + 1, self.b.add(at, self.b.mul(i, I64(buffer.strides[k]))), self.b.add(start, self.b.mul(i, I64(rest)))
            ))  # fmt: skip

        axis(0, I64(0), I64(0))

    def clear(self, to: Any, size: int) -> None:
        kind = ir.FunctionType(ir.VoidType(), [POINTER, ir.IntType(8), I64, I1])
        f = self.module.globals.get("llvm.memset.p0.i64") or ir.Function(self.module, kind, "llvm.memset.p0.i64")
        self.b.call(f, [to, ir.IntType(8)(0), I64(size), I1(0)])

    # Batches

    def least(self, a: Any, b: Any) -> Any:
        return self.b.select(self.b.icmp_signed("<", a, b), a, b)

    def by_batches(self) -> None:
        whole = self.whole
        threads = self.field("threads")
        done = self.f.append_basic_block("finished")
        first_thread = self.b.icmp_signed("==", self.thread, I64(0))

        def batch(i: Any) -> None:
            start = self.b.mul(i, I64(self.batch))
            n = self.least(I64(self.batch), self.b.sub(self.count, start))

            def group(g: Any) -> None:
                self.sums_here = self.offset(self.sums, self.b.mul(g, I64(self.memory.sums_bytes)))
                begin = self.b.mul(g, I64(whole.group))
                end = self.least(self.b.add(begin, I64(whole.group)), n)
                if whole.adds:
                    self.clear(self.sums_here, self.memory.sums_bytes)
                else:
                    for name in (LOSS, SHARE):
                        if name in self.memory.sums:
                            self.b.store(self.scalar(0), self.pointer(name))

                def chunk(c: Any) -> None:
                    self.stage(start, c, n, self.b.add(self.field("steps"), i))
                    self.call(whole.forward)
                    self.call(whole.backward)

                self.loop(begin, end, I64(whole.samples), chunk)

            self.loop(self.thread, I64(whole.groups), threads, group)
            self.sums_here = self.sums
            self.wait(threads)
            with self.b.if_then(first_thread):
                self.own[LOSS] = self.offset(self.sums, whole.groups * self.memory.sums_bytes)
                self.rate(i)
                join, *rest = whole.update
                self.call([join])
                loss = self.b.load(self.pointer(LOSS), typ=self.scalar)
                self.note(i, loss)
                with self.b.if_else(self.finite(loss)) as (good, bad):
                    with good:
                        self.call(rest)
                    with bad:
                        self.b.store(self.b.add(i, I64(1)), self.stopped)
                del self.own[LOSS]
            self.wait(threads)
            stop = self.b.load(self.stopped, typ=I64)
            going = self.f.append_basic_block("going")
            self.b.cbranch(self.b.icmp_signed("==", stop, I64(0)), going, done)
            self.b.position_at_end(going)

        self.loop(I64(0), self.batches, I64(1), batch)
        self.b.branch(done)
        self.b.position_at_end(done)

    def stage(self, start: Any, chunk: Any, n: Any, step: Any) -> None:
        """The data of a chunk put side by side; the last datum again where there are too few, with weight 0."""
        whole = self.whole

        def one(s: Any) -> None:
            at = self.b.add(chunk, s)
            inside = self.b.icmp_signed("<", at, n)
            row = self.b.add(start, self.b.select(inside, at, self.b.sub(n, I64(1))))
            row = self.b.load(self.b.gep(self.order, [row], source_etype=I64), typ=I64)
            if WEIGHT in whole.buffers:
                weight = self.b.select(inside, self.scalar(1), self.scalar(0))
                self.b.store(weight, self.b.gep(self.pointer(WEIGHT), [s], source_etype=self.scalar))
            for name, shape in whole.given.items():
                buffer = whole.buffers[name]
                kind = I32 if buffer.places else self.scalar
                size = prod(shape) * (8 if buffer.places else whole.options.width)
                source = self.offset(self.data[name], self.b.mul(row, I64(size)))
                target = self.b.gep(self.pointer(name), [self.b.mul(s, I64(buffer.sample))], source_etype=kind)
                if buffer.places:
                    self.classes(target, source, buffer)
                elif not whole.across:
                    self.rows(target, source, buffer)
                else:

                    def cell(k: Any, source: Any = source, target: Any = target, buffer: Buffer = buffer) -> None:
                        value = self.b.load(self.b.gep(source, [k], source_etype=self.scalar), typ=self.scalar)
                        self.b.store(value, self.b.gep(target, [self.lies(k, buffer)], source_etype=self.scalar))

                    self.loop(I64(0), I64(prod(shape)), I64(1), cell)
            self.draw(step, at, s)

        self.loop(I64(0), I64(whole.samples), I64(1), one)

    def lies(self, k: Any, buffer: Buffer) -> Any:
        """Where the k-th cell of one sample lies."""
        place: Any = I64(0)
        for n, stride in reversed(list(zip(buffer.shape, buffer.strides, strict=True))):
            place = self.b.add(place, self.b.mul(self.b.urem(k, I64(n)), I64(stride)))
            k = self.b.udiv(k, I64(n))
        return place

    def classes(self, to: Any, source: Any, buffer: Buffer) -> None:
        """Whole numbers of 64 bits copied as 32."""

        def cell(k: Any) -> None:
            value = self.b.trunc(self.b.load(self.b.gep(source, [k], source_etype=I64), typ=I64), I32)
            self.b.store(value, self.b.gep(to, [self.lies(k, buffer)], source_etype=I32))

        self.loop(I64(0), I64(prod(buffer.shape)), I64(1), cell)

    def draw(self, step: Any, place: Any, sample: Any) -> None:
        """The random numbers of one datum; `chance.drawn` says which."""
        for number, (name, shape) in enumerate(self.whole.chance.items()):
            buffer = self.whole.buffers[name]
            key = self.mixed(self.field("seed"))
            for part in (step, place, I64(number)):
                key = self.mixed(self.b.xor(key, part))
            kept = 24 if self.whole.options.width == 4 else 53
            base = self.b.gep(self.pointer(name), [self.b.mul(sample, I64(buffer.sample))], source_etype=self.scalar)

            def cell(k: Any, buffer: Buffer = buffer, key: Any = key, base: Any = base, kept: int = kept) -> None:
                bits = self.b.lshr(self.mixed(self.b.xor(key, k)), I64(64 - kept))
                u = self.b.fmul(self.b.uitofp(bits, self.scalar), self.scalar(2.0**-kept))
                self.b.store(u, self.b.gep(base, [self.lies(k, buffer)], source_etype=self.scalar))

            self.loop(I64(0), I64(prod(shape)), I64(1), cell)

    def mixed(self, x: Any) -> Any:
        x = self.b.add(x, I64(GOLDEN))
        x = self.b.mul(self.b.xor(x, self.b.lshr(x, I64(30))), I64(FIRST))
        x = self.b.mul(self.b.xor(x, self.b.lshr(x, I64(27))), I64(SECOND))
        return self.b.xor(x, self.b.lshr(x, I64(31)))

    def wait(self, threads: Any) -> None:
        """Until every thread has come here."""
        alone = self.b.icmp_signed("==", threads, I64(1))
        meet, on = self.f.append_basic_block("meet"), self.f.append_basic_block("on")
        self.b.cbranch(alone, on, meet)
        self.b.position_at_end(meet)
        counter = self.field("barrier", POINTER)
        turn = self.offset(counter, 64)
        mine = self.b.load_atomic(turn, "monotonic", 8, typ=I64)
        come = self.b.atomic_rmw("add", counter, I64(1), "acq_rel")
        last, spin = self.f.append_basic_block("last"), self.f.append_basic_block("spin")
        self.b.cbranch(self.b.icmp_signed("==", come, self.b.sub(threads, I64(1))), last, spin)
        self.b.position_at_end(last)
        self.b.atomic_rmw("xchg", counter, I64(0), "monotonic")
        self.b.atomic_rmw("xchg", turn, self.b.add(mine, I64(1)), "release")
        self.b.branch(on)
        self.b.position_at_end(spin)
        rest = self.module.globals.get("sched_yield") or ir.Function(
            self.module, ir.FunctionType(I32, []), "sched_yield"
        )
        self.b.call(rest, [])
        now = self.b.load_atomic(turn, "acquire", 8, typ=I64)
        self.b.cbranch(self.b.icmp_signed("==", now, mine), spin, on)
        self.b.position_at_end(on)

    # Prediction

    def predict(self) -> None:
        whole = self.whole
        outputs = self.field("outputs", POINTER)
        prediction = whole.buffers[whole.network.prediction]
        size = prod(prediction.shape)
        first = self.field("first")
        for name in (LOSS, SHARE):
            if name in self.memory.sums:
                self.b.store(self.scalar(0), self.pointer(name))

        def chunk(c: Any) -> None:
            self.stage(I64(0), c, self.count, I64(0))
            self.call(whole.forward)

            def row(s: Any) -> None:
                at = self.b.add(c, s)
                with self.b.if_then(self.b.icmp_signed("<", at, self.count)):
                    target = self.b.gep(outputs, [self.b.mul(at, I64(size))], source_etype=self.scalar)
                    source = self.b.gep(
                        self.pointer(whole.network.prediction),
                        [self.b.mul(s, I64(prediction.sample))],
                        source_etype=self.scalar,
                    )
                    self.out(prediction, source, target)

            self.loop(I64(0), I64(whole.samples), I64(1), row)

        self.loop(first, self.count, I64(whole.samples), chunk)
        if LOSS in self.memory.sums:
            self.note(I64(0), self.b.load(self.pointer(LOSS), typ=self.scalar))
            self.note(
                I64(1),
                self.b.load(self.pointer(SHARE), typ=self.scalar) if SHARE in self.memory.sums else self.scalar(1),
            )

    def out(self, buffer: Buffer, source: Any, target: Any) -> None:
        """One sample's numbers in the order in which they are written."""

        def axis(k: int, at: Any, to: Any) -> None:
            if k == len(buffer.shape):
                value = self.b.load(self.b.gep(source, [at], source_etype=self.scalar), typ=self.scalar)
                self.b.store(value, self.b.gep(target, [to], source_etype=self.scalar))
                return
            rest = prod(buffer.shape[k + 1 :])

            def step(i: Any) -> None:
                axis(
                    k + 1,
                    self.b.add(at, self.b.mul(i, I64(buffer.strides[k]))),
                    self.b.add(to, self.b.mul(i, I64(rest))),
                )

            self.loop(I64(0), I64(buffer.shape[k]), I64(1), step)

        axis(0, I64(0), I64(0))
