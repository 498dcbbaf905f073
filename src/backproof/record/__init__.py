"""One pass through a network with every number kept, under names like `U[0,1]` and `dL/dW`."""
