"""What AWS and its provider refuse."""
