"""What is known of printed pages before they are set."""

import json
import re

SIDE = 72 * 2 / 2.54
"""Points: the margin on either side."""


def said(document):
    """What a voice says for each formula of a Typst document, what only measures the room for it left out."""
    return [json.loads(alt) for alt in re.findall(r'eq\(\$.*?\$, ("(?:[^"\\]|\\.)*")\)', document)]
