"""What Python itself says of functions: inspect.signature and typing.get_type_hints, in the words of shared/registry/entry.ts.

python3 signatures.py FILE...: JSON by file, of the function that is called like it; null where Python refuses the file.
"""
import ast
import collections.abc
import datetime
import enum
import importlib.util
import inspect
import json
import os
import pathlib
import sys
import types
import typing
import unicodedata

SCALARS = {int: "integer", float: "number", str: "text", bool: "boolean", datetime.date: "date", datetime.datetime: "datetime"}
KINDS = ["position", "either", "args", "keyword", "kwargs"]
TAKEN = {"namespace", "context", "kubeconfig", "cluster", "user", "as", "as-group", "as-uid", "request-timeout", "v"}
TAKEN |= {"output", "where", "trust", "image", "help", "no-color", "version", "builtin"}
ANY = {"any": True}


def shape(hint):
    """What a type is; None where no command line can give it."""
    if type(hint).__name__ == "TypeAliasType":
        return shape(hint.__value__)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if type(origin).__name__ == "TypeAliasType":
        return shape(origin.__value__)
    if hint is typing.Any or hint is object:
        return dict(ANY)
    if hint is None or hint is type(None):
        return {"type": "text", "optional": True}
    if origin in (typing.Union, types.UnionType):
        return union([each for each in args if each is not type(None)], type(None) in args)
    if origin is typing.Literal:
        return literals(args)
    if isinstance(hint, typing.NewType):
        return shape(hint.__supertype__)
    if isinstance(hint, typing.TypeVar):
        if hint.__bound__:
            return shape(hint.__bound__)
        return union(list(hint.__constraints__), False) if hint.__constraints__ else dict(ANY)
    if hint in SCALARS:
        return {"type": SCALARS[hint]}
    base = origin or hint
    if not isinstance(base, type) or base in (bytes, bytearray):
        return None
    if issubclass(base, enum.Enum):
        return {"type": "text", "choices": list(base.__members__), "enum": known_as(base)}
    if issubclass(base, pathlib.PurePath):
        return {"type": "path"}
    if typing.is_typeddict(hint):
        return {"type": "json"}
    if issubclass(base, collections.abc.Mapping):
        return many("map", args[1:]) if not args or args[0] is str else {"type": "json"}
    if base is tuple:
        own = [each for each in args if each is not ...]
        inner = union(own, False) if len(own) > 1 else None
        return {"type": "list", "items": inner["type"]} if inner else many("list", own)
    if issubclass(base, collections.abc.Iterable) and base.__module__ in ("builtins", "collections", "collections.abc"):
        return many("list", args)
    return None


def known_as(kind):
    """By what name its module has it."""
    return next(name for name, each in vars(sys.modules[kind.__module__]).items() if each is kind)


def many(kind, args):
    if not args:
        return {"type": kind, "items": "text", "loose": True}
    inner = shape(args[0])
    return inner and many_of(kind, inner)


def literals(values):
    out = {}
    if None in values:
        out["optional"] = True
    values = [each for each in values if each is not None]
    kinds = {type(each) for each in values}
    named = [each.name if isinstance(each, enum.Enum) else each for each in values]
    if len(kinds) == 1 and issubclass(kinds.copy().pop(), enum.Enum):
        return {"type": "text", "choices": named, "enum": known_as(kinds.pop()), **out}
    return {"type": SCALARS[kinds.pop()] if len(kinds) == 1 else "json", "choices": named, **out}


def union(args, optional):
    shapes = [each for each in (shape(arg) for arg in args) if each]
    if not shapes:
        return None if args else {"type": "text", "optional": True}
    optional = optional or any(each.pop("optional", False) for each in shapes)
    out = {"optional": True} if optional else {}
    if any(each.get("any") for each in shapes):
        return {**ANY, **out}
    kinds = {each["type"] for each in shapes}
    if len(shapes) == 1:
        return {**shapes[0], **out}
    if all("choices" in each and "items" not in each for each in shapes) and len({each.get("enum") for each in shapes}) == 1:
        choices = list({(type(choice), choice): choice for each in shapes for choice in each["choices"]}.values())
        return {**shapes[0], "type": kinds.pop() if len(kinds) == 1 else "json", "choices": choices, **out}
    if any(each == {"type": "text"} for each in shapes):
        return {"type": "text", **out}
    loose = [each.pop("loose", False) for each in shapes]
    if all(each == shapes[0] for each in shapes):
        return {**shapes[0], **({"loose": True} if all(loose) else {}), **out}
    return {"type": "number" if kinds == {"integer", "number"} and not any("choices" in each for each in shapes) else "json", **out}


def shape_of_value(value):
    """Of a default that stands without a type."""
    if value is None:
        return {"type": "text", "optional": True}
    if isinstance(value, (enum.Enum, pathlib.PurePath)):
        return shape(type(value))
    if type(value) in SCALARS:
        return {"type": SCALARS[type(value)]}
    if isinstance(value, (list, tuple, set, dict)):
        inner = [shape_of_value(each)["type"] for each in (value.values() if isinstance(value, dict) else value)]
        if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
            return {"type": "json"}
        kinds = set(inner)
        items = "text" if not inner else inner[0] if len(kinds) == 1 else "number" if kinds == {"integer", "number"} else "json"
        items = "json" if items in ("list", "map") else items
        return {"type": "map" if isinstance(value, dict) else "list", "items": items}
    return dict(ANY)


def as_json(value):
    """ValueError where JSON can't say it."""
    if isinstance(value, (list, tuple, set)):
        return [as_json(each) for each in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, int) and abs(value) > 2**53 - 1 or isinstance(value, float) and value - value != 0:
        raise ValueError
    if value is not None and not isinstance(value, (bool, int, float, str)):
        raise ValueError
    return value


def default_of(parameter, node, source, chosen):
    try:
        return {"default": as_json(ast.literal_eval(node))}
    except ValueError:
        pass
    if isinstance(parameter.default, enum.Enum) and "enum" in chosen:
        return {"default": parameter.default.name}
    text = ast.get_source_segment(source, node)
    return {"defaultText": " ".join(text.split())}


def nodes_of(tree, name):
    """The defaults as they are written, of the function that the name leads to at the end."""
    found = [
        each
        for block in ast.walk(tree)
        if isinstance(block, (ast.Module, ast.If, ast.Try))
        for each in ast.iter_child_nodes(block)
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and unicodedata.normalize("NFKC", each.name) == name
    ]
    args = max(found, key=lambda each: each.lineno).args
    plain = args.posonlyargs + args.args
    out = dict(zip([each.arg for each in plain[len(plain) - len(args.defaults):]], args.defaults))
    out.update({arg.arg: node for arg, node in zip(args.kwonlyargs, args.kw_defaults) if node})
    return {unicodedata.normalize("NFKC", key): node for key, node in out.items()}


def parameters(function, source):
    hints = typing.get_type_hints(function)
    nodes = nodes_of(ast.parse(source), function.__name__)
    out = []
    for name, each in inspect.signature(function).parameters.items():
        passed = KINDS[each.kind]
        missing = each.default is inspect.Parameter.empty
        chosen = shape(hints[name]) if name in hints else dict(ANY)
        if passed in ("args", "kwargs") and chosen is not None:
            chosen = many_of("list" if passed == "args" else "map", chosen)
        if chosen is None:
            assert not missing or passed in ("args", "kwargs"), name
            continue
        if not missing and (chosen.get("any") or chosen.get("loose")):
            own = shape_of_value(each.default)
            if chosen.get("any") or own.get("type") == chosen["type"]:
                chosen = {**own, **({"optional": True} if chosen.get("optional") else {})}
        if chosen.pop("any", False):
            chosen["type"] = "text"
        chosen.pop("loose", None)
        if each.default is None:
            chosen["optional"] = True
        required = missing and passed not in ("args", "kwargs")
        out.append({"name": name, **chosen, "required": required, "passed": passed})
        if not missing:
            out[-1].update(default_of(each, nodes[name], source, chosen))
    return out


def many_of(kind, inner):
    if inner.get("any"):
        return {"type": kind, "items": "text", "loose": True}
    if inner["type"] in ("list", "map"):
        return {"type": kind, "items": "json"}
    return {"type": kind, "items": inner["type"], **{key: inner[key] for key in ("choices", "enum") if key in inner}}


def typed(all):
    """Words, options and their flags."""
    places = [each for each in all if each["required"] and each["passed"] in ("position", "either") and each["type"] != "map"]
    for each in all:
        if each["passed"] == "args":
            each["typed"] = "words"
        elif each not in places:
            each["typed"] = "option"
        elif each["type"] == "list":
            last = each is places[-1] and not any(other["passed"] == "args" for other in all)
            each["typed"] = "words" if last else "option"
        else:
            each["typed"] = "word"
        if each["typed"] == "option":
            name = (each["name"].lstrip("_") or each["name"]).replace("_", "-")
            clash = name in TAKEN or each["type"] == "boolean" and "no-" + name in TAKEN
            each["flag"] = ("--arg-" if clash else "--") + name
    return all


def main(path):
    with open(path, encoding="utf-8", newline="") as file:
        source = file.read()
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    name = os.path.basename(path)[:-3]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return typed(parameters(getattr(module, name), source))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    json.dump({path: main(path) for path in sys.argv[1:]}, sys.stdout)
