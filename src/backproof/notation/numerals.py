"""Numbers by their parts: a sign, a fraction, a power of ten."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Numerals(ABC):
    """What styles share that set numbers and do not print them as they come: `1.5e-7` is a product, `-1/3` a fraction."""

    @abstractmethod
    def digits(self, text: str) -> str:
        """A number that has no parts: digits, `pi`, `inf`, `nan`, `…`."""

    @abstractmethod
    def bound(self, body: str) -> str:
        """What is only known to be no larger."""

    @abstractmethod
    def negative(self, body: str) -> str: ...

    @abstractmethod
    def joined(self, op: str, left: str, right: str) -> str: ...

    @abstractmethod
    def power(self, base: str, exponent: str) -> str: ...

    def number(self, text: str) -> str:
        """A number as `text_of` writes it."""
        if text.startswith("-"):
            return self.negative(self.number(text[1:]))
        if text.startswith("±"):
            return self.bound(self.number(text[1:]))
        if text.startswith("10^("):
            return self.power(self.digits("10"), self.number(text[4:-1]))
        mantissa, e, exponent = text.partition("e")
        if e and mantissa[:1].isdigit():
            return self.joined(
                "*", self.digits(mantissa), self.power(self.digits("10"), self.number(str(int(exponent))))
            )
        above, slash, below = text.partition("/")
        return self.joined("/", self.digits(above), self.digits(below)) if slash else self.digits(text)
