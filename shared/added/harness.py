"""Runs a subcommand's Python function with the values of one call. The same text runs on a person's machine and in a pod.

python3 -I -S -B -X utf8 -c THIS CALL        (an environment with packages of its own: without -S)

THIS is this file, with the others as text that is compiled where it is needed (shared/added/harness.ts). CALL is the call as JSON, or `@FILE`
that holds it, or `-N`: the first N bytes of stdin are it, and the function reads what comes after them.

  folder      holds the files; it is on the module path
  handler     `tune.tune`: module and function; without it only Python's version is looked at
  name        the verb, for messages and sys.argv
  python      the versions that it takes, as PEP 440 has them: `>=3.10,<4`
  calling     `event`: called as Kubeless does, with (event, context)
  parameters  name, type, items, enum, passed: as in shared/registry/entry.ts
  values      by parameter's name; those that were not typed are left out
  result      {"file": PATH} or {"frame": NONCE}: where the outcome goes

The outcome is one line of JSON: {"value": ...}, what the function returned, and nothing at all where that is None; or
{"unsuitable": "3.8.18 (/usr/bin/python3)"} where Python's version is none that it takes: then nothing was run. With `file`
it is written there; with `frame` it is the last thing on stdout: U+001E, the nonce, a colon, the JSON, a line feed. What
the function prints goes to stdout as it is. The exit code is 0; SystemExit's own; 1 with a traceback on stderr, without
these frames; 130 for Ctrl-C; 3 where it is unsuitable.

It compiles on 3.6, so that it can say which Python it needs. Few modules are imported, and little is compiled: they are most of
a start.
"""
import sys


def later(part):
    """Compiles a part of this program where a run comes to it: all of it at once takes longer than most functions."""
    exec(compile(PARTS.pop(part, ""), "<kf>", "exec"), globals())


def main():
    call = read(sys.argv[1])
    place = call["result"]
    if not suits(call.get("python"), sys.version_info[:3]):
        later("result")
        put(place, '{"unsuitable": %s}' % text("%d.%d.%d (%s)" % (*sys.version_info[:3], sys.executable)))
        return 3
    if not call.get("handler"):
        return 0
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            # What is printed is seen when it is printed.
            stream.reconfigure(line_buffering=True)
    # site, which defines them, is not loaded.
    import builtins
    builtins.exit = builtins.quit = sys.exit
    sys.argv = [call["name"]]
    try:
        function, module = find(call)
        args, named = bind(call, function, module)
        value = function(*args, **named)
        if hasattr(value, "__await__") or hasattr(value, "__aiter__"):
            later("others")
            value = settled(value)
        if value is not None:
            later("result")
        outcome = None if value is None else '{"value": %s}' % written(value, "it", ())
        if sys.stdout is not None:
            sys.stdout.flush()
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        return say(str(error.code))
    except KeyboardInterrupt:
        return 130
    except Wrong as error:
        return say(str(error))
    except Unwritable as error:
        return say("%s returned what can't be printed: %s\nreturn text, numbers, lists or dicts" % (call["name"], error))
    except BaseException as error:
        later("others")
        return raised(error, call)
    if outcome:
        put(place, outcome)
    return 0


class Wrong(Exception):
    """What the person may be told as it is."""


class Unwritable(Exception):
    """What has no form in JSON, and where it stands."""


def say(line):
    sys.stderr.write(line + "\n")
    return 1


def read(word):
    if word[:1] == "@":
        with open(word[1:], "rb") as file:
            word = file.read().decode("utf-8")
    elif word[:1] == "-":
        import os
        left, parts = int(word[1:]), []
        while left:
            parts.append(os.read(0, left))
            if not parts[-1]:
                raise EOFError("stdin ended within the call")
            left -= len(parts[-1])
        word = b"".join(parts).decode("utf-8")
    try:
        # json's own scanner, without the regular expressions that json loads.
        from _json import make_scanner
        return make_scanner(Scanned)(word, 0)[0]
    except ImportError:
        import json
        return json.loads(word)


class Scanned:
    strict, object_hook, object_pairs_hook, memo = True, None, None, {}
    parse_float, parse_int, parse_constant = float, int, None


def put(place, outcome):
    if "file" in place:
        with open(place["file"], "w") as file:
            file.write(outcome + "\n")
    else:
        sys.stdout.write("\x1e%s:%s\n" % (place["frame"], outcome))
        sys.stdout.flush()


def suits(wanted, version):
    """PEP 440, as far as Python's own versions go."""
    for clause in (wanted or "").replace(" ", "").split(","):
        digits = clause.lstrip("<>=!~")
        sign = clause[:len(clause) - len(digits)]
        parts = tuple(int(part) for part in digits.split(".") if part.isdigit())
        given = (parts + (0, 0, 0))[:3]
        same = version[:len(parts)] == parts[:3] if digits.endswith(".*") else version == given
        fits = {
            "": not clause,
            "==": same,
            "===": same,
            "!=": not same,
            ">=": version >= given,
            ">": version > given,
            "<=": version <= given,
            "<": version < given,
            "~=": version >= given and version[:len(parts) - 1] == parts[:-1],
        }
        if not fits.get(sign):
            return False
    return True


def find(call):
    folder = call["folder"]
    name, _, attribute = call["handler"].rpartition(".")
    top = name.split(".")[0]
    own = top in sys.modules or top in sys.builtin_module_names or top in getattr(sys, "stdlib_module_names", ())
    # A verb may be named as one of Python's own modules is (`test`, `select`), which others go on to import.
    sys.path.insert(len(sys.path) if own else 0, folder)
    if own and "." not in name:
        path = folder + "/" + name + ".py"
        module = type(sys)(name)
        module.__file__ = path
        sys.modules.setdefault(name, module)
        with open(path, "rb") as file:
            exec(compile(file.read(), path, "exec"), module.__dict__)
    else:
        module = __import__(name, fromlist=[attribute])
    if not hasattr(module, attribute):
        raise Wrong("%s.py has no %s" % (name.replace(".", "/"), attribute))
    return getattr(module, attribute), module


def bind(call, function, module):
    values = call["values"]
    if call.get("calling") == "event":
        later("values")
        return kubeless(call, values), {}
    given = [each for each in call["parameters"] if each["name"] in values]
    by_place = [i for i, each in enumerate(call["parameters"]) if each in given and each.get("passed") in ("position", "args")]
    last = by_place[-1] if by_place else -1
    args, named = [], {}
    for i, each in enumerate(call["parameters"]):
        name, passed = each["name"], each.get("passed", "either")
        if name in values:
            value = values[name]
            # Of the usual types it is what it is in JSON.
            if each["type"] not in ("text", "integer", "boolean") or each.get("enum"):
                later("values")
                value = converted(each, value, function, module)
        if i <= last and passed in ("position", "either"):
            if name not in values:
                later("values")
                value = default(function, name)
            args.append(value)
        elif name in values:
            if passed == "args":
                args.extend(value)
            elif passed == "kwargs":
                named.update(value)
            else:
                named[name] = value
    return args, named


sys.exit(main())
