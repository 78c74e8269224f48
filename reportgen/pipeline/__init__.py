"""What is stale, in which order it is made, and why: train, draw, judge, write.

May import: site and below. Begin with build.py.
"""
