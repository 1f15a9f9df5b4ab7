"""Stack outputs become the files that IT rolls out."""
