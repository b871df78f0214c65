"""What few runs come to: functions that are async, results of others' types, errors. A part of harness.py."""
import sys


def settled(value):
    if hasattr(value, "__await__"):
        async def whole():
            return await value
    elif hasattr(value, "__aiter__"):
        async def whole():
            return [each async for each in value]
    else:
        return value
    import asyncio
    return asyncio.run(whole())


def plain(value, where):
    """Of other types, known by what they offer, so that no module is loaded for them."""
    kind = type(value)
    names = {"%s.%s" % (each.__module__, each.__name__) for each in kind.__mro__}
    if "enum.Enum" in names:
        return value.name
    if "pathlib.PurePath" in names or "pathlib._local.PurePath" in names or names & {"decimal.Decimal", "uuid.UUID", "datetime.timedelta"}:
        return str(value)
    if names & {"datetime.date", "datetime.time"}:
        return value.isoformat()
    if hasattr(kind, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in kind.__dataclass_fields__}
    for name, args in (("model_dump", ()), ("tolist", ()), ("to_dict", ("records",))):
        if hasattr(kind, name):
            return getattr(value, name)(*args) if hasattr(value, "columns") else getattr(value, name)()
    if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):
        return {key: value[key] for key in value.keys()}
    if hasattr(kind, "__iter__") and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise Unwritable("%s is a %s" % (where, kind.__name__))


def raised(error, call):
    if isinstance(error, BrokenPipeError) and error.filename is None and closed():
        return 141
    import traceback
    rest = error.__traceback__
    while rest and (rest.tb_frame.f_globals is globals() or "asyncio" in rest.tb_frame.f_globals.get("__name__", "")):
        rest = rest.tb_next
    traceback.print_exception(type(error), error, rest)
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    if missing and not call.get("packages"):
        say('%s runs without packages but those that its file names: # dependencies = ["%s"]' % (call["name"], missing))
    return 1


def closed():
    """Who read our output went away (`| head`): what is left in the buffer has nowhere to go."""
    import os
    try:
        sys.stdout.flush()
        return False
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return True
