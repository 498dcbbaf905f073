"""README, docs and docstrings are run as they stand."""

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE

from sybil import Sybil
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser

OPTIONS = ELLIPSIS | NORMALIZE_WHITESPACE

pytest_collect_file = (
    Sybil(parsers=[PythonCodeBlockParser(doctest_optionflags=OPTIONS)], patterns=["README.md", "docs/*.md"])
    + Sybil(parsers=[DocTestParser(optionflags=OPTIONS)], path="src", patterns=["*.py"])
).pytest()
