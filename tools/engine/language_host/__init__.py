"""A Python language host for the Pulumi engine, for builds that have none beside them."""
