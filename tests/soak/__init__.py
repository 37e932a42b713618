"""Long proofs: what the ordinary tests show in a few cases is shown here in thousands. `make soak` runs them."""
