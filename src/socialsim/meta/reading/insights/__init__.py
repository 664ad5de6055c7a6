"""Insights of media and accounts (instagram.md §4.4, §4.5).

No number is stored: each is a pure function of the seed, the medium or account, its followers and the time, so a world
with many posts costs nothing until somebody asks.
"""
