import functools


def retried(times: int):
    def around(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            for _ in range(times):
                return function(*args, **kwargs)

        return inner

    return around


def logged(function):
    @functools.wraps(function)
    def inner(*given, **named):
        print(function.__name__)
        return function(*given, **named)

    return inner


@retried(times=3)
@logged
# a comment between a decorator and its function
@(lambda function: function)
def decorated(path: str, *, depth: int = 3, follow: bool = True) -> None:
    pass
