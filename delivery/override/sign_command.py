"""`wedops override sign`: approve what a document says, with one's own SSH key."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import JsonOption
from delivery.override.common import FileArgument, candidate_of, override_errors

if TYPE_CHECKING:
    from guard.document import Override
    from guard.override import Candidate
    from guard.signers import Signers

KeyOption = Annotated[
    Path, typer.Option("--key", help="Your private key; or the .pub file of one that your SSH agent has.")
]
# For somebody to find and type a passphrase.
_SECONDS = 300


def sign(file: FileArgument, key: KeyOption, json_output: JsonOption = False) -> None:
    """Approve an override: exit code 0 if the signature was written, 3 if it would not count, 2 on bad input."""
    with override_errors():
        from guard import repository
        from guard.document import read_document
        from guard.override import RefusedError, verify
        from guard.signers import read_signers

        now, project = datetime.now(UTC), repository.PROJECT
        candidate = candidate_of(file)
        override = read_document(candidate.raw, candidate.name)
        signers, tree = read_signers(repository.committed_signers(project)), repository.committed_tree(project)
        _check(candidate.name, override, tree, now)
        if not json_output:
            _show(override)
        approver, path = _approve(candidate, override, file, key, signers, now)
        try:
            verify(candidate_of(file), signers, tree, now)
            left: tuple[str, ...] = ()
        except RefusedError as error:
            left = error.sentences
    if json_output:
        typer.echo(json.dumps({"file": str(path), "approver": approver, "left": list(left)}, indent=2))
        return
    typer.secho(f"Wrote {path}: approved by {approver}.", fg="green")
    typer.echo("\n".join(left) or "That was the last one: the override counts.")


def _check(name: str, override: Override, tree: str, now: datetime) -> None:
    """Nobody signs what can never count, or what they do not have before them."""
    from guard.override import RefusedError, time_objection, tree_objection

    found = (time_objection(name, override, max(now, override.not_before)), tree_objection(name, override, tree))
    if objections := tuple(filter(None, found)):
        raise RefusedError(objections)


def _show(override: Override) -> None:
    from guard.words import at_utc, listed

    typer.secho(f"You approve that {listed(override.stacks)} may be changed in a freeze window", bold=True)
    typer.echo(f"  from   {at_utc(override.not_before)}\n  until  {at_utc(override.expires)}")
    typer.echo(f"  why    {override.reason} ({override.ticket}), asked for by {override.requested_by}")
    typer.echo(f"  what   the tree that is checked out, {override.tree}")


def _signature(document: bytes, key: Path) -> bytes:
    """The document's signature; ssh-keygen asks for a passphrase or a touch on the terminal."""
    from delivery.steps import InputError, StepError
    from guard.override import NAMESPACE

    if not key.is_file():
        raise InputError(f"--key {key}: no such file.")
    command = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", NAMESPACE]
    try:
        # Its standard error is the terminal's: there it asks for a security key to be touched.
        return subprocess.run(command, input=document, stdout=subprocess.PIPE, check=True, timeout=_SECONDS).stdout
    except subprocess.CalledProcessError as error:
        raise StepError(f"ssh-keygen did not sign with {key}; what it said is above.") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StepError(f"ssh-keygen cannot be run: {error}") from error


def _approve(
    candidate: Candidate, override: Override, file: Path, key: Path, signers: Signers, now: datetime
) -> tuple[str, Path]:
    """Sign, and write the signature beside the document if it counts; return whose it is, and its file."""
    from dataclasses import replace

    from guard.override import RefusedError, approver_of, requester_objection
    from guard.sshsig import read_signature

    signature = _signature(candidate.raw, key)
    approver = approver_of(replace(candidate, signatures={str(key): signature}), str(key), signers, now)
    if objection := requester_objection(candidate.name, override, approver):
        raise RefusedError((objection,))
    # By its key, so that who signs again replaces what they signed before.
    number = hashlib.sha256(read_signature(signature).key).hexdigest()[:16]
    path = file.with_name(f"{file.name}.{number}.sig")
    path.write_bytes(signature)
    return approver, path
