"""A step of gradient descent gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.marking.altered import changed, having
from backproof.marking.wrong import Wrong
from backproof.rules.rule import Array, Rule
from backproof.rules.sgd import SGD


class Step(Wrong, SGD):
    def forward(self, p: Array, dp: Array, velocity: Array | None, started: Array | None) -> None:
        self.taken().forward(p, dp, velocity, started)

    @abstractmethod
    def taken(self) -> SGD:
        """The rule whose step is taken in place of the right one."""


class WrongWay(Step):
    """moved the parameter the wrong way: the sign of the step is turned round"""

    def taken(self) -> SGD:
        return having(self, lr=0 - self.lr)


class WithoutRate(Step):
    """forgot the learning rate"""

    def taken(self) -> SGD:
        return having(self, lr=1)


class RateTwice(Step):
    """multiplied by the learning rate twice"""

    def taken(self) -> SGD:
        return having(self, lr=self.lr * self.lr)


class DividedByRate(Step):
    """divided the gradient by the learning rate, where it is multiplied"""

    def taken(self) -> SGD:
        return having(self, lr=1 / self.lr)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("lr")


class WithoutGradient(Wrong, SGD):
    """moved by the learning rate alone, not multiplied by the gradient"""

    def forward(self, p: Array, dp: Array, velocity: Array | None, started: Array | None) -> None:
        super().forward(p, changed(dp, lambda _: 1), velocity, started)


class GradientForParameter(Wrong, SGD):
    """wrote down the step itself for the new parameter, and did not add it to the old one"""

    def forward(self, p: Array, dp: Array, velocity: Array | None, started: Array | None) -> None:
        before = changed(p, lambda value: value)
        super().forward(p, dp, velocity, started)
        for i in before:
            p[i] = p[i] - before[i]


class WithoutDecay(Step):
    """forgot the weight decay"""

    def taken(self) -> SGD:
        return having(self, weight_decay=0)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("weight_decay")


class DecayAdded(Step):
    """let the weight decay enlarge the parameter, which it shrinks"""

    def taken(self) -> SGD:
        return having(self, weight_decay=0 - self.weight_decay)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("weight_decay")


class WithoutMomentum(Step):
    """left the momentum out"""

    def taken(self) -> SGD:
        return having(self, momentum=0, dampening=0, nesterov=False)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("momentum")


class GradientDamped(Step):
    """multiplied the gradient by 1 less the momentum, as in a mean; here it comes into the velocity whole"""

    def taken(self) -> SGD:
        return having(self, lr=self.lr * (1 - self.momentum))

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("momentum")


class WithoutDampening(Wrong, SGD):
    """forgot to damp the gradient"""

    def forward(self, p: Array, dp: Array, velocity: Array | None, started: Array | None) -> None:
        having(self, dampening=0).forward(p, dp, velocity, started)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("dampening")


class WithoutNesterov(Step):
    """moved by the velocity alone, without Nesterov's look ahead"""

    def taken(self) -> SGD:
        return having(self, nesterov=False)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, SGD) and rule.nesterov


class UpdatedFirst(Wrong, SGD):
    """went back through the parameter as it was after the update; the gradient is that of the old one"""

    order = "updated"


class NotUsed(Wrong, SGD):
    """went on with the old parameters at the next datum, though the update had changed them"""

    order = "old"
