"""What a number is: rational, enclosed, shown, or a float; and how a rule walks over arrays of them."""
