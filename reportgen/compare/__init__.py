"""Two stored runs beside each other: how a person names them, a table, a chart.

May import: pipeline and below. Begin with run_names.py.
"""
