# -*- coding: utf-8 -*-
def comments(  # here
    # def comments(no: int): ...
    a: int,  # a, b: str = "no"
    b: (  # brackets
        "str"  # a string, and
        " | None"  # the rest of it
    ) = None,
    #: another
    c: list[
        # what is in it
        int,
    ] = [
        1,  # one
        # two
        2,
    ], *,  # from here on by name
    d: str = "# no comment"  'at all',
    e: bool \
        = \
        True
    # last
):  # def comments(x)
    # not a docstring
    """Not: the docstring is what comes first."""; x = 1; return a
    # the end


# def comments(z): pass
