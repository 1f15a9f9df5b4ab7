"""What a Google Cloud project needs so that people can call Claude on Vertex AI."""
