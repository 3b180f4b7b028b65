"""What every test may ask for, by subject: one file in tests/plugins each."""

pytest_plugins = [
    "tests.plugins.databases",
    "tests.plugins.smtp",
    "tests.plugins.provider",
    "tests.plugins.browser",
]
