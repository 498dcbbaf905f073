"""Problems that tests load."""

PROBLEM = """
title = "Mine"
data = {x = [1, 2], t = 1}
layers = [{rule = "Linear", output = "y", bias = false, weight = "W"}]
parameters = {W = [3, 4]}
loss = {rule = "HalfSquaredError"}
"""


def layers(size: int, number: int) -> str:
    many = "".join(
        f'[[layers]]\nrule = "Linear"\nout_features = {size}\n[[layers]]\nrule = "GELU"\n' for _ in range(number)
    )
    return f"[data]\nx = [{', '.join('1' * size)}]\nt = [{', '.join('1' * size)}]\n{many}[loss]\nrule = 'MSELoss'\n"
