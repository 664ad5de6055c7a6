"""The room of the page frame, the components, the languages, the static files and the live stream.

It knows no feature.
"""
