"""jsonschema judges the schemas and, with them, our scenes, tricky scenes, and broken ones."""
import json
import re
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from common import SCENES, arguments, demand, run

HERE = Path(__file__).resolve().parent
LAYOUTS = SCENES.parent / "layouts"
cupola, _ = arguments()


class Core(yaml.SafeLoader):
    """YAML 1.2: no sexagesimal numbers, no `off` for false, no dates."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)", list("-+.0123456789")),
    ("merge", "<<", ["<"]),
]:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), first)
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
Core.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(
    re.sub(r"\.(inf|Inf|INF)", "inf", node.value)))


def as_json(value):
    """Keys of JSON are texts."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value


def load(path):
    return as_json(yaml.load(path.read_text(), Core))


def validator(kind):
    schema = json.loads(run(cupola, "schema", kind))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema), schema


def judge(judge_of, files, good):
    files = sorted(files)
    demand(files, "no files to judge")
    for path in files:
        errors = [error.message for error in judge_of.iter_errors(load(path))]
        demand(bool(errors) != good, f"{path}: {errors or 'no error'}")
    print(f"{len(files)} files are {'valid' if good else 'refused'}")


def judge_examples(schema):
    """Every example and default is valid where it stands."""
    count = 0
    for name, part in [("", schema), *schema["$defs"].items()]:
        for key, value in part["properties"].items():
            whole = {"$defs": schema["$defs"], "properties": schema["properties"]}
            here = f"#/$defs/{name}/properties/{key}" if name else f"#/properties/{key}"
            judge_of = Draft202012Validator({"$ref": here, **whole})
            for example in [*value["examples"], *([value["default"]] if "default" in value else [])]:
                errors = [error.message for error in judge_of.iter_errors(example)]
                demand(not errors, f"{name}.{key}: {errors}")
                count += 1
            demand(value["description"].endswith("."), f"{name}.{key}: {value['description']}")
    print(f"{count} examples and defaults are valid")


scene, scene_schema = validator("scene")
layout, layout_schema = validator("layout")
judge_examples(scene_schema)
judge_examples(layout_schema)
judge(scene, SCENES.glob("**/scene.yaml"), True)
judge(scene, HERE.glob("schema/valid/*.yaml"), True)
judge(scene, HERE.glob("schema/broken/*.yaml"), False)
judge(layout, LAYOUTS.glob("*.yaml"), True)
