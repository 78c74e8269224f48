"""From a figure's file to its pictures, its data, and what the page needs to make it move.

May import: charts and below. Begin with declaration.py (what a figure declares), then draw.py.
"""
