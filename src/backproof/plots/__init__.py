"""Pictures of a record: how large its gradients are, and what its activations do with its numbers."""
