"""The site to others: the preview while you write, one file to send, a PDF, GitHub Pages.

May import: pipeline and below. Begin with publish.py or serve.py.
"""
