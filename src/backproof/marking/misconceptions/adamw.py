"""A step of AdamW gone wrong: whatever goes wrong with Adam's, and weight decay in Adam's place."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.marking.altered import having
from backproof.marking.misconceptions import adam
from backproof.marking.wrong import Wrong
from backproof.rules.adam import Adam
from backproof.rules.adamw import AdamW
from backproof.rules.rule import Array, Rule


class WrongWay(adam.WrongWay, AdamW):
    __doc__ = adam.WrongWay.__doc__


class WithoutRate(adam.WithoutRate, AdamW):
    __doc__ = adam.WithoutRate.__doc__


class NotCorrected(adam.NotCorrected, AdamW):
    __doc__ = adam.NotCorrected.__doc__


class FirstNotCorrected(adam.FirstNotCorrected, AdamW):
    __doc__ = adam.FirstNotCorrected.__doc__


class SecondNotCorrected(adam.SecondNotCorrected, AdamW):
    __doc__ = adam.SecondNotCorrected.__doc__


class RootForgotten(adam.RootForgotten, AdamW):
    __doc__ = adam.RootForgotten.__doc__


class EpsInside(adam.EpsInside, AdamW):
    __doc__ = adam.EpsInside.__doc__


class GradientForAverage(adam.GradientForAverage, AdamW):
    __doc__ = adam.GradientForAverage.__doc__


class NotDivided(adam.NotDivided, AdamW):
    __doc__ = adam.NotDivided.__doc__


class PlainStep(adam.PlainStep, AdamW):
    __doc__ = adam.PlainStep.__doc__


class BetasExchanged(adam.BetasExchanged, AdamW):
    __doc__ = adam.BetasExchanged.__doc__


class WithoutDecay(adam.WithoutDecay, AdamW):
    __doc__ = adam.WithoutDecay.__doc__


class UpdatedFirst(adam.UpdatedFirst, AdamW):
    __doc__ = adam.UpdatedFirst.__doc__


class DecayInGradient(Wrong, AdamW):
    """added the weight decay to the gradient, as Adam does, where it shrinks the parameter itself"""

    def forward(self, p: Array, dp: Array, m: Array, v: Array, seen1: Array, seen2: Array, peak: Array | None) -> None:
        having(self, Adam).forward(p, dp, m, v, seen1, seen2, peak)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("weight_decay")


class NotUsed(adam.NotUsed, AdamW):
    __doc__ = adam.NotUsed.__doc__
