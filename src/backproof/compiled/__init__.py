"""Rules compiled to machine code through LLVM."""
