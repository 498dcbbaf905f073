"""What it costs, measured beside something that travels: run `python -m bench.start_up`, `python -m bench.lenet`."""
