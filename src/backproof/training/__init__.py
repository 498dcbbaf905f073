"""Training: a network fitted to data, with what is known of the run kept safe and every fault explained."""
