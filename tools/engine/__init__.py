"""The Pulumi engine for local runs and tests: where it comes from, its Python language host, its sandbox."""
