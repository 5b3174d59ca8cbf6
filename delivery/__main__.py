"""`python -m delivery` is `wedops`."""

from delivery.cli import app

if __name__ == "__main__":
    app(prog_name="wedops")
