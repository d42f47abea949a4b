"""`python -m orchestration.demo`: generate the synthetic trust into a folder, to try things out.

Belongs here: the command. Does not belong here: the pipeline's own commands (`orchestration.__main__`).
"""

from pathlib import Path

import click

from orchestration.demo.generate import SEED, generate
from orchestration.settings import load_settings


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True, help="Folder to hold landing/ and demo/.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Multiplies people.")
@click.option("--trusts", type=int, default=1, show_default=True, help="How many trusts.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Same seed, same bytes.")
def main(home: Path, scale: float, trusts: int, seed: int) -> None:
    """Generate the extracts of the synthetic trust."""
    try:
        told = generate(home / "landing", load_settings().trust, scale=scale, trusts=trusts, seed=seed)
    except (FileExistsError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{home / 'landing'}: extracts written; what is true of them stands in {told}")


if __name__ == "__main__":
    main()
