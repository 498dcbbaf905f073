"""Training is tested on the compiled program, or on the stand-in where there is none."""

from training.networks import install_stand_in

install_stand_in()
