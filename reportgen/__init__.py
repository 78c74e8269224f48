"""Figures and page of "Do machine learning models memorize or generalize?", from runs trained here."""
