"""Mathematics and text as people write them, taken apart into tokens: LaTeX, plain text, and the signs of Unicode.

The kinds of tokens, beside the signs that stand for themselves:

    NUMBER 8, 2e-3     NAME U, z_y, V[0,1]     FUNCTION exp     TOTAL Σ      D ∂, d       FRACTION \\frac
    TIMES OVER PLUS MINUS POWER                EQUALS           RELATION <   ARROW ⇒      COLON
    OPEN CLOSE ( ) [ ] \\{ \\}                   LEFT RIGHT { }   BEGIN END of an environment
    CELL &   BREAK \\\\   COMMA SEMICOLON BAR | STOP .   SPLIT    PROSE a word     GARBLED no number   OTHER

No token raises an error: what is nothing else is OTHER.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from backproof.marking.reading.names import GREEK, Names


class Part(NamedTuple):
    """One token: its kind, what it says, where it begins and ends in the sheet, and an index of a name."""

    kind: str
    text: str
    start: int
    end: int
    place: str = ""
    """Of a name its subscript, `12`, or its brackets, `[0,1]`; of a sum what its index is."""


DIGITS = r"\d+(?:(?:\.|\{,\})\d+)?|\.\d+|\d+\.(?=[\s,;\]\)&]|$)"
LETTER = "[^\\W\\d_⁰¹²³⁴-⁹₀-₉ᵢⱼ½⅓⅔¼¾⅕]"
TOKEN = re.compile(
    rf"""(?P<SPACE>\s+|[✓✔☑]|\\[,;:! ]|(?<![\d.-])~(?![\d.-]|[ ][+−-]?[\d\[(.])|%[^\n]*\n|\\(?:tag|label)\*?\{{[^{{}}]*\}})
    |(?P<GARBLED>(?<=[\d/]\s)\.\d+|(?:\d[\d.,]*)?[^\W\d_]{{1,2}}\d*\.\d[\w.]*|\d+(?:\.\d+){{2,}}\w*|\d+\.\.+\d*|\d+[oOlISB]\d*(?![^\W\d_])[\w.]*)
    |(?P<NUMBER>(?:{DIGITS})(?:[eE][+−-]?\d{{1,4}}(?![\w.]))?)
    |(?P<ENVIRONMENT>\\(?:begin|end)\s*\{{\s*(?P<env>[A-Za-z]+)\*?\s*\}}(?:\s*\{{[lcr|\s]*\}})?)
    |(?P<TEXT>\\(?:text|textrm|textbf|textit|mbox)\s*\{{(?P<said>[^{{}}]*)\}})
    |(?P<GRADIENT>(?:\\nabla|∇|grad)\s*_\s*(?:\{{(?P<inner>[^\W\d_]\w{{0,9}})\}}|(?P<outer>[^\W\d_]\w{{0,9}}))(?:[ ]*(?:L|\\mathcal\{{L\}})(?!\w))?)
    |(?P<SLOPE>(?:[Gg]rad(?:ient)?|Gradiente?|[Dd]erivative)(?:[ ](?:of|von|wrt|nach|with[ ]respect[ ]to)(?:[ ](?:L|the[ ]loss)[ ](?:wrt|nach|with[ ]respect[ ]to))?)?
        [ ](?P<by>[^\W\d_][^\W_]{{0,9}})(?=[ ]*(?:_\S{{1,9}}|\[[^\]\n]{{0,20}}\])?(?:[ ]*[=:≈]|[ ](?:is|equals|becomes)\b)))
    |(?P<UPDATED>(?:(?:[Uu]pdated|[Nn]ew|[Nn]eue?s?)[ ](?P<fresh>[^\W\d_][^\W_]{{0,9}})(?![\w'′’(])
        |(?<![^\W_])(?P<aged>[^\W\d_][^\W_]{{0,9}})(?:_(?:new|neu|\{{(?:\\(?:text|mathrm)\{{)?(?:new|neu)\}}?\}})|\^(?:\\prime|\{{\\prime\}}))(?![\w}}])))
    |(?P<HALF>\\[dtc]?frac\s*(?P<above>\d)\s*(?P<below>\d)|[½⅓⅔¼¾⅕])
    |(?P<COMMAND>\\[A-Za-z]+(?:\*|['′’]+)?)
    |(?P<BREAK>\\\\(?:\[[^\]\n]*\])?)
    |(?P<ESCAPE>\\.)
    |(?P<ARROW>=>|->|-->|[⇒→⟹⟶∴←])
    |(?P<RELATION><=|>=|!=|[<>≤≥≠])
    |(?P<EQUALS>:=|==|[=≈≃≡]|(?<=[^\W\d][ ])~(?=[ ][+−-]?[\d\[(.]))
    |(?P<SUB>_\s*(?:\{{(?P<braced>[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)?)\}}|(?P<single>\\[A-Za-z]+|(?:[ijklmnt]{{2}}|\d\d)(?!\w)|\w))|(?P<low>[₀-₉ᵢⱼ]+))
    |(?P<RAISED>[⁰¹²³⁴-⁹]+)
    |(?P<SUM>Σ)
    |(?P<WORD>{LETTER}+(?:\d+(?![.\w]))?['′’]*)
    |(?P<SIGN>\*\*|\+[−-](?=\s)|.)""",
    re.VERBOSE,
)
SIGNS = {
    "+": "PLUS", "-": "MINUS", "−": "MINUS", "–": "MINUS", "*": "TIMES", "×": "TIMES", "·": "TIMES", "⋅": "TIMES",
    "∗": "TIMES", "⊙": "TIMES", "∘": "TIMES", "/": "OVER", "÷": "OVER", "^": "POWER", "**": "POWER", "(": "OPEN",
    ")": "CLOSE", "[": "OPEN", "]": "CLOSE", "{": "LEFT", "}": "RIGHT", "&": "CELL", ",": "COMMA", ";": "SEMICOLON",
    "|": "BAR", ":": "COLON", ".": "STOP", "∂": "D", "∑": "TOTAL", "?": "BLANK",
}  # fmt: skip
BUILT = (
    dict.fromkeys("⎡⎛", "OPEN")
    | dict.fromkeys("⎢⎣⎜⎝", "SEMICOLON")
    | dict.fromkeys("⎤⎥⎞⎟", "")
    | {"⎦": "CLOSE", "⎠": "CLOSE"}
)
"""Brackets as high as a matrix, line by line."""
COMMANDS = {
    "times": "TIMES", "cdot": "TIMES", "ast": "TIMES", "odot": "TIMES", "circ": "TIMES", "div": "OVER", "frac": "FRACTION",
    "dfrac": "FRACTION", "tfrac": "FRACTION", "cfrac": "FRACTION", "sum": "TOTAL", "Sigma": "TOTAL", "partial": "D", "approx": "EQUALS",
    "simeq": "EQUALS", "equiv": "EQUALS", "doteq": "EQUALS", "Rightarrow": "ARROW", "implies": "ARROW", "to": "ARROW",
    "rightarrow": "ARROW", "therefore": "ARROW", "Longrightarrow": "ARROW", "longrightarrow": "ARROW", "iff": "ARROW",
    "leftarrow": "ARROW", "gets": "ARROW",
    "le": "RELATION", "leq": "RELATION", "ge": "RELATION", "geq": "RELATION", "ne": "RELATION", "neq": "RELATION",
    "lt": "RELATION", "gt": "RELATION", "lbrace": "OPEN", "rbrace": "CLOSE", "lbrack": "OPEN", "rbrack": "CLOSE",
    "mid": "BAR", "vert": "BAR", "quad": "SPLIT", "qquad": "SPLIT", "newline": "BREAK",
}  # fmt: skip
RELATIONS = {
    "leq": "≤",
    "le": "≤",
    "<=": "≤",
    "geq": "≥",
    "ge": "≥",
    ">=": "≥",
    "ne": "≠",
    "neq": "≠",
    "!=": "≠",
    "lt": "<",
    "gt": ">",
}
FUNCTIONS = {"exp": "exp", "log": "log", "ln": "log", "sqrt": "sqrt", "tanh": "tanh", "max": "max", "abs": "abs"}
SILENT = frozenset(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits nolimits mathrm mathbf mathit"
    " mathcal mathsf mathbb boldsymbol bm vec hat tilde bar overline widehat underline operatorname hline rm bf scriptstyle"
    " nonumber notag boxed cancel ensuremath".split()
)
"""Commands that say how something looks; what they are put upon is read as if they were not there."""
HALVES = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5"}
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉ᵢⱼ⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789ij0123456789")
INDEX = re.compile(r"\[\s*\w{1,9}'?\s*(?:,\s*\w{1,9}'?\s*)*\]")
BRACE = re.compile(r"\s*\{")
COUNTED = re.compile(r"\(\s*([ijknm])\s*\)")
"""An index in parentheses, as in the q(n) of a distribution."""
AND = re.compile(r",\s?([a-z])(?![\w\[(])")
"""A second index over which a sum runs."""
ENDINGS = re.compile(r"\d+$")
ARTICLES = frozenset("aAI")
"""Words of one letter: names only where they stand as names do."""
NAMED = re.compile(
    r"(?:\*\*|`)?(?:[_\[^₀-₉'′]|[ \t]*(?:[=≈+*·×/^]|:=|:(?=\s*(?:$|\n|[\d.\[(|+−-]|\\begin)))|[ \t]+(?:is|are|equals)[ \t]+[\d.\[(−-])"
)
"""What may stand behind a name, and not behind an article."""
ENDED = re.compile(r"(?:\*\*|`|:)*[ \t]*(?:\n|$)")
PIECE = frozenset("part question exercise task problem section item step case answer solution variant".split())
"""Words behind which a letter is a number of its own."""
OPERATIONS = frozenset("EQUALS TIMES OVER PLUS MINUS POWER D".split())
LOOKS = frozenset("lIiOoQSsBZzgqb")


def parts_of(text: str, start: int, end: int, names: Names, mathematics: bool = False) -> list[Part]:
    """The tokens of a stretch of a sheet. Outside of $…$, unless all of it is mathematics, words are PROSE unless they are names."""
    found: list[Part] = []
    inside = mathematics
    at = start
    depth = 0
    styled: list[int] = []
    """How deep in braces the commands stand whose own braces mean nothing."""
    while at < end:
        match = TOKEN.match(text, at, end)
        assert match is not None
        kind, said, begin, at = match.lastgroup or "", match[0], at, match.end()
        if kind == "SPACE":
            continue
        if kind == "SIGN" and said == "$":
            if not mathematics:
                inside = not inside
                if not inside:
                    found.append(Part("SPLIT", "$", begin, at))
            continue
        if kind == "COMMAND" and said[1:].rstrip("*") in SILENT and (brace := BRACE.match(text, at, end)):
            styled.append(depth)
            at = brace.end()
            continue
        if said == "}" and styled and styled[-1] == depth:
            styled.pop()
            continue
        depth += (said == "{") - (said == "}")
        if kind == "SUB" or (kind == "SIGN" and said == "[" and found and found[-1].end == begin):
            at = index_of(found, match, text, begin, end, names, kind)
            continue
        if said == "(" and (counted := COUNTED.match(text, begin, end)) and countable(found, begin, names):
            found[-1], at = found[-1]._replace(place=counted[1], end=counted.end()), counted.end()
            continue
        if said in ("**", "`") and not inside and emphasis(text, begin, at):
            continue
        if kind == "UPDATED":
            name = match["fresh"] or match["aged"]
            if names.found(f"{name}'") not in ("", names.found(name)):
                found.append(Part("NAME", f"{name}'", begin, at))
                continue
            at = begin + (match[0].index(" ") if match["fresh"] else len(name))
            word(found, text[begin:at], begin, at, names, inside)
            continue
        if kind == "SLOPE":
            if names.found(f"grad{match['by']}"):
                found.append(Part("NAME", f"grad_{match['by']}", begin, at))
                continue
            at = begin + match[0].index(" ")
            word(found, text[begin:at], begin, at, names, inside)
            continue
        if kind == "WORD" and names.longer and (longer := names.longer.match(text, begin, end)):
            at = longer.end()
            found += [Part("D", "d", begin, begin + 1)] if longer[1] else []
            found.append(Part("NAME", longer[2], longer.start(2), at))
            continue
        if said in BUILT:
            kind = "OTHER" if beside(text, begin, end) else BUILT[said]
            found += [Part(kind, "[]"[kind == "CLOSE"], begin, at)] if kind else []
            continue
        if kind == "SUM":
            found.append(Part("NAME" if said in names.bases else "TOTAL", said, begin, at))
            continue
        if kind == "WORD":
            short = said in ARTICLES and bool(names.found(said)) and meant(found, text, at, end)
            word(found, said, begin, at, names, inside or short)
            continue
        found.extend(token(kind, match, begin, at))
    return found


def token(kind: str, match: re.Match[str], begin: int, end: int) -> list[Part]:
    said = match[0]
    match kind:
        case "ENVIRONMENT":
            return [Part("BEGIN" if said.startswith("\\b") else "END", match["env"], begin, end)]
        case "TEXT":
            return [Part("PROSE", match["said"].strip(), begin, end)] if match["said"].strip() else []
        case "HALF":
            return [Part("NUMBER", HALVES.get(said) or f"{match['above']}/{match['below']}", begin, end)]
        case "NUMBER":
            return [Part(kind, said.replace("{,}", "."), begin, end)]
        case "GRADIENT":
            return [Part("NAME", f"grad_{match['inner'] or match['outer']}", begin, end)]
        case "COMMAND":
            return command(said[1:].rstrip("*"), begin, end)
        case "ESCAPE":
            sign = {"{": "OPEN", "}": "CLOSE", "|": "BAR", "_": "BLANK"}.get(said[1], "OTHER")
            return [Part(sign, said[1], begin, end)]
        case "RAISED":
            return [Part("POWER", "^", begin, begin), Part("NUMBER", said.translate(LOWERED), begin, end)]
        case "RELATION":
            return [Part(kind, RELATIONS.get(said, said), begin, end)]
        case "SIGN":
            return [Part(SIGNS.get(said, "OTHER"), said, begin, end)]
        case _:
            return [Part(kind, said, begin, end)]


def command(name: str, begin: int, end: int) -> list[Part]:
    if name in SILENT:
        return []
    if name in COMMANDS:
        return [Part(COMMANDS[name], RELATIONS.get(name, name), begin, end)]
    if name in FUNCTIONS:
        return [Part("FUNCTION", FUNCTIONS[name], begin, end)]
    if (bare := name.rstrip("'′’")) in GREEK:
        return [Part("NAME", GREEK[bare] + name[len(bare) :], begin, end)]
    return [Part("OTHER", "\\" + name, begin, end)]


def word(found: list[Part], said: str, begin: int, end: int, names: Names, inside: bool) -> None:
    """A name, a function, the d of a derivative, or a word of prose."""
    base = ENDINGS.sub("", said.rstrip("'′’")) if said[-1] not in "'′’" else said
    digits = said[len(base) :] if len(base) < len(said) else ""
    if said in FUNCTIONS:
        found.append(Part("FUNCTION", FUNCTIONS[said], begin, end))
    elif said == "d" and "d" not in names.bases:
        found.append(Part("D", "d", begin, end))
    elif digits and said not in names.bases:
        known = names.found(base)
        if known and any(s.get(known) for s in names.shapes):
            found.append(Part("NAME", base, begin, end, digits))
        elif base[0] == "d" and len(base) == 2 and names.found(base[1]):
            found += [Part("D", "d", begin, begin + 1), Part("NAME", base[1:], begin + 1, end, digits)]
        elif base in LOOKS:
            found.append(Part("GARBLED", said, begin, end))
        else:
            found.append(Part("NAME" if len(base) == 1 else "OTHER" if inside else "PROSE", base, begin, end, digits))
    elif said[0] == "d" and len(said) > 1 and said not in names.bases and differential(said[1:], names):
        found += [Part("D", "d", begin, begin + 1), Part("NAME", said[1:], begin + 1, end)]
    elif known_word(said, names) or (len(said.rstrip("'′’")) == 1 and (inside or said not in ARTICLES)):
        found.append(Part("NAME", said, begin, end))
    elif found and found[-1].kind in ("NUMBER", "GARBLED") and found[-1].end == begin:
        found[-1] = Part("GARBLED", found[-1].text + said, found[-1].start, end)
    else:
        found.append(Part("OTHER" if inside else "PROSE", said, begin, end))


def meant(found: list[Part], text: str, at: int, end: int) -> bool:
    """Whether a word of one letter that may be an article is a name, by what stands before it and behind."""
    last = found[-1] if found else None
    if last is not None and last.kind == "PROSE" and last.text.lower() in PIECE:
        return False
    alone = last is None or last.text in ("of", "for", "#", "-")
    operated = last is not None and last.kind in OPERATIONS and (last.kind != "MINUS" or len(found) > 1)
    return operated or NAMED.match(text, at, end) is not None or (alone and ENDED.match(text, at, end) is not None)


def beside(text: str, begin: int, end: int) -> bool:
    """Whether a line has rows of two matrices, side by side, whose lines below nobody can tell apart."""
    last = text.find("\n", begin, end)
    line = text[text.rfind("\n", 0, begin) + 1 : last if last >= 0 else end]
    return sum(map(line.count, "⎡⎢⎣⎛⎜⎝")) > 1


def emphasis(text: str, begin: int, end: int) -> bool:
    """Whether ** or ` is Markdown's: all but a ** between what is raised and a power."""
    before, after = text[begin - 1 : begin], text[end : end + 1]
    raised = (before.isalnum() or before in (")", "]")) and (after.isalnum() or after in ("(", "-"))
    return text[begin] == "`" or not (raised or before == after == " ")


def differential(name: str, names: Names) -> bool:
    """Whether a d before it makes a differential: of a letter, or of what the question has."""
    return len(name.rstrip("'′’")) == 1 or name in names.bases or name.lower() in GREEK or name.lower() == "loss"


def known_word(said: str, names: Names) -> bool:
    return len(said) > 1 and (said in names.bases or said.lower() in GREEK or said.lower() == "loss")


def index_of(found: list[Part], match: re.Match[str], text: str, begin: int, end: int, names: Names, kind: str) -> int:
    """Put a subscript, or brackets that count cells, to the name before it; where that is none, they are what they are."""
    last = found[-1] if found else None
    if kind == "SUB":
        content = match["braced"] or match["single"] or (match["low"] or "").translate(LOWERED)
        end_of = match.end()
        if last is not None and last.kind == "TOTAL" and match["single"] and (more := AND.match(text, end_of, end)):
            content, end_of = f"{content},{more[1]}", more.end()
        content = re.sub(r"\\(?:mathrm|text|mathbf)|[{}\\]", "", content).strip()
        if last is not None and last.kind in ("NAME", "TOTAL", "FUNCTION") and not last.place:
            found[-1] = last._replace(place=content, end=end_of)
        else:
            found.append(Part("OTHER", match[0], begin, end_of))
        return end_of
    brackets = INDEX.match(text, begin, end)
    if brackets and countable(found, begin, names):
        found[-1] = found[-1]._replace(place=brackets[0], end=brackets.end())
        return brackets.end()
    found.append(Part("OPEN", "[", begin, begin + 1))
    return begin + 1


def countable(found: list[Part], begin: int, names: Names) -> bool:
    """Whether what stands here may count cells of the name before it: of a quantity with several, or of none of the question's."""
    if not found or found[-1].kind != "NAME" or found[-1].place or found[-1].end != begin:
        return False
    known = names.found(found[-1].text)
    return not known or any(shapes.get(known) for shapes in names.shapes)
