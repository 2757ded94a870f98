"""Lets the assertions of the harness show what they compared."""

import pytest

pytest.register_assert_rewrite("core.decide.given")
