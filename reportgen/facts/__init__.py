"""The named numbers that sentences, captions and tables quote, worked out from stored runs.

May import: analysis and below. Begin with of_runs.py.
"""
