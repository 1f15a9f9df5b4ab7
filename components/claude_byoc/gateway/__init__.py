"""The gateway, without any cloud: what it is told (spec), and the files and containers that follow (renderers).

`image/` holds the files that run inside its containers.
"""
