"""What a checkout needs to run and test the package; never imported by the package itself."""
