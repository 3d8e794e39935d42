"""The checks of `portman doctor`."""
