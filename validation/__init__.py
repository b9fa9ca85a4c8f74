"""Long simulations: what the estimators do where the truth is known. `make validate` writes docs/validation.md."""
