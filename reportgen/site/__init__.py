"""From drawings, facts and templates to the files of the site, checked before they are written.

May import: drawing and below. Begin with assemble.py.
"""
