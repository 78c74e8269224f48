"""What begins a project, a figure, a section, an experiment or a claim.

May import: pipeline and below. Begin with init.py and new.py; the texts are in starting_points/.
"""
