"""What the article claims, and whether it holds: a judge for each claim with its threshold, verdicts, base rates.

May import: facts and below. Begin with registry.py (what a claim is), then sections/ (the claims).
"""
