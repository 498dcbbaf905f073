"""Numbers as instructions: arithmetic, functions, comparisons, choices."""

from __future__ import annotations

from typing import Any

from backproof.arithmetic.code import (
    Code,
    Condition,
    Constant,
    Index,
    Largest,
    Load,
    Sum,
    whole,
)
from backproof.compiled import elementary
from backproof.compiled.access import Access
from backproof.compiled.state import I1, Point, ir, is_vector


class Numbers(Access):
    """Computes numbers at the points of a tile, out of others."""

    def value(self, number: Any, point: Point) -> Any:
        """A number at a point, as an LLVM value."""
        if isinstance(number, Code):
            found = self.values[number](point)
            return found[0] if isinstance(number, Largest) else found
        if isinstance(number, Index):
            at = self.whole(number, point)
            if not isinstance(at, int):
                return self.b.sitofp(at, self.vector if is_vector(at) else self.scalar)
            number = at
        return self.scalar(float(number))

    def compute(self, code: Code, point: Point) -> Any:
        if isinstance(code, Constant):
            return self.scalar(self.number(code.numeral))
        if isinstance(code, Load):
            return self.fetch(code.array, code.index, point)
        if code.op == "select":
            truth = self.condition(code.args[0], point)
            factored = self.factored(code, truth, point) if self.unroll_all else None
            if factored is not None:
                return factored
            a, b = self.alike(self.value(code.args[1], point), self.value(code.args[2], point), self.scalar)
            if is_vector(truth) or is_vector(a):
                truth = self.spread(truth, ir.VectorType(I1, self.lanes))
                a, b = (self.spread(x, self.vector) for x in (a, b))
            return self.b.select(truth, a, b)
        if code.op == "neg":
            return self.b.fneg(self.value(code.args[0], point))
        if code.op in ("add", "sub", "mul", "div"):
            a, b = self.alike(self.value(code.args[0], point), self.value(code.args[1], point), self.scalar)
            if code.op == "div" and self.shared_divisor(code, point):
                return self.divided(a, self.value(code.args[1], point))
            return getattr(self.b, "f" + code.op)(a, b, flags=self.flags)
        (inner,) = code.args
        if code.op == "exp" and isinstance(inner, Code) and inner.op == "sub":
            a, b = self.alike(self.value(inner.args[0], point), self.value(inner.args[1], point), self.scalar)
            return elementary.exp_of_difference(self.machines[self.lanes if is_vector(a) else 1], a, b)
        value = self.value(inner, point)
        machine = self.machines[self.lanes if is_vector(value) else 1]
        return machine.sqrt(value) if code.op == "sqrt" else getattr(elementary, code.op)(machine, value)

    def factored(self, code: Code, truth: Any, point: Point) -> Any:
        """A choice among products as a product of a choice: what is slow to come need not wait for it.

        0 or p · q is (0 or p) · q; x or k · x is (1 or k) · x. None where the arms are no such products.
        """
        arms = code.args[1:]
        for k, arm in enumerate(arms):
            other = arms[1 - k]
            if not isinstance(arm, Code) or arm.op != "mul":
                continue
            p, q = (self.value(factor, point) for factor in arm.args)
            if isinstance(other, int) and other == 0:
                first, rest = p, q
            elif isinstance(other, Code) and self.value(other, point) in (p, q):
                rest = self.value(other, point)
                first, other = (p if rest is q else q), 1
            else:
                continue
            pair = (first, self.scalar(float(other))) if k == 0 else (self.scalar(float(other)), first)
            return self.b.fmul(self.b.select(truth, *pair), rest, flags=self.flags)
        return None

    def divided(self, top: Any, bottom: Any) -> Any:
        """Every lane divided by one number, by its reciprocal; what that loses is made good.

        q + r · (top − q · bottom) with r = 1 / bottom and q = top · r: Muller et al., Handbook of floating-point
        arithmetic, 2nd edition, section 4.7. Where r or the divisor is infinite, q stands as it is.
        """
        zero = self.scalar(0)
        r = self.b.fdiv(self.scalar(1), bottom)
        good = self.b.and_(*(self.b.fcmp_ordered("==", self.b.fsub(x, x), zero) for x in (r, bottom)))
        q = self.b.fmul(top, self.spread(r, self.vector))
        bottom, r = (self.spread(self.b.select(good, x, zero), self.vector) for x in (bottom, r))
        machine = self.machines[self.lanes]
        return machine.fma(machine.fma(machine.neg(q), bottom, top), r, q)

    def shared_divisor(self, code: Code, point: Point) -> bool:
        """Whether all lanes are divided by one number that a loop does not change, so that a reciprocal serves them all."""
        top, bottom = (self.value(arg, point) for arg in code.args)
        constant = isinstance(bottom, ir.Constant)
        return isinstance(code.args[1], Sum) and is_vector(top) and not is_vector(bottom) and not constant

    def condition(self, condition: Condition, point: Point) -> Any:
        left, right = condition.left, condition.right
        if isinstance(left, Index) or isinstance(right, Index):
            a, b = self.wholes(self.whole(whole(left), point), self.whole(whole(right), point))
            return self.b.icmp_signed(condition.relation, a, b)
        a, b = self.alike(self.value(left, point), self.value(right, point), self.scalar)
        if condition.relation == "!=":
            return self.b.fcmp_unordered("!=", a, b)
        return self.b.fcmp_ordered(condition.relation, a, b)
