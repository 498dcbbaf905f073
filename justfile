# What a developer can do; `just` alone lists it.
_list:
    @just --list

# all that CI checks, in the environment at hand
check: lint types test

# format every file
format:
    ruff format src tests bench
    ruff check --fix src tests bench

# format, lint, floors
lint:
    ruff format --check src tests bench
    ruff check src tests bench
    lint-imports

# pyright, strict
types:
    pyright

# tests, docs and docstrings
test *ARGS:
    pytest {{ARGS}}

# the published schemas, made anew from the code
schemas:
    backproof schema problem > schemas/problem.json
    backproof schema worksheet > schemas/worksheet.json
    backproof schema marking > schemas/marking.json

# docs/misconceptions.md, made anew from the code
misconceptions:
    python -m backproof.marking.catalogue > docs/misconceptions.md

# rules or networks proved; all rules without a name
prove *ARGS:
    backproof prove {{ARGS}}

# what it costs
bench:
    python -m bench.start_up
    python -m bench.lenet
    python -m bench.training

# the practice server: load, fuzz
bench-practice *ARGS:
    python -m bench.practice {{ARGS}}

# compiled training and its peers; --only NAME, --quick, --json FILE
bench-training *ARGS:
    python -m bench.training {{ARGS}}

# the tables of docs/speed.md from such a FILE
bench-tables FILE:
    python -m bench.tables {{FILE}}
