"""`python -m backproof` is the command `backproof`."""

from backproof.cli import main

if __name__ == "__main__":
    main()
