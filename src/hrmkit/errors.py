"""The one error that HRM Kit shows to a person."""


class UserError(Exception):
    """Something the user asked for cannot be done.

    The message is one sentence that names the offending value and what is accepted. The command
    line prints it without a traceback and ends with status 2.
    """
