"""Files and folders of a project: written whole, read without being believed, and known by the hash of their content.

May import: errors and numerics. Begin with project.py (where things are), then hashing.py and code_hash.py (what a key is).
"""
