"""What a project has to survive. Run by `make test-survival`; the default suite leaves these tests out."""
