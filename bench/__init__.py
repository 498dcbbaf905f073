"""What it costs, measured beside something that travels.

`python -m bench.start_up`, `python -m bench.lenet`: starting, and LeNet-5 solved exactly. `python -m bench.training`: compiled
training beside its peers. From top to bottom:

    training   the command: which rows there are         contest    contenders in turns, checked
    works      data, first weights                       reference  the truth in float64
    worker     a process for each library                ours, peers/  the contenders
    limits, cold, machine  what the core can do, what starting costs, what machine it is
    tables     text, and docs/speed.md
"""
