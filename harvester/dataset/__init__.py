"""The dataset folder: published whole or not at all, verified and searched."""
