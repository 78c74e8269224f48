"""Trains what is missing: processes on this machine's cores or GPUs, or a Dask cluster; every training can be resumed.

May import: store and below, and torch inside functions. Begin with local.py.
"""
