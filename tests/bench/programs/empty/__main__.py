"""The anchor for what the engine itself costs: a program that declares nothing."""
