"""Microsoft Graph over the stand-in directory: what the azuread provider's rows look like there.

`python -m standin graph` serves it on loopback. Only what somebody needs is answered; everything else is an error
that names what there is.
"""
