"""How numbers, durations and lists are worded, and how facts get into sentences.

May import: files and below. Begin with numbers.py, then sentences.py (the templates).
"""
