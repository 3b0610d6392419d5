"""The handbook's configuration: build with `sphinx-build -c . docs OUT`. All else is the extension's own."""

extensions = ["policykit.handbook"]
policykit_organisation = "build/example"  # made for today by `make handbook`; yours may be any folder
