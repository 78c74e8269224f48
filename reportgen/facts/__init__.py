"""The named numbers that sentences, captions and tables quote, worked out from stored runs.

May import: analysis and below. Begin with describing.py (the facts of any run), then sections/ (what is special).
"""
