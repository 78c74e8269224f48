"""Trained runs on disk: found by content, checked before they are believed, packed small where they travel.

May import: experiments and below. Begin with run.py (what a run is), then records.py (the store).
"""
