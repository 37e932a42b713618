"""How fast it is, as ratios between things done one after the other in one run. `make bench` runs them."""
