"""How numbers, durations and lists are worded, and how facts get into sentences.

May import: files and below. Begin with sentences.py.
"""
