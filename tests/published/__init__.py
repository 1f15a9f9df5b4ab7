"""Declared resources held against what the vendors publish of their APIs: Google's discovery documents, and the client
libraries that Microsoft makes from its specifications. Both come with packages of side environments.

AWS has tests/aws/shapes for this. What a published shape does not prove: that the service accepts the values.
"""
