"""What a picture must not be: false, or empty. Every panel is looked at while it is drawn.

Begin with names.py (the checks that a figure's file can accept), then inspection.py.
"""
