"""What commands of tests are forked from: everything that takes long to make and is alike for all is made here."""

import gc

import pytest  # noqa: F401 - each fork looks its main module up, and that is pytest's

from app import cli  # noqa: F401
from app.main import contract_text

contract_text()
gc.freeze()  # forks leave it where it is
