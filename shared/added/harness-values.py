"""Values of a call as the function takes them, where they are not as JSON has them. A part of harness.py."""


def default(function, name):
    import inspect
    return inspect.signature(function).parameters[name].default


def kubeless(call, values):
    import datetime
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    event = {"data": values.get("data", ""), "event-id": "", "event-type": "application/json", "event-time": now, "event-namespace": "cli.kf", "extensions": {}}
    return [event, {"function-name": call["handler"], "timeout": None, "runtime": "python", "memory-limit": None}]


def converted(parameter, value, function, module):
    kind = parameter["type"]
    if value is None:
        return None
    if kind == "list":
        return sequence([single(parameter, parameter.get("items"), each, module) for each in value], parameter, function)
    if isinstance(value, list) and kind != "json":
        return [single(parameter, kind, each, module) for each in value]
    if kind == "map":
        return {key: single(parameter, parameter.get("items"), value[key], module) for key in value}
    return single(parameter, kind, value, module)


def single(parameter, kind, value, module):
    if parameter.get("enum"):
        for part in parameter["enum"].split("."):
            module = getattr(module, part)
        return module[value]
    if kind == "path":
        import pathlib
        return pathlib.Path(value)
    if kind == "date":
        import datetime
        return datetime.date.fromisoformat(value)
    if kind == "datetime":
        import datetime
        # Python below 3.11 does not know Z.
        return datetime.datetime.fromisoformat(value[:-1] + "+00:00" if value[-1:] in "zZ" else value)
    return float(value) if kind == "number" else value


def sequence(values, parameter, function):
    """A tuple or set where the function asks for one; typing is loaded only to read an annotation that is text."""
    wanted = getattr(function, "__annotations__", {}).get(parameter["name"])
    if isinstance(wanted, str) and ("tuple" in wanted.lower() or "set" in wanted.lower()):
        import typing
        wanted = typing.get_type_hints(function)[parameter["name"]]
    for each in (wanted,) + tuple(getattr(wanted, "__args__", ())):
        origin = getattr(each, "__origin__", each)
        if origin in (tuple, set, frozenset):
            return origin(values)
    return values
